import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import "../design/sheet";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { locale, m } from "../i18n/index";
import { locales } from "../i18n/locales";
import { o, officeWords } from "../i18n/office";
import { problemWords } from "../i18n/problems";
import { ask, Problem } from "../wire/http";
import type { CannedReply } from "./wire";

const path = "/api/staff/replies";
const title_signs = 40;
const text_signs = 2_000;

/** The id of the line that is new and not kept yet. */
const fresh = "";

/** The replies that are kept ready. Tells `changed` when one was added, changed or deleted, and `close`. */
@customElement("plusone-replies")
export class RepliesSheet extends PlusoneElement {
  static override styles = [
    parts,
    forms,
    css`
      plusone-sheet {
        --sheet-width: 560px;
      }
      form,
      .all {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--s-4);
      }
      form {
        padding: var(--s-3);
        border-radius: var(--r-card);
        background: var(--fill);
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--s-2) var(--s-3);
        padding-block: var(--s-3);
        border-block-end: 1px solid var(--line);
      }
      li:last-child {
        border: 0;
      }
      li > form {
        flex: 1;
      }
      .text {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        line-clamp: 2;
        overflow: hidden;
        overflow-wrap: anywhere;
        white-space: pre-line;
      }
      .empty {
        display: grid;
        gap: var(--s-1);
        justify-items: center;
        text-align: center;
        padding-block: var(--s-6);
      }
    `,
  ];

  @state() private replies: CannedReply[] | null = null;
  /** The one that is being written; null for none. */
  @state() private writing: string | null = null;
  /** The one whose deletion was asked for once. */
  @state() private sure: string | null = null;
  @state() private wrong: readonly ("title" | "text")[] = [];
  @state() private busy = false;
  @state() private problem = "";
  @state() private done = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  protected override async scheduleUpdate(): Promise<void> {
    await officeWords;
    await super.scheduleUpdate();
  }

  private async load(): Promise<void> {
    this.problem = "";
    try {
      this.replies = (await ask<{ replies: CannedReply[] }>("GET", path)).replies;
    } catch (problem) {
      this.problem = problemWords(problem);
    }
  }

  override render(): TemplateResult {
    return html`<plusone-sheet
      heading=${o.replies}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      <div class="all">
        <p class="t-13 quiet">${o.repliesWords}</p>
        ${
          this.problem === ""
            ? nothing
            : html`<p class="wrong" role="alert">${icon("warn", 18)}${this.problem}</p>`
        }
        <p class="said" role="status">${this.done}</p>
        ${this.replies === null ? this.waiting() : this.list(this.replies)}
      </div>
    </plusone-sheet>`;
  }

  private waiting(): TemplateResult {
    if (this.problem === "") return html`<p class="quiet">${m.loading}</p>`;
    return html`<button class="btn btn-line" @click=${() => void this.load()}>${m.retry}</button>`;
  }

  private list(replies: CannedReply[]): TemplateResult {
    const { compare } = new Intl.Collator(locales[locale].intl, { numeric: true });
    const sorted = [...replies].sort((a, b) => compare(a.title, b.title));
    return html`${
      this.writing === fresh
        ? this.form({ id: fresh, title: "", text: "" })
        : html`<div>
            <button id="new" class="btn btn-line" @click=${() => this.write(fresh)}>
              ${icon("plus", 18)}${o.newReply}
            </button>
          </div>`
    }
    ${
      sorted.length === 0
        ? html`<div class="empty">
            <p class="strong">${o.noReplies}</p>
            <p class="quiet">${o.noRepliesWords}</p>
          </div>`
        : html`<ul>
            ${sorted.map(
              (one) => html`<li>${this.writing === one.id ? this.form(one) : this.line(one)}</li>`,
            )}
          </ul>`
    }`;
  }

  private line({ id, title, text }: CannedReply): TemplateResult {
    const sure = this.sure === id;
    return html`<span class="grow col"
        ><span class="name one-line">${title}</span
        ><span class="text t-14 quiet">${text}</span></span
      ><button
        id="edit-${id}"
        class="tool tool-s hit"
        aria-label=${o.changeReply(title)}
        @click=${() => this.write(id)}
      >
        ${icon("edit", 18)}</button
      ><button
        class=${sure ? "btn btn-s btn-stop" : "tool tool-s hit"}
        aria-label=${sure ? `${o.removeNow} ${title}` : o.remove(title)}
        ?disabled=${this.busy}
        @blur=${() => {
          if (sure) this.sure = null;
        }}
        @click=${() => this.drop({ id, title, text })}
      >
        ${icon("trash", 18)}${sure ? o.removeNow : nothing}
      </button>`;
  }

  private form({ id, title, text }: CannedReply): TemplateResult {
    return html`<form
      novalidate
      aria-label=${id === fresh ? o.newReply : o.changeReply(title)}
      @submit=${(event: SubmitEvent) => void this.save(event, id)}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== "Escape" || event.isComposing) return;
        event.preventDefault(); // the sheet would be shut by it
        this.leave(id);
      }}
    >
      <label class="ask-for"
        ><span class="label">${o.replyTitle}</span
        ><span class="field"
          ><input
            name="title"
            maxlength=${title_signs}
            autocomplete="off"
            placeholder=${o.titleHint}
            aria-invalid=${this.wrong.includes("title")}
            .defaultValue=${title} /></span
        >${this.said("title", o.needTitle)}</label
      >
      <label class="ask-for"
        ><span class="label">${o.replyText}</span
        ><span class="field">
          <textarea
            name="text"
            rows="5"
            maxlength=${text_signs}
            aria-invalid=${this.wrong.includes("text")}
            .defaultValue=${text}
          ></textarea></span
        >${this.said("text", o.needText)}</label
      >
      <div class="row">
        <button class="btn btn-ink" ?disabled=${this.busy}>${id === fresh ? o.add : o.save}</button
        ><button type="button" class="btn btn-line" @click=${() => this.leave(id)}>
          ${o.cancel}
        </button>
      </div>
    </form>`;
  }

  private said(name: "title" | "text", words: string): unknown {
    if (!this.wrong.includes(name)) return nothing;
    return html`<span class="wrong">${icon("warn", 18)}${words}</span>`;
  }

  private write(id: string): void {
    this.writing = id;
    this.sure = null;
    this.wrong = [];
    this.problem = "";
    this.done = "";
    void this.reach("form input");
  }

  private leave(id: string): void {
    this.writing = null;
    this.wrong = [];
    void this.reach(id === fresh ? "#new" : `#edit-${id}`);
  }

  private async reach(what: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(what)?.focus();
  }

  private async save(event: SubmitEvent, id: string): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const form = new FormData(event.target as HTMLFormElement);
    const said = { title: typed(form, "title"), text: typed(form, "text") };
    this.wrong = (["title", "text"] as const).filter((name) => said[name] === "");
    if (this.wrong.length > 0) return this.reach('[aria-invalid="true"]');
    await this.doing(async () => {
      if (id === fresh) await ask("POST", path, said);
      else await ask("PATCH", `${path}/${encodeURIComponent(id)}`, said);
      this.leave(id);
      return id === fresh ? o.added(said.title) : o.changed(said.title);
    });
  }

  private drop({ id, title }: CannedReply): void {
    if (this.busy) return;
    if (this.sure !== id) {
      this.sure = id;
      this.done = o.removeSure(title);
      return;
    }
    void this.doing(async () => {
      await ask("DELETE", `${path}/${encodeURIComponent(id)}`);
      this.sure = null;
      void this.reach("#new");
      return o.removed(title);
    });
  }

  /** Does one thing, and shows what there is then, whoever changed it. */
  private async doing(one: () => Promise<string>): Promise<void> {
    this.busy = true;
    this.problem = "";
    let problem = "";
    try {
      this.done = await one();
      this.dispatchEvent(new Event("changed"));
    } catch (refused) {
      problem = wordsOf(refused);
    }
    this.busy = false;
    await this.load();
    if (problem === "") return;
    this.problem = problem;
    if (this.writing !== null) await this.reach("form input"); // the button that had the focus was off
  }
}

function typed(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}

function wordsOf(problem: unknown): string {
  if (problem instanceof Problem) {
    if (problem.code === "too_many_replies") return o.tooManyReplies(Number(problem.data.most));
    if (problem.code === "not_found") return o.replyGone;
  }
  return problemWords(problem);
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-replies": RepliesSheet;
  }
}

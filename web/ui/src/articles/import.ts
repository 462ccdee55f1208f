import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import "../design/sheet";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { a } from "../i18n/articles";
import { locales } from "../i18n/locales";
import { problemWords } from "../i18n/problems";
import { ask, Problem } from "../wire/http";
import { counted } from "./draft";
import { type Fault, paths, type Planned, type Report } from "./wire";

const most_octets = 2 * 1024 * 1024;
const shown_at_most = 100;

/** Takes articles from a file, once it was seen what that does. Tells `imported` with how many, and `close`. */
@customElement("plusone-import-articles")
export class ImportArticles extends PlusoneElement {
  static override styles = [
    parts,
    forms,
    css`
      plusone-sheet {
        --sheet-width: 640px;
      }
      .all {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--s-4);
      }
      input[type="file"] {
        position: absolute;
        inline-size: 1px;
        block-size: 1px;
        opacity: 0;
      }
      .choose {
        position: relative;
        justify-self: start;
        cursor: pointer;
      }
      .choose:focus-within {
        outline: 2.5px solid var(--focus);
        outline-offset: 2px;
      }
      .file {
        overflow-wrap: anywhere;
      }
      li {
        display: flex;
        align-items: baseline;
        gap: var(--s-2);
        padding-block: var(--s-2);
        border-block-end: 1px solid var(--line);
        font-size: var(--t-14);
        line-height: var(--l-14);
      }
      li:last-child {
        border: 0;
      }
      .check {
        display: flex;
        align-items: center;
        gap: var(--s-2);
        min-block-size: var(--target);
      }
      .foot {
        padding-block-start: var(--s-3);
      }
    `,
  ];

  @state() private file: Blob | null = null;
  @state() private name = "";
  @state() private report: Report | null = null;
  @state() private publish = true;
  @state() private busy = false;
  @state() private problem = "";

  override render(): TemplateResult {
    const { report } = this;
    const changes =
      report === null ? 0 : report.articles.filter((one) => one.does !== "same").length;
    const ready = report !== null && report.faults.length === 0 && changes > 0;
    return html`<plusone-sheet
      heading=${a.importHeading}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      <div class="all">
        <p class="t-14 quiet">${a.importWords}</p>
        <label class="btn ${ready ? "btn-line" : "btn-ink"} choose"
          ><input
            type="file"
            accept=".csv,.md,text/csv,text/markdown"
            autofocus
            @change=${this.chosen}
          />${this.file === null ? a.chooseFile : a.otherFile}</label
        >
        ${this.name === "" ? nothing : html`<p class="file t-14 name">${this.name}</p>`}
        ${
          this.problem === ""
            ? nothing
            : html`<p class="wrong" role="alert">${icon("warn", 18)}${this.problem}</p>`
        }
        <div role="status">
          ${this.busy && report === null ? html`<p class="quiet">${a.looking}</p>` : nothing}
          ${report === null ? nothing : this.told(report, changes)}
        </div>
        ${report === null ? nothing : this.rows(report)}
      </div>
      ${ready ? this.foot(changes) : nothing}
    </plusone-sheet>`;
  }

  private told({ articles, faults }: Report, changes: number): TemplateResult {
    if (faults.length > 0) {
      return html`<p class="wrong">${icon("warn", 18)}${a.wrongRows(faults.length)}</p>`;
    }
    const { add, change, same } = counted(articles);
    return html`<p class="strong">
      ${changes === 0 ? a.nothingToImport : a.planned(add, change, same)}
    </p>`;
  }

  private rows({ articles, faults }: Report): TemplateResult {
    if (faults.length > 0) {
      return html`<ul>
        ${faults.slice(0, shown_at_most).map((fault) => this.fault(fault))}
      </ul>`;
    }
    return html`<ul>
      ${articles.slice(0, shown_at_most).map((one) => this.planned(one))}
    </ul>`;
  }

  private fault({ row, column, code, what }: Fault): TemplateResult {
    const known: Record<string, string> = a.reasons;
    return html`<li>
      <span class="badge b-stop">${a.row(row)}</span
      ><span>${column === "" ? nothing : html`<b>${column}</b> `}${known[code] ?? what}</span>
    </li>`;
  }

  private planned({ slug, locale, title, does }: Planned): TemplateResult {
    const look = { add: "b-held", change: "b-wait", same: "b-plain" }[does];
    return html`<li>
      <span class="badge ${look}">${a.plan[does]}</span
      ><span class="grow one-line" lang=${locales[locale].lang}>${title}</span
      ><span class="t-12 faint">${slug} · ${locales[locale].short}</span>
    </li>`;
  }

  private foot(changes: number): TemplateResult {
    return html`<div slot="foot" class="foot">
      <label class="check"
        ><input
          type="checkbox"
          .checked=${this.publish}
          @change=${({ target }: Event) => (this.publish = (target as HTMLInputElement).checked)}
        /><span>${a.publishNew}</span></label
      >
      <button class="btn btn-ink btn-wide" ?disabled=${this.busy} @click=${() => void this.take()}>
        ${a.importNow(changes)}
      </button>
    </div>`;
  }

  private readonly chosen = async ({ target }: Event): Promise<void> => {
    const input = target as HTMLInputElement;
    const file = input.files?.[0];
    if (file === undefined) return;
    this.report = null;
    this.problem = "";
    this.name = file.name;
    if (file.size > most_octets) {
      this.problem = a.tooLarge;
      return;
    }
    this.busy = true;
    try {
      // Read at once: a file that is changed later would not be the one that was looked at.
      this.file = new Blob([await file.arrayBuffer()], { type: "application/octet-stream" });
      this.report = await ask<Report>("POST", paths.import(true, false), this.file);
    } catch (problem) {
      this.problem = wordsOf(problem);
    }
    this.busy = false;
    input.value = ""; // the same file, mended, may be chosen again
  };

  private async take(): Promise<void> {
    if (this.file === null || this.busy) return;
    this.busy = true;
    this.problem = "";
    try {
      const report = await ask<Report>("POST", paths.import(false, this.publish), this.file);
      this.report = report;
      if (report.written) {
        const { add, change } = counted(report.articles);
        this.dispatchEvent(new CustomEvent("imported", { detail: add + change }));
      }
    } catch (problem) {
      this.problem = wordsOf(problem);
    }
    this.busy = false;
  }
}

function wordsOf(problem: unknown): string {
  if (!(problem instanceof Problem)) return a.badFile;
  if (problem.code === "bad_file") return `${a.badFile}: ${problem.message}`;
  if (problem.code === "too_large") return a.tooLarge;
  if (problem.code === "too_many_articles") return a.tooMany;
  return problemWords(problem);
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-import-articles": ImportArticles;
  }
}

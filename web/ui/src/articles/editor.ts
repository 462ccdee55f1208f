import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { unsafeHTML } from "lit/directives/unsafe-html.js";

import "../design/sheet";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import prose from "../help/prose.css?inline";
import { a } from "../i18n/articles";
import { m } from "../i18n/index";
import { type Locale, localeNames, locales } from "../i18n/locales";
import { problemWords } from "../i18n/problems";
import { ask, Problem } from "../wire/http";
import {
  asDraft,
  type Draft,
  empty,
  faultsOf,
  type Field,
  most,
  questionsOf,
  same,
  type Wrong,
} from "./draft";
import look from "./editor.css?inline";
import { type Article, type Head, paths } from "./wire";

const drawn_after_ms = 300;

/**
 * One article in one language. Tells `back`, `language` with another one, `saved` with its place
 * and `removed` with its title. Whoever holds it asks `dirty` before it takes it away.
 */
@customElement("plusone-article-editor")
export class ArticleEditor extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(prose), unsafeCSS(look)];

  /** Empty for a new one. */
  @property() slug = "";
  @property() of: Locale = "zh-Hant";
  /** Begins anew when it changes. */
  @property({ attribute: false }) round = 0;
  @property({ attribute: false }) heads: ReadonlyMap<Locale, Head> = new Map();
  @property({ attribute: false }) facts: Record<string, string> = {};
  @property({ type: Boolean }) fixed = false;

  @state() private draft: Draft = empty;
  /** As it is saved; null where there is none yet. */
  @state() private there: Article | null = null;
  @state() private loading = false;
  @state() private shown = "";
  @state() private tried = false;
  @state() private taken = false;
  @state() private busy = false;
  @state() private problem = "";
  @state() private done = "";
  @state() private sure = false;
  /** What somebody else has made of it meanwhile; null where it was deleted. */
  @state() private theirs: Article | null | undefined = undefined;

  private asked = 0;
  private drawing: ReturnType<typeof setTimeout> | undefined;

  get dirty(): boolean {
    return !this.fixed && !same(this.draft, this.saved);
  }

  private get saved(): Draft {
    return this.there === null ? { ...empty, slug: this.slug } : asDraft(this.there);
  }

  private get isNew(): boolean {
    return this.slug === "";
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const stays = this.there?.slug === this.slug && this.there.locale === this.of;
    if (changed.has("round") || ((changed.has("slug") || changed.has("of")) && !stays))
      this.begin();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("of")) return;
    const tab = this.renderRoot.querySelector('.tabs [aria-pressed="true"]');
    tab?.scrollIntoView({ block: "nearest", inline: "center" });
  }

  private begin(): void {
    this.asked += 1; // what still comes of another one is passed over
    this.loading = false;
    this.there = null;
    this.draft = { ...empty, slug: this.slug };
    this.shown = "";
    this.tried = this.taken = this.sure = this.busy = false;
    this.problem = this.done = "";
    this.theirs = undefined;
    if (this.isNew) void this.reach("input[name=slug]");
    else if (this.heads.has(this.of)) void this.load();
  }

  private async load(): Promise<void> {
    const mine = (this.asked += 1);
    this.loading = true;
    this.problem = "";
    try {
      const found = await ask<Article & { html: string }>("GET", paths.one(this.slug, this.of));
      if (mine !== this.asked) return;
      this.take(found);
      this.shown = found.html;
    } catch (problem) {
      if (mine !== this.asked) return;
      this.problem = problemWords(problem);
    }
    this.loading = false;
  }

  private take(article: Article): void {
    this.there = article;
    this.draft = asDraft(article);
  }

  // What is seen

  override render(): TemplateResult {
    return html`<form
        novalidate
        @submit=${(event: SubmitEvent) => this.submit(event)}
        @keydown=${this.press}
      >
        ${this.head()}
        ${this.loading ? html`<p class="quiet" role="status">${m.loading}</p>` : this.fields()}
        ${this.fixed || this.loading ? nothing : this.foot()}
      </form>
      ${this.sure && this.there !== null ? this.sureSheet(this.there) : nothing}`;
  }

  private head(): TemplateResult {
    return html`<div class="head">
      <button
        type="button"
        class="tool back"
        aria-label=${a.back}
        title=${a.back}
        @click=${() => this.dispatchEvent(new Event("back"))}
      >
        ${icon("arrowLeft", 20)}
      </button>
      <div class="tabs" role="group" aria-label=${a.languages}>
        ${localeNames.map((one) => this.tab(one))}
      </div>
      ${this.state()}
    </div>`;
  }

  private tab(one: Locale): TemplateResult {
    const head = this.heads.get(one);
    const words = head === undefined ? a.missing : head.published ? a.published : a.draft;
    return html`<button
      type="button"
      class="chip ${head === undefined ? "missing" : ""}"
      aria-pressed=${one === this.of}
      @click=${() => {
        if (one === this.of) return;
        this.dispatchEvent(new CustomEvent("language", { detail: one }));
      }}
    >
      ${locales[one].name}<span class="t-12 ${head?.published === true ? "yes" : ""}"
        >${words}</span
      >
    </button>`;
  }

  private state(): TemplateResult {
    const { there } = this;
    return html`<span class="state"
      >${
        there === null
          ? nothing
          : html`<span class="badge ${there.published ? "b-held" : "b-plain"}"
              >${there.published ? a.published : a.draft}</span
            >`
      }${this.dirty ? html`<span class="badge b-wait">${a.unsaved}</span>` : nothing}${
        there?.published === true
          ? html`<a class="t-14" href="/help/${there.slug}" target="_blank" rel="noopener"
              >${a.see}</a
            >`
          : nothing
      }</span
    >`;
  }

  private fields(): TemplateResult {
    const { draft } = this;
    const asked = questionsOf(draft.questions).length;
    return html`${this.isNew ? this.slugField(draft.slug) : html`<p class="slug t-13 quiet">/help/${this.slug}</p>`}
      <label class="ask-for"
        ><span class="label">${a.title}</span
        ><span class="field"
          ><input
            name="title"
            lang=${locales[this.of].lang}
            maxlength=${most.title}
            autocomplete="off"
            placeholder=${this.fixed ? "" : a.titleHint}
            aria-invalid=${this.wrong("title") !== ""}
            ?readonly=${this.fixed}
            .value=${live(draft.title)}
            @input=${this.typed} /></span
        >${this.said("title")}</label
      >
      <div class="both">
        ${this.fixed ? nothing : this.bodyField(draft.body)}
        <section class="preview" aria-label=${a.preview}>
          <p class="label t-14">${a.preview}</p>
          <div class="paper" lang=${locales[this.of].lang}>
            ${
              this.shown === ""
                ? html`<p class="faint t-14">${a.nothingYet}</p>`
                : html`<h2 class="title">${draft.title}</h2>
                    <div class="prose">${unsafeHTML(this.shown)}</div>`
            }
          </div>
        </section>
      </div>
      <label class="ask-for"
        ><span class="label row"
          >${a.questions}<span class="t-12 faint end"
            >${a.ofMost(asked, most.questions)}</span
          ></span
        ><span class="field">
          <textarea
            name="questions"
            rows="8"
            aria-invalid=${this.wrong("questions") !== ""}
            ?readonly=${this.fixed}
            .value=${live(draft.questions)}
            @input=${this.typed}
          ></textarea></span
        ><span class="t-13 quiet">${a.questionsHint}</span>${this.said("questions")}</label
      >`;
  }

  private slugField(slug: string): TemplateResult {
    return html`<label class="ask-for"
      ><span class="label">${a.slug}</span
      ><span class="field"
        ><span class="faint">/help/</span
        ><input
          name="slug"
          maxlength=${most.slug}
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          aria-invalid=${this.wrong("slug") !== ""}
          .value=${live(slug)}
          @input=${this.typed} /></span
      ><span class="t-13 quiet">${a.slugHint}</span>${this.said("slug")}</label
    >`;
  }

  private bodyField(body: string): TemplateResult {
    return html`<div class="col body">
      <label class="ask-for"
        ><span class="label">${a.body}</span
        ><span class="field">
          <textarea
            name="body"
            rows="14"
            lang=${locales[this.of].lang}
            aria-invalid=${this.wrong("body") !== ""}
            .value=${live(body)}
            @input=${this.typed}
          ></textarea></span
        ><span class="t-13 quiet">${a.bodyHint}</span>${this.said("body")}</label
      >
      <details class="t-13">
        <summary>${a.facts}</summary>
        <p class="quiet">${a.factsWords}</p>
        <dl>
          ${Object.entries(this.facts).map(
            ([name, value]) =>
              html`<div>
                <dt><code>{${name}}</code></dt>
                <dd>${value}</dd>
              </div>`,
          )}
        </dl>
      </details>
    </div>`;
  }

  private foot(): TemplateResult {
    const { there } = this;
    const published = there?.published === true;
    return html`<div class="foot">
      ${this.theirs === undefined ? nothing : this.conflict(this.theirs)}
      ${
        this.problem === ""
          ? nothing
          : html`<p class="wrong" role="alert">${icon("warn", 18)}${this.problem}</p>`
      }
      <div class="row acts">
        <button class="btn btn-ink" ?disabled=${this.busy}>${published ? a.save : a.publish}</button
        ><button
          type="button"
          class="btn btn-line"
          ?disabled=${this.busy}
          @click=${() => void this.save(false)}
        >
          ${published ? a.withdraw : a.saveDraft}</button
        ><span class="t-13 held" role="status">${this.done}</span>${
          there === null
            ? nothing
            : html`<button
                type="button"
                class="tool end"
                aria-label=${a.remove}
                title=${a.remove}
                @click=${() => (this.sure = true)}
              >
                ${icon("trash", 20)}
              </button>`
        }
      </div>
    </div>`;
  }

  private conflict(theirs: Article | null): TemplateResult {
    return html`<div class="conflict" role="alert">
      <p class="strong">${a.conflictHeading}</p>
      <p class="t-14">${theirs === null ? a.goneWords : a.conflictWords}</p>
      <div class="row">
        ${
          theirs === null
            ? nothing
            : html`<button
                type="button"
                class="btn btn-s btn-line"
                @click=${() => {
                  this.theirs = undefined;
                  this.take(theirs);
                  void this.draw();
                }}
              >
                ${a.takeTheirs}
              </button>`
        }<button
          type="button"
          class="btn btn-s btn-stop"
          @click=${() => {
            this.theirs = undefined;
            this.there = theirs;
            void this.save(theirs?.published ?? false);
          }}
        >
          ${a.keepMine}
        </button>
      </div>
    </div>`;
  }

  private sureSheet(there: Article): TemplateResult {
    const close = (): void => {
      this.sure = false;
    };
    return html`<plusone-sheet heading=${a.removeHeading(there.title)} @close=${close}>
      <div class="sure">
        <p>${a.removeWords(locales[there.locale].name)}</p>
        <button
          class="btn btn-stop btn-wide"
          ?disabled=${this.busy}
          @click=${() => void this.erase(there)}
        >
          ${a.removeNow}
        </button>
        <button class="btn btn-wide" autofocus @click=${close}>${a.cancel}</button>
      </div>
    </plusone-sheet>`;
  }

  private wrong(field: Field): string {
    if (!this.tried) return "";
    if (field === "slug" && this.taken) return a.faults.taken;
    const fault: Wrong | undefined = faultsOf(this.draft).get(field);
    return fault === undefined ? "" : a.faults[fault];
  }

  private said(field: Field): unknown {
    const words = this.wrong(field);
    if (words === "") return nothing;
    return html`<span class="wrong">${icon("warn", 18)}${words}</span>`;
  }

  // What is done

  private readonly typed = ({ target }: Event): void => {
    const { name, value } = target as HTMLInputElement;
    this.draft = { ...this.draft, [name]: value };
    this.done = this.problem = "";
    if (name === "slug") this.taken = false;
    if (name !== "body") return;
    clearTimeout(this.drawing);
    this.drawing = setTimeout(() => void this.draw(), drawn_after_ms);
  };

  /** Has the service show what is written; what comes late is passed over. */
  private async draw(): Promise<void> {
    const { body } = this.draft;
    if (body.trim() === "") {
      this.shown = "";
      return;
    }
    try {
      const { html: shown } = await ask<{ html: string }>("POST", paths.preview, {
        locale: this.of,
        body,
      });
      if (this.draft.body === body) this.shown = shown;
    } catch (problem) {
      // Saving says what is wrong; what is not reached is tried again with the next letter.
      if (!(problem instanceof Problem)) throw problem;
    }
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>(".back")?.focus();
  }

  /** Ctrl+S, or ⌘S, saves; whether it is published stays as it is. */
  private readonly press = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void this.save(this.there?.published ?? false);
  };

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    void this.save(true);
  }

  private async save(published: boolean): Promise<void> {
    if (this.busy || this.fixed) return;
    this.tried = true;
    this.done = this.problem = "";
    if (faultsOf(this.draft).size > 0) {
      this.problem = a.checkFields;
      return this.reach('[aria-invalid="true"]');
    }
    const sent = this.draft;
    const { slug, title, body, questions } = sent;
    const before = this.there;
    this.busy = true;
    try {
      const now = await ask<Article>("PUT", paths.one(slug, this.of), {
        title,
        body,
        questions: questionsOf(questions),
        published,
        changed_at: before?.changed_at ?? null,
      });
      // What was typed while it was saved stays, and is not saved.
      if (this.draft === sent) this.take(now);
      else this.there = now;
      this.tried = false;
      this.done =
        published === (before?.published ?? false)
          ? a.saved
          : published
            ? a.publishedNow
            : a.withdrawn;
      const place = { slug: now.slug, locale: now.locale };
      this.dispatchEvent(new CustomEvent("saved", { detail: place }));
    } catch (problem) {
      this.refused(problem);
    }
    this.busy = false;
    if (this.taken) await this.reach("input[name=slug]");
  }

  private refused(problem: unknown): void {
    if (!(problem instanceof Problem)) throw problem;
    const { code, data } = problem;
    if (code === "too_many_articles") this.problem = a.tooMany;
    else if (code !== "conflict") this.problem = problemWords(problem);
    else if (this.isNew) {
      this.taken = true;
      this.problem = a.checkFields;
    } else this.theirs = (data.article as Article | null | undefined) ?? null;
  }

  private async erase({ slug, locale, title }: Article): Promise<void> {
    this.busy = true;
    try {
      await ask("DELETE", paths.one(slug, locale));
    } catch (problem) {
      if (!(problem instanceof Problem && problem.code === "not_found")) {
        this.problem = problemWords(problem);
        this.sure = this.busy = false;
        return;
      }
    }
    this.sure = this.busy = false;
    this.draft = this.saved;
    this.dispatchEvent(new CustomEvent("removed", { detail: title }));
  }

  private async reach(what: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(what)?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-article-editor": ArticleEditor;
  }
}

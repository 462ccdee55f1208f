import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import "../design/sheet";
import "../staff/header";
import "./editor";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { part } from "../design/part";
import { parts } from "../design/parts";
import { Media } from "../design/ticking";
import { a } from "../i18n/articles";
import { locale, m } from "../i18n/index";
import { isLocale, type Locale, locales } from "../i18n/locales";
import { problemWords } from "../i18n/problems";
import { loadSession, session } from "../session/session";
import { may } from "../studio/acts";
import { ask } from "../wire/http";
import { nearestTo, type Subject, subjects } from "./draft";
import type { ArticleEditor } from "./editor";
import look from "./page.css?inline";
import { type Facts, type Head, type Listed, paths } from "./wire";

const home = "/staff/articles";

/** Which article is open; `slug` is empty for a new one. */
interface Place {
  slug: string;
  locale: Locale;
}

/**
 * The shop's articles: the list, and beside it the one that is being written; on a phone one after
 * the other. What is open stands in the address. What is not saved is not left without asking.
 */
@customElement("plusone-staff-articles")
export class StaffArticles extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  /** All of them. */
  @state() private heads: Head[] | null = null;
  /** Those that hold what is searched for; null where nothing is. */
  @state() private found: Head[] | null = null;
  @state() private facts: Facts | null = null;
  @state() private words = "";
  @state() private place: Place | null = null;
  @state() private problem: unknown = null;
  @state() private allowed: boolean | null = null;
  @state() private importing = false;
  @state() private told = "";
  /** What to do once she has said that she does not want to keep what she wrote. */
  @state() private leaving: (() => void) | null = null;
  /** Counts up, so that the editor begins anew where the place is the same. */
  @state() private round = 0;
  @query("plusone-article-editor") private readonly editor!: ArticleEditor | null;
  @query("#find") private readonly find!: HTMLInputElement | null;

  private readonly narrow = new Media(this, "(max-width: 799px)");
  private asked = 0;
  private typing: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("popstate", this.arrive);
    window.addEventListener("beforeunload", this.warn);
    void this.meet();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("popstate", this.arrive);
    window.removeEventListener("beforeunload", this.warn);
  }

  private readonly meet = async (): Promise<void> => {
    this.problem = null;
    try {
      await loadSession(); // the head sends who is not staff to sign in
      this.allowed = may(session, "rep", "operator");
      if (!this.allowed) return;
      await this.load();
      this.place = this.placeOf(location);
    } catch (problem) {
      this.problem = problem;
    }
  };

  private async load(): Promise<void> {
    const { words } = this;
    const mine = (this.asked += 1);
    try {
      const [all, found] = await Promise.all([
        ask<Listed>("GET", paths.all("")),
        words === "" ? null : ask<Listed>("GET", paths.all(words)),
      ]);
      if (mine !== this.asked) return;
      this.problem = null;
      this.heads = all.articles;
      this.facts = all.facts;
      this.found = found?.articles ?? null;
    } catch (problem) {
      if (mine === this.asked) this.problem = problem;
    }
  }

  // Where one is

  private placeOf({ pathname, search }: Location): Place | null {
    const slug = decodeURIComponent(pathname.split("/")[3] ?? "");
    if (slug === "") return null;
    const asked = new URLSearchParams(search).get("in");
    return { slug, locale: isLocale(asked) ? asked : nearestTo(locale, this.subject(slug)) };
  }

  private subject(slug: string): ReadonlyMap<Locale, Head> {
    return subjects(this.heads ?? [], locale).find((one) => one.slug === slug)?.heads ?? new Map();
  }

  private readonly arrive = (): void => {
    const go = (): void => {
      this.place = this.placeOf(location);
      this.round += 1;
    };
    if (this.editor?.dirty !== true) {
      go();
      return;
    }
    // The browser has gone already: back to where she writes, until she has said.
    const { href } = location;
    this.put(this.place, "pushState");
    this.leaving = () => {
      history.replaceState(null, "", href);
      go();
    };
  };

  private put(place: Place | null, how: "pushState" | "replaceState"): void {
    const path =
      place === null || place.slug === "" ? home : `${home}/${place.slug}?in=${place.locale}`;
    history[how](null, "", path);
  }

  /** Goes there, unless something is not saved: then once she has said so. */
  private go(place: Place | null): void {
    const go = (): void => {
      this.told = "";
      this.place = place;
      this.round += 1;
      this.put(place, "pushState");
    };
    if (this.editor?.dirty === true) this.leaving = go;
    else go();
  }

  /** On a phone one takes the other's place: the focus goes with it, and both begin at the top. */
  override updated(changed: PropertyValues): void {
    const before = changed.get("place") as Place | null | undefined;
    if (before === undefined || before?.slug === this.place?.slug) return;
    window.scrollTo(0, 0);
    if (!this.narrow.matches) return;
    const row =
      before === null
        ? null
        : this.renderRoot.querySelector(`[data-slug="${CSS.escape(before.slug)}"]`);
    if (this.place === null) ((row as HTMLElement | null) ?? this.find)?.focus();
    else if (this.place.slug !== "")
      void this.editor?.updateComplete.then(() => this.editor?.focus());
  }

  private readonly warn = (event: BeforeUnloadEvent): void => {
    if (this.editor?.dirty === true) event.preventDefault();
  };

  // What is seen

  override render(): TemplateResult {
    document.title = a.articles;
    return html`<plusone-staff-header current="articles"></plusone-staff-header>${this.content()}`;
  }

  private content(): TemplateResult {
    if (this.allowed === false) {
      return html`<main class="middle"><p>${a.notForYou}</p></main>`;
    }
    if (this.problem !== null && this.heads === null) {
      return html`<main class="middle" role="alert">
        <p>${problemWords(this.problem)}</p>
        <button class="btn btn-line" @click=${() => void this.meet()}>${m.retry}</button>
      </main>`;
    }
    if (this.heads === null) {
      return html`<main class="middle" role="status"><p class="quiet">${m.loading}</p></main>`;
    }
    const all = subjects(this.found ?? this.heads, locale);
    return html`<main class=${this.place === null ? "at-list" : "at-one"}>
        <section class="list" aria-label=${a.articles}>${this.list(all)}</section>
        <section
          class="one"
          aria-label=${this.place === null ? a.chooseOne : this.place.slug || a.newArticle}
        >
          ${this.one()}
        </section>
      </main>
      ${this.importing ? this.importSheet() : nothing}
      ${this.leaving === null ? nothing : this.leaveSheet(this.leaving)}`;
  }

  private list(all: Subject[]): TemplateResult {
    const writes = may(session, "operator");
    return html`<h1>${a.articles}</h1>
      <p class="t-14 quiet">${a.intro}</p>
      ${writes ? this.acts() : html`<p class="t-14 quiet">${a.readOnly}</p>`}
      <p class="told t-14" role="status">${this.told}</p>
      ${
        this.heads?.length === 0
          ? this.empty(writes)
          : html`<label class="field"
                >${icon("search", 18)}<input
                  id="find"
                  type="search"
                  aria-label=${a.search}
                  placeholder=${a.search}
                  @input=${this.type} /></label
              >${
                all.length === 0
                  ? html`<p class="none quiet" role="status">${a.nothingFound(this.words)}</p>`
                  : html`<ul>
                      ${repeat(
                        all,
                        ({ slug }) => slug,
                        (subject) => html`<li>${this.row(subject)}</li>`,
                      )}
                    </ul>`
              }`
      }
      ${
        this.problem === null
          ? nothing
          : html`<p class="stop t-14" role="alert">${problemWords(this.problem)}</p>`
      }`;
  }

  private acts(): TemplateResult {
    return html`<div class="row">
      <button class="btn btn-ink" @click=${() => this.go({ slug: "", locale })}>
        ${icon("plus", 18)}${a.newArticle}</button
      ><button class="btn btn-line" @click=${() => void this.openImport()}>${a.importFile}</button>
    </div>`;
  }

  private async openImport(): Promise<void> {
    this.importing = await part(() => import("./import"));
    this.told = this.importing ? "" : m.notReached;
  }

  private empty(writes: boolean): TemplateResult {
    return html`<div class="empty">
      ${icon("book", 24)}
      <p class="strong">${a.none}</p>
      <p class="t-14 quiet">${writes ? a.noneWords : a.noneReader}</p>
    </div>`;
  }

  private row({ slug, title, heads }: Subject): TemplateResult {
    const here = this.place?.slug === slug;
    return html`<a
      href="${home}/${slug}"
      data-slug=${slug}
      aria-current=${here ? "true" : nothing}
      @click=${(event: MouseEvent) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        if (!here) this.go({ slug, locale: nearestTo(locale, heads) });
      }}
      ><span class="col grow"
        ><span class="name one-line">${title}</span
        ><span class="t-12 faint one-line">${slug}</span></span
      ><span class="in"
        >${[...heads.values()].map(
          (head) =>
            html`<span class="badge ${head.published ? "b-held" : "b-plain"}"
              ><span aria-hidden="true">${locales[head.locale].short}</span
              ><span class="said"
                >${locales[head.locale].name} ${head.published ? a.published : a.draft}</span
              ></span
            >`,
        )}</span
      ></a
    >`;
  }

  private one(): TemplateResult {
    const { place } = this;
    if (place === null) {
      return html`<div class="choose quiet">
        ${icon("book", 24)}
        <p>${a.chooseOne}</p>
      </div>`;
    }
    return html`<plusone-article-editor
      slug=${place.slug}
      of=${place.locale}
      .round=${this.round}
      .heads=${this.subject(place.slug)}
      .facts=${this.facts?.[place.locale] ?? {}}
      ?fixed=${!may(session, "operator")}
      @back=${() => this.go(null)}
      @language=${({ detail }: CustomEvent<Locale>) => this.go({ ...place, locale: detail })}
      @saved=${({ detail }: CustomEvent<Place>) => this.saved(detail)}
      @removed=${({ detail }: CustomEvent<string>) => void this.removed(detail)}
    ></plusone-article-editor>`;
  }

  private saved(place: Place): void {
    this.place = place;
    this.put(place, "replaceState");
    void this.load();
  }

  private async removed(title: string): Promise<void> {
    this.told = a.removed(title);
    this.place = null;
    this.put(null, "replaceState");
    await this.load();
    this.find?.focus();
  }

  private type(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => {
      this.words = value.trim().slice(0, 60);
      void this.load();
    }, 250);
  }

  private importSheet(): TemplateResult {
    return html`<plusone-import-articles
      @imported=${({ detail }: CustomEvent<number>) => {
        this.importing = false;
        this.told = a.imported(detail);
        if (this.editor?.dirty !== true) this.round += 1;
        void this.load();
      }}
      @close=${() => (this.importing = false)}
    ></plusone-import-articles>`;
  }

  private leaveSheet(leave: () => void): TemplateResult {
    const stay = (): void => {
      this.leaving = null;
    };
    return html`<plusone-sheet heading=${a.leaveHeading} @close=${stay}>
      <div class="sure">
        <p>${a.leaveWords}</p>
        <button class="btn btn-ink btn-wide" autofocus @click=${stay}>${a.stay}</button>
        <button
          class="btn btn-stop btn-wide"
          @click=${() => {
            this.leaving = null;
            leave();
          }}
        >
          ${a.leave}
        </button>
      </div>
    </plusone-sheet>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-staff-articles": StaffArticles;
  }
}

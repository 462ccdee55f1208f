import { css, html, type TemplateResult, unsafeCSS } from "lit";
import { customElement, state } from "lit/decorators.js";
import { unsafeHTML } from "lit/directives/unsafe-html.js";

import "../design/header";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { fullDay } from "../i18n/format";
import { h } from "../i18n/help";
import { locale, m, onLanguage, ready } from "../i18n/index";
import { locales } from "../i18n/locales";
import { problemWords } from "../i18n/problems";
import { session } from "../session/session";
import { ask, Problem } from "../wire/http";
import prose from "./prose.css?inline";
import type { Page } from "./wire";

/** One article, in the reader's language or the nearest that there is. */
@customElement("plusone-article")
export class ArticlePage extends PlusoneElement {
  static override styles = [
    parts,
    unsafeCSS(prose),
    css`
      main {
        max-inline-size: 720px;
        margin-inline: auto;
        padding: var(--s-4) var(--s-4) var(--s-16);
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--s-4);
      }
      .all {
        display: inline-flex;
        align-items: center;
        gap: var(--s-1);
        min-block-size: var(--target);
        justify-self: start;
        color: var(--ink-2);
        font-size: var(--t-14);
        text-decoration: none;
      }
      article {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--s-4);
        padding: var(--s-6);
        border-radius: 18px;
        background: var(--sheet);
        box-shadow: inset 0 0 0 1px var(--line);
      }
      h1 {
        font-size: var(--t-22);
        line-height: var(--l-22);
      }
      .empty {
        display: grid;
        gap: var(--s-3);
        justify-items: center;
        text-align: center;
        padding: var(--s-16) var(--s-6);
      }
      @media (max-width: 719px) {
        article {
          padding: var(--s-4);
        }
      }
    `,
  ];

  @state() private page: Page | null = null;
  @state() private problem: unknown = null;
  private forget: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.forget = onLanguage(() => void this.load());
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget?.();
  }

  private async load(): Promise<void> {
    await ready;
    const asked = locale;
    this.problem = null;
    try {
      // As it stands in the address: encoded already.
      const slug = location.pathname.split("/")[2] ?? "";
      const page = await ask<Page>("GET", `/api/articles/${slug}?locale=${asked}`);
      if (asked === locale) this.page = page;
    } catch (problem) {
      this.problem = problem;
    }
  }

  override render(): TemplateResult {
    const title = this.page?.title ?? h.help;
    document.title = session === null ? title : `${title}｜${session.shop.name}`;
    return html`<plusone-header current="help"></plusone-header>
      <main>
        <a class="all" href="/help">${icon("arrowLeft", 18)}${h.allAnswers}</a>
        ${this.content()}
      </main>`;
  }

  private content(): TemplateResult {
    const { page, problem } = this;
    if (problem !== null) {
      const gone = problem instanceof Problem && problem.code === "not_found";
      return html`<article role="alert">
        <div class="empty">
          <h1>${gone ? h.gone : problemWords(problem)}</h1>
          ${
            gone
              ? html`<p class="quiet">${h.askUs}</p>`
              : html`<button class="btn btn-line" @click=${() => void this.load()}>
                  ${m.retry}
                </button>`
          }
        </div>
      </article>`;
    }
    if (page === null) {
      return html`<article><p class="empty" role="status">${m.loading}</p></article>`;
    }
    return html`<article lang=${locales[page.locale].lang}>
        <h1>${page.title}</h1>
        <div class="prose">${unsafeHTML(page.html)}</div>
      </article>
      <p class="t-13 quiet">${h.changedOn(fullDay(page.changed_at))}</p>
      <p class="t-14 quiet">${h.askUs}</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-article": ArticlePage;
  }
}

import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import "../design/header";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { h } from "../i18n/help";
import { locale, m, onLanguage, ready } from "../i18n/index";
import { locales } from "../i18n/locales";
import { problemWords } from "../i18n/problems";
import { session } from "../session/session";
import { ask } from "../wire/http";
import type { Entry } from "./wire";

/** All that the shop has written for its customers. */
@customElement("plusone-help")
export class Help extends PlusoneElement {
  static override styles = [
    parts,
    css`
      main {
        max-inline-size: 720px;
        margin-inline: auto;
        padding: var(--s-6) var(--s-4) var(--s-16);
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--s-4);
      }
      h1 {
        font-size: var(--t-22);
        line-height: var(--l-22);
      }
      ul {
        border-radius: var(--r-card);
        background: var(--sheet);
        box-shadow: inset 0 0 0 1px var(--line);
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
      li a {
        display: flex;
        align-items: center;
        gap: var(--s-3);
        min-block-size: 52px;
        padding: var(--s-3) var(--s-4);
        text-decoration: none;
      }
      li a:hover {
        text-decoration: underline;
      }
      li .i {
        color: var(--ink-3);
      }
      .empty {
        display: grid;
        gap: var(--s-3);
        justify-items: center;
        text-align: center;
        padding: var(--s-16) var(--s-6);
        border-radius: 18px;
        background: var(--sheet);
        box-shadow: inset 0 0 0 1px var(--line);
      }
    `,
  ];

  @state() private entries: Entry[] | null = null;
  @state() private problem: unknown = null;
  @state() private words = "";
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
      const { articles } = await ask<{ articles: Entry[] }>("GET", `/api/articles?locale=${asked}`);
      if (asked !== locale) return;
      const { compare } = new Intl.Collator(locales[asked].intl);
      this.entries = articles.sort((one, other) => compare(one.title, other.title));
    } catch (problem) {
      this.problem = problem;
    }
  }

  override render(): TemplateResult {
    document.title = session === null ? h.help : `${h.help}｜${session.shop.name}`;
    return html`<plusone-header current="help"></plusone-header>
      <main>
        <h1>${h.help}</h1>
        ${this.content()}
      </main>`;
  }

  private content(): TemplateResult {
    if (this.problem !== null) {
      return html`<div class="empty" role="alert">
        ${icon("offline", 24)}
        <p>${problemWords(this.problem)}</p>
        <button class="btn btn-line" @click=${() => void this.load()}>${m.retry}</button>
      </div>`;
    }
    if (this.entries === null) return html`<p class="empty" role="status">${m.loading}</p>`;
    if (this.entries.length === 0) {
      return html`<div class="empty">
        <p>${h.noAnswers}</p>
        <p class="quiet">${h.askUs}</p>
      </div>`;
    }
    const wanted = this.words.toLocaleLowerCase();
    const found = this.entries.filter(({ title }) => title.toLocaleLowerCase().includes(wanted));
    return html`<label class="field"
        >${icon("search", 18)}<input
          type="search"
          aria-label=${h.findAnswer}
          placeholder=${h.findAnswer}
          @input=${({ target }: Event) => (this.words = (target as HTMLInputElement).value.trim())}
      /></label>
      ${
        found.length === 0
          ? nothing
          : html`<ul>
              ${found.map(
                ({ slug, title, locale: of }) =>
                  html`<li>
                    <a href="/help/${encodeURIComponent(slug)}" lang=${locales[of].lang}
                      ><span class="grow">${title}</span>${icon("right", 18)}</a
                    >
                  </li>`,
              )}
            </ul>`
      }
      <p class="t-14 quiet" role="status">${h.askUs}</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-help": Help;
  }
}

import { css, html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import "../design/header";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { fullMoment } from "../i18n/format";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { ask } from "../wire/http";

interface Notice {
  at: number;
  to: string;
  subject: string;
  text: string;
}

/** Where the shop has no mail server: what would have been sent. */
@customElement("plusone-notices")
export class Notices extends PlusoneElement {
  static override styles = [
    parts,
    css`
      main {
        max-inline-size: 720px;
        margin-inline: auto;
        padding: var(--s-6) var(--s-4) var(--s-16);
        display: grid;
        gap: var(--s-4);
      }
      h1 {
        font-size: var(--t-22);
        line-height: var(--l-22);
      }
      ol {
        display: grid;
        gap: var(--s-3);
      }
      article {
        background: var(--sheet);
        border-radius: var(--r-card);
        box-shadow: inset 0 0 0 1px var(--line);
        padding: var(--s-4) var(--s-5);
        display: grid;
        gap: var(--s-2);
      }
      pre {
        font: inherit;
        white-space: pre-wrap;
        margin: 0;
        user-select: text;
      }
      .head {
        flex-wrap: wrap;
      }
      .warn {
        display: flex;
        gap: var(--s-2);
        padding: var(--s-3) var(--s-4);
        border-radius: var(--r-card);
        background: var(--note-wash);
        color: var(--note);
      }
      .empty {
        padding: var(--s-12);
        text-align: center;
        color: var(--ink-2);
      }
    `,
  ];

  @state() private notices: Notice[] | null = null;
  @state() private problem: unknown = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    this.problem = null;
    try {
      this.notices = (await ask<{ notices: Notice[] }>("GET", "/api/notices")).notices;
    } catch (problem) {
      this.problem = problem;
    }
  }

  override render(): TemplateResult {
    document.title = m.notices;
    return html`<plusone-header></plusone-header>
      <main>
        <div class="row">
          <h1 class="grow">${m.notices}</h1>
          <button class="btn btn-s btn-line" @click=${() => void this.load()}>${m.reload}</button>
        </div>
        <p class="warn t-14">${icon("mail", 20)}${m.noticesWords}</p>
        ${this.content()}
      </main>`;
  }

  private content(): TemplateResult {
    if (this.problem !== null) {
      return html`<p class="empty" role="alert">${problemWords(this.problem)}</p>`;
    }
    if (this.notices === null) return html`<p class="empty" role="status">${m.loading}</p>`;
    if (this.notices.length === 0) return html`<p class="empty">${m.noNotices}</p>`;
    return html`<ol>
      ${this.notices.map(
        ({ at, to, subject, text }) =>
          html`<li>
            <article>
              <div class="row head t-13 quiet">
                <span>${m.noticeTo(to)}</span><time class="end">${fullMoment(at)}</time>
              </div>
              <h2 class="name">${subject}</h2>
              <pre class="t-14">${text}</pre>
            </article>
          </li>`,
      )}
    </ol>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-notices": Notices;
  }
}

import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { parts } from "../design/parts";
import { c } from "../i18n/chat";

export const longest_words = 500;

export interface Rate {
  score: number;
  text: string;
}

/** How it was, once it is over: one press, and words if she likes. Tells `rate`. */
@customElement("plusone-rating")
export class Rating extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
      }
      section {
        display: grid;
        gap: var(--s-3);
        padding: var(--s-3) var(--s-4) var(--s-4);
        border-radius: var(--r-card);
        box-shadow: inset 0 0 0 1px var(--line-2);
        background: var(--raised);
      }
      ul {
        display: grid;
        grid-template-columns: repeat(5, 1fr);
        gap: 6px;
      }
      li button {
        inline-size: 100%;
        min-block-size: 56px;
        display: grid;
        place-content: center;
        justify-items: center;
        border-radius: var(--r-control);
        box-shadow: inset 0 0 0 1px var(--edge);
        font-size: var(--t-12);
        line-height: var(--l-12);
      }
      li b {
        font-size: var(--t-16);
        line-height: 1.25;
      }
      [aria-pressed="true"] {
        background: var(--ink);
        color: var(--on-ink);
        box-shadow: none;
      }
      form {
        display: flex;
        gap: var(--s-2);
      }
      .field {
        flex: 1;
        min-inline-size: 0;
      }
    `,
  ];

  @property({ attribute: false }) rated: { score: number; text: string | null } | null = null;

  @state() private words = "";

  override render(): TemplateResult {
    const score = this.rated?.score ?? 0;
    return html`<section aria-label=${c.howWasIt}>
      <h3 class="t-14">${c.howWasIt}</h3>
      <ul>
        ${c.scores.map(
          (name, index) =>
            html`<li>
              <button
                aria-pressed=${score === index + 1}
                @click=${() => this.tell(index + 1, this.words || (this.rated?.text ?? ""))}
              >
                <b aria-hidden="true">${index + 1}</b>${name}
              </button>
            </li>`,
        )}
      </ul>
      ${score === 0 ? nothing : this.more(score)}
    </section>`;
  }

  private more(score: number): TemplateResult {
    return html`<p class="t-13 quiet" role="status">${c.thanks}</p>
      ${
        this.rated?.text
          ? html`<p class="t-13">${this.rated.text}</p>`
          : html`<form
              @submit=${(event: Event) => {
                event.preventDefault();
                if (this.words.trim() !== "") this.tell(score, this.words.trim());
              }}
            >
              <span class="field"
                ><input
                  aria-label=${c.moreWords}
                  placeholder=${c.moreWords}
                  maxlength=${longest_words}
                  .value=${this.words}
                  @input=${(event: Event) => {
                    this.words = (event.target as HTMLInputElement).value;
                  }}
              /></span>
              <button class="btn btn-line t-14">${c.sendWords}</button>
            </form>`
      }`;
  }

  private tell(score: number, text: string): void {
    this.dispatchEvent(new CustomEvent<Rate>("rate", { detail: { score, text } }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-rating": Rating;
  }
}

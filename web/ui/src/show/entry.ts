import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { m } from "../i18n/index";

export const longest_comment = 500;

/** Where one types: a comment, or a claim as a comment. Tells `say` (the text). */
@customElement("plusone-entry")
export class Entry extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
        flex: 1;
        min-inline-size: 0;
      }
      form {
        display: flex;
        align-items: center;
      }
      .stage {
        block-size: 48px;
        padding: 0 4px 0 18px;
        border-radius: var(--r-full);
        background: rgb(15 16 20 / 0.72);
        box-shadow: inset 0 0 0 1px rgb(255 255 255 / 0.34);
      }
      .stage:focus-within {
        outline: 2.5px solid #fff;
        outline-offset: 1px;
      }
      input {
        flex: 1;
        min-inline-size: 0;
        block-size: 100%;
        background: none;
        border: 0;
        outline: 0;
        color: inherit;
        font-size: var(--t-16);
      }
      input:focus-visible {
        outline: none;
        box-shadow: none;
      }
      .stage input {
        color: #fff;
      }
      .stage ::placeholder {
        color: rgb(255 255 255 / 0.78);
      }
      .go {
        inline-size: 40px;
        block-size: 40px;
        border-radius: 50%;
        background: #fdfcfa;
        color: #17181c;
        display: grid;
        place-items: center;
        flex: none;
      }
      .panel {
        min-block-size: 44px;
        padding-inline: var(--s-4) 0;
        border-radius: var(--r-full);
      }
    `,
  ];

  @property() look: "stage" | "panel" = "panel";
  @property() hint = "";
  @property() label = "";
  @property({ type: Boolean }) shut = false;

  @state() private typed = "";
  @query("input") private readonly input!: HTMLInputElement;

  override render(): TemplateResult {
    const empty = this.typed.trim() === "";
    const stage = this.look === "stage";
    return html`<form class=${stage ? "stage" : "field panel"} @submit=${this.say}>
      <input
        aria-label=${this.label}
        placeholder=${this.hint}
        maxlength=${longest_comment}
        autocomplete="off"
        enterkeyhint="send"
        ?disabled=${this.shut}
        .value=${this.typed}
        @input=${this.hear}
        @keydown=${this.noSendWhileComposing}
      />
      ${
        stage && empty
          ? nothing
          : html`<button class=${stage ? "go" : "tool"} aria-label=${m.send} ?disabled=${empty}>
              ${icon("arrowUp", 20)}
            </button>`
      }
    </form>`;
  }

  override focus(): void {
    this.input.focus();
  }

  /** Shows again what could not be said, unless something else is being typed by now. */
  putBack(text: string): void {
    if (this.typed === "") this.typed = text;
  }

  private hear(event: Event): void {
    this.typed = (event.target as HTMLInputElement).value;
  }

  /** Enter that ends a choice of the input method sends nothing. */
  private noSendWhileComposing(event: KeyboardEvent): void {
    if (event.key === "Enter" && event.isComposing) event.preventDefault();
  }

  private say(event: Event): void {
    event.preventDefault();
    const text = this.typed.trim();
    if (text === "") return;
    this.typed = "";
    this.dispatchEvent(new CustomEvent<string>("say", { detail: text }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-entry": Entry;
  }
}

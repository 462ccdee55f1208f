import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { live } from "lit/directives/live.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { c } from "../i18n/chat";
import { m } from "../i18n/index";

export const longest_message = 2_000;
const warned_from = 1_800;
/** What browsers say of a key that the input method took for itself. */
const taken_by_input_method = 229;

/**
 * Where a message is written: Enter sends, Shift+Enter breaks the line. Tells `say` (the text),
 * `draft` (what stands there now) and `typing`. What else may be sent is chosen in the slot `before`.
 */
@customElement("plusone-composer")
export class Composer extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
      }
      form {
        display: flex;
        align-items: flex-end;
        gap: 10px;
      }
      .field {
        flex: 1;
        min-inline-size: 0;
        border-radius: 22px;
        padding: 0 var(--s-4);
      }
      /* The field is as high as its twin, which wraps as it does: five lines at most. */
      .twin {
        display: grid;
        flex: 1;
        min-inline-size: 0;
        grid-template-rows: minmax(0, 1fr);
        max-block-size: calc(5 * var(--l-16) + 18px);
        overflow: hidden;
      }
      .twin::after,
      textarea {
        grid-area: 1 / 1;
        font: inherit;
        font-size: var(--t-16);
        line-height: var(--l-16);
        padding: 9px 0;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      .twin::after {
        content: attr(data-typed) " ";
        visibility: hidden;
        overflow: hidden;
      }
      textarea {
        min-inline-size: 0;
        block-size: 100%;
        resize: none;
        border: 0;
        outline: 0;
        background: none;
        color: inherit;
        overflow-y: auto;
        scrollbar-width: thin;
      }
      textarea:focus-visible {
        outline: none;
      }
      textarea::placeholder {
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .go {
        background: var(--ink);
        color: var(--on-ink);
      }
      .go:disabled {
        background: var(--fill);
        color: var(--ink-3);
        cursor: default;
      }
      .left {
        text-align: end;
        padding: 0 calc(var(--target) + 26px) var(--s-1);
      }
    `,
  ];

  @property() hint = "";
  /** What stands in the field. */
  @property() typed = "";
  /** Something goes with it: it may be sent without a word. */
  @property({ type: Boolean }) laden = false;
  /** What goes with it is not there yet. */
  @property({ type: Boolean }) waits = false;

  @query("textarea") private readonly field!: HTMLTextAreaElement | null;

  override render(): TemplateResult {
    const left = longest_message - this.typed.length;
    const near = this.typed.length >= warned_from;
    return html`
      ${near ? html`<p class="left t-12 quiet" role="status">${c.signsLeft(left)}</p>` : nothing}
      <form @submit=${this.say}>
        <slot name="before"></slot>
        <label class="field">
          <span class="twin" data-typed=${this.typed}>
            <textarea
              aria-label=${c.message}
              placeholder=${this.hint}
              maxlength=${longest_message}
              rows="1"
              autocomplete="off"
              enterkeyhint="send"
              .value=${live(this.typed)}
              @input=${this.hear}
              @keydown=${this.key}
            ></textarea>
          </span>
        </label>
        <button class="tool go" aria-label=${m.send} ?disabled=${!this.sendable}>
          ${icon("arrowUp", 20)}
        </button>
      </form>
    `;
  }

  override focus(): void {
    // The panel may want it here before it was first drawn.
    void this.updateComplete.then(() => {
      this.field?.focus();
      this.field?.setSelectionRange(this.typed.length, this.typed.length);
    });
  }

  private hear(event: Event): void {
    this.typed = (event.target as HTMLTextAreaElement).value;
    this.dispatchEvent(new CustomEvent<string>("draft", { detail: this.typed }));
    if (this.typed.trim() !== "") this.dispatchEvent(new Event("typing"));
  }

  /** Enter that ends a choice of the input method sends nothing; Safari says so by the key's code. */
  private key(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey) return;
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells it in Safari
    if (event.isComposing || event.keyCode === taken_by_input_method) return;
    event.preventDefault();
    this.say(event);
  }

  private get sendable(): boolean {
    return !this.waits && (this.laden || this.typed.trim() !== "");
  }

  private say(event: Event): void {
    event.preventDefault();
    const text = this.typed.trim();
    if (!this.sendable) return;
    this.typed = "";
    // A phone's keyboard stays up for the next one, also where the button was pressed.
    this.field?.focus();
    this.dispatchEvent(new CustomEvent<string>("draft", { detail: "" }));
    this.dispatchEvent(new CustomEvent<string>("say", { detail: text }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-composer": Composer;
  }
}

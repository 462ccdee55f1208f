import { css, html, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import { m } from "../i18n/index";
import { PlusoneElement } from "./element";
import { icon } from "./icons";
import { parts } from "./parts";

/**
 * A sheet over the page: the browser's own modal dialog, which keeps the focus inside and gives it
 * back, and closes on Escape. From below on a phone; in the middle, or at the side, on a desktop.
 * Tells `opened` to all around it, and `close` once it is shut.
 */
@customElement("plusone-sheet")
export class Sheet extends PlusoneElement {
  static override styles = [
    parts,
    css`
      dialog {
        position: fixed;
        inset: auto 0 0;
        margin: 0;
        border: 0;
        padding: 0;
        inline-size: 100%;
        max-inline-size: none;
        max-block-size: min(88dvh, 100dvh - 56px);
        background: var(--sheet);
        color: var(--ink);
        border-radius: var(--r-sheet) var(--r-sheet) 0 0;
        box-shadow: var(--shadow-sheet);
        overflow: hidden;
      }
      dialog[open] {
        display: flex;
        flex-direction: column;
        animation: rise var(--m-sheet) var(--ease-out);
      }
      dialog::backdrop {
        background: rgb(10 11 14 / 0.42);
      }
      :host([clear]) dialog::backdrop {
        background: rgb(10 11 14 / 0.12);
      }
      @keyframes rise {
        from {
          transform: translateY(24px);
          opacity: 0;
        }
      }
      :host([clear]) dialog {
        max-block-size: min(88dvh, max(68dvh, 480px));
      }
      .grab {
        inline-size: 36px;
        block-size: 4px;
        border-radius: 2px;
        background: var(--line-2);
        margin: 8px auto 2px;
        flex: none;
      }
      .head {
        display: flex;
        align-items: center;
        gap: var(--s-2);
        min-block-size: 48px;
        padding: 0 var(--s-1) 0 var(--s-4);
        flex: none;
      }
      h2 {
        font-size: var(--t-18);
        line-height: var(--l-18);
      }
      .body {
        overflow: auto;
        overscroll-behavior: contain;
        /* Above, room for the ring of a field in focus. */
        margin-block-start: calc(-1 * var(--s-1));
        padding: var(--s-1) var(--s-4) calc(var(--s-5) + env(safe-area-inset-bottom));
        min-block-size: 0;
      }
      ::slotted([slot="foot"]) {
        flex: none;
        padding: 0 var(--s-4) calc(var(--s-4) + env(safe-area-inset-bottom));
        background: var(--sheet);
        border-block-start: 1px solid var(--line);
      }
      @media (min-width: 720px) {
        dialog {
          inset: 0;
          margin: auto;
          inline-size: min(var(--sheet-width, 480px), 100% - 48px);
          block-size: fit-content;
          border-radius: var(--r-sheet);
        }
        :host([clear]) dialog {
          max-block-size: 88dvh;
        }
        .grab {
          visibility: hidden;
          block-size: 2px;
        }
      }
      @media (min-width: 1000px) {
        :host([aside]) dialog {
          margin-inline-end: var(--s-4);
        }
      }
    `,
  ];

  @property() heading = "";
  /** Whether what lies under the sheet stays in sight: the picture during the checkout. */
  @property({ type: Boolean, reflect: true }) clear = false;

  /** At the side, where there is room, for what lies in the middle is looked at. */
  @property({ type: Boolean, reflect: true }) aside = false;

  @query("dialog") private readonly dialog!: HTMLDialogElement;
  private told = false;

  override render(): TemplateResult {
    return html`<dialog
      aria-label=${this.heading}
      @cancel=${this.cancel}
      @close=${this.closed}
      @click=${this.beside}
      part="dialog"
    >
      <i class="grab" aria-hidden="true"></i>
      <div class="head">
        <h2>${this.heading}</h2>
        <slot name="aside"></slot>
        <button class="tool end" aria-label=${m.close} @click=${() => this.shut()}>
          ${icon("close", 20)}
        </button>
      </div>
      <div class="body"><slot></slot></div>
      <slot name="foot"></slot>
    </dialog>`;
  }

  protected override firstUpdated(): void {
    this.dialog.showModal();
    this.querySelector<HTMLElement>("[autofocus]")?.focus();
    this.dispatchEvent(new Event("opened", { bubbles: true, composed: true }));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.renderRoot.querySelector("dialog")?.close();
  }

  /** Told at once: the browser tells in its own time, and a key pressed in between would be lost. */
  shut(): void {
    this.dialog.close();
    this.tell();
  }

  private cancel(event: Event): void {
    event.preventDefault();
    this.shut();
  }

  /** A press beside the sheet shuts it; a press inside never has the dialog itself as its target. */
  private beside(event: MouseEvent): void {
    if (event.target !== this.dialog) return;
    const { left, right, top, bottom } = this.dialog.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    if (x < left || x > right || y < top || y > bottom) this.shut();
  }

  private closed(event: Event): void {
    event.stopPropagation();
    this.tell();
  }

  private tell(): void {
    // Taken away by the page, not shut by the person: nobody waits for that to be told.
    if (this.told || !this.isConnected) return;
    this.told = true;
    this.dispatchEvent(new Event("close"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-sheet": Sheet;
  }
}

import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon, type IconName } from "../design/icons";
import { parts } from "../design/parts";
import { c } from "../i18n/chat";
import { m } from "../i18n/index";
import { changeWhy, changeWords, inCart } from "./changes";
import type { Changed, ChangeState } from "./wire";

const signs: Record<ChangeState, IconName> = {
  asked: "spin",
  undoing: "spin",
  done: "check",
  kept: "check",
  undone: "undo",
  refused: "warn",
};

/**
 * A change of her cart or of an order: on its way, made, refused and why, undone. Tells `undo`, and
 * `cart` where she wants to see it.
 */
@customElement("plusone-chat-change")
export class ChatChange extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
      }
      div {
        display: grid;
        grid-template-columns: 20px 1fr;
        gap: 0 10px;
        padding: 10px 14px;
        border-radius: var(--r-card);
        background: var(--fill);
        font-size: var(--t-14);
        line-height: var(--l-14);
      }
      div > .i {
        margin-block-start: 1px;
      }
      p {
        overflow-wrap: anywhere;
        user-select: text;
      }
      .done,
      .kept {
        background: var(--held-wash);
      }
      .done > .i,
      .kept > .i {
        color: var(--held);
      }
      .refused {
        background: var(--stop-wash);
      }
      .refused > .i {
        color: var(--stop);
      }
      .turn {
        animation: turn 1s linear infinite;
      }
      @keyframes turn {
        to {
          transform: rotate(1turn);
        }
      }
      /* Its place is kept while the change is on its way, so that nothing moves once it is made. */
      .acts {
        grid-column: 2;
        display: flex;
        gap: var(--s-4);
        min-block-size: 32px;
        align-items: center;
        margin-block-end: -4px;
      }
      .acts button,
      .acts a {
        min-block-size: 32px;
        display: inline-flex;
        align-items: center;
        text-decoration: underline;
        text-decoration-color: var(--edge);
        text-underline-offset: 0.25em;
        font-weight: var(--w-name);
        font-size: var(--t-13);
      }
    `,
  ];

  @property({ attribute: false }) entry: Changed | null = null;
  /** She has asked for it to be undone, and the thread does not say so yet. */
  @property({ type: Boolean }) undoing = false;

  override render(): unknown {
    const { entry } = this;
    if (entry === null) return nothing;
    const shown =
      this.undoing && entry.state === "done" ? { ...entry, state: "undoing" as const } : entry;
    const { state } = shown;
    const why = changeWhy(shown);
    const busy = state === "asked" || state === "undoing";
    return html`<div class=${state}>
      ${icon(signs[state], 20, busy ? "turn" : "")}
      <p>
        ${changeWords(shown)}${
          why === null ? nothing : html`<br /><span class="t-13 quiet">${why}</span>`
        }
      </p>
      ${state === "refused" ? nothing : this.acts(shown)}
    </div>`;
  }

  private acts({ state, change }: Changed): TemplateResult {
    const cart = html`<button class="hit" @click=${() => this.tell("cart")}>${c.seeCart}</button>`;
    const undo = html`<button class="hit" @click=${() => this.tell("undo")}>${c.undo}</button>`;
    if (!inCart(change)) {
      return html`<span class="acts"
        >${
          change.order === null
            ? nothing
            : html`<a class="hit" href="/orders/${encodeURIComponent(change.order)}"
                >${m.seeOrder}</a
              >`
        }</span
      >`;
    }
    return html`<span class="acts">${state === "done" ? undo : nothing}${cart}</span>`;
  }

  private tell(name: "cart" | "undo"): void {
    // The cart is the page's to open; what is undone is told on by the thread.
    const far = name === "cart";
    this.dispatchEvent(new Event(name, { bubbles: far, composed: far }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-chat-change": ChatChange;
  }
}

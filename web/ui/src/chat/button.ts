import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { part } from "../design/part";
import { parts } from "../design/parts";
import { m } from "../i18n/index";
import { Chatting } from "./chatting";

/** The way to the shop's people from every page for customers: a round button, and its panel. */
@customElement("plusone-chat")
export class ChatButton extends PlusoneElement {
  static override styles = [
    parts,
    css`
      button {
        position: fixed;
        inset: auto max(var(--s-4), env(safe-area-inset-right))
          calc(var(--s-4) + env(safe-area-inset-bottom)) auto;
        z-index: var(--z-bar);
        inline-size: 56px;
        block-size: 56px;
        border-radius: 50%;
        display: grid;
        place-items: center;
        background: var(--ink);
        color: var(--on-ink);
        box-shadow: var(--shadow-lift);
        transition: transform var(--m-press) var(--ease-out);
      }
      button:active {
        transform: scale(0.95);
      }
      .count {
        position: absolute;
        inset: -2px -2px auto auto;
        background: var(--sheet);
        color: var(--ink);
        box-shadow: 0 0 0 2px var(--ink);
      }
      @media (min-width: 720px) {
        button {
          inset: auto var(--s-8) 28px auto;
          inline-size: 60px;
          block-size: 60px;
        }
      }
    `,
  ];

  private readonly chat = new Chatting(this);

  @state() private cart = false;

  /** Opens it from elsewhere on the page. */
  show(): void {
    this.chat.show();
  }

  override render(): unknown {
    const { open, unread, there } = this.chat;
    if (!there) return nothing;
    return html`${this.button(open, unread)}
      <div @cart=${this.openCart}>${this.chat.draw()}</div>
      <p class="said" role="status">${open || unread === 0 ? "" : m.askTeamUnread(unread)}</p>
      ${
        this.cart
          ? html`<plusone-checkout @close=${() => (this.cart = false)}></plusone-checkout>`
          : nothing
      }`;
  }

  /** On pages that have no cart of their own. */
  private readonly openCart = (): void => {
    void part(() => import("../checkout/sheet")).then((there) => (this.cart = there));
  };

  private button(open: boolean, unread: number): TemplateResult {
    return html`<button
      aria-label=${unread > 0 ? m.askTeamUnread(unread) : m.askTeam}
      aria-expanded=${open}
      aria-haspopup="dialog"
      @click=${() => (open ? this.chat.shut() : this.chat.show())}
    >
      ${icon(open ? "down" : "chat", 24)}
      ${unread > 0 ? html`<span class="count">${unread > 99 ? "99+" : unread}</span>` : nothing}
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-chat": ChatButton;
  }
}

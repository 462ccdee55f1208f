import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { sign } from "../account/icons";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { m } from "../i18n/index";
import type { Gift, Won } from "../wire/types";

/**
 * A give-away: what to write to win, or what she has won, which is a promise and so a slip. Tells
 * `say` with the keyword, and `sign-in` with the Gift that she may win once she is signed in.
 */
@customElement("plusone-gift")
export class GiftBanner extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
        flex: none;
      }
      :host([hidden]) {
        display: none;
      }
      .gift {
        display: flex;
        align-items: center;
        gap: var(--s-3);
        padding: var(--s-2) var(--s-2) var(--s-2) var(--s-3);
        border-radius: 14px;
        background: var(--stage-glass-2);
        color: var(--stage-ink);
        font-size: var(--t-13);
        line-height: var(--l-13);
      }
      .gift .btn {
        background: #fdfcfa;
        color: #17181c;
        min-block-size: 36px;
      }
      .gift .left {
        color: var(--stage-ink-2);
      }
      :host([look="panel"]) .gift {
        background: var(--note-wash);
        color: var(--ink);
        margin-block-end: var(--s-2);
      }
      :host([look="panel"]) .gift .left {
        color: var(--ink-2);
      }
      :host([look="panel"]) .gift .btn {
        background: var(--ink);
        color: var(--on-ink);
      }
      .lift {
        filter: drop-shadow(0 1px 2px rgb(0 0 0 / 0.2)) drop-shadow(0 8px 20px rgb(0 0 0 / 0.28));
      }
      :host([look="panel"]) .lift {
        filter: drop-shadow(0 1px 2px rgb(0 0 0 / 0.12)) drop-shadow(0 4px 12px rgb(0 0 0 / 0.1));
        margin-block-end: var(--s-2);
      }
      .slip {
        --notch: 60px;
        display: flex;
        align-items: center;
        padding: var(--s-2) 0;
        animation: rise var(--m-sheet) var(--ease-out);
      }
      .stub {
        inline-size: 60px;
        flex: none;
        display: grid;
        place-items: center;
        color: var(--held);
      }
      .slip .grow {
        padding-inline-start: var(--s-3);
      }
      @keyframes rise {
        from {
          transform: translateY(24px);
          opacity: 0;
        }
      }
    `,
  ];

  @property({ attribute: false }) gift: Gift | null = null;
  @property({ attribute: false }) won: readonly Won[] = [];
  /** The give-away that she was told to sign in for. */
  @property({ attribute: false }) refused: string | null = null;
  /** She is signed in. */
  @property({ type: Boolean }) known = false;
  @property({ reflect: true }) look: "stage" | "panel" = "stage";
  /** Gifts of which she need not be told again, or was told before this page was opened. */
  @state() private seen: ReadonlySet<string> | null = null;

  protected override willUpdate(): void {
    this.seen ??= new Set(this.won.map(({ gift }) => gift));
    this.hidden = this.news === undefined && this.open === null;
  }

  private get news(): Won | undefined {
    return this.won.findLast(({ gift }) => this.seen?.has(gift) !== true);
  }

  /** Who has won it is not asked again. */
  private get open(): Gift | null {
    const { gift } = this;
    return gift === null || this.won.some((one) => one.gift === gift.id) ? null : gift;
  }

  override render(): TemplateResult {
    const { news, open } = this;
    return html`<div role="status">
      ${news !== undefined ? this.slip(news) : open === null ? nothing : this.banner(open)}
    </div>`;
  }

  private banner(gift: Gift): TemplateResult {
    const { id, keyword, title, most, left, guests } = gift;
    if (this.refused === id && !this.known) return this.shut(gift);
    return html`<div class="gift">
      ${sign("gift")}
      <p class="grow">
        ${m.giftWords(keyword, title, most)}
        ${guests || this.known ? nothing : html`<span class="left">${m.giftForKnown}</span>`}
        <span class="left" aria-hidden="true">${m.giftLeft(left)}</span>
      </p>
      <button
        class="btn btn-s hit"
        @click=${() => this.dispatchEvent(new CustomEvent<string>("say", { detail: keyword }))}
      >
        ${m.giftSay(keyword)}
      </button>
    </div>`;
  }

  /** What she said did not count, since the shop cannot tell her from others yet. */
  private shut(gift: Gift): TemplateResult {
    return html`<div class="gift">
      ${sign("gift")}
      <p class="grow">
        ${m.giftSignIn(gift.keyword)}
        <span class="left" aria-hidden="true">${m.giftLeft(gift.left)}</span>
      </p>
      <button
        class="btn btn-s hit"
        @click=${() => this.dispatchEvent(new CustomEvent<Gift>("sign-in", { detail: gift }))}
      >
        ${m.signIn}
      </button>
    </div>`;
  }

  private slip({ gift, title, number }: Won): TemplateResult {
    return html`<div class="lift">
      <div class="slip">
        <span class="stub">${sign("gift", 24)}</span>
        <div class="grow">
          <p class="strong t-14">${m.giftWon(number)}</p>
          <p class="t-13 quiet">${m.giftInWallet(title)}</p>
        </div>
        <button
          class="tool"
          aria-label=${m.close}
          @click=${() => (this.seen = new Set([...(this.seen ?? []), gift]))}
        >
          ${icon("close", 18)}
        </button>
      </div>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-gift": GiftBanner;
  }
}

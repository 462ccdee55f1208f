import { html, nothing, unsafeCSS } from "lit";
import { customElement, property } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, price, tag, thumb } from "../design/parts";
import { amount, clock, money } from "../i18n/format";
import { m } from "../i18n/index";
import type { Cart, Mine, Show, Wait } from "../wire/types";
import * as reading from "./reading";
import look from "./slip.css?inline";

/** All that is held for her, and what she waits for, beside the picture. Tells `checkout`, `leave`. */
@customElement("plusone-slip")
export class Slip extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) mine!: Mine;
  @property({ attribute: false }) cart: Cart | null = null;
  /** Her tier has everything delivered for nothing. */
  @property({ type: Boolean }) free = false;

  protected override willUpdate(): void {
    const { mine, cart } = this;
    this.hidden = reading.unpaid(mine).length + mine.waits.length + (cart?.lines.length ?? 0) === 0;
  }

  override render(): unknown {
    if (this.hidden) return nothing;
    const { show, mine } = this;
    const held = reading.unpaid(mine);
    const lines = this.cart?.lines ?? [];
    const until = reading.deadline(held);
    const sum =
      reading.worth(held) +
      lines.reduce((all, { unit_price, quantity }) => all + unit_price * quantity, 0);
    const toFree = (this.cart?.free_delivery_from ?? 0) - sum;
    return html`<div class="lift">
      <section class="d-cart" aria-label=${m.yourSlip}>
        <div class="row">
          <h2 class="grow">${m.yourSlip}</h2>
          ${
            until === null
              ? nothing
              : html`<span class="badge b-held"
                  >${icon("clock", 16)}${m.payBefore(clock(until))}</span
                >`
          }
        </div>
        <ul tabindex="0" aria-label=${m.yourSlip}>
          ${held.map((claim) => {
            const item = reading.itemOf(show, claim.item);
            const kind = item && reading.variantOf(item, claim.variant)?.title;
            return html`<li class="row">
              ${thumb(item?.picture ?? null, 40)}${tag(item?.code ?? "")}<span
                class="grow one-line t-14"
                >${item?.title} ${claim.variant === null ? nothing : kind}</span
              ><span class="t-14 quiet">${m.pieces(claim.quantity)}</span
              ><b class="t-14 amt">${amount(claim.price * claim.quantity, show.currency)[1]}</b>
            </li>`;
          })}
          ${mine.waits.map((wait) => {
            const item = reading.itemOf(show, wait.item);
            return html`<li class="row">
              ${thumb(item?.picture ?? null, 40)}${tag(item?.code ?? "")}<span
                class="grow one-line t-14 wait"
                >${m.placeInLine(wait.place)}</span
              ><span class="t-14 quiet">${m.pieces(wait.quantity)}</span
              ><button
                class="t-13 line-act hit"
                @click=${() => this.dispatchEvent(new CustomEvent<Wait>("leave", { detail: wait }))}
              >
                ${m.leaveLine}
              </button>
            </li>`;
          })}
        </ul>
        ${
          sum === 0
            ? nothing
            : html`<div class="row tear">
                <div class="grow">
                  ${
                    this.cart?.free_delivery_from == null
                      ? nothing
                      : html`<p class="t-12 quiet">
                          ${toFree > 0 && !this.free ? m.moreForFree(money(toFree, show.currency)) : m.freeNow}
                        </p>`
                  }
                  ${price(sum, show.currency)}
                </div>
                <button
                  class="btn btn-ink"
                  @click=${() => this.dispatchEvent(new Event("checkout"))}
                >
                  ${m.checkout}
                </button>
              </div>`
        }
      </section>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-slip": Slip;
  }
}

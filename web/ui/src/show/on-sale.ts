import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, price, tag, thumb, was } from "../design/parts";
import { Ticking } from "../design/ticking";
import { vars } from "../design/vars";
import { clock } from "../i18n/format";
import { m } from "../i18n/index";
import type { Item, Mine, Show } from "../wire/types";
import look from "./on-sale.css?inline";
import * as reading from "./reading";
import { seal } from "./seal";

/**
 * The item on sale with its price, what is left and the seal: a card over the picture, or a panel
 * beside it. Tells `want` (the item).
 */
@customElement("plusone-on-sale")
export class OnSale extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) mine!: Mine;
  @property({ attribute: false }) now: () => number = Date.now;
  /** When the show was last heard of. */
  @property({ type: Number }) at = 0;
  @property() look: "card" | "panel" = "card";
  @property({ type: Boolean }) lost = false;
  /** A promise lies close above the card. */
  @property({ type: Boolean, reflect: true }) tight = false;

  constructor() {
    super();
    new Ticking(this, () => reading.current(this.show)?.countdown_until != null);
  }

  protected override willUpdate(): void {
    this.hidden = this.look === "panel" && reading.current(this.show) === null;
  }

  override render(): unknown {
    const item = reading.current(this.show);
    if (this.look === "panel") return item === null ? nothing : this.panel(item);
    return item === null ? this.nothingOnSale() : this.card(item);
  }

  private seal(item: Item): TemplateResult {
    const how = reading.standing(item);
    const wait = reading.waitFor(this.mine, item);
    const timing = {
      until: item.countdown_until,
      from: item.opened_at,
      now: this.now(),
      press: () => this.dispatchEvent(new CustomEvent<Item>("want", { detail: item })),
    };
    if (this.lost) {
      const label = m.laterPlusOne(item.code);
      return seal({ ...timing, look: "off", label, lost: true });
    }
    if (wait) {
      const words: [string, string] = [m.wait, m.place(wait.place)];
      const label = m.youWaitAt(item.code, wait.place);
      return seal({ ...timing, look: "wait", label, words });
    }
    if (how === "wait") {
      // The space keeps what is read the same as what is seen.
      const words: [string, string] = [m.wait, ` ${item.code}`];
      return seal({ ...timing, look: "wait", label: m.waitForItem(item.code), words });
    }
    const off = how !== "on" || this.show.status !== "live";
    return seal({
      ...timing,
      look: off ? "off" : "on",
      label: off ? m.cannotOrder(item.code) : m.plusOneOf(item.code),
      disabled: off,
    });
  }

  private stock(item: Item): TemplateResult {
    if (this.lost) {
      return html`<span class="faint">${m.lastKnown(clock(this.at, true))}</span>`;
    }
    const left = reading.left(item);
    const had = reading.had(this.mine, item);
    const yours =
      had > 0
        ? html`<span class="badge b-held">${icon("check", 16)}${m.youHave(had)}</span>`
        : nothing;
    if (left === 0) {
      const waiting = reading.waiting(item);
      return html`<span class="wait strong">${m.soldOut}</span>${
          waiting > 0 ? html`<span class="faint">${m.piecesWaitedFor(waiting)}</span>` : nothing
        }${yours}`;
    }
    const share = (left / Math.max(1, reading.allotment(item))) * 100;
    return html`<span class="strong">${m.left(left)}</span>${
        had > 0
          ? yours
          : html`<span class="bar grow"><i ${vars({ "--share": `${share}%` })}></i></span>`
      }`;
  }

  private nothingOnSale(): TemplateResult {
    const { show } = this;
    const next = reading.next(show);
    return html`<article class="item quiet-item" aria-label=${m.items}>
      ${next === null ? nothing : thumb(next.picture)}
      <div class="grow col">
        <h2 class="row">
          ${
            next === null
              ? m.nothingOnSale
              : html`${tag(next.code)}<span class="one-line">${next.title}</span>`
          }
        </h2>
        <p class="t-13 quiet">${next === null ? m.stayTuned : m.comesNext}</p>
        ${
          next === null
            ? nothing
            : html`<p class="row money">${price(next.price, show.currency)}</p>`
        }
      </div>
    </article>`;
  }

  private card(item: Item): TemplateResult {
    const { currency } = this.show;
    const gone = reading.left(item) === 0 && !this.lost;
    return html`<article class="item ${gone ? "gone" : ""}" aria-label=${m.onSaleNow}>
      ${thumb(item.picture)}
      <div class="grow col">
        <h2 class="row">${tag(item.code)}<span class="one-line">${item.title}</span></h2>
        <p class="row money">
          ${price(item.price, currency)} ${was(item.compare_at, currency, m.priceBefore)}
        </p>
        <p class="row t-13 stock">${this.stock(item)}</p>
      </div>
      ${this.seal(item)}
    </article>`;
  }

  private panel(item: Item): TemplateResult {
    const { show } = this;
    const nth = show.items.indexOf(item) + 1;
    return html`<section class="d-now" aria-label=${m.onSaleNow}>
      <div class="row">
        ${tag(item.code)}<span class="strong t-13 ${this.lost ? "quiet" : "red"}"
          >${m.onSaleNow}</span
        ><span class="t-13 faint end">${m.nthOf(nth, show.items.length)}</span>
      </div>
      <div class="row d-hero">
        <div class="grow">
          <h2>${item.title}</h2>
          <p class="row money">
            ${price(item.price, show.currency, "big")}
            ${was(item.compare_at, show.currency, m.priceBefore)}
          </p>
        </div>
        ${this.seal(item)}
      </div>
      <div class="row t-13">
        ${this.stock(item)}${
          item.limit === null
            ? nothing
            : html`<span class="quiet end">${m.limitEach(item.limit)}</span>`
        }
      </div>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-on-sale": OnSale;
  }
}

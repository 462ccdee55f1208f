import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property } from "lit/decorators.js";

import "../wishes/heart";
import { belongs } from "../account/standing";
import { PlusoneElement } from "../design/element";
import { consultPath } from "../consult/ways";
import { icon } from "../design/icons";
import { parts, price, tag, thumb, was } from "../design/parts";
import { Ticking } from "../design/ticking";
import { vars } from "../design/vars";
import { clock } from "../i18n/format";
import { m } from "../i18n/index";
import type { Loyalty } from "../wire/loyalty";
import type { Item, Mine, Show } from "../wire/types";
import { markWords, membersMark, opensIn, shutFace } from "./members";
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
  @property({ attribute: false }) standing: Loyalty | null = null;
  @property({ attribute: false }) now: () => number = Date.now;
  /** When the show was last heard of. */
  @property({ type: Number }) at = 0;
  @property() look: "card" | "panel" = "card";
  @property({ type: Boolean }) lost = false;
  /** A promise lies close above the card. */
  @property({ type: Boolean, reflect: true }) tight = false;
  /** She may talk to the shop's people face to face about it. */
  @property({ type: Boolean }) talks = false;

  constructor() {
    super();
    new Ticking(this, () => {
      const item = reading.current(this.show);
      return item !== null && (item.countdown_until !== null || item.early_s !== null);
    });
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
    const shut = this.shut(item);
    if (shut !== null && how === "on") {
      // The service says why, and may know better.
      const until = shut.until ?? timing.until;
      const label = m.membersSeal(item.code, markWords(item, shut));
      return seal({ ...timing, until, look: "off", label, face: shutFace });
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

  /** What keeps it from her now. */
  private shut(item: Item): ReturnType<typeof reading.door> {
    const shut = reading.door(item, this.now());
    return shut === null || belongs(this.standing, item.tier) ? null : shut;
  }

  private heart({ product, title }: Item, look: "corner" | "words"): TemplateResult {
    return html`<plusone-wish
      look=${look}
      via="show"
      product=${product}
      name=${title}
    ></plusone-wish>`;
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
    const mark = membersMark(item, this.now());
    const shut = this.shut(item);
    const bar = html`<span class="bar grow"><i ${vars({ "--share": `${share}%` })}></i></span>`;
    return html`<span class="strong">${m.left(left)}</span>${
        had > 0 ? yours : mark === nothing ? bar : mark
      }${shut !== null && this.look === "panel" ? opensIn(shut, this.now()) : nothing}`;
  }

  private nothingOnSale(): TemplateResult {
    const { show } = this;
    const next = reading.next(show);
    return html`<article class="item quiet-item" aria-label=${m.items}>
      ${
        next === null
          ? nothing
          : html`<span class="shown">${thumb(next.picture)}${this.heart(next, "corner")}</span>`
      }
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
            : html`<p class="row money">
                ${price(next.price, show.currency)}${membersMark(next, this.now())}
              </p>`
        }
      </div>
    </article>`;
  }

  private card(item: Item): TemplateResult {
    const { currency } = this.show;
    const gone = reading.left(item) === 0 && !this.lost;
    return html`<article class="item ${gone ? "gone" : ""}" aria-label=${m.onSaleNow}>
      <span class="shown">${thumb(item.picture)}${this.heart(item, "corner")}</span>
      <div class="grow col">
        <h2 class="row">${tag(item.code)}<span class="one-line">${item.title}</span></h2>
        <p class="row money">
          ${price(item.price, currency)}
          ${was(item.compare_at, currency, m.priceBefore)}${this.way(item)}
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
      <div class="row ways">${this.heart(item, "words")}${this.way(item)}</div>
    </section>`;
  }

  /** To somebody who holds it into the camera; on the card, where there is little room, a sign. */
  private way({ id, code, product }: Item): unknown {
    if (!this.talks) return nothing;
    const there = consultPath({ product, show: this.show.id, item: id });
    const label = m.seeItLiveOf(code);
    return this.look === "card"
      ? html`<a class="way hit" href=${there} aria-label=${label} title=${m.seeItLive}
          >${icon("video", 20)}</a
        >`
      : html`<a class="btn btn-s way hit" href=${there} aria-label=${label}
          >${icon("video", 16)}${m.seeItLive}</a
        >`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-on-sale": OnSale;
  }
}

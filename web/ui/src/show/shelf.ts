import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import "../wishes/heart";
import { belongs } from "../account/standing";
import { PlusoneElement } from "../design/element";
import { icon, plusOne } from "../design/icons";
import { parts, tag, thumb, was } from "../design/parts";
import { Ticking } from "../design/ticking";
import { money } from "../i18n/format";
import { m } from "../i18n/index";
import type { Loyalty } from "../wire/loyalty";
import type { Item, Show } from "../wire/types";
import { markWords, membersMark, opensIn } from "./members";
import { door, left, next, standing, waiting } from "./reading";

/** The run-down as viewers see it. Tells `want` (an item) for its "+1" or its waiting list. */
@customElement("plusone-shelf")
export class Shelf extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
      }
      li {
        display: flex;
        align-items: center;
        gap: var(--s-3);
        padding-block: 12px;
        min-block-size: 73px;
        border-block-end: 1px solid var(--line);
      }
      li:last-child {
        border: 0;
      }
      .row {
        gap: 6px;
      }
      .gone .thumb {
        filter: grayscale(1);
        opacity: 0.6;
      }
      button:disabled {
        opacity: 0.4;
        cursor: not-allowed;
      }
    `,
  ];

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) items: readonly Item[] = [];
  @property({ attribute: false }) standing: Loyalty | null = null;
  @property({ attribute: false }) now: () => number = Date.now;
  @property({ type: Boolean }) lost = false;

  constructor() {
    super();
    new Ticking(this, () => this.items.some((item) => item.early_s !== null));
  }

  override render(): TemplateResult {
    return html`<ol>
      ${repeat(
        this.items,
        ({ id }) => id,
        (item) => this.line(item),
      )}
    </ol>`;
  }

  private line(item: Item): TemplateResult {
    const how = standing(item);
    const { currency } = this.show;
    return html`<li class=${how === "gone" || how === "wait" || how === "closed" ? "gone" : ""}>
      ${thumb(item.picture, 48)}
      <div class="grow">
        <p class="row name t-14">${tag(item.code)}<span class="one-line">${item.title}</span></p>
        <p class="row t-13">
          <b>${money(item.price, currency)}</b>${was(item.compare_at, currency, m.priceBefore)}<span
            class="end"
            >${this.fact(item, how)}</span
          >
        </p>
        ${this.members(item)}
      </div>
      <plusone-wish via="show" product=${item.product} name=${item.title}></plusone-wish>
      ${this.act(item, how)}
    </li>`;
  }

  private members(item: Item): unknown {
    const kept = door(item, this.now());
    if (kept === null) return nothing;
    const waits = !belongs(this.standing, item.tier);
    return html`<p class="row t-12">
      ${membersMark(item, this.now())}${waits ? opensIn(kept, this.now()) : nothing}
    </p>`;
  }

  private fact(item: Item, how: ReturnType<typeof standing>): unknown {
    switch (how) {
      case "on":
        return m.left(left(item));
      case "wait":
        return html`<span class="wait"
          >${waiting(item) > 0 ? m.soldOutWaiting(waiting(item)) : m.soldOut}</span
        >`;
      case "gone":
        return html`<span class="wait">${m.soldOut}</span>`;
      case "closed":
        return html`<span class="faint">${m.closedItem}</span>`;
      case "ready":
        return item === next(this.show) ? html`<span class="faint">${m.nextItem}</span>` : nothing;
    }
  }

  private act(item: Item, how: ReturnType<typeof standing>): unknown {
    if (how !== "on" && how !== "wait") return nothing;
    const wait = how === "wait";
    const kept = door(item, this.now());
    const shut = kept !== null && !wait && !belongs(this.standing, item.tier);
    let label = wait ? m.waitForItem(item.code) : m.plusOneOf(item.code);
    if (shut) label = m.membersSeal(item.code, markWords(item, kept));
    return html`<button
      class="mini-seal ${this.lost || shut ? "mini-off" : wait ? "mini-wait" : "mini-ring"}"
      aria-label=${this.lost ? m.laterPlusOne(item.code) : label}
      ?disabled=${this.show.status !== "live"}
      @click=${() => this.dispatchEvent(new CustomEvent<Item>("want", { detail: item }))}
    >
      ${wait ? m.wait : shut ? icon("lock", 18) : plusOne}
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-shelf": Shelf;
  }
}

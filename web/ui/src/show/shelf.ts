import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { PlusoneElement } from "../design/element";
import { plusOne } from "../design/icons";
import { parts, tag, thumb, was } from "../design/parts";
import { money } from "../i18n/format";
import { m } from "../i18n/index";
import type { Item, Show } from "../wire/types";
import { left, next, standing, waiting } from "./reading";

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
  @property({ type: Boolean }) lost = false;

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
      </div>
      ${this.act(item, how)}
    </li>`;
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
    const label = wait ? m.waitForItem(item.code) : m.plusOneOf(item.code);
    return html`<button
      class="mini-seal ${this.lost ? "mini-off" : wait ? "mini-wait" : "mini-ring"}"
      aria-label=${this.lost ? m.laterPlusOne(item.code) : label}
      ?disabled=${this.show.status !== "live"}
      @click=${() => this.dispatchEvent(new CustomEvent<Item>("want", { detail: item }))}
    >
      ${wait ? m.wait : plusOne}
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-shelf": Shelf;
  }
}

import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts, tag, thumb } from "../design/parts";
import { Ticking } from "../design/ticking";
import { amount, count, left, toMajor, toMinor } from "../i18n/format";
import { m } from "../i18n/index";
import { s } from "../i18n/staff";
import * as reading from "../show/reading";
import type { Item, Show } from "../wire/types";
import type { Acts } from "./acts";
import { reservedWords } from "./sheets/tier";

/** The item on sale: its figures, its price, its countdown, and what the host does with it. */
@customElement("plusone-studio-now")
export class StudioNow extends PlusoneElement {
  static override styles = [
    parts,
    forms,
    css`
      :host {
        display: block;
        font-size: var(--t-13);
        line-height: var(--l-13);
      }
      .first {
        gap: var(--s-3);
      }
      .thumb {
        inline-size: 72px;
        block-size: 72px;
      }
      .ring {
        position: relative;
        inline-size: 72px;
        block-size: 72px;
        display: grid;
        place-items: center;
        flex: none;
      }
      .ring svg {
        position: absolute;
        inset: 0;
      }
      .ring circle {
        fill: none;
        stroke: var(--line-2);
        stroke-width: 4;
      }
      .ring .left {
        stroke: var(--live);
        stroke-linecap: round;
      }
      .ring b {
        font-size: var(--t-18);
        letter-spacing: -0.01em;
      }
      .figs {
        display: flex;
        gap: var(--s-6);
        padding-block: var(--s-3);
        align-items: flex-start;
        flex-wrap: wrap;
        min-block-size: 70px;
      }
      .figs dt {
        font-size: var(--t-12);
        line-height: 16px;
        color: var(--ink-3);
      }
      .figs dd {
        font-size: var(--t-22);
        line-height: 28px;
        font-weight: var(--w-strong);
        white-space: nowrap;
        margin: 0;
      }
      .figs small {
        font-size: var(--t-13);
        font-weight: var(--w-read);
        color: var(--ink-3);
        margin-inline-start: 4px;
      }
      .editable {
        font-weight: inherit;
        line-height: 28px;
        text-decoration: underline dashed 1.5px var(--edge);
        text-underline-offset: 5px;
      }
      .editable .i {
        color: var(--ink-3);
        vertical-align: 0;
        margin-inline-start: 4px;
      }
      .field {
        min-block-size: 30px;
        padding: 0 8px;
        border-radius: 8px;
      }
      .field input {
        inline-size: 4.5em;
        font-weight: var(--w-strong);
      }
      .ctl {
        flex-wrap: wrap;
      }
      .ctl .btn {
        min-block-size: 40px;
        font-size: var(--t-14);
        padding: 0 14px;
      }
      .ctl .grow {
        flex-basis: 96px;
      }
      .none {
        padding-block: var(--s-4);
        text-align: center;
        color: var(--ink-2);
      }
    `,
  ];

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) acts!: Acts;
  @property({ attribute: false }) now: () => number = Date.now;
  @property({ type: Boolean }) runs = false;
  @state() private pricing = false;
  @state() private wrong = false;

  constructor() {
    super();
    new Ticking(this, () => true);
  }

  override render(): TemplateResult {
    const item = reading.current(this.show);
    if (item === null) {
      return html`<div class="none">
        <p class="name t-16">${s.nothingOnSale}</p>
        ${this.show.status === "ended" ? nothing : html`<p>${s.nothingOnSaleWords}</p>`}
      </div>`;
    }
    const facts = [
      reservedWords(item),
      item.limit === null ? null : m.limitEach(item.limit),
      s.holdFor(Math.round(item.hold_s / 60)),
    ];
    return html`<div class="row first">
        ${thumb(item.picture)}
        <div class="grow">
          <p class="row">${tag(item.code)}<span class="red strong t-13">${s.onSale}</span></p>
          <h2 class="t-18 one-line">${item.title}</h2>
          <p class="t-13 quiet">${facts.filter(Boolean).join(m.comma)}</p>
        </div>
        ${this.ring(item)}
      </div>
      <dl class="figs">
        <div>
          <dt>${s.livePrice}</dt>
          <dd>${this.price(item)}</dd>
        </div>
        ${this.figure(s.left, reading.left(item), `/ ${count(reading.allotment(item))}`)}
        ${this.figure(s.held, reading.held(item), s.piecesUnit)}
        ${this.figure(s.sold, reading.sold(item), s.piecesUnit)}
        ${this.figure(s.waiting, reading.waiting(item), s.piecesUnit)}
      </dl>
      ${this.runs ? this.controls(item) : nothing}`;
  }

  private figure(name: string, n: number, unit: string): TemplateResult {
    return html`<div>
      <dt>${name}</dt>
      <dd>${count(n)}<small>${unit}</small></dd>
    </div>`;
  }

  private ring({ countdown_until: until, opened_at }: Item): unknown {
    if (until === null) return nothing;
    const now = this.now();
    const whole = Math.max(1, until - (opened_at ?? until - 60_000));
    const share = Math.round(Math.min(1, Math.max(0, (until - now) / whole)) * 100);
    const time = left(until - now);
    return html`<div class="ring" role="timer" aria-label=${s.timeLeft(time)}>
      <svg viewBox="0 0 72 72" aria-hidden="true">
        <circle cx="36" cy="36" r="32" pathLength="100" />
        <circle
          class="left"
          cx="36"
          cy="36"
          r="32"
          pathLength="100"
          stroke-dasharray="${share} 100"
          transform="rotate(-90 36 36)"
        /></svg
      ><b>${time}</b>
    </div>`;
  }

  private price(item: Item): TemplateResult {
    const figure = amount(item.price, this.show.currency)[1];
    if (!this.runs) return html`${figure}`;
    if (this.pricing) {
      return html`<form
        class="field"
        @submit=${(event: SubmitEvent) => void this.reprice(event, item)}
      >
        <input
          name="price"
          inputmode="decimal"
          autocomplete="off"
          aria-label=${s.newPrice}
          aria-invalid=${this.wrong}
          .defaultValue=${toMajor(item.price, this.show.currency)}
          @keydown=${(event: KeyboardEvent) => {
            if (event.key === "Escape") this.pricing = false;
          }}
        /><button class="tool tool-s" aria-label=${s.save}>${icon("check", 18)}</button>
      </form>`;
    }
    return html`<button
      class="editable hit"
      aria-label=${s.changePriceFrom(figure)}
      @click=${() => void this.startPricing()}
    >
      ${figure}${icon("edit", 16)}
    </button>`;
  }

  /** Opens the price for change, ready to be typed over. */
  async startPricing(): Promise<void> {
    this.pricing = true;
    this.wrong = false;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLInputElement>("input")?.select();
  }

  private async reprice(event: SubmitEvent, item: Item): Promise<void> {
    event.preventDefault();
    const typed = new FormData(event.target as HTMLFormElement).get("price");
    const price = toMinor(typeof typed === "string" ? typed : "", this.show.currency);
    this.wrong = price === null;
    if (price === null) return;
    if (
      price === item.price ||
      (await this.acts.run({ type: "item.change", item: item.id, price }))
    ) {
      this.pricing = false;
    }
  }

  private controls(item: Item): TemplateResult {
    return html`<div class="row ctl">
      <button class="btn btn-line" @click=${() => void later(this.acts, item, this.now())}>
        ${s.more30}
      </button>
      ${
        item.countdown_until === null
          ? nothing
          : html`<button
              class="btn btn-line"
              @click=${() =>
                void this.acts.run({ type: "item.countdown", item: item.id, until: null })}
            >
              ${s.noCountdown}
            </button>`
      }
      <button class="btn btn-line" @click=${() => this.more(item)}>
        ${reading.hasVariants(item) ? s.moreStock : s.more10}
      </button>
      <button class="btn btn-line" @click=${() => this.dispatchEvent(new Event("by-hand"))}>
        ${s.byHand}
      </button>
      <button
        class="btn btn-ink grow"
        @click=${() => void this.acts.run({ type: "item.close", item: item.id })}
      >
        ${s.closeItem}
      </button>
    </div>`;
  }

  private more(item: Item): void {
    const [only] = item.variants;
    if (reading.hasVariants(item) || only === undefined) {
      this.dispatchEvent(new CustomEvent<Item>("edit", { detail: item }));
      return;
    }
    void this.acts.run({
      type: "item.allot",
      item: item.id,
      variant: only.key,
      allotment: only.allotment + 10,
    });
  }
}

/** Half a minute more, or a countdown of that where none runs. */
export function later(acts: Acts, item: Item, now: number): Promise<boolean> {
  const until = Math.max(Math.round(now), item.countdown_until ?? 0) + 30_000;
  return acts.run({ type: "item.countdown", item: item.id, until });
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-studio-now": StudioNow;
  }
}

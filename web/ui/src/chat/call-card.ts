import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import "./goods";
import type { Summary } from "../consult/wire";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { c } from "../i18n/chat";
import { clock } from "../i18n/format";
import { m } from "../i18n/index";
import { callStand, type CallStand } from "./call";
import { Standing } from "./standing";
import type { Card } from "./wire";

/** A browser's timer counts no further. */
const longest_timer_ms = 2 ** 31 - 1;
const most_shown = 5;

/** A call as it stands now: an invitation to be taken, or what became of it. */
@customElement("plusone-chat-call")
export class ChatCall extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
        font-size: var(--t-14);
        line-height: var(--l-14);
      }
      .call {
        display: grid;
        gap: var(--s-3);
        align-content: center;
        inline-size: 306px;
        max-inline-size: 100%;
        /* As high while it is asked for as most are once they are there. */
        min-block-size: 76px;
        padding: var(--s-3) 14px;
        border-radius: var(--r-card);
        background: var(--raised);
        box-shadow: inset 0 0 0 1px var(--line-2);
      }
      .call.asks {
        box-shadow:
          inset 0 0 0 1.5px var(--ink),
          var(--shadow-rest);
      }
      .top {
        display: flex;
        gap: var(--s-3);
        align-items: flex-start;
      }
      .top > .i {
        margin-block-start: 1px;
      }
      b {
        font-weight: var(--w-name);
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s-2);
      }
      .acts .btn {
        flex: 1 1 auto;
      }
      .strip {
        display: flex;
        gap: 10px;
        margin-block-start: var(--s-2);
        margin-inline: calc(-1 * var(--s-4));
        padding: 2px var(--s-4);
        overflow-x: auto;
        overscroll-behavior-inline: contain;
        scroll-snap-type: inline proximity;
        scroll-padding-inline-start: var(--s-4);
        scrollbar-width: thin;
      }
      .strip > * {
        scroll-snap-align: start;
      }
      .strip:focus-visible {
        outline-offset: -3px;
      }
    `,
  ];

  @property({ attribute: false }) card: Card | null = null;
  /** Changes when something has become of it. */
  @property() stand = "";
  /** The service's time. */
  @property({ attribute: false }) now: () => number = Date.now;
  private readonly standing = new Standing<Summary>(
    this,
    (id) => `/api/consult/calls/${id}/summary`,
    () => this.awaitLapse(),
  );
  private timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  /** Draws again when the invitation may no longer be taken. */
  private awaitLapse(): void {
    clearTimeout(this.timer);
    const { now: call } = this.standing;
    const until = call?.phase === "invited" ? call.until : null;
    if (until === null || until <= this.now()) return;
    const wait = Math.min(until - this.now() + 500, longest_timer_ms);
    this.timer = setTimeout(() => void this.standing.load(), wait);
  }

  override render(): unknown {
    const { card } = this;
    const { now: call, missing } = this.standing;
    if (card === null) return nothing;
    if (call === null) {
      return html`<div class="call" aria-busy=${!missing}>
        ${this.top(missing ? c.call.gone : m.loading)}
      </div>`;
    }
    const stand = callStand(call, this.now());
    return html`<article
        class="call ${stand.kind === "invited" ? "asks" : ""}"
        aria-label=${c.call.call}
      >
        ${this.words(call, stand)}${this.acts(call, stand)}
      </article>
      ${stand.kind === "talked" ? shown(call.cards) : nothing}`;
  }

  private words({ staff, orders, rated, cards }: Summary, stand: CallStand): TemplateResult {
    const name = staff?.name ?? c.staff;
    switch (stand.kind) {
      case "invited":
        return this.top(c.call.asksYou(name), c.call.until(clock(stand.until)));
      case "open":
        return stand.talking
          ? this.top(c.call.talking(name))
          : this.top(c.call.waiting, c.call.waitingWords);
      case "talked": {
        const facts = [
          cards.length === 0 ? null : c.call.shown(cards.length),
          rated === null ? null : c.call.rated(c.scores[rated.score - 1] ?? ""),
        ].filter((one) => one !== null);
        return html`${this.top(c.call.talked(name, stand.minutes), facts.join(m.comma))}${orders.map(
          ({ id, number }) =>
            html`<a class="row" href="/orders/${encodeURIComponent(id)}"
              >${icon("receipt", 18)}<span class="grow one-line">${c.order(number)}</span
              >${icon("right", 18)}</a
            >`,
        )}`;
      }
      case "callback":
        return this.top(c.call.callback, c.call.callbackWords);
      case "missed":
        return this.top(c.call.missed(name), c.call.missedWords);
      case "nobody":
        return this.top(c.call.nobody);
    }
  }

  private acts({ id, rated }: Summary, stand: CallStand): unknown {
    const there = `/consult/${encodeURIComponent(id)}`;
    switch (stand.kind) {
      case "invited":
        return html`<div class="acts">
          <a class="btn btn-ink" href=${there}>${icon("video", 18)}${c.call.answer}</a>
        </div>`;
      case "open":
        return html`<div class="acts">
          <a class="btn btn-ink" href=${there}>${icon("video", 18)}${c.call.goBack}</a>
        </div>`;
      case "talked":
        return html`<div class="acts">
          <a class="btn btn-s btn-line hit" href=${there}
            >${rated === null ? c.call.rate : c.call.lookAgain}</a
          >
        </div>`;
      case "callback":
        return nothing;
      case "missed":
      case "nobody":
        return html`<div class="acts">
          <a class="btn btn-s btn-line hit" href="/consult">${c.call.callUs}</a>
        </div>`;
    }
  }

  private top(words: string, more = ""): TemplateResult {
    return html`<div class="top">
      ${icon("video", 20)}
      <div class="grow">
        <b>${words}</b>
        ${more === "" ? nothing : html`<p class="t-13 quiet">${more}</p>`}
      </div>
    </div>`;
  }
}

function shown(products: readonly string[]): unknown {
  if (products.length === 0) return nothing;
  if (products.length === 1) {
    return html`<div class="strip">
      <plusone-chat-goods via="call" product=${products[0] ?? ""}></plusone-chat-goods>
    </div>`;
  }
  return html`<div class="strip" role="group" tabindex="0" aria-label=${c.shown}>
    ${products
      .slice(0, most_shown)
      .map((id) => html`<plusone-chat-goods tall via="call" product=${id}></plusone-chat-goods>`)}
  </div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-chat-call": ChatCall;
  }
}

import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import "../chat/goods";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts, price } from "../design/parts";
import { sign as loyaltySign } from "../account/icons";
import { chatWords } from "../i18n/chat";
import { v } from "../i18n/consult";
import { count } from "../i18n/format";
import { m } from "../i18n/index";
import { l } from "../i18n/loyalty";
import { ask } from "../wire/http";
import type { Order } from "../wire/types";
import after from "./after.css?inline";
import { sign } from "./icons";
import frame from "./lobby.css?inline";
import type { CallAct, CallView, EndCause, Ordered } from "./wire";

const longest_words = 500;
const minute_ms = 60_000;

/**
 * A call that is over: what it came to, and how it was. Tells `act` (with her rating), `write` where
 * she goes on in the chat, and `anew` where she calls again.
 */
@customElement("plusone-consult-after")
export class After extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(frame), unsafeCSS(after)];

  @property({ attribute: false }) call!: CallView;
  @property() said = "";
  @state() private ready = false;
  @state() private words = "";
  /** Points that its orders earn. */
  @state() private earned = 0;
  private counted = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void chatWords.then(() => (this.ready = true));
  }

  protected override willUpdate(): void {
    const orders = this.call.orders.map(({ id }) => id);
    if (orders.join() === this.counted) return;
    this.counted = orders.join();
    void this.sum(orders);
  }

  private async sum(orders: readonly string[]): Promise<void> {
    const asked = orders.map((id) => ask<Order>("GET", `/api/orders/${encodeURIComponent(id)}`));
    // Those that cannot be had are left out: the orders themselves say what they earn.
    const told = await Promise.allSettled(asked);
    if (orders.join() !== this.counted) return;
    this.earned = told.reduce(
      (all, one) => all + (one.status === "fulfilled" ? (one.value.points?.earns ?? 0) : 0),
      0,
    );
  }

  override render(): unknown {
    if (!this.ready) return nothing;
    const { call } = this;
    const talked = call.answered_at !== null;
    const [heading, words] = this.told(call.cause);
    return html`<main class="after">
      <div class="head">
        <span class="stamp ${talked || call.cause === "callback" ? "good" : ""}"
          >${sign(call.cause === "callback" ? "phone" : talked ? "camera" : "hangUp")}</span
        >
        <h1 tabindex="-1">${heading}</h1>
        <p class="quiet">${talked ? this.length(call) : words}</p>
      </div>
      ${talked ? this.rating(call) : nothing} ${this.orders(call.orders)} ${this.seen(call)}
      <div class="ways-on">
        <button class="btn btn-ink" @click=${() => this.dispatchEvent(new Event("write"))}>
          ${icon("chat", 20)}${talked ? v.chatOn : v.writeInstead}
        </button>
        <button class="btn btn-line" @click=${() => this.dispatchEvent(new Event("anew"))}>
          ${sign("camera", 20)}${v.callAgain}
        </button>
        <a class="btn btn-soft" href="/">${v.toShop}</a>
      </div>
    </main>`;
  }

  private told(cause: EndCause | null): [heading: string, words: string] {
    switch (cause) {
      case "lost":
        return [v.overLost, v.overSorry];
      case "left":
        return [v.overLeft, v.overLeftWords];
      case "callback":
        return [v.overCallback, v.overCallbackWords];
      case "chat":
        return [v.overChat, v.overChatWords];
      case "declined":
        return [v.overDeclined, v.overSorry];
      case "unanswered":
        return [v.overUnanswered, v.overSorry];
      default:
        return [v.over, ""];
    }
  }

  private length({ staff, answered_at, ended_at }: CallView): string {
    const lasted = (ended_at ?? 0) - (answered_at ?? 0);
    return v.withName(staff?.name ?? v.staff, Math.floor(Math.max(0, lasted) / minute_ms));
  }

  private rating({ rated }: CallView): TemplateResult {
    const score = rated?.score ?? 0;
    return html`<section class="card rate" aria-label=${v.howWasIt}>
      <h2>${v.howWasIt}</h2>
      <ul>
        ${v.scores.map(
          (name, index) =>
            html`<li>
              <button
                aria-pressed=${score === index + 1}
                @click=${() => this.rate(index + 1, rated?.text ?? "")}
              >
                <b aria-hidden="true">${index + 1}</b>${name}
              </button>
            </li>`,
        )}
      </ul>
      ${score === 0 ? nothing : this.more(score, rated?.text ?? null)}
      ${
        this.said === ""
          ? nothing
          : html`<p class="wrong" role="alert">${icon("warn", 18)}${this.said}</p>`
      }
    </section>`;
  }

  private more(score: number, text: string | null): TemplateResult {
    return html`<p class="t-13 quiet" role="status">${v.thanks}</p>
      ${
        text !== null && text !== ""
          ? html`<p class="t-14">${text}</p>`
          : html`<form
              @submit=${(event: Event) => {
                event.preventDefault();
                const words = this.words.trim();
                if (words !== "") this.rate(score, words);
              }}
            >
              <span class="field"
                ><input
                  aria-label=${v.moreWords}
                  placeholder=${v.moreWords}
                  maxlength=${longest_words}
                  .value=${this.words}
                  @input=${(event: Event) => {
                    this.words = (event.target as HTMLInputElement).value;
                  }}
              /></span>
              <button class="btn btn-line t-14">${v.sendWords}</button>
            </form>`
      }`;
  }

  private rate(score: number, text: string): void {
    const detail: CallAct = { type: "rate", score, ...(text !== "" && { text }) };
    this.dispatchEvent(new CustomEvent<CallAct>("act", { detail }));
  }

  private orders(orders: readonly Ordered[]): unknown {
    if (orders.length === 0) return nothing;
    return html`<section class="card" aria-label=${v.orders}>
      <h2>${v.orders}</h2>
      <ul>
        ${repeat(
          orders,
          ({ id }) => id,
          ({ id, number, total, currency }) =>
            html`<li>
              <a class="order" href="/orders/${encodeURIComponent(id)}">
                ${icon("receipt", 20)}<span class="grow one-line">${m.orderNumber(number)}</span
                >${price(total, currency)}${icon("right", 18)}
              </a>
            </li>`,
        )}
      </ul>
      ${
        this.earned === 0
          ? nothing
          : html`<a class="order earned" href="/account"
              >${loyaltySign("points")}<span class="grow">${l.callEarned(count(this.earned))}</span
              >${icon("right", 18)}</a
            >`
      }
    </section>`;
  }

  private seen({ shown }: CallView): unknown {
    if (shown.length === 0) return nothing;
    return html`<section class="card" aria-label=${v.sawThese}>
      <h2>${v.sawThese}</h2>
      <div class="seen">
        ${repeat(
          shown,
          (id) => id,
          (id) =>
            html`<plusone-chat-goods
              ?tall=${shown.length > 1}
              via="call"
              product=${id}
            ></plusone-chat-goods>`,
        )}
      </div>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-consult-after": After;
  }
}

import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { settled } from "../consult/basket";
import type { Call } from "../consult/call";
import type { CallView, SharedCart } from "../consult/wire";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, price, tag, thumb } from "../design/parts";
import { callsIn, k } from "../i18n/calls";
import { amount, money } from "../i18n/format";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { ask, requestId } from "../wire/http";
import type { CartLine } from "../wire/types";
import look from "./cart.css?inline";
import { comingOf, lastOf, refusedOf } from "./rows";
import { side } from "./side-look";
import { callWords, refusedWords, whoPut } from "./words";

const fresh_ms = 8_000;
/** As many of one thing as a change may add. */
const most_pieces = 20;
const refused_shown = 1;

/**
 * The cart that a rep and her customer both see and both change; what is paid with is the customer's
 * alone. Tells `told` with what could not be done.
 */
@customElement("plusone-call-cart")
export class CallCart extends PlusoneElement {
  static override styles = [parts, side, unsafeCSS(look)];

  @property({ attribute: false }) call!: Call;
  /** How the rep is called. */
  @property() own = "";
  @property({ type: Number }) version = 0;
  @state() private cart: SharedCart | null = null;
  @state() private problem: unknown = null;
  @state() private nudged = false;
  private asked = 0;
  private settled: string | null = null;
  private forget: (() => void) | null = null;
  private fading: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget?.();
    this.forget = null;
    this.settled = null;
    clearTimeout(this.fading);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const { call } = this;
    if (changed.has("call")) {
      this.forget?.();
      this.forget = null;
      this.cart = null;
      this.settled = null;
      this.nudged = false;
    }
    this.forget ??= call.onCart(() => void this.load());
    if (call.call?.phase !== "talking") return;
    const now = `${settled(call.call.changes)} ${call.call.orders.length}`;
    if (now === this.settled || call.phase !== "there") return;
    this.settled = now;
    void this.load();
  }

  private async load(): Promise<void> {
    const mine = (this.asked += 1);
    this.problem = null;
    try {
      const path = `/api/consult/calls/${encodeURIComponent(this.call.id)}/cart`;
      const cart = await ask<SharedCart>("GET", path);
      if (mine !== this.asked) return;
      this.cart = cart;
      clearTimeout(this.fading);
      this.fading = setTimeout(() => this.requestUpdate(), fresh_ms + 100);
    } catch (problem) {
      if (mine === this.asked) this.problem = problem;
    }
  }

  override render(): unknown {
    const view = this.call.call;
    if (view === null) return nothing;
    const { cart } = this;
    const any = cart !== null && cart.lines.length + cart.claims.length > 0;
    return html`<div class="lift">
      <section class="cart ${any ? "torn" : ""}" aria-label=${k.cart}>
        <h3 class="row">${k.cart}${this.stands()}</h3>
        ${cart === null ? this.notYet() : any ? this.all(cart, view) : this.nothingIn()}
        ${refusedOf(view.changes)
          .slice(0, refused_shown)
          .map(
            (one) => html`<p class="no" role="status">${icon("warn", 16)}${refusedWords(one)}</p>`,
          )}
        ${view.orders.map(
          ({ number, total, currency }) =>
            html`<p class="bought" role="status">
              ${icon("check", 16)}${k.bought(number, money(total, currency))}
            </p>`,
        )}
        ${any ? this.foot(cart, view) : nothing}
      </section>
    </div>`;
  }

  private stands(): unknown {
    if (this.call.phase !== "there") {
      return html`<span class="badge b-wait end" role="status"
        >${icon("offline", 16)}${m.reconnecting}</span
      >`;
    }
    if (this.cart === null || this.problem !== null) return nothing;
    return html`<span class="badge b-held end">${icon("check", 16)}${k.inStep}</span>`;
  }

  private notYet(): TemplateResult {
    if (this.problem === null) return html`<p class="empty" role="status">${m.loading}</p>`;
    return html`<div class="empty" role="alert">
      <p>${problemWords(this.problem)}</p>
      <button class="btn btn-s btn-line" @click=${() => void this.load()}>${m.retry}</button>
    </div>`;
  }

  private nothingIn(): TemplateResult {
    return html`<p class="empty"><b>${k.emptyCart}</b>${k.emptyCartWords}</p>`;
  }

  private all(cart: SharedCart, view: CallView): TemplateResult {
    const coming = comingOf(view.changes);
    const { currency, claims } = cart;
    return html`<ul class="lines">
        ${repeat(
          cart.lines,
          ({ id }) => id,
          (line) => this.line(line, cart, view, coming.get(line.variant_id) ?? 0),
        )}
      </ul>
      ${
        claims.length === 0
          ? nothing
          : html`<h4>${k.claims}</h4>
              <ul class="lines claims">
                ${claims.map(
                  ({ code, title, variant_title, quantity, unit_price }) =>
                    html`<li>
                      ${tag(code)}<span class="grow one-line"
                        >${[title, variant_title].filter(Boolean).join(m.comma)}</span
                      ><span class="quiet">${m.pieces(quantity)}</span
                      ><b class="amount">${amount(unit_price * quantity, currency)[1]}</b>
                    </li>`,
                )}
              </ul>`
      }`;
  }

  private line(
    line: CartLine,
    { currency }: SharedCart,
    { changes }: CallView,
    coming: number,
  ): TemplateResult {
    const { title, variant_title, picture, quantity, unit_price, variant_id, available } = line;
    const last = lastOf(changes, variant_id);
    const isFresh = last !== null && this.call.now() - last.at_ms < fresh_ms;
    const name = [title, variant_title].filter(Boolean).join(m.comma);
    const by = whoPut(changes, variant_id, quantity, this.own);
    const most = quantity + coming >= available || coming >= most_pieces;
    return html`<li class=${isFresh ? "fresh" : ""}>
      ${thumb(picture, 48)}
      <div class="grow">
        <p class="name one-line">${title}</p>
        <p class="by">
          <span class="one-line" title=${by}
            >${[variant_title, by].filter(Boolean).join(m.comma)}</span
          >${
            last === null
              ? nothing
              : html`<button
                  class="hit"
                  aria-label=${k.undoOf(name)}
                  @click=${() => this.act({ type: "undo", offset: last.offset })}
                >
                  ${k.undo}
                </button>`
          }
        </p>
      </div>
      <span class="qty" role="group" aria-label=${name}
        ><button
          aria-label=${k.fewer(name)}
          ?disabled=${quantity + coming < 1}
          @click=${() => this.change("cart.remove", variant_id)}
        >
          ${icon("minus", 16)}</button
        ><b class=${coming === 0 ? "" : "coming"} aria-live="polite">${quantity + coming}</b
        ><button
          aria-label=${k.more(name)}
          ?disabled=${most}
          @click=${() => this.change("cart.add", variant_id)}
        >
          ${icon("plus", 16)}
        </button></span
      ><b class="amount">${amount(unit_price * quantity, currency)[1]}</b>
    </li>`;
  }

  private foot({ currency, subtotal, free_delivery_from }: SharedCart, view: CallView): unknown {
    const short = free_delivery_from === null ? null : free_delivery_from - subtotal;
    return html`${
        short === null
          ? nothing
          : html`<dl class="sums">
              <div>
                <dt>${k.delivery}</dt>
                <dd>${short <= 0 ? k.free : k.freeFrom(money(short, currency))}</dd>
              </div>
            </dl>`
      }
      <div class="row foot">
        <div class="grow" title=${k.paysThere}>
          <p class="t-12 quiet">${k.subtotal}</p>
          ${price(subtotal, currency)}
        </div>
        <button
          class="btn btn-ink"
          aria-description=${k.paysThere}
          ?disabled=${this.nudged}
          @click=${() => void this.nudge(view)}
        >
          ${this.nudged ? k.askedToPay : k.askToPay}
        </button>
      </div>`;
  }

  /** In her language, since she reads it. */
  private async nudge({ locale }: CallView): Promise<void> {
    this.nudged = true;
    try {
      const { payWords } = await callsIn(locale);
      this.act({ type: "say", text: payWords });
    } catch {
      this.nudged = false;
      this.tell(m.notReached);
      return;
    }
    setTimeout(() => (this.nudged = false), fresh_ms);
  }

  private change(kind: "cart.add" | "cart.remove", variant: string): void {
    this.act({ type: "change", kind, variant, quantity: 1 });
  }

  private act(act: Parameters<Call["act"]>[0]): void {
    this.call.act(act, requestId()).catch((problem: unknown) => this.tell(callWords(problem)));
  }

  private tell(detail: string): void {
    this.dispatchEvent(new CustomEvent("told", { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-call-cart": CallCart;
  }
}

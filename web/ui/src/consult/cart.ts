import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { ChangeState } from "../chat/wire";
import { PlusoneElement } from "../design/element";
import { icon, type IconName } from "../design/icons";
import { parts, price, tag, thumb } from "../design/parts";
import { v } from "../i18n/consult";
import { amount } from "../i18n/format";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import type { CartLine } from "../wire/types";
import look from "./cart.css?inline";
import type { CallAct, CallView, Changed, SharedCart, Side } from "./wire";

const signs: Record<ChangeState, IconName> = {
  asked: "spin",
  undoing: "spin",
  done: "check",
  kept: "warn",
  undone: "undo",
  refused: "warn",
};
const fresh_ms = 8_000;
const most_changes = 6;
const most_pieces = 20;

/**
 * The one cart of a call: what lies in it, who put it there, and what was changed just now, to be
 * undone. Tells `act` with a change, `checkout`, and `again` where it could not be had.
 */
@customElement("plusone-shared-cart")
export class SharedCartView extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property({ attribute: false }) cart: SharedCart | null = null;
  @property({ attribute: false }) problem: unknown = null;
  @property({ attribute: false }) call: CallView | null = null;
  @property({ attribute: false }) doing: readonly CallAct[] = [];
  /** Whose page this is. */
  @property() side: Side = "customer";
  /** The server's clock. */
  @property({ type: Number }) now = 0;
  /** It lies in a sheet that has its own head. */
  @property({ type: Boolean }) headless = false;

  override render(): TemplateResult {
    const { cart } = this;
    return html`<section aria-label=${v.cartShared}>
      ${this.headless ? nothing : html`<div class="head"><h2>${v.cartShared}</h2></div>`}
      ${cart === null ? this.without() : this.content(cart)} ${this.changes()}
    </section>`;
  }

  private without(): TemplateResult {
    if (this.problem === null) {
      return html`<p class="empty" role="status">${icon("spin", 24, "turn")}${m.loading}</p>`;
    }
    return html`<div class="empty" role="alert">
      <p>${problemWords(this.problem)}</p>
      <button class="btn btn-s btn-line" @click=${() => this.dispatchEvent(new Event("again"))}>
        ${m.retry}
      </button>
    </div>`;
  }

  private content(cart: SharedCart): TemplateResult {
    if (cart.lines.length + cart.claims.length === 0) {
      return html`<div class="empty">
        ${icon("bag", 24)}
        <p class="name">${v.cartEmpty}</p>
        <p class="t-13 quiet">${v.cartEmptyWords}</p>
      </div>`;
    }
    return html`<ul class="lines">
        ${cart.claims.map(
          (one) =>
            html`<li>
              ${thumb(one.picture, 48)}
              <div class="grow">
                <p class="row name">${tag(one.code)}<span class="one-line">${one.title}</span></p>
                <p class="t-12 quiet one-line">${one.variant_title ?? one.show_title}</p>
              </div>
              <span class="quiet">${m.pieces(one.quantity)}</span
              ><b class="amt">${amount(one.unit_price * one.quantity, cart.currency)[1]}</b>
            </li>`,
        )}
        ${repeat(
          cart.lines,
          ({ id }) => id,
          (one) => this.line(one, cart.currency),
        )}
      </ul>
      <div class="foot">
        <div class="grow">
          <p class="t-12 quiet">${m.total}</p>
          ${price(cart.subtotal, cart.currency)}
        </div>
        <button class="btn btn-ink" @click=${() => this.dispatchEvent(new Event("checkout"))}>
          ${v.checkout}
        </button>
      </div>`;
  }

  private line(one: CartLine, currency: string): TemplateResult {
    const last = this.call?.changes.findLast(
      ({ change, state }) => change.variant === one.variant_id && state === "done",
    );
    const fresh = last !== undefined && this.now - last.at_ms < fresh_ms;
    const busy = this.busy(one.variant_id);
    const who = last === undefined ? null : this.by(last);
    const facts = [one.variant_title === "" ? null : one.variant_title, who];
    const n = one.quantity;
    return html`<li class=${fresh ? "fresh" : ""}>
      ${thumb(one.picture, 48)}
      <div class="grow">
        <p class="name one-line">${one.title}</p>
        <p class="t-12 quiet one-line">${facts.filter(Boolean).join(m.comma)}</p>
      </div>
      <span class="qty"
        ><button
          aria-label=${m.oneLess}
          ?disabled=${busy}
          @click=${() => this.change("cart.remove", one)}
        >
          ${icon(n === 1 ? "trash" : "minus", 16)}</button
        ><b aria-label=${m.pieces(n)}>${n}</b
        ><button
          aria-label=${m.oneMore}
          ?disabled=${busy || n >= one.available || n >= most_pieces}
          @click=${() => this.change("cart.add", one)}
        >
          ${icon("plus", 16)}
        </button></span
      >
      <b class="amt">${amount(one.unit_price * n, currency)[1]}</b>
    </li>`;
  }

  private busy(variant: string): boolean {
    return (
      this.doing.some((act) => act.type === "change" && act.variant === variant) ||
      (this.call?.changes ?? []).some(
        ({ change, state }) =>
          change.variant === variant && (state === "asked" || state === "undoing"),
      )
    );
  }

  private by({ by, name }: Changed): string {
    return by === this.side ? v.byYou : v.byName(name ?? v.staff);
  }

  private change(kind: "cart.add" | "cart.remove", { variant_id: variant }: CartLine): void {
    this.act({ type: "change", kind, variant, quantity: 1 });
  }

  // What was changed

  private changes(): unknown {
    const newest = (this.call?.changes ?? []).slice(-most_changes).reverse();
    if (newest.length === 0) return nothing;
    return html`<ul class="changes" aria-label=${v.changesSoFar} aria-live="polite">
      ${repeat(
        newest,
        ({ offset }) => offset,
        (one) => this.changed(one),
      )}
    </ul>`;
  }

  private changed(one: Changed): unknown {
    const { change, by, name, offset } = one;
    if (change.kind === "order.cancel") return nothing;
    const asked = this.doing.some((act) => act.type === "undo" && act.offset === offset);
    const state = asked && one.state === "done" ? "undoing" : one.state;
    const who = by === this.side ? v.you : (name ?? v.staff);
    const what = v.pieces(change.title, change.quantity ?? 1);
    const why = state === "refused" || state === "kept" ? this.whyNot(one.code) : "";
    const turns = state === "asked" || state === "undoing";
    return html`<li class=${state}>
      ${icon(signs[state], 16, turns ? "turn" : "")}
      <p class="grow">${v.changes[change.kind][state](who, what)} ${why}</p>
      ${
        state === "done"
          ? html`<button class="hit" @click=${() => this.act({ type: "undo", offset })}>
              ${v.undo}
            </button>`
          : nothing
      }
    </li>`;
  }

  private whyNot(code: string | null): string {
    return v.whyNot[code ?? ""] ?? v.whyNotElse;
  }

  private act(detail: CallAct): void {
    this.dispatchEvent(new CustomEvent<CallAct>("act", { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-shared-cart": SharedCartView;
  }
}

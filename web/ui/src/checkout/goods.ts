import { html, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { icon } from "../design/icons";
import { tag, thumb } from "../design/parts";
import { amount } from "../i18n/format";
import { m } from "../i18n/index";
import type { Cart, CartClaim, CartLine, Show } from "../wire/types";

/** One piece more or less of something in the cart. */
type Step = (one: CartClaim | CartLine, by: 1 | -1) => void;

/** What is in the cart. Claims of the show that is watched can be changed here, and lines. */
export function inCart(cart: Cart, show: Show | null, busy: boolean, step: Step): TemplateResult {
  return html`<ul class="lines">
    ${repeat(
      cart.claims,
      ({ id }) => id,
      (one) => claim(one, cart.currency, show, busy, step),
    )}
    ${repeat(
      cart.lines,
      ({ id }) => id,
      (one) => line(one, cart.currency, busy, step),
    )}
  </ul>`;
}

function claim(
  one: CartClaim,
  currency: string,
  show: Show | null,
  busy: boolean,
  step: Step,
): TemplateResult {
  const here = one.show === show?.id && one.state === "held";
  const known = show?.items.find(({ id }) => id === one.item);
  const facts = [
    one.variant_title,
    known?.limit == null ? null : m.limitEach(known.limit),
    here ? null : one.show_title,
  ];
  return html`<li>
    ${thumb(one.picture, 48)}
    <div class="grow">
      <p class="name t-14 row">${tag(one.code)}<span class="one-line">${one.title}</span></p>
      <p class="t-13 quiet one-line">${facts.filter(Boolean).join(m.comma)}</p>
    </div>
    ${
      one.state === "paying"
        ? paying(one)
        : here
          ? stepper(one, busy, step)
          : html`<span class="t-14 quiet">${m.pieces(one.quantity)}</span>`
    }
    <b class="amt">${amount(one.unit_price * one.quantity, currency)[1]}</b>
  </li>`;
}

function paying({ order }: CartClaim): TemplateResult {
  if (order == null) return html`<span class="badge b-wait">${m.beingPaid}</span>`;
  return html`<a class="badge b-wait hit" href="/orders/${encodeURIComponent(order)}"
    >${m.beingPaid}${icon("right", 16)}</a
  >`;
}

function line(one: CartLine, currency: string, busy: boolean, step: Step): TemplateResult {
  return html`<li>
    ${thumb(one.picture, 48)}
    <div class="grow">
      <p class="name t-14 one-line">${one.title}</p>
      <p class="t-13 quiet one-line">
        ${one.available < one.quantity ? m.onlyLeft(one.available) : one.variant_title}
      </p>
    </div>
    ${stepper(one, busy, step, one.quantity >= one.available)}
    <b class="amt">${amount(one.unit_price * one.quantity, currency)[1]}</b>
  </li>`;
}

function stepper(
  one: CartClaim | CartLine,
  busy: boolean,
  step: Step,
  most = false,
): TemplateResult {
  const n = one.quantity;
  return html`<span class="qty"
    ><button class="hit" aria-label=${m.oneLess} @click=${() => step(one, -1)} ?disabled=${busy}>
      ${icon(n === 1 ? "trash" : "minus", 16)}</button
    ><b aria-label=${m.pieces(n)}>${n}</b
    ><button
      class="hit"
      aria-label=${m.oneMore}
      @click=${() => step(one, 1)}
      ?disabled=${busy || most}
    >
      ${icon("plus", 16)}
    </button></span
  >`;
}

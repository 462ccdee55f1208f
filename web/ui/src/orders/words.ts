import { html, type TemplateResult } from "lit";

import { m } from "../i18n/index";
import type { Order, OrderState } from "../wire/types";

const looks: Record<OrderState, string> = {
  awaiting_payment: "b-wait",
  placed: "b-held",
  paid: "b-held",
  ready: "b-held",
  handed_out: "b-plain",
  cancelled: "b-stop",
  refunded: "b-stop",
  lapsed: "b-stop",
};

/** Where an order stands, as a badge; the word says it, the colour goes with it. */
export function stateBadge(state: OrderState): TemplateResult {
  return html`<span class="badge ${looks[state]}">${m.orderStates[state]}</span>`;
}

/** Where an order goes, in one line. */
export function goesTo(fulfilment: Order["fulfilment"]): string {
  const kind = m.deliveries[fulfilment.kind];
  return [kind, ...places(fulfilment)].filter(Boolean).join(m.comma);
}

function places(to: Order["fulfilment"]): (string | null | undefined)[] {
  switch (to.kind) {
    case "home":
      return [[to.postcode, to.city, to.address].filter(Boolean).join(" ")];
    case "store":
      return [`${m.chains[to.chain]} ${to.store_name}`, to.store_code];
    case "pickup":
      return [to.name ?? to.location, "address" in to ? to.address : null, to.hours];
  }
}

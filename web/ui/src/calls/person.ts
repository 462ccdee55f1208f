import { html, nothing, type TemplateResult } from "lit";

import "../loyalty/standing";
import { tag, thumb } from "../design/parts";
import { d } from "../i18n/desk";
import { fullMoment, money } from "../i18n/format";
import { m } from "../i18n/index";
import { stateBadge } from "../orders/words";
import type { CallCustomer } from "./wire";

/** Who the customer of a call is, where there is no conversation whose pane could say it. */
export function personOf({ person, claims, orders }: CallCustomer): TemplateResult {
  return html`<section class="box stack">
      <div class="row">
        <h3 class="grow one-line">${person.name ?? d.noName}</h3>
        <span class="badge b-plain">${d.kinds[person.kind]}</span>
      </div>
      ${person.email === null ? nothing : html`<p class="one-line">${person.email}</p>`}
      ${
        person.since === null
          ? nothing
          : html`<p class="t-12 quiet">${d.since(fullMoment(person.since))}</p>`
      }
    </section>
    <plusone-standing boxed customer=${person.id}></plusone-standing>
    ${
      claims.length === 0
        ? nothing
        : html`<section class="box stack">
            <h3>${d.claims}</h3>
            <ul class="rows">
              ${claims.map(
                ({ code, title, quantity, state }) =>
                  html`<li>
                    ${tag(code)}<span class="grow one-line"
                      >${title}${m.comma}${m.pieces(quantity)}</span
                    ><span class="badge b-plain">${d.claimStates[state] ?? state}</span>
                  </li>`,
              )}
            </ul>
          </section>`
    }
    <section class="box stack">
      <h3>${d.orders}</h3>
      ${
        orders.length === 0
          ? html`<p class="quiet">${d.noOrders}</p>`
          : html`<ul class="rows">
              ${orders.map(
                ({ number, total, currency, status }) =>
                  html`<li>
                    <a href="/staff/orders?q=${encodeURIComponent(number)}" target="_blank"
                      >${number}</a
                    ><span class="grow"></span
                    ><span class="quiet">${money(total, currency)}</span>${stateBadge(status)}
                  </li>`,
              )}
            </ul>`
      }
    </section>`;
}

/** A product by its picture and name. */
export function goodsLine(picture: string | null, title: string): TemplateResult {
  return html`${thumb(picture, 40)}<span class="grow name one-line">${title}</span>`;
}

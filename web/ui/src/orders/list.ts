import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import "../design/header";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, thumb } from "../design/parts";
import { fullMoment, money } from "../i18n/format";
import { m } from "../i18n/index";
import { l } from "../i18n/loyalty";
import { problemWords } from "../i18n/problems";
import { loadSession, session } from "../session/session";
import { ask } from "../wire/http";
import type { OrderCard } from "../wire/types";
import { earnedWords } from "./earned";
import { stateBadge } from "./words";

/** What this customer ordered, the newest first. */
@customElement("plusone-orders")
export class Orders extends PlusoneElement {
  static override styles = [
    parts,
    css`
      main {
        max-inline-size: 720px;
        margin-inline: auto;
        padding: var(--s-6) var(--s-4) var(--s-16);
      }
      h1 {
        font-size: var(--t-22);
        line-height: var(--l-22);
        padding-block-end: var(--s-4);
      }
      ul {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--s-3);
      }
      a.card {
        display: flex;
        align-items: center;
        gap: var(--s-4);
        padding: var(--s-4);
        border-radius: var(--r-card);
        background: var(--sheet);
        box-shadow: inset 0 0 0 1px var(--line);
        text-decoration: none;
        min-block-size: 80px;
      }
      .card .row {
        flex-wrap: wrap;
        gap: 0 var(--s-2);
      }
      .card b,
      .card .name {
        white-space: nowrap;
      }
      .empty {
        display: grid;
        gap: var(--s-3);
        justify-items: center;
        text-align: center;
        padding: var(--s-16) var(--s-6);
        border-radius: 18px;
        background: var(--sheet);
        box-shadow: inset 0 0 0 1px var(--line);
      }
      .sums {
        text-align: end;
        justify-items: end;
      }
    `,
  ];

  @state() private orders: OrderCard[] | null = null;
  @state() private problem: unknown = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    this.problem = null;
    try {
      const { person } = await loadSession();
      this.orders =
        person.kind === "nobody"
          ? []
          : (await ask<{ orders: OrderCard[] }>("GET", "/api/orders")).orders;
    } catch (problem) {
      this.problem = problem;
    }
  }

  override render(): TemplateResult {
    document.title = m.myOrders;
    return html`<plusone-header current="orders"></plusone-header>
      <main>
        <h1>${m.myOrders}</h1>
        ${this.content()}
      </main>`;
  }

  private content(): unknown {
    if (this.problem !== null) {
      return html`<div class="empty" role="alert">
        <p>${problemWords(this.problem)}</p>
        <button class="btn btn-line" @click=${() => void this.load()}>${m.retry}</button>
      </div>`;
    }
    if (this.orders === null) return html`<p class="empty quiet" role="status">${m.loading}</p>`;
    if (this.orders.length === 0) {
      const known = session?.person.kind === "customer";
      return html`<div class="empty">
        ${icon("receipt", 24)}
        <p class="name">${m.noOrders}</p>
        <p class="t-14 quiet">${known ? m.noOrdersYet : m.noOrdersWords}</p>
        <a class="btn btn-ink" href="/">${m.toShows}</a>
        ${known ? nothing : html`<a class="btn" href="/sign-in?next=/orders">${m.signIn}</a>`}
      </div>`;
    }
    return html`<ul>
      ${this.orders.map((order) => html`<li>${this.card(order)}</li>`)}
    </ul>`;
  }

  private card({
    id,
    number,
    state,
    placed_at,
    total,
    currency,
    lines,
    discounts,
    points,
  }: OrderCard): TemplateResult {
    const [first] = lines ?? [];
    const off = (discounts ?? []).reduce((all, { amount }) => all + amount, points?.value ?? 0);
    const facts = [
      fullMoment(placed_at),
      off === 0 ? null : l.saved(money(off, currency)),
      earnedWords({ points }),
    ];
    return html`<a class="card" href="/orders/${encodeURIComponent(id)}">
      ${first === undefined ? nothing : thumb(first.picture, 48)}
      <span class="col grow"
        ><span class="row"><b>${number}</b>${stateBadge(state)}</span>${
          first === undefined
            ? nothing
            : html`<span class="t-13 quiet one-line">${first.title}</span>`
        }<span class="t-13 quiet one-line">${facts.filter(Boolean).join(m.comma)}</span></span
      ><span class="name">${money(total, currency)}</span>${icon("right", 18)}
    </a>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-orders": Orders;
  }
}

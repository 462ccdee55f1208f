import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { c } from "../i18n/chat";
import { fullMoment, money } from "../i18n/format";
import { m } from "../i18n/index";
import { goesTo, stateBadge } from "../orders/words";
import type { Order } from "../wire/types";
import { Standing } from "./standing";
import type { Card } from "./wire";

/** An order of hers as it stands now: asked for anew when she comes back to the page. */
@customElement("plusone-chat-order")
export class ChatOrder extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
        inline-size: 306px;
        max-inline-size: 100%;
      }
      a {
        display: grid;
        gap: 2px;
        align-content: center;
        /* As high while it is asked for as once it is there. */
        block-size: 92px;
        padding: 10px 14px;
        border-radius: var(--r-card);
        background: var(--raised);
        box-shadow: inset 0 0 0 1px var(--line-2);
        text-decoration: none;
        font-size: var(--t-14);
        line-height: var(--l-14);
      }
      a:hover {
        background: var(--fill);
      }
      b {
        font-weight: var(--w-name);
      }
      .sum {
        font-size: var(--t-16);
        font-weight: var(--w-strong);
      }
    `,
  ];

  @property({ attribute: false }) card: Card | null = null;
  /** Changes when something may have become of it. */
  @property() stand = "";
  private readonly standing = new Standing<Order>(this, (id) => `/api/orders/${id}`);

  override render(): unknown {
    const { card } = this;
    const { now: order } = this.standing;
    if (card === null) return nothing;
    const number = order?.number ?? card.title ?? "";
    return html`<a href="/orders/${encodeURIComponent(card.id)}">
      <span class="row">
        <b class="grow one-line">${c.order(number)}</b>
        ${order === null ? nothing : stateBadge(order.state)}
      </span>
      ${order === null ? this.notYet() : this.facts(order)}
    </a>`;
  }

  private notYet(): TemplateResult {
    return html`<span class="t-13 quiet">${this.standing.missing ? c.orderGone : m.loading}</span>`;
  }

  private facts(order: Order): TemplateResult {
    const { lines, payment, state } = order;
    const pieces = lines.reduce((all, { quantity }) => all + quantity, 0);
    const first = lines[0]?.title ?? "";
    const due = state === "awaiting_payment" ? payment.due_at : null;
    return html`<span class="t-13 quiet one-line">${first}${m.comma}${m.pieces(pieces)}</span>
      <span class="row t-13">
        <span class="sum">${money(order.total, order.currency)}</span>
        <span class="grow quiet one-line"
          >${due === null ? goesTo(order.fulfilment) : m.payBefore(fullMoment(due))}</span
        >${icon("right", 18)}
      </span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-chat-order": ChatOrder;
  }
}

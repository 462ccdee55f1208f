import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { c } from "../i18n/chat";
import { fullMoment, money } from "../i18n/format";
import { m } from "../i18n/index";
import { goesTo, stateBadge } from "../orders/words";
import { ask } from "../wire/http";
import type { Order } from "../wire/types";
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
  @state() private order: Order | null = null;
  @state() private missing = false;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.look);
    window.addEventListener("pageshow", this.look);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.look);
    window.removeEventListener("pageshow", this.look);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("card");
    const another = changed.has("card") && before?.id !== this.card?.id;
    if (another || (changed.has("stand") && this.hasUpdated)) void this.load();
  }

  private readonly look = (): void => {
    if (document.visibilityState === "visible") void this.load();
  };

  private async load(): Promise<void> {
    const id = this.card?.id;
    if (id === undefined) return;
    try {
      const order = await ask<Order>("GET", `/api/orders/${encodeURIComponent(id)}`);
      if (this.card?.id === id) this.order = order;
    } catch {
      // What is known of it stays; of what never was there, the number and the way to it are enough.
      this.missing = this.order === null;
    }
  }

  override render(): unknown {
    const { card, order } = this;
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
    return html`<span class="t-13 quiet">${this.missing ? c.orderGone : m.loading}</span>`;
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

import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import { callStand, type CallStand } from "../chat/call";
import { Standing } from "../chat/standing";
import type { Card } from "../chat/wire";
import type { Summary } from "../consult/wire";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { clock } from "../i18n/format";
import { d } from "../i18n/desk";
import { m } from "../i18n/index";

/** A call with the customer, in one line, and the way to it. */
@customElement("plusone-desk-call-card")
export class DeskCallCard extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
      }
      a {
        display: inline-flex;
        align-items: center;
        gap: var(--s-2);
        min-block-size: 40px;
        max-inline-size: 100%;
        padding: 4px 12px;
        border-radius: 12px;
        background: var(--raised);
        box-shadow: inset 0 0 0 1px var(--line-2);
        text-decoration: none;
      }
      a:hover {
        background: var(--fill);
      }
      b {
        font-weight: var(--w-name);
      }
    `,
  ];

  @property({ attribute: false }) card: Card | null = null;
  /** Changes when something has become of it. */
  @property() stand = "";
  private readonly standing = new Standing<Summary>(
    this,
    (id) => `/api/consult/calls/${id}/summary`,
  );

  override render(): unknown {
    const { card } = this;
    const { now: call } = this.standing;
    if (card === null) return nothing;
    const facts = call === null ? [] : factsOf(call, callStand(call, Date.now()));
    return html`<a href="/desk/calls/${encodeURIComponent(card.id)}"
      >${icon("video", 18)}<b>${d.callCard.call}</b>${
        facts.length === 0 ? nothing : html`<span class="quiet">${facts.join(m.comma)}</span>`
      }</a
    >`;
  }
}

function factsOf({ cards, orders, staff, rated }: Summary, stand: CallStand): string[] {
  switch (stand.kind) {
    case "invited":
      return [d.callCard.invited(clock(stand.until))];
    case "open":
      return [stand.talking ? d.callCard.talking : d.callCard.waiting];
    case "talked":
      return [
        d.callCard.talked(staff?.name ?? "", stand.minutes),
        ...(cards.length === 0 ? [] : [d.callCard.shown(cards.length)]),
        ...orders.map(({ number }) => `${d.orderCard} ${number}`),
        ...(rated === null ? [] : [d.rated(rated.score)]),
      ];
    case "callback":
      return [d.callCard.callback];
    case "missed":
      return [d.callCard.missed];
    case "nobody":
      return [d.callCard.nobody];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-desk-call-card": DeskCallCard;
  }
}

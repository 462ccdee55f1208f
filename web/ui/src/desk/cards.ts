import { html, type TemplateResult } from "lit";

import "./call-card";
import "./card";
import { book } from "../chat/icons";
import type { Card } from "../chat/wire";
import { icon } from "../design/icons";
import { d } from "../i18n/desk";

/** What a message shows, as the desk looks at it; `small` where they are many. */
export function shown(cards: readonly Card[], small = false): TemplateResult[] {
  return cards.map((card) => one(card, small));
}

function one(card: Card, small: boolean): TemplateResult {
  switch (card.kind) {
    case "product":
      return html`<plusone-desk-card ?small=${small} product=${card.id}></plusone-desk-card>`;
    case "order":
      return html`<a
        class="card-line"
        href="/staff/orders?q=${encodeURIComponent(card.title ?? card.id)}"
        target="_blank"
        >${icon("receipt", 18)}<span>${d.orderCard}</span><b>${card.title ?? ""}</b></a
      >`;
    case "article":
      return html`<a class="card-line" href="/help/${encodeURIComponent(card.id)}" target="_blank"
        >${book}<b>${card.title ?? d.articleCard}</b></a
      >`;
    case "image":
      return html`<plusone-chat-picture .card=${card}></plusone-chat-picture>`;
    case "call":
      return html`<plusone-desk-call-card .card=${card}></plusone-desk-call-card>`;
    case "consult":
      return html`<span class="card-line">${icon("video", 18)}<b>${d.consultCard}</b></span>`;
  }
}

import { html, nothing, type TemplateResult } from "lit";

import "./call-card";
import "./goods";
import "./order-card";
import "./picture";
import { consultPath } from "../consult/ways";
import { icon } from "../design/icons";
import { c } from "../i18n/chat";
import { book } from "./icons";
import type { Card } from "./wire";

/** So many things stand beside or below one another at a message. */
export const most_cards = 5;

interface How {
  /** It is asked whether she wants it: nothing else may put it into the cart meanwhile. */
  plain: boolean;
  /** Of an order: another text when something may have become of it. */
  stand: (order: string) => string;
}

/** What a message shows: products beside one another where there are several, the rest below. */
export function shown(cards: readonly Card[], how: How): unknown {
  if (cards.length === 0) return nothing;
  const few = cards.slice(0, most_cards);
  const goods = few.filter(({ kind }) => kind === "product");
  if (goods.length < 2 || how.plain) return few.map((card) => one(card, how));
  const others = few.filter(({ kind }) => kind !== "product");
  return html`${strip(goods)}${others.map((card) => one(card, how))}`;
}

function strip(goods: readonly Card[]): TemplateResult {
  return html`<div class="strip" role="group" tabindex="0" aria-label=${c.shown}>
    ${goods.map(({ id }) => html`<plusone-chat-goods tall product=${id}></plusone-chat-goods>`)}
  </div>`;
}

/** About the product that the card names, if it names one. */
function wayTo({ id }: Card, book = false): string {
  return consultPath(id.startsWith("prd_") ? { product: id } : null, book);
}

function one(card: Card, { plain, stand }: How): unknown {
  switch (card.kind) {
    case "product":
      return html`<plusone-chat-goods
        class="shown"
        ?plain=${plain}
        product=${card.id}
      ></plusone-chat-goods>`;
    case "order":
      return html`<plusone-chat-order
        class="shown"
        .card=${card}
        stand=${stand(card.id)}
      ></plusone-chat-order>`;
    case "article":
      return html`<a
        class="shown article"
        href="/help/${encodeURIComponent(card.id)}"
        target="_blank"
        rel="noopener"
        >${book}<span class="grow">${card.title ?? c.article}</span>${icon("right", 18)}</a
      >`;
    case "image":
      return html`<plusone-chat-picture class="shown" .card=${card}></plusone-chat-picture>`;
    case "call":
      return html`<plusone-chat-call class="shown" .card=${card}></plusone-chat-call>`;
    case "consult":
      return html`<div class="shown consult" role="group" aria-label=${c.call.call}>
        <a class="btn btn-ink" href=${wayTo(card)}>${icon("video", 18)}${c.call.now}</a>
        <a class="btn btn-line" href=${wayTo(card, true)}>${icon("clock", 18)}${c.call.book}</a>
      </div>`;
  }
}

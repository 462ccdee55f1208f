import type { Card } from "../chat/wire";

/** What the bot's draft to what was said up to `upto` shows, but for goods. */
export interface Drafted {
  upto: number;
  cards: readonly Card[];
}

/** What is being written to one customer and about her, kept until it is sent or the tab is closed. */
export interface Draft {
  tab: "reply" | "note";
  reply: string;
  note: string;
  /** Whose cards go with the reply. */
  products: readonly string[];
  /** What else goes with it. */
  drafted: Drafted | null;
}

export const empty: Draft = { tab: "reply", reply: "", note: "", products: [], drafted: null };

function name(conversation: string): string {
  return `plusone.desk.draft.${conversation}`;
}

export function readDraft(conversation: string): Draft {
  try {
    const kept = JSON.parse(sessionStorage.getItem(name(conversation)) ?? "null") as unknown;
    if (typeof kept !== "object" || kept === null) return { ...empty };
    const { tab, reply, note, products, drafted } = kept as Partial<Record<keyof Draft, unknown>>;
    return {
      tab: tab === "note" ? "note" : "reply",
      reply: typeof reply === "string" ? reply : "",
      note: typeof note === "string" ? note : "",
      products: Array.isArray(products) ? products.filter((one) => typeof one === "string") : [],
      drafted: asDrafted(drafted),
    };
  } catch {
    return { ...empty }; // storage is refused, or another release wrote something else there
  }
}

function asDrafted(kept: unknown): Drafted | null {
  const { upto, cards } = (kept ?? {}) as Partial<Record<keyof Drafted, unknown>>;
  return typeof upto === "number" && Array.isArray(cards) && cards.every(isCard) && cards.length > 0
    ? { upto, cards }
    : null;
}

function isCard(kept: unknown): kept is Card {
  const { kind, id } = (kept ?? {}) as Partial<Record<keyof Card, unknown>>;
  return typeof kind === "string" && typeof id === "string";
}

export function keepDraft(conversation: string, draft: Draft): void {
  try {
    const { reply, note, products, drafted } = draft;
    if (reply === "" && note === "" && products.length === 0 && drafted === null)
      sessionStorage.removeItem(name(conversation));
    else sessionStorage.setItem(name(conversation), JSON.stringify(draft));
  } catch {
    // without storage a draft lives as long as the page
  }
}

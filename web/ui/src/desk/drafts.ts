/** What is being written to one customer and about her, kept until it is sent or the tab is closed. */
export interface Draft {
  tab: "reply" | "note";
  reply: string;
  note: string;
  /** Whose cards go with the reply. */
  products: readonly string[];
}

export const empty: Draft = { tab: "reply", reply: "", note: "", products: [] };

function name(conversation: string): string {
  return `plusone.desk.draft.${conversation}`;
}

export function readDraft(conversation: string): Draft {
  try {
    const kept = JSON.parse(sessionStorage.getItem(name(conversation)) ?? "null") as unknown;
    if (typeof kept !== "object" || kept === null) return { ...empty };
    const { tab, reply, note, products } = kept as Partial<Record<keyof Draft, unknown>>;
    return {
      tab: tab === "note" ? "note" : "reply",
      reply: typeof reply === "string" ? reply : "",
      note: typeof note === "string" ? note : "",
      products: Array.isArray(products) ? products.filter((one) => typeof one === "string") : [],
    };
  } catch {
    return { ...empty }; // storage is refused, or another release wrote something else there
  }
}

export function keepDraft(conversation: string, draft: Draft): void {
  try {
    const { reply, note, products } = draft;
    if (reply === "" && note === "" && products.length === 0)
      sessionStorage.removeItem(name(conversation));
    else sessionStorage.setItem(name(conversation), JSON.stringify(draft));
  } catch {
    // without storage a draft lives as long as the page
  }
}

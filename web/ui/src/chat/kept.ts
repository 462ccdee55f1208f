import type { Sent } from "./picture-wire";
import type { About } from "./wire";

/** A message that was given to be sent, under the name by which it happens once. */
export interface Unsent {
  request_id: string;
  /** "" beside a picture alone. */
  text: string;
  about: About | null;
  picture?: Sent;
}

/** What she typed and has not sent, or whose arrival is not certain: it outlives the page. */
export interface Kept {
  draft: string;
  unsent: Unsent[];
  /** Whose words these are; nobody else's page sends them. */
  person: string | null;
  /** What the things that she asked about were called, by `subject`. */
  titles: Record<string, string>;
}

export function subject({ show, item, product }: About): string {
  return [show, item, product].join(" ");
}

const place = "plusone.chat";

export function recall(): Kept {
  const nothing: Kept = { draft: "", unsent: [], person: null, titles: {} };
  try {
    const text = sessionStorage.getItem(place);
    return text === null ? nothing : { ...nothing, ...(JSON.parse(text) as Partial<Kept>) };
  } catch {
    return nothing; // no storage, or another release's words
  }
}

export function keep(kept: Kept): void {
  try {
    const nothing = kept.draft === "" && kept.unsent.length === 0;
    if (nothing && Object.keys(kept.titles).length === 0) sessionStorage.removeItem(place);
    else sessionStorage.setItem(place, JSON.stringify(kept));
  } catch {
    // storage is refused or full: what is typed lives as long as the page
  }
}

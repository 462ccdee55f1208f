import type { About } from "./wire";

/** What the page shows, as its address says it. */
export interface Place {
  /** null in the lobby. */
  call: string | null;
  about: About | null;
  /** She came to book a time. */
  books: boolean;
}

const ids = { show: /^shw_[0-9A-Z]{26}$/, item: /^i[0-9]{1,9}$/, product: /^prd_[0-9A-Z]{26}$/ };

export function placeOf({ pathname, search }: Pick<Location, "pathname" | "search">): Place {
  const id = pathname.split("/")[2] ?? "";
  const asked = new URLSearchParams(search);
  const read = (name: keyof typeof ids): string | null => {
    const given = asked.get(name);
    return given !== null && ids[name].test(given) ? given : null;
  };
  const about = { show: read("show"), item: read("item"), product: read("product") };
  const named = about.show !== null || about.product !== null;
  return {
    call: id === "" ? null : decode(id),
    about: named ? about : null,
    books: asked.has("book"),
  };
}

/** The address of a call, or of the lobby; what tests ask of the page stays in it. */
export function addressOf(call: string | null, search: string): string {
  const relay = new URLSearchParams(search).has("relay") ? "?relay" : "";
  return (call === null ? "/consult" : `/consult/${encodeURIComponent(call)}`) + relay;
}

/** What is no address of ours is a call that nobody has. */
function decode(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

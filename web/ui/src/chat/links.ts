/** A stretch of what was typed; `href` where it is an address. */
export interface Piece {
  text: string;
  href: string | null;
}

/** Addresses as people type them; a host name has a dot, so that no version number is one. */
const address = /\b(?:https?:\/\/|www\.)[^\s<>"'“”「」『』（）《》，。！？；：、]+/giu;
/** What ends a sentence rather than the address before it. */
const trailing = /[.,!?;:)\]}…]+$/u;

/** Parts words from addresses. The pages draw both as text: nothing typed is ever markup. */
export function pieces(text: string): Piece[] {
  const all: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(address)) {
    const found = trimmed(match[0]);
    const href = reachable(found);
    if (href === null) continue;
    if (match.index > from) all.push({ text: text.slice(from, match.index), href: null });
    all.push({ text: found, href });
    from = match.index + found.length;
  }
  if (from < text.length) all.push({ text: text.slice(from), href: null });
  return all;
}

/** Without what ends the sentence; a bracket that the address itself opens stays. */
function trimmed(found: string): string {
  const short = found.replace(trailing, "");
  return found[short.length] === ")" && short.includes("(") ? `${short})` : short;
}

function reachable(found: string): string | null {
  try {
    const url = new URL(/^https?:/i.test(found) ? found : `https://${found}`);
    // A name before the host says where an address seems to lead, not where it does.
    if (url.username !== "") return null;
    return url.hostname.includes(".") || url.hostname === "localhost" ? url.href : null;
  } catch {
    return null;
  }
}

/** What a key does at the desk. */
export type KeyAct =
  | "next"
  | "previous"
  | "reply"
  | "note"
  | "resolve"
  | "take"
  | "goods"
  | "use"
  | "drop"
  | "orders"
  | "search"
  | "away"
  | "calls"
  | "keys";

const single: Record<string, KeyAct> = {
  j: "next",
  k: "previous",
  r: "reply",
  n: "note",
  e: "resolve",
  t: "take",
  g: "goods",
  u: "use",
  x: "drop",
  o: "orders",
  a: "away",
  v: "calls",
  "/": "search",
  "?": "keys",
};

const arrows: Record<string, KeyAct> = { ArrowDown: "next", ArrowUp: "previous" };

/** The single keys in the order in which they are listed. */
export const listed = Object.entries(single) as readonly [key: string, act: KeyAct][];

/**
 * What a key press asks for; null where it is somebody's typing, belongs to the browser, or single
 * keys are switched off (WCAG 2.1.4: speech software types letters that nobody meant). Arrows move
 * between rows only where the focus is in the list: elsewhere they scroll.
 */
export function actOf(event: KeyboardEvent, { singles, inList }: KeysOn): KeyAct | null {
  if (event.defaultPrevented || event.isComposing) return null;
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (isTyping(event.composedPath())) return null;
  if (inList && event.key in arrows) return arrows[event.key] ?? null;
  if (!singles) return null;
  return single[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? null;
}

interface KeysOn {
  singles: boolean;
  inList: boolean;
}

const fields = new Set(["INPUT", "TEXTAREA", "SELECT"]);

/** Whether the focus is in a field or in an open sheet. */
function isTyping(path: readonly EventTarget[]): boolean {
  return path.some((one) => {
    if (typeof one !== "object" || !("tagName" in one)) return false;
    const { tagName, isContentEditable, type } = one as HTMLElement & { type?: string };
    if (tagName === "INPUT" && (type === "checkbox" || type === "radio")) return false;
    return fields.has(tagName) || tagName === "DIALOG" || isContentEditable;
  });
}

const stored = "plusone.desk.keys";

export function singlesOn(): boolean {
  try {
    return localStorage.getItem(stored) !== "off";
  } catch {
    return true;
  }
}

export function keepSingles(on: boolean): void {
  try {
    localStorage.setItem(stored, on ? "on" : "off");
  } catch {
    // without storage it holds for this page
  }
}

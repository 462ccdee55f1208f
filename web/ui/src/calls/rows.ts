import type { Board, CallRow, Changed } from "../consult/wire";

/** What a board comes to: the order of who waits, and what is new on it. Pure. */

/** Who waits, as they are to be answered: first whom `own` is meant for, then who asked first. */
export function inOrder(rows: readonly CallRow[], own: string): CallRow[] {
  const hers = ({ wanted }: CallRow): number => (wanted === own ? 0 : 1);
  return [...rows].sort((a, b) => hers(a) - hers(b) || a.asked_at - b.asked_at);
}

/** Who wants to be called back, who has waited for it longest first. */
export function longestFirst(rows: readonly CallRow[]): CallRow[] {
  return [...rows].sort((a, b) => (a.ended_at ?? a.asked_at) - (b.ended_at ?? b.asked_at));
}

export interface News {
  /** Begins to ring now. */
  rings: CallRow | null;
  /** What rang before does so no more. */
  silent: boolean;
  /** Waits newly, as far as a board was known before. */
  waits: CallRow[];
  /** Her own call, where that is over now. */
  over: CallRow | null;
}

/** What one board says that the one before did not. */
export function newsOf(before: Board | null, after: Board): News {
  const rang = ringOf(before);
  const rings = ringOf(after);
  const known = new Set(
    before === null ? [] : [...before.waiting, ...(before.rings ? [before.rings] : [])].map(idOf),
  );
  return {
    rings: rings !== rang ? after.rings : null,
    silent: rang !== null && rings !== rang,
    waits: before === null ? [] : after.waiting.filter(({ id }) => !known.has(id)),
    over: before?.mine != null && before.mine.id !== after.mine?.id ? before.mine : null,
  };
}

/** One ring of one call: the same call may ring again later. */
function ringOf(board: Board | null): string | null {
  return board?.rings == null ? null : `${board.rings.id} ${board.rings.until ?? ""}`;
}

function idOf({ id }: CallRow): string {
  return id;
}

/** How many want something of a rep: who waits, and who rings at her. */
export function wanting(board: Board | null): number {
  if (board === null) return 0;
  const { rings, waiting } = board;
  return waiting.filter(({ id }) => id !== rings?.id).length + (rings === null ? 0 : 1);
}

/** How long something has taken: whole seconds, never below zero. */
export function since(at: number, now: number): number {
  return Math.max(0, Math.floor((now - at) / 1_000) * 1_000);
}

/** The newest change that made a line of the cart what it is; null where this call did not. */
export function lastOf(changes: readonly Changed[], variant: string): Changed | null {
  return (
    changes.findLast(({ change, state }) => change.variant === variant && state === "done") ?? null
  );
}

/** What was asked for and is not there yet: pieces more, or fewer, by variant. */
export function comingOf(changes: readonly Changed[]): Map<string, number> {
  const coming = new Map<string, number>();
  for (const { change, state } of changes) {
    const sign = state === "asked" ? 1 : state === "undoing" ? -1 : 0;
    const { variant, quantity, kind } = change;
    if (sign === 0 || variant === null || quantity === null) continue;
    const by = (kind === "cart.remove" ? -1 : 1) * sign * quantity;
    coming.set(variant, (coming.get(variant) ?? 0) + by);
  }
  return coming;
}

/** What was not done, newest first; what went well is seen in the cart itself. */
export function refusedOf(changes: readonly Changed[]): Changed[] {
  return changes.filter(({ state }) => state === "refused" || state === "kept").reverse();
}

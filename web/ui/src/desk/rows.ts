import type { Queue, Row } from "../chat/wire";

/** The queues of the desk, in the order of their tabs. */
export const queues = ["waiting", "mine", "all", "resolved"] as const satisfies readonly Queue[];

export function isQueue(value: unknown): value is Queue {
  return queues.includes(value as Queue);
}

/** Whether a conversation stands in a queue, for the one of the staff whose id is `own`. */
export function isIn(row: Row, queue: Queue, own: string): boolean {
  switch (queue) {
    case "waiting":
      return waits(row);
    case "mine":
      return row.control === "human" && row.staff === own;
    case "resolved":
      return row.control === "resolved";
    case "all":
      return row.control === "bot" || row.control === "queued" || row.control === "human";
  }
}

/** For a person: now, or for the answer that she was promised. */
export function waits({ control, callback_at }: Row): boolean {
  return control === "queued" || callback_at !== null;
}

/** Since when somebody waits in the queue: from her first word that nobody answered. */
export function waitsSince(row: Row): number {
  return row.waiting_since ?? row.opened_at ?? row.last_at;
}

/** Who has waited longest comes first; elsewhere what moved last. */
export function ordered(rows: readonly Row[], queue: Queue): Row[] {
  const by =
    queue === "waiting"
      ? (a: Row, b: Row): number => waitsSince(a) - waitsSince(b)
      : (a: Row, b: Row): number => b.last_at - a.last_at;
  return [...rows].sort((a, b) => by(a, b) || (a.id < b.id ? -1 : 1));
}

/**
 * A queue after some of its conversations have changed: those that belong there come or move, the
 * others go. While somebody searches nothing new comes: only the service knows whether it is found.
 */
export function moved(
  rows: readonly Row[],
  changed: readonly Row[],
  { queue, own, searching }: { queue: Queue; own: string; searching: boolean },
): Row[] {
  const now = new Map(rows.map((row) => [row.id, row]));
  for (const row of changed) {
    if (searching && !now.has(row.id)) continue;
    if (searching || isIn(row, queue, own)) now.set(row.id, row);
    else now.delete(row.id);
  }
  return ordered([...now.values()], queue);
}

/** Those of `changed` that `own` has, and had not as far as `mine` knows. */
export function newlyMine(changed: readonly Row[], mine: ReadonlySet<string>, own: string): Row[] {
  return changed.filter((row) => isIn(row, "mine", own) && !mine.has(row.id));
}

/** Those of `changed` that wait now, and did not as far as `waiting` knows. */
export function newlyWaiting(changed: readonly Row[], waiting: ReadonlySet<string>): Row[] {
  return changed.filter((row) => waits(row) && !waiting.has(row.id));
}

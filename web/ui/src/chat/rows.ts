import type { Entry, Message } from "./wire";

/** What the thread draws: days, messages in groups, and what happened between them. */
export type Row =
  | { kind: "day"; key: string; at_ms: number }
  | { kind: "message"; key: string; entry: Message; first: boolean; last: boolean }
  | { kind: "told"; key: string; entry: Exclude<Entry, Message | { kind: "opened" }> };

/** Messages of one person that follow each other so closely share one name and one time. */
const together_ms = 5 * 60_000;

/** `dayOf` says on which day of hers an instant is. */
export function rows(lines: readonly Entry[], dayOf: (at_ms: number) => string): Row[] {
  const shown = lines.filter((entry) => entry.kind !== "opened");
  return shown.flatMap((entry, index): Row[] => {
    const [before, after] = [shown[index - 1], shown[index + 1]];
    const key = String(entry.offset);
    const newDay = before === undefined || dayOf(before.at_ms) !== dayOf(entry.at_ms);
    const day: Row[] = newDay ? [{ kind: "day", key: `day ${key}`, at_ms: entry.at_ms }] : [];
    if (entry.kind !== "message") return [...day, { kind: "told", key, entry }];
    const first = newDay || !follows(before, entry);
    const last =
      after === undefined || dayOf(after.at_ms) !== dayOf(entry.at_ms) || !follows(entry, after);
    return [...day, { kind: "message", key, entry, first, last }];
  });
}

function follows(before: Entry | undefined, entry: Entry): boolean {
  return (
    before?.kind === "message" &&
    entry.kind === "message" &&
    before.from === entry.from &&
    before.by === entry.by &&
    entry.at_ms - before.at_ms < together_ms
  );
}

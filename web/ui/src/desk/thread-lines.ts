import type { About, Entry, Message, Note } from "../chat/wire";

/** What the thread shows one under another. */
export type Shown =
  | { kind: "day"; key: string; at_ms: number }
  | { kind: "entry"; key: string; entry: Exclude<Entry, Message> }
  | { kind: "message"; key: string; message: Message; joined: boolean; asks: boolean }
  | { kind: "note"; key: string; note: Note };

const together_ms = 3 * 60_000;

/**
 * The conversation and the notes among staff in the order in which they came, with a line where
 * another day begins (`dayOf` names the day of an instant). `joined` is a message that goes on with
 * the one above: same person, within three minutes; one that `asks` is about something that what she
 * wrote before was not about. Notes from before the first entry known are
 * left out while there is `more`: they come with what stands around them.
 */
export function thread(
  entries: readonly Entry[],
  notes: readonly Note[],
  more: boolean,
  dayOf: (at_ms: number) => string,
): Shown[] {
  const first = more ? (entries[0]?.offset ?? 0) : 0;
  const all = [
    ...entries.map((entry) => ({ at: entry, note: null })),
    ...notes.filter(({ offset }) => offset >= first).map((note) => ({ at: note, note })),
  ].sort((a, b) => a.at.offset - b.at.offset);
  const shown: Shown[] = [];
  let day = "";
  let before: Message | null = null;
  let about: string | null = null;
  for (const { at, note } of all) {
    const today = dayOf(at.at_ms);
    if (today !== day) {
      shown.push({ kind: "day", key: `day ${at.offset}`, at_ms: at.at_ms });
      day = today;
      before = null;
    }
    const key = String(at.offset);
    if (note !== null) shown.push({ kind: "note", key, note });
    else if ("kind" in at && at.kind === "message") {
      const asked: string | null = at.from === "customer" ? topicOf(at.about) : about;
      const asks = asked !== null && asked !== about;
      shown.push({ kind: "message", key, message: at, joined: goesOn(before, at) && !asks, asks });
      about = asked;
      before = at;
      continue;
    } else if ("kind" in at) shown.push({ kind: "entry", key, entry: at });
    before = null;
  }
  return shown;
}

function topicOf(about: About | null): string | null {
  return about && [about.show, about.item, about.product].join(" ");
}

function goesOn(before: Message | null, message: Message): boolean {
  return (
    before !== null &&
    before.from === message.from &&
    before.by === message.by &&
    message.at_ms - before.at_ms < together_ms
  );
}

/** The newest thing that the customer wrote; null where she wrote nothing yet. */
export function newestOf(entries: readonly Entry[], from: Message["from"]): Message | null {
  const one = entries.findLast((entry) => entry.kind === "message" && entry.from === from);
  return one?.kind === "message" ? one : null;
}

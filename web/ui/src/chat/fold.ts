import type { Frame } from "../wire/types";
import type { ChangeState, ChatEvent, ChatEventOf, ChatSnapshot, Conversed, Entry } from "./wire";

/** So many entries a snapshot holds; older ones are asked for. */
export const most_lines = 200;
const most_notes = 100;

/** Whether only a fresh snapshot will do: two people became one, or what was typed was erased. */
export function needsWhole(_: ChatSnapshot, { type }: ChatEvent): boolean {
  return type === "person.merged" || type === "talk.erased";
}

/** The view after a frame that follows on. Pure, as the fold of a show is. */
export function apply(snapshot: ChatSnapshot, frame: Frame<ChatEvent>): ChatSnapshot {
  const after = frame.events.reduce(fold, snapshot);
  return { ...after, offset: frame.to, at_ms: frame.at_ms };
}

/** The view after one more event, none that `needsWhole`; a kind not known only moves the place. */
export function fold(snapshot: ChatSnapshot, event: ChatEvent): ChatSnapshot {
  const { offset, at_ms } = event;
  const conversation = told(converse(snapshot.conversation, event), entryOf(event));
  const after: ChatSnapshot = { ...snapshot, offset, at_ms, conversation };
  if (snapshot.staff !== undefined) after.staff = foldStaff(snapshot.staff, event);
  return after;
}

function converse(talk: Conversed, event: ChatEvent): Conversed {
  switch (event.type) {
    case "conversation.created":
      return { ...talk, customer: event.data.customer, name: event.name ?? talk.name };
    case "conversation.opened": {
      const { round, about, bot } = event.data;
      return {
        ...talk,
        control: bot ? "bot" : "queued",
        round,
        about,
        opened_at: event.at_ms,
        waiting_since: null,
        promised: null,
        rated: null,
      };
    }
    case "message.sent":
      return sent(talk, event);
    case "conversation.taken": {
      const staff = { id: event.data.staff, name: event.name ?? null };
      return { ...talk, control: "human", staff, promised: null, callback_at: null };
    }
    case "conversation.released":
      return { ...talk, control: "queued", staff: null };
    case "conversation.resolved":
      return {
        ...talk,
        control: "resolved",
        staff: null,
        waiting_since: null,
        promised: null,
        callback_at: null,
      };
    case "conversation.handed_over": {
      const { callback_at } = event.data;
      if (callback_at !== null) return { ...talk, callback_at };
      const waiting_since = talk.waiting_since ?? event.at_ms;
      return { ...talk, control: "queued", callback_at, waiting_since };
    }
    case "change.asked":
      return event.data.of === null ? talk : { ...talk, waiting_since: null };
    case "change.made":
    case "change.undo_asked":
    case "change.undone":
      return { ...talk, lines: settled(talk.lines, event) };
    case "conversation.promised": {
      const { opens_at, place } = event.data;
      return { ...talk, promised: { opens_at, place } };
    }
    case "messages.read": {
      const { side, upto } = event.data;
      return { ...talk, read: { ...talk.read, [side]: Math.max(talk.read[side], upto) } };
    }
    case "conversation.rated":
      return { ...talk, rated: { score: event.data.score, text: event.text ?? null } };
    default:
      return talk;
  }
}

/** `lines`, of which the one that asked for a change now says what became of it. */
export function settled(lines: Entry[], event: ChatEvent): Entry[] {
  switch (event.type) {
    case "change.made":
      return became(lines, event.data, event.data.code === null ? "done" : "refused");
    case "change.undo_asked":
      return became(lines, { ...event.data, code: null }, "undoing");
    case "change.undone":
      return became(lines, event.data, event.data.code === null ? "undone" : "kept");
    default:
      return lines;
  }
}

function became(
  lines: Entry[],
  { of, code }: { of: number; code: string | null },
  state: ChangeState,
): Entry[] {
  return lines.map((line) =>
    line.kind === "change" && line.offset === of ? { ...line, state, code } : line,
  );
}

function sent(
  talk: Conversed,
  { offset, at_ms, data, name }: ChatEventOf<"message.sent">,
): Conversed {
  if (data.from === "bot") {
    // What it has answered need not be read by people.
    const staff = Math.max(talk.read.staff, data.upto ?? 0);
    return { ...talk, read: { ...talk.read, staff }, waiting_since: null };
  }
  // Who writes has read what stands before.
  const read = { ...talk.read, [data.from]: Math.max(talk.read[data.from], offset) };
  if (data.from === "staff") return { ...talk, read, waiting_since: null };
  const waiting_since = talk.waiting_since ?? at_ms;
  const about = data.about ?? talk.about;
  const locale = data.locale ?? talk.locale;
  return { ...talk, read, waiting_since, about, locale, name: name ?? talk.name };
}

function told(talk: Conversed, entry: Entry | null): Conversed {
  if (entry === null) return talk;
  const lines = [...talk.lines, entry];
  return {
    ...talk,
    lines: lines.slice(-most_lines),
    more: talk.more || lines.length > most_lines,
  };
}

/** What the thread shows of an event; nothing of most. */
function entryOf(event: ChatEvent): Entry | null {
  const { offset, at_ms } = event;
  const name = event.name ?? null;
  switch (event.type) {
    case "conversation.opened":
      return { offset, at_ms, kind: "opened", round: event.data.round, by: event.data.by };
    case "message.sent": {
      const { from, by, about, cards, buttons, pressed, expires_at } = event.data;
      const text = event.text ?? null;
      const said = { from, by, name, text, about, cards, buttons, pressed, expires_at };
      return { offset, at_ms, kind: "message", ...said };
    }
    case "card.posted": {
      const { card, unread } = event.data;
      return { offset, at_ms, kind: "posted", cards: [card], unread };
    }
    case "conversation.handed_over": {
      const { cause, callback_at } = event.data;
      return { offset, at_ms, kind: "handed_over", cause, callback_at };
    }
    case "change.asked": {
      const { change, staff } = event.data;
      return { offset, at_ms, kind: "change", change, staff, name, state: "asked", code: null };
    }
    case "conversation.taken":
      return {
        offset,
        at_ms,
        kind: "taken",
        staff: event.data.staff,
        name,
        assigned: event.data.assigned,
      };
    case "conversation.released":
      return { offset, at_ms, kind: "released", cause: event.data.cause, to: event.data.to };
    case "conversation.resolved":
      return {
        offset,
        at_ms,
        kind: "resolved",
        cause: event.data.cause,
        staff: event.data.staff,
        name,
      };
    case "conversation.promised": {
      const { opens_at, place } = event.data;
      return { offset, at_ms, kind: "promised", opens_at, place };
    }
    default:
      return null;
  }
}

type Desk = NonNullable<ChatSnapshot["staff"]>;

function foldStaff(desk: Desk, event: ChatEvent): Desk {
  switch (event.type) {
    case "tags.set":
      return { ...desk, tags: event.data.tags };
    case "handover.packed": {
      const { cause, locale, intents, cards } = event.data;
      return { ...desk, packet: { cause, locale, intents, cards } };
    }
    case "bot.drafted": {
      const { upto, cards } = event.data;
      return { ...desk, draft: { upto, cards, text: event.text ?? null } };
    }
    case "conversation.opened":
      return { ...desk, packet: null, draft: null };
    case "conversation.resolved":
      return { ...desk, draft: null };
    case "message.sent":
      return event.data.from === "bot" ? desk : { ...desk, draft: null };
    case "note.added": {
      const { offset, at_ms, data, name, text } = event;
      const note = { offset, at_ms, staff: data.staff, name: name ?? null, text: text ?? null };
      return { ...desk, notes: [...desk.notes, note].slice(-most_notes) };
    }
    default:
      return desk;
  }
}

import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { describe, expect, test } from "vitest";

import { apply, fold, most_lines, needsWhole } from "../src/chat/fold";
import type {
  ChatEvent,
  ChatEventData,
  ChatEventType,
  ChatSnapshot,
  Conversed,
  Side,
} from "../src/chat/wire";

function event<T extends ChatEventType>(
  offset: number,
  type: T,
  data: ChatEventData[T],
  more: { name?: string; text?: string } = {},
): ChatEvent {
  return { offset, at_ms: offset * 100, type, data, ...more } as ChatEvent;
}

function snapshot(conversation: Partial<Conversed> = {}): ChatSnapshot {
  return {
    epoch: "e1",
    offset: 1,
    at_ms: 100,
    conversation: {
      id: "cnv_1",
      customer: "gst_mei",
      name: "Mei",
      control: "new",
      staff: null,
      round: 0,
      opened_at: null,
      waiting_since: null,
      about: null,
      locale: null,
      callback_at: null,
      promised: null,
      read: { customer: 0, staff: 0 },
      rated: null,
      lines: [],
      more: false,
      ...conversation,
    },
    mine: {},
  };
}

function said(offset: number, from: Side, text: string): ChatEvent {
  const by = from === "customer" ? "gst_mei" : "stf_tan";
  const shown = { about: null, locale: null, cards: [], buttons: [], pressed: null };
  const data = { from, by, ...shown, upto: null, expires_at: null };
  return event(offset, "message.sent", data, { name: from === "customer" ? "Mei" : "Tan", text });
}

const about = { show: "shw_1", item: "i3", product: "prd_1", title: "Oolong" };
const asked = event(2, "conversation.opened", { round: 1, by: "customer", about, bot: false });

function after(events: ChatEvent[], start = snapshot()): ChatSnapshot {
  return events.reduce(fold, start);
}

describe("a round", () => {
  test("waits for a person from its first word, and says what it is about", () => {
    const { conversation, offset } = after([asked, said(3, "customer", "Is it roasted?")]);
    expect(conversation).toMatchObject({
      control: "queued",
      round: 1,
      opened_at: 200,
      waiting_since: 300,
      about,
    });
    expect(conversation.lines.map(({ kind }) => kind)).toEqual(["opened", "message"]);
    expect(offset).toBe(3);
  });

  test("is waited for since the first word that nobody answered", () => {
    const more = [asked, said(3, "customer", "a"), said(4, "customer", "b")];
    expect(after(more).conversation.waiting_since).toBe(300);
    const answered = after([...more, said(5, "staff", "c")]);
    expect(answered.conversation.waiting_since).toBeNull();
    expect(after([said(6, "customer", "d")], answered).conversation.waiting_since).toBe(600);
  });

  test("is promised a time until a person takes it", () => {
    const promised = after([
      asked,
      event(3, "conversation.promised", { opens_at: 99_000, place: 2 }),
    ]);
    expect(promised.conversation.promised).toEqual({ opens_at: 99_000, place: 2 });
    const taken = after(
      [event(4, "conversation.taken", { staff: "stf_tan", assigned: false }, { name: "Tan" })],
      promised,
    );
    expect(taken.conversation).toMatchObject({
      control: "human",
      staff: { id: "stf_tan", name: "Tan" },
      promised: null,
    });
  });

  test("goes back to the queue where nobody took it on", () => {
    const data = { staff: "stf_tan", cause: "unanswered", to: null } as const;
    const view = after([
      asked,
      event(3, "conversation.taken", { staff: "stf_tan", assigned: false }, { name: "Tan" }),
      event(4, "conversation.released", data),
    ]);
    expect(view.conversation).toMatchObject({ control: "queued", staff: null });
  });

  test("is handed from one to another", () => {
    const view = after([
      asked,
      event(3, "conversation.taken", { staff: "stf_tan", assigned: false }, { name: "Tan" }),
      event(4, "conversation.released", { staff: "stf_tan", cause: "transfer", to: "stf_wu" }),
      event(5, "conversation.taken", { staff: "stf_wu", assigned: false }, { name: "Wu" }),
    ]);
    expect(view.conversation).toMatchObject({ control: "human", staff: { name: "Wu" } });
  });

  test("is over, is rated, and the next one starts without that", () => {
    const over = after([
      asked,
      said(3, "customer", "a"),
      event(4, "conversation.resolved", { staff: "stf_tan", cause: "staff" }, { name: "Tan" }),
      event(5, "conversation.rated", { score: 4 }, { text: "quick" }),
    ]);
    expect(over.conversation).toMatchObject({
      control: "resolved",
      staff: null,
      waiting_since: null,
      rated: { score: 4, text: "quick" },
    });
    const next = event(6, "conversation.opened", {
      round: 2,
      by: "customer",
      about: null,
      bot: false,
    });
    expect(after([next], over).conversation).toMatchObject({
      control: "queued",
      round: 2,
      rated: null,
      about: null,
    });
  });
});

test("what one has read never goes back, and one's own words are read", () => {
  const view = after([
    asked,
    said(3, "customer", "a"),
    event(4, "messages.read", { side: "staff", upto: 3 }),
    event(5, "messages.read", { side: "staff", upto: 2 }),
  ]);
  expect(view.conversation.read).toEqual({ customer: 3, staff: 3 });
});

test("a long thread keeps its newest, and says that there is more", () => {
  const many = Array.from({ length: most_lines + 3 }, (_, n) => said(n + 2, "customer", String(n)));
  const { conversation } = after(many);
  expect(conversation.lines).toHaveLength(most_lines);
  expect(conversation.lines[0]).toMatchObject({ text: "3" });
  expect(conversation.more).toBe(true);
});

test("notes and tags are the desk's", () => {
  const events = [
    event(2, "note.added", { staff: "stf_tan" }, { name: "Tan", text: "Called her." }),
    event(3, "tags.set", { tags: ["gift"], staff: "stf_tan" }),
  ];
  expect(after(events).staff).toBeUndefined();
  expect(after(events).conversation.lines).toEqual([]);
  const desk = after(events, {
    ...snapshot(),
    staff: { tags: [], notes: [], packet: null, draft: null },
  });
  expect(desk.staff).toMatchObject({ tags: ["gift"], notes: [{ offset: 2, text: "Called her." }] });
});

test("a frame ends where it says, whatever was in it for others", () => {
  const frame = { epoch: "e1", from: 2, to: 9, at_ms: 950, events: [asked] };
  expect(apply(snapshot(), frame)).toMatchObject({ offset: 9, at_ms: 950 });
});

test("only a whole view will do after an erasure or a merger", () => {
  const erased = event(2, "talk.erased", { person: "gst_mei" });
  expect(needsWhole(snapshot(), erased)).toBe(true);
  expect(needsWhole(snapshot(), asked)).toBe(false);
});

interface Recorded {
  who: string;
  snapshot: ChatSnapshot;
  events: ChatEvent[];
  /** null: the one event can only be followed by a whole snapshot. */
  after: ChatSnapshot | null;
}

// Written by the service's own tests: the same law, told by the other side.
const recorded = resolve(import.meta.dirname, "../../../tests/corpus/chat_view.json");

test("every recorded conversation folds to the view that the service gave", () => {
  const cases = JSON.parse(readFileSync(recorded, "utf8")) as Recorded[];
  expect(cases.length).toBeGreaterThan(0);
  for (const { snapshot: start, events, after: end } of cases) {
    expect(events.some((one) => needsWhole(start, one))).toBe(end === null);
    if (end === null) continue;
    const folded = after(events, start);
    expect({ ...folded, offset: end.offset, at_ms: end.at_ms }).toEqual(end);
  }
});

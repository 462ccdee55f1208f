import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { describe, expect, test } from "vitest";

import { apply, fold, most_said, needsWhole } from "../src/consult/fold";
import type { CallEvent, CallEventData, CallEventType, CallSnapshot } from "../src/consult/wire";

interface Vector {
  who: string;
  snapshot: CallSnapshot;
  events: CallEvent[];
  after: CallSnapshot | null;
}

const path = resolve(import.meta.dirname, "../../../tests/corpus/call_view.json");
const vectors = JSON.parse(readFileSync(path, "utf8")) as Vector[];
const [begin] = vectors;
if (begin === undefined) throw new Error("no vectors");
const { snapshot: start } = begin;

function event<T extends CallEventType>(
  offset: number,
  type: T,
  data: CallEventData[T],
  more: { name?: string; text?: string } = {},
): CallEvent {
  return { offset, at_ms: offset * 100, type, data, ...more } as CallEvent;
}

describe("what the service says of a call", () => {
  test.each(vectors.map((one, n) => [`${n} ${one.who}`, one] as const))(
    "is what the page makes of it: %s",
    (_, { snapshot, events, after }) => {
      if (after === null) {
        expect(events.some((one) => needsWhole(snapshot, one))).toBe(true);
        return;
      }
      expect(events.some((one) => needsWhole(snapshot, one))).toBe(false);
      const { epoch, offset: to, at_ms } = after;
      const frame = { epoch, from: snapshot.offset + 1, to, at_ms, events };
      expect(apply(snapshot, frame)).toEqual(after);
    },
  );
});

test("whom a rep asks to talk has her answer awaited, not her page", () => {
  const asked = event(
    2,
    "call.asked",
    {
      customer: "gst_1",
      by: "staff",
      locale: "en",
      about: null,
      topic: null,
      booking: null,
      wanted: "stf_1",
    },
    { name: "Mei" },
  );
  const invited = event(3, "call.invited", { staff: "stf_1", until: 5_000 }, { name: "Wen" });
  expect([asked, invited].reduce(fold, start).call).toMatchObject({
    phase: "invited",
    name: "Mei",
    staff: { id: "stf_1", name: "Wen" },
    until: 5_000,
    gone: { customer: null },
  });
});

test("a frame moves the page on to its end, past what was for others", () => {
  const events = [event(2, "call.said", { from: "staff", by: "stf_1" }, { text: "Hello" })];
  const frame = { epoch: "e", from: 2, to: 4, at_ms: 900, events };
  expect(apply(start, frame)).toMatchObject({ offset: 4, at_ms: 900 });
});

test("a kind of event that the page does not know only moves its place", () => {
  const unknown = { offset: 2, at_ms: 5, type: "call.blessed", data: {} } as unknown as CallEvent;
  expect(fold(start, unknown)).toEqual({ ...start, offset: 2, at_ms: 5 });
});

test("a long talk keeps its newest words", () => {
  const said = Array.from({ length: most_said + 5 }, (_, n) =>
    event(n + 2, "call.said", { from: "customer", by: "gst_1" }, { text: String(n) }),
  );
  const { call } = said.reduce(fold, start);
  expect(call.said).toHaveLength(most_said);
  expect(call.said.at(-1)?.text).toBe(String(most_said + 4));
});

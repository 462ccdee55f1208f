import { describe, expect, test } from "vitest";

import { callStand } from "../src/chat/call";
import type { Summary } from "../src/consult/wire";

const now = 1_790_000_000_000;
const minute = 60_000;

function call(more: Partial<Summary>): Summary {
  return {
    id: "cll_1",
    phase: "ended",
    cause: "hung_up",
    customer: "gst_mei",
    staff: { id: "stf_ji", name: "Ji" },
    name: "Mei",
    asked_at: now,
    answered_at: null,
    ended_at: null,
    until: null,
    cards: [],
    changes: [],
    orders: [],
    rated: null,
    text: null,
    ...more,
  };
}

describe("a call in the thread", () => {
  test("is an invitation until it lapses", () => {
    const invited = call({ phase: "invited", cause: null, until: now + minute });
    expect(callStand(invited, now)).toEqual({ kind: "invited", until: now + minute });
    expect(callStand(invited, now + minute)).toEqual({ kind: "missed" });
  });

  test("says whether she waits or talks", () => {
    expect(callStand(call({ phase: "ringing" }), now)).toEqual({ kind: "open", talking: false });
    expect(callStand(call({ phase: "waiting" }), now)).toEqual({ kind: "open", talking: false });
    expect(callStand(call({ phase: "talking" }), now)).toEqual({ kind: "open", talking: true });
  });

  test("counts its minutes, one at the least", () => {
    const talked = call({ answered_at: now, ended_at: now + 12.4 * minute });
    expect(callStand(talked, now)).toEqual({ kind: "talked", minutes: 12 });
    expect(callStand(call({ answered_at: now, ended_at: now + 3_000 }), now)).toEqual({
      kind: "talked",
      minutes: 1,
    });
  });

  test("says why nobody talked", () => {
    expect(callStand(call({ cause: "callback" }), now).kind).toBe("callback");
    expect(callStand(call({ cause: "declined" }), now).kind).toBe("missed");
    expect(callStand(call({ cause: "unanswered" }), now).kind).toBe("missed");
    expect(callStand(call({ cause: "lost" }), now).kind).toBe("nobody");
  });
});

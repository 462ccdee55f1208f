import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { describe, expect, test } from "vitest";

import { apply, fold, needsWhole } from "../src/room/fold";
import type { EventOf, RoomEvent } from "../src/wire/events";
import type { Snapshot } from "../src/wire/types";
import { event, item, snapshot, variant } from "./snapshot";

function after(start: Snapshot, events: RoomEvent[]): Snapshot {
  return events.reduce(fold, start);
}

function held(offset: number, more: Partial<EventOf<"claim.held">["data"]> = {}): RoomEvent {
  return event(
    offset,
    "claim.held",
    {
      claim: `shw_1.${offset}`,
      by: "gst_me",
      item: "i1",
      variant: null,
      quantity: 2,
      price: 28_800,
      until: 9_000,
      comment: null,
      wait: null,
      wait_left: null,
      ...more,
    },
    { name: "Mei" },
  );
}

function waiting(offset: number, by: string, quantity: number, place: number): RoomEvent {
  const data = { wait: `shw_1.${offset}`, by, item: "i1", variant: null, quantity, place };
  return event(offset, "claim.waiting", { ...data, comment: null }, { name: by });
}

const soldOut = { items: [item("i1", { variants: [variant(null, { held: 10, left: 0 })] })] };

describe("a claim", () => {
  test("takes from what is left, and is told at the comment that made it", () => {
    const view = after(snapshot(), [
      event(11, "comment.posted", { by: "gst_me", role: "viewer" }, { name: "Mei", text: "+2" }),
      held(12, { comment: 11 }),
    ]);
    expect(view.show.items[0]?.variants[0]).toMatchObject({ held: 2, left: 8 });
    expect(view.show.comments[0]?.outcomes).toEqual([
      {
        kind: "held",
        item: "i1",
        variant: null,
        quantity: 2,
        claim: "shw_1.12",
        wait: null,
        place: null,
        later: null,
      },
    ]);
    expect(view.mine.claims).toHaveLength(1);
    expect(view.offset).toBe(12);
  });

  test("of somebody else changes the stock, and nothing of mine", () => {
    const view = after(snapshot(), [held(11, { by: "gst_other" })]);
    expect(view.show.items[0]?.variants[0]?.left).toBe(8);
    expect(view.mine.claims).toEqual([]);
  });

  test("given back in part keeps the rest; given back whole is gone, and its comment says so", () => {
    const give = (offset: number, quantity: number, remaining: number): RoomEvent =>
      event(offset, "claim.given_back", {
        claim: "shw_1.12",
        by: "gst_me",
        item: "i1",
        variant: null,
        quantity,
        remaining,
        price: 28_800,
        sold: false,
        cause: "cancelled",
        comment: null,
      });
    const start = after(snapshot(), [
      event(11, "comment.posted", { by: "gst_me", role: "viewer" }, { name: "Mei", text: "+2" }),
      held(12, { comment: 11 }),
      give(13, 1, 1),
    ]);
    expect(start.mine.claims[0]?.quantity).toBe(1);
    expect(start.show.comments[0]?.outcomes[0]?.later).toBeNull();
    const end = after(start, [give(14, 1, 0)]);
    expect(end.mine.claims).toEqual([]);
    expect(end.show.items[0]?.variants[0]).toMatchObject({ held: 0, left: 10 });
    expect(end.show.comments[0]?.outcomes[0]?.later).toBe("given_back");
  });

  test("paid for goes from held to sold", () => {
    const view = after(snapshot(), [
      held(11),
      event(12, "claim.paying", { by: "gst_me", claim: "shw_1.11", order: "ord_1", until: 99 }),
      event(13, "claim.sold", {
        claim: "shw_1.11",
        by: "gst_me",
        item: "i1",
        variant: null,
        quantity: 2,
        price: 28_800,
      }),
    ]);
    expect(view.show.items[0]?.variants[0]).toMatchObject({ held: 0, sold: 2, left: 8 });
    expect(view.mine.claims[0]).toMatchObject({ state: "sold", order: "ord_1" });
  });
});

describe("the waiting list", () => {
  test("leaves nothing to claim while anyone waits", () => {
    const view = after(snapshot(soldOut), [waiting(11, "gst_a", 1, 1)]);
    expect(view.show.items[0]?.variants[0]).toMatchObject({ waiting: 1, left: 0 });
  });

  test("moves up those behind when somebody before them is served or leaves", () => {
    const start = after(snapshot(soldOut), [
      waiting(11, "gst_a", 1, 1),
      waiting(12, "gst_b", 1, 2),
      waiting(13, "gst_me", 2, 3),
      waiting(14, "gst_c", 1, 4),
    ]);
    const served = after(start, [
      held(15, { by: "gst_a", quantity: 1, wait: "shw_1.11", wait_left: 0 }),
    ]);
    expect(served.mine.waits[0]?.place).toBe(2);
    const data = { by: "gst_c", item: "i1", variant: null, quantity: 1, remaining: 0 };
    const behind = after(served, [
      event(16, "wait.left", { ...data, wait: "shw_1.14", cause: "cancelled", comment: null }),
    ]);
    expect(behind.mine.waits[0]?.place).toBe(2);
  });

  test("a partial grant keeps its place for what is missing", () => {
    const view = after(snapshot(soldOut), [
      waiting(11, "gst_me", 3, 1),
      held(12, { quantity: 1, wait: "shw_1.11", wait_left: 2 }),
    ]);
    expect(view.mine.waits[0]).toMatchObject({ quantity: 2, place: 1 });
    expect(view.mine.claims[0]?.quantity).toBe(1);
    expect(view.show.items[0]?.variants[0]).toMatchObject({ waiting: 2, held: 11 });
  });
});

describe("the run-down", () => {
  test("an item that closes stops its countdown and keeps its figures", () => {
    const view = after(snapshot(), [
      event(11, "item.countdown", { item: "i1", until: 5_000 }),
      event(12, "item.closed", { item: "i1" }),
    ]);
    expect(view.show.items[0]).toMatchObject({ status: "closed", countdown_until: null });
    expect(view.show.items[0]?.variants[0]?.allotment).toBe(10);
  });

  test("a change gives new values to what it names, none included, and leaves the rest", () => {
    const start = snapshot({ items: [item("i1", { compare_at: 36_000, limit: 5 })] });
    const view = after(start, [
      event(11, "item.changed", {
        item: "i1",
        changed: ["compare_at", "price"],
        price: 26_800,
        compare_at: null,
      }),
    ]);
    expect(view.show.items[0]).toMatchObject({ price: 26_800, compare_at: null, limit: 5 });
  });

  test("items take the order they are given", () => {
    const view = after(snapshot({ items: [item("i1"), item("i2"), item("i3")] }), [
      event(11, "item.moved", { items: ["i3", "i1", "i2"] }),
    ]);
    expect(view.show.items.map(({ id }) => id)).toEqual(["i3", "i1", "i2"]);
  });
});

describe("moderation", () => {
  const said = event(
    11,
    "comment.posted",
    { by: "gst_a", role: "viewer" },
    { name: "A", text: "buy elsewhere" },
  );

  test("a hidden comment loses its words and its pin, and gets the words back restored", () => {
    const hidden = after(snapshot(), [
      said,
      event(12, "comment.pinned", { comment: 11 }),
      event(13, "comment.hidden", { comment: 11 }),
    ]);
    expect(hidden.show.comments[0]).toMatchObject({ hidden: true, text: null, name: null });
    expect(hidden.show.pinned_comment).toBeNull();
    const words = { name: "A", text: "buy elsewhere" };
    const restored = after(hidden, [event(14, "comment.restored", { comment: 11 }, words)]);
    expect(restored.show.comments[0]).toMatchObject({ hidden: false, ...words });
  });

  test("a mute is mine only where I am the one", () => {
    const other = after(snapshot(), [event(11, "person.muted", { person: "gst_a", until: null })]);
    expect(other.mine.muted_until).toBe(0);
    const mine = after(snapshot(), [event(11, "person.muted", { person: "gst_me", until: null })]);
    expect(mine.mine.muted_until).toBeNull();
  });
});

test("a mute of one who has several ids asks for a whole view, of others it does not", () => {
  const mute = event(11, "person.muted", { person: "gst_me", until: null });
  const one = snapshot();
  expect(needsWhole(one, mute)).toBe(false);
  const several = { ...one, mine: { ...one.mine, ids: ["gst_me", "cus_me"] } };
  expect(needsWhole(several, mute)).toBe(true);
  const other = event(11, "person.muted", { person: "gst_a", until: null });
  expect(needsWhole(several, other)).toBe(false);
});

describe("staff", () => {
  test("see each claim with what was typed, its fate, and the sums", () => {
    const view = after(snapshot({ staff: true }), [
      event(11, "comment.posted", { by: "gst_a", role: "viewer" }, { name: "A", text: "+2" }),
      held(12, { by: "gst_a", comment: 11 }),
      event(13, "claim.paying", { by: "gst_a", claim: "shw_1.12", order: "ord_1", until: 77 }),
    ]);
    expect(view.staff?.claims).toEqual([
      expect.objectContaining({ kind: "held", typed: "+2", state: "paying", until: 77 }),
    ]);
    expect(view.staff?.totals).toMatchObject({ claims: 1, held: 2, held_minor: 57_600 });
  });
});

test("an event of a kind not known here only moves the place", () => {
  const start = snapshot();
  const strange = { offset: 11, at_ms: 2_000, type: "raffle.drawn", data: { by: "gst_me" } };
  const view = fold(start, strange as unknown as RoomEvent);
  expect(view).toEqual({ ...start, offset: 11, at_ms: 2_000 });
});

test("a frame moves the place to its end, past what was for others", () => {
  const frame = { epoch: "e1", from: 11, to: 15, at_ms: 3_000, events: [] };
  expect(apply(snapshot(), frame)).toMatchObject({ offset: 15, at_ms: 3_000 });
});

test("nothing of a view is changed in place", () => {
  const start = snapshot({ staff: true });
  const copy = structuredClone(start);
  after(start, [
    event(11, "comment.posted", { by: "gst_me", role: "viewer" }, { name: "Mei", text: "+2" }),
    held(12, { comment: 11 }),
    event(13, "item.closed", { item: "i1" }),
  ]);
  expect(start).toEqual(copy);
});

interface Recorded {
  who: string;
  snapshot: Snapshot;
  events: RoomEvent[];
  /** null: the one event can only be followed by a whole snapshot. */
  after: Snapshot | null;
}

// Written by the service's own tests: the same law, told by the other side.
const recorded = resolve(import.meta.dirname, "../../../tests/corpus/show_view.json");

test("every recorded show folds to the view that the service gave", () => {
  const cases = JSON.parse(readFileSync(recorded, "utf8")) as Recorded[];
  expect(cases.length).toBeGreaterThan(0);
  for (const { snapshot, events, after: end } of cases) {
    expect(events.some((one) => needsWhole(snapshot, one))).toBe(end === null);
    if (end === null) continue;
    const folded = after(snapshot, events);
    expect({ ...folded, offset: end.offset, at_ms: end.at_ms }).toEqual(end);
  }
});

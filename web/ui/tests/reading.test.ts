import { expect, test } from "vitest";

import * as reading from "../src/show/reading";
import type { Claim, Snapshot } from "../src/wire/types";
import { item, snapshot, variant } from "./snapshot";

function claim(id: string, more: Partial<Claim> = {}): Claim {
  return {
    id,
    item: "i1",
    variant: null,
    quantity: 1,
    price: 10_000,
    state: "held",
    until: 5_000,
    order: null,
    comment: null,
    at_ms: 1,
    ...more,
  };
}

test("the item that stands out is the pinned one, else what was opened last", () => {
  const { show } = snapshot({
    items: [
      item("i1", { opened_at: 5 }),
      item("i2", { opened_at: 9 }),
      item("i3", { opened_at: 7 }),
    ],
  });
  expect(reading.current(show)?.id).toBe("i2");
  expect(reading.current({ ...show, pinned_item: "i1" })?.id).toBe("i1");
});

test("a pinned item that has closed stands out no longer", () => {
  const { show } = snapshot({ items: [item("i1", { status: "closed" }), item("i2")] });
  expect(reading.current({ ...show, pinned_item: "i1" })?.id).toBe("i2");
});

test("a +1 on what is sold out waits where there is a waiting list, else it is gone", () => {
  const sold = [variant(null, { left: 0, held: 10 })];
  expect(reading.standing(item("i1", { variants: sold }))).toBe("wait");
  expect(reading.standing(item("i1", { variants: sold, waiting_list: false }))).toBe("gone");
  expect(reading.standing(item("i1", { status: "closed" }))).toBe("closed");
});

test("the first deadline of what is held counts, and what is paid has none", () => {
  const claims = [
    claim("c1", { until: 9_000 }),
    claim("c2"),
    claim("c3", { state: "sold", until: 1 }),
  ];
  const { mine } = snapshot();
  expect(reading.deadline(reading.unpaid({ ...mine, claims }))).toBe(5_000);
  expect(reading.worth(reading.unpaid({ ...mine, claims }))).toBe(20_000);
});

function withTold(seenUnread: number, refusedAt: number[]): Snapshot {
  const start = snapshot();
  const unread = {
    offset: seenUnread,
    at_ms: 1,
    comment: 3,
    rejections: [],
    typed: null,
    quiet: null,
  };
  return {
    ...start,
    mine: {
      ...start.mine,
      unread: [unread],
      refusals: refusedAt.map((offset) => ({
        offset,
        at_ms: 1,
        comment: 7,
        item: "i1",
        variant: null,
        quantity: 1,
        reason: "sold_out",
        tier: null,
      })),
    },
  };
}

test("only what is newer than what she has seen is told, the newest first", () => {
  expect(reading.told(withTold(5, []), 5)).toBeNull();
  expect(reading.told(withTold(6, []), 5)?.kind).toBe("unread");
  expect(reading.told(withTold(6, [8]), 5)?.kind).toBe("refused");
});

test("refusals of one comment are told together", () => {
  const told = reading.told(withTold(1, [8, 9]), 5);
  expect(told?.kind === "refused" && told.what).toHaveLength(2);
});

test("an item is for members for ever, or for so long after it was opened", () => {
  const gold = { tier: "gold", tier_name: "Gold", opened_at: 1_000 };
  expect(reading.door(item("i1"), 0)).toBeNull();
  expect(reading.door(item("i1", gold), 9_000_000)).toEqual({ tier: "Gold", until: null });
  const early = item("i1", { ...gold, early_s: 60 });
  expect(reading.door(early, 60_999)).toEqual({ tier: "Gold", until: 61_000 });
  expect(reading.door(early, 61_000)).toBeNull();
  // Before it opens, nobody knows until when.
  const ready = { ...early, status: "ready" as const, opened_at: null };
  expect(reading.door(ready, 0)).toEqual({ tier: "Gold", until: null });
});

import { beforeAll, beforeEach, expect, test, vi } from "vitest";

import type * as Module from "../src/show/spoken";
import type { Claim, Mine, Wait } from "../src/wire/types";
import { snapshot } from "./snapshot";

let module: typeof Module;
let spoken: Module.Spoken;

beforeAll(async () => {
  vi.stubGlobal("navigator", { languages: ["en"] });
  vi.stubGlobal("document", { documentElement: { lang: "" } });
  await (
    await import("../src/i18n/index")
  ).ready;
  module = await import("../src/show/spoken");
});

beforeEach(() => {
  spoken = new module.Spoken();
});

/** What is heard at `now`, with these claims and waits. */
function heard(now: number, hers: Partial<Mine>): string[] {
  const { show, mine } = snapshot();
  const promises = module.promised(show, { ...mine, ...hers });
  return spoken.say(promises, now).map(({ words }) => words);
}

function wait(place: number, more: Partial<Wait> = {}): Wait {
  return {
    id: "w1",
    item: "i1",
    variant: null,
    quantity: 1,
    place,
    comment: null,
    at_ms: 1,
    ...more,
  };
}

const claim: Claim = {
  id: "c1",
  item: "i1",
  variant: null,
  quantity: 1,
  price: 10_000,
  state: "held",
  until: 1_790_000_000_000,
  order: null,
  comment: null,
  at_ms: 1,
};

test("a place in line is told when it changes, at most every ten seconds", () => {
  expect(heard(0, { waits: [wait(9)] })).toEqual(["I1, You are 9th in line"]);
  for (const [now, place] of [
    [1_000, 8],
    [5_000, 7],
    [9_999, 5],
  ] as const) {
    expect(heard(now, { waits: [wait(place)] })).toEqual(["I1, You are 9th in line"]);
  }
  expect(heard(10_000, { waits: [wait(5)] })).toEqual(["I1, You are 5th in line"]);
  expect(heard(12_000, { waits: [wait(4)] })).toEqual(["I1, You are 5th in line"]);
  expect(heard(60_000, { waits: [wait(4)] })).toEqual(["I1, You are 4th in line"]);
  expect(heard(70_000, { waits: [wait(3)] })).toEqual(["I1, You are 3rd in line"]);
});

test("who is served is told at once, and what she still waits for with it", () => {
  heard(0, { waits: [wait(2, { quantity: 3 })] });
  const [held, line] = heard(1_000, { claims: [claim], waits: [wait(1, { quantity: 2 })] });
  expect(held).toMatch(/^1 held for you, I1, NT\$100 in all, Pay before /);
  expect(line).toBe("I1, You are 1st in line");
});

test("a place that is lost is not told any longer", () => {
  heard(0, { waits: [wait(2)] });
  expect(heard(1_000, {})).toEqual([]);
});

test("several places move together, so that she is not told twice in ten seconds", () => {
  const other = (place: number): Wait => wait(place, { id: "w2", item: "i1" });
  heard(0, { waits: [wait(9), other(9)] });
  heard(10_000, { waits: [wait(8), other(9)] });
  expect(heard(15_000, { waits: [wait(8), other(8)] })[1]).toBe("I1, You are 9th in line");
});

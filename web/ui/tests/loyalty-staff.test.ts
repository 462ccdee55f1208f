import { beforeAll, describe, expect, test, vi } from "vitest";

import * as coupons from "../src/loyalty/coupon";
import {
  asDraft,
  type Draft,
  freeKey,
  read,
  same,
  toNext,
  whole,
  work,
} from "../src/loyalty/rules";
import type { Coupon, Rules } from "../src/loyalty/wire";
import { namedFields, postingWords, signed, spanWords, worthWords } from "../src/loyalty/words";
import { ready } from "../src/i18n/index";
import { newShow } from "../src/staff/new-show";
import { reservedIn, reservedWords } from "../src/studio/sheets/tier";
import { Problem } from "../src/wire/http";

vi.hoisted(() => {
  vi.stubGlobal("navigator", { languages: ["zh-TW"] });
  vi.stubGlobal("document", { documentElement: { lang: "" }, createTreeWalker: () => null });
});

beforeAll(async () => {
  await ready;
});

const rules: Rules = {
  on: true,
  earn: { spend: 10_000, points: 1 },
  channels: { show: 200, chat: 100, call: 150, shop: 100 },
  products: { prd_1: 300 },
  shows: { shw_1: 150 },
  return_days: 7,
  expire_days: 365,
  point_value: 100,
  redeem: { least: 1, most_percent: 50 },
  transfer: { on: true, least: 1, most_day: 1_000 },
  window_days: 365,
  tiers: [
    { key: "silver", name: "銀卡", from: 0, multiplier: 100, free_delivery: false },
    { key: "gold", name: "金卡", from: 1_000_000, multiplier: 120, free_delivery: true },
  ],
};

const draft = asDraft(rules, "TWD");

function faultsOf(news: Partial<Draft>): [string, string][] {
  const [, faults] = read({ ...draft, ...news }, rules, "TWD");
  return [...faults].map(([path, { kind }]) => [path, kind]);
}

function typed(field: keyof Draft["text"], value: string): Partial<Draft> {
  return { text: { ...draft.text, [field]: value } };
}

describe("the rules as they are written", () => {
  test("come back as they were, whatever the currency's decimals", () => {
    for (const currency of ["TWD", "USD", "JPY"]) {
      const [back, faults] = read(asDraft(rules, currency), rules, currency);
      expect(back).toEqual(rules);
      expect(faults.size).toBe(0);
    }
    expect(draft.text["earn.spend"]).toBe("100");
    expect(same(draft, asDraft(rules, "TWD"))).toBe(true);
    expect(same(draft, { ...draft, ...typed("return_days", "8") })).toBe(false);
  });

  test("take what phones make of figures", () => {
    expect(whole(" ３０ ", 1, 100)).toBe(30);
    expect(whole("1,000", 1, 1_000)).toBe(1_000);
    for (const bad of ["", "1.5", "-1", "1e3", "0", "101", "十"]) {
      expect(whole(bad, 1, 100), bad).toBeNull();
    }
  });

  test("are wrong at the field that the service would refuse", () => {
    expect(faultsOf({})).toEqual([]);
    expect(faultsOf(typed("earn.spend", "0"))).toEqual([["earn.spend", "sum"]]);
    expect(faultsOf(typed("earn.points", "1001"))).toEqual([["earn.points", "whole"]]);
    expect(faultsOf(typed("return_days", "91"))).toEqual([["return_days", "whole"]]);
    expect(faultsOf(typed("expire_days", "29"))).toEqual([["expire_days", "whole"]]);
    expect(faultsOf(typed("redeem.most_percent", "0"))).toEqual([["redeem.most_percent", "whole"]]);
    expect(faultsOf({ products: [{ id: "prd_1", percent: "1001" }] })).toEqual([
      ["products.prd_1", "whole"],
    ]);
    expect(faultsOf({ shows: [{ id: "shw_1", percent: "" }] })).toEqual([["shows.shw_1", "whole"]]);
  });

  test("want tiers of names of their own, each above the one before", () => {
    const [first, second] = draft.tiers;
    if (first === undefined || second === undefined) throw new Error("two tiers");
    const with_ = (news: object): [string, string][] =>
      faultsOf({ tiers: [first, { ...second, ...news }] });
    expect(with_({ name: " " })).toEqual([["tiers.1.name", "name"]]);
    expect(with_({ name: "字".repeat(21) })).toEqual([["tiers.1.name", "name"]]);
    expect(with_({ name: " 銀卡 " })).toEqual([["tiers.1.name", "same"]]);
    expect(with_({ from: "0" })).toEqual([["tiers.1.from", "order"]]);
    expect(with_({ from: "x" })).toEqual([["tiers.1.from", "amount"]]);
    expect(with_({ multiplier: "" })).toEqual([["tiers.1.multiplier", "whole"]]);
    expect(freeKey([{ key: "tier-1" }, { key: "tier-3" }])).toBe("tier-4");
    expect(freeKey([])).toBe("tier-1");
  });

  test("keep what there was where something is wrong, so that an example can be worked", () => {
    const [half] = read({ ...draft, ...typed("earn.spend", "") }, rules, "TWD");
    expect(half.earn.spend).toBe(10_000);
  });
});

describe("the worked example", () => {
  test("NT$1,280 in a show earns 25 points, worth NT$25", () => {
    const worked = work(rules, { amount: 128_000, channel: "show" });
    expect(worked).toEqual({
      plain: 1_280,
      by: [{ what: "channel", percent: 200 }],
      points: 25,
      worth: 2_500,
    });
  });

  test("multiplies channel, show and tier, and rounds once, at the end", () => {
    const order = { amount: 128_000, channel: "show" as const, show: "shw_1", tier: "gold" };
    // 12.8 × 2 × 1.5 × 1.2 = 46.08; rounded each time it would be 12 × 2 × 1.5 × 1.2 = 43.
    expect(work(rules, order).points).toBe(46);
    expect(work(rules, order).by.map(({ percent }) => percent)).toEqual([200, 150, 120]);
    expect(work(rules, { amount: 9_900, channel: "shop" }).points).toBe(0);
    const none = { ...rules, channels: { ...rules.channels, chat: 0 } };
    expect(work(none, { amount: 128_000, channel: "chat" }).points).toBe(0);
  });

  test("is exact where floating numbers are not", () => {
    const hard = { ...rules, earn: { spend: 3, points: 1 } };
    const most = 999_999_999_999;
    expect(work(hard, { amount: most, channel: "shop" }).points).toBe(333_333_333_333);
  });
});

test("her way from one tier to the next is a part of it", () => {
  const { tiers } = rules;
  const next = { key: "gold", name: "金卡", from: 1_000_000, missing: 250_000 };
  const tier = { key: "silver", name: "銀卡" };
  expect(toNext({ spend: 750_000, next, tier, tiers })).toBe(0.75);
  expect(toNext({ spend: 0, next, tier: null, tiers })).toBe(0);
  expect(toNext({ spend: 2_000_000, next: null, tier, tiers })).toBe(1);
});

// Coupons

const now = Date.UTC(2026, 10, 20);

const good: coupons.Draft = {
  ...coupons.empty,
  title: "開罐週折 100",
  code: " save １００",
  amount: "100",
  minimum: "1000",
};

function couponFaults(news: Partial<coupons.Draft>): [string, string][] {
  return [...coupons.read({ ...good, ...news }, "TWD", now)[1]];
}

const there: Coupon = {
  id: "cpn_1",
  code: "SAVE100",
  title: "開罐週折 100",
  kind: "fixed",
  amount: 10_000,
  most: null,
  minimum: 100_000,
  auto: false,
  granted_only: false,
  per_customer: 1,
  uses: 100,
  show: null,
  tier: null,
  stacks: false,
  starts_at: null,
  ends_at: null,
  active: true,
  used: 40,
  reserved: 2,
  granted: 0,
};

describe("a new coupon", () => {
  test("is sent as the service keeps it", () => {
    const [made, faults] = coupons.read(good, "TWD", now);
    expect(faults.size).toBe(0);
    expect(made).toMatchObject({
      code: "SAVE100",
      kind: "fixed",
      amount: 10_000,
      most: null,
      minimum: 100_000,
      per_customer: 1,
      uses: null,
      auto: false,
      granted_only: false,
    });
    const [granted] = coupons.read({ ...good, way: "granted" }, "TWD", now);
    expect(granted).toMatchObject({ code: null, auto: false, granted_only: true });
    const [auto] = coupons.read(
      { ...good, way: "auto", kind: "percent", amount: "10", most: "200" },
      "TWD",
      now,
    );
    expect(auto).toMatchObject({ code: null, auto: true, amount: 10, most: 20_000 });
  });

  test("is wrong at its fields", () => {
    expect(couponFaults({ title: " " })).toEqual([["title", "title"]]);
    expect(couponFaults({ code: "AB" })).toEqual([["code", "code"]]);
    expect(couponFaults({ code: "好康一百" })).toEqual([["code", "code"]]);
    expect(couponFaults({ code: "AB", way: "auto" })).toEqual([]);
    expect(couponFaults({ amount: "" })).toEqual([["amount", "sum"]]);
    expect(couponFaults({ kind: "percent", amount: "101" })).toEqual([["amount", "percent"]]);
    expect(couponFaults({ per_customer: "0" })).toEqual([["per_customer", "perCustomer"]]);
    expect(couponFaults({ uses: "many" })).toEqual([["uses", "uses"]]);
    expect(couponFaults({ ends_at: "2026-11-01T10:00" })).toEqual([["ends_at", "over"]]);
    expect(couponFaults({ starts_at: "2026-12-02T10:00", ends_at: "2026-12-01T10:00" })).toEqual([
      ["ends_at", "endsFirst"],
    ]);
  });

  test("shows by an order what it does", () => {
    expect(coupons.takesOff(there, 128_000)).toBe(10_000);
    expect(coupons.takesOff(there, 99_900)).toBe(0);
    const percent = { kind: "percent" as const, amount: 10, most: 20_000, minimum: 0 };
    expect(coupons.takesOff(percent, 100_000)).toBe(10_000);
    expect(coupons.takesOff(percent, 500_000)).toBe(20_000);
    expect(coupons.takesOff({ ...percent, kind: "fixed", amount: 50_000 }, 20_000)).toBe(20_000);
    // A price at which it takes something off, and a cap is reached.
    expect(coupons.tellingPrice(there, 100)).toBe(100_000);
    expect(coupons.tellingPrice(percent, 100)).toBe(200_000);
    expect(coupons.unitOf("TWD")).toBe(100);
    expect(coupons.unitOf("JPY")).toBe(1);
  });
});

describe("a coupon that is there", () => {
  test("is running, to come, stopped, over or all used", () => {
    const state = (news: Partial<Coupon>): string => coupons.stateOf({ ...there, ...news }, now);
    expect(state({})).toBe("running");
    expect(state({ starts_at: now + 1 })).toBe("coming");
    expect(state({ ends_at: now })).toBe("over");
    expect(state({ used: 98 })).toBe("gone");
    expect(state({ active: false, ends_at: now })).toBe("stopped");
  });

  test("is changed only in what was changed, and not below what is used", () => {
    const edited = coupons.asEdited(there);
    expect(coupons.readEdited(edited, there)).toEqual([{}, new Map()]);
    const [change] = coupons.readEdited(
      { title: "新名稱", uses: "", ends_at: "2026-12-01T10:00" },
      there,
    );
    expect(change).toEqual({
      title: "新名稱",
      uses: null,
      ends_at: new Date("2026-12-01T10:00").getTime(),
    });
    const [, faults] = coupons.readEdited({ ...edited, uses: "41" }, there);
    expect([...faults]).toEqual([["uses", "fewer"]]);
    // To the minute, as its field shows it: seconds that were there are no change.
    const odd = { ...there, ends_at: now + 12_345 };
    expect(coupons.readEdited(coupons.asEdited(odd), odd)[0]).toEqual({});
  });

  test("is told in words", () => {
    expect(worthWords(there, "TWD")).toBe("滿 NT$1,000 折 NT$100");
    expect(worthWords({ ...there, kind: "percent", amount: 10, minimum: 0 }, "TWD")).toBe("折 10%");
    expect(spanWords(there)).toBe("");
  });
});

// In the studio and beside a customer

test("an item is for everyone, for members, or for members first", () => {
  const words = (tier: string | null, early_s: number | null): string | null =>
    reservedWords({ tier, tier_name: "金卡", early_s });
  expect(words(null, null)).toBeNull();
  expect(words("gold", null)).toBe("金卡以上");
  expect(words("gold", 60)).toBe("金卡先買 60 秒");
});

test("seconds for members alone are read with their tier", () => {
  const of = (tier: string, early: string): ReturnType<typeof reservedIn> => {
    const form = new FormData();
    form.set("tier", tier);
    form.set("early", early);
    return reservedIn(form);
  };
  expect(of("", "60")).toEqual({ tier: null, early_s: null });
  expect(of("gold", "")).toEqual({ tier: "gold", early_s: null });
  expect(of("gold", "60")).toEqual({ tier: "gold", early_s: 60 });
  for (const bad of ["0", "3601", "soon"]) expect(of("gold", bad).early_s, bad).toBeNaN();
});

test("a new show is asked for with what was filled in, and with its tier where it has one", () => {
  const of = (fields: Record<string, string>): ReturnType<typeof newShow> => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ title: " 夜場 ", ...fields }))
      form.set(name, value);
    return newShow(form);
  };
  const bare = { host_name: "", starts_at: "", poster: "", strictness: "exact" };
  const rules = { strictness: "exact" };
  // A shop without tiers has no such field; one that has them says "" for everyone.
  expect(of(bare)).toEqual({ title: "夜場", rules });
  expect(of({ ...bare, tier: "" })).toEqual({ title: "夜場", rules });
  expect(of({ ...bare, tier: "gold", host_name: "阿禾", starts_at: "2026-12-01T20:00" })).toEqual({
    title: "夜場",
    host_name: "阿禾",
    starts_at: new Date(2026, 11, 1, 20).getTime(),
    tier: "gold",
    rules,
  });
});

test("a line of history says what it was about", () => {
  const line = { id: "1", at: 1, due_at: null, order: null, reason: null, with: null };
  const order = { id: "ord_1", number: "P1001" };
  expect(postingWords({ ...line, kind: "earn", points: 25, order })).toBe("購物得點，P1001");
  expect(postingWords({ ...line, kind: "correct", points: 25, reason: "補給" })).toBe(
    "店裡更正，補給",
  );
  expect(postingWords({ ...line, kind: "new_kind", points: 25 })).toBe("異動");
  expect([signed(25), signed(-1_300)]).toEqual(["+25", "−1,300"]);
});

test("fields that the service refused are found", () => {
  const problem = (code: string): Problem =>
    new Problem({ code, message: "", retryable: false, data: { fields: { "rules.on": "why" } } });
  expect(namedFields(problem("bad_request"))).toEqual(["rules.on"]);
  expect(namedFields(problem("conflict"))).toEqual([]);
  expect(namedFields(new Error("x"))).toEqual([]);
});

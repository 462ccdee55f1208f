import { beforeAll, expect, test, vi } from "vitest";

import type * as Words from "../src/account/words";
import type { earnedWords as Earned } from "../src/orders/earned";
import type { missingWords as Missing } from "../src/show/reasons";
import type { Coupon, Loyalty, Posting } from "../src/wire/loyalty";
import { Problem } from "../src/wire/http";
import { rankOf } from "../src/account/standing";
import { standing } from "./standings";

let words: typeof Words;
let earnedWords: typeof Earned;
let missingWords: typeof Missing;

beforeAll(async () => {
  vi.stubGlobal("navigator", { languages: ["en"] });
  vi.stubGlobal("document", { documentElement: { lang: "" } });
  const { loyaltyWords } = await import("../src/i18n/loyalty");
  await loyaltyWords;
  words = await import("../src/account/words");
  ({ earnedWords } = await import("../src/orders/earned"));
  ({ missingWords } = await import("../src/show/reasons"));
});

const coupon: Coupon = {
  id: "cpn_1",
  code: "TEN",
  title: "Ten",
  kind: "percent",
  amount: 10,
  most: 20_000,
  minimum: 50_000,
  ends_at: null,
  tier: "gold",
  show: null,
};

test("a coupon says what it takes off, and all that it takes to use it", () => {
  expect(words.worth(coupon, "TWD")).toBe("10% off");
  expect(words.worth({ ...coupon, kind: "fixed", amount: 5_000 }, "TWD")).toBe("NT$50 off");
  expect(words.conditions(coupon, "TWD", standing().tiers)).toBe(
    "for orders from NT$500, NT$200 at most, for Gold and above",
  );
  const plain = { ...coupon, kind: "fixed" as const, minimum: 0, tier: null };
  expect(words.conditions(plain, "TWD", [])).toBe("for any order");
});

test.each([
  ["minimum", { minimum: 50_000 }, "TEN: the order must come to NT$500."],
  ["members_only", { tier: { key: "gold", name: "Gold" } }, "TEN: it is for Gold and above."],
  ["coupon_gone", {}, "TEN: all of them are taken."],
  ["a newer reason", {}, "TEN: it cannot be used now."],
])("a coupon that is refused because of %s says so in words", (reason, data, said) => {
  expect(words.refusal({ code: "TEN", reason, data }, "TWD")).toBe(said);
});

test.each([
  ["unknown_coupon", { code: "NOPE" }, "NOPE: there is no such code."],
  ["minimum", { code: "TEN", minimum: 50_000 }, "TEN: the order must come to NT$500."],
])("a refused coupon of the wallet or the checkout is told as %s", (reason, data, said) => {
  const problem = new Problem({
    code: "coupon_refused",
    message: "",
    retryable: false,
    data: { ...data, reason },
  });
  expect(words.loyaltyProblem(problem, "TWD")).toBe(said);
});

test("what went wrong with points is told with how many there are", () => {
  const problem = (code: string, data: Record<string, unknown>): Problem =>
    new Problem({ code, message: "", retryable: false, data });
  expect(words.loyaltyProblem(problem("not_enough_points", { available: 1_200 }))).toBe(
    "Not enough points; you have 1,200.",
  );
  expect(words.loyaltyProblem(problem("rate_limited", { retry_after_ms: 540_000 }))).toBe(
    "Too many tries. Try again in 9 min.",
  );
});

test("the way to the next tier begins at her own", () => {
  expect(words.progress(standing({ spend: 300_000 }))).toBe(50);
  expect(words.progress(standing({ spend: 90_000 }))).toBe(0);
  expect(words.progress(standing({ spend: 900_000 }))).toBe(100);
  expect(words.progress(standing({ tier: null, spend: 50_000 }))).toBe(10);
  expect(words.progress(standing({ next: null }))).toBeNull();
});

test("what is missing for a tier is told by its name, and nothing where nothing is", () => {
  expect(missingWords(standing(), "Gold")).toBe("Spend NT$2,000 more to become Gold");
  expect(missingWords(standing({ spend: 500_000 }), "Gold")).toBe("");
  expect([missingWords(standing(), "no longer there"), missingWords(null, "Gold")]).toEqual([
    "",
    "",
  ]);
});

test("a tier's rank is its place among all, none for who has none", () => {
  const of: Loyalty = standing();
  expect([null, "silver", "gold", "no longer there"].map((key) => rankOf(of, key))).toEqual([
    0, 1, 2, 0,
  ]);
});

function posting(kind: string, points: number): Posting {
  return { id: "1", kind, points, at: 1, due_at: null, order: null, reason: null, with: null };
}

test("points given are told apart from points got, and a newer kind is still a line", () => {
  expect(words.postingWords(posting("give", -5))).toBe("Sent to a friend");
  expect(words.postingWords(posting("give", 5))).toBe("From a friend");
  expect(words.postingWords(posting("a newer kind", 5))).toBe("Change");
  expect([words.signed(1_200), words.signed(-40)]).toEqual(["+1,200", "−40"]);
});

test("an order tells whether its points are to come, on the way, hers or gone", () => {
  const of = (earned_state: string, earns = 12): string =>
    earnedWords({ points: { used: 0, value: 0, earns, earned_state } });
  expect(["expected", "pending", "earned", "undone"].map((one) => of(one))).toEqual([
    "This order earns 12 points",
    "Earned 12 points, on the way",
    "Earned 12 points",
    "12 points taken back",
  ]);
  expect([of("none", 0), earnedWords({})]).toEqual(["", ""]);
});

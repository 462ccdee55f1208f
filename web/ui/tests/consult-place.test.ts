import { beforeAll, describe, expect, test, vi } from "vitest";

import { addressOf, placeOf } from "../src/consult/place";
import type * as Wait from "../src/consult/wait";
import type { Queue } from "../src/consult/wire";

const show = "shw_01M8EMYAYJQPV0V4YMFBY23XYB";
const product = "prd_01M8EMYAYJQPV0V4YMFBY23XYB";

describe("the page's address", () => {
  test("is the lobby's, or a call's", () => {
    expect(placeOf({ pathname: "/consult", search: "" }).call).toBeNull();
    expect(placeOf({ pathname: "/consult/cll_1", search: "" }).call).toBe("cll_1");
    expect(placeOf({ pathname: "/consult/%E0%A4", search: "" }).call).toBe("%E0%A4");
  });

  test("says what she was looking at", () => {
    const search = `?show=${show}&item=i3&product=${product}`;
    expect(placeOf({ pathname: "/consult", search }).about).toEqual({ show, item: "i3", product });
    expect(placeOf({ pathname: "/consult", search: `?product=${product}` }).about).toEqual({
      show: null,
      item: null,
      product,
    });
  });

  test("says nothing by what is no name of ours", () => {
    for (const search of ["?product=<b>", "?show=shw_1", "?item=i3", "?product="]) {
      expect(placeOf({ pathname: "/consult", search }).about, search).toBeNull();
    }
  });

  test("keeps what a test wants of the page, and nothing else", () => {
    expect(addressOf("cll_1", "?relay&product=x")).toBe("/consult/cll_1?relay");
    expect(addressOf("cll 1", "?product=x")).toBe("/consult/cll%201");
    expect(addressOf(null, "")).toBe("/consult");
  });
});

const line: Queue = {
  open: true,
  opens_at: null,
  desks: { open: 0, free: 0 },
  free: false,
  waiting: 0,
  least_ms: null,
  most_ms: null,
};

describe("how long one waits", () => {
  let words: (least_ms: number | null, most_ms: number | null) => string;
  let wait: typeof Wait;

  beforeAll(async () => {
    vi.stubGlobal("localStorage", { getItem: () => "en" });
    vi.stubGlobal("navigator", { languages: ["en"] });
    vi.stubGlobal("document", { documentElement: {} });
    const { consultWords } = await import("../src/i18n/consult");
    wait = await import("../src/consult/wait");
    words = wait.waitWords;
    await consultWords;
  });

  test("is said as a range of whole minutes", () => {
    expect(words(130_000, 400_000)).toContain("2–7 minutes");
    expect(words(120_000, 120_000)).toContain("2 minutes");
    expect(words(0, 100_000)).toContain("1–2 minutes");
  });

  test("is less than a minute where it is", () => {
    expect(words(0, 60_000)).toContain("less than a minute");
  });

  test("is plainly not known where nobody can say", () => {
    expect(words(null, null)).toContain("cannot say");
    expect(words(60_000, null)).toContain("cannot say");
  });

  test("is not said where nobody is there, and that is", () => {
    expect(wait.deskWords(line)).toBe("Nobody from the team is here right now");
  });

  test("is said with how many are there, and how many of them are free", () => {
    const said = (open: number, free: number, could: boolean): string =>
      wait.deskWords({ desks: { open, free }, free: could });
    expect(said(1, 0, false)).toBe("One of us is here, and busy");
    expect(said(3, 0, false)).toBe("3 of us are here, all busy");
    expect(said(3, 1, true)).toBe("3 of us are here, and one can answer now");
    expect(said(2, 2, true)).toBe("2 of us are here and can answer now");
    // The free one is for who was before her.
    expect(said(2, 1, false)).toBe("2 of us are here");
  });

  test("is said after how many are before her", () => {
    expect(wait.lineWords({ ...line, waiting: 2, least_ms: 120_000, most_ms: 300_000 })).toBe(
      "2 people ahead of you, about 2–5 minutes to wait",
    );
    expect(wait.lineWords(line)).toContain("cannot say");
  });
});

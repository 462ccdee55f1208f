import { describe, expect, test } from "vitest";

import type { Row } from "../src/chat/wire";
import { heights, lasted, valueOf } from "../src/desk/figures-shape";
import { newlyMine } from "../src/desk/rows";
import { faultOf, skillsOf } from "../src/desk/skills";

describe("skills", () => {
  test("are what stands between commas of any kind, each once", () => {
    expect(skillsOf(" 食材、送禮，食材, big  gifts;\n")).toEqual(["食材", "送禮", "big gifts"]);
    expect(skillsOf(" 、, ")).toEqual([]);
  });

  test("are ten at most, of 24 signs each", () => {
    expect(faultOf(["字".repeat(24)])).toBeNull();
    expect(faultOf(["👩‍🍳", "字".repeat(25)])).toEqual({ kind: "long", skill: "字".repeat(25) });
    const many = Array.from({ length: 11 }, (_, n) => String(n));
    expect(faultOf(many)).toEqual({ kind: "many" });
    expect(faultOf(many.slice(1))).toBeNull();
  });
});

describe("figures", () => {
  const day = { date: "2026-11-27", rounds: 3, answered: 2, resolved: 1, first_ms: null, score: 4 };

  test("of a day are what is measured", () => {
    expect(valueOf(day, "rounds")).toBe(3);
    expect(valueOf(day, "first")).toBeNull();
    expect(valueOf(day, "score")).toBe(4);
  });

  test("are as high as the highest, a score as five", () => {
    expect(heights([0, 2, null, 4], "rounds")).toEqual([0, 50, 0, 100]);
    expect(heights([2.5, null], "score")).toEqual([50, 0]);
    expect(heights([0, null], "first")).toEqual([0, 0]);
    expect(heights([], "rounds")).toEqual([]);
  });

  test("of time say no more than counts", () => {
    expect(lasted(0)).toEqual({ h: 0, m: 0, s: 0 });
    expect(lasted(59_400)).toEqual({ h: 0, m: 0, s: 59 });
    expect(lasted(59_900)).toEqual({ h: 0, m: 1, s: 0 });
    expect(lasted(90_000)).toEqual({ h: 0, m: 2, s: 0 });
    expect(lasted(3_600_000 + 20 * 60_000)).toEqual({ h: 1, m: 20, s: 0 });
    expect(lasted(3_599_900)).toEqual({ h: 1, m: 0, s: 0 });
  });
});

describe("what a rep is given", () => {
  const row = (id: string, control: Row["control"], staff: string | null): Row =>
    ({ id, control, staff, callback_at: null }) as Row;

  test("is what became hers since she last knew", () => {
    const told = [row("1", "human", "ji"), row("2", "human", "wen"), row("3", "queued", null)];
    expect(newlyMine(told, new Set(), "ji").map(({ id }) => id)).toEqual(["1"]);
    expect(newlyMine(told, new Set(["1"]), "ji")).toEqual([]);
  });
});

import { describe, expect, test } from "vitest";

import { pieces } from "../src/chat/links";
import { rows } from "../src/chat/rows";
import type { Entry, Side } from "../src/chat/wire";

function links(text: string): (string | null)[] {
  return pieces(text)
    .filter(({ href }) => href !== null)
    .map(({ text: shown }) => shown);
}

describe("addresses in what was typed", () => {
  test.each([
    ["see https://shop.example/a?b=1#c now", ["https://shop.example/a?b=1#c"]],
    ["看這裡 https://shop.example/好。謝謝", ["https://shop.example/好"]],
    ["（www.shop.example）", ["www.shop.example"]],
    ["is it https://shop.example?", ["https://shop.example"]],
    ["https://shop.example/a_(b) too", ["https://shop.example/a_(b)"]],
    ["javascript:alert(1) data:text/html,x ftp://shop.example", []],
    ["version 1.2.3, see you at 10:00", []],
    ["https://", []],
    ['<a href="https://shop.example">x</a>', ["https://shop.example"]],
  ])("%s", (text, found) => {
    expect(links(text)).toEqual(found);
  });

  test("leave every sign where it stood", () => {
    const text = "a\n https://x.example, b www.y.example! <b>c</b>";
    expect(
      pieces(text)
        .map((one) => one.text)
        .join(""),
    ).toBe(text);
  });

  test("go nowhere but to the web", () => {
    expect(links("www.x.example https://bank.example:pw@y.example/")).toEqual(["www.x.example"]);
  });
});

describe("the thread", () => {
  const minute = 60_000;
  const dayOf = (at: number): string => String(Math.floor(at / (24 * 60 * minute)));

  function said(offset: number, at_ms: number, from: Side): Entry {
    const shown = { about: null, cards: [], buttons: [], pressed: null, expires_at: null };
    const rest = { by: from, name: from, text: "x", ...shown };
    return { offset, at_ms, kind: "message", from, ...rest };
  }

  test("groups what one person says in a breath, and parts days", () => {
    const lines: Entry[] = [
      { offset: 1, at_ms: 0, kind: "opened", round: 1, by: "customer" },
      said(2, 0, "customer"),
      said(3, minute, "customer"),
      said(4, 2 * minute, "staff"),
      said(5, 30 * minute, "staff"),
      said(6, 25 * 60 * minute, "staff"),
    ];
    const shown = rows(lines, dayOf).map((row) =>
      row.kind === "message" ? [row.entry.offset, row.first, row.last] : row.kind,
    );
    expect(shown).toEqual([
      "day",
      [2, true, false],
      [3, false, true],
      [4, true, true],
      [5, true, true],
      "day",
      [6, true, true],
    ]);
  });

  test("has a key of its own for every row", () => {
    const lines = [said(2, 0, "customer"), said(3, 25 * 60 * minute, "staff")];
    const keys = rows(lines, dayOf).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

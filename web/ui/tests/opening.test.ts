import { describe, expect, test } from "vitest";

import {
  asForm,
  asSent,
  dateAt,
  dayOf,
  faultsOf,
  type Hours,
  inOrder,
  minutesOf,
  proposed,
  type Span,
  standingAt,
  withOneMore,
} from "../src/desk/opening";

const none: Span[][] = Array.from({ length: 7 }, () => []);

/** Taipei's clocks are eight hours before UTC all year. 2026-11-23 is a Monday. */
function taipei(date: string, time: string): number {
  return Date.parse(`${date}T${time}:00+08:00`);
}

function everyDay(...spans: Span[]): Hours {
  return { ...proposed("Asia/Taipei"), week: none.map(() => spans) };
}

describe("what hours come to", () => {
  const shop = everyDay(["10:00", "12:30"], ["13:30", "21:30"]);

  test.each([
    ["09:59", false, 0, "10:00"],
    ["10:00", true, 0, "12:30"],
    ["12:30", false, 0, "13:30"],
    ["21:29", true, 0, "21:30"],
    ["21:30", false, 1, "10:00"],
  ])("at %s", (time, open, days, turns) => {
    const { open: is, turn } = standingAt(shop, taipei("2026-11-23", time));
    expect([is, turn?.days, turn?.time]).toEqual([open, days, turns]);
  });

  test("a night goes on past midnight", () => {
    const late = {
      ...everyDay(),
      week: none.map((_, n): Span[] => (n === 4 ? [["22:00", "02:00"]] : [])),
    };
    expect(standingAt(late, taipei("2026-11-27", "23:00"))).toEqual({
      open: true,
      turn: { date: "2026-11-28", days: 1, time: "02:00" },
    });
    expect(standingAt(late, taipei("2026-11-28", "01:00")).turn?.days).toBe(0);
    expect(standingAt(late, taipei("2026-11-28", "02:00")).turn?.date).toBe("2026-12-04");
  });

  test("a day ends at its own 24:00", () => {
    const late = everyDay(["18:00", "00:00"]);
    expect(standingAt(late, taipei("2026-11-23", "20:00"))).toEqual({
      open: true,
      turn: { date: "2026-11-23", days: 0, time: "24:00" },
    });
  });

  test("what never closes has no end, what never opens no beginning", () => {
    const now = taipei("2026-11-23", "20:00");
    expect(standingAt(everyDay(["00:00", "00:00"]), now)).toEqual({ open: true, turn: null });
    expect(standingAt(everyDay(), now)).toEqual({ open: false, turn: null });
  });

  test("days that touch are one opening", () => {
    const week = none.map((_, n): Span[] =>
      n === 0 ? [["10:00", "00:00"]] : [["00:00", "06:00"]],
    );
    const { turn } = standingAt({ ...everyDay(), week }, taipei("2026-11-23", "20:00"));
    expect(turn).toEqual({ date: "2026-11-24", days: 1, time: "06:00" });
  });

  test("a holiday is closed, and a special day wins over it", () => {
    const hours: Hours = {
      ...everyDay(["10:00", "18:00"]),
      closed: [{ from: "2026-12-30", to: "2027-01-03", name: "" }],
      special: [{ date: "2026-12-31", spans: [["20:00", "01:00"]] }],
    };
    expect(standingAt(hours, taipei("2026-12-30", "12:00")).turn?.date).toBe("2026-12-31");
    expect(standingAt(hours, taipei("2027-01-01", "00:30")).open).toBe(true);
    expect(standingAt(hours, taipei("2027-01-01", "01:00")).turn).toEqual({
      date: "2027-01-04",
      days: 3,
      time: "10:00",
    });
  });

  test("it goes by the clocks of the place, in winter and in summer", () => {
    const berlin = { ...everyDay(["10:00", "18:00"]), time_zone: "Europe/Berlin" };
    expect(standingAt(berlin, Date.parse("2026-01-05T08:59:00Z")).open).toBe(false);
    expect(standingAt(berlin, Date.parse("2026-01-05T09:00:00Z")).open).toBe(true);
    expect(standingAt(berlin, Date.parse("2026-07-06T08:00:00Z")).open).toBe(true);
  });
});

describe("what is wrong", () => {
  function of(change: Partial<Hours>): [string, string][] {
    return [...faultsOf({ ...everyDay(["10:00", "18:00"]), ...change })];
  }
  const monday = (...spans: Span[]): Partial<Hours> => ({ week: [spans, ...none.slice(1)] });

  test.each<[string, Partial<Hours>, [string, string][]]>([
    ["nothing", {}, []],
    ["all day", monday(["00:00", "00:00"]), []],
    ["a night", monday(["22:00", "02:00"]), []],
    ["no time", monday(["", "02:00"]), [["week.0.0", "time"]]],
    ["no span", monday(["10:00", "10:00"]), [["week.0.0", "same"]]],
    ["two at once", monday(["10:00", "12:00"], ["11:00", "13:00"]), [["week.0.1", "order"]]],
    ["after a night", monday(["22:00", "02:00"], ["23:00", "23:30"]), [["week.0.1", "order"]]],
    [
      "a night into a morning",
      { week: [[["20:00", "02:00"]], [["01:00", "03:00"]], ...none.slice(2)] },
      [["week.0.0", "night"]],
    ],
    [
      "a Sunday into a Monday",
      { week: [[["01:00", "03:00"]], ...none.slice(2), [["20:00", "02:00"]]] },
      [["week.6.0", "night"]],
    ],
    [
      "holidays",
      {
        closed: [
          { from: "", to: "2026-12-25", name: "" },
          { from: "2026-12-26", to: "2026-12-25", name: "" },
          { from: "2026-12-26", to: "", name: "" },
        ],
      },
      [
        ["closed.0.from", "date"],
        ["closed.1.to", "before"],
        ["closed.2.to", "date"],
      ],
    ],
    [
      "special days",
      {
        special: [
          { date: "2026-02-29", spans: [] },
          { date: "2026-12-25", spans: [["10:00", ""]] },
          { date: "2026-12-25", spans: [] },
        ],
      },
      [
        ["special.0.date", "date"],
        ["special.1.spans.0", "time"],
        ["special.2.date", "twice"],
      ],
    ],
    ["no zone", { time_zone: "Taipei" }, [["time_zone", "zone"]]],
  ])("%s", (_, change, found) => {
    expect(of(change)).toEqual(found);
  });
});

test("a day ends at 24:00 for the service and at 00:00 in a form", () => {
  const sent: Hours = {
    ...everyDay(["00:00", "24:00"]),
    special: [{ date: "2026-12-31", spans: [["20:00", "24:00"]] }],
  };
  const form = asForm(sent);
  expect(form.week[0]).toEqual([["00:00", "00:00"]]);
  expect(form.special[0]?.spans).toEqual([["20:00", "00:00"]]);
  expect(asSent(form)).toEqual(sent);
  expect(minutesOf(["00:00", "00:00"])).toEqual([0, 1440]);
});

test("days are put in their order", () => {
  const holiday = (from: string): Hours["closed"][number] => ({ from, to: from, name: "" });
  const { closed, special } = inOrder({
    ...everyDay(),
    closed: [holiday("2026-12-25"), holiday("2026-01-01")],
    special: [
      { date: "2027-01-01", spans: [] },
      { date: "2026-12-31", spans: [] },
    ],
  });
  expect(closed.map(({ from }) => from)).toEqual(["2026-01-01", "2026-12-25"]);
  expect(special.map(({ date }) => date)).toEqual(["2026-12-31", "2027-01-01"]);
});

test("one span more is the first, a break, or one after the last", () => {
  expect(withOneMore([])).toEqual([["10:00", "18:00"]]);
  expect(withOneMore([["10:00", "21:30"]])).toEqual([
    ["10:00", "12:00"],
    ["13:00", "21:30"],
  ]);
  expect(withOneMore([["08:00", "12:00"]])).toEqual([
    ["08:00", "12:00"],
    ["13:00", "15:00"],
  ]);
  expect(withOneMore([["18:00", "22:00"]])?.[1]).toEqual(["23:00", "00:00"]);
  expect(withOneMore([["18:00", "23:00"]])).toBeNull();
  expect(withOneMore([["18:00", ""]])).toBeNull();
  expect(withOneMore(Array.from({ length: 6 }, (): Span => ["08:00", "08:10"]))).toBeNull();
});

test("each date is a day, and nothing else is", () => {
  expect(dayOf("1970-01-05")).toBe(4);
  expect(dayOf("2026-02-29")).toBeNull();
  expect(dayOf("2026-2-1")).toBeNull();
  expect(dayOf("")).toBeNull();
});

test("today is the day of the place's clocks", () => {
  const now = Date.parse("2026-11-23T20:00:00Z");
  expect(dateAt("Asia/Taipei", now)).toBe("2026-11-24");
  expect(dateAt("America/New_York", now)).toBe("2026-11-23");
  expect(dateAt("Nowhere/Known", now)).toBe("2026-11-23");
});

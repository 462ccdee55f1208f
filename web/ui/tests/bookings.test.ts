import { beforeAll, describe, expect, test, vi } from "vitest";

import type * as Times from "../src/bookings/times";
import type { Booking } from "../src/bookings/wire";

let t: typeof Times;

beforeAll(async () => {
  vi.stubGlobal("navigator", { languages: ["zh-TW"] });
  vi.stubGlobal("document", { documentElement: { lang: "" } });
  const i18n = await import("../src/i18n/index");
  await i18n.ready;
  t = await import("../src/bookings/times");
});

const minute = 60_000;
const hour = 60 * minute;
const at = (iso: string): number => Date.parse(iso);

describe("free times", () => {
  test("are grouped by the days of the visitor's own zone", () => {
    const slots = [
      at("2026-11-28T09:00:00Z"),
      at("2026-11-28T15:30:00Z"),
      at("2026-11-28T16:00:00Z"),
    ];
    expect(t.days(slots, "Asia/Taipei").map(({ key, slots: of }) => [key, of.length])).toEqual([
      ["2026-11-28", 2],
      ["2026-11-29", 1],
    ]);
    expect(t.days(slots, "America/New_York").map(({ key }) => key)).toEqual(["2026-11-28"]);
  });

  test("lie in the part of the day that her clock says", () => {
    expect(t.partOfDay(at("2026-11-28T03:30:00Z"), "Asia/Taipei")).toBe("morning");
    expect(t.partOfDay(at("2026-11-28T04:00:00Z"), "Asia/Taipei")).toBe("afternoon");
    expect(t.partOfDay(at("2026-11-28T10:00:00Z"), "Asia/Taipei")).toBe("evening");
    expect(t.partOfDay(at("2026-11-28T10:00:00Z"), "Europe/Berlin")).toBe("morning");
    expect(t.partOfDay(at("2026-11-27T16:00:00Z"), "Asia/Taipei"), "midnight").toBe("morning");
  });

  test("are full and half hours where she is", () => {
    expect(t.onTheHalf(at("2026-11-28T03:30:00Z"), "Asia/Taipei")).toBe(true);
    expect(t.onTheHalf(at("2026-11-28T03:45:00Z"), "Asia/Taipei")).toBe(false);
    expect(t.onTheHalf(at("2026-11-28T03:45:00Z"), "Asia/Kathmandu")).toBe(true);
  });

  test("are told twice only where two zones' clocks differ then", () => {
    const winter = at("2026-12-01T12:00:00Z");
    const summer = at("2026-07-01T12:00:00Z");
    expect(t.sameClock(winter, "Asia/Taipei", "Asia/Hong_Kong")).toBe(true);
    expect(t.sameClock(winter, "Asia/Taipei", "Asia/Tokyo")).toBe(false);
    expect(t.sameClock(winter, "Europe/London", "UTC")).toBe(true);
    expect(t.sameClock(summer, "Europe/London", "UTC")).toBe(false);
  });
});

describe("times in words", () => {
  const noon = at("2026-11-28T04:00:00Z");

  test("are those of a zone", () => {
    expect(t.clockIn(noon, "Asia/Taipei")).toBe("12:00");
    expect(t.clockIn(noon, "Europe/Berlin")).toBe("05:00");
    expect(t.dateIn(noon, "Asia/Taipei")).toBe("11月28日星期六");
    expect(t.leaf(noon, "Asia/Taipei")).toEqual({ month: "11月", day: "28", week: "週六" });
  });

  test("name the zone, and how far it stands from UTC", () => {
    expect(t.zoneName(noon, "Asia/Taipei")).toContain("GMT+8");
    expect(t.zoneName(noon, "Asia/Taipei")).toContain("台北");
  });

  test("say how long it is until then", () => {
    expect(t.until(noon, noon - 90_000)).toBe("2 分鐘後");
    expect(t.until(noon, noon - 3 * hour)).toBe("3 小時後");
    expect(t.until(noon, noon - 50 * hour)).toBe("2 天後");
    expect(t.until(noon, noon + hour)).toBe("0 分鐘後");
  });
});

describe("a booking", () => {
  const starts_at = at("2026-11-28T06:00:00Z");
  const booking: Booking = {
    id: "bkg_1",
    state: "booked",
    starts_at,
    ends_at: starts_at + 30 * minute,
    topic: null,
    locale: "zh-Hant",
    staff: { id: "stf_ji", name: "Ji" },
    name: "Mei",
    email: null,
    about: null,
    text: null,
    call: null,
    may: { move: true, cancel: true, enter: false },
  };

  const none = { move: false, cancel: false, enter: false };

  test("stands where the service says, whatever her clock says", () => {
    expect(t.standOf(booking)).toBe("ahead");
    expect(t.standOf({ ...booking, may: { ...none, enter: true } })).toBe("open");
    expect(t.standOf({ ...booking, may: { move: true, cancel: true, enter: true } })).toBe("open");
    expect(t.standOf({ ...booking, may: none })).toBe("missed");
  });

  test("is over once it was held, before its end too, and to be entered where a line broke", () => {
    const held: Booking = { ...booking, state: "held" };
    expect(t.standOf({ ...held, may: none })).toBe("held");
    // The service lets her in again, for her line broke.
    expect(t.standOf({ ...held, may: { ...none, enter: true } })).toBe("open");
  });

  test("that was cancelled stays so", () => {
    expect(t.standOf({ ...booking, state: "cancelled", may: none })).toBe("cancelled");
  });
});

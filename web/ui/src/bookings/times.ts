import { locale } from "../i18n/index";
import { locales } from "../i18n/locales";
import type { Booking } from "./wire";

/** Instants as days and clocks of a time zone: all of it is asked of `Intl`. */

export interface Day {
  /** 2026-11-28 in the zone. */
  key: string;
  /** An instant of it. */
  at: number;
  slots: number[];
}

export type PartOfDay = "morning" | "afternoon" | "evening";

const made = new Map<string, Intl.DateTimeFormat>();

function form(tag: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = tag + JSON.stringify(options);
  let found = made.get(key);
  if (found === undefined) made.set(key, (found = new Intl.DateTimeFormat(tag, options)));
  return found;
}

/** The visitor's own time zone. */
export function ownZone(): string {
  return form("en", {}).resolvedOptions().timeZone;
}

function dayIn(at: number, timeZone: string): string {
  const parts = form("en", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  const of = Object.fromEntries(
    parts.formatToParts(at).map(({ type, value }) => [type, value]),
  ) as Partial<Record<Intl.DateTimeFormatPartTypes, string>>;
  return `${of.year ?? ""}-${of.month ?? ""}-${of.day ?? ""}`;
}

/** Times in order, by the days on which they are there. */
export function days(slots: readonly number[], timeZone: string): Day[] {
  const found: Day[] = [];
  for (const at of slots) {
    const key = dayIn(at, timeZone);
    const last = found.at(-1);
    if (last?.key === key) last.slots.push(at);
    else found.push({ key, at, slots: [at] });
  }
  return found;
}

export function partOfDay(at: number, timeZone: string): PartOfDay {
  const hour = Number(form("en", { timeZone, hour: "2-digit", hourCycle: "h23" }).format(at));
  return hour < 12 ? "morning" : hour < 18 ? "afternoon" : "evening";
}

/** Whether it is a full or a half hour there. */
export function onTheHalf(at: number, timeZone: string): boolean {
  const minute = Number(form("en", { timeZone, minute: "numeric" }).format(at));
  return minute === 0 || minute === 30;
}

/** 14:30 */
export function clockIn(at: number, timeZone: string): string {
  const options = { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return form(locales[locale].intl, options).format(at);
}

/** What a small calendar leaf says: 11月, 28, 週六. */
export function leaf(at: number, timeZone: string): { month: string; day: string; week: string } {
  const tag = locales[locale].intl;
  const day = form("en", { timeZone, day: "numeric" }).format(at);
  return {
    month: form(tag, { timeZone, month: "short" }).format(at),
    day,
    week: form(tag, { timeZone, weekday: "short" }).format(at),
  };
}

/** 11月28日 星期六 */
export function dateIn(at: number, timeZone: string): string {
  return form(locales[locale].intl, {
    timeZone,
    month: "long",
    day: "numeric",
    weekday: "long",
  }).format(at);
}

/** The time zone as people call it, with how far it stands from UTC then. */
export function zoneName(at: number, timeZone: string): string {
  const tag = locales[locale].intl;
  const named = (timeZoneName: "longGeneric" | "shortOffset"): string =>
    form(tag, { timeZone, timeZoneName })
      .formatToParts(at)
      .find(({ type }) => type === "timeZoneName")?.value ?? timeZone;
  const [name, offset] = [named("longGeneric"), named("shortOffset")];
  return name === offset ? name : `${name} ${offset}`;
}

/** Whether clocks say the same then, in two zones. */
export function sameClock(at: number, a: string, b: string): boolean {
  const options = { dateStyle: "short", timeStyle: "short" } as const;
  return (
    form("en", { ...options, timeZone: a }).format(at) ===
    form("en", { ...options, timeZone: b }).format(at)
  );
}

/** The time until then as one says it: in 2 days, in 3 hours, in 5 minutes. */
export function until(at: number, now: number): string {
  const minutes = Math.max(0, Math.ceil((at - now) / 60_000));
  const say = new Intl.RelativeTimeFormat(locales[locale].intl, { numeric: "always" });
  if (minutes < 60) return say.format(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? say.format(hours, "hour") : say.format(Math.floor(hours / 24), "day");
}

/** How long before its time one may come in. */
export const early_ms = 10 * 60_000;

/** Where a booking stands: ahead, to be entered, over after a talk or without one, cancelled. */
export type Stand = "ahead" | "open" | "held" | "missed" | "cancelled";

/** As the service saw it when it was asked: her own clock may be wrong. */
export function standOf({ state, may }: Booking): Stand {
  if (state === "cancelled") return "cancelled";
  if (may.enter) return "open";
  if (may.move || may.cancel) return "ahead";
  return state === "held" ? "held" : "missed";
}

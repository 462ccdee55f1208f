import { locale } from "../i18n/index";
import { locales } from "../i18n/locales";
import { o } from "../i18n/office";
import { dayOf, type Hours, standingAt, type Turn } from "./opening";

/** Days, zones and what hours come to, in the reader's language. */

const day_ms = 86_400_000;

/** "Open now until 21:30", "Closed, opens tomorrow 10:00". */
export function words(form: Hours): string {
  const { open, turn } = standingAt(form, Date.now());
  if (turn === null) return open ? o.openAlways : o.closedFar;
  return open ? o.openUntil(when(turn, true)) : o.closedUntil(when(turn, false));
}

function when({ date, days, time }: Turn, open: boolean): string {
  if (days === 0) return open ? time : o.dayAndTime(o.today, time);
  if (days === 1) return o.dayAndTime(o.tomorrow, time);
  return o.dayAndTime(dayWords(date), time);
}

function dayWords(date: string): string {
  const form = { month: "long", day: "numeric", weekday: "short", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(locales[locale].intl, form).format((dayOf(date) ?? 0) * day_ms);
}

/** The name of a day of the week, 0 for Monday. */
export function weekday(n: number): string {
  const form = { weekday: "long", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(locales[locale].intl, form).format((n + 4) * day_ms);
}

/** The zone that this browser is in. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The zones to choose from; a browser may have another name for the one that is set. */
export function zones(now: string): string[] {
  return [...new Set([now, "UTC", ...Intl.supportedValuesOf("timeZone")])].sort();
}

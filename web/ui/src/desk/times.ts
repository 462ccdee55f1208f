import { d } from "../i18n/desk";
import { clock, dayOf, longMoment } from "../i18n/format";

/** A time that is to come: the clock alone where it is today, else with its day and weekday. */
export function soon(at: number, now: number): string {
  return dayOf(at) === dayOf(now) ? clock(at) : longMoment(at);
}

/** How long something has taken, as the list says it: 7 min, 2 h. `ms` below zero counts as none. */
export function howLong(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return d.justNow;
  if (minutes < 60) return d.minutes(minutes);
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? d.hours(hours) : d.days(Math.floor(hours / 24));
}

import { c } from "../i18n/chat";
import { clock, dayOf, longDay, longMoment } from "../i18n/format";

const day_ms = 24 * 3_600_000;

/** A time that is still to come, as one says it: 14:00, tomorrow 10:00, or with its day. */
export function when(at: number, now: number): string {
  if (dayOf(at) === dayOf(now)) return clock(at);
  if (dayOf(at) === dayOf(now + day_ms)) return c.tomorrow(clock(at));
  return longMoment(at);
}

export function dayName(at: number, now: number): string {
  if (dayOf(at) === dayOf(now)) return c.today;
  if (dayOf(at) === dayOf(now - day_ms)) return c.yesterday;
  return longDay(at);
}

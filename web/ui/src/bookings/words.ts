import { b } from "../i18n/bookings";
import { problemWords } from "../i18n/problems";
import { Problem } from "../wire/http";
import { clockIn, dateIn } from "./times";

/** What went wrong with a booking. */
export function bookingProblem(problem: unknown): string {
  const own = problem instanceof Problem ? b.why[problem.code] : undefined;
  return own ?? problemWords(problem);
}

/** Times that are offered instead of one that is taken; null where the problem is another. */
export function othersOf(problem: unknown): number[] | null {
  if (!(problem instanceof Problem) || problem.code !== "slot_taken") return null;
  const { slots } = problem.data;
  return Array.isArray(slots) ? slots.filter((at) => typeof at === "number") : [];
}

/** 11月28日 星期六 14:30 */
export function momentIn(at: number, zone: string): string {
  return `${dateIn(at, zone)} ${clockIn(at, zone)}`;
}

import { v } from "../i18n/consult";
import { m } from "../i18n/index";
import type { Queue } from "./wire";

const minute_ms = 60_000;

/** How long one waits, as a range in whole minutes; plainly so where nobody can say. */
export function waitWords(least_ms: number | null, most_ms: number | null): string {
  if (least_ms === null || most_ms === null) return v.waitUnknown;
  const most = Math.ceil(most_ms / minute_ms);
  const least = Math.max(1, Math.floor(least_ms / minute_ms));
  return most <= 1 ? v.waitSoon : v.waitRange(Math.min(least, most), most);
}

/** Whether anybody is there at all, and whether one of them could answer now. */
export function deskWords({ desks, free }: Pick<Queue, "desks" | "free">): string {
  if (desks.open === 0) return v.nobodyThere;
  if (free) return v.isFree(desks.open, desks.free);
  return desks.free === 0 ? v.isBusy(desks.open) : v.isHere(desks.open);
}

/** How many are before her, and how long that takes. */
export function lineWords({ waiting, least_ms, most_ms }: Queue): string {
  const wait = waitWords(least_ms, most_ms);
  return waiting === 0 ? wait : v.ahead(waiting) + m.comma + wait;
}

import { r } from "../i18n/reps";
import { lasted } from "./figures-shape";

/** Figures as they are read; null where there is nothing to measure. */

export function duration(ms: number | null): string {
  if (ms === null) return r.none;
  const { h, m, s } = lasted(ms);
  if (h > 0) return r.hrs(h, m);
  return m > 0 ? r.mins(m) : r.secs(s);
}

export function score(mean: number | null): string {
  return mean === null ? r.none : mean.toFixed(1);
}

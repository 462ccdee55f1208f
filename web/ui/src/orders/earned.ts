import { count } from "../i18n/format";
import { l } from "../i18n/loyalty";
import type { OrderPoints } from "../wire/types";

/** What an order will earn, has earned, or earned and lost again; "" where it is nothing. */
export function earnedWords({ points }: { points?: OrderPoints | undefined }): string {
  if (points === undefined || points.earns === 0) return "";
  const n = count(points.earns);
  switch (points.earned_state) {
    case "expected":
      return l.earns(n);
    case "pending":
      return l.earnedPending(n);
    case "earned":
      return l.earned(n);
    case "undone":
      return l.earnedBack(n);
    default:
      return "";
  }
}

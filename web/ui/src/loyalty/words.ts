import { y } from "../i18n/loyalty-staff";
import { count, fullMoment, money } from "../i18n/format";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { Problem } from "../wire/http";
import type { Coupon as AnyCoupon, Posting, PostingKind } from "../wire/loyalty";
import type { Fault as CouponFault, State } from "./coupon";
import type { Fault } from "./rules";

export function faultWords(fault: Fault): string {
  return fault.kind === "whole"
    ? y.faults.whole(count(fault.least), count(fault.most))
    : y.faults[fault.kind];
}

export function couponFaultWords(fault: CouponFault): string {
  return fault === "step" ? y.faults.step : y.couponFaults[fault];
}

/** Of what the service refused, the fields that it named; empty where it named none. */
export function namedFields(problem: unknown): string[] {
  if (!(problem instanceof Problem) || problem.code !== "bad_request") return [];
  const { fields } = problem.data;
  return typeof fields === "object" && fields !== null ? Object.keys(fields) : [];
}

/** What went wrong, as staff are told; codes that only these pages meet, then the general ones. */
export function loyaltyProblem(problem: unknown): string {
  if (!(problem instanceof Problem)) return problemWords(problem);
  switch (problem.code) {
    case "not_enough_points":
      return y.notEnoughPoints(
        count(typeof problem.data.available === "number" ? problem.data.available : 0),
      );
    case "rules_changed":
      return y.changedMeanwhile;
    case "bad_request":
      return y.checkFields;
    default:
      return problemWords(problem);
  }
}

type Worth = Pick<AnyCoupon, "kind" | "amount" | "most" | "minimum">;

/** "NT$100 off from NT$1,000 on" */
export function worthWords({ kind, amount, most, minimum }: Worth, currency: string): string {
  const off =
    kind === "fixed"
      ? y.fixedOff(money(amount, currency))
      : most === null
        ? y.percentOff(amount)
        : y.percentOffAtMost(amount, money(most, currency));
  return minimum === null || minimum === 0 ? off : y.fromOn(money(minimum, currency), off);
}

const looks: Record<State, string> = {
  running: "b-held",
  coming: "b-note",
  stopped: "b-stop",
  over: "b-plain",
  gone: "b-wait",
};

export function stateLook(state: State): string {
  return looks[state];
}

interface Span {
  starts_at: number | null;
  ends_at: number | null;
}

/** When it may be used; empty where it always may. */
export function spanWords({ starts_at, ends_at }: Span): string {
  if (starts_at !== null && ends_at !== null)
    return y.between(fullMoment(starts_at), fullMoment(ends_at));
  if (starts_at !== null) return y.since(fullMoment(starts_at));
  return ends_at === null ? "" : y.until(fullMoment(ends_at));
}

/** What a line of her history is about. */
export function postingWords(posting: Posting): string {
  const { kind, order, reason, with: other } = posting;
  const about = [order?.number, other, reason].filter((one) => one != null && one !== "");
  const what = kind in y.postings ? y.postings[kind as PostingKind] : y.postings.other;
  return [what, ...about].join(m.comma);
}

/** +25, −300 */
export function signed(points: number): string {
  return points < 0 ? `−${count(-points)}` : `+${count(points)}`;
}

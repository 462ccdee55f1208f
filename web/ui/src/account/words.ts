import { count, fullDay, money } from "../i18n/format";
import { m } from "../i18n/index";
import { l } from "../i18n/loyalty";
import { problemWords } from "../i18n/problems";
import { Problem } from "../wire/http";
import type { Coupon, Loyalty, Posting, PostingKind, Refused, Tier } from "../wire/loyalty";

/** What a coupon takes off, as short as on its stub. */
export function worth({ kind, amount }: Coupon, currency: string): string {
  return kind === "percent" ? l.percentOff(amount) : l.off(money(amount, currency));
}

/** When it may be used: what it takes, and until when. `tiers` tell the name of its tier. */
export function conditions(one: Coupon, currency: string, tiers: readonly Tier[]): string {
  const tier = tiers.find(({ key }) => key === one.tier);
  const said = [
    one.minimum === null || one.minimum === 0 ? null : l.fromSum(money(one.minimum, currency)),
    one.kind === "percent" && one.most !== null ? l.atMost(money(one.most, currency)) : null,
    one.tier === null ? null : l.forTier(tier?.name ?? one.tier),
    one.show === null ? null : l.forShow,
  ].filter((words) => words !== null);
  return said.length === 0 ? l.anyOrder : said.join(m.comma);
}

export function lasts({ ends_at }: Coupon): string {
  return ends_at === null ? l.noEnd : l.validUntil(fullDay(ends_at));
}

/** Why a coupon that she typed or chose does not count, by the name that she knows it by. */
export function refusal(
  { code, reason, data }: Refused,
  currency: string,
  called: string = code,
): string {
  return l.because(called, why(reason, data, currency));
}

function why(reason: string, data: Record<string, unknown>, currency: string): string {
  if (reason === "minimum" && typeof data.minimum === "number" && currency !== "") {
    return l.refusedMinimum(money(data.minimum, currency));
  }
  if (reason === "members_only") return l.refusedTier(tierName(data.tier));
  return reason in l.refused ? l.refused[reason as keyof typeof l.refused] : l.refusedElse;
}

/** A tier as the service names it: by its name, or with its key too. */
function tierName(tier: unknown): string {
  if (typeof tier === "string") return tier;
  const name = (tier as { name?: unknown } | null)?.name;
  return typeof name === "string" ? name : "";
}

/** 120 → "1.2", 200 → "2". */
export function factor(percent: number): string {
  return String(percent / 100);
}

/** What a tier gives, in a few words each. */
export function benefits(one: Pick<Tier, "multiplier" | "free_delivery">): string[] {
  return [
    ...(one.multiplier > 100 ? [l.times(factor(one.multiplier))] : []),
    ...(one.free_delivery ? [l.freeDelivery] : []),
  ];
}

/** How far she has come from her tier to the next, in per cent; null where there is none. */
export function progress({ tier, tiers, next, spend }: Loyalty): number | null {
  if (next === null) return null;
  const from = tiers.find(({ key }) => key === tier?.key)?.from ?? 0;
  const way = next.from - from;
  if (way <= 0) return 100;
  return Math.round(Math.min(1, Math.max(0, (spend - from) / way)) * 100);
}

const kinds = new Set<string>([
  "earn",
  "mature",
  "redeem",
  "unredeem",
  "unearn",
  "expire",
  "offer",
  "give",
  "decline",
  "correct",
  "merge",
] satisfies PostingKind[]);

/** What a line of her history was. */
export function postingWords(row: Posting): string {
  if (!kinds.has(row.kind)) return l.otherPosting;
  if (row.kind === "give" && row.points > 0) return l.got;
  return l.postings[row.kind as PostingKind];
}

/** What goes with it: the order, the friend, the reason. */
export function postingFacts({ order, with: friend, reason }: Posting): string {
  return [order === null ? null : m.orderNumber(order.number), friend, reason]
    .filter(Boolean)
    .join(m.comma);
}

/** +12 or −40, with a sign that is as wide as the plus. */
export function signed(points: number): string {
  return `${points < 0 ? "−" : "+"}${count(Math.abs(points))}`;
}

/** What went wrong with points or coupons, as a sentence. */
export function loyaltyProblem(problem: unknown, currency = ""): string {
  if (problem instanceof Problem) {
    const { code, data } = problem;
    if (code === "not_enough_points") return l.notEnough(count(Number(data.available ?? 0)));
    const wait = Number(data.retry_after_ms ?? 0) / 60_000;
    if (code === "rate_limited" && wait > 1) return l.tryLater(Math.ceil(wait));
    if (code === "transfer_limit") return l.dayLimit;
    if (code === "transfer_over") return l.transferOver;
    if (code === "contact_needed") return l.signInToGive;
    if (code === "coupon_refused" || code in l.refused) {
      const reason = typeof data.reason === "string" ? data.reason : code;
      const named = typeof data.code === "string" ? data.code : l.coupons;
      return l.because(named, why(reason, data, currency));
    }
  }
  return problemWords(problem);
}

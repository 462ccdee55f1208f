import type {
  Claim,
  Item,
  Mine,
  Refusal,
  Show,
  Snapshot,
  Unread,
  Variant,
  Wait,
} from "../wire/types";

/** The item on sale that stands before all others: the pinned one, else what was opened last. */
export function current(show: Show): Item | null {
  const open = show.items.filter(({ status }) => status === "open");
  const pinned = open.find(({ id }) => id === show.pinned_item);
  if (pinned !== undefined) return pinned;
  return open.reduce<Item | null>(
    (last, item) => (last === null || (item.opened_at ?? 0) >= (last.opened_at ?? 0) ? item : last),
    null,
  );
}

/** The first item of the run-down that has not been on sale yet; none once the show has ended. */
export function next(show: Show): Item | null {
  if (show.status === "ended") return null;
  return show.items.find(({ status }) => status === "ready") ?? null;
}

export function itemOf(show: Show, id: string | null): Item | null {
  return show.items.find((item) => item.id === id) ?? null;
}

export function variantOf(item: Item, key: string | null): Variant | null {
  return item.variants.find((variant) => variant.key === key) ?? null;
}

export function hasVariants({ variants }: Item): boolean {
  return variants.length > 1 || variants[0]?.key != null;
}

function sum(item: Item, of: (variant: Variant) => number): number {
  return item.variants.reduce((all, variant) => all + of(variant), 0);
}

export const left = (item: Item): number => sum(item, (variant) => variant.left);
export const allotment = (item: Item): number => sum(item, (variant) => variant.allotment);
export const waiting = (item: Item): number => sum(item, (variant) => variant.waiting);
export const held = (item: Item): number => sum(item, (variant) => variant.held);
export const sold = (item: Item): number => sum(item, (variant) => variant.sold);

/** What a "+1" on this item would do now. */
export type Standing = "on" | "wait" | "gone" | "closed" | "ready";

export function standing(item: Item): Standing {
  if (item.status !== "open") return item.status;
  if (left(item) > 0) return "on";
  return item.waiting_list ? "wait" : "gone";
}

/** What keeps an item for the members of a tier and above; `until` is null where it stays so. */
export interface Door {
  tier: string;
  until: number | null;
}

/** Who may order an item at `now`: null where everybody may. Of one that is not open, as it will be. */
export function door(item: Item, now: number): Door | null {
  const { tier, tier_name, early_s, opened_at, status } = item;
  if (tier === null) return null;
  const named = tier_name ?? tier;
  if (early_s === null) return { tier: named, until: null };
  if (status !== "open" || opened_at === null) return { tier: named, until: null };
  const until = opened_at + early_s * 1000;
  return now < until ? { tier: named, until } : null;
}

/** Pieces of this item that she has and may still pay for, or has paid. */
export function had(mine: Mine, item: Item): number {
  return mine.claims.reduce((all, claim) => all + (claim.item === item.id ? claim.quantity : 0), 0);
}

export function waitFor(mine: Mine, item: Item): Wait | null {
  return mine.waits.find((wait) => wait.item === item.id) ?? null;
}

export function unpaid({ claims }: Mine): Claim[] {
  return claims.filter(({ state }) => state !== "sold");
}

export function pieces(claims: readonly { quantity: number }[]): number {
  return claims.reduce((all, { quantity }) => all + quantity, 0);
}

export function worth(claims: readonly Claim[]): number {
  return claims.reduce((all, { price, quantity }) => all + price * quantity, 0);
}

/** The first deadline of what is held; null where nothing has one. */
export function deadline(claims: readonly { until: number | null }[]): number | null {
  const all = claims.flatMap(({ until }) => (until === null ? [] : [until]));
  return all.length === 0 ? null : Math.min(...all);
}

/** What she is told alone: a comment that was not understood, or a claim that was refused. */
export type Told = { kind: "unread"; what: Unread } | { kind: "refused"; what: Refusal[] };

/**
 * The newest thing she must be told that lies past `seen`, and past anything granted since; null
 * where there is none. Refusals of one comment are told together.
 */
export function told({ mine }: Snapshot, seen: number): Told | null {
  const unread = mine.unread.at(-1);
  const refused = mine.refusals.at(-1);
  if (unread !== undefined && unread.offset > seen && unread.offset > (refused?.offset ?? 0)) {
    return { kind: "unread", what: unread };
  }
  if (refused === undefined || refused.offset <= seen) return null;
  const together = mine.refusals.filter(
    ({ offset, comment }) =>
      offset > seen && (comment === null ? offset === refused.offset : comment === refused.comment),
  );
  return { kind: "refused", what: together };
}

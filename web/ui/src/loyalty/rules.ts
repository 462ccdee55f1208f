import { toMajor, toMinor } from "../i18n/format";
import type { Loyalty, Tier } from "../wire/loyalty";
import { type Channel, channels, type Rules } from "./wire";

/** What a number of the rules may be. Sums are typed in major units and kept in minor ones. */
type Limits = { sum: true } | { least: number; most: number };

const percent = { least: 0, most: 1_000 };

const limits = {
  "earn.spend": { sum: true },
  "earn.points": { least: 1, most: 1_000 },
  "channels.show": percent,
  "channels.chat": percent,
  "channels.call": percent,
  "channels.shop": percent,
  return_days: { least: 0, most: 90 },
  expire_days: { least: 30, most: 3_650 },
  point_value: { sum: true },
  "redeem.least": { least: 1, most: 1_000_000 },
  "redeem.most_percent": { least: 1, most: 100 },
  "transfer.least": { least: 1, most: 1_000_000 },
  "transfer.most_day": { least: 1, most: 1_000_000 },
  window_days: { least: 1, most: 3_650 },
} as const satisfies Record<string, Limits>;

export type NumberField = keyof typeof limits;

export const most = { tiers: 5, name: 20, special: 200 };

export interface Special {
  id: string;
  percent: string;
}

export interface TierDraft {
  key: string;
  name: string;
  from: string;
  multiplier: string;
  free_delivery: boolean;
}

/** The rules as they are being written: what was typed, as it was typed. */
export interface Draft {
  on: boolean;
  transfer: boolean;
  text: Record<NumberField, string>;
  products: Special[];
  shows: Special[];
  tiers: TierDraft[];
}

/** What is wrong with one field: no sum, no number within its bounds, no name, a name twice, no
 *  more than the tier before it, or what the service alone can say. */
export type Fault =
  | { kind: "sum" | "amount" | "step" | "name" | "same" | "order" | "refused" }
  | { kind: "whole"; least: number; most: number };

/** Faults by the paths that the service uses too: "earn.spend", "tiers.0.name". */
export type Faults = ReadonlyMap<string, Fault>;

export function asDraft(rules: Rules, currency: string): Draft {
  const sum = (minor: number): string => toMajor(minor, currency);
  const special = (of: Record<string, number>): Special[] =>
    Object.entries(of).map(([id, value]) => ({ id, percent: String(value) }));
  return {
    on: rules.on,
    transfer: rules.transfer.on,
    text: {
      "earn.spend": sum(rules.earn.spend),
      "earn.points": String(rules.earn.points),
      "channels.show": String(rules.channels.show),
      "channels.chat": String(rules.channels.chat),
      "channels.call": String(rules.channels.call),
      "channels.shop": String(rules.channels.shop),
      return_days: String(rules.return_days),
      expire_days: String(rules.expire_days),
      point_value: sum(rules.point_value),
      "redeem.least": String(rules.redeem.least),
      "redeem.most_percent": String(rules.redeem.most_percent),
      "transfer.least": String(rules.transfer.least),
      "transfer.most_day": String(rules.transfer.most_day),
      window_days: String(rules.window_days),
    },
    products: special(rules.products),
    shows: special(rules.shows),
    tiers: rules.tiers.map(({ key, name, from, multiplier, free_delivery }) => ({
      key,
      name,
      from: sum(from),
      multiplier: String(multiplier),
      free_delivery,
    })),
  };
}

export function same(one: Draft, other: Draft): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A whole number within its bounds, or null. */
export function whole(typed: string, least: number, most: number): number | null {
  const plain = typed.normalize("NFKC").replaceAll(",", "").trim();
  if (!/^\d{1,9}$/.test(plain)) return null;
  const value = Number(plain);
  return value >= least && value <= most ? value : null;
}

/**
 * The rules that a draft stands for, and what is wrong with it. With faults the rules hold, in the
 * places of what is wrong, what there was before, so that an example can still be worked.
 */
export function read(draft: Draft, before: Rules, currency: string): [Rules, Faults] {
  const faults = new Map<string, Fault>();
  const sum = (path: string, typed: string, else_: number, least = 1): number => {
    const value = toMinor(typed, currency);
    if (value !== null && value >= least) return value;
    faults.set(path, { kind: least === 0 ? "amount" : "sum" });
    return else_;
  };
  const number = (path: string, typed: string, bounds: Limits, else_: number): number => {
    if ("sum" in bounds) return sum(path, typed, else_);
    const value = whole(typed, bounds.least, bounds.most);
    if (value === null) faults.set(path, { kind: "whole", ...bounds });
    return value ?? else_;
  };
  const of = (path: NumberField, else_: number): number =>
    number(path, draft.text[path], limits[path], else_);
  const special = (name: "products" | "shows"): Record<string, number> =>
    Object.fromEntries(
      draft[name].map(({ id, percent: typed }) => [
        id,
        number(`${name}.${id}`, typed, percent, before[name][id] ?? 100),
      ]),
    );

  const tiers = draft.tiers.map((one, n): Tier => {
    const name = one.name.trim();
    if (name === "" || Array.from(name).length > most.name)
      faults.set(`tiers.${n}.name`, { kind: "name" });
    else if (draft.tiers.slice(0, n).some((other) => other.name.trim() === name))
      faults.set(`tiers.${n}.name`, { kind: "same" });
    return {
      key: one.key,
      name,
      from: sum(`tiers.${n}.from`, one.from, before.tiers[n]?.from ?? 0, 0),
      multiplier: number(`tiers.${n}.multiplier`, one.multiplier, percent, 100),
      free_delivery: one.free_delivery,
    };
  });
  tiers.forEach(({ from }, n) => {
    const least = tiers[n - 1]?.from;
    if (least !== undefined && from <= least && !faults.has(`tiers.${n}.from`))
      faults.set(`tiers.${n}.from`, { kind: "order" });
  });

  const rules: Rules = {
    on: draft.on,
    earn: {
      spend: of("earn.spend", before.earn.spend),
      points: of("earn.points", before.earn.points),
    },
    channels: Object.fromEntries(
      channels.map((one) => [one, of(`channels.${one}`, before.channels[one])]),
    ) as Record<Channel, number>,
    products: special("products"),
    shows: special("shows"),
    return_days: of("return_days", before.return_days),
    expire_days: of("expire_days", before.expire_days),
    point_value: of("point_value", before.point_value),
    redeem: {
      least: of("redeem.least", before.redeem.least),
      most_percent: of("redeem.most_percent", before.redeem.most_percent),
    },
    transfer: {
      on: draft.transfer,
      least: of("transfer.least", before.transfer.least),
      most_day: of("transfer.most_day", before.transfer.most_day),
    },
    window_days: of("window_days", before.window_days),
    tiers,
  };
  return [rules, faults];
}

/** A key for a tier that is added: `tier-3`, or the next that is free. It is never shown. */
export function freeKey(tiers: readonly { key: string }[]): string {
  let n = tiers.length + 1;
  while (tiers.some(({ key }) => key === `tier-${n}`)) n += 1;
  return `tier-${n}`;
}

// The worked example

export interface Worked {
  /** Without any multiplier, before rounding; in hundredths of a point. */
  plain: number;
  /** What it is multiplied by, in percent each, without those that change nothing. */
  by: { what: "channel" | "show" | "tier"; percent: number }[];
  /** What she earns. */
  points: number;
  /** What they pay for, in minor units. */
  worth: number;
}

/** What an order of one line of `amount` comes to, worked as the ledger does. */
export function work(
  rules: Rules,
  order: { amount: number; channel: Channel; show?: string; tier?: string },
): Worked {
  const tier = rules.tiers.find(({ key }) => key === order.tier);
  const by = [
    { what: "channel" as const, percent: rules.channels[order.channel] },
    { what: "show" as const, percent: rules.shows[order.show ?? ""] ?? 100 },
    { what: "tier" as const, percent: tier?.multiplier ?? 100 },
  ];
  // Whole numbers all the way, and one rounding at the end: as the ledger does.
  const product = by.reduce(
    (all, { percent: one }) => all * BigInt(one),
    BigInt(order.amount) * BigInt(rules.earn.points),
  );
  const points = Number(product / (BigInt(rules.earn.spend) * 100n ** BigInt(by.length)));
  return {
    plain: Math.floor((order.amount * rules.earn.points * 100) / rules.earn.spend),
    by: by.filter(({ percent: one }) => one !== 100),
    points,
    worth: points * rules.point_value,
  };
}

// A customer's place

export const most_corrected = 1_000_000;

type Place = Pick<Loyalty, "spend" | "next" | "tier" | "tiers">;

/** How far she is from her tier to the next: 0 to 1. Without a next one she is there. */
export function toNext({ spend, next, tier, tiers }: Place): number {
  if (next === null) return 1;
  const from = tiers.find(({ key }) => key === tier?.key)?.from ?? 0;
  return Math.min(1, Math.max(0, (spend - from) / Math.max(1, next.from - from)));
}

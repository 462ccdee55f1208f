/** What only staff are told of points, tiers and coupons, beside `src/wire/loyalty.ts`. */

import type { CouponKind, Loyalty, OwnCoupon, Posting, Tier, Via } from "../wire/loyalty";

/** Where something is bought. */
export type Channel = Via;

export const channels: readonly Channel[] = ["show", "chat", "call", "shop"];

/** The shop's rules. All multipliers are whole percentages. */
export interface Rules {
  on: boolean;
  earn: { spend: number; points: number };
  channels: Record<Channel, number>;
  products: Record<string, number>;
  shows: Record<string, number>;
  return_days: number;
  expire_days: number;
  /** What one point pays for. */
  point_value: number;
  /** The fewest points at once, and the greatest part of the goods that points pay for. */
  redeem: { least: number; most_percent: number };
  transfer: { on: boolean; least: number; most_day: number };
  window_days: number;
  tiers: Tier[];
}

export interface RulesVersion {
  version: number;
  rules: Rules;
  currency: string;
}

/** A coupon as staff see it. */
export interface Coupon {
  id: string;
  /** null: none has to be typed. */
  code: string | null;
  title: string;
  kind: CouponKind;
  /** Minor units, or whole percent. */
  amount: number;
  /** What a percentage comes to at most. */
  most: number | null;
  minimum: number;
  /** Taken off by itself. */
  auto: boolean;
  granted_only: boolean;
  per_customer: number;
  /** In all; null: any number. */
  uses: number | null;
  show: string | null;
  tier: string | null;
  stacks: boolean;
  starts_at: number | null;
  ends_at: number | null;
  active: boolean;
  used: number;
  reserved: number;
  granted: number;
}

/** Where a customer stands, as staff are told. */
export interface Standing extends Loyalty {
  /** The newest 20. */
  history: Posting[];
  coupons: OwnCoupon[];
}

export const paths = {
  rules: "/api/staff/loyalty/rules",
  coupons: "/api/staff/coupons",
  coupon: (id: string): string => `/api/staff/coupons/${encodeURIComponent(id)}`,
  customer: (id: string): string => `/api/staff/loyalty/customers/${encodeURIComponent(id)}`,
  corrections: (id: string): string =>
    `/api/staff/loyalty/customers/${encodeURIComponent(id)}/corrections`,
};

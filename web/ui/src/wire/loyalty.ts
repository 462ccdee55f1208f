/** What goes over the wire of points, tiers, coupons and wishes. */

import type { DeliveryKind } from "./types";

export interface Tier {
  key: string;
  name: string;
  /** Spent within the window, in minor units. */
  from: number;
  /** In per cent: 150 earns half as much again. */
  multiplier: number;
  free_delivery: boolean;
}

/** Where a customer stands. */
export interface Loyalty {
  on: boolean;
  points: {
    available: number;
    /** Earned, and hers once what she bought cannot be given back any more. */
    pending: number;
    /** Offered to friends who have not answered. */
    held: number;
    expiring: { points: number; at: number }[];
    /** When the first of what is pending becomes hers. */
    due_at: number | null;
  };
  /** What one point takes off, in minor units. */
  point_value: number;
  currency: string;
  tier: { key: string; name: string } | null;
  next: { key: string; name: string; from: number; missing: number } | null;
  /** When she loses her tier if she buys nothing; null without one, or where it stays. */
  until: number | null;
  spend: number;
  window_days: number;
  benefits: { multiplier: number; free_delivery: boolean };
  tiers: Tier[];
  transfer: { on: boolean; least: number; most_day: number; left_today: number };
  earn: { spend: number; points: number };
  expire_days: number;
}

export type PostingKind =
  | "earn"
  | "mature"
  | "redeem"
  | "unredeem"
  | "unearn"
  | "expire"
  | "offer"
  | "give"
  | "decline"
  | "correct"
  | "merge";

export interface Posting {
  id: string;
  /** One of `PostingKind`, or of a newer service's. */
  kind: string;
  /** Signed, as she sees them. */
  points: number;
  at: number;
  /** Of what is pending: when it becomes hers. */
  due_at: number | null;
  order: { id: string; number: string } | null;
  reason: string | null;
  /** The friend. */
  with: string | null;
}

export interface History {
  rows: Posting[];
  /** For `?before=`, to go on. */
  next: string | null;
}

// Coupons

export type CouponKind = "fixed" | "percent";

export interface Coupon {
  id: string;
  code: string | null;
  title: string;
  kind: CouponKind;
  /** Minor units, or per cent. */
  amount: number;
  /** The most that a percentage takes off. */
  most: number | null;
  minimum: number | null;
  ends_at: number | null;
  /** From which tier on. */
  tier: string | null;
  /** Of one show's items alone. */
  show: string | null;
}

export interface OwnCoupon extends Coupon {
  state: "usable" | "used" | "over";
  why: string | null;
}

// Checkout

export interface Discount {
  coupon: string;
  code: string | null;
  title: string;
  amount: number;
}

export interface Refused {
  code: string;
  reason: string;
  data: Record<string, unknown>;
}

export interface Quote {
  subtotal: number;
  discounts: Discount[];
  points: { used: number; value: number; most: number; available: number };
  delivery_fee: number;
  total: number;
  earns: number;
  refused: Refused[];
  offers: Coupon[];
  currency: string;
}

export interface Asked {
  claims: string[];
  lines: string[];
  fulfilment: DeliveryKind | null;
  coupons: string[];
  points: number;
}

// Wishes

export type Via = "show" | "chat" | "call" | "shop";

export interface Wish {
  product: string;
  title: string;
  picture: string | null;
  price: number;
  available: number;
  via: Via;
  at: number;
}

// Points to a friend

export interface Transfer {
  id: string;
  /** offered, accepted, declined, withdrawn or lapsed. */
  state: string;
  points: number;
  at: number;
  /** Until when it may be accepted. */
  until: number;
  /** To whom, as she typed it; of what she sent. */
  to: string | null;
  /** Who sends it; of what she got. */
  from: string | null;
}

export interface Transfers {
  sent: Transfer[];
  received: Transfer[];
}

import type { Loyalty } from "../src/wire/loyalty";

/** Who has the lower of two tiers, with `more` as she is told. */
export function standing(more: Partial<Loyalty> = {}): Loyalty {
  return {
    on: true,
    points: { available: 300, pending: 20, held: 0, expiring: [], due_at: 1_790_000_000_000 },
    point_value: 100,
    currency: "TWD",
    tier: { key: "silver", name: "Silver" },
    next: { key: "gold", name: "Gold", from: 500_000, missing: 200_000 },
    until: null,
    spend: 300_000,
    window_days: 365,
    benefits: { multiplier: 110, free_delivery: false },
    tiers: [
      { key: "silver", name: "Silver", from: 100_000, multiplier: 110, free_delivery: false },
      { key: "gold", name: "Gold", from: 500_000, multiplier: 120, free_delivery: true },
    ],
    transfer: { on: true, least: 1, most_day: 1_000, left_today: 1_000 },
    earn: { spend: 10_000, points: 1 },
    expire_days: 365,
    ...more,
  };
}

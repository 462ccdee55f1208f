import type { EventOf, EventType, RoomEvent } from "../src/wire/events";
import type { Item, Snapshot, Staff, Variant } from "../src/wire/types";

/** A small show for tests: one item of ten pieces, nothing said yet. */
export function variant(key: string | null = null, more: Partial<Variant> = {}): Variant {
  return {
    key,
    title: key ?? "",
    words: [],
    variant_id: `var_${key ?? "one"}`,
    planned: 10,
    allotment: 10,
    held: 0,
    sold: 0,
    left: 10,
    waiting: 0,
    ...more,
  };
}

export function item(id: string, more: Partial<Item> = {}): Item {
  return {
    id,
    code: id.toUpperCase(),
    title: `Item ${id}`,
    picture: null,
    product: "prd_1",
    status: "open",
    price: 28_800,
    compare_at: null,
    limit: null,
    verified_only: false,
    hold_s: 1_800,
    waiting_list: true,
    countdown_s: null,
    countdown_until: null,
    opened_at: 1,
    tier: null,
    tier_name: null,
    early_s: null,
    variants: [variant()],
    ...more,
  };
}

const staff: Staff = {
  claims: [],
  waits: [],
  muted: [],
  blocked: [],
  words: [],
  totals: {
    claims: 0,
    held: 0,
    held_minor: 0,
    sold: 0,
    sold_minor: 0,
    expired: 0,
    waiting: 0,
    viewers: 0,
    viewers_peak: 0,
  },
  winners: [],
  viewers: [],
};

export function snapshot(more: { items?: Item[]; staff?: boolean } = {}): Snapshot {
  return {
    epoch: "e1",
    offset: 10,
    at_ms: 1_000,
    show: {
      id: "shw_1",
      title: "Show",
      status: "live",
      starts_at: null,
      started_at: 1,
      ended_at: null,
      host_name: "Host",
      poster: null,
      currency: "TWD",
      slow_mode_s: 0,
      items: more.items ?? [item("i1")],
      pinned_item: null,
      pinned_comment: null,
      announcement: null,
      picture: "off",
      replay_sells: true,
      viewers: 0,
      comments: [],
      tier: null,
      tier_name: null,
      gift: null,
    },
    mine: {
      ids: ["gst_me"],
      claims: [],
      waits: [],
      refusals: [],
      unread: [],
      gifts: [],
      gift_refused: null,
      muted_until: 0,
      blocked: false,
    },
    ...(more.staff === true ? { staff } : {}),
  };
}

export function event<T extends EventType>(
  offset: number,
  type: T,
  data: EventOf<T>["data"],
  said: { name?: string; text?: string } = {},
): RoomEvent {
  return { offset, at_ms: 1_000 + offset, type, data, ...said } as RoomEvent;
}

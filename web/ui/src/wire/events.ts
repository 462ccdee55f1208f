import type { Item, PictureState, Rejection, Speaker } from "./types";

interface Slot {
  item: string;
  variant: string | null;
}

interface Pieces extends Slot {
  by: string;
  quantity: number;
}

/** What the events of a show carry, by their type. */
export interface EventData {
  "show.created": {
    title: string;
    currency: string;
    host_name: string | null;
    poster: string | null;
    starts_at: number | null;
    tier: string | null;
    tier_name: string | null;
  };
  /** null: as it was. A `tier` of "": for everyone again. */
  "show.changed": {
    title: string | null;
    host_name: string | null;
    starts_at: number | null;
    replay_sells: boolean | null;
    tier: string | null;
    tier_name: string | null;
  };
  "show.live": object;
  "show.ended": object;
  "viewers.sampled": { count: number };

  "item.added": { item: Item };
  /** New values of the fields named in `changed`. */
  "item.changed": { item: string; changed: (keyof Item)[] } & Partial<
    Pick<
      Item,
      | "title"
      | "price"
      | "compare_at"
      | "limit"
      | "verified_only"
      | "hold_s"
      | "tier"
      | "tier_name"
      | "early_s"
    >
  >;
  "item.moved": { items: string[] };
  "item.removed": { item: string };
  /** Allotments in the order of the item's variants. */
  "item.opened": { item: string; allotments: number[]; countdown_until: number | null };
  "item.closed": { item: string };
  "item.allotted": Slot & { allotment: number; planned: number };
  "item.pinned": { item: string | null };
  "item.countdown": { item: string; until: number | null };

  "picture.changed": { state: PictureState };

  "comment.posted": { by: string; role: Speaker };
  /** Its text: the pieces as she typed them, a line for each of them. */
  "comment.unread": {
    by: string;
    comment: number;
    rejections: Rejection[];
    quiet: string | null;
  };
  "comment.hidden": { comment: number };
  "comment.restored": { comment: number };
  "comment.pinned": { comment: number | null };
  "announcement.made": { on: boolean };

  /** With `wait`: what a waiter got; `wait_left` pieces are still waited for. */
  "claim.held": Pieces & {
    claim: string;
    price: number;
    until: number;
    comment: number | null;
    wait: string | null;
    wait_left: number | null;
  };
  "claim.waiting": Pieces & { wait: string; place: number; comment: number | null };
  "claim.refused": {
    by: string;
    item: string | null;
    variant: string | null;
    quantity: number | null;
    reason: string;
    comment: number | null;
    /** With `not_allowed`: the name of the tier that it takes; null where she is blocked. */
    tier: string | null;
  };
  /** `sold`: the pieces were an order's by then; else they were held, or in payment. */
  "claim.given_back": Pieces & {
    claim: string;
    remaining: number;
    price: number;
    sold: boolean;
    cause: string;
    comment: number | null;
  };
  "wait.left": Pieces & {
    wait: string;
    remaining: number;
    cause: string;
    comment: number | null;
  };
  "claim.paying": { by: string; claim: string; order: string; until: number };
  "claim.released": { by: string; claim: string; until: number };
  "claim.sold": Pieces & { claim: string; price: number };

  "gift.opened": {
    gift: string;
    keyword: string;
    coupon: string;
    title: string;
    most: number;
    /** Who is not signed in may win too. */
    guests: boolean;
  };
  /** To who won, and staff. */
  "gift.won": { gift: string; by: string; coupon: string; title: string; number: number };
  /** To who said the keyword and may not win as she is, and staff. */
  "gift.refused": { gift: string; by: string; reason: "sign_in" };
  "gift.counted": { gift: string; left: number };
  "gift.closed": { gift: string; won: number };

  "person.muted": { person: string; until: number | null };
  "person.unmuted": { person: string };
  "person.blocked": { person: string };
  "person.unblocked": { person: string };
  "person.merged": { from: string; to: string };
  "talk.erased": { person: string | null };
  "slow_mode.set": { seconds: number };
  "words.set": { words: string[] };
}

export type EventType = keyof EventData;

interface Envelope<T extends EventType> {
  offset: number;
  at_ms: number;
  type: T;
  data: EventData[T];
  /** What a person typed, and her name; missing where it is hidden or erased. */
  name?: string | null;
  text?: string | null;
}

/** One event of a show, of a kind known here; a newer service may send others. */
export type RoomEvent = { [T in EventType]: Envelope<T> }[EventType];

export type EventOf<T extends EventType> = Envelope<T>;

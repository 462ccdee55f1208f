import type { RoomEvent } from "./events";

/** What goes over the wire. Instants are epoch milliseconds, amounts integer minor units. */

// Session and shop

export type PersonKind = "nobody" | "guest" | "customer" | "staff";
export type Role = "host" | "moderator" | "rep" | "operator";
export type PaymentMethod = "pickup" | "transfer" | "card";

export interface Person {
  kind: PersonKind;
  id: string | null;
  name: string | null;
  email: string | null;
  roles: Role[];
}

export interface Shop {
  name: string;
  currency: string;
  locale: string;
  time_zone: string;
  environment: string;
}

export interface Session {
  person: Person;
  shop: Shop;
  payments: PaymentMethod[];
  card_is_test: boolean;
  notices: boolean;
}

// Shows

export type ShowStatus = "draft" | "scheduled" | "live" | "ended";

export interface ShowCard {
  id: string;
  title: string;
  status: ShowStatus;
  starts_at: number | null;
  started_at: number | null;
  ended_at: number | null;
  host_name: string | null;
  poster: string | null;
  items: number;
  viewers: number;
  /** A members' show: the key of the tier from which on one may enter. */
  tier: string | null;
  tier_name: string | null;
}

export interface Variant {
  key: string | null;
  title: string;
  words: string[][];
  variant_id: string;
  /** What will be asked of the shop when the item opens. */
  planned: number;
  allotment: number;
  held: number;
  sold: number;
  left: number;
  waiting: number;
}

export interface Item {
  id: string;
  code: string;
  title: string;
  picture: string | null;
  /** The shop's, of which it is an offer. */
  product: string;
  status: "ready" | "open" | "closed";
  price: number;
  compare_at: number | null;
  limit: number | null;
  /** For customers whose e-mail address is known to be theirs, not for guests. */
  verified_only: boolean;
  hold_s: number;
  waiting_list: boolean;
  countdown_s: number | null;
  countdown_until: number | null;
  opened_at: number | null;
  /** The key of a tier: only its members, and those above, may claim. */
  tier: string | null;
  tier_name: string | null;
  /** With a tier: seconds after opening for which it is theirs alone; null for ever. */
  early_s: number | null;
  variants: Variant[];
}

export interface Outcome {
  kind: "held" | "waiting" | "given_back";
  item: string;
  variant: string | null;
  quantity: number;
  claim: string | null;
  wait: string | null;
  place: number | null;
  later: null | "given_back" | "sold" | "held";
}

export type Speaker = "viewer" | "host" | "moderator";

export interface Comment {
  offset: number;
  at_ms: number;
  by: string;
  role: Speaker;
  name: string | null;
  text: string | null;
  hidden: boolean;
  outcomes: Outcome[];
}

export type PictureState = "off" | "on" | "away";

export interface Show {
  id: string;
  title: string;
  status: ShowStatus;
  starts_at: number | null;
  started_at: number | null;
  ended_at: number | null;
  host_name: string | null;
  poster: string | null;
  currency: string;
  slow_mode_s: number;
  items: Item[];
  pinned_item: string | null;
  pinned_comment: Comment | null;
  announcement: { offset: number; text: string } | null;
  /** Whether a picture is being sent; `away`: the host's line broke, and she is waited for. */
  picture: PictureState;
  /** What the shop still has of the items may be ordered from the replay. */
  replay_sells: boolean;
  viewers: number;
  comments: Comment[];
  /** A members' show: the key of the tier from which on one may enter. */
  tier: string | null;
  tier_name: string | null;
  gift: Gift | null;
}

/** A give-away that is open: the first `most` whose whole comment is the keyword win. */
export interface Gift {
  id: string;
  /** What is won, in words. */
  title: string;
  keyword: string;
  most: number;
  /** Who is not signed in may win too. */
  guests: boolean;
  left: number;
}

/** What she won: a coupon in her wallet. `number`: hers was the so-manieth. */
export interface Won {
  gift: string;
  coupon: string;
  title: string;
  number: number;
}

export interface Winner {
  gift: string;
  title: string;
  by: string;
  name: string | null;
  number: number;
  at_ms: number;
}

export type ClaimState = "held" | "paying" | "sold";

export interface Claim {
  id: string;
  item: string;
  variant: string | null;
  quantity: number;
  price: number;
  state: ClaimState;
  until: number | null;
  order: string | null;
  comment: number | null;
  at_ms: number;
}

export interface Wait {
  id: string;
  item: string;
  variant: string | null;
  quantity: number;
  place: number;
  comment: number | null;
  at_ms: number;
}

export interface Refusal {
  offset: number;
  at_ms: number;
  comment: number | null;
  item: string | null;
  variant: string | null;
  quantity: number | null;
  reason: string;
  /** With `not_allowed`: the name of the tier that it takes; null where she is blocked. */
  tier: string | null;
}

export interface Near {
  item: string;
  code: string;
  variant: string | null;
}

export interface Rejection {
  reason: string;
  item: string | null;
  code: string | null;
  quantity: number | null;
  nearest: Near[];
}

export interface Unread {
  offset: number;
  at_ms: number;
  comment: number;
  rejections: Rejection[];
  /** The pieces as she typed them, a line for each of them. */
  typed: string | null;
  quiet: string | null;
}

export interface Mine {
  /** All ids that count as hers. */
  ids: string[];
  claims: Claim[];
  waits: Wait[];
  refusals: Refusal[];
  unread: Unread[];
  /** The newest 20. */
  gifts: Won[];
  /** The last give-away of which she was told that she has to sign in for it. */
  gift_refused: string | null;
  muted_until: number | null;
  blocked: boolean;
}

export interface StaffClaim {
  kind: "held" | "waiting" | "refused" | "unread" | "given_back";
  offset: number;
  at_ms: number;
  by: string;
  name: string | null;
  item: string | null;
  variant: string | null;
  quantity: number | null;
  claim: string | null;
  wait: string | null;
  state: string | null;
  until: number | null;
  reason: string | null;
  comment: number | null;
  typed: string | null;
}

export interface Totals {
  claims: number;
  held: number;
  held_minor: number;
  sold: number;
  sold_minor: number;
  expired: number;
  waiting: number;
  viewers: number;
  viewers_peak: number;
}

export interface StaffWait {
  id: string;
  by: string;
  name: string | null;
  item: string;
  variant: string | null;
  quantity: number;
  at_ms: number;
}

export interface Staff {
  claims: StaffClaim[];
  waits: StaffWait[];
  muted: { person: string; name: string | null; until: number | null }[];
  blocked: { person: string; name: string | null }[];
  words: string[];
  totals: Totals;
  /** Who won what, the newest 200, oldest first. */
  winners: Winner[];
  viewers: [at_ms: number, count: number][];
}

export interface Snapshot {
  epoch: string;
  offset: number;
  at_ms: number;
  show: Show;
  mine: Mine;
  staff?: Staff;
}

// Room

/** Of a show's room, or of another that has its own kinds of event. */
export interface Frame<E = RoomEvent> {
  epoch: string;
  from: number;
  to: number;
  at_ms: number;
  events: E[];
}

export interface Pulse {
  viewers: number;
  hearts: number;
}

export interface WireProblem {
  code: string;
  message: string;
  retryable: boolean;
  data: Record<string, unknown>;
}

export interface Done<E = RoomEvent> {
  ok: true;
  /** The span of the log that it became; null where nothing had to happen. */
  first: number | null;
  last: number | null;
  events: E[];
  repeated: boolean;
}

export type Answer<T> = ({ ok: true } & T) | { ok: false; error: WireProblem };

// Shop

export interface ProductVariant {
  id: string;
  sku: string;
  title: string;
  options: Record<string, string>;
  price: number;
  compare_at: number | null;
  available: number;
}

export interface Product {
  id: string;
  title: string;
  description: string | null;
  pictures: string[];
  options: { name: string; values: string[] }[];
  variants: ProductVariant[];
  /** Of one product asked for by itself: pieces by variant and place. */
  stock?: {
    places: { id: string; name: string }[];
    pieces: Record<string, Record<string, number>>;
  };
}

export interface CartClaim {
  id: string;
  show: string;
  show_title: string;
  item: string;
  code: string;
  title: string;
  variant_title: string | null;
  picture: string | null;
  quantity: number;
  unit_price: number;
  until: number | null;
  state: "held" | "paying";
  /** The order that it is being paid for in. */
  order?: string | null;
}

export interface CartLine {
  id: string;
  variant_id: string;
  title: string;
  variant_title: string | null;
  picture: string | null;
  quantity: number;
  unit_price: number;
  available: number;
}

export type DeliveryKind = "home" | "store" | "pickup";

export interface Location {
  id: string;
  name: string;
  address: string | null;
  hours: string | null;
}

export interface Delivery {
  kind: DeliveryKind;
  fee: number;
  free_from: number | null;
  locations?: Location[];
}

export interface Contact {
  name: string;
  phone: string;
  email?: string | null;
}

export const chains = ["7-ELEVEN", "FamilyMart", "Hi-Life", "OK"] as const;
export type Chain = (typeof chains)[number];

export type Fulfilment =
  | { kind: "home"; postcode?: string | null; city: string; address: string }
  | { kind: "store"; chain: Chain; store_code: string; store_name: string }
  | { kind: "pickup"; location: string };

export interface Cart {
  currency: string;
  claims: CartClaim[];
  lines: CartLine[];
  subtotal: number;
  free_delivery_from: number | null;
  deliveries: Delivery[];
  remembered: { contact?: Contact | null; fulfilment?: Fulfilment | null };
}

export type OrderState =
  | "awaiting_payment"
  | "placed"
  | "paid"
  | "ready"
  | "handed_out"
  | "cancelled"
  | "refunded"
  | "lapsed";

export interface OrderLine {
  title: string;
  variant_title: string | null;
  picture: string | null;
  code: string | null;
  quantity: number;
  unit_price: number;
  amount: number;
  show?: string | null;
}

export interface Order {
  id: string;
  number: string;
  state: OrderState;
  payment: {
    method: PaymentMethod;
    state: string;
    due_at: number | null;
    account?: string | Record<string, string> | null;
  };
  placed_at: number;
  contact: Contact;
  /** Of a pick-up also the location itself, as it was then. */
  fulfilment: Fulfilment & { name?: string | null; address?: string | null; hours?: string | null };
  lines: OrderLine[];
  subtotal: number;
  discounts?: Taken[];
  points?: OrderPoints;
  delivery_fee: number;
  total: number;
  currency: string;
  history: { at: number; state: OrderState; by: "customer" | "staff" | "system"; note?: string }[];
  may: { cancel: boolean; pay: boolean };
  note?: string | null;
}

/** What a coupon took off an order. */
export interface Taken {
  title: string;
  code: string | null;
  amount: number;
}

export interface OrderPoints {
  /** Points that she used, and what they took off. */
  used: number;
  value: number;
  /** What it earns. */
  earns: number;
  /** none, expected (once it is paid), pending, earned, or undone with the order. */
  earned_state: string;
}

export interface OrderCard {
  id: string;
  number: string;
  state: OrderState;
  placed_at: number;
  total: number;
  currency: string;
  discounts?: Taken[];
  points?: OrderPoints;
  lines?: OrderLine[];
}

export type StaffAct = "confirm-payment" | "ready" | "hand-out" | "cancel" | "refund";

export interface StaffOrder extends Order {
  /** What staff may do with it as it stands. */
  acts?: StaffAct[];
  customer?: { id: string; name: string | null; email: string | null } | null;
}

import type { Change, ChangeState } from "../chat/wire";
import type { Stand } from "../room/line";
import type { CartClaim, CartLine } from "../wire/types";

/** What goes over the wire of a call, as `src/wire/types.ts` says it of a show. */

export type Side = "customer" | "staff";

/** In the queue, a rep is rung, a rep asks her, both talk, it is over. */
export type Phase = "waiting" | "ringing" | "invited" | "talking" | "ended";

export type EndCause =
  | "hung_up"
  | "left"
  | "lost"
  /** She wants to be called back. */
  | "callback"
  /** She went to the chat instead. */
  | "chat"
  | "declined"
  | "unanswered";

export type MissCause = "declined" | "timeout" | "gone";

/** What she was looking at when she asked. */
export interface About {
  show: string | null;
  item: string | null;
  product: string | null;
  /** In the lists of staff. */
  title?: string | null;
}

export interface CallCard {
  offset: number;
  product: string;
  by: Side;
}

/** A change of her cart, by her or by the rep. */
export interface Changed {
  offset: number;
  at_ms: number;
  by: Side;
  name: string | null;
  change: Change;
  state: ChangeState;
  /** Why it was not made, or not undone. */
  code: string | null;
}

/** One of the call's own words. */
export interface Said {
  offset: number;
  at_ms: number;
  from: Side;
  name: string | null;
  /** null where it was erased. */
  text: string | null;
}

export interface Ordered {
  id: string;
  number: string;
  total: number;
  currency: string;
}

export interface CallView {
  id: string;
  customer: string;
  name: string | null;
  phase: Phase;
  by: Side;
  asked_at: number;
  locale: string;
  about: About | null;
  topic: string | null;
  text: string | null;
  booking: string | null;
  /** Who is rung, invites or talks. */
  staff: { id: string; name: string | null } | null;
  /** The rep whom it is meant for. */
  wanted: string | null;
  /** Of a ring or an invitation. */
  until: number | null;
  answered_at: number | null;
  ended_at: number | null;
  cause: EndCause | null;
  ended_by: Side | "system" | null;
  /** The page of each side that counts. */
  seats: Record<Side, string | null>;
  /** Since when the page of a side is gone. */
  gone: Record<Side, number | null>;
  /** What is shown now. */
  card: CallCard | null;
  /** Products that were shown, in the order of their first time. */
  shown: string[];
  /** The newest, oldest first. */
  changes: Changed[];
  said: Said[];
  /** The newest of `orders`. */
  order: Ordered | null;
  orders: Ordered[];
  rated: { score: number; text: string | null } | null;
}

export interface Notes {
  text: string | null;
  at_ms: number;
}

export interface CallSnapshot extends Stand {
  call: CallView;
  mine: object;
  staff?: { notes: Notes | null };
}

// Events

export interface CallEventData {
  "call.asked": {
    customer: string;
    by: Side;
    locale: string;
    about: About | null;
    topic: string | null;
    booking: string | null;
    wanted: string | null;
  };
  "call.invited": { staff: string; until: number };
  "call.rung": { staff: string; until: number };
  "call.unanswered": { staff: string; cause: MissCause };
  "call.answered": { staff: string };
  "call.joined": { side: Side; seat: string };
  "call.left": { side: Side; seat: string };
  "card.shown": { product: string; by: Side };
  "card.hidden": { by: Side };
  "change.asked": { change: Change; by: Side; staff: string | null };
  "change.made": { of: number; code: string | null };
  "change.undo_asked": { of: number; by: Side };
  "change.undone": { of: number; code: string | null };
  "call.said": { from: Side; by: string };
  "note.written": { staff: string };
  "order.placed": { order: string; number: string; total: number; currency: string };
  "call.ended": { cause: EndCause; by: Side | "system" };
  "callback.done": { staff: string };
  "call.rated": { score: number };
  "person.merged": { from: string; to: string };
  "talk.erased": { person: string | null };
}

export type CallEventType = keyof CallEventData;

interface Envelope<T extends CallEventType> {
  offset: number;
  at_ms: number;
  type: T;
  data: CallEventData[T];
  /** What was typed, and the name of who did it; missing where it was erased. */
  name?: string | null;
  text?: string | null;
}

export type CallEvent = { [T in CallEventType]: Envelope<T> }[CallEventType];

export type CallEventOf<T extends CallEventType> = Envelope<T>;

// What is done in it

export type CallAct =
  | { type: "say"; text: string }
  | { type: "hang_up" }
  | { type: "change"; kind: "cart.add" | "cart.remove"; variant: string; quantity: number }
  | { type: "undo"; offset: number }
  | { type: "show"; product: string }
  | { type: "hide" }
  // Of the customer
  | { type: "leave" }
  | { type: "callback"; text?: string }
  | { type: "chat" }
  /** Takes, or does not take, an invitation. */
  | { type: "accept" }
  /** Of the rep: does not take a call that rings. */
  | { type: "decline" }
  | { type: "rate"; score: number; text?: string }
  // Of the rep
  | { type: "answer" }
  | { type: "note"; text: string }
  | { type: "called_back" };

// What goes past the log

export interface Description {
  type: "offer" | "answer" | "rollback";
  sdp: string;
}

export interface Candidate {
  candidate: string;
  sdpMid: string | null;
  sdpMLineIndex: number | null;
  usernameFragment: string | null;
}

/** What a page says of what it sends. */
export interface SentState {
  mic: boolean;
  camera: boolean;
  screen: boolean;
  /** Its line is bad: it sends its sound alone. */
  weak: boolean;
}

export interface Signal {
  description?: Description;
  candidates?: Candidate[];
  state?: SentState;
}

/** As it comes: from that seat of the other side. */
export interface Signalled extends Signal {
  from: string;
}

export interface Ice {
  servers: { urls: string[]; username?: string; credential?: string }[];
  expires_at: number;
}

/** Desks that take calls now, with those that a call takes up; and those that none does. */
export interface Desks {
  open: number;
  free: number;
}

/** Where she stands in the line; null where the service cannot say how long it takes. */
export interface Place {
  place: number;
  least_ms: number | null;
  most_ms: number | null;
  desks: Desks;
}

// HTTP

/** The line as everybody may know it. */
export interface Queue {
  open: boolean;
  opens_at: number | null;
  desks: Desks;
  /** Somebody could answer her now. */
  free: boolean;
  waiting: number;
  least_ms: number | null;
  most_ms: number | null;
}

/** What a page may say before a call. */
export interface Consult extends Queue {
  /** Her own call that is not over. */
  call: string | null;
  topics: string[];
  bookable: boolean;
}

export interface Summary {
  id: string;
  phase: Phase;
  cause: EndCause | null;
  customer: string;
  staff: { id: string; name: string | null } | null;
  name: string | null;
  asked_at: number;
  answered_at: number | null;
  ended_at: number | null;
  until: number | null;
  cards: string[];
  changes: Changed[];
  orders: Ordered[];
  rated: { score: number; text: string | null } | null;
  /** For staff alone. */
  notes?: Notes | null;
  text: string | null;
}

/** The cart that both see. */
export interface SharedCart {
  lines: CartLine[];
  claims: CartClaim[];
  currency: string;
  subtotal: number;
  free_delivery_from: number | null;
}

// What staff see

export interface CallRow {
  id: string;
  customer: string;
  name: string | null;
  phase: Phase;
  asked_at: number;
  answered_at: number | null;
  ended_at: number | null;
  staff: string | null;
  staff_name: string | null;
  until: number | null;
  wanted: string | null;
  topic: string | null;
  locale: string;
  about: About | null;
  booking: string | null;
  text: string | null;
}

export interface Board {
  /** The call that rings at this rep. */
  rings: CallRow | null;
  mine: CallRow | null;
  waiting: CallRow[];
  /** Who wants to be called back and was not yet. */
  callbacks: CallRow[];
  /** Reps who could answer. */
  there: string[];
}

import type { Stand } from "../room/line";

/** What goes over the wire of a conversation, as `src/wire/types.ts` says it of a show. */

export type Side = "customer" | "staff";

/** Who speaks in it; the bot is on nobody's side. */
export type Speaker = Side | "bot";

/** Who answers: nobody has asked yet, the bot, it waits for a person, a person has it, it is done. */
export type Control = "new" | "bot" | "queued" | "human" | "resolved";

/** Something shown beside words; pages ask for the rest by its id. */
export interface Card {
  kind: "product" | "order" | "article" | "image" | "call" | "consult";
  id: string;
  /** Of what pages cannot look up: an article's, an order's number. */
  title: string | null;
  /** Of an image, in pixels. */
  width: number | null;
  height: number | null;
}

/** What she may press instead of writing. */
export interface Button {
  key: string;
  label: string;
  kind: "say" | "confirm" | "decline" | "handover";
  means: string | null;
}

/** What is changed for her. */
export interface Change {
  kind: "cart.add" | "cart.remove" | "order.cancel";
  title: string;
  variant: string | null;
  quantity: number | null;
  order: string | null;
}

/** What she was looking at when she asked; all of it as it was then. */
export interface About {
  show: string | null;
  item: string | null;
  product: string | null;
  /** Of what she asks now, and in the list of staff; the thread holds the ids alone. */
  title?: string | null;
}

interface Placed {
  offset: number;
  at_ms: number;
}

export interface Message extends Placed {
  kind: "message";
  from: Speaker;
  by: string;
  name: string | null;
  /** null where it was erased, or where something was shown without a word. */
  text: string | null;
  about: About | null;
  cards: Card[];
  buttons: Button[];
  /** The button that says this. */
  pressed: { offset: number; key: string } | null;
  /** Until when its proposal may be confirmed, if it has one. */
  expires_at: number | null;
}

/** Something shown that nobody said: an invitation to a call, or what became of one. */
export interface Posted extends Placed {
  kind: "posted";
  cards: Card[];
  /** It is news to the customer. */
  unread: boolean;
}

export interface Opened extends Placed {
  kind: "opened";
  round: number;
  by: Side;
}

export interface Taken extends Placed {
  kind: "taken";
  staff: string;
  name: string | null;
  /** The service gave it to her. */
  assigned: boolean;
}

export type ReleaseCause = "transfer" | "unanswered";

export interface Released extends Placed {
  kind: "released";
  cause: ReleaseCause;
  to: string | null;
}

export type HandoverCause =
  "asked" | "missed" | "feelings" | "policy" | "failed" | "callback" | "off";

/** The bot leaves it to people: now, or to be called back. */
export interface HandedOver extends Placed {
  kind: "handed_over";
  cause: HandoverCause;
  callback_at: number | null;
}

export type ChangeState = "asked" | "done" | "refused" | "undoing" | "undone" | "kept";

/** A change of her cart or order, by the bot as she confirmed it, or by staff. */
export interface Changed extends Placed {
  kind: "change";
  change: Change;
  staff: string | null;
  name: string | null;
  state: ChangeState;
  /** Why it was not made, or not undone. */
  code: string | null;
}

export interface Resolved extends Placed {
  kind: "resolved";
  cause: "staff" | "idle";
  staff: string | null;
  name: string | null;
}

export interface Promised extends Placed {
  kind: "promised";
  opens_at: number | null;
  place: number;
}

/** One entry of the thread. */
export type Entry =
  Message | Posted | Opened | Taken | Released | HandedOver | Changed | Resolved | Promised;

export interface Conversed {
  id: string;
  customer: string;
  name: string | null;
  control: Control;
  staff: { id: string; name: string | null } | null;
  round: number;
  opened_at: number | null;
  /** Since when she waits for an answer. */
  waiting_since: number | null;
  about: About | null;
  /** In which her page spoke to her last. */
  locale: string | null;
  /** When a person is to come back to her; the bot answers until then. */
  callback_at: number | null;
  promised: { opens_at: number | null; place: number } | null;
  /** How far each side has read. */
  read: Record<Side, number>;
  rated: { score: number; text: string | null } | null;
  /** The newest, oldest first; `more` are to be had before them. */
  lines: Entry[];
  more: boolean;
}

export interface Note {
  offset: number;
  at_ms: number;
  staff: string;
  name: string | null;
  text: string | null;
}

/** What a rep is handed by the bot. */
export interface Packet {
  cause: HandoverCause;
  locale: string;
  intents: string[];
  cards: Card[];
}

/** What the bot would have said. */
export interface Draft {
  upto: number;
  text: string | null;
  cards: Card[];
}

export interface ChatSnapshot extends Stand {
  conversation: Conversed;
  mine: object;
  staff?: { tags: string[]; notes: Note[]; packet: Packet | null; draft: Draft | null };
}

// Events

export interface ChatEventData {
  "conversation.created": { customer: string };
  "conversation.opened": { round: number; by: Side; about: About | null; bot: boolean };
  "message.sent": {
    from: Speaker;
    by: string;
    about: About | null;
    locale: string | null;
    cards: Card[];
    buttons: Button[];
    pressed: { offset: number; key: string } | null;
    upto: number | null;
    expires_at: number | null;
  };
  "card.posted": { card: Card; by: "system"; unread: boolean; idle_at: number | null };
  "conversation.handed_over": { cause: HandoverCause; callback_at: number | null };
  "handover.packed": Packet;
  "bot.drafted": { upto: number; cards: Card[] };
  "change.asked": { change: Change; of: number | null; staff: string | null };
  "change.made": { of: number; code: string | null };
  "change.undo_asked": { of: number };
  "change.undone": { of: number; code: string | null };
  "conversation.taken": { staff: string; assigned: boolean };
  "conversation.released": { staff: string; cause: ReleaseCause; to: string | null };
  "conversation.resolved": { staff: string | null; cause: "staff" | "idle" };
  "conversation.promised": { opens_at: number | null; place: number };
  "messages.read": { side: Side; upto: number };
  "conversation.rated": { score: number };
  "note.added": { staff: string };
  "tags.set": { tags: string[]; staff: string };
  "person.merged": { from: string; to: string };
  "talk.erased": { person: string | null };
}

export type ChatEventType = keyof ChatEventData;

interface Envelope<T extends ChatEventType> extends Placed {
  type: T;
  data: ChatEventData[T];
  /** What was typed, and the name of who did it; missing where it was erased. */
  name?: string | null;
  text?: string | null;
}

export type ChatEvent = { [T in ChatEventType]: Envelope<T> }[ChatEventType];

export type ChatEventOf<T extends ChatEventType> = Envelope<T>;

/** Somebody is writing; shown for a few seconds. */
export interface Typing {
  side: Speaker;
  name: string | null;
}

/** The bot's words so far to her messages up to `upto`; null takes them back. */
export interface Streaming {
  upto: number;
  text: string | null;
}

// HTTP

export interface Hours {
  open: boolean;
  /** When it closes, while it is open. */
  until: number | null;
  opens_at: number | null;
  /** No hours were set: nobody promised a time. */
  always: boolean;
}

export interface Chat {
  conversation: string | null;
  unread: number;
  hours: Hours;
  /** The bot answers first. */
  bot: boolean;
}

export interface Older {
  lines: Entry[];
  more: boolean;
}

// What staff see

export type StaffAct =
  | { type: "take"; from: string | null }
  | { type: "transfer"; to: string | null }
  | { type: "resolve" }
  | { type: "note"; text: string }
  | { type: "tag"; tags: string[] }
  | { type: "cart"; variant: string; quantity: number };

export type Queue = "waiting" | "mine" | "all" | "resolved";

export interface Row {
  id: string;
  customer: string;
  name: string | null;
  control: Control;
  staff: string | null;
  staff_name: string | null;
  round: number;
  opened_at: number | null;
  waiting_since: number | null;
  last_at: number;
  last: { from: Speaker; text: string | null } | null;
  unread: number;
  tags: string[];
  promised_at: number | null;
  callback_at: number | null;
  about: About | null;
}

export interface Counts {
  waiting: number;
  mine: number;
}

export interface Inbox {
  conversations: Row[];
  counts: Counts;
}

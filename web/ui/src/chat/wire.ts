import type { Stand } from "../room/line";

/** What goes over the wire of a conversation, as `src/wire/types.ts` says it of a show. */

export type Side = "customer" | "staff";

/** Who answers: nobody has asked yet, it waits for a person, a person has it, it is done. */
export type Control = "new" | "queued" | "human" | "resolved";

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
  from: Side;
  by: string;
  name: string | null;
  /** null where it was erased, or where a product was sent without a word. */
  text: string | null;
  product: string | null;
  about: About | null;
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
}

export type ReleaseCause = "transfer" | "unanswered";

export interface Released extends Placed {
  kind: "released";
  cause: ReleaseCause;
  to: string | null;
}

export interface Resolved extends Placed {
  kind: "resolved";
  cause: "staff" | "idle";
  name: string | null;
}

export interface Promised extends Placed {
  kind: "promised";
  opens_at: number | null;
  place: number;
}

/** One entry of the thread. */
export type Entry = Message | Opened | Taken | Released | Resolved | Promised;

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

export interface ChatSnapshot extends Stand {
  conversation: Conversed;
  mine: object;
  staff?: { tags: string[]; notes: Note[] };
}

// Events

export interface ChatEventData {
  "conversation.created": { customer: string };
  "conversation.opened": { round: number; by: Side; about: About | null };
  "message.sent": { from: Side; by: string; product: string | null; about: About | null };
  "conversation.taken": { staff: string };
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
  side: Side;
  name: string | null;
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
  | { type: "tag"; tags: string[] };

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
  last: { from: Side; text: string | null } | null;
  unread: number;
  tags: string[];
  promised_at: number | null;
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

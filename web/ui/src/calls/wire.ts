import type { Customer } from "../desk/wire";
import type { About } from "../consult/wire";

/** What only the desk is told of calls, beside what `src/consult/wire.ts` says. */

/** The customer of a call, with her conversation where she has one. */
export interface CallCustomer extends Customer {
  conversation: string | null;
}

/** Where how many pieces of a product lie. */
export interface Stock {
  places: { id: string; name: string }[];
  /** By variant and place. */
  pieces: Record<string, Record<string, number>>;
}

/** An appointment as staff see it. */
export interface Booking {
  id: string;
  state: "booked" | "cancelled" | "held";
  starts_at: number;
  ends_at: number;
  topic: string | null;
  locale: string;
  staff: { id: string; name: string | null };
  name: string | null;
  email?: string | null;
  about: About | null;
  text: string | null;
  call: string | null;
}

/** How calls went; durations in ms, null where there is none to rank. */
export interface CallFiguresOf {
  calls: number;
  /** Rings that were left unanswered. */
  missed: number;
  wait_p50_ms: number | null;
  wait_p90_ms: number | null;
  length_p50_ms: number | null;
  rated: { count: number; mean: number | null };
  /** Calls in which something was bought, and which percentage of all they are. */
  ordered: number;
  converted: number | null;
  /** By currency, in minor units. */
  totals: Record<string, number>;
}

export interface CallFigures {
  days: number;
  whole: boolean;
  team: CallFiguresOf;
  mine: CallFiguresOf;
  /** Calls that nobody answered. */
  lost: number;
  /** For operators alone. */
  reps: ({ id: string; name: string | null } & CallFiguresOf)[];
}

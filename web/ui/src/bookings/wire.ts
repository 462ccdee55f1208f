import type { About } from "../consult/wire";

/** What goes over the wire of bookings. */

export type BookingState = "booked" | "cancelled" | "held";

export interface Booking {
  id: string;
  /** `held`: somebody of the shop answered its call. */
  state: BookingState;
  starts_at: number;
  ends_at: number;
  topic: string | null;
  locale: string;
  staff: { id: string; name: string | null };
  name: string | null;
  /** For herself and the shop's people, not for whoever has the link. */
  email: string | null;
  about: About | null;
  text: string | null;
  call: string | null;
  may: { move: boolean; cancel: boolean; enter: boolean };
}

/** With the link's signed part: whoever has it may move and cancel. */
export interface OwnBooking extends Booking {
  token: string;
}

export interface Booked {
  booking: Booking;
  token: string;
}

export interface Slots {
  slots: number[];
  /** The shop's. */
  time_zone: string;
}

export const lengths = [15, 30, 45, 60] as const;
export type Minutes = (typeof lengths)[number];

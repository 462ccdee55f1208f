import type { About } from "../chat/wire";
import type { OrderState, Role } from "../wire/types";

/** What only the desk is told, beside what `src/chat/wire.ts` says of a conversation. */

/** A customer as her pane shows her. */
export interface Customer {
  person: {
    id: string;
    name: string | null;
    email: string | null;
    since: number | null;
    kind: "guest" | "customer";
  };
  cart: { lines: CartLine[]; currency: string };
  claims: Claim[];
  orders: OrderLine[];
  shows: { id: string; title: string }[];
  /** What she asks about in this round, by the name that it goes by now. */
  about: About | null;
}

export interface CartLine {
  variant_id: string;
  title: string;
  variant_title: string | null;
  picture: string | null;
  quantity: number;
  unit_price: number;
}

export interface Claim {
  show_title: string;
  code: string;
  title: string;
  quantity: number;
  state: string;
  until: number | null;
}

export interface OrderLine {
  id: string;
  number: string;
  status: OrderState;
  total: number;
  currency: string;
  at_ms: number;
}

/** A canned reply; `{name}`, `{staff}` and `{shop}` in it are filled before it is sent. */
export interface CannedReply {
  id: string;
  title: string;
  text: string;
}

export interface Colleague {
  id: string;
  name: string;
  roles: Role[];
  here: boolean;
  away: boolean;
  languages: string[];
  skills: string[];
}

/** What a rep speaks and knows, how much she is given at once, and whether she is away. */
export interface Profile {
  languages: string[];
  skills: string[];
  most: number;
  away: boolean;
}

/** A rep as operators see her. */
export interface Rep extends Profile {
  id: string;
  name: string;
  here: boolean;
  /** Conversations that she has. */
  busy: number;
}

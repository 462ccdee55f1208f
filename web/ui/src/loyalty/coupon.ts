import { toMinor } from "../i18n/format";
import { whole } from "./rules";
import type { Coupon } from "./wire";

export const most = { title: 60, code: 24, per_customer: 100, uses: 1_000_000 };

/** How a customer comes by it: by a code, by itself, or because it was given to her. */
export type Way = "code" | "auto" | "granted";

/** A new coupon as it is being written. */
export interface Draft {
  title: string;
  way: Way;
  code: string;
  kind: Coupon["kind"];
  amount: string;
  most: string;
  minimum: string;
  per_customer: string;
  uses: string;
  tier: string;
  show: string;
  stacks: boolean;
  starts_at: string;
  ends_at: string;
}

export type Field = keyof Draft;

export type Fault =
  | "title"
  | "code"
  | "sum"
  | "percent"
  | "perCustomer"
  | "uses"
  | "fewer"
  | "moment"
  | "endsFirst"
  | "over"
  | "taken"
  | "step"
  | "refused";

export const empty: Draft = {
  title: "",
  way: "code",
  code: "",
  kind: "fixed",
  amount: "",
  most: "",
  minimum: "",
  per_customer: "1",
  uses: "",
  tier: "",
  show: "",
  stacks: false,
  starts_at: "",
  ends_at: "",
};

/** What the service is sent of a new coupon. */
export type New = Omit<Coupon, "id" | "active" | "used" | "reserved" | "granted">;

/** What of a coupon may still be changed. */
export interface Change {
  title?: string;
  ends_at?: number | null;
  uses?: number | null;
  active?: boolean;
}

/** A code as the service keeps it: wide signs as plain ones, upper case, without spaces. */
export function asCode(typed: string): string {
  return typed.normalize("NFKC").toUpperCase().replaceAll(/\s+/g, "");
}

/** What a field of a date and time holds, in ms; null where it is empty, NaN where it is none. */
export function momentOf(typed: string): number | null {
  return typed === "" ? null : new Date(typed).getTime();
}

/** An instant as a field of a date and time shows it, in the reader's own time. */
export function asMoment(at: number | null): string {
  if (at === null) return "";
  const own = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return own.toISOString().slice(0, 16);
}

/** The coupon that a draft stands for, and what is wrong with it; with faults it holds no sense. */
export function read(draft: Draft, currency: string, now: number): [New, Map<Field, Fault>] {
  const faults = new Map<Field, Fault>();
  const sum = (field: "amount" | "most" | "minimum", else_: number | null): number | null => {
    if (draft[field].trim() === "" && field !== "amount") return else_;
    const value = toMinor(draft[field], currency);
    if (value === null || value === 0) faults.set(field, "sum");
    return value;
  };
  const title = draft.title.trim();
  if (title === "" || Array.from(title).length > most.title) faults.set("title", "title");
  const code = asCode(draft.code);
  if (draft.way === "code" && !/^[A-Z0-9-]{3,24}$/.test(code)) faults.set("code", "code");
  let amount: number | null;
  if (draft.kind === "fixed") amount = sum("amount", null);
  else {
    amount = whole(draft.amount, 1, 100);
    if (amount === null) faults.set("amount", "percent");
  }
  const per_customer = whole(draft.per_customer, 1, most.per_customer);
  if (per_customer === null) faults.set("per_customer", "perCustomer");
  const uses = draft.uses.trim() === "" ? null : whole(draft.uses, 1, most.uses);
  if (draft.uses.trim() !== "" && uses === null) faults.set("uses", "uses");
  const starts_at = momentOf(draft.starts_at);
  const ends_at = momentOf(draft.ends_at);
  if (Number.isNaN(starts_at)) faults.set("starts_at", "moment");
  if (Number.isNaN(ends_at)) faults.set("ends_at", "moment");
  else if (ends_at !== null && ends_at <= now) faults.set("ends_at", "over");
  else if (ends_at !== null && starts_at !== null && ends_at <= starts_at)
    faults.set("ends_at", "endsFirst");
  const coupon: New = {
    title,
    code: draft.way === "code" ? code : null,
    auto: draft.way === "auto",
    granted_only: draft.way === "granted",
    kind: draft.kind,
    amount: amount ?? 0,
    most: draft.kind === "percent" ? sum("most", null) : null,
    minimum: sum("minimum", 0) ?? 0,
    per_customer: per_customer ?? 1,
    uses,
    tier: draft.tier === "" ? null : draft.tier,
    show: draft.show === "" ? null : draft.show,
    stacks: draft.stacks,
    starts_at,
    ends_at,
  };
  return [coupon, faults];
}

/** What is still to be changed of one that is there. */
export type Edited = Pick<Draft, "title" | "uses" | "ends_at">;

export function asEdited({ title, uses, ends_at }: Coupon): Edited {
  return { title, uses: uses === null ? "" : String(uses), ends_at: asMoment(ends_at) };
}

/** What was changed, and what is wrong with it. */
export function readEdited(edited: Edited, coupon: Coupon): [Change, Map<Field, Fault>] {
  const faults = new Map<Field, Fault>();
  const change: Change = {};
  const title = edited.title.trim();
  if (title === "" || Array.from(title).length > most.title) faults.set("title", "title");
  else if (title !== coupon.title) change.title = title;
  const uses = edited.uses.trim() === "" ? null : whole(edited.uses, 1, most.uses);
  if (edited.uses.trim() !== "" && uses === null) faults.set("uses", "uses");
  else if (uses !== null && uses < coupon.used + coupon.reserved) faults.set("uses", "fewer");
  else if (uses !== coupon.uses) change.uses = uses;
  if (edited.ends_at !== asMoment(coupon.ends_at)) {
    const ends_at = momentOf(edited.ends_at);
    if (Number.isNaN(ends_at)) faults.set("ends_at", "moment");
    else if (ends_at !== null && coupon.starts_at !== null && ends_at <= coupon.starts_at)
      faults.set("ends_at", "endsFirst");
    else change.ends_at = ends_at;
  }
  return [change, faults];
}

export type State = "running" | "coming" | "stopped" | "over" | "gone";

/** What a coupon is good for now. */
export function stateOf(coupon: Coupon, now: number): State {
  if (!coupon.active) return "stopped";
  if (coupon.ends_at !== null && coupon.ends_at <= now) return "over";
  if (coupon.uses !== null && coupon.used + coupon.reserved >= coupon.uses) return "gone";
  if (coupon.starts_at !== null && coupon.starts_at > now) return "coming";
  return "running";
}

type Worth = Pick<Coupon, "kind" | "amount" | "most" | "minimum">;

/** What it takes off goods of `price`; 0 below its minimum. Never more than the goods. */
export function takesOff({ kind, amount, most: cap, minimum }: Worth, price: number): number {
  if (price < minimum) return 0;
  if (kind === "fixed") return Math.min(amount, price);
  return Math.min(Math.floor((price * amount) / 100), cap ?? price, price);
}

/**
 * Goods at which a coupon shows what it does: at least its minimum, and where a percentage has a
 * cap, more than what reaches it. In whole hundreds of the currency's unit.
 */
export function tellingPrice(coupon: Worth, unit: number): number {
  const { kind, amount, most: cap, minimum } = coupon;
  const least = kind === "fixed" ? amount * 4 : cap === null ? 0 : Math.ceil((cap * 100) / amount);
  const step = 100 * unit;
  return Math.max(10 * step, Math.ceil(Math.max(least, minimum) / step) * step);
}

/** One minor unit as the currency counts them: 100 for TWD, 1 for JPY. */
export function unitOf(currency: string): number {
  return toMinor("1", currency) ?? 1;
}

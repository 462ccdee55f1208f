import type { CallRow, Changed } from "../consult/wire";
import { d } from "../i18n/desk";
import { left } from "../i18n/format";
import { k } from "../i18n/calls";
import { problemWords } from "../i18n/problems";
import { Problem } from "../wire/http";
import { lastOf, since } from "./rows";

/** 0:42, 12:08: how long something has taken. */
export function lastedWords(at: number, now: number): string {
  return left(since(at, now));
}

/** What a call is about, as far as she said; "" where she said nothing. */
export function aboutWords({ about, topic }: Pick<CallRow, "about" | "topic">): string {
  if (about?.title != null) return k.lookedAt(about.title);
  return topic ?? "";
}

/** "Oolong × 2" */
export function pieces({ change: { title, quantity } }: Changed): string {
  return quantity === null ? title : k.pieces(title, quantity);
}

/** Who made a line of the cart what it is, as the rep who goes by `own` reads it. */
export function whoPut(
  changes: readonly Changed[],
  variant: string,
  quantity: number,
  own: string,
): string {
  const last = lastOf(changes, variant);
  if (last === null) return k.before;
  const { by, name, change } = last;
  const all = change.kind === "cart.add" && change.quantity === quantity;
  if (by === "customer") return all ? k.herPut : k.herChanged(quantity);
  if (!all) return k.youChanged(quantity);
  return name === null || name === own ? k.youPut : k.staffPut(name);
}

/** That something of the cart was not done, and why. */
export function refusedWords(changed: Changed): string {
  return k.notDone(pieces(changed), d.whyNot[changed.code ?? ""] ?? d.whyNotElse);
}

/** What went wrong with a call, as it is told at the desk. */
export function callWords(problem: unknown): string {
  if (!(problem instanceof Problem)) return problemWords(problem);
  const { code, data } = problem;
  switch (code) {
    case "taken":
      return k.notTaken(typeof data.name === "string" ? data.name : d.noName);
    case "call_over":
      return k.over;
    case "in_a_call":
      return k.inACall;
    case "unknown_product":
      return d.gone;
    default:
      return problemWords(problem);
  }
}

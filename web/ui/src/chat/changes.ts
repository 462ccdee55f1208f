import { c } from "../i18n/chat";
import { problemWords } from "../i18n/problems";
import { Problem } from "../wire/http";
import type { Change, Changed, Entry } from "./wire";

/** The cart changes with it, so that pages show it anew. */
export function inCart({ kind }: Change): boolean {
  return kind !== "order.cancel";
}

/** "Oolong × 2", or the number of an order. */
export function what({ kind, title, quantity }: Change): string {
  return kind === "order.cancel" || quantity === null ? title : c.pieces(title, quantity);
}

/** What became of a change, in a line. */
export function changeWords({ change, staff, name, state }: Changed): string {
  const words = c.changes[change.kind];
  const named = what(change);
  switch (state) {
    case "done":
    case "kept":
      return staff !== null && change.kind === "cart.add"
        ? c.putBy(name ?? c.staff, named)
        : words.done(named);
    default:
      return words[state](named);
  }
}

/** Why it was not made, or could not be undone; null where there is nothing to explain. */
export function changeWhy({ state, code }: Changed): string | null {
  switch (state) {
    case "refused":
      return whyNot(code);
    case "kept":
      return c.cannotUndo(whyNot(code));
    default:
      return null;
  }
}

/** Why something could not be done, by the shop's code for it. */
function whyNot(code: string | null): string {
  return c.whyNot[code ?? ""] ?? c.whyNotElse;
}

/** What was changed so far, as one text: another one means that the shop has something new to show. */
export function settled(lines: readonly Entry[]): string {
  return lines
    .flatMap((line) =>
      line.kind === "change" && (line.state === "done" || line.state === "undone")
        ? [`${line.offset} ${line.state}`]
        : [],
    )
    .join();
}

/** What went wrong with a press or an undoing, as it is told to her. */
export function pressWords(problem: unknown): string {
  if (!(problem instanceof Problem)) return problemWords(problem);
  switch (problem.code) {
    case "proposal_over":
      return c.offerOver;
    case "unknown_button":
      return c.offerGone;
    case "unknown_change":
    case "not_undoable":
      return c.cannotUndo(whyNot("not_undoable"));
    default:
      return problemWords(problem);
  }
}

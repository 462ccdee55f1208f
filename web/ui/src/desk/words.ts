import type { Change, Changed, HandedOver } from "../chat/wire";
import { d } from "../i18n/desk";
import { soon } from "./times";

/** "Oolong × 2", or the number of an order. */
function what({ kind, title, quantity }: Change): string {
  return kind === "order.cancel" || quantity === null ? title : d.pieces(title, quantity);
}

function whyNot(code: string | null): string {
  return d.whyNot[code ?? ""] ?? d.whyNotElse;
}

/** What became of a change for the customer, as the rep whose id is `own` reads it. */
export function changeWords({ change, staff, name, state, code }: Changed, own: string): string {
  const words = d.changes[change.kind];
  const named = what(change);
  switch (state) {
    case "done":
      if (staff === null || change.kind !== "cart.add") return words.done(named);
      return staff === own ? d.youPut(named) : d.putBy(name ?? "", named);
    case "refused":
      return `${words.refused(named)}（${whyNot(code)}）`;
    case "kept":
      return d.notUndone(`${named}（${whyNot(code)}）`);
    default:
      return words[state](named);
  }
}

/** That the bot left it to people: at once, or from a time that was promised. */
export function handedOverWords({ cause, callback_at, at_ms }: HandedOver): string {
  const why = d.handoverCauses[cause];
  return callback_at === null
    ? d.handedOver(why)
    : d.handedOverUntil(soon(callback_at, at_ms), why);
}

/** What the bot took her for, each once; what is no wish of its own is left out. */
export function wishes(intents: readonly string[]): string[] {
  const none = new Set(["greet", "thanks", "bye", "yes", "no", "other", "human"]);
  return intents
    .filter((intent) => !none.has(intent))
    .flatMap((intent) => {
      const words = d.intents[intent];
      return words === undefined ? [] : [words];
    });
}

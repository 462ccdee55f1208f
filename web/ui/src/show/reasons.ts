import { clock, money } from "../i18n/format";
import { m } from "../i18n/index";
import type { Loyalty } from "../wire/loyalty";
import type { Refusal, Rejection, Show } from "../wire/types";
import { door, itemOf } from "./reading";

/** Why a piece of a comment, as she typed it, was no order: a sentence to its writer. */
export function rejectionWords(rejection: Rejection, typed: string, show: Show): string {
  const { reason, item, code, nearest } = rejection;
  const text = withoutQuantity(typed);
  const named = code ?? itemOf(show, item)?.code ?? text;
  switch (reason) {
    case "unknown_item":
      return nearest.length === 0 ? m.noSuchItemHere(text) : m.noSuchItem(text);
    case "ambiguous_item":
      return m.whichItem;
    case "needs_variant":
      return m.whichVariant(named);
    case "unknown_variant":
      return m.noSuchVariant(text, named);
    case "item_closed":
      return itemOf(show, item)?.status === "ready" ? m.notOpenYet(named) : m.notOnSale(named);
    case "quantity_out_of_range":
      return m.tooManyAsked(typed);
    case "question":
      return m.aQuestion;
    case "not_an_order":
      return m.notAnOrder(text);
    case "replace_not_supported":
      return m.noReplacing;
    default:
      return m.notUnderstood(text);
  }
}

/** Why a claim was refused, as a sentence to whom it was refused. */
export function refusalWords(refusal: Refusal, show: Show): string {
  const { reason, item, quantity, tier } = refusal;
  const one = itemOf(show, item);
  const named = one?.code ?? "";
  switch (reason) {
    case "limit_reached":
      return m.overLimit(named, one?.limit ?? null, quantity ?? 0);
    case "contact_needed":
      return m.contactNeeded(named);
    case "sold_out":
      return m.allGone(named);
    case "item_closed":
      return one?.status === "ready" ? m.notOpenYet(named) : m.notOnSale(named);
    case "show_not_live":
      return m.notLive;
    case "not_allowed":
      return tier === null ? m.notAllowed : membersWords(refusal, tier, show);
    case "unknown_item":
      return m.noSuchItem(named);
    case "unknown_variant":
      return m.whichVariant(named);
    case "nothing_to_give_back":
      return m.nothingToGiveBack(named);
    case "in_payment":
      return m.inPayment(named);
    default:
      return m.somethingWrong;
  }
}

/** For whom it is; and from when on for all, where it only is theirs first. */
function membersWords({ item, at_ms }: Refusal, tier: string, show: Show): string {
  const one = itemOf(show, item);
  const until = one === null ? null : (door(one, at_ms)?.until ?? null);
  const code = one?.code ?? "";
  return until === null
    ? m.refusedTier(code, tier)
    : m.refusedEarly(code, tier, clock(until, true));
}

/** What she has yet to spend for a tier, by its name; "" where that is not known. */
export function missingWords(standing: Loyalty | null, name: string): string {
  const tier = standing?.tiers.find((one) => one.name === name);
  if (standing == null || tier === undefined || tier.from <= standing.spend) return "";
  return m.tierAway(money(tier.from - standing.spend, standing.currency), name);
}

/** "A10+2" → "A10": what she is asked about is the item, not how many. */
function withoutQuantity(text: string): string {
  return text.replace(/[\s+＋xX×*=]+\d{1,4}\s*$/, "") || text;
}

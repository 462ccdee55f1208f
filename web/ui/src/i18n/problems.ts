import { Problem } from "../wire/http";
import { m } from "./index";

/** What went wrong, as a sentence; a code not known here gets the general one. */
export function problemWords(problem: unknown): string {
  if (!(problem instanceof Problem)) return m.somethingWrong;
  const { code, data } = problem;
  switch (code) {
    case "offline":
      return m.notReached;
    case "unavailable":
      return m.busyNow;
    case "rate_limited":
      return m.tooFast(Math.max(1, Math.ceil(Number(data.retry_after_ms ?? 1_000) / 1000)));
    case "too_large":
      return m.tooLong;
    case "too_many_waiting":
      return m.tooManyWaiting;
    case "forbidden":
      return m.mayNot;
    case "not_signed_in":
      return m.signInFirst;
    case "not_found":
      return m.notThere;
    case "conflict":
      return m.changedMeanwhile;
    case "wrong_code":
      return m.wrongCode(typeof data.tries_left === "number" ? data.tries_left : null);
    case "code_expired":
      return m.codeExpired;
    case "wrong_password":
      return m.wrongPassword;
    case "claim_expired":
      return m.claimExpired;
    case "claim_in_payment":
      return m.claimInPayment;
    case "price_changed":
      return m.priceChanged;
    case "out_of_stock":
      return m.outOfStock;
    case "empty_checkout":
      return m.emptyCheckout;
    case "blocked":
      return m.notAllowed;
    case "muted":
      return m.youAreMuted;
    case "slow_mode":
      return m.tooFast(Math.max(1, Math.ceil(Number(data.retry_after_ms ?? 1_000) / 1000)));
    case "blocked_words":
      return m.noSuchWords;
    case "show_ended":
      return m.showIsOver;
    case "show_not_live":
      return m.notLive;
    case "quantity_out_of_range":
      return m.tooMany;
    case "cart_changed":
      return m.cartChanged;
    case "cart_full":
      return m.cartFull;
    case "too_many_wishes":
      return m.wishesFull;
    case "too_many_unpaid":
      return m.tooManyUnpaid;
    case "order_state":
      return m.orderMovedOn;
    case "internal":
      return m.internal(typeof data.incident === "string" ? data.incident : "");
    default:
      return m.somethingWrong;
  }
}

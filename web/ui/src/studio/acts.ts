import { y } from "../i18n/loyalty-staff";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { s } from "../i18n/staff";
import type { Room } from "../room/connection";
import { Problem } from "../wire/http";
import type { RoomEvent } from "../wire/events";
import type { Role, Session } from "../wire/types";

/** What staff tell the room to do; each act is on record there. */
export interface Acts {
  run(act: Record<string, unknown> & { type: string }): Promise<boolean>;
  moderate(act: Record<string, unknown> & { type: string }): Promise<boolean>;
  comment(text: string): Promise<boolean>;
}

/** Sends acts to a room; a refusal is told through `say`, and answered with false. */
export function actsIn(room: Room, say: (words: string) => void): Acts {
  const give = async (
    event: "run" | "moderate" | "comment",
    body: Record<string, unknown>,
  ): Promise<boolean> => {
    try {
      const { events } = await room.send(event, body);
      const why = refusal(events);
      if (why !== null) say(why);
      return why === null;
    } catch (problem) {
      say(actWords(problem));
      return false;
    }
  };
  return {
    run: (act) => give("run", { do: act }),
    moderate: (act) => give("moderate", { do: act }),
    comment: (text) => give("comment", { text }),
  };
}

/** What of a claim by hand was not granted, and why; null where all of it was. */
function refusal(events: readonly RoomEvent[]): string | null {
  let [got, rest] = [0, 0];
  const reasons = new Set<string>();
  for (const { type, data } of events) {
    if (type === "claim.refused") {
      rest += data.quantity ?? 0;
      reasons.add(
        data.tier == null ? (s.refusals[data.reason] ?? data.reason) : y.refusedForTier(data.tier),
      );
    } else if (type === "claim.waiting" || (type === "claim.held" && data.wait === null)) {
      got += data.quantity; // who was served from the line has been counted there
    }
  }
  return reasons.size === 0 ? null : s.gotPart(got, got + rest, [...reasons].join(m.comma));
}

/** What went wrong, as staff are told; codes that only they meet, then the general ones. */
export function actWords(problem: unknown): string {
  if (!(problem instanceof Problem)) return problemWords(problem);
  const { code, data } = problem;
  switch (code) {
    case "code_taken":
      return s.codeTaken;
    case "out_of_stock":
      return s.notEnoughStock;
    case "allotment_in_use":
      return s.cannotLower(typeof data.least === "number" ? data.least : 0);
    case "item_was_open":
      return s.takenFirst;
    case "bad_price":
      return s.badPrice;
    case "too_many_items":
      return s.tooManyItems;
    case "in_payment":
    case "already_ordered":
      return s.notHeldAnyMore;
    case "gift_is_open":
      return y.giftIsOpen;
    case "unknown_coupon":
      return y.unknownCoupon;
    case "keyword_orders":
      return y.keywordOrders;
    case "unknown_tier":
      return y.unknownTier;
    case "unknown_person":
      return s.unknownPerson;
    default:
      return problemWords(problem);
  }
}

export function may(session: Session | null, ...roles: Role[]): boolean {
  return session?.person.roles.some((role) => roles.includes(role)) ?? false;
}

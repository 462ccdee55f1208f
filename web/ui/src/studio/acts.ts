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
    asked = 0,
  ): Promise<boolean> => {
    try {
      const { events } = await room.send(event, body);
      const refused = events.find(({ type }) => type === "claim.refused");
      if (refused?.type === "claim.refused") {
        const { quantity, reason } = refused.data;
        say(s.refused(quantity ?? 0, s.refusals[reason] ?? reason));
        return event === "comment"; // it was said, even if nothing was granted
      }
      const missing = asked - granted(events);
      if (missing <= 0) return true;
      say(s.gotLess(asked - missing, missing));
      return false;
    } catch (problem) {
      say(actWords(problem));
      return false;
    }
  };
  return {
    run: (act) => give("run", { do: act }),
    // A claim by hand is granted as far as it may be.
    moderate: (act) =>
      give("moderate", { do: act }, act.type === "claim.add" ? Number(act.quantity) : 0),
    comment: (text) => give("comment", { text }),
  };
}

/** The pieces that came to be held or waited for. */
function granted(events: readonly RoomEvent[]): number {
  return events.reduce(
    (all, { type, data }) =>
      type === "claim.held" || type === "claim.waiting" ? all + data.quantity : all,
    0,
  );
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
    case "unknown_person":
      return s.unknownPerson;
    default:
      return problemWords(problem);
  }
}

export function may(session: Session | null, ...roles: Role[]): boolean {
  return session?.person.roles.some((role) => roles.includes(role)) ?? false;
}

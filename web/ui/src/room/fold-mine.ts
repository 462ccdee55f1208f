import type { EventOf, RoomEvent } from "../wire/events";
import type { Claim, Mine, Wait } from "../wire/types";

const most_told = 20;

/** Whether an event is about this person, under any of her ids. */
export function isHers({ ids }: Mine, { data }: RoomEvent): boolean {
  const of = "by" in data ? data.by : "person" in data ? data.person : null;
  return of !== null && ids.includes(of);
}

/** What concerns one person alone, after one more event. */
export function foldMine(mine: Mine, event: RoomEvent): Mine {
  // Others who leave the line bring her forward.
  const moved = inLine(mine, event);
  if (!isHers(mine, event)) return moved;
  switch (event.type) {
    case "claim.held": {
      const { wait, wait_left } = event.data;
      return {
        ...moved,
        claims: [...moved.claims, heldClaim(event)],
        waits: wait === null ? moved.waits : remaining(moved.waits, wait, wait_left ?? 0),
      };
    }
    case "claim.waiting":
      return { ...moved, waits: [...moved.waits, waitOf(event)] };
    case "claim.given_back":
      return { ...mine, claims: remaining(mine.claims, event.data.claim, event.data.remaining) };
    case "wait.left":
      return { ...moved, waits: remaining(moved.waits, event.data.wait, event.data.remaining) };
    case "claim.paying": {
      const { claim, order, until } = event.data;
      return onClaim(mine, claim, { state: "paying", order, until });
    }
    case "claim.released":
      return onClaim(mine, event.data.claim, {
        state: "held",
        order: null,
        until: event.data.until,
      });
    case "claim.sold":
      return onClaim(mine, event.data.claim, { state: "sold" });
    case "claim.refused": {
      const { comment, item, variant, quantity, reason, tier } = event.data;
      const { offset, at_ms } = event;
      const refusal = { offset, at_ms, comment, item, variant, quantity, reason, tier };
      return { ...mine, refusals: [...mine.refusals, refusal].slice(-most_told) };
    }
    case "comment.unread": {
      const { comment, rejections, quiet } = event.data;
      const { offset, at_ms } = event;
      const typed = event.text ?? null;
      const unread = { offset, at_ms, comment, rejections, typed, quiet };
      return { ...mine, unread: [...mine.unread, unread].slice(-most_told) };
    }
    case "gift.won": {
      const { gift, coupon, title, number } = event.data;
      return { ...mine, gifts: [...mine.gifts, { gift, coupon, title, number }].slice(-most_told) };
    }
    case "gift.refused":
      return { ...mine, gift_refused: event.data.gift };
    case "person.muted":
      return { ...mine, muted_until: event.data.until };
    case "person.unmuted":
      return { ...mine, muted_until: 0 };
    case "person.blocked":
      return { ...mine, blocked: true };
    case "person.unblocked":
      return { ...mine, blocked: false };
    default:
      return mine;
  }
}

function heldClaim({ at_ms, data }: EventOf<"claim.held">): Claim {
  const { claim, item, variant, quantity, price, until, comment } = data;
  return {
    id: claim,
    item,
    variant,
    quantity,
    price,
    state: "held",
    until,
    order: null,
    comment,
    at_ms,
  };
}

function waitOf({ at_ms, data }: EventOf<"claim.waiting">): Wait {
  const { wait, item, variant, quantity, place, comment } = data;
  return { id: wait, item, variant, quantity, place, comment, at_ms };
}

/**
 * Her places after somebody left the line for good. A wait's id ends in the offset at which it
 * joined, so the smaller one stands before.
 */
function inLine(mine: Mine, event: RoomEvent): Mine {
  if (mine.waits.length === 0) return mine;
  let gone: string | null = null;
  if (event.type === "wait.left" && event.data.remaining === 0) gone = event.data.wait;
  if (event.type === "claim.held" && event.data.wait !== null && (event.data.wait_left ?? 0) === 0)
    gone = event.data.wait;
  if (gone === null || !("item" in event.data) || !("variant" in event.data)) return mine;
  const { item, variant } = event.data;
  const place = joined(gone);
  return {
    ...mine,
    waits: mine.waits.map((wait) =>
      wait.item === item && wait.variant === variant && joined(wait.id) > place
        ? { ...wait, place: wait.place - 1 }
        : wait,
    ),
  };
}

function joined(wait: string): number {
  return Number(wait.slice(wait.lastIndexOf(".") + 1));
}

function onClaim(mine: Mine, id: string, change: Partial<Claim>): Mine {
  return {
    ...mine,
    claims: mine.claims.map((claim) => (claim.id === id ? { ...claim, ...change } : claim)),
  };
}

function remaining<T extends { id: string; quantity: number }>(
  all: T[],
  id: string,
  quantity: number,
): T[] {
  return all.flatMap((one) => {
    if (one.id !== id) return [one];
    return quantity > 0 ? [{ ...one, quantity }] : [];
  });
}

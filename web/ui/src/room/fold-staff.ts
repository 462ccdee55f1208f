import type { EventOf, RoomEvent } from "../wire/events";
import type { Show, Staff, StaffClaim, Totals } from "../wire/types";

const most_claims = 200;
const most_samples = 720;
const most_winners = 200;

/** What staff see beside the show, after one more event. `show` is as it was before it. */
export function foldStaff(staff: Staff, event: RoomEvent, show: Show): Staff {
  switch (event.type) {
    case "claim.held": {
      const { quantity, price, until, wait, wait_left } = event.data;
      return {
        ...told(staff, { ...line(event, "held", show), state: "held", until }),
        waits: wait === null ? staff.waits : fewer(staff.waits, wait, wait_left ?? 0),
        totals: sum(staff.totals, {
          claims: 1,
          held: quantity,
          held_minor: quantity * price,
          waiting: wait === null ? 0 : -quantity,
        }),
      };
    }
    case "claim.waiting": {
      const { wait, by, item, variant, quantity } = event.data;
      const one = { id: wait, by, name: event.name ?? null, item, variant, quantity };
      return {
        ...told(staff, line(event, "waiting", show)),
        waits: [...staff.waits, { ...one, at_ms: event.at_ms }],
        totals: sum(staff.totals, { waiting: quantity }),
      };
    }
    case "claim.refused":
      return told(staff, { ...line(event, "refused", show), reason: event.data.reason });
    case "comment.unread": {
      const { rejections } = event.data;
      if (rejections.length === 0) return staff;
      const reason = rejections.map((one) => one.reason).join(",");
      return told(staff, { ...line(event, "unread", show), reason });
    }
    case "claim.given_back":
      return givenBack(staff, event, show);
    case "wait.left": {
      const { wait, quantity, remaining, cause } = event.data;
      return {
        ...told(staff, { ...line(event, "given_back", show), reason: cause }),
        waits: fewer(staff.waits, wait, remaining),
        totals: sum(staff.totals, { waiting: -quantity }),
      };
    }
    case "claim.paying":
      return became(staff, event.data.claim, "paying", event.data.until);
    case "claim.released":
      return became(staff, event.data.claim, "held", event.data.until);
    case "claim.sold": {
      const { claim, quantity, price } = event.data;
      const until =
        staff.claims.find((one) => one.kind === "held" && one.claim === claim)?.until ?? null;
      const minor = quantity * price;
      return {
        ...became(staff, claim, "sold", until),
        totals: sum(staff.totals, {
          held: -quantity,
          held_minor: -minor,
          sold: quantity,
          sold_minor: minor,
        }),
      };
    }
    case "comment.hidden":
    case "comment.restored": {
      const typed = event.text ?? null;
      return {
        ...staff,
        claims: staff.claims.map((one) =>
          one.comment === event.data.comment ? { ...one, typed } : one,
        ),
      };
    }
    case "person.muted": {
      const { person, until } = event.data;
      const [known, name] = named(staff, person, event.name);
      return { ...known, muted: stand(known.muted, { person, name, until }) };
    }
    case "person.blocked": {
      const { person } = event.data;
      const [known, name] = named(staff, person, event.name);
      return { ...known, blocked: stand(known.blocked, { person, name }) };
    }
    case "person.unmuted":
      return { ...staff, muted: without(staff.muted, event.data.person) };
    case "person.unblocked":
      return { ...staff, blocked: without(staff.blocked, event.data.person) };
    case "words.set":
      return { ...staff, words: event.data.words };
    case "gift.won": {
      const { gift, title, by, number } = event.data;
      const winner = { gift, title, by, name: event.name ?? null, number, at_ms: event.at_ms };
      return { ...staff, winners: [...staff.winners, winner].slice(-most_winners) };
    }
    case "viewers.sampled": {
      const { count } = event.data;
      const viewers_peak = Math.max(staff.totals.viewers_peak, count);
      const sample: [number, number] = [event.at_ms, count];
      return {
        ...staff,
        viewers: [...staff.viewers, sample].slice(-most_samples),
        totals: { ...staff.totals, viewers: count, viewers_peak },
      };
    }
    default:
      return staff;
  }
}

type Told =
  | "claim.held"
  | "claim.waiting"
  | "claim.refused"
  | "claim.given_back"
  | "wait.left"
  | "comment.unread";

/** A line of the studio's list of claims: who, of what, and what she typed. */
function line(event: EventOf<Told>, kind: StaffClaim["kind"], { comments }: Show): StaffClaim {
  const { offset, at_ms } = event;
  const data: Partial<EventOf<"claim.held">["data"]> & { by: string } = {
    ...(event.data as { by: string }),
  };
  const comment = comments.find((one) => one.offset === data.comment);
  return {
    kind,
    offset,
    at_ms,
    by: data.by,
    name: event.name ?? null,
    item: data.item ?? null,
    variant: data.variant ?? null,
    quantity: data.quantity ?? null,
    claim: data.claim ?? null,
    wait: data.wait ?? null,
    reason: null,
    comment: data.comment ?? null,
    typed: comment?.text ?? null,
    state: null,
    until: null,
  };
}

function told(staff: Staff, one: StaffClaim): Staff {
  return { ...staff, claims: [...staff.claims, one].slice(-most_claims) };
}

function givenBack(staff: Staff, event: EventOf<"claim.given_back">, show: Show): Staff {
  const { claim, quantity, price, remaining, sold, cause } = event.data;
  const minor = quantity * price;
  const after = told(staff, { ...line(event, "given_back", show), reason: cause });
  return {
    ...(remaining === 0 ? became(after, claim, null, null) : after),
    totals: sum(staff.totals, {
      ...(sold ? { sold: -quantity, sold_minor: -minor } : { held: -quantity, held_minor: -minor }),
      expired: cause === "expired" ? quantity : 0,
    }),
  };
}

/** What the line that granted a claim says of it now; nothing where it is no more. */
function became(staff: Staff, claim: string, state: string | null, until: number | null): Staff {
  return {
    ...staff,
    claims: staff.claims.map((one) =>
      one.kind === "held" && one.claim === claim ? { ...one, state, until } : one,
    ),
  };
}

/** The name a person now goes by in what was decided about her; also the name itself. */
function named(staff: Staff, person: string, said?: string | null): [Staff, string | null] {
  const known = [...staff.muted, ...staff.blocked].find((one) => one.person === person);
  const name = said ?? known?.name ?? null;
  const call = <T extends { person: string; name: string | null }>(all: T[]): T[] =>
    all.map((one) => (one.person === person ? { ...one, name } : one));
  return [{ ...staff, muted: call(staff.muted), blocked: call(staff.blocked) }, name];
}

function stand<T extends { person: string }>(all: T[], entry: T): T[] {
  return [...without(all, entry.person), entry].sort((one, other) =>
    one.person < other.person ? -1 : 1,
  );
}

function without<T extends { person: string }>(all: T[], person: string): T[] {
  return all.filter((one) => one.person !== person);
}

function fewer(waits: Staff["waits"], id: string, remaining: number): Staff["waits"] {
  return waits.flatMap((wait) => {
    if (wait.id !== id) return [wait];
    return remaining > 0 ? [{ ...wait, quantity: remaining }] : [];
  });
}

function sum(totals: Totals, by: Partial<Totals>): Totals {
  const after = { ...totals };
  for (const [key, value] of Object.entries(by) as [keyof Totals, number][]) after[key] += value;
  return after;
}

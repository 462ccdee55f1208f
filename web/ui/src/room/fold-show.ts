import type { EventOf, RoomEvent } from "../wire/events";
import type { Comment, Item, Outcome, Show, Variant } from "../wire/types";

const most_comments = 100;

/** What everyone sees of the show, after one more event. */
export function foldShow(show: Show, event: RoomEvent): Show {
  switch (event.type) {
    case "show.created": {
      const { title, currency, host_name, poster, starts_at, tier, tier_name } = event.data;
      const status = starts_at === null ? "draft" : "scheduled";
      const told = { title, currency, host_name, poster, starts_at, tier, tier_name };
      return { ...show, ...told, status };
    }
    case "show.changed": {
      const { data } = event;
      const starts_at = data.starts_at ?? show.starts_at;
      return {
        ...show,
        title: data.title ?? show.title,
        host_name: data.host_name ?? show.host_name,
        replay_sells: data.replay_sells ?? show.replay_sells,
        ...(data.tier === null ? {} : { tier: data.tier || null, tier_name: data.tier_name }),
        starts_at,
        status: show.status === "draft" && starts_at !== null ? "scheduled" : show.status,
      };
    }
    case "show.live":
      return { ...show, status: "live", started_at: event.at_ms };
    case "show.ended":
      return {
        ...show,
        status: "ended",
        ended_at: event.at_ms,
        pinned_item: null,
        picture: "off",
      };
    case "gift.opened": {
      const { gift, title, keyword, most, guests } = event.data;
      return { ...show, gift: { id: gift, title, keyword, most, guests, left: most } };
    }
    case "gift.counted": {
      const { gift, left } = event.data;
      return show.gift?.id === gift ? { ...show, gift: { ...show.gift, left } } : show;
    }
    case "gift.closed":
      return { ...show, gift: null };
    case "picture.changed":
      return { ...show, picture: event.data.state };
    case "viewers.sampled":
      return { ...show, viewers: event.data.count };
    case "slow_mode.set":
      return { ...show, slow_mode_s: event.data.seconds };
    case "announcement.made":
      return { ...show, announcement: announced(event) };

    case "item.added":
      return { ...show, items: [...show.items, added(event.data.item)] };
    case "item.changed": {
      const { item, changed, ...values } = event.data;
      const news = Object.fromEntries(
        Object.entries(values).filter(([key]) => named(changed, key)),
      );
      return onItem(show, item, (one) => ({ ...one, ...news }));
    }
    case "item.moved":
      return { ...show, items: inOrder(show.items, event.data.items) };
    case "item.removed": {
      const { item } = event.data;
      return {
        ...show,
        items: show.items.filter(({ id }) => id !== item),
        pinned_item: show.pinned_item === item ? null : show.pinned_item,
      };
    }
    case "item.opened": {
      const { item, allotments, countdown_until } = event.data;
      return onItem(show, item, (one) => ({
        ...one,
        status: "open",
        opened_at: event.at_ms,
        countdown_until,
        variants: one.variants.map((variant, index) =>
          counted({ ...variant, allotment: allotments[index] ?? variant.allotment }),
        ),
      }));
    }
    case "item.closed":
      return onItem(show, event.data.item, (one) => ({
        ...one,
        status: "closed",
        countdown_until: null,
      }));
    case "item.allotted": {
      const { allotment, planned } = event.data;
      return onVariant(show, event.data, (variant) => ({ ...variant, allotment, planned }));
    }
    case "item.pinned":
      return { ...show, pinned_item: event.data.item };
    case "item.countdown": {
      const { item, until } = event.data;
      return onItem(show, item, (one) => ({ ...one, countdown_until: until }));
    }

    case "comment.posted":
      return { ...show, comments: [...show.comments, posted(event)].slice(-most_comments) };
    case "comment.hidden": {
      const { comment } = event.data;
      const blank = { hidden: true, name: null, text: null };
      const after = onComment(show, comment, (one) => ({ ...one, ...blank }));
      const pinned = show.pinned_comment?.offset === comment;
      return pinned ? { ...after, pinned_comment: null } : after;
    }
    case "comment.restored": {
      const { name = null, text } = event;
      if (text == null) return show;
      return onComment(show, event.data.comment, (one) => ({ ...one, hidden: false, name, text }));
    }
    case "comment.pinned":
      return { ...show, pinned_comment: pinned(show, event.data.comment) };

    case "claim.held":
      return held(show, event);
    case "claim.waiting": {
      const { item, variant, quantity, wait, place, comment } = event.data;
      const after = onVariant(show, event.data, (one) => ({
        ...one,
        waiting: one.waiting + quantity,
      }));
      return told(after, comment, {
        ...none,
        kind: "waiting",
        item,
        variant,
        quantity,
        wait,
        place,
      });
    }
    case "claim.given_back": {
      const { claim, quantity, remaining } = event.data;
      const from = event.data.sold ? "sold" : "held";
      let after = onVariant(show, event.data, (one) => ({
        ...one,
        [from]: one[from] - quantity,
      }));
      if (remaining === 0) after = onOutcomes(after, ofClaim(claim), { later: "given_back" });
      return gaveBack(after, event.data);
    }
    case "wait.left": {
      const { wait, quantity, remaining } = event.data;
      let after = onVariant(show, event.data, (one) => ({
        ...one,
        waiting: one.waiting - quantity,
      }));
      const inVain = (one: Outcome): boolean => one.wait === wait && one.claim === null;
      if (remaining === 0) after = onOutcomes(after, inVain, { later: "given_back" });
      return gaveBack(after, event.data);
    }
    case "claim.sold": {
      const { claim, quantity } = event.data;
      const after = onVariant(show, event.data, (one) => ({
        ...one,
        held: one.held - quantity,
        sold: one.sold + quantity,
      }));
      return onOutcomes(after, ofClaim(claim), { later: "sold" });
    }
    default:
      return show;
  }
}

/** What may be claimed now: nothing while people wait, since they come first. */
export function free({ allotment, held, sold, waiting }: Variant): number {
  return waiting > 0 ? 0 : Math.max(0, allotment - held - sold);
}

const none = { claim: null, wait: null, place: null, later: null };

function held(show: Show, { data }: EventOf<"claim.held">): Show {
  const { item, variant, quantity, claim, wait, comment } = data;
  const after = onVariant(show, data, (one) => ({
    ...one,
    held: one.held + quantity,
    waiting: wait === null ? one.waiting : one.waiting - quantity,
  }));
  if (wait !== null) {
    return onOutcomes(after, (one) => one.wait === wait, { later: "held", claim });
  }
  return told(after, comment, { ...none, kind: "held", item, variant, quantity, claim });
}

function added(item: Item): Item {
  return { ...item, variants: item.variants.map(counted) };
}

function counted(variant: Variant): Variant {
  return { ...variant, left: free(variant) };
}

function named(changed: readonly string[], key: string): boolean {
  return changed.includes(key);
}

function announced({ offset, data, text }: EventOf<"announcement.made">): Show["announcement"] {
  return data.on && text != null && text !== "" ? { offset, text } : null;
}

function posted({ offset, at_ms, data, name, text }: EventOf<"comment.posted">): Comment {
  return {
    offset,
    at_ms,
    by: data.by,
    role: data.role,
    name: text == null ? null : (name ?? null),
    text: text ?? null,
    // Without its words it was hidden before this page heard of it.
    hidden: text == null,
    outcomes: [],
  };
}

/** As it stands when it is pinned; what becomes of its claims later is not told there. */
function pinned(show: Show, offset: number | null): Comment | null {
  if (offset === null) return null;
  return show.comments.find((one) => one.offset === offset) ?? show.pinned_comment;
}

function inOrder(items: Item[], ids: string[]): Item[] {
  const places = new Map(ids.map((id, index) => [id, index]));
  const at = ({ id }: Item): number => places.get(id) ?? ids.length;
  return [...items].sort((one, other) => at(one) - at(other));
}

function onItem(show: Show, id: string, change: (item: Item) => Item): Show {
  return { ...show, items: show.items.map((item) => (item.id === id ? change(item) : item)) };
}

function onVariant(
  show: Show,
  { item, variant }: { item: string; variant: string | null },
  change: (variant: Variant) => Variant,
): Show {
  return onItem(show, item, (one) => ({
    ...one,
    variants: one.variants.map((each) => (each.key === variant ? counted(change(each)) : each)),
  }));
}

function onComment(show: Show, offset: number, change: (comment: Comment) => Comment): Show {
  return {
    ...show,
    comments: show.comments.map((one) => (one.offset === offset ? change(one) : one)),
  };
}

function told(show: Show, comment: number | null, outcome: Outcome): Show {
  if (comment === null) return show;
  return onComment(show, comment, (one) => ({ ...one, outcomes: [...one.outcomes, outcome] }));
}

/** Notes at the comment by which something was given back that it was. */
function gaveBack(show: Show, data: EventOf<"claim.given_back" | "wait.left">["data"]): Show {
  const { item, variant, quantity, comment } = data;
  return told(show, comment, { ...none, kind: "given_back", item, variant, quantity });
}

function ofClaim(claim: string): (outcome: Outcome) => boolean {
  return (outcome) => outcome.claim === claim;
}

/** Notes at the comments what became of a claim, or of a place in the waiting list. */
function onOutcomes(
  show: Show,
  meant: (outcome: Outcome) => boolean,
  change: Partial<Outcome>,
): Show {
  return {
    ...show,
    comments: show.comments.map((comment) =>
      comment.outcomes.some(meant)
        ? {
            ...comment,
            outcomes: comment.outcomes.map((one) => (meant(one) ? { ...one, ...change } : one)),
          }
        : comment,
    ),
  };
}

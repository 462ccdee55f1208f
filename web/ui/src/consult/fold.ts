import type { ChangeState } from "../chat/wire";
import type { Frame } from "../wire/types";
import type { CallEvent, CallSnapshot, CallView, Changed, Side } from "./wire";

/** So much of each a snapshot holds. */
export const most_said = 200;
export const most_changes = 100;
const most_shown = 50;
const most_orders = 50;

/** Whether only a fresh snapshot will do: two people became one, or what was typed was erased. */
export function needsWhole(_: CallSnapshot, { type }: CallEvent): boolean {
  return type === "person.merged" || type === "talk.erased";
}

/** The view after a frame that follows on. Pure, as the fold of a show is. */
export function apply(snapshot: CallSnapshot, frame: Frame<CallEvent>): CallSnapshot {
  const after = frame.events.reduce(fold, snapshot);
  return { ...after, offset: frame.to, at_ms: frame.at_ms };
}

/** The view after one more event, none that `needsWhole`; a kind not known only moves the place. */
export function fold(snapshot: CallSnapshot, event: CallEvent): CallSnapshot {
  const { offset, at_ms } = event;
  const after = { ...snapshot, offset, at_ms, call: goOn(snapshot.call, event) };
  if (after.staff !== undefined && event.type === "note.written") {
    after.staff = { notes: { text: event.text ?? null, at_ms } };
  }
  return after;
}

function goOn(call: CallView, event: CallEvent): CallView {
  const { offset, at_ms } = event;
  const name = event.name ?? null;
  switch (event.type) {
    case "call.asked": {
      const { customer, by, locale, about, topic, booking, wanted } = event.data;
      const phase = by === "staff" ? "invited" : "waiting";
      const asked = { customer, by, locale, about, topic, booking, wanted };
      // Who asks is expected at once; who is invited may take her time.
      const gone = { ...call.gone, customer: by === "customer" ? at_ms : null };
      return { ...call, ...asked, phase, name, text: event.text ?? null, asked_at: at_ms, gone };
    }
    case "call.invited": {
      const { staff: id, until } = event.data;
      return { ...call, phase: "invited", staff: { id, name }, until };
    }
    case "call.rung": {
      const { staff: id, until } = event.data;
      return { ...unseated(call, "staff"), phase: "ringing", staff: { id, name }, until };
    }
    case "call.unanswered":
      return { ...unseated(call, "staff"), phase: "waiting", staff: null, until: null };
    case "call.answered": {
      const staff = { id: event.data.staff, name };
      const same = call.staff?.id === staff.id;
      const seated = expected(same ? call : unseated(call, "staff"), at_ms);
      return { ...seated, phase: "talking", staff, until: null, answered_at: at_ms };
    }
    case "call.joined": {
      const { side, seat } = event.data;
      const seats = { ...call.seats, [side]: seat };
      return { ...call, seats, gone: { ...call.gone, [side]: null } };
    }
    case "call.left": {
      const { side } = event.data;
      const seats = { ...call.seats, [side]: null };
      return { ...call, seats, gone: { ...call.gone, [side]: at_ms } };
    }
    case "card.shown": {
      const { product, by } = event.data;
      const shown = call.shown.includes(product)
        ? call.shown
        : [...call.shown, product].slice(-most_shown);
      return { ...call, card: { offset, product, by }, shown };
    }
    case "card.hidden":
      return { ...call, card: null };
    case "change.asked": {
      const { change, by } = event.data;
      const asked: Changed = { offset, at_ms, by, name, change, state: "asked", code: null };
      return { ...call, changes: [...call.changes, asked].slice(-most_changes) };
    }
    case "change.made":
      return became(call, event.data, event.data.code === null ? "done" : "refused");
    case "change.undo_asked":
      return became(call, { of: event.data.of, code: null }, "undoing");
    case "change.undone":
      return became(call, event.data, event.data.code === null ? "undone" : "kept");
    case "call.said": {
      const { from } = event.data;
      const said = { offset, at_ms, from, name, text: event.text ?? null };
      return { ...call, said: [...call.said, said].slice(-most_said) };
    }
    case "order.placed": {
      const { order: id, number, total, currency } = event.data;
      const order = { id, number, total, currency };
      return { ...call, order, orders: [...call.orders, order].slice(-most_orders) };
    }
    case "call.ended": {
      const { cause, by } = event.data;
      const over = { phase: "ended" as const, until: null, ended_at: at_ms, card: null };
      const left = unseated(unseated(call, "staff"), "customer");
      // At whom it was ringing has had nothing to do with it.
      const staff = call.phase === "ringing" ? null : call.staff;
      return { ...left, ...over, staff, text: event.text ?? call.text, cause, ended_by: by };
    }
    case "call.rated":
      return { ...call, rated: { score: event.data.score, text: event.text ?? null } };
    default:
      return call;
  }
}

function unseated(call: CallView, side: Side): CallView {
  const seats = { ...call.seats, [side]: null };
  return { ...call, seats, gone: { ...call.gone, [side]: null } };
}

/** From now on a page is missed on either side, if it was not before. */
function expected(call: CallView, at_ms: number): CallView {
  const missed = (side: Side): number | null =>
    call.seats[side] === null ? (call.gone[side] ?? at_ms) : call.gone[side];
  return { ...call, gone: { customer: missed("customer"), staff: missed("staff") } };
}

function became(
  call: CallView,
  { of, code }: { of: number; code: string | null },
  state: ChangeState,
): CallView {
  const changes = call.changes.map((one) => (one.offset === of ? { ...one, state, code } : one));
  return { ...call, changes };
}

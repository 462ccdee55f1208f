"""What may happen in a call, and what comes of it. Pure.

Of two who do the same thing at once the room hears one first; the other is told, or nothing more
happens where both wanted the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.clock import Instant
from core.errors import Conflict, Forbidden, NotFound
from core.rooms.events import STAFF, Content, Event
from core.rooms.kind import Turn
from video.consult import commands as c
from video.consult import events as e
from video.consult.state import CallState

CallTurn = Turn[CallState]

UNDOABLE = ("cart.add", "cart.remove")


def decide(turn: CallTurn, by: c.Actor, do: Any) -> None:
    """Carry out a command. Raises NotFound, Forbidden, Conflict."""
    if type(do) in _SYSTEMS and by.id != c.SYSTEM.id:
        raise Forbidden("This is for the service itself.")
    if type(do) in _FIRST:
        if turn.state.phase != "new":
            raise Conflict("There is such a call already.", code="call_exists")
    elif not _concerns(turn.state, by, do):
        raise NotFound("There is no such call.")
    _RULES[type(do)](turn, by, do)


def _concerns(state: CallState, by: c.Actor, do: Any) -> bool:
    """Whether the call is any of theirs: the customer's, its rep's; some of it any rep's."""
    if by.id == c.SYSTEM.id:
        return True
    if state.phase == "new":
        return False
    if by.side == "customer":
        return not state.ids.isdisjoint(by.ids)
    return state.staff == by.id or type(do) in _ANY_REPS


def expire(turn: CallTurn, pace: c.Pace) -> None:
    """What is due: a ring and an invitation end, and those whose page is gone are lost."""
    while (due := _due(turn.state, pace)) is not None and due[0] <= turn.now:
        turn.append(due[1])


def next_due(state: CallState, pace: c.Pace) -> Instant | None:
    """When `expire` next has something to do."""
    due = _due(state, pace)
    return None if due is None else due[0]


def _due(state: CallState, pace: c.Pace) -> tuple[Instant, Event] | None:
    """What happens next if nobody does anything, and when."""
    coming: list[tuple[Instant, Event]] = []
    lost = e.CallEnded(cause="lost", by="system")
    if state.until is not None and state.staff is not None:
        if state.phase == "ringing":
            coming.append((state.until, e.CallUnanswered(staff=state.staff, cause="timeout")))
        elif state.phase == "invited":
            coming.append((state.until, e.CallEnded(cause="unanswered", by="system")))
    if state.phase in ("waiting", "ringing", "invited"):
        since = state.customer_seat.gone_at
        if since is not None:
            coming.append((since + pace.grace_ms, lost))
    elif state.phase == "talking":
        gone = (state.customer_seat.gone_at, state.staff_seat.gone_at)
        coming += [(at + pace.talk_grace_ms, lost) for at in gone if at is not None]
    return min(coming, key=lambda one: one[0], default=None)


# How it begins


def _ask(turn: CallTurn, by: c.Actor, do: c.Ask) -> None:
    if by.side != "customer":
        raise Forbidden("Customers ask for a call.")
    asked = e.CallAsked(
        customer=do.customer,
        by="customer",
        locale=do.locale,
        about=do.about,
        topic=do.topic,
        booking=do.booking,
        wanted=do.wanted,
    )
    turn.append(asked, content=Content(by.id, by.name or None, do.text))


def _invite(turn: CallTurn, by: c.Actor, do: c.Invite) -> None:
    _by_rep(by)
    asked = e.CallAsked(
        customer=do.customer,
        by="staff",
        locale=do.locale,
        about=do.about,
        topic=do.topic,
        wanted=by.id,
    )
    turn.append(asked, content=Content(do.customer, do.name or None))
    turn.append(e.CallInvited(staff=by.id, until=turn.now + do.ms), content=_named(by))


# It rings


def _ring(turn: CallTurn, _by: c.Actor, do: c.Ring) -> None:
    """Nothing, where somebody was faster: it rings elsewhere, or she waits no more."""
    if turn.state.phase == "waiting":
        rung = e.CallRung(staff=do.staff, until=turn.now + do.ms)
        turn.append(rung, content=Content(do.staff, do.name or None))


def _passed(turn: CallTurn, _by: c.Actor, do: c.Passed) -> None:
    if _rings_at(turn.state, do.staff):
        turn.append(e.CallUnanswered(staff=do.staff, cause=do.cause))


def _answer(turn: CallTurn, by: c.Actor, do: c.Answering) -> None:
    """The rep at whom it rings; of a call that waits, whoever takes it first."""
    _by_rep(by)
    state = turn.state
    if state.over:
        raise _over(state)
    if state.phase == "talking" and state.staff == by.id:
        return
    if state.staff not in (None, by.id):
        raise Conflict(
            "Somebody else has it.", code="taken", staff=state.staff, name=state.staff_name
        )
    if state.phase == "invited":
        raise Conflict("The customer has not answered yet.", code="not_answered")
    if do.elsewhere:
        raise Conflict("You are in another call.", code="in_a_call")
    turn.append(e.CallAnswered(staff=by.id), content=Content(by.id, do.name or None))


def _decline(turn: CallTurn, by: c.Actor, _do: c.Decline) -> None:
    """Nothing, where it has stopped ringing, or the invitation is over, anyway."""
    state = turn.state
    if by.side == "staff":
        if _rings_at(state, by.id):
            turn.append(e.CallUnanswered(staff=by.id, cause="declined"))
    elif state.phase == "invited":
        turn.append(e.CallEnded(cause="declined", by="customer"))
    elif not state.over:
        raise _not_invited()


def _accept(turn: CallTurn, by: c.Actor, _do: c.Accept) -> None:
    _by_customer(by)
    state = turn.state
    if state.over:
        raise _over(state)
    if state.phase == "talking":
        return
    if state.phase != "invited" or state.staff is None:
        raise _not_invited()
    # The name is hers who invited, whoever says yes.
    content = Content(state.staff, state.staff_name)
    turn.append(e.CallAnswered(staff=state.staff), content=content)


# Where their pages are


def _sit(turn: CallTurn, by: c.Actor, do: c.Sit) -> None:
    """The newest page counts. Also where it is the same one on a new connection: what is heard
    later of the old connection's end then means nothing."""
    if not turn.state.over:
        turn.append(e.CallJoined(side=by.side, seat=do.seat))


def _left(turn: CallTurn, _by: c.Actor, do: c.Left) -> None:
    seat = turn.state.seat(do.side)
    if seat.page == do.seat and do.joined in (None, seat.joined):
        turn.append(e.CallLeft(side=do.side, seat=do.seat))


# While they talk


def _say(turn: CallTurn, by: c.Actor, do: c.Say) -> None:
    _talking(turn.state)
    said = e.CallSaid(from_=by.side, by=by.id)
    turn.append(said, content=Content(by.id, by.name or None, do.text))


def _show(turn: CallTurn, by: c.Actor, do: c.Shown) -> None:
    state = _talking(turn.state)
    if state.card is None or state.card.product != do.product:
        turn.append(e.CardShown(product=do.product, by=by.side))


def _hide(turn: CallTurn, by: c.Actor, _do: c.Hide) -> None:
    if _talking(turn.state).card is not None:
        turn.append(e.CardHidden(by=by.side))


def _change(turn: CallTurn, by: c.Actor, do: c.DoChange) -> None:
    _talking(turn.state)
    staff = by.id if by.side == "staff" else None
    asked = e.ChangeAsked(change=do.change, by=by.side, staff=staff)
    turn.append(asked, content=_named(by))


def _undo(turn: CallTurn, by: c.Actor, do: c.Undo) -> None:
    """She may still undo what is in her cart when they have hung up; the rep may not."""
    state = turn.state
    if by.side == "staff":
        _talking(state)
    change = state.change(do.offset)
    if change is None:
        raise NotFound("There is no such change.", code="unknown_change")
    if change.state in ("undoing", "undone"):
        return
    if change.state != "done" or change.change.kind not in UNDOABLE:
        raise Conflict("That cannot be undone.", code="not_undoable")
    turn.append(e.ChangeUndoAsked(of=do.offset, by=by.side))


def _became(turn: CallTurn, _by: c.Actor, do: c.Became) -> None:
    """Once; of what is too long ago to be seen, never."""
    change = turn.state.change(do.of)
    if change is not None and change.state == ("undoing" if do.undone else "asked"):
        event = e.ChangeUndone if do.undone else e.ChangeMade
        turn.append(event(of=do.of, code=do.code))


def _ordered(turn: CallTurn, _by: c.Actor, do: c.Ordered) -> None:
    state = turn.state
    if state.answered_at is None or any(one.id == do.order for one in state.orders):
        return
    placed_at = turn.now if do.placed_at is None else do.placed_at
    if state.answered_at <= placed_at and (state.ended_at is None or placed_at <= state.ended_at):
        placed = e.OrderPlaced(
            order=do.order, number=do.number, total=do.total, currency=do.currency
        )
        turn.append(placed)


def _note(turn: CallTurn, by: c.Actor, do: c.Note) -> None:
    """Of a call that is or was hers, not of one that only rings."""
    _by_rep(by)
    state = turn.state
    if state.answered_at is None:
        raise _not_talking()
    if do.text != ("" if state.notes is None else state.notes.text):
        content = Content(by.id, by.name or None, do.text)
        turn.append(e.NoteWritten(staff=by.id), to=STAFF, content=content)


# How it ends


def _hang_up(turn: CallTurn, by: c.Actor, _do: c.HangUp) -> None:
    """Before they talk: she leaves; who invited takes that back."""
    state = turn.state
    match state.phase:
        case "ended":
            return
        case "talking":
            turn.append(e.CallEnded(cause="hung_up", by=by.side))
        case "invited" if by.side == "staff":
            turn.append(e.CallEnded(cause="unanswered", by="staff"))
        case "invited":
            turn.append(e.CallEnded(cause="declined", by="customer"))
        case _ if by.side == "staff":
            raise _not_talking()
        case _:
            turn.append(e.CallEnded(cause="left", by="customer"))


def _leave(turn: CallTurn, by: c.Actor, _do: c.Leave) -> None:
    """As hanging up: somebody may have answered that very moment."""
    _by_customer(by)
    _hang_up(turn, by, c.HangUp(type="hang_up"))


def _withdraw(turn: CallTurn, by: c.Actor, _do: c.Withdraw) -> None:
    """Nothing, where somebody has answered that very moment."""
    _by_customer(by)
    if turn.state.phase in ("waiting", "ringing"):
        turn.append(e.CallEnded(cause="left", by="customer"))


def _callback(turn: CallTurn, by: c.Actor, do: c.Callback) -> None:
    if _instead(turn.state, by, "callback"):
        content = None if do.text is None else Content(by.id, None, do.text)
        turn.append(e.CallEnded(cause="callback", by="customer"), content=content)


def _chat(turn: CallTurn, by: c.Actor, _do: c.Chat) -> None:
    if _instead(turn.state, by, "chat"):
        turn.append(e.CallEnded(cause="chat", by="customer"))


def _instead(state: CallState, by: c.Actor, cause: e.EndCause) -> bool:
    """Whether she may turn to something else now; False where she has done so already."""
    _by_customer(by)
    if state.phase == "talking":
        raise Conflict("You are talking.", code="talking")
    if not state.over:
        return True
    if state.cause == cause:
        return False
    raise _over(state)


def _called_back(turn: CallTurn, by: c.Actor, _do: c.CalledBack) -> None:
    _by_rep(by)
    state = turn.state
    if state.cause != "callback":
        raise Conflict("Nobody is to be called back.", code="no_callback")
    if state.wants_callback:
        turn.append(e.CallbackDone(staff=by.id))


def _rate(turn: CallTurn, by: c.Actor, do: c.Rate) -> None:
    _by_customer(by)
    state = turn.state
    if not state.over:
        raise Conflict("It is not over yet.", code="not_over")
    if state.answered_at is None:
        raise _not_talking()
    content = None if do.text is None else Content(by.id, None, do.text)
    turn.append(e.CallRated(score=do.score), content=content)


# What the service does


def _merge(turn: CallTurn, _by: c.Actor, do: c.Merge) -> None:
    state = turn.state
    if do.from_ in state.ids and state.customer != do.to:
        turn.append(e.PersonMerged(from_=do.from_, to=do.to))


def _erase(turn: CallTurn, _by: c.Actor, do: c.EraseTalk) -> None:
    turn.append(e.TalkErased(person=do.person))


# What may be wrong


def _by_customer(by: c.Actor) -> None:
    if by.side != "customer":
        raise Forbidden("This is for the customer.")


def _by_rep(by: c.Actor) -> None:
    if by.side != "staff" or by.id == c.SYSTEM.id:
        raise Forbidden("This is for the rep.")


def _talking(state: CallState) -> CallState:
    if state.over:
        raise _over(state)
    if state.phase != "talking":
        raise _not_talking()
    return state


def _over(state: CallState) -> Conflict:
    return Conflict("The call is over.", code="call_over", cause=state.cause)


def _not_talking() -> Conflict:
    return Conflict("Nobody has answered.", code="not_talking")


def _not_invited() -> Conflict:
    return Conflict("Nobody has invited you.", code="not_invited")


def _rings_at(state: CallState, staff: str) -> bool:
    return state.phase == "ringing" and state.staff == staff


def _named(by: c.Actor) -> Content:
    return Content(by.id, by.name or None)


_FIRST = (c.Ask, c.Invite)
_ANY_REPS = (c.Answering, c.Decline, c.CalledBack)
"""What reps may ask of calls that are not theirs, or no longer."""
_SYSTEMS = (c.Ring, c.Passed, c.Left, c.Became, c.Ordered, c.Merge, c.EraseTalk)

_RULES: dict[type, Callable[[CallTurn, c.Actor, Any], None]] = {
    c.Ask: _ask,
    c.Invite: _invite,
    c.Ring: _ring,
    c.Passed: _passed,
    c.Answering: _answer,
    c.Decline: _decline,
    c.Accept: _accept,
    c.Sit: _sit,
    c.Left: _left,
    c.Say: _say,
    c.Shown: _show,
    c.Hide: _hide,
    c.DoChange: _change,
    c.Undo: _undo,
    c.Became: _became,
    c.Ordered: _ordered,
    c.Note: _note,
    c.HangUp: _hang_up,
    c.Leave: _leave,
    c.Withdraw: _withdraw,
    c.Callback: _callback,
    c.Chat: _chat,
    c.CalledBack: _called_back,
    c.Rate: _rate,
    c.Merge: _merge,
    c.EraseTalk: _erase,
}

"""What each event makes of a call: pure, never refusing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from core.rooms.events import Event, Logged
from video.consult import events as e
from video.consult.state import (
    CHANGES,
    ORDERS,
    PASSES,
    SAID,
    SHOWN,
    Bought,
    CallCard,
    CallState,
    Changed,
    ChangeState,
    Notes,
    Pass,
    Rating,
    Seat,
    Words,
)

_Fold = Callable[[CallState, Logged, Any], CallState]


def evolve(state: CallState, logged: Logged) -> CallState:
    """The call after `logged`."""
    return _FOLDS[type(logged.event)](state, logged, logged.event)


def _asked(state: CallState, logged: Logged, event: e.CallAsked) -> CallState:
    name, text = _typed(logged)
    # Who asks is expected at once; who is invited may take her time.
    seat = Seat(gone_at=logged.at_ms) if event.by == "customer" else Seat()
    return replace(
        state,
        customer=event.customer,
        ids=frozenset({event.customer}),
        name=name,
        name_at=logged.offset,
        phase="waiting" if event.by == "customer" else "invited",
        by=event.by,
        asked_at=logged.at_ms,
        locale=event.locale,
        about=event.about,
        topic=event.topic,
        text=text,
        text_at=None if text is None else logged.offset,
        booking=event.booking,
        wanted=event.wanted,
        customer_seat=seat,
    )


def _invited(state: CallState, logged: Logged, event: e.CallInvited) -> CallState:
    return replace(state, phase="invited", until=event.until, **_staff(logged, event.staff))


def _rung(state: CallState, logged: Logged, event: e.CallRung) -> CallState:
    return replace(
        state, phase="ringing", until=event.until, staff_seat=Seat(), **_staff(logged, event.staff)
    )


def _unanswered(state: CallState, logged: Logged, event: e.CallUnanswered) -> CallState:
    passed = Pass(staff=event.staff, at_ms=logged.at_ms, cause=event.cause)
    return replace(
        state,
        phase="waiting",
        until=None,
        left_by=(*state.left_by, passed)[-PASSES:],
        staff_seat=Seat(),
        **_NOBODY,
    )


def _answered(state: CallState, logged: Logged, event: e.CallAnswered) -> CallState:
    return replace(
        state,
        phase="talking",
        until=None,
        answered_at=logged.at_ms,
        customer_seat=_expected(state.customer_seat, logged),
        staff_seat=_expected(state.staff_seat, logged),
        **_staff(logged, event.staff),
    )


def _expected(seat: Seat, logged: Logged) -> Seat:
    """From now on a page is missed there, if it was not before."""
    here = seat.page is not None or seat.gone_at is not None
    return seat if here else replace(seat, gone_at=logged.at_ms)


def _joined(state: CallState, logged: Logged, event: e.CallJoined) -> CallState:
    return _seated(state, event.side, Seat(page=event.seat, joined=logged.offset))


def _left(state: CallState, logged: Logged, event: e.CallLeft) -> CallState:
    return _seated(state, event.side, Seat(gone_at=logged.at_ms))


def _seated(state: CallState, side: e.Side, seat: Seat) -> CallState:
    if side == "customer":
        return replace(state, customer_seat=seat)
    return replace(state, staff_seat=seat)


def _shown(state: CallState, logged: Logged, event: e.CardShown) -> CallState:
    shown = state.shown
    if event.product not in shown:
        shown = (*shown, event.product)[-SHOWN:]
    card = CallCard(offset=logged.offset, product=event.product, by=event.by)
    return replace(state, card=card, shown=shown)


def _hidden(state: CallState, _logged: Logged, _event: e.CardHidden) -> CallState:
    return replace(state, card=None)


def _change_asked(state: CallState, logged: Logged, event: e.ChangeAsked) -> CallState:
    name, _ = _typed(logged)
    asked = Changed(
        offset=logged.offset,
        at_ms=logged.at_ms,
        by=event.by,
        staff=event.staff,
        name=name,
        change=event.change,
    )
    return replace(state, changes=(*state.changes, asked)[-CHANGES:])


def _made(state: CallState, _logged: Logged, event: e.ChangeMade) -> CallState:
    return _settled(state, event.of, "done" if event.code is None else "refused", event.code)


def _undo_asked(state: CallState, _logged: Logged, event: e.ChangeUndoAsked) -> CallState:
    return _settled(state, event.of, "undoing", None)


def _undone(state: CallState, _logged: Logged, event: e.ChangeUndone) -> CallState:
    return _settled(state, event.of, "undone" if event.code is None else "kept", event.code)


def _settled(state: CallState, of: int, what: ChangeState, code: str | None) -> CallState:
    changes = tuple(
        replace(one, state=what, code=code) if one.offset == of else one for one in state.changes
    )
    return replace(state, changes=changes)


def _said(state: CallState, logged: Logged, event: e.CallSaid) -> CallState:
    name, text = _typed(logged)
    words = Words(
        offset=logged.offset,
        at_ms=logged.at_ms,
        side=event.from_,
        by=event.by,
        name=name,
        text=text,
    )
    return replace(state, said=(*state.said, words)[-SAID:])


def _noted(state: CallState, logged: Logged, event: e.NoteWritten) -> CallState:
    _, text = _typed(logged)
    return replace(state, notes=Notes(staff=event.staff, at_ms=logged.at_ms, text=text))


def _ordered(state: CallState, _logged: Logged, event: e.OrderPlaced) -> CallState:
    bought = Bought(id=event.order, number=event.number, total=event.total, currency=event.currency)
    return replace(state, orders=(*state.orders, bought)[-ORDERS:])


def _ended(state: CallState, logged: Logged, event: e.CallEnded) -> CallState:
    _, text = _typed(logged)
    about: dict[str, Any] = {} if text is None else {"text": text, "text_at": logged.offset}
    # At whom it was ringing has had nothing to do with it.
    nobody: dict[str, Any] = _NOBODY if state.phase == "ringing" else {}
    return replace(
        state,
        phase="ended",
        until=None,
        ended_at=logged.at_ms,
        cause=event.cause,
        ended_by=event.by,
        card=None,
        customer_seat=Seat(),
        staff_seat=Seat(),
        **about,
        **nobody,
    )


def _called_back(state: CallState, logged: Logged, _event: e.CallbackDone) -> CallState:
    return replace(state, called_back_at=logged.at_ms)


def _rated(state: CallState, logged: Logged, event: e.CallRated) -> CallState:
    _, text = _typed(logged)
    return replace(state, rated=Rating(score=event.score, text=text))


def _merged(state: CallState, _logged: Logged, event: e.PersonMerged) -> CallState:
    return replace(state, customer=event.to, ids=state.ids | {event.from_, event.to})


def _erased(state: CallState, _logged: Logged, event: e.TalkErased) -> CallState:
    """Names that were typed go too; what happened stays."""

    def whose(author: str | None) -> bool:
        return event.person is None or author == event.person

    def asker(one: Changed) -> bool:
        return hers if one.by == "customer" else whose(one.staff)

    hers = event.person is None or event.person in state.ids
    return replace(
        state,
        name=None if hers else state.name,
        text=None if hers else state.text,
        text_at=None if hers else state.text_at,
        about=None if hers else state.about,
        staff_name=None if whose(state.staff) else state.staff_name,
        changes=tuple(replace(one, name=None) if asker(one) else one for one in state.changes),
        said=tuple(
            replace(one, name=None, text=None) if whose(one.by) else one for one in state.said
        ),
        notes=None if state.notes is not None and whose(state.notes.staff) else state.notes,
        rated=replace(state.rated, text=None) if hers and state.rated else state.rated,
    )


def _typed(logged: Logged) -> tuple[str | None, str | None]:
    """Name and text beside an event."""
    said = logged.content
    return (None, None) if said is None else (said.name, said.text)


def _staff(logged: Logged, staff: str) -> dict[str, Any]:
    name, _ = _typed(logged)
    return {"staff": staff, "staff_name": name}


_NOBODY: dict[str, Any] = {"staff": None, "staff_name": None}

_FOLDS: dict[type[Event], _Fold] = {
    e.CallAsked: _asked,
    e.CallInvited: _invited,
    e.CallRung: _rung,
    e.CallUnanswered: _unanswered,
    e.CallAnswered: _answered,
    e.CallJoined: _joined,
    e.CallLeft: _left,
    e.CardShown: _shown,
    e.CardHidden: _hidden,
    e.ChangeAsked: _change_asked,
    e.ChangeMade: _made,
    e.ChangeUndoAsked: _undo_asked,
    e.ChangeUndone: _undone,
    e.CallSaid: _said,
    e.NoteWritten: _noted,
    e.OrderPlaced: _ordered,
    e.CallEnded: _ended,
    e.CallbackDone: _called_back,
    e.CallRated: _rated,
    e.PersonMerged: _merged,
    e.TalkErased: _erased,
}

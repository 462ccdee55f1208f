"""What each event makes of a conversation: pure, never refusing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from chat import events as e
from chat.state import LINES, NOTES, Conversation, Line, Note, Promise, Rating
from core.rooms.events import Event, Logged

_Fold = Callable[[Conversation, Logged, Any], Conversation]


def evolve(state: Conversation, logged: Logged) -> Conversation:
    """The conversation after `logged`."""
    return _FOLDS[type(logged.event)](state, logged, logged.event)


def line_of(logged: Logged) -> Line | None:
    """The line of the thread that an event is; None for one that is none."""
    event, said = logged.event, logged.content
    name = None if said is None else said.name
    match event:
        case e.ConversationOpened():
            return _line(logged, "opened", round=event.round, side=event.by)
        case e.ConversationPromised():
            return _line(logged, "promised", opens_at=event.opens_at, place=event.place)
        case e.MessageSent():
            return _line(
                logged,
                "message",
                side=event.from_,
                by=event.by,
                name=name,
                text=None if said is None else said.text,
                product=event.product,
                about=event.about,
            )
        case e.ConversationTaken():
            return _line(logged, "taken", by=event.staff, name=name)
        case e.ConversationReleased():
            return _line(logged, "released", cause=event.cause, to=event.to)
        case e.ConversationResolved():
            return _line(logged, "resolved", cause=event.cause, by=event.staff, name=name)
    return None


def _line(logged: Logged, kind: str, **fields: Any) -> Line:
    return Line(offset=logged.offset, at_ms=logged.at_ms, kind=kind, **fields)


def _created(state: Conversation, logged: Logged, event: e.ConversationCreated) -> Conversation:
    return replace(state, customer=event.customer, ids=frozenset({event.customer}), **_name(logged))


def _opened(state: Conversation, logged: Logged, event: e.ConversationOpened) -> Conversation:
    return replace(
        _lined(state, logged),
        control="queued",
        round=event.round,
        opened_at=logged.at_ms,
        about=event.about,
        waiting_since=None,
        answered_at=None,
        resolved_at=None,
        promised=None,
        rated=None,
    )


def _promised(state: Conversation, logged: Logged, event: e.ConversationPromised) -> Conversation:
    promise = Promise(opens_at=event.opens_at, place=event.place)
    return replace(_lined(state, logged), promised=promise)


def _sent(state: Conversation, logged: Logged, event: e.MessageSent) -> Conversation:
    state = _lined(state, logged)
    if event.from_ == "customer":
        since = state.waiting_since
        return replace(
            state,
            waiting_since=logged.at_ms if since is None else since,
            answer_by=state.answer_by if since is not None else event.answer_by,
            idle_at=None,
            about=event.about or state.about,
            read_customer=logged.offset,
            **_name(logged),
        )
    return replace(
        state,
        waiting_since=None,
        answer_by=None,
        idle_at=event.idle_at,
        answered_at=logged.at_ms if state.answered_at is None else state.answered_at,
        read_staff=logged.offset,
    )


def _read(state: Conversation, _logged: Logged, event: e.MessagesRead) -> Conversation:
    if event.side == "customer":
        return replace(state, read_customer=max(state.read_customer, event.upto))
    return replace(state, read_staff=max(state.read_staff, event.upto))


def _taken(state: Conversation, logged: Logged, event: e.ConversationTaken) -> Conversation:
    said = logged.content
    return replace(
        _lined(state, logged),
        control="human",
        staff=event.staff,
        staff_name=None if said is None else said.name,
        promised=None,
        answer_by=None if state.waiting_since is None else event.answer_by,
    )


def _released(state: Conversation, logged: Logged, _event: e.ConversationReleased) -> Conversation:
    return replace(
        _lined(state, logged), control="queued", staff=None, staff_name=None, answer_by=None
    )


def _resolved(state: Conversation, logged: Logged, _event: e.ConversationResolved) -> Conversation:
    return replace(
        _lined(state, logged),
        control="resolved",
        staff=None,
        staff_name=None,
        waiting_since=None,
        answer_by=None,
        idle_at=None,
        promised=None,
        resolved_at=logged.at_ms,
    )


def _rated(state: Conversation, logged: Logged, event: e.ConversationRated) -> Conversation:
    text = None if logged.content is None else logged.content.text
    return replace(state, rated=Rating(score=event.score, text=text))


def _noted(state: Conversation, logged: Logged, event: e.NoteAdded) -> Conversation:
    said = logged.content
    note = Note(
        offset=logged.offset,
        at_ms=logged.at_ms,
        staff=event.staff,
        name=None if said is None else said.name,
        text=None if said is None else said.text,
    )
    return replace(state, notes=(*state.notes, note)[-NOTES:])


def _tagged(state: Conversation, _logged: Logged, event: e.TagsSet) -> Conversation:
    return replace(state, tags=event.tags)


def _merged(state: Conversation, _logged: Logged, event: e.PersonMerged) -> Conversation:
    return replace(state, customer=event.to, ids=state.ids | {event.from_, event.to})


def _erased(state: Conversation, _logged: Logged, event: e.TalkErased) -> Conversation:
    """Names that were typed go too; what happened stays."""

    def whose(author: str | None) -> bool:
        return event.person is None or author == event.person

    hers = event.person is None or event.person in state.ids
    return replace(
        state,
        name=None if hers else state.name,
        staff_name=None if whose(state.staff) else state.staff_name,
        about=None if hers else state.about,
        rated=replace(state.rated, text=None) if hers and state.rated else state.rated,
        lines=tuple(
            replace(line, name=None, text=None) if whose(line.by) else line for line in state.lines
        ),
        notes=tuple(
            replace(note, name=None, text=None) if whose(note.staff) else note
            for note in state.notes
        ),
    )


def _name(logged: Logged) -> dict[str, Any]:
    """The name that she goes by from now on, if she said one."""
    if logged.content is None or logged.content.name is None:
        return {}
    return {"name": logged.content.name, "name_at": logged.offset}


def _lined(state: Conversation, logged: Logged) -> Conversation:
    line = line_of(logged)
    if line is None:
        return state
    return replace(
        state, lines=(*state.lines, line)[-LINES:], more=state.more or len(state.lines) == LINES
    )


_FOLDS: dict[type[Event], _Fold] = {
    e.ConversationCreated: _created,
    e.ConversationOpened: _opened,
    e.ConversationPromised: _promised,
    e.MessageSent: _sent,
    e.MessagesRead: _read,
    e.ConversationTaken: _taken,
    e.ConversationReleased: _released,
    e.ConversationResolved: _resolved,
    e.ConversationRated: _rated,
    e.NoteAdded: _noted,
    e.TagsSet: _tagged,
    e.PersonMerged: _merged,
    e.TalkErased: _erased,
}

"""What each event makes of a conversation: pure, never refusing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, get_args

from msgspec.structs import replace

from chat import events as e
from chat.state import (
    LEFT,
    LINES,
    NOTES,
    Conversation,
    Draft,
    Line,
    Note,
    Packet,
    Promise,
    Proposal,
    Rating,
)
from core.rooms.events import Event, Logged

OfChange = e.ChangeMade | e.ChangeUndoAsked | e.ChangeUndone
OF_CHANGES = tuple(event.TYPE for event in get_args(OfChange))
"""What becomes of a change after it was asked for."""

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
                cards=event.cards,
                about=event.about,
                buttons=event.buttons,
                pressed=event.pressed,
                intent=event.intent,
                expires_at=event.expires_at,
            )
        case e.CardPosted():
            return _line(logged, "posted", cards=(event.card,), unread=event.unread)
        case e.ConversationTaken():
            return _line(logged, "taken", by=event.staff, name=name, assigned=event.assigned)
        case e.ConversationReleased():
            return _line(logged, "released", cause=event.cause, to=event.to)
        case e.ConversationHandedOver():
            return _line(logged, "handed_over", cause=event.cause, opens_at=event.callback_at)
        case e.ChangeAsked():
            return _line(
                logged, "change", by=event.staff, name=name, change=event.change, state="asked"
            )
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
        control="bot" if event.bot else "queued",
        round=event.round,
        opened_at=logged.at_ms,
        about=event.about,
        waiting_since=None,
        answered_at=None,
        resolved_at=None,
        left_by=(),
        promised=None,
        rated=None,
        handed_at=None,
        packet=None,
        draft=None,
    )


def _promised(state: Conversation, logged: Logged, event: e.ConversationPromised) -> Conversation:
    promise = Promise(opens_at=event.opens_at, place=event.place)
    return replace(_lined(state, logged), promised=promise)


def _sent(state: Conversation, logged: Logged, event: e.MessageSent) -> Conversation:
    state = _lined(state, logged)
    match event.from_:
        case "customer":
            return _asked(state, logged, event)
        case "bot":
            return _answered_by_bot(state, logged, event)
    return replace(
        state,
        waiting_since=None,
        answer_by=None,
        idle_at=event.idle_at,
        answered_at=logged.at_ms if state.answered_at is None else state.answered_at,
        read_staff=logged.offset,
        left_by=(),
        draft=None,
        proposal=None,
    )


def _asked(state: Conversation, logged: Logged, event: e.MessageSent) -> Conversation:
    since = state.waiting_since
    return replace(
        state,
        waiting_since=logged.at_ms if since is None else since,
        answer_by=state.answer_by if since is not None else event.answer_by,
        idle_at=None,
        about=event.about or state.about,
        locale=event.locale or state.locale,
        read_customer=logged.offset,
        asked_upto=logged.offset,
        draft=None,
        **_name(logged),
    )


def _answered_by_bot(state: Conversation, logged: Logged, event: e.MessageSent) -> Conversation:
    proposal = None
    if event.proposal is not None and event.expires_at is not None:
        proposal = Proposal(
            offset=logged.offset, change=event.proposal, expires_at=event.expires_at
        )
    upto = event.upto or state.bot_upto
    return replace(
        state,
        waiting_since=None,
        answer_by=None,
        idle_at=event.idle_at,
        bot_upto=upto,
        read_staff=max(state.read_staff, upto),
        proposal=proposal,
    )


def _posted(state: Conversation, logged: Logged, event: e.CardPosted) -> Conversation:
    state = _lined(state, logged)
    goes_on = state.control != "human" or state.waiting_since is not None
    if goes_on or state.idle_at is not None:
        return state
    return replace(state, idle_at=event.idle_at)


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
        proposal=None,
        callback_at=None,
        answer_by=None if state.waiting_since is None else event.answer_by,
    )


def _released(state: Conversation, logged: Logged, event: e.ConversationReleased) -> Conversation:
    left_by = (*(one for one in state.left_by if one != event.staff), event.staff)
    return replace(
        _lined(state, logged),
        control="queued",
        staff=None,
        staff_name=None,
        answer_by=None,
        left_by=left_by[-LEFT:],
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
        proposal=None,
        callback_at=None,
        draft=None,
        # No answer to what was said before comes any more.
        bot_upto=state.asked_upto,
    )


def _rated(state: Conversation, logged: Logged, event: e.ConversationRated) -> Conversation:
    text = None if logged.content is None else logged.content.text
    return replace(state, rated=Rating(score=event.score, text=text))


def _handed_over(
    state: Conversation, logged: Logged, event: e.ConversationHandedOver
) -> Conversation:
    state = _lined(state, logged)
    handed_at = logged.at_ms if state.handed_at is None else state.handed_at
    if event.callback_at is not None:
        return replace(state, callback_at=event.callback_at, idle_at=None, handed_at=handed_at)
    since = state.waiting_since
    return replace(
        state,
        control="queued",
        waiting_since=logged.at_ms if since is None else since,
        idle_at=None,
        proposal=None,
        callback_at=None,
        handed_at=handed_at,
    )


def _packed(state: Conversation, _logged: Logged, event: e.HandoverPacked) -> Conversation:
    packet = Packet(
        cause=event.cause,
        locale=event.locale,
        intents=event.intents,
        cards=event.cards,
    )
    return replace(state, packet=packet)


def _drafted(state: Conversation, logged: Logged, event: e.BotDrafted) -> Conversation:
    text = None if logged.content is None else logged.content.text
    return replace(state, draft=Draft(upto=event.upto, text=text, cards=event.cards))


def _change_asked(state: Conversation, logged: Logged, event: e.ChangeAsked) -> Conversation:
    state = _lined(state, logged)
    if event.of is None:
        return state
    # What she confirmed needs no other answer.
    return replace(
        state, proposal=None, waiting_since=None, answer_by=None, bot_upto=state.asked_upto
    )


def _became(state: Conversation, logged: Logged, _event: OfChange) -> Conversation:
    return replace(state, lines=tuple(settled(state.lines, logged)))


def settled(lines: Iterable[Line], logged: Logged) -> list[Line]:
    """`lines`, of which the one that asked for a change now says what became of it."""
    event: Any = logged.event
    match event:
        case e.ChangeMade():
            what, code = ("done" if event.code is None else "refused"), event.code
        case e.ChangeUndoAsked():
            what, code = "undoing", None
        case e.ChangeUndone():
            what, code = ("undone" if event.code is None else "kept"), event.code
        case _:
            return list(lines)
    return [
        replace(line, state=what, code=code) if line.offset == event.of else line for line in lines
    ]


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
        draft=None if hers else state.draft,
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
    e.CardPosted: _posted,
    e.MessagesRead: _read,
    e.ConversationTaken: _taken,
    e.ConversationReleased: _released,
    e.ConversationHandedOver: _handed_over,
    e.HandoverPacked: _packed,
    e.BotDrafted: _drafted,
    e.ChangeAsked: _change_asked,
    e.ChangeMade: _became,
    e.ChangeUndoAsked: _became,
    e.ChangeUndone: _became,
    e.ConversationResolved: _resolved,
    e.ConversationRated: _rated,
    e.NoteAdded: _noted,
    e.TagsSet: _tagged,
    e.PersonMerged: _merged,
    e.TalkErased: _erased,
}

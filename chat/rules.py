"""What may happen in a conversation, and what comes of it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chat import commands as c
from chat import events as e
from chat.state import Conversation
from core.errors import Conflict, Forbidden, NotFound
from core.rooms.events import STAFF, Content
from core.rooms.kind import Turn

ChatTurn = Turn[Conversation]


def decide(turn: ChatTurn, by: c.Actor, do: Any) -> None:
    """Carry out a command. Raises NotFound, Forbidden, Conflict."""
    if by.side == "customer" and not isinstance(do, c.Create) and turn.state.ids.isdisjoint(by.ids):
        raise NotFound("There is no such conversation.")
    _RULES[type(do)](turn, by, do)


def expire(turn: ChatTurn) -> None:
    """Who does not answer in time gives it back; a round in which nobody says more ends."""
    state = turn.state
    if _is_due(state.answer_by, turn) and state.control == "human" and state.staff is not None:
        turn.append(e.ConversationReleased(staff=state.staff, cause="unanswered"))
    elif _is_due(state.idle_at, turn) and state.control != "resolved":
        turn.append(e.ConversationResolved(staff=None, cause="idle"))


def next_due(state: Conversation) -> int | None:
    """When `expire` next has something to do."""
    answer_by = state.answer_by if state.control == "human" else None
    idle_at = state.idle_at if state.control != "resolved" else None
    return min((at for at in (answer_by, idle_at) if at is not None), default=None)


def _is_due(at: int | None, turn: ChatTurn) -> bool:
    return at is not None and at <= turn.now


def _create(turn: ChatTurn, by: c.Actor, do: c.Create) -> None:
    created = e.ConversationCreated(customer=do.customer)
    turn.append(created, content=Content(by.id, by.name or None))


def _say(turn: ChatTurn, by: c.Actor, do: c.Said) -> None:
    if by.side == "customer":
        _ask(turn, by, do)
    else:
        _answer(turn, by, do)


def _ask(turn: ChatTurn, by: c.Actor, do: c.Said) -> None:
    say, about = do.say, _about(do.say)
    if say.product is not None:
        raise Forbidden("Products are shown by staff.")
    if turn.state.control in ("new", "resolved"):
        opened = e.ConversationOpened(round=turn.state.round + 1, by="customer", about=about)
        turn.append(opened)
    sent = e.MessageSent(from_="customer", by=by.id, about=about, answer_by=do.answer_by)
    turn.append(sent, content=Content(by.id, by.name or None, say.text))


def _answer(turn: ChatTurn, by: c.Actor, do: c.Said) -> None:
    if turn.state.staff != by.id:
        raise _has(turn.state, "You do not have this conversation.", "not_yours")
    if do.say.about is not None:
        raise Forbidden("Customers say what they ask about.")
    sent = e.MessageSent(from_="staff", by=by.id, product=do.say.product, idle_at=do.idle_at)
    turn.append(sent, content=Content(by.id, by.name or None, do.say.text))


def _about(say: c.Say) -> e.About | None:
    if say.about is None or not any(say.about.model_dump().values()):
        return None
    return e.About(**say.about.model_dump())


def _read(turn: ChatTurn, by: c.Actor, do: c.Read) -> None:
    state = turn.state
    read = state.read_customer if by.side == "customer" else state.read_staff
    upto = min(do.upto, turn.next_offset - 1)
    if upto > read:
        turn.append(e.MessagesRead(side=by.side, upto=upto))


def _rate(turn: ChatTurn, by: c.Actor, do: c.Rate) -> None:
    if by.side != "customer":
        raise Forbidden("Customers rate.")
    if turn.state.control != "resolved":
        raise Conflict("It is not over yet.", code="not_resolved")
    rated = e.ConversationRated(score=do.score)
    turn.append(rated, content=Content(by.id, None, do.text) if do.text is not None else None)


def _promise(turn: ChatTurn, _by: c.Actor, do: c.Promise) -> None:
    state = turn.state
    if state.control == "queued" and state.round == do.round and state.promised is None:
        turn.append(e.ConversationPromised(opens_at=do.opens_at, place=do.place))


# What reps do


def _take(turn: ChatTurn, by: c.Actor, do: c.Taking) -> None:
    state = turn.state
    if state.staff == by.id:
        return
    if state.staff != do.take.from_:
        raise _has(state, "Somebody else has it.", "taken")
    if state.control in ("new", "resolved"):
        turn.append(e.ConversationOpened(round=state.round + 1, by="staff"))
    taken = e.ConversationTaken(staff=by.id, answer_by=do.answer_by)
    turn.append(taken, content=Content(by.id, by.name or None))


def _transfer(turn: ChatTurn, by: c.Actor, _do: c.Transfer) -> None:
    """Back to those who wait; to a colleague see `_hand`."""
    turn.append(e.ConversationReleased(staff=_holder(turn.state, by), cause="transfer"))


def _hand(turn: ChatTurn, by: c.Actor, do: c.HandTo) -> None:
    holder = _holder(turn.state, by)
    if do.to != holder:
        turn.append(e.ConversationReleased(staff=holder, cause="transfer", to=do.to))
        taken = e.ConversationTaken(staff=do.to, answer_by=do.answer_by)
        turn.append(taken, content=Content(do.to, do.name or None))


def _resolve(turn: ChatTurn, by: c.Actor, _do: c.Resolve) -> None:
    state = turn.state
    if state.control in ("new", "resolved"):
        return
    if state.staff != by.id and not by.leads:
        raise _has(state, "You do not have this conversation.", "not_yours")
    resolved = e.ConversationResolved(staff=by.id, cause="staff")
    turn.append(resolved, content=Content(by.id, by.name or None))


def _note(turn: ChatTurn, by: c.Actor, do: c.Note) -> None:
    turn.append(
        e.NoteAdded(staff=by.id), to=STAFF, content=Content(by.id, by.name or None, do.text)
    )


def _tag(turn: ChatTurn, by: c.Actor, do: c.SetTags) -> None:
    tags = tuple(dict.fromkeys(do.tags))
    if tags != turn.state.tags:
        turn.append(e.TagsSet(tags=tags, staff=by.id), to=STAFF)


def _holder(state: Conversation, by: c.Actor) -> str:
    """Who has it, if `by` may give it away."""
    if state.staff is None or (state.staff != by.id and not by.leads):
        raise _has(state, "You do not have this conversation.", "not_yours")
    return state.staff


def _has(state: Conversation, words: str, code: str) -> Conflict:
    return Conflict(words, code=code, staff=state.staff, name=state.staff_name)


# What the service does


def _merge(turn: ChatTurn, _by: c.Actor, do: c.Merge) -> None:
    state = turn.state
    if do.from_ in state.ids and state.customer != do.to:
        turn.append(e.PersonMerged(from_=do.from_, to=do.to))


def _erase(turn: ChatTurn, _by: c.Actor, do: c.EraseTalk) -> None:
    turn.append(e.TalkErased(person=do.person))


_RULES: dict[type, Callable[[ChatTurn, c.Actor, Any], None]] = {
    c.Create: _create,
    c.Said: _say,
    c.Read: _read,
    c.Rate: _rate,
    c.Promise: _promise,
    c.Taking: _take,
    c.Transfer: _transfer,
    c.HandTo: _hand,
    c.Resolve: _resolve,
    c.Note: _note,
    c.SetTags: _tag,
    c.Merge: _merge,
    c.EraseTalk: _erase,
}

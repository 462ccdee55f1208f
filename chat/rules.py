"""What may happen in a conversation, and what comes of it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chat import bot_rules
from chat import commands as c
from chat import events as e
from chat.state import Conversation
from core.errors import Conflict, Forbidden, NotFound
from core.rooms.events import STAFF, Content
from core.rooms.kind import Turn

ChatTurn = Turn[Conversation]

UNDOABLE = ("cart.add", "cart.remove")


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
    elif _is_due(state.callback_at, turn) and state.control == "bot":
        turn.append(e.ConversationHandedOver(cause="callback"))
    elif _is_due(state.idle_at, turn) and state.control != "resolved":
        turn.append(e.ConversationResolved(staff=None, cause="idle"))


def next_due(state: Conversation) -> int | None:
    """When `expire` next has something to do."""
    answer_by = state.answer_by if state.control == "human" else None
    callback_at = state.callback_at if state.control == "bot" else None
    idle_at = state.idle_at if state.control != "resolved" else None
    return min((at for at in (answer_by, callback_at, idle_at) if at is not None), default=None)


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
    if say.product is not None or say.products:
        raise Forbidden("Products are shown by staff.")
    _open(turn, about, bot=do.bot)
    sent = e.MessageSent(
        from_="customer",
        by=by.id,
        cards=do.cards,
        about=about,
        locale=say.locale,
        answer_by=do.answer_by,
    )
    turn.append(sent, content=Content(by.id, by.name or None, say.text))


def _open(turn: ChatTurn, about: e.About | None, *, bot: bool) -> None:
    """A new round, where none is open, begun by the customer."""
    if turn.state.control in ("new", "resolved"):
        number = turn.state.round + 1
        turn.append(e.ConversationOpened(round=number, by="customer", about=about, bot=bot))


def _press(turn: ChatTurn, by: c.Actor, do: c.Pressing) -> None:
    """She says what the button says; the button of a proposal confirms it."""
    if by.side != "customer":
        raise Forbidden("Buttons are for customers.")
    state, press = turn.state, do.press
    line = state.line(press.offset)
    button = next((one for one in line.buttons if one.key == press.key), None) if line else None
    if button is None:
        raise NotFound("There is no such button.", code="unknown_button")
    proposal = state.proposal
    if button.kind == "confirm" and (
        proposal is None or proposal.offset != press.offset or proposal.expires_at <= turn.now
    ):
        raise Conflict("That is no longer offered.", code="proposal_over")
    _open(turn, None, bot=do.bot)
    sent = e.MessageSent(
        from_="customer",
        by=by.id,
        answer_by=do.answer_by,
        pressed=e.Pressed(press.offset, press.key),
    )
    turn.append(sent, content=Content(by.id, by.name or None, button.label))
    if button.kind == "confirm" and proposal is not None:
        turn.append(e.ChangeAsked(change=proposal.change, of=proposal.offset))


def _answer(turn: ChatTurn, by: c.Actor, do: c.Said) -> None:
    if turn.state.staff != by.id:
        raise _has(turn.state, "You do not have this conversation.", "not_yours")
    if do.say.about is not None:
        raise Forbidden("Customers say what they ask about.")
    sent = e.MessageSent(from_="staff", by=by.id, cards=do.cards, idle_at=do.idle_at)
    turn.append(sent, content=Content(by.id, by.name or None, do.say.text))


# What is changed for a customer


def _do_for(turn: ChatTurn, by: c.Actor, do: c.DoFor) -> None:
    if turn.state.staff != by.id:
        raise _has(turn.state, "You do not have this conversation.", "not_yours")
    asked = e.ChangeAsked(change=do.change, staff=by.id)
    turn.append(asked, content=Content(by.id, by.name or None))


def _undo(turn: ChatTurn, by: c.Actor, do: c.Undo) -> None:
    if by.side != "customer":
        raise Forbidden("It is the customer's cart.")
    line = turn.state.line(do.offset)
    if line is None or line.change is None:
        raise NotFound("There is no such change.", code="unknown_change")
    if line.state in ("undoing", "undone"):
        return
    if line.state != "done" or line.change.kind not in UNDOABLE:
        raise Conflict("That cannot be undone.", code="not_undoable")
    turn.append(e.ChangeUndoAsked(of=do.offset))


def _became(turn: ChatTurn, _by: c.Actor, do: c.Became) -> None:
    event = e.ChangeUndone if do.undone else e.ChangeMade
    turn.append(event(of=do.of, code=do.code))


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


def _assign(turn: ChatTurn, _by: c.Actor, do: c.Assign) -> None:
    """Nothing, where somebody was faster: it is another round, or waits no more."""
    state = turn.state
    if state.control == "queued" and state.round == do.round and do.staff not in state.left_by:
        taken = e.ConversationTaken(staff=do.staff, answer_by=do.answer_by, assigned=True)
        turn.append(taken, content=Content(do.staff, do.name or None))


def _give(turn: ChatTurn, _by: c.Actor, do: c.Give) -> None:
    """Nothing, where a colleague has it: she goes on with what she began."""
    state = turn.state
    if state.control == "human":
        return
    if state.control in ("new", "resolved"):
        turn.append(e.ConversationOpened(round=state.round + 1, by="staff"))
    taken = e.ConversationTaken(staff=do.staff, answer_by=do.answer_by, assigned=True)
    turn.append(taken, content=Content(do.staff, do.name or None))


def _post(turn: ChatTurn, _by: c.Actor, do: c.Post) -> None:
    turn.append(e.CardPosted(card=do.card, unread=do.unread, idle_at=do.idle_at))


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


def _erase_old(turn: ChatTurn, _by: c.Actor, do: c.EraseOld) -> None:
    """Nothing, where she has come back since it was looked for."""
    last = turn.state.last_message
    is_old = last is None or last.at_ms < do.before
    if is_old and turn.state.control in ("new", "resolved"):
        turn.append(e.TalkErased(person=None))


def _erase(turn: ChatTurn, _by: c.Actor, do: c.EraseTalk) -> None:
    turn.append(e.TalkErased(person=do.person))


_RULES: dict[type, Callable[[ChatTurn, c.Actor, Any], None]] = {
    c.Create: _create,
    c.Said: _say,
    c.Pressing: _press,
    c.BotSays: bot_rules.says,
    c.BotLeaves: bot_rules.leaves,
    c.DoFor: _do_for,
    c.Undo: _undo,
    c.Became: _became,
    c.Read: _read,
    c.Rate: _rate,
    c.Promise: _promise,
    c.Taking: _take,
    c.Assign: _assign,
    c.Give: _give,
    c.Post: _post,
    c.Transfer: _transfer,
    c.HandTo: _hand,
    c.Resolve: _resolve,
    c.Note: _note,
    c.SetTags: _tag,
    c.Merge: _merge,
    c.EraseTalk: _erase,
    c.EraseOld: _erase_old,
}

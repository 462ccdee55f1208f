"""What the bot may do in a conversation: answer what was said last, or leave it to people. Pure."""

from __future__ import annotations

from chat import commands as c
from chat import events as e
from chat.state import Conversation, Line
from core.errors import Conflict
from core.rooms.events import STAFF, Content
from core.rooms.kind import Turn
from core.tools import HandoverReason

ChatTurn = Turn[Conversation]

PACKED = 12
"""Intents, and things shown, that a rep is handed."""
_NOT_PACKED = ("image", "call", "consult")
"""She sees them in the thread, and they say nothing of what is wanted."""


def says(turn: ChatTurn, _by: c.Actor, do: c.BotSays) -> None:
    """Nothing, where it comes too late: another round, or she has said more since.

    Who took over meanwhile gets it as a draft. Raises Conflict `proposal_over` where it confirms
    what is no longer offered: the bot has to think again, not to say that it is done.
    """
    state = turn.state
    if state.round != do.round or state.asked_upto != do.upto or state.bot_upto >= do.upto:
        return
    if state.control in ("human", "queued"):
        draft = do.text and do.sure and not do.confirm and do.handover is None
        if draft and state.waiting_since is not None:
            drafted = e.BotDrafted(upto=do.upto, cards=do.cards)
            turn.append(drafted, to=STAFF, content=Content(c.BOT.id, None, do.text))
        return
    if state.control != "bot":
        return
    if do.confirm:
        if state.proposal is None or state.proposal.expires_at <= turn.now:
            raise Conflict("That is no longer offered.", code="proposal_over")
        turn.append(e.ChangeAsked(change=state.proposal.change, of=state.proposal.offset))
        return
    sent = e.MessageSent(
        from_="bot",
        by=c.BOT.id,
        cards=do.cards,
        upto=do.upto,
        intent=do.intent,
        buttons=do.buttons,
        proposal=do.proposal,
        expires_at=do.expires_at,
        idle_at=do.idle_at,
    )
    turn.append(sent, content=Content(c.BOT.id, None, do.text))
    if do.handover is not None and state.callback_at is None:
        turn.append(e.ConversationHandedOver(cause=do.handover, callback_at=do.callback_at))
        turn.append(_packet(turn.state, do.handover, do.locale), to=STAFF)


def _packet(state: Conversation, cause: HandoverReason, locale: str) -> e.HandoverPacked:
    of_round = _lines_of_round(state)
    intents = [line.intent for line in of_round if line.side == "bot" and line.intent]
    cards = [card for line in of_round for card in line.cards if card.kind not in _NOT_PACKED]
    return e.HandoverPacked(
        cause=cause,
        locale=locale,
        intents=tuple(dict.fromkeys(intents))[-PACKED:],
        cards=tuple(dict.fromkeys(cards))[-PACKED:],
    )


def _lines_of_round(state: Conversation) -> list[Line]:
    lines: list[Line] = []
    for line in reversed(state.lines):
        if line.kind == "opened":
            break
        lines.append(line)
    return lines[::-1]


def leaves(turn: ChatTurn, _by: c.Actor, do: c.BotLeaves) -> None:
    if turn.state.control == "bot" and turn.state.round == do.round:
        turn.append(e.ConversationHandedOver(cause=do.cause))

"""What conversations and calls ask to be changed for a customer: done in the shop once, told
there."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from chat import commands as chat
from chat import store as chat_store
from chat.routes import CHATS
from commerce_bridge.changes import Outcome, carry_out, person_of_customer, undo
from commerce_bridge.commerce import COMMERCE
from commerce_bridge.loyalty.rules import Channel
from core.tools import Change
from video.consult import commands as consult
from video.consult import store as consult_store
from video.consult.service import CALLS
from web.keys import DATABASE, OUTBOX


def join(app: web.Application) -> None:
    """Hear what is asked for, by the outbox."""

    async def in_chat(told: dict[str, Any]) -> None:
        conversation, of = told["conversation"], told["of"]
        outcome = await _done(app, told, f"{conversation}-{of}", "chat")
        became = chat.Became(of, undone=told["undo"], code=outcome.code)
        await app[CHATS].became(conversation, became)

    async def in_call(told: dict[str, Any]) -> None:
        call, of = told["call"], told["of"]
        outcome = await _done(app, told, f"{call}-{of}", "call")
        became = consult.Became(of, undone=told["undo"], code=outcome.code)
        await app[CALLS].became(call, became)

    app[OUTBOX].subscribe(chat_store.CHANGE, in_chat)
    app[OUTBOX].subscribe(consult_store.CHANGE, in_call)


async def _done(app: web.Application, told: dict[str, Any], key: str, via: Channel) -> Outcome:
    """`key` is named after the event that asked: whatever happens, it is the same request."""
    person = await person_of_customer(app[DATABASE], told["customer"])
    change = msgspec.convert(told["change"], Change)
    do = undo if told["undo"] else carry_out
    return await do(app[COMMERCE], person, change, key, via=via)

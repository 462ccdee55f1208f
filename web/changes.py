"""What a conversation asks to be changed for its customer: done in the shop once, told there."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from chat import commands as c
from chat.routes import CHATS
from chat.store import CHANGE
from commerce_bridge.changes import carry_out, person_of_customer, undo
from commerce_bridge.commerce import COMMERCE
from core.tools import Change
from web.keys import DATABASE, OUTBOX


def join(app: web.Application) -> None:
    """Hear what the chats ask for, by the outbox."""

    async def asked(told: dict[str, Any]) -> None:
        conversation, of = told["conversation"], told["of"]
        person = await person_of_customer(app[DATABASE], told["customer"])
        change = msgspec.convert(told["change"], Change)
        do = undo if told["undo"] else carry_out
        # Named after the event that asked for it: whatever happens, it is the same request.
        outcome = await do(app[COMMERCE], person, change, f"{conversation}-{of}")
        became = c.Became(of, undone=told["undo"], code=outcome.code)
        await app[CHATS].became(conversation, became)

    app[OUTBOX].subscribe(CHANGE, asked)

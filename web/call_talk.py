"""What the chat is told of calls: an invitation and what became of a call stand in the customer's
thread, and who talks with her answers her there too."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from chat.routes import CHATS
from commerce_bridge.changes import person_of_customer
from core.tools import Card
from video.consult.store import ANSWERED, ENDED, INVITED
from web.keys import DATABASE, OUTBOX


def join(app: web.Application) -> None:
    """Hear what becomes of calls, by the outbox. Named after the call: a repeat shows nothing."""

    async def post(told: dict[str, Any], what: str, *, unread: bool) -> None:
        call = told["call"]
        customer = await person_of_customer(app[DATABASE], told["customer"])
        await app[CHATS].post_card(customer, Card("call", call), f"{call}-{what}", unread=unread)

    async def invited(told: dict[str, Any]) -> None:
        await post(told, "invited", unread=True)

    async def answered(told: dict[str, Any]) -> None:
        chats = app[CHATS]
        rep = next((one for one in await chats.reps() if one.id == told["staff"]), None)
        if rep is not None:  # else she is none any more
            customer = await person_of_customer(app[DATABASE], told["customer"])
            await chats.give(customer, rep, told["call"])

    async def ended(told: dict[str, Any]) -> None:
        if told["answered"] or told["cause"] == "callback":
            await post(told, "ended", unread=False)

    app[OUTBOX].subscribe(INVITED, invited)
    app[OUTBOX].subscribe(ANSWERED, answered)
    app[OUTBOX].subscribe(ENDED, ended)

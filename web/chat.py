"""Conversations, opened and closed as a part of the application, with what the whole of the product
knows of a customer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from aiohttp import web
from msgspec import to_builtins

from chat import office_routes, picture_routes, routes
from chat.inbox import Inbox
from chat.namespace import NAMESPACE, ChatNamespace
from chat.office import Office
from chat.office_routes import OFFICE
from chat.picture_routes import CHAT_PICTURES
from chat.pictures import Pictures
from chat.routes import CHATS, INBOX, PANE, SHOWN
from chat.service import Chats, Pace
from chat.store import Row
from core.identity.service import IDENTITY
from core.identity.staff import STAFF
from core.rooms.broadcast import FanOut
from web import call_talk, changes
from web.customer import about_titled, pane
from web.keys import CLOCK, DATABASE, LIMITS, OUTBOX, SETTINGS
from web.rooms import RELAY, ROOMS, SOCKETS
from web.shelf import Shelf
from web.tasks import kept_going

FAN_OUT = web.AppKey("chat_fan_out", FanOut)
WRITES = web.AppKey[list[Callable[[str], None]]]("writes")
"""Told in which conversation a customer is seen to write."""


def attach(app: web.Application) -> None:
    """Make the routes part of `app`, before it starts."""
    routes.routes.join(app)
    office_routes.routes.join(app)
    picture_routes.routes.join(app)


async def chats(app: web.Application) -> AsyncIterator[None]:
    """After the rooms and the shop, and before the outbox hands over."""
    settings = app[SETTINGS]
    app[OFFICE] = Office(app[DATABASE], app[CLOCK])
    pace = Pace(
        settings.chat_answer_minutes * 60_000,
        settings.chat_idle_hours * 3_600_000,
        bot=settings.bot,
    )
    app[CHATS] = made = Chats(
        app[DATABASE],
        app[ROOMS],
        app[CLOCK],
        app[OFFICE],
        app[STAFF],
        Shelf(app),
        pace,
        app[LIMITS],
    )
    made.join(app[OUTBOX])
    changes.join(app)
    call_talk.join(app)
    folder = settings.data_folder / "pictures"
    app[CHAT_PICTURES] = Pictures(app[DATABASE], app[CLOCK], made, folder, limits=app[LIMITS])

    async def shown(rows: Sequence[Row]) -> list[dict[str, Any]]:
        return await _shown(app, rows)

    async def of_conversation(conversation: str) -> dict[str, Any]:
        return await _pane(app, conversation)

    async def send(sid: str, event: str, data: Any) -> None:
        await app[SOCKETS].emit(event, data, to=sid, namespace=NAMESPACE)

    app[SHOWN], app[PANE] = shown, of_conversation
    app[INBOX] = inbox = Inbox(made, shown, send, app[RELAY])
    app[RELAY].listen(inbox.heard, inbox.wants)
    app[FAN_OUT] = fan_out = FanOut(app[SOCKETS], NAMESPACE, relay=app[RELAY])
    app[WRITES] = []

    def writes(conversation: str) -> None:
        for told in app[WRITES]:
            told(conversation)

    namespace = ChatNamespace(app[SOCKETS], fan_out, made, inbox, app[IDENTITY], app[CLOCK], writes)
    app[SOCKETS].register_namespace(namespace)
    await made.look_at_the_clock()
    async with kept_going(inbox.run, "inbox"):
        yield
    await fan_out.close()


async def erase_old(app: web.Application) -> None:
    """Blank conversations that have been over for longer than the settings keep them."""
    kept_ms = app[SETTINGS].retention_days * 86_400_000
    before = app[CLOCK].now() - kept_ms
    await app[CHATS].erase_old(before)
    await app[CHAT_PICTURES].tidy(before)


async def _shown(app: web.Application, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Lines of the list with the names of staff, and of what customers ask about."""
    staff = {one.id: one.name for one in await app[STAFF].all()} if rows else {}
    return [
        to_builtins(row)
        | {
            "staff_name": None if row.staff is None else staff.get(row.staff),
            "about": await about_titled(app, row.about),
        }
        for row in rows
    ]


async def _pane(app: web.Application, conversation: str) -> dict[str, Any]:
    """The customer of a conversation: who she is, what she has, what she bought and asks about."""
    [row] = await app[CHATS].rows([conversation])
    return await pane(app, row.customer, row.about)

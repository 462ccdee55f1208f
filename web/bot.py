"""The bot, opened and closed as a part of the application: it hears the rooms, and answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack

from aiohttp import web

from bot.assistant import Assistant
from bot.knowledge.routes import KNOWLEDGE
from bot.knowledge.tool import articles
from bot.mind import Mind
from bot.model.loading import opened
from bot.products import Products
from bot.tools.shop import shop_tools
from bot.turns import Turns
from chat.events import MessageSent
from chat.routes import CHATS
from chat.store import PREFIX
from chat.tools import opening
from commerce_bridge.commerce import COMMERCE
from commerce_bridge.loyalty.service import LOYALTY
from core.rooms.events import Logged
from core.tools import Tool
from video.consult.booking.service import BOOKINGS
from video.consult.service import CALLS
from video.consult.tools import consultation
from web.bot_talk import BotTalk
from web.chat import FAN_OUT, WRITES
from web.keys import CLOCK, SETTINGS
from web.live import SHOP
from web.rooms import RELAY
from web.tasks import kept_going

TURNS = web.AppKey("turns", Turns)


async def bot(app: web.Application) -> AsyncIterator[None]:
    """After the chats, the shop, the articles, the calls and their bookings."""
    settings = app[SETTINGS]
    if not settings.bot:
        await app[CHATS].dismiss_bot()
        yield
        return
    products = Products(app[SHOP], app[CLOCK])
    mind = Mind(products, app[KNOWLEDGE], settings.time_zone)
    tools = _tools(app, products)
    await products.look()
    async with AsyncExitStack() as stack:
        assistant = await stack.enter_async_context(opened(settings, mind.brain, tools))

        async def known() -> Assistant:
            await mind.known()
            return assistant

        app[TURNS] = turns = Turns(BotTalk(app, app[FAN_OUT], tools), known, relay=app[RELAY])

        def heard(room: str, _epoch: str, events: Sequence[Logged]) -> None:
            if room.startswith(f"{PREFIX}_") and any(map(_asks, events)):
                turns.heard(room)

        # What another process committed, the bot answers there.
        app[RELAY].listen_here(heard)
        app[WRITES].append(turns.writes)
        for work, name in (
            (products.run, "products"), (mind.run, "mind"), (turns.run, "bot"),
        ):  # fmt: skip
            await stack.enter_async_context(kept_going(work, name))
        yield


def _asks(logged: Logged) -> bool:
    return isinstance(logged.event, MessageSent) and logged.event.from_ == "customer"


def _tools(app: web.Application, products: Products) -> list[Tool]:
    """What the features let be asked."""
    return [
        *shop_tools(app[COMMERCE], app[SHOP], products, app[LOYALTY]),
        articles(app[KNOWLEDGE]),
        opening(app[CHATS]),
        consultation(app[CALLS], app[BOOKINGS]),
    ]

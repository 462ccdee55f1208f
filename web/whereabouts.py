"""Where customers were, by their conversations and calls: what the shop asks before it believes a
page."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from chat.routes import CHATS
from commerce_bridge.cart.whereabouts import Elsewhere
from core.identity.model import Person
from video.consult.service import CALLS
from web.keys import CLOCK

ADVISED_MS: Final = 24 * 3_600_000
"""How long what a conversation told her counts: she thinks it over, and sleeps on it."""
TALKED_MS: Final = 3_600_000
"""How long a call counts that is over."""


class Whereabouts:
    """See `commerce_bridge.cart.whereabouts.Whereabouts`. Both are opened after the shop."""

    def __init__(self, app: web.Application) -> None:
        self._app = app

    async def was(self, person: Person, channel: Elsewhere) -> bool:
        now = self._app[CLOCK].now()
        match channel:
            case "chat":
                return await self._app[CHATS].answered_since(person.aliases, now - ADVISED_MS)
            case "call":
                return await self._app[CALLS].talked_since(person.aliases, now - TALKED_MS)

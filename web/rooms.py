"""Rooms and their sockets, opened and closed as parts of the application: of all features alike."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import cast

import structlog
from aiohttp import web

from chat.kind import ConversationKind
from core.errors import PlusOneError, RateLimited
from core.http import client_address, is_https
from core.http.peer import PEERS
from core.identity.service import IDENTITY, Identity
from core.limits import Limiter
from core.rooms.namespace import RoomNamespace
from core.rooms.relay import InProcessRelay, Relay
from core.rooms.rooms import Rooms
from core.rooms.sockets import RoomServer, socket_server
from live.kind import ShowKind
from web.keys import CLOCK, DATABASE, SETTINGS
from web.tasks import running

ROOMS = web.AppKey("rooms", Rooms)
RELAY = web.AppKey[Relay]("relay")
SOCKETS = web.AppKey("sockets", RoomServer)

EVENTS_AT_ONCE = 5
"""What one socket may send at once, in seconds' worth of `events_per_s`."""
RECHECK_S = 5.0
"""How long a socket may go on as somebody who was signed out by another process."""
RECHECK_PAUSE_S = 1.0
"""Between two rechecks, however many sign out: each asks for all sockets."""

log = structlog.get_logger(__name__)


def attach(app: web.Application) -> None:
    """Make the sockets part of `app`, before it starts."""
    settings = app[SETTINGS]
    rate = settings.events_per_s
    limiter = Limiter(rate, rate * EVENTS_AT_ONCE, clock=app[CLOCK])

    def admit(socket: str) -> RateLimited | None:
        wait_ms = limiter.take(socket)
        return None if wait_ms is None else RateLimited("Too fast.", retry_after_ms=wait_ms)

    def allowed(origin: str, request: web.Request) -> bool:
        scheme = "https" if is_https(request) else "http"
        return app[PEERS].origins.allow(origin, request.host, scheme)

    app[SOCKETS] = socket_server(
        allowed_origins=allowed,
        address_of=client_address,
        admit=admit,
        per_address=settings.sockets_per_address,
    )
    app[SOCKETS].attach(app)
    app.on_shutdown.append(_leave)


async def rooms(app: web.Application) -> AsyncIterator[None]:
    """Before all that tells rooms anything."""
    app[RELAY] = InProcessRelay()
    app[ROOMS] = Rooms(
        app[DATABASE],
        app[CLOCK],
        [ShowKind(), ConversationKind()],
        relay=app[RELAY],
        idle_s=app[SETTINGS].room_idle_minutes * 60,
    )
    async with running(app[ROOMS].run(), "rooms"):
        yield
    await app[ROOMS].close()


async def recheck(app: web.Application) -> AsyncIterator[None]:
    """After all namespaces: their sockets end when who sits there is another."""
    handlers = cast("list[RoomNamespace]", list(app[SOCKETS].namespace_handlers.values()))
    async with running(_recheck(handlers, app[IDENTITY]), "recheck"):
        yield


async def _leave(app: web.Application) -> None:
    """Before the server waits for what is under way: a socket is under way until it is closed."""
    await app[SOCKETS].close()


async def _recheck(namespaces: Sequence[RoomNamespace], identity: Identity) -> None:
    changed = asyncio.Event()
    identity.on_rights_changed(changed.set)
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RECHECK_S):
                await changed.wait()
        changed.clear()
        await asyncio.sleep(RECHECK_PAUSE_S)
        for namespace in namespaces:
            try:
                await namespace.recheck()
            except PlusOneError as error:
                log.warning("recheck.failed", error=error.error_code)

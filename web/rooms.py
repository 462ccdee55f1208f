"""Rooms and their sockets, opened and closed as parts of the application: of all features alike."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any, cast

import structlog
from aiohttp import web

from chat.kind import ConversationKind
from core.errors import PlusOneError, RateLimited
from core.http import client_address, is_https
from core.http.peer import PEERS
from core.identity.service import IDENTITY
from core.limits import Limiter, Limits
from core.redis_limits import RedisLimits
from core.rooms.kind import RoomKind
from core.rooms.namespace import RoomNamespace
from core.rooms.redis_relay import RedisRelay
from core.rooms.relay import InProcessRelay, Relay, Topic
from core.rooms.rooms import Rooms
from core.rooms.sockets import RoomServer, socket_server
from core.settings import Settings
from live.kind import ShowKind
from live.perks import ShopPerks
from video.consult.commands import Pace
from video.consult.kind import CallKind
from web.keys import CLOCK, DATABASE, LIMITS, SECRET, SETTINGS
from web.tasks import kept_going

ROOMS = web.AppKey("rooms", Rooms)
RELAY = web.AppKey[Relay]("relay")
SOCKETS = web.AppKey("sockets", RoomServer)
CALL_PACE = web.AppKey("call_pace", Pace)

EVENTS_AT_ONCE = 5
"""What one socket may send at once, in seconds' worth of `events_per_s`."""
RECHECK_S = 5.0
"""How long a socket may go on as somebody who was signed out by a process that is not heard."""
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
    app[CALL_PACE] = call_pace(app[SETTINGS])
    kinds: list[RoomKind[Any]] = [
        ShowKind(ShopPerks()),
        ConversationKind(),
        CallKind(app[CALL_PACE]),
    ]
    app[RELAY] = _relay(app, kinds)
    app[ROOMS] = Rooms(
        app[DATABASE],
        app[CLOCK],
        kinds,
        relay=app[RELAY],
        idle_s=app[SETTINGS].room_idle_minutes * 60,
    )
    async with kept_going(app[RELAY].run, "relay"):
        async with kept_going(app[ROOMS].run, "rooms"):
            yield
        await app[ROOMS].close()
    await app[RELAY].close()


def _relay(app: web.Application, kinds: Sequence[RoomKind[Any]]) -> Relay:
    """To the other processes of this installation, which have its secret in common."""
    url = app[SETTINGS].redis_url.get_secret_value()
    if not url:
        return InProcessRelay()
    return RedisRelay(url, app[SECRET].fingerprint("relay", "channel")[:32], kinds)


async def limits(app: web.Application) -> AsyncIterator[None]:
    """Before all that limits what a person or an address may do."""
    url = app[SETTINGS].redis_url.get_secret_value()
    if not url:
        app[LIMITS] = Limits(app[CLOCK])
        yield
        return
    shared = RedisLimits(url, partial(app[SECRET].fingerprint, "limits"))
    app[LIMITS] = Limits(app[CLOCK], shared)
    async with kept_going(shared.run, "limits"):
        yield
    await shared.close()


def call_pace(settings: Settings) -> Pace:
    """Either side of a call may be away for half as long again as one who only waits."""
    return Pace(
        ring_ms=settings.consult_ring_s * 1000,
        invite_ms=settings.consult_invite_minutes * 60_000,
        grace_ms=settings.consult_grace_s * 1000,
        talk_grace_ms=settings.consult_grace_s * 1500,
    )


async def recheck(app: web.Application) -> AsyncIterator[None]:
    """After all namespaces: their sockets end when who sits there is another."""
    handlers = cast("list[RoomNamespace]", list(app[SOCKETS].namespace_handlers.values()))
    changed = asyncio.Event()
    elsewhere = Topic(app[RELAY], "rights", str)

    def here() -> None:
        changed.set()
        elsewhere.cast(app[RELAY].process)

    def heard(_process: str) -> None:
        app[IDENTITY].forget_known()
        changed.set()

    app[IDENTITY].on_rights_changed(here)
    elsewhere.hear(heard)
    async with kept_going(partial(_recheck, handlers, changed), "recheck"):
        yield


async def _leave(app: web.Application) -> None:
    """Before the server waits for what is under way: a socket is under way until it is closed."""
    await app[SOCKETS].close()


async def _recheck(namespaces: Sequence[RoomNamespace], changed: asyncio.Event) -> None:
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

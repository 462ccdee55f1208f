"""Rooms, sockets and shows, opened and closed as parts of the application."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from commerce_bridge.port import Shop
from core.errors import PlusOneError, RateLimited
from core.http import client_address, is_https
from core.http.peer import PEERS
from core.identity.service import IDENTITY, Identity
from core.limits import Limiter
from core.rooms.broadcast import FanOut
from core.rooms.rooms import Rooms
from core.rooms.sockets import RoomServer, socket_server
from live import routes
from live.audience import Audience
from live.kind import ShowKind
from live.namespace import NAMESPACE, LiveNamespace
from live.orders import ShowClaims
from live.replay import Replay
from live.service import Shows
from live.stock import Stock
from web.keys import CLOCK, DATABASE, OUTBOX, SETTINGS
from web.tasks import running

ROOMS = web.AppKey("rooms", Rooms)
SOCKETS = web.AppKey("sockets", RoomServer)
SHOP = web.AppKey[Shop]("shop")
SHOW_CLAIMS = web.AppKey("show_claims", ShowClaims)

EVENTS_AT_ONCE = 5
"""What one socket may send at once, in seconds' worth of `events_per_s`."""
RECHECK_S = 5.0
"""How long a socket may go on as somebody who was signed out by another process."""
RECHECK_PAUSE_S = 1.0
"""Between two rechecks, however many sign out: each asks for all sockets."""

log = structlog.get_logger(__name__)


def attach(app: web.Application) -> None:
    """Make the sockets part of `app`, before it starts; `routes` too."""
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
    routes.routes.join(app)


async def rooms(app: web.Application) -> AsyncIterator[None]:
    """Rooms, and what the shop asks of them; before all that tells them anything."""
    settings = app[SETTINGS]
    app[ROOMS] = Rooms(
        app[DATABASE], app[CLOCK], [ShowKind()], idle_s=settings.room_idle_minutes * 60
    )
    app[SHOW_CLAIMS] = ShowClaims(app[DATABASE], app[ROOMS])
    app[SHOW_CLAIMS].join(app[OUTBOX])
    Stock(app[SHOP], app[ROOMS]).join(app[OUTBOX])
    async with running(app[ROOMS].run(), "rooms"):
        yield
    await app[ROOMS].close()


async def erase_old_talk(app: web.Application) -> None:
    """Blank what people typed in shows that ended longer ago than the settings keep it."""
    kept_ms = app[SETTINGS].retention_days * 86_400_000
    await app[routes.SHOWS].erase_old_talk(app[CLOCK].now() - kept_ms)


async def shows(app: web.Application) -> AsyncIterator[None]:
    """Shows and their sockets."""
    fan_out = FanOut(app[SOCKETS], NAMESPACE)
    app[routes.SHOWS] = Shows(app[DATABASE], app[ROOMS], app[SHOP], app[SETTINGS].currency)
    app[routes.REPLAY] = Replay(app[DATABASE], app[routes.SHOWS])
    audience = Audience(fan_out, app[routes.SHOWS], app[CLOCK])
    namespace = LiveNamespace(
        app[SOCKETS], fan_out, app[routes.SHOWS], app[IDENTITY], audience, app[CLOCK]
    )
    app[SOCKETS].register_namespace(namespace)
    async with (
        running(audience.run(), "audience"),
        running(_recheck(namespace, app[IDENTITY]), "recheck"),
    ):
        yield
    await fan_out.close()


async def _leave(app: web.Application) -> None:
    """Before the server waits for what is under way: a socket is under way until it is closed."""
    await app[SOCKETS].close()


async def _recheck(namespace: LiveNamespace, identity: Identity) -> None:
    changed = asyncio.Event()
    identity.on_rights_changed(changed.set)
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RECHECK_S):
                await changed.wait()
        changed.clear()
        await asyncio.sleep(RECHECK_PAUSE_S)
        try:
            await namespace.recheck()
        except PlusOneError as error:
            log.warning("recheck.failed", error=error.error_code)

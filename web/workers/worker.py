"""One worker: the whole service on a socket that it was given, until it is told to go."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine

import msgspec
import structlog
from aiohttp import hdrs, web

from core import logs
from core.clock import SystemClock
from core.errors import Unavailable
from core.settings import Settings
from video.stream.process import EngineElsewhere
from web import health, picture
from web.app import build_app
from web.keys import WORKER, Worker
from web.rooms import SOCKETS
from web.serving import BACKLOG, GRACE_S, calm_collector, run_loop, until_one_ends
from web.tasks import running
from web.workers.words import Leave, Media, Start, Told

BEAT_S = 0.4
"""From one sign of life to the next: a fifth of the shortest `worker_silent_s`. The supervisor goes
by what that was when it started, and the settings here may have been read since."""
LINGER_S = 0.5
"""For the first request of whoever was let in last."""

log = structlog.get_logger(__name__)


def serve(start: Start, ready: Callable[[], None], alive: Callable[[], None]) -> None:
    """Serve until told to go; `ready` is called once requests are taken, `alive` from then on.

    Raises what keeps it from serving.
    """
    settings = Settings()
    logs.set_up(settings, worker=start.number)
    app = build_app(settings, clock=SystemClock(start.uptime_zero))
    app[WORKER] = Worker(start.number)
    app.on_response_prepare.append(last_on_its_connection)
    engine = picture.engine_elsewhere(app)
    run_loop(_serve(app, socket.socket(fileno=start.socket), Orders(engine), ready, alive))


async def _serve(
    app: web.Application,
    listening: socket.socket,
    orders: Orders,
    ready: Callable[[], None],
    alive: Callable[[], None],
) -> None:
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=GRACE_S)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(orders.heard())
        await stack.enter_async_context(picture.engine(app))
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        if (standing := await health.standing(app)) != health.READY:
            raise Unavailable(f"A worker cannot serve yet: {standing}.")
        site = web.SockSite(runner, listening, backlog=BACKLOG)
        await site.start()
        calm_collector()
        log.info("serving", address=site.name)
        ready()
        await stack.enter_async_context(running(_beat(alive), "beats"))
        spread_s = await orders.to_leave()
        log.info("leaving", spread_s=spread_s)
        app[WORKER].leaving = True
        # Who comes from now on comes to the successor; who was let in already is served.
        await site.stop()
        if spread_s is not None:
            await orders.unless_at_once(app[SOCKETS].send_away(spread_s))
            await orders.unless_at_once(asyncio.sleep(LINGER_S))


async def _beat(alive: Callable[[], None]) -> None:
    while True:
        alive()
        await asyncio.sleep(BEAT_S)


class Orders:
    """What the supervisor says, or the system in its place."""

    def __init__(self, engine: EngineElsewhere) -> None:
        self._engine = engine
        self._leave = asyncio.Event()
        self._at_once = asyncio.Event()
        self._spread_s: float | None = None

    async def to_leave(self) -> float | None:
        """Wait for it; returns over how many seconds, or None for at once."""
        await self._leave.wait()
        return self._spread_s

    async def unless_at_once(self, work: Coroutine[object, object, None]) -> None:
        """Do this, and stop when there is no time for it any more."""
        await until_one_ends(work, self._at_once.wait())

    @contextlib.asynccontextmanager
    async def heard(self) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._go)
        reader = asyncio.StreamReader()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        with contextlib.closing(transport):
            async with running(self._read(reader), "orders"):
                yield

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            match msgspec.json.decode(line, type=Told):
                case Media(address):
                    self._engine.address = address
                case Leave(spread_s):
                    self._spread_s = spread_s
                    self._leave.set()
        self._go()
        await asyncio.Event().wait()  # it has nothing more to say

    def _go(self) -> None:
        if not self._leave.is_set():
            self._spread_s = None
        self._at_once.set()
        self._leave.set()


async def last_on_its_connection(request: web.Request, response: web.StreamResponse) -> None:
    """Whoever keeps a connection to a worker that leaves asks elsewhere next."""
    if request.app[WORKER].leaving and response.status != 101:
        response.force_close()
        response.headers[hdrs.CONNECTION] = "close"

"""Starts several workers, watches them, and has them start anew one after the other (ADR 0035).

Each has a port of its own, whose socket is bound here and listened on there, once it can serve: a
port answers, or refuses at once. A worker that dies takes its socket with it, and is started again.
One that is followed by a successor hands it over: both take what comes for a moment, and nobody is
refused. The media process is run here, beside them all: it outlives each of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
import time
from functools import partial

import msgspec
import structlog

import migrations
from core import logs
from core.clock import Clock, SystemClock, uptime_zero
from core.db import Database
from core.errors import BadRequest
from core.secret import Secret
from core.settings import Settings
from video.stream.process import EngineProcess
from video.stream.service import engine_gone
from web import picture
from web.serving import run_loop, until_one_ends
from web.tasks import running
from web.workers.words import Failed, Leave, Media, Said, Start, Told

PROGRAM = "web.workers.program"
STARTED_S = 60
ENDED_S = 30
"""For what it still has to commit and answer, before it is killed; less where it never served."""
FAILED_S = 5
ENDING_S = 1
"""For one that says nothing any more: its pipe may be heard to end before it does."""
PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Before one is started again; the first after it has run for a minute."""

log = structlog.get_logger(__name__)


def serve(settings: Settings) -> int:
    """Serve by `settings.workers` processes until SIGTERM or SIGINT; the exit status.

    Raises BadRequest for settings that several processes cannot go by.
    """
    check(settings)
    logs.set_up(settings)
    migrations.upgrade(settings.database)
    Secret.of(settings)  # made once for all
    run_loop(Supervisor(settings).run())
    return 0


def check(settings: Settings) -> None:
    """Raises BadRequest unless several processes can serve together."""
    last = settings.port + settings.workers - 1
    if settings.database.startswith("sqlite"):
        raise BadRequest("SQLite is one process's: use PLUSONE_DATABASE_URL=postgresql://…")
    if not settings.redis_url.get_secret_value():
        raise BadRequest(
            "Several workers tell each other what happens by Redis: set PLUSONE_REDIS_URL=redis://…"
        )
    if not settings.port:
        raise BadRequest(
            "Each worker has a port of its own, and a proxy has to know it: set PLUSONE_PORT."
        )
    if last > 65535:
        raise BadRequest(f"There are no ports up to {last} for the workers: set PLUSONE_PORT.")
    if settings.port <= settings.media_port <= last:
        raise BadRequest("PLUSONE_MEDIA_PORT is one of the workers' own ports.")


class NotStarted(Exception):
    """Why a worker did not come to serve."""


class Child:
    """One worker's process."""

    def __init__(self, process: asyncio.subprocess.Process, number: int) -> None:
        self.process = process
        self.number = number
        self.gone = asyncio.ensure_future(process.wait())

    def tell(self, *words: Start | Told) -> None:
        """Never waits; one that has ended hears nothing."""
        if self.process.stdin is None or self.process.stdin.is_closing():
            return
        # So uvloop says that it has ended already, which is seen where it is waited for.
        with contextlib.suppress(RuntimeError):
            for word in words:
                self.process.stdin.write(msgspec.json.encode(word) + b"\n")

    async def serves(self) -> None:
        """Wait until it does. Raises NotStarted."""
        if self.process.stdout is None:
            raise NotStarted("there is no pipe")
        try:
            async with asyncio.timeout(STARTED_S):
                line = await self.process.stdout.readline()
        except TimeoutError:
            raise NotStarted(f"it was not there after {STARTED_S} seconds") from None
        if not line:
            raise NotStarted("it ended without a word")
        try:
            said: Said = msgspec.json.decode(line, type=Said)
        except msgspec.MsgspecError:
            raise NotStarted("it said something else than whether it serves") from None
        if isinstance(said, Failed):
            raise NotStarted(said.why)

    async def silent(self, for_s: float) -> None:
        """Wait until it has given no sign of life for so long, or has ended."""
        if self.process.stdout is not None:
            with contextlib.suppress(TimeoutError):
                said = b"it serves"
                while said:
                    async with asyncio.timeout(for_s):
                        said = await self.process.stdout.readline()

    async def end(self, within_s: float = ENDED_S) -> None:
        """Have it go at once, or be killed; returns when it is gone."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        await self.ended(within_s)

    async def ended(self, within_s: float) -> None:
        """Wait until it is gone, and kill it when it takes too long."""
        try:
            async with asyncio.timeout(within_s):
                await self.process.wait()
        except TimeoutError:
            log.error("worker.killed", worker=self.number)
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()


class Place:
    """One worker's number and port, and who serves there by now."""

    def __init__(self, supervisor: Supervisor, number: int) -> None:
        self._supervisor = supervisor
        self.number = number
        self.port = supervisor.settings.port + number - 1
        self.child: Child | None = None
        self.fault: str | None = None
        """Why nobody could be started here the last time; None when somebody could."""
        self._socket: socket.socket | None = None
        self._lock = asyncio.Lock()
        """Held while a successor starts: it is in place, or not, before anything else is done."""
        self._followed = asyncio.Event()

    @property
    def address(self) -> str:
        host = self._supervisor.settings.host
        return picture.from_here(f"http://{f'[{host}]' if ':' in host else host}:{self.port}")

    def bind(self) -> None:
        """Take the port. Raises OSError."""
        self._socket = _bound(self._supervisor.settings.host, self.port)

    async def run(self) -> None:
        """Keep somebody serving here, until cancelled."""
        failures = 0
        while True:
            begun = time.monotonic()
            try:
                if self._socket is None:
                    self.bind()
                self.child = await self._start()
                await self._until_dead()
            except (NotStarted, OSError) as error:
                self._supervisor.not_started(self, str(error))
            self.let_go()
            failures = 0 if time.monotonic() - begun > 60 else failures + 1
            await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])

    async def roll(self) -> None:
        """Have a successor serve here instead. Raises NotStarted: then it stays as it was."""
        async with self._lock:
            before = self.child
            if before is None:
                return  # whoever is started here next is new anyway
            self.child = await self._start()
            self._followed.set()
        spread_s = self._supervisor.settings.restart_spread_s
        before.tell(Leave(spread_s))
        await before.ended(spread_s + ENDED_S)

    def let_go(self) -> None:
        """Have the port refuse whoever comes: a proxy then asks another worker."""
        self.child = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def _start(self) -> Child:
        if self._socket is None:
            raise NotStarted("there is no socket")
        child = await self._supervisor.start(self.number, self._socket)
        try:
            await child.serves()
        except NotStarted:
            await child.end(FAILED_S)
            raise
        self.fault = None
        log.info("worker.started", worker=self.number, port=self.port, pid=child.process.pid)
        return child

    async def _until_dead(self) -> None:
        """Wait until nobody serves here, whoever took over in between."""
        while (child := self.child) is not None:
            self._followed.clear()
            silent = child.silent(self._supervisor.settings.worker_silent_s)
            await until_one_ends(child.process.wait(), self._followed.wait(), silent)
            async with self._lock:
                if self.child is child:
                    await child.ended(ENDING_S)
                    code = child.process.returncode
                    log.warning("worker.died", worker=self.number, code=code)
                    return


class Supervisor:
    """All workers and the media process beside them; `run` is all there is to do."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._clock: Clock = SystemClock()
        self._media = Media(None)
        self._children: set[Child] = set()
        self._places = [Place(self, number) for number in range(1, settings.workers + 1)]

    async def run(self) -> None:
        stop, roll = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        for number, event in (
            (signal.SIGTERM, stop), (signal.SIGINT, stop), (signal.SIGHUP, roll),
        ):  # fmt: skip
            loop.add_signal_handler(number, event.set)
        try:
            for place in self._places:
                place.bind()
            async with contextlib.AsyncExitStack() as stack:
                for place in self._places:
                    await stack.enter_async_context(running(place.run(), f"worker {place.number}"))
                # Ended before the workers are, since it tells them how the picture ended.
                if self.settings.media_engine == "embedded":
                    addresses = [place.address for place in self._places]
                    work = self._engine().run(*addresses)
                    await stack.enter_async_context(running(work, "media engine"))
                await stack.enter_async_context(running(self._rolls(roll), "rolling"))
                await stop.wait()
                log.info("stopping")
        finally:
            await asyncio.gather(*(child.end() for child in self._children))
            for place in self._places:
                place.let_go()

    async def start(self, number: int, listening: socket.socket) -> Child:
        """A worker's process, which knows what it needs to; it need not serve yet."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", PROGRAM),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=(listening.fileno(),),
            start_new_session=True,  # Ctrl-C is for the supervisor, which ends it in order
        )
        child = Child(process, number)
        self._children.add(child)
        child.gone.add_done_callback(lambda _: self._children.discard(child))
        child.tell(Start(number, listening.fileno(), uptime_zero(self._clock)), self._media)
        return child

    def not_started(self, place: Place, why: str) -> None:
        """Tell the log, once for all that fail alike, however often they are tried."""
        if not any(other.fault == why for other in self._places):
            log.error("worker.not_started", worker=place.number, why=why)
        place.fault = why

    async def _rolls(self, asked: asyncio.Event) -> None:
        """Have all start anew, one after the other, whenever it is asked for."""
        while True:
            await asked.wait()
            asked.clear()
            log.info("roll.begun")
            try:
                for place in self._places:
                    await place.roll()
            except (NotStarted, OSError) as error:
                log.error("roll.stopped", why=str(error))
            else:
                log.info("roll.done")

    def _engine(self) -> EngineProcess:
        token = picture.token(Secret.of(self.settings))
        return EngineProcess(self.settings, self._clock, token, self._engine_gone, self._moved)

    def _moved(self, address: str | None) -> None:
        self._media = Media(address)
        for child in self._children:
            child.tell(self._media)

    async def _engine_gone(self) -> None:
        async with Database.open(self.settings.database, pool=1) as database:
            await database.write(partial(engine_gone, clock=self._clock))


def _bound(host: str, port: int) -> socket.socket:
    """A socket that has the port and that nobody listens on: who comes is refused until then."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
    except OSError as error:
        made.close()
        raise OSError(error.errno, f"Port {port} cannot be had: {error.strerror}") from error
    return made

"""Rooms alone, without a feature's rules: commands, fan-out, opening a long log.

python -m benchmarks.rooms

The room is the auction of the tests: a command becomes an event, what was typed beside it, and the
command's own row. Every measurement has a process of its own, what is compared is taken in turn.
Deliveries are those of frames of 150 bytes to 1,000 sockets that read; the server's own CPU time is
counted, once through `FanOut` with the room's commits in it, once through `emit` of a stock
python-socketio, which is given the same text, and the same calm garbage collector.
"""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, cast

import socketio
from aiohttp import web

from benchmarks.figures import Figure, Target, at_least, at_most, report, say, times_the_peer
from core.clock import SystemClock
from core.db import Database
from core.rooms.broadcast import Pace
from core.rooms.events import PUBLIC
from core.rooms.kind import Command
from core.rooms.rooms import Rooms
from migrations import upgrade
from tests.core.rooms.auction import AuctionKind, Say
from tests.core.rooms.conftest import ROOM
from tests.core.rooms.served import NAMESPACE, serving
from tests.servers import PostgresServer
from web.serving import calm_collector, run_loop

ROUNDS = 3
SECONDS = 4.0
SOCKETS = 1_000
FRAMES = 100
EVENTS = 100_000
TEXT = "+1 " + "好" * 20
PATIENCE_S = 300

_numbers = itertools.count()


def main() -> None:
    with TemporaryDirectory() as folder, PostgresServer() as server:
        urls = {"sqlite": f"sqlite:///{folder}/rooms.sqlite", "pg": server.url()}
        for url in urls.values():
            upgrade(url)
        report([*_commands(urls), *_fan_out(Path(folder)), *_opening(urls)])


def _commands(urls: dict[str, str]) -> Iterator[Figure]:
    targets = {"sqlite": 10_000, "pg": 5_000}
    found: dict[tuple[str, int], list[float]] = {}
    for number in range(1, ROUNDS + 1):
        for (kind, url), senders in itertools.product(urls.items(), (100, 1_000)):
            rate, busy = map(float, _told("commands", url, str(senders)).split())
            say(
                f"{kind}, {senders} senders, round {number}: {rate:,.0f} commands a second"
                f" with {busy:.0%} of a core"
            )
            found.setdefault((kind, senders), []).append(rate)
    for (kind, senders), rates in found.items():
        yield Figure(f"rooms_{kind}_{senders}", "1/s", rates, target=at_least(targets[kind]))


def _fan_out(folder: Path) -> Iterator[Figure]:
    found: dict[str, list[float]] = {"rooms": [], "stock": []}
    for number in range(1, ROUNDS + 1):
        for which, rates in found.items():
            url = f"sqlite:///{folder}/fan_out_{which}_{number}.sqlite"
            upgrade(url)
            with _program("serve", which, url) as server:
                port = _line(server.stdout)
                with _program("sink", port) as sink:
                    _expect(sink.stdout, "joined")
                    _write(server.stdin, "go")
                    _expect(sink.stdout, "all")
                    _write(server.stdin, "enough")
                    rates.append(SOCKETS * FRAMES / float(_line(server.stdout)) / 1_000)
            say(f"{which}, round {number}: {rates[-1]:.0f} thousand deliveries a CPU second")
    yield Figure(
        "fan_out_1000",
        "k/CPU s",
        found["rooms"],
        peer=found["stock"],
        target=times_the_peer(3),
    )


def _opening(urls: dict[str, str]) -> Iterator[Figure]:
    for kind, url in urls.items():
        room = _told("write", url)
        lines = _told("open", url, room).splitlines()
        seconds, holds = zip(*(map(float, line.split()) for line in lines), strict=True)
        figures: list[tuple[str, str, tuple[float, ...], Target]] = [
            (f"open_log_100k_{kind}_s", "s", seconds, at_most(1)),
            (f"open_log_100k_{kind}_hold_ms", "ms", holds, at_most(20)),
        ]
        for name, unit, rounds, target in figures:
            yield Figure(name, unit, rounds, target=target)


# Programs of their own


def _told(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.rooms", *words],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=600,
    )
    return done.stdout.strip()


@contextmanager
def _program(*words: str) -> Iterator[subprocess.Popen[str]]:
    program = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.rooms", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield program
    finally:
        program.kill()
        program.communicate()


def _write(stream: IO[str] | None, word: str) -> None:
    assert stream is not None
    stream.write(f"{word}\n")
    stream.flush()


def _line(stream: IO[str] | None) -> str:
    assert stream is not None
    line = stream.readline().strip()
    if not line:
        raise RuntimeError("a program of the benchmark has ended")
    return line


def _expect(stream: IO[str] | None, word: str) -> None:
    if (line := _line(stream)) != word:
        raise RuntimeError(f"{word} was expected, not {line}")


def _print(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _command(sender: str) -> Command:
    return Command(sender, f"request-{next(_numbers)}", Say(TEXT))


@asynccontextmanager
async def _rooms(url: str, room: str) -> AsyncIterator[Rooms]:
    """Rooms with one auction, loaded; made if it is not there."""
    async with Database.open(url) as database:
        rooms = Rooms(database, SystemClock(), [AuctionKind()])
        try:
            if room not in {"", ROOM}:
                await rooms.create("auction", room, _command("host"), PUBLIC)
            yield rooms
        finally:
            await rooms.close()


async def commands(url: str, senders: int) -> None:
    """Closed loop: each sender sends the next when the one before was answered."""
    name = f"auc_{time.time_ns()}"
    async with _rooms(url, name) as rooms:
        room = rooms.room(name, "auction")
        await room.loaded()
        calm_collector()
        done, over = 0, False

        async def sender(number: int) -> None:
            nonlocal done
            while not over:
                outcome = await room.submit(_command(f"p{number}"))
                if outcome.error is not None:
                    raise outcome.error
                done += 1

        tasks = [asyncio.create_task(sender(number)) for number in range(senders)]
        await asyncio.sleep(0.5)
        before, begun, cpu = done, time.perf_counter(), time.process_time()
        await asyncio.sleep(SECONDS)
        took = time.perf_counter() - begun
        rate, busy = (done - before) / took, (time.process_time() - cpu) / took
        over = True
        await asyncio.gather(*tasks)
        _print(f"{rate} {busy}")


async def serve(which: str, url: str) -> None:
    """Serve frames as fast as they go, and say what they cost."""
    if which == "rooms":
        async with _rooms(url, "auc_1_fan_out") as rooms:
            room = rooms.room("auc_1_fan_out", "auction")
            await room.loaded()
            async with serving(rooms, pace=Pace(tick_s=0)) as served:
                _print(served.port)

                async def frame() -> None:
                    channel = served.fan_out._channels[room.id]
                    await room.submit(_command("host"))
                    while channel._sent < room.committed.head:  # noqa: ASYNC110 (nobody tells)
                        await asyncio.sleep(0.002)

                await _paid(frame)
    else:
        sio = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*")

        @sio.on("connect", namespace=NAMESPACE)
        async def connect(sid: str, _environ: object, _auth: object) -> None:
            await sio.enter_room(sid, ROOM, namespace=NAMESPACE)

        @sio.on("join", namespace=NAMESPACE)
        async def join(_sid: str, _data: object) -> dict[str, bool]:
            return {"ok": True}

        app = web.Application()
        sio.attach(app)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        _print(runner.addresses[0][1])
        body = {"epoch": "e", "from": 1, "to": 1, "events": [{"type": "said", "text": TEXT}]}

        async def frame() -> None:
            await sio.emit("frame", body, room=ROOM, namespace=NAMESPACE)

        await _paid(frame)


async def _paid(frame: Callable[[], object]) -> None:
    """Send frames when told to, and say how much CPU time has gone when told again."""
    calm_collector()
    await asyncio.to_thread(sys.stdin.readline)
    begun = time.process_time()
    for _ in range(FRAMES):
        await frame()  # type: ignore[misc]
    await asyncio.to_thread(sys.stdin.readline)
    _print(time.process_time() - begun)


_EVENT = b'"type":"said"'


class _Sink(asyncio.Protocol):
    """One socket that counts what it is sent, and looks at it no closer than it must."""

    joined = 0
    frames = 0

    def __init__(self, done: Callable[[], None]) -> None:
        self._done = done
        self._joined = False
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are asyncio's by their methods only.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n"
            b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        if not self._joined:
            if b"43" + NAMESPACE.encode() in data:
                self._joined = True
                _Sink.joined += 1
                self._done()
            elif b"40" + NAMESPACE.encode() in data:
                self._say(f'42{NAMESPACE},1["join",{{"room":"auc_1_fan_out"}}]')
            elif b'"sid"' in data:
                self._say(f"40{NAMESPACE},")
            return
        # One event a frame, or now and then two of them in one.
        _Sink.frames += data.count(_EVENT)
        at = data.rfind(_EVENT)
        self._rest = data[max(at + len(_EVENT), len(data) - len(_EVENT) + 1) :]
        if _Sink.frames >= SOCKETS * FRAMES:
            self._done()

    def _say(self, text: str) -> None:
        payload = text.encode()
        self._transport.write(bytes((0x81, 0x80 | len(payload))) + bytes(4) + payload)


async def sink(port: int) -> None:
    """`SOCKETS` viewers in one process."""
    loop = asyncio.get_running_loop()
    joined, everything = asyncio.Event(), asyncio.Event()

    def done() -> None:
        if _Sink.joined == SOCKETS:
            joined.set()
        if _Sink.frames >= SOCKETS * FRAMES:
            everything.set()

    for start in range(0, SOCKETS, 50):
        await asyncio.gather(
            *(
                loop.create_connection(lambda: _Sink(done), "127.0.0.1", port)
                for _ in range(start, start + 50)
            )
        )
    await asyncio.wait_for(joined.wait(), PATIENCE_S)
    _print("joined")
    await asyncio.wait_for(everything.wait(), PATIENCE_S)
    _print("all")
    await asyncio.to_thread(sys.stdin.readline)


async def write(url: str) -> None:
    """Write a long log, and name its room."""
    name = f"auc_{time.time_ns()}"
    async with _rooms(url, name) as rooms:
        room = rooms.room(name, "auction")
        for _ in range(0, EVENTS, 500):
            await asyncio.gather(*(room.submit(_command("host")) for _ in range(500)))
        _print(name)


async def reopen(url: str, name: str) -> None:
    """Open the log from its first event on; say how long it took, how long the loop was held."""
    kind = AuctionKind()
    kind.model = 2  # no stored state is of this model
    async with Database.open(url) as database:
        for _ in range(ROUNDS):
            rooms = Rooms(database, SystemClock(), [kind])
            calm_collector()
            watch = _Watch()
            watching = asyncio.create_task(watch.run())
            begun = time.perf_counter()
            room = rooms.room(name, "auction")
            await room.loaded()
            seconds = time.perf_counter() - begun
            watching.cancel()
            _print(f"{seconds} {watch.longest * 1000}")
            await rooms.close()
            kind.model += 1


class _Watch:
    """How long the loop kept others waiting at most."""

    longest = 0.0

    async def run(self) -> None:
        before = time.perf_counter()
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            self.longest, before = max(self.longest, now - before), now


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main()
        case ["commands", url, senders]:
            run_loop(commands(url, int(senders)))
        case ["serve", which, url]:
            run_loop(serve(which, url))
        case ["sink", port]:
            run_loop(sink(int(port)))
        case ["write", url]:
            run_loop(write(url))
        case ["open", url, name]:
            run_loop(reopen(url, name))

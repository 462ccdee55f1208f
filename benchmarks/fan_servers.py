"""What is compared in `fanout.py`: servers that send one frame after another to all who follow.

    python -m benchmarks.fan_servers rooms DATABASE_URL TICK_S [committed]
    python -m benchmarks.fan_servers stock [calm]

`rooms` is the auction of the tests, served as the product serves. What it tells was committed by
another process, as most is where there are several; `committed` has it do that too. `stock` is
python-socketio as it comes, on the same loop, and `calm` with the same calm garbage collector; it
is given the same text. Each prints its port, and then obeys lines on standard input: `send EVENTS
GAP_MS` has so many sent, one every GAP_MS or as fast as they go, and prints `done`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from itertools import count

import msgspec
import socketio
from aiohttp import web

from core.clock import SystemClock
from core.db import Database
from core.rooms.broadcast import Pace
from core.rooms.events import EVERYONE, PUBLIC, Content, Logged
from core.rooms.kind import Command
from core.rooms.rooms import Rooms
from tests.core.rooms.auction import AuctionKind, Said, Say
from tests.core.rooms.served import NAMESPACE, serving
from web.serving import BACKLOG, calm_collector, run_loop

ROOM = "auc_1_fan_out"
JOIN = f'["join",{{"room":"{ROOM}"}}]'
TEXT = "+1 " + "好" * 20
EVENT = {
    "offset": 1_000,
    "type": "said",
    "v": 1,
    "at_ms": 1_790_000_000_000,
    "data": {"by": "host"},
    "text": TEXT,
    "name": "somebody",
}
FRAME = {
    "epoch": "0123456789abcdef",
    "from": 1_000,
    "to": 1_000,
    "at_ms": 1_790_000_000_000,
    "events": [EVENT],
}
"""What the peers send: as long as a frame of ours."""

PACKET = f'42{NAMESPACE},["frame",{msgspec.json.encode(FRAME).decode()}]'
"""`FRAME` as it goes over the wire, for whoever knows nothing of Socket.IO."""

Send = Callable[[], Awaitable[object]]


async def rooms(url: str, tick_s: float, *, committed: bool) -> None:
    numbers = count(1)

    def command() -> Command:
        return Command("host", f"request-{next(numbers)}", Say(TEXT))

    async with Database.open(url) as database:
        rooms = Rooms(database, SystemClock(), [AuctionKind()])
        await rooms.create("auction", ROOM, command(), PUBLIC)
        room = rooms.room(ROOM, "auction")
        await room.loaded()
        # Frame upon frame, as the peers do: else the viewers fall asleep in between, and to wake
        # them is the server's work.
        pace = Pace(tick_s=tick_s) if tick_s else Pace(tick_s=0, share=1)
        async with serving(rooms, pace=pace) as served:

            async def comment() -> None:
                if committed:
                    await room.submit(command())
                    return
                now, said = room.committed, Content("host", "somebody", TEXT)
                told = Logged(now.head + 1, now.at_ms, EVERYONE, Said("host"), said)
                room.receive(now.epoch, [told])

            async def frame() -> None:
                await comment()
                channel = served.fan_out._channels[ROOM]
                while channel._sent < room.committed.head:  # noqa: ASYNC110 (nobody tells)
                    await asyncio.sleep(0)

            # A frame for each comment, or what comes together within the tick.
            await _obey(served.port, comment if tick_s else frame)
        await rooms.close()


async def stock(*, calm: bool) -> None:
    sio = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*")

    async def connect(_sid: str, _environ: object, _auth: object) -> None:
        pass

    async def join(sid: str, data: dict[str, str]) -> dict[str, bool]:
        await sio.enter_room(sid, data["room"], namespace=NAMESPACE)
        return {"ok": True}

    async def frame() -> None:
        await sio.emit("frame", FRAME, room=ROOM, namespace=NAMESPACE)

    sio.on("connect", connect, namespace=NAMESPACE)
    sio.on("join", join, namespace=NAMESPACE)
    app = web.Application()
    sio.attach(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=BACKLOG).start()
    await _obey(runner.addresses[0][1], frame, calm=calm)


async def _obey(port: int, send: Send, *, calm: bool = True) -> None:
    """Do as the lines on standard input say, until it ends."""
    if calm:
        calm_collector()
    _print(port)
    loop = asyncio.get_running_loop()
    while line := await asyncio.to_thread(sys.stdin.readline):
        _, events, gap_ms = line.split()
        due = loop.time()
        for _ in range(int(events)):
            await send()
            due += int(gap_ms) / 1000
            if (early := due - loop.time()) > 0:
                await asyncio.sleep(early)
        _print("done")


def _print(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["rooms", url, tick_s, *how]:
            run_loop(rooms(url, float(tick_s), committed=how == ["committed"]))
        case ["stock", *how]:
            run_loop(stock(calm=how == ["calm"]))

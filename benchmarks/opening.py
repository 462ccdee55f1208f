"""Opening a long show from its log alone: how long it takes, and how long the loop is held.

    python -m benchmarks.opening write DATABASE_URL EVENTS     writes a show's log, prints its id
    python -m benchmarks.opening open DATABASE_URL SHOW ROUNDS prints a line of JSON for each round

The log is written by the real rules: guests chat, claim, wait, cancel and mistype; holds run out
(the clock is moved); the host opens, raises and closes items. Stored states are thrown away before
each round. The hold is the longest that a timer of one millisecond was late; a machine that
is busy with something else makes it longer, never shorter.
"""

from __future__ import annotations

import asyncio
import gc
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, delete

from benchmarks.figures import Figure, at_most, say
from benchmarks.service import prepare
from commerce_bridge.embedded.shop import EmbeddedShop
from core.clock import ManualClock, SystemClock
from core.db import Database
from core.errors import PlusOneError
from core.identity.model import Person, Role
from core.rooms.room import Answer
from core.rooms.rooms import Rooms
from core.rooms.tables import room_state
from live import commands as c
from live.events import Rules
from live.kind import ShowKind
from live.perks import NoPerks
from live.service import Shows
from live.store import SHOW
from web.serving import calm_collector, run_loop

EVENTS = 100_000
GUESTS = 3_000
AT_ONCE = 500
WRITTEN_S = 600

_CHAT = (
    "好漂亮",
    "這個我昨天買了",
    "主播早安",
    "請問有試吃嗎",
    "hello from Penang",
    "😀😀",
    "運費多少",
)


async def measured(rounds: int, folder: Path) -> list[Figure]:
    """`open_show_100k_s` and `open_show_100k_hold_ms`, on SQLite."""
    url = f"sqlite:///{folder}/opening.sqlite"
    show = await asyncio.to_thread(_program, "write", url, str(EVENTS))
    lines = await asyncio.to_thread(_program, "open", url, show, str(rounds))
    found = [msgspec.json.decode(line) for line in lines.splitlines()]
    for number, one in enumerate(found, 1):
        say(f"a show of {one['events']} events, round {number}: {one['s']:.2f} s,"
            f" the loop held for {one['hold_ms']:.1f} ms")  # fmt: skip
    return [
        Figure("open_show_100k_s", "s", [one["s"] for one in found], target=at_most(1)),
        Figure(
            "open_show_100k_hold_ms", "ms", [one["hold_ms"] for one in found], target=at_most(20)
        ),
    ]


def _program(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.opening", *words],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
        timeout=WRITTEN_S,
        check=True,
    )
    return done.stdout.strip()


@asynccontextmanager
async def _shows(database: Database, clock: ManualClock) -> AsyncIterator[tuple[Rooms, Shows]]:
    rooms = Rooms(database, clock, [ShowKind()])
    yield rooms, Shows(database, rooms, EmbeddedShop(database, clock), "TWD", clock, NoPerks())
    await rooms.close()


async def write(url: str, events: int) -> str:
    """Write a show's log of at least `events` events; returns the show's id."""
    goods = await prepare(url, 0)
    clock = ManualClock(SystemClock().now())
    async with Database.open(url) as database, _shows(database, clock) as (rooms, shows):
        crowd = _Crowd(shows, clock)
        show = await crowd.open_show(goods.product, goods.variant)
        room = rooms.room(show, SHOW)
        while room.committed.head < events:
            await crowd.speak()
            clock.advance(4_000)
            rooms.room(show, SHOW).wake()
        return show


class _Crowd:
    """A host and her guests, who say what people say."""

    def __init__(self, shows: Shows, clock: ManualClock) -> None:
        self._shows = shows
        self._clock = clock
        self._chance = random.Random(20)
        self._host = _staff()
        self._guests = [_guest(number) for number in range(GUESTS)]
        self._requests = 0
        self._show = ""
        self._items: list[str] = []

    async def open_show(self, product: str, variant: str) -> str:
        self._show = await self._shows.create(
            self._host,
            title="秋釀開罐夜",
            host_name="Host",
            poster=None,
            starts_at=None,
            rules=Rules(),
        )
        await self._run(type="show.go_live")
        for number in range(1, 9):
            added = await self._run(
                type="item.add",
                product=product,
                code=f"A{number:02}",
                price=28_800,
                hold_s=600,
                limit=20 if number % 2 else None,
                variants=[{"variant_id": variant, "allotment": 4_000}],
            )
            item: str = msgspec.json.decode(added.events[0])["data"]["item"]["id"]
            self._items.append(item)
            await self._run(type="item.open", item=item)
        return self._show

    async def speak(self) -> None:
        """`AT_ONCE` comments of guests, and something that the host does."""
        said = [self._say(*self._comment()) for _ in range(AT_ONCE)]
        for answer in await asyncio.gather(*said, return_exceptions=True):
            if isinstance(answer, BaseException) and not isinstance(answer, PlusOneError):
                raise answer
        item = self._chance.choice(self._items)
        if self._chance.random() < 0.2:
            await self._run(type="item.close", item=item)
            await self._run(type="item.open", item=item)
        else:
            await self._run(type="item.pin", item=item)

    def _comment(self) -> tuple[Person, str]:
        guest = self._chance.choice(self._guests)
        code = f"A{self._chance.randint(1, 8):02}"
        kind = self._chance.random()
        if kind < 0.45:
            return guest, self._chance.choice(_CHAT)
        if kind < 0.85:
            return guest, f"{code}+{self._chance.choice((1, 1, 1, 2, 3))}"
        if kind < 0.93:
            return guest, f"{code}取消"
        return guest, self._chance.choice(("+1", "Z9+1", f"{code}紫+1"))

    def _say(self, guest: Person, text: str) -> Awaitable[Answer]:
        sent = c.SendComment(request_id=self._request(), text=text)
        return self._shows.comment(guest, self._show, sent)

    async def _run(self, **do: Any) -> Answer:
        sent = c.SendRun.model_validate({"request_id": self._request(), "do": do})
        return await self._shows.run(self._host, self._show, sent)

    def _request(self) -> str:
        self._requests += 1
        return f"request-{self._requests}"


def _guest(number: int) -> Person:
    own = f"cus_{number:026}"
    return Person("guest", own, frozenset({own}), f"Guest {number}")


def _staff() -> Person:
    own = f"stf_{0:026}"
    return Person("staff", own, frozenset({own}), "Host", None, frozenset({Role.HOST}))


async def open_again(url: str, show: str, rounds: int) -> None:
    """Open the show from its log, as a process does that has just started."""

    def forget(connection: Connection) -> None:
        connection.execute(delete(room_state))

    async with Database.open(url) as database:
        for _ in range(rounds):
            await database.write(forget)
            rooms = Rooms(database, SystemClock(), [ShowKind()])
            calm_collector()
            held = asyncio.create_task(_longest_hold())
            await asyncio.sleep(0)
            begun = time.perf_counter()
            room = rooms.room(show, SHOW)
            await room.loaded()
            seconds = time.perf_counter() - begun
            held.cancel()
            await asyncio.gather(held, return_exceptions=True)
            line = {"events": room.committed.head, "s": seconds, "hold_ms": _HELD[0] * 1000}
            sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
            await rooms.close()
            del room, rooms  # now, and not while the next one opens
            gc.unfreeze()


_LOOKS_S = 0.001
_HELD = [0.0]


async def _longest_hold() -> None:
    _HELD[0] = 0.0
    while True:
        before = time.perf_counter()
        await asyncio.sleep(_LOOKS_S)
        _HELD[0] = max(_HELD[0], time.perf_counter() - before - _LOOKS_S)


if __name__ == "__main__":
    if sys.argv[1] == "write":
        sys.stdout.write(run_loop(write(sys.argv[2], int(sys.argv[3]))) + "\n")
    else:
        run_loop(open_again(sys.argv[2], sys.argv[3], int(sys.argv[4])))

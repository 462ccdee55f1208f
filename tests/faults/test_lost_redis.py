"""Redis is killed and started again under a flood of claims at two processes: nothing is lost or
doubled, nobody waits for it, and every viewer is whole from the log by the second look at it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from structlog.testing import capture_logs

from core.clock import ManualClock
from core.db import Database
from core.rooms.events import Logged
from core.rooms.redis_relay import RedisRelay
from core.rooms.room import Room
from live.kind import ShowKind
from live.store import SHOW
from tests.core.rooms.relays import deaf, hearing
from tests.live.house import RED, House, guest, kinds, opened
from tests.servers import RedisServer
from tests.waiting import until

PIECES = 30
CUSTOMERS = 15
"""At each process."""
LOOKS = 1
"""Looks at the log that may end before what was acknowledged is there. One may have begun by then;
the next, a second later, finds it: these are the two seconds."""


@dataclass
class Viewers:
    """Those who follow the show at one process: what they were shown, and after how many looks of
    that process at the log."""

    offsets: list[int] = field(default_factory=list)
    looked: dict[int, int] = field(default_factory=dict)
    looks: int = 0

    def happened(self, _room: Room[Any], events: Sequence[Logged]) -> None:
        self.offsets += [one.offset for one in events]
        self.looked |= dict.fromkeys((one.offset for one in events), self.looks)

    def ended(self, _room: Room[Any]) -> None:
        raise AssertionError("the show left memory")

    async def whole_look(self) -> None:
        """One that has begun since now, to its end."""
        looks = self.looks
        await until(lambda: self.looks > looks + 1)


class Process:
    """One of two that serve the show."""

    def __init__(self, house: House, relay: RedisRelay) -> None:
        self.house = house
        self.relay = relay
        self.viewers = Viewers()
        self._room: Room[Any] | None = None

    async def follow(self, show: str) -> None:
        self._room = await self.house.room(show)
        self._room.subscribers.append(self.viewers)

    async def look(self) -> None:
        """What `Rooms.run` does, counted when what was seen is there too."""
        while True:
            await asyncio.sleep(1)
            await self.house.rooms.sweep()
            if (room := self._room) is not None:
                await _has_read(room, room._heard)
            self.viewers.looks += 1


async def _has_read(room: Room[Any], upto: int) -> None:
    await until(lambda: room.committed.head >= upto)


@contextlib.asynccontextmanager
async def process(url: str, redis: RedisServer, channel: str) -> AsyncIterator[Process]:
    relay = RedisRelay(redis.url, channel, [ShowKind()])
    async with Database.open(url) as database, opened(database, ManualClock(), None, relay) as one:
        made = Process(one, relay)
        tasks = [asyncio.create_task(work) for work in (relay.run(), made.look())]
        yield made
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await relay.close()


class Flood:
    """Claims at both processes, one after the other for each customer, until told to stop."""

    def __init__(self, processes: Sequence[Process], show: str) -> None:
        self.told: dict[str, tuple[int, int]] = {}
        """Of each request the span of the log that it became."""
        self.held = 0
        self.late: list[int] = []
        """The looks at the log after which viewers elsewhere had what was acknowledged."""
        self._processes = processes
        self._show = show
        self._stop = asyncio.Event()
        self._acknowledged: list[tuple[Viewers, int, int]] = []
        self._names = itertools.count(1)

    async def run(self) -> None:
        await asyncio.gather(
            *(
                self._customer(at, guest(f"c{which}x{number}"))
                for which, at in enumerate(self._processes)
                for number in range(CUSTOMERS)
            )
        )
        await until(
            lambda: all(offset in viewers.looked for viewers, offset, _ in self._acknowledged)
        )
        self.late = [viewers.looked[offset] - at for viewers, offset, at in self._acknowledged]

    async def some_more(self, count: int) -> None:
        wanted = len(self.told) + count
        await until(lambda: len(self.told) >= wanted)

    def stop(self) -> None:
        self._stop.set()

    async def _customer(self, at: Process, person: Any) -> None:
        others = [one.viewers for one in self._processes if one is not at]
        while not self._stop.is_set():
            name = f"request-{next(self._names)}"
            answer = await at.house.say(person, self._show, "+1", name)
            assert answer.first is not None
            assert answer.last is not None
            self.told[name] = answer.first, answer.last
            self.held += kinds(answer).count("claim.held")
            self._acknowledged += [(them, answer.last, them.looks) for them in others]
            await asyncio.sleep(0.02)


async def test_claims_go_on_exactly_and_viewers_are_whole_while_redis_comes_and_goes(
    postgres_url: str, own_redis_server: RedisServer
) -> None:
    redis, channel = own_redis_server, uuid4().hex
    async with (
        process(postgres_url, redis, channel) as one,
        process(postgres_url, redis, channel) as other,
    ):
        goods = await one.house.furnish(PIECES)
        show = await one.house.create()
        await one.house.sell(show, goods, {RED: PIECES})
        for each in (one, other):
            await each.follow(show)
        await hearing(one.relay, other.relay)
        first = (await one.house.room(show)).committed.head
        flood = Flood((one, other), show)
        with capture_logs() as logs:
            running = asyncio.create_task(flood.run())
            await flood.some_more(50)
            for _ in range(2):
                redis.kill()
                await flood.some_more(100)
                await deaf(one.relay, other.relay)
                await one.viewers.whole_look()
                redis.start()
                await hearing(one.relay, other.relay)
                await flood.some_more(50)
            redis.kill()  # it is away at the end too: nothing but the log makes viewers whole
            await flood.some_more(50)
            flood.stop()
            await running
        log = await one.house.rooms.log(show, SHOW)
        state = await one.house.show(show)

        assert [event.offset for event in log] == list(range(1, len(log) + 1))
        for each in (one, other):
            assert each.viewers.offsets == list(range(first + 1, len(log) + 1))
            assert await each.house.show(show) == state
        spans = sorted(flood.told.values())
        assert all(a[1] < b[0] for a, b in itertools.pairwise(spans)), "two have the same events"
        assert flood.held == sum(event.event.TYPE == "claim.held" for event in log) == PIECES
        assert max(flood.late) <= LOOKS
        # Each way of each process, lost and found: no storm, however long it is away.
        assert {entry["event"] for entry in logs} <= {"relay.away", "relay.back"}
        assert len(logs) <= 2 * 2 * 3 * 3

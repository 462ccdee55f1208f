"""Relays of several processes, all within one."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator
from uuid import uuid4

from core.rooms.redis_relay import RedisRelay
from core.rooms.relay import Hint, InProcessRelay
from tests.core.rooms.auction import AuctionKind
from tests.waiting import until


@contextlib.asynccontextmanager
async def relayed(url: str, count: int = 2) -> AsyncIterator[list[RedisRelay]]:
    """So many relays of one installation, which hear each other."""
    channel = uuid4().hex
    relays = [RedisRelay(url, channel, [AuctionKind()]) for _ in range(count)]
    tasks = [asyncio.create_task(relay.run()) for relay in relays]
    try:
        await hearing(*relays)
        yield relays
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for relay in relays:
            await relay.close()


async def hearing(*relays: RedisRelay) -> None:
    """Wait until all of them are connected."""
    await until(lambda: all(relay.heard_since is not None for relay in relays))


async def deaf(*relays: RedisRelay) -> None:
    """Wait until all of them know that they are not."""
    await until(lambda: all(relay.heard_since is None for relay in relays))


class Wired(InProcessRelay):
    """One of several relays without a Redis: what is cast at one is heard at the others at once,
    unless it is `cut`."""

    alone = False

    def __init__(self, process: str, others: list[Wired]) -> None:
        super().__init__()
        self.process = process
        self.cut = False
        self._others = others
        self._hints: dict[str, list[Hint]] = defaultdict(list)
        self._since = asyncio.get_running_loop().time() - 3_600
        others.append(self)

    @property
    def heard_since(self) -> float | None:  # type: ignore[override]
        return None if self.cut else self._since

    def cast(self, topic: str, data: bytes) -> None:
        for other in self._others:
            if other is not self and not (self.cut or other.cut):
                for hint in other._hints[topic]:
                    hint(data)

    def hear(self, topic: str, listener: Hint) -> None:
        self._hints[topic].append(listener)


def wired(count: int = 2) -> list[Wired]:
    """So many of them, `prc_0` and on."""
    relays: list[Wired] = []
    for number in range(count):
        Wired(f"prc_{number}", relays)
    return relays

"""Rooms for tests: auctions on a clock that stands still."""

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from core.clock import ManualClock
from core.db import Database
from core.rooms.events import PUBLIC, Reader
from core.rooms.kind import Command
from core.rooms.relay import Relay
from core.rooms.room import Answer, Room
from core.rooms.rooms import Rooms
from tests.core.rooms.auction import Auction, AuctionKind, Say

ROOM = "auc_1"


class House:
    """One process's rooms, as far as the tests are concerned."""

    def __init__(self, rooms: Rooms, database: Database, clock: ManualClock) -> None:
        self.rooms = rooms
        self.database = database
        self.clock = clock
        self._requests = itertools.count(1)

    @property
    def room(self) -> Room[Auction]:
        return self.rooms.room(ROOM, "auction")

    def command(
        self,
        sender: str,
        body: Any,
        request: str | None = None,
        aliases: frozenset[str] = frozenset(),
    ) -> Command:
        name = request or f"{id(self)}-{next(self._requests)}"
        return Command(sender, name, body, aliases)

    async def tell(
        self, sender: str, body: Any, request: str | None = None, reader: Reader = PUBLIC
    ) -> Answer:
        """Have `body` done in the auction; raises its error."""
        return await self.rooms.tell(ROOM, "auction", self.command(sender, body, request), reader)

    async def state(self) -> Auction:
        await self.room.loaded()
        return self.room.committed.state


Opener = Callable[..., Any]


@asynccontextmanager
async def opened(
    database: Database, clock: ManualClock, *, relay: Relay | None = None, idle_s: float = 900
) -> AsyncIterator[House]:
    """Rooms on `database`; the sweeper does not run by itself."""
    rooms = Rooms(database, clock, [AuctionKind()], relay=relay, idle_s=idle_s)
    try:
        yield House(rooms, database, clock)
    finally:
        await rooms.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def house(database: Database, clock: ManualClock) -> AsyncIterator[House]:
    """Rooms with one auction, whose first event is a greeting at offset 1."""
    async with opened(database, clock) as house:
        first = house.command("host", Say("welcome", "Host"))
        await house.rooms.create("auction", ROOM, first, PUBLIC)
        yield house


@pytest.fixture
async def another(house: House) -> AsyncIterator[Callable[[], Any]]:
    """Opens further rooms on the same database, as another process would."""
    async with AsyncExitStack() as stack:

        async def open_another(**options: Any) -> House:
            return await stack.enter_async_context(opened(house.database, house.clock, **options))

        yield open_another

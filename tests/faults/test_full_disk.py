"""A disk that is really full: told as retryable, nothing published, and well again with room."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from typing import Any

from core.clock import ManualClock
from core.db import Database
from core.errors import Unavailable
from core.rooms.events import PUBLIC
from tests.core.rooms.auction import Say
from tests.core.rooms.conftest import ROOM, House, opened
from tests.core.rooms.test_rooms import Follower
from tests.faults.ledger import Ledger
from tests.faults.small_disk import SmallDisk


async def fills_up(house: House, ledger: Ledger) -> list[str]:
    """Say long things in batches until one is refused; returns the requests that were."""
    for batch in range(400):
        names = [f"request-{batch}-{number}" for number in range(5)]
        told = await asyncio.gather(*(said(house, ledger, name) for name in names))
        refused = [name for name, error in zip(names, told, strict=True) if error is not None]
        if refused:
            assert all(
                isinstance(error, Unavailable) and error.retryable for error in told if error
            )
            return refused
    raise AssertionError("the disk is not full")


async def said(house: House, ledger: Ledger, name: str) -> Any:
    ledger.sent[name] = f"the only {name} {'x' * 3000}"
    outcome = await house.room.submit(house.command("mei", Say(ledger.sent[name]), name))
    if outcome.first is not None:
        ledger.acknowledge(name, outcome.first)
    return outcome.error


async def is_lived_through(database: Database, make_room: Callable[[], Awaitable[None]]) -> None:
    async with opened(database, ManualClock()) as house:
        await house.rooms.create("auction", ROOM, house.command("host", Say("welcome")), PUBLIC)
        await house.room.loaded()
        follower, ledger = Follower(house.room), Ledger()
        refused = await fills_up(house, ledger)
        assert follower.offsets == sorted(ledger.acknowledged.values())
        await make_room()
        for name in refused:
            assert await said(house, ledger, name) is None
        assert follower.offsets == sorted(ledger.acknowledged.values())
        await ledger.check(database, ROOM)


async def test_a_full_database_file_is_told_and_lived_through(sqlite_url: str) -> None:
    async with Database.open(sqlite_url) as database:
        pages = await database.read(
            lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        )

        async def limit(count: int) -> None:
            await database.write(
                lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={count}")
            )

        await limit(pages + 100)
        await is_lived_through(database, lambda: limit(pages + 10_000))


async def test_a_full_file_system_is_told_and_lived_through(
    sqlite_url: str, small_disk: SmallDisk
) -> None:
    file = shutil.copy(sqlite_url.removeprefix("sqlite:///"), small_disk.folder)

    async def grow() -> None:
        await asyncio.to_thread(small_disk.grow)

    async with Database.open(f"sqlite:///{file}") as database:
        await is_lived_through(database, grow)

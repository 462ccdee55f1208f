"""What desks are told of the list, whatever happens while they are told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any, cast

import pytest

from chat import inbox as inbox_of
from chat.inbox import Inbox
from chat.service import Chats
from chat.store import Counts, Row
from core.errors import Unavailable
from core.rooms.relay import InProcessRelay
from tests.waiting import until

ONE, TWO = "cnv_1", "cnv_2"


class Relay(InProcessRelay):
    """One that others hear, and that may be away."""

    heard_since: Any = 0.0


class Shop:
    """As much of `Chats` as an inbox asks, and the socket that it tells.

    `version` is what is so now.
    """

    def __init__(self) -> None:
        self.version = 1
        self.asked = 0
        self.reading = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.away = False
        self.told: list[tuple[str, Any]] = []
        self.relay = Relay()
        self.looks = 0
        self.moved: list[str] = []
        self.inbox = Inbox(cast(Chats, self), self.shown, self.send, self.relay)

    async def moved_since(self, _at: int | None, _limit: int) -> list[tuple[str, int]]:
        self.looks += 1
        return [(id, 1) for id in self.moved]

    async def rows(self, ids: Sequence[str]) -> list[Row]:
        self.reading.set()
        if self.away:
            raise Unavailable("away")
        read = [(id, self.version) for id in ids]
        await self.go_on.wait()
        return cast(list[Row], read)

    async def counts(self, staff: Collection[str]) -> dict[str, Counts]:
        self.asked += 1
        return {one: Counts(1, len(one)) for one in staff}

    async def shown(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        return [{"id": id, "version": version} for id, version in cast(Any, rows)]

    async def send(self, sid: str, event: str, data: Any) -> None:
        if event == "inbox":
            self.told.append((sid, data))

    def versions(self, conversation: str) -> list[int]:
        rows = [row for _, told in self.told for row in told["rows"]]
        return [row["version"] for row in rows if row["id"] == conversation]


@pytest.fixture
async def shop(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shop]:
    monkeypatch.setattr(inbox_of, "TOLD_S", 0.01)
    shop = Shop()
    shop.inbox.open("s1", "ji")
    task = asyncio.create_task(shop.inbox.run())
    yield shop
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_what_changes_while_it_is_being_told_is_told_again(shop: Shop) -> None:
    shop.go_on.clear()
    shop.inbox.heard(ONE, "", ())
    await shop.reading.wait()
    shop.version = 2
    shop.inbox.heard(ONE, "", ())
    shop.go_on.set()
    await until(lambda: shop.versions(ONE), lambda told: told == [1, 2])


async def test_what_could_not_be_read_is_told_with_the_next_change(shop: Shop) -> None:
    shop.away = True
    shop.inbox.heard(ONE, "", ())
    await shop.reading.wait()
    assert shop.told == []
    shop.away = False
    shop.inbox.heard(TWO, "", ())
    await until(lambda: shop.versions(ONE) and shop.versions(TWO))


async def test_counts_of_all_desks_are_read_at_once(shop: Shop) -> None:
    for number in range(5):
        shop.inbox.open(f"w{number}", f"rep{number}")
    shop.inbox.heard(ONE, "", ())
    await until(lambda: len(shop.told) == 6)
    assert shop.asked == 1
    assert {told["counts"].mine for sid, told in shop.told if sid == "s1"} == {2}


async def test_what_one_did_who_is_heard_again_later_than_we_hear_is_told(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_of, "LOOKED_S", 0.01)
    shop.relay.heard_since = None
    shop.inbox.heard(TWO, "", ())
    await until(lambda: shop.looks > 1)
    shop.relay.heard_since = asyncio.get_running_loop().time()
    looks = shop.looks
    await until(lambda: shop.looks > looks)
    shop.moved = [ONE]
    await until(lambda: shop.versions(ONE), within_s=20)


async def test_nobody_looks_while_all_are_heard(shop: Shop) -> None:
    shop.inbox.heard(ONE, "", ())
    await until(lambda: shop.versions(ONE))
    assert shop.looks == 0

"""A show that becomes the members' while it runs: who stays in its room, and who is put out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from core.errors import Forbidden
from core.identity.model import Person, Role
from live import commands as c
from live.namespace import NAMESPACE
from tests.live.house import BEN, House
from tests.live.members import open_club, spend
from tests.service import Browser, Service, serving, settings_for
from tests.viewers import Viewer
from web.keys import DATABASE

HOST = "host@example.com"


class Follower(Viewer):
    """One who keeps what she is told, in order."""

    def __init__(self, browser: Browser, http: aiohttp.ClientSession, show: str) -> None:
        super().__init__(browser, http)
        self.show = show
        self.told: asyncio.Queue[str] = asyncio.Queue()
        for event in ("frame", "catch_up"):
            self.socket.on(event, self._hears(event), namespace=NAMESPACE)

    def _hears(self, event: str) -> Any:
        async def hear(data: dict[str, Any]) -> None:
            types = [one["type"] for one in data.get("events", ())]
            # Those who are there are counted when there is time.
            types = [type_ for type_ in types if type_ != "viewers.sampled"]
            if types or event == "catch_up":
                self.told.put_nowait(" ".join([event, *types]))

        return hear

    async def next(self) -> str:
        """`frame` with the types of its events, or `catch_up`."""
        return await asyncio.wait_for(self.told.get(), 20)

    async def joins(self, reply: dict[str, Any] | None = None) -> dict[str, Any]:
        """Follow the show: from the beginning, or from where an earlier `reply` had it."""
        whole = reply["whole"] if reply else None
        since = {key: whole[key] for key in ("epoch", "offset", "at_ms")} if whole else None
        return await self.ask("join", {"show": self.show, "since": since})


class Hall:
    """A live show, its host, and who comes to it."""

    def __init__(self, service: Service, stack: contextlib.AsyncExitStack) -> None:
        self._service = service
        self._stack = stack

    async def open(self) -> None:
        await self._service.add_staff(HOST, Role.HOST)
        browser = await self._service.browser()
        await browser.become_staff(HOST)
        made = await browser.post("/api/staff/shows", {"title": "開賣", "starts_at": 1})
        self.show = str(made.json["id"])
        self.host = await self.follower(browser)
        await self.host.joins()
        await self.runs(type="show.go_live")
        database, now = self._service.app[DATABASE], self._service.clock.now()
        await open_club(database, now)

    async def follower(self, browser: Browser) -> Follower:
        http = await self._stack.enter_async_context(aiohttp.ClientSession())
        follower = Follower(browser, http, self.show)
        await follower.connect()
        self._stack.push_async_callback(follower.socket.disconnect)
        return follower

    async def guest(self, *, spent: int = 0) -> Follower:
        """Somebody who has bought for so much."""
        browser = await self._service.browser()
        own, now = await browser.become_guest(), self._service.clock.now()
        if spent:
            await self._service.app[DATABASE].write(lambda conn: spend(conn, own, spent, now))
        return await self.follower(browser)

    async def runs(self, **do: Any) -> None:
        reply = await self.host.ask("run", {"do": do})
        assert reply["ok"], reply
        assert (await self.host.next()).startswith("frame")


@pytest.fixture
async def hall(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Hall]:
    async with (
        serving(settings_for(sqlite_url, tmp_path, media_engine="none")) as service,
        contextlib.AsyncExitStack() as stack,
    ):
        hall = Hall(service, stack)
        await hall.open()
        yield hall


async def test_members_stay_and_others_are_put_out(hall: Hall) -> None:
    member, other = await hall.guest(spent=100_000), await hall.guest()
    before = await member.joins()
    assert (await other.joins())["ok"]
    await hall.runs(type="show.change", tier="silver")

    assert await other.next() == "catch_up"
    refused = (await other.joins())["error"]
    assert (refused["code"], refused["retryable"]) == ("not_allowed", False)
    assert refused["data"]["tier"] == {"key": "silver", "name": "銀卡"}

    assert await member.next() == "catch_up"
    missed = (await member.joins(before))["missed"]
    assert "show.changed" in [event["type"] for event in missed["events"]]
    assert (await member.ask("comment", {"text": "我還在"}))["ok"]
    assert await member.next() == "frame comment.posted"

    # What she was told before this would have come before its answer.
    assert (await other.ask("comment", {"text": "我呢"}))["error"]["code"] == "not_joined"
    assert other.told.empty()


async def test_nothing_else_that_a_host_changes_puts_anybody_out(hall: Hall) -> None:
    other = await hall.guest()
    await other.joins()
    await hall.runs(type="show.change", title="夜場")
    await hall.runs(type="show.change", tier="")
    assert [await other.next() for _ in range(2)] == ["frame show.changed"] * 2


async def test_who_is_looked_up_while_a_show_changes_is_let_in_by_what_it_has_become(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = house.clock.now()
    await open_club(house.database, now)
    await house.database.write(lambda connection: spend(connection, BEN.own_id, 100_000, now))
    show = await house.create()
    await house.run(show, "show.change", tier="silver")
    assert await house.shows.let_in(BEN, show) == "silver"
    look_up = house.shows._member

    async def slowly(person: Person) -> c.Actor:
        found = await look_up(person)
        await house.run(show, "show.change", tier="gold")
        return found

    monkeypatch.setattr(house.shows, "_member", slowly)
    with pytest.raises(Forbidden):
        await house.shows.let_in(BEN, show)

"""A full disk as people at a show meet it: told as retryable, seen by nobody, soon forgotten."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from commerce_bridge.embedded import demo, stock
from core.identity.model import Role
from core.rooms.events import PUBLIC
from core.rooms.history import read_events
from live.kind import ShowKind
from live.namespace import NAMESPACE
from tests.faults.small_disk import SmallDisk
from tests.service import Browser, Reply, Service, serving, settings_for
from tests.viewers import Viewer, open_show
from web.keys import DATABASE

FULL = 1_000
"""Writes within which a disk of 2 MiB is full."""


class Evening:
    """A show on a small disk: one who claims and shops, and one who watches."""

    def __init__(self, service: Service, customer: Viewer, page: Browser, watcher: Viewer) -> None:
        self.service = service
        self.customer = customer
        self.page = page
        self.watcher = watcher
        self.show = ""
        self.variant = ""
        self._numbers = itertools.count(1)
        self._frames: list[dict[str, Any]] = []
        self._came = asyncio.Event()
        watcher.socket.on("frame", self._take, namespace=NAMESPACE)

    def _take(self, frame: dict[str, Any]) -> None:
        self._frames.append(frame)
        self._came.set()

    async def told(self, up_to: int) -> list[dict[str, Any]]:
        """All that the watcher was sent, once she was sent an event."""
        async with asyncio.timeout(20):
            while not self._frames or self._frames[-1]["to"] < up_to:
                self._came.clear()
                await self._came.wait()
        return [event for frame in self._frames for event in frame["events"]]

    def request(self) -> str:
        return f"request-{next(self._numbers)}"

    async def says(self, text: str, request: str | None = None) -> dict[str, Any]:
        return await self.customer.ask(
            "comment", {"request_id": request or self.request(), "text": text}
        )

    async def puts_in_cart(self, request: str, quantity: int = 1) -> Reply:
        line = {"variant_id": self.variant, "quantity": quantity, "request_id": request}
        return await self.page.post("/api/cart/lines", line)

    async def changes_her_cart(self, quantity: int) -> Reply:
        [line] = (await self.cart())["lines"]
        return await self.page.ask(
            "PATCH", f"/api/cart/lines/{line['id']}", json={"quantity": quantity}
        )

    async def cart(self) -> dict[str, Any]:
        cart: dict[str, Any] = (await self.page.get("/api/cart")).json
        return cart

    async def fill_up(self) -> None:
        """Talk, claim and shop until no room is left for the least of it."""
        for _ in range(FULL):
            if not (await self.says("好期待" * 150))["ok"]:
                break
        for number in range(FULL):
            if (
                not ((await self.says("+1"))["ok"])
                and (await self.changes_her_cart(1 + number % 2)).status != 200
            ):
                return
        raise AssertionError("the disk is not full")

    async def log(self) -> list[dict[str, Any]]:
        """What everybody may read of the log."""
        log = await self.service.app[DATABASE].read(
            lambda conn: read_events(conn, ShowKind(), self.show, after=0, limit=10_000)
        )
        assert [logged.offset for logged in log] == list(range(1, len(log) + 1))
        return [msgspec.json.decode(one.wire()) for one in log if PUBLIC.sees(one.audience)]


@contextlib.asynccontextmanager
async def evening_at(url: str, folder: Path) -> AsyncIterator[Evening]:
    settings = settings_for(url, folder, events_per_s=10_000, media_engine="none")
    async with serving(settings) as service, contextlib.AsyncExitStack() as stack:
        await demo.furnish(service.app[DATABASE], service.clock, "TWD")

        async def watching(browser: Browser) -> Viewer:
            viewer = Viewer(browser, await stack.enter_async_context(aiohttp.ClientSession()))
            await viewer.connect()
            stack.push_async_callback(viewer.socket.disconnect)
            return viewer

        studio, page, nobody = [await service.browser() for _ in range(3)]
        await service.add_staff("host@example.com", Role.HOST)
        await studio.become_staff("host@example.com")
        await page.become_guest()
        evening = Evening(service, await watching(page), page, await watching(nobody))
        made = await open_show(studio, await watching(studio), evening.customer)
        evening.show = made["show"]
        products = (await page.get("/api/products")).json["products"]
        evening.variant = products[1]["variants"][0]["id"]
        assert (await evening.puts_in_cart(evening.request())).status == 200
        yield evening


def is_retryable(error: dict[str, Any]) -> bool:
    assert error.keys() == {"code", "message", "retryable", "data"}
    return error["code"] == "unavailable" and error["retryable"] is True


async def test_a_full_disk_is_told_to_who_claims_and_shops_and_shown_to_nobody(
    sqlite_url: str, small_disk: SmallDisk, tmp_path: Path
) -> None:
    file = shutil.copy(sqlite_url.removeprefix("sqlite:///"), small_disk.folder)
    async with evening_at(f"sqlite:///{file}", tmp_path) as evening:
        joined = (await evening.watcher.ask("join", {"show": evening.show}))["whole"]
        await evening.fill_up()
        log, cart = await evening.log(), await evening.cart()

        claim, line = evening.request(), evening.request()
        for _ in range(3):
            said = await evening.says("+1", claim)
            assert not said["ok"]
            assert is_retryable(said["error"])
            put = await evening.puts_in_cart(line, 3)
            assert put.status == 503
            assert is_retryable(put.json)
        assert await evening.log() == log
        assert await evening.cart() == cart
        whole = (await evening.customer.ask("join", {"show": evening.show}))["whole"]
        assert whole["offset"] == log[-1]["offset"]

        small_disk.grow()
        said = await evening.says("+1", claim)
        assert (said["ok"], said["repeated"]) == (True, False), said
        assert said["first"] == log[-1]["offset"] + 1
        assert (await evening.puts_in_cart(line, 3)).status == 200
        assert (await evening.says("+1", claim))["repeated"]
        now = await evening.cart()
        assert [one["quantity"] for one in now["lines"]] == [cart["lines"][0]["quantity"] + 3]

        # By a frame that comes last, all that was ever published has come.
        told = await evening.told((await evening.says("謝謝"))["last"])
        log = await evening.log()
        assert told == [event for event in log if event["offset"] > joined["offset"]]
        assert await evening.service.app[DATABASE].read(stock.audit) == []

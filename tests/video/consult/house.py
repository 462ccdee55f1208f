"""A service with customers and reps, and sockets of their calls."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from commerce_bridge.embedded import demo
from core.clock import ManualClock
from core.identity.model import Role
from tests.chat.line import Line as ChatLine
from tests.service import Browser, Visited, serving, settings_for
from tests.video.consult.line import Line
from tests.waiting import until
from web.keys import CLOCK, DATABASE, SETTINGS


@dataclass
class Desk:
    """A rep with her desk open."""

    id: str
    browser: Browser
    line: Line
    inbox: ChatLine
    """What makes her one who is there."""


class House(Visited):
    """The running service, with sockets."""

    async def line(self, browser: Browser) -> Line:
        http = await self.stack.enter_async_context(aiohttp.ClientSession())
        line = Line(browser, http)
        await line.connect()
        self.stack.push_async_callback(line.socket.disconnect)
        return line

    async def desk(self, name: str, browser: Browser | None = None) -> Desk:
        """A rep who is there."""
        browser = browser or await self.staff(name, Role.REP)
        own = str((await browser.get("/api/session")).json["person"]["id"])
        http = await self.stack.enter_async_context(aiohttp.ClientSession())
        inbox = ChatLine(browser, http)
        await inbox.connect()
        self.stack.push_async_callback(inbox.socket.disconnect)
        assert (await inbox.ask("watch"))["ok"]
        await until(lambda: own in inbox.here)
        line = await self.line(browser)
        await line.watch()
        return Desk(own, browser, line, inbox)

    async def asks(self, browser: Browser | None = None, **wish: Any) -> tuple[Line, str]:
        """A customer who waits for somebody to answer, and her call."""
        browser = browser or await self.guest()
        body = {"locale": "zh-Hant", **wish}
        asked = await browser.post("/api/consult/calls", body)
        assert asked.status in (200, 201), asked.body
        call = str(asked.json["call"])
        line = await self.line(browser)
        await line.enter(call)
        return line, call

    async def talk(self, desk: Desk, browser: Browser | None = None) -> tuple[Line, str]:
        """A customer who talks with the rep; both pages sit."""
        customer, call = await self.asks(browser)
        await until(lambda: (desk.line.board["rings"] or {}).get("id") == call)
        await desk.line.enter(call)
        await desk.line.does("answer")
        await until(lambda: customer.phase == "talking")
        await until(lambda: all(customer.call["seats"].values()))
        return customer, call

    async def furnish(self) -> None:
        """The demo's products."""
        app = self.service.app
        await demo.furnish(app[DATABASE], app[CLOCK], app[SETTINGS].currency)

    async def product(self) -> dict[str, Any]:
        browser = await self.service.browser()
        found: dict[str, Any] = (await browser.get("/api/products")).json["products"][0]
        return found


@contextlib.asynccontextmanager
async def open_house(
    url: str, folder: Path, clock: ManualClock | None = None, **settings: Any
) -> AsyncIterator[House]:
    made = settings_for(url, folder, media_engine="none", **settings)
    async with serving(made, clock) as service, contextlib.AsyncExitStack() as lines:
        yield House(service, lines)

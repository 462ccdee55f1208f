"""A service with customers and reps, and sockets for them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.chat.line import Line
from tests.service import Browser, Visited, serving, settings_for


class House(Visited):
    """The running service, with sockets."""

    async def line(self, browser: Browser) -> Line:
        http = await self.stack.enter_async_context(aiohttp.ClientSession())
        line = Line(browser, http)
        await line.connect()
        self.stack.push_async_callback(line.socket.disconnect)
        return line

    async def asks(self, text: str, browser: Browser | None = None) -> tuple[Line, str]:
        """A customer who has just asked something, and her conversation."""
        browser = browser or await self.guest()
        begun = await browser.post("/api/chat", {})
        assert begun.status == 200, begun.body
        conversation = str(begun.json["conversation"])
        line = await self.line(browser)
        await line.join(conversation)
        await line.says(text)
        return line, conversation

    async def at_desk(self, browser: Browser) -> Line:
        """A rep's socket that watches the list."""
        line = await self.line(browser)
        assert (await line.ask("watch"))["ok"]
        return line


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with (
        serving(settings_for(database_url, tmp_path)) as service,
        contextlib.AsyncExitStack() as lines,
    ):
        yield House(service, lines)

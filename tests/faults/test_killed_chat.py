"""`kill -9` in the middle of a conversation: what was acknowledged is said, and said once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import socketio

from tests.chat.line import Line
from tests.servers import free_port
from tests.service import Browser
from tests.show_process import Served, served
from tests.waiting import until

SAID = 12
AHEAD = 3
"""Messages that she sends without waiting for the answers to those before."""
KILLED_AFTER = 4
"""Messages that are acknowledged when the process is killed, others being under way."""


@contextlib.asynccontextmanager
async def customer_at(service: Served, token: str | None) -> AsyncIterator[tuple[Line, Browser]]:
    """Her page, with the session that she had before, if she had one."""
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as own,
        aiohttp.ClientSession() as http,
    ):
        await service.ready(http)
        browser = Browser(service.address, own)
        if token is None:
            await browser.become_guest()
        else:
            browser.forge(token)
        line = Line(browser, http)
        await line.connect()
        yield line, browser
        await line.socket.disconnect()


async def test_what_was_acknowledged_is_said_once_whatever_is_sent_again(
    database_url: str, tmp_path: Path
) -> None:
    port = free_port()
    answered: dict[int, dict[str, Any]] = {}
    under_way = asyncio.Semaphore(AHEAD)

    async def says(line: Line, number: int, *, dies: bool) -> None:
        sent = {"text": f"第{number}句", "request_id": f"request-{number}"}
        with contextlib.suppress(socketio.exceptions.SocketIOError, asyncio.CancelledError):
            async with under_way:
                reply = await line.ask("say", sent)
            assert reply["ok"], reply
            known = answered.setdefault(number, reply)
            assert (reply["first"], reply["last"]) == (known["first"], known["last"])
            if dies and len(answered) == KILLED_AFTER:
                service.kill()

    with served(database_url, tmp_path, port=port) as service:
        async with customer_at(service, None) as (line, browser):
            conversation = (await browser.post("/api/chat", {})).json["conversation"]
            await line.join(conversation)
            token = browser.token
            said = [asyncio.ensure_future(says(line, number, dies=True)) for number in range(SAID)]
            await until(lambda: service.process.poll() is not None)
            for task in said:
                task.cancel()
            await asyncio.gather(*said)
    before = dict(answered)
    assert KILLED_AFTER <= len(before) < SAID

    with served(database_url, tmp_path, port=port) as service:
        async with customer_at(service, token) as (line, browser):
            await line.join(conversation)
            kept = set(line.texts)
            assert {f"第{number}句" for number in before} <= kept
            await asyncio.gather(*(says(line, number, dies=False) for number in range(SAID)))
            assert len(answered) == SAID
            await line.join(conversation)
            assert sorted(line.texts) == sorted(f"第{number}句" for number in range(SAID))
            kinds = [one["kind"] for one in line.talk["lines"]]
            assert kinds.count("opened") == 1
            assert (await browser.get("/api/chat")).json["conversation"] == conversation

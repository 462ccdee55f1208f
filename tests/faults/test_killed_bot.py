"""`kill -9` between a customer's message and its answer: the answer comes, and comes once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.knowledge import demo as articles
from commerce_bridge.embedded import demo as goods
from core.clock import SystemClock
from core.db import Database
from tests.chat.line import Line
from tests.faults.test_killed_chat import customer_at
from tests.servers import free_port
from tests.show_process import served
from tests.waiting import until

QUESTION = "剝皮辣椒多少錢"
PRICE = "360"


async def furnished(url: str) -> None:
    async with Database.open(url, pool=1) as database:
        await goods.furnish(database, SystemClock(), "TWD")
        await articles.furnish(database, SystemClock())


def answers(line: Line) -> list[str]:
    lines = line.talk["lines"]
    return [one["text"] for one in lines if one["kind"] == "message" and one["from"] == "bot"]


@pytest.mark.parametrize("later_s", [0.0, 0.13])
async def test_who_had_asked_is_answered_after_the_restart_and_once(
    sqlite_url: str, tmp_path: Path, later_s: float
) -> None:
    await furnished(sqlite_url)
    port = free_port()
    with served(sqlite_url, tmp_path, port=port, bot=True) as service:
        async with customer_at(service, None) as (line, browser):
            token = browser.token
            conversation = (await browser.post("/api/chat", {})).json["conversation"]
            await line.join(conversation)
            await line.says("你好")
            await until(lambda: answers(line))  # it has learnt by then
            await line.says(QUESTION)
            await asyncio.sleep(later_s)
            service.kill()
    with served(sqlite_url, tmp_path, port=port, bot=True) as service:
        async with customer_at(service, token) as (line, _):
            await line.join(conversation)
            await until(lambda: len(answers(line)) == 2)
            await asyncio.sleep(0.5)
            hello, told = answers(line)
            assert PRICE in told
            assert PRICE not in hello


async def test_what_she_said_yes_to_is_done_after_the_restart_and_once(
    database_url: str, tmp_path: Path
) -> None:
    await furnished(database_url)
    port = free_port()
    with served(database_url, tmp_path, port=port, bot=True) as service:
        async with customer_at(service, None) as (line, browser):
            token = browser.token
            conversation = (await browser.post("/api/chat", {})).json["conversation"]
            await line.join(conversation)
            await line.says("我要兩罐剝皮辣椒")
            await until(lambda: answers(line))
            said = line.talk["lines"][-1]
            key = next(one["key"] for one in said["buttons"] if one["kind"] == "confirm")
            assert (await line.ask("press", {"offset": said["offset"], "key": key}))["ok"]
            service.kill()
    with served(database_url, tmp_path, port=port, bot=True) as service:
        async with customer_at(service, token) as (line, browser):
            await line.join(conversation)
            # What was being carried out when it died is leased for a minute.
            await until(lambda: line.talk["lines"][-1].get("state") == "done", within_s=90)
            lines = (await browser.get("/api/cart")).json["lines"]
            assert [one["quantity"] for one in lines] == [2]

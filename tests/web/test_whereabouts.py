"""The channel that a page claims for what goes into the cart, and what the house makes of it: the
channel multiplies points."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from core.clock import ManualClock
from tests.chat.line import Line as ChatLine
from tests.service import Browser
from tests.video.consult.house import House, open_house

HOUR_MS: Final = 3_600_000


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def house(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[House]:
    async with open_house(database_url, tmp_path, clock) as house:
        await house.furnish()
        yield house


async def counts_as(house: House, browser: Browser, claimed: str) -> str:
    """What a line counts as of which the page claims that; nothing stays in the cart."""
    variant = (await house.product())["variants"][0]["id"]
    line = {"variant_id": variant, "quantity": 1, "request_id": str(uuid.uuid4()), "via": claimed}
    put = await browser.post("/api/cart/lines", line)
    assert put.status == 200, put.body
    [made] = put.json["lines"]
    await browser.delete(f"/api/cart/lines/{made['id']}")
    return str(made["via"])


async def asks(house: House, browser: Browser) -> str:
    """Begins a conversation of hers with a question; returns its id."""
    conversation = str((await browser.post("/api/chat", {})).json["conversation"])
    http = await house.stack.enter_async_context(aiohttp.ClientSession())
    line = ChatLine(browser, http)
    await line.connect()
    house.stack.push_async_callback(line.socket.disconnect)
    await line.join(conversation)
    await line.says("這罐會很辣嗎？")
    return conversation


async def test_chat_is_believed_for_a_day_after_somebody_answered(
    house: House, clock: ManualClock
) -> None:
    mei, other = await house.guest(), await house.guest("雨晴")
    assert await counts_as(house, mei, "chat") == "shop"
    conversation = await asks(house, mei)
    assert await counts_as(house, mei, "chat") == "shop"  # she has only asked

    ji = (await house.desk("ji")).inbox
    await ji.join(conversation)
    await ji.acts("take")
    await ji.says("小辣，放心。")
    assert await counts_as(house, mei, "chat") == "chat"
    assert await counts_as(house, mei, "call") == "shop"
    assert await counts_as(house, mei, "shop") == "shop"
    assert await counts_as(house, other, "chat") == "shop"
    await mei.become_customer("mei@example.test")
    assert await counts_as(house, mei, "chat") == "chat"

    clock.advance(24 * HOUR_MS)
    assert await counts_as(house, mei, "chat") == "chat"
    clock.advance(1)
    assert await counts_as(house, mei, "chat") == "shop"


async def test_a_call_is_believed_while_it_lasts_and_for_an_hour(
    house: House, clock: ManualClock
) -> None:
    mei, other = await house.guest(), await house.guest("雨晴")
    waiting, _ = await house.asks(mei)
    assert await counts_as(house, mei, "call") == "shop"  # nobody has answered yet
    await waiting.does("leave")
    assert await counts_as(house, mei, "call") == "shop"

    talking, _ = await house.talk(await house.desk("ji"), mei)
    assert await counts_as(house, mei, "call") == "call"
    assert await counts_as(house, mei, "chat") == "shop"
    assert await counts_as(house, other, "call") == "shop"
    await talking.does("leave")
    clock.advance(HOUR_MS)
    assert await counts_as(house, mei, "call") == "call"
    clock.advance(1)
    assert await counts_as(house, mei, "call") == "shop"

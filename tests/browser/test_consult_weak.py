"""A line that loses much of what is sent: pictures go, the sound stays, and they come back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser import peers
from tests.browser.call import Customer, RepDesk
from tests.browser.lossy_line import LossyLine
from tests.browser.shop_process import ShopProcess
from tests.browser.visits import Visits, somebody
from tests.servers import TurnServer

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

LOST: Final = 0.25
"""Of what is sent on each of the ways; what goes from page to page takes two of them."""
NOTICED_MS: Final = 40_000
TRUSTED_MS: Final = 90_000
"""Pictures stay off for a while before a line that is good again is believed."""


@pytest_asyncio.fixture(loop_scope="session")
async def line(turn: TurnServer) -> AsyncIterator[LossyLine]:
    """The way to the TURN server."""
    async with LossyLine.laid(turn.port) as line:
        yield line


@pytest_asyncio.fixture(loop_scope="session")
async def far_shop(
    built_pages: None, turn: TurnServer, line: LossyLine, tmp_path: Path
) -> AsyncIterator[ShopProcess]:
    """A shop whose calls go by that line."""
    urls = json.dumps([f"turn:127.0.0.1:{line.port}?transport=udp"])
    shop = ShopProcess(tmp_path, TURN_URLS=urls, TURN_SECRET=turn.secret)
    try:
        await shop.start()
        yield shop
    finally:
        shop.stop()


async def test_on_a_bad_line_the_sound_goes_on_alone_until_the_line_is_good_again(
    far_shop: ShopProcess, line: LossyLine, visits: Visits
) -> None:
    visits.address = far_shop.address
    name = somebody()
    desk = await RepDesk.opens(visits, relay=True)
    customer = await Customer.comes(visits, name, "phone")
    await customer.calls(query="?relay")
    await desk.answers(name)
    await customer.talks()
    await peers.moves(customer.page, desk.page)

    line.loses = LOST
    own = customer.stage.get_by_text("網路不穩，先只送你的聲音")
    await expect(own).to_be_visible(timeout=NOTICED_MS)
    other = customer.stage.get_by_text(f"{desk.name}的網路不穩，先只有聲音")
    await expect(other).to_be_visible(timeout=NOTICED_MS)
    await peers.stands_still(customer.page)
    await peers.sounds(customer.page, desk.page)

    line.loses = 0
    await expect(own).to_have_count(0, timeout=TRUSTED_MS)
    await expect(other).to_have_count(0, timeout=TRUSTED_MS)
    await peers.moves(customer.page, desk.page)
    await customer.hangs_up()

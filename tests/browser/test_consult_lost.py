"""Lines that break in the middle of a call: the room's, the picture's, and the service itself."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser import peers
from tests.browser.call import Customer, RepDesk, put_through
from tests.browser.cut import Line
from tests.browser.shop_process import ShopProcess
from tests.browser.test_lost_line import LINE_IS_LOST
from tests.browser.visits import Visits, somebody
from tests.servers import TurnServer
from web.demo.client import Client

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(200)]

CUT_S = 5


async def relayed(visits: Visits, name: str, address: str = "") -> tuple[Customer, RepDesk]:
    """Two who see each other by way of the relay alone."""
    desk = await RepDesk.opens(visits, relay=True)
    customer = await Customer.comes(visits, name)
    await customer.calls(address=address, query="?relay")
    await desk.answers(name)
    await customer.talks()
    await peers.moves(customer.page, desk.page)
    return customer, desk


@pytest.mark.usefixtures("nobody_talks")
async def test_two_who_cannot_reach_each_other_see_each_other_by_the_relay(visits: Visits) -> None:
    customer, desk = await relayed(visits, somebody())
    for page in (customer.page, desk.page):
        assert (await peers.read(page))["ways"] == [["relay", "relay"]]
    await peers.sounds(customer.page, desk.page)
    await customer.hangs_up()


@pytest.mark.usefixtures("nobody_talks")
async def test_a_network_that_is_lost_for_five_seconds_is_made_good_by_itself(
    visits: Visits, shop: ShopProcess, turn: TurnServer
) -> None:
    async with Line.laid(shop.other, shop.port) as line:
        customer, desk = await relayed(visits, somebody(), line.address)
        visits.of(customer.page).excuse(*LINE_IS_LOST)
        call = customer.call
        line.cut()
        turn.freeze()
        try:
            ended = asyncio.create_task(asyncio.sleep(CUT_S))
            await peers.stands_still(customer.page)
            await peers.stands_still(desk.page)
            await expect(customer.lost).to_be_visible()
            await customer.says("聽得到嗎？")
            await ended
        finally:
            turn.thaw()
        line.mend()
        await peers.moves(customer.page, desk.page)
        await peers.sounds(customer.page, desk.page)
        await expect(customer.lost).to_have_count(0)
        assert customer.call == call
        await desk.tab("訊息")
        await expect(desk.side.get_by_role("log").get_by_text("聽得到嗎？")).to_have_count(1)
        await desk.hangs_up()
        await expect(customer.heading).to_have_text("通話結束")


async def test_two_go_on_seeing_each_other_while_the_service_is_killed_and_find_it_again(
    own_shop: ShopProcess, visits: Visits
) -> None:
    visits.address = own_shop.address
    customer, desk = await put_through(visits, somebody())
    for page in (customer.page, desk.page):
        visits.of(page).excuse(*LINE_IS_LOST)
    await desk.shows("古早味樹子")
    await customer.says("一")
    await desk.tab("訊息")
    await expect(desk.side.get_by_role("log").get_by_text("一", exact=True)).to_be_visible()

    own_shop.kill()
    await expect(customer.lost).to_be_visible()
    await customer.says("二")
    await peers.moves(customer.page, desk.page, frames=20)
    await own_shop.start()

    await expect(customer.lost).to_have_count(0)
    for word in ("一", "二"):
        said = desk.side.get_by_role("log").get_by_text(word, exact=True)
        await expect(said).to_have_count(1)
    await desk.tab("一起看")
    await expect(desk.cart.get_by_text("同步")).to_be_visible()
    await peers.moves(customer.page, desk.page)
    await customer.shown.get_by_role("button", name="放進購物車").click()
    await desk.has("古早味樹子", 1)
    await customer.hangs_up()
    await expect(desk.view.get_by_role("heading", name="通話結束")).to_be_visible()
    async with Client(own_shop.address) as anybody:
        assert (await anybody.get("/api/consult"))["waiting"] == 0

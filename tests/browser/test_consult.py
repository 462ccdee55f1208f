"""A customer and a rep face to face: what is shown, what both put into the cart, what she buys."""

from __future__ import annotations

import re
from typing import Final

import aiohttp
import pytest
from playwright.async_api import expect

from tests.browser import peers
from tests.browser.call import REP_NAME, put_through
from tests.browser.sheets import sheet
from tests.browser.shop_process import ShopProcess
from tests.browser.till import Till
from tests.browser.visits import Visits, somebody

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(200),
    pytest.mark.usefixtures("nobody_talks"),
]

CHILLI: Final = "秋釀剝皮辣椒"
TOFU: Final = "麻油辣豆腐乳"
CONTACT: Final = "歐陽娜娜子"
PHONE: Final = "0987 654 321"


@pytest.mark.parametrize("device", ["phone", "desktop"])
async def test_two_look_at_goods_together_and_one_of_them_buys(visits: Visits, device: str) -> None:
    name = somebody()
    customer, desk = await put_through(visits, name, device=device)
    await peers.sounds(customer.page, desk.page)
    await expect(customer.stage.get_by_text(REP_NAME, exact=True).first).to_be_visible()

    await desk.shows(CHILLI)
    await expect(customer.shown).to_contain_text(CHILLI)
    await expect(customer.shown).to_contain_text(f"{REP_NAME}給你看")
    await customer.shown.get_by_role("button", name="放進購物車").click()
    await desk.has(CHILLI, 1)
    await desk.cart.get_by_role("button", name=f"多一件 {CHILLI}").click()
    await desk.has(CHILLI, 2)
    await customer.has(CHILLI, 2)

    # Each takes back what the other did.
    cart = await customer.cart()
    rep_put = cart.get_by_role("listitem").filter(has_text=f"{REP_NAME}放進 {CHILLI}")
    await rep_put.get_by_role("button", name="復原").click()
    await desk.has(CHILLI, 1)
    await customer.has(CHILLI, 1)
    await desk.cart.get_by_role("button", name=f"復原 {CHILLI}").click()
    await customer.has(CHILLI, 0)
    await desk.has(CHILLI, 0)
    await customer.fold()

    # She shows one herself; the rep puts it in.
    await customer.stage.get_by_role("button", name="找商品給店員看").click()
    finder = sheet(customer.page, "找商品給店員看")
    await finder.get_by_role("searchbox").fill("豆腐乳")
    await finder.get_by_role("button", name=re.compile(f"^給店員看.*{TOFU}$")).click()
    await expect(desk.stage.locator("article")).to_contain_text("她想問這個")
    await desk.stage.locator("article").get_by_role("button", name="放進購物車").click()
    await customer.has(TOFU, 1)

    await customer.page.get_by_role("button", name="結帳", exact=True).click()
    till = Till(customer.page)
    await till.pickup()
    await till.contact(CONTACT, PHONE)
    await till.pays_by("取貨付款")
    await till.order()
    placed = sheet(customer.page, "訂單已成立")
    bought = desk.cart.get_by_text(re.compile(r"訂單 \S+ 成立"))
    await expect(bought).to_be_visible()
    number = (await bought.inner_text()).split()[1]
    await expect(placed).to_contain_text(number)
    await peers.moves(customer.page, desk.page)
    await placed.get_by_role("button", name="關閉").last.click()
    await desk.has(TOFU, 0)

    await customer.says("謝謝你")
    await desk.tab("訊息")
    await expect(desk.side.get_by_role("log")).to_contain_text("謝謝你")
    await desk.tab("客人")
    await expect(desk.view.locator("plusone-desk-customer")).to_contain_text(name)
    everything = await desk.told.everything()
    assert "謝謝你" in everything
    digits = re.sub(r"\D", "", PHONE)
    for secret in (CONTACT, PHONE, digits, digits[1:], '"remembered"', '"contact"', '"pay_url"'):
        assert secret not in everything, secret

    await desk.hangs_up()
    await expect(customer.heading).to_have_text("通話結束")
    ordered = customer.page.get_by_role("region", name="下的訂單")
    await expect(ordered).to_contain_text(number)
    await expect(ordered.get_by_role("link", name="這次諮詢得")).to_be_visible()
    await expect(customer.page.get_by_role("region", name="看過的商品")).to_contain_text(CHILLI)
    await (
        customer.page.get_by_role("region", name="這次視訊怎麼樣？")
        .get_by_role("button", name=re.compile("^5|很"))
        .last.click()
    )
    await expect(desk.view.get_by_text("滿分 5 分")).to_be_visible()
    came_to = desk.view.locator("plusone-call-after")
    await expect(came_to.get_by_role("link", name=number)).to_be_visible()


async def test_a_shared_screen_arrives_in_place_of_the_camera(visits: Visits) -> None:
    customer, desk = await put_through(visits, somebody())
    await peers.looks_green(customer.page)
    await desk.stage.get_by_role("button", name="分享螢幕").click()
    await expect(customer.stage.get_by_label(f"{REP_NAME}分享的畫面")).to_be_visible()
    await peers.looks_green(customer.page, green=False)
    await peers.moves(customer.page)
    await desk.stage.get_by_role("button", name="停止分享螢幕").click()
    await peers.looks_green(customer.page)
    await desk.hangs_up()


async def test_of_sound_and_picture_nothing_passes_the_service(
    visits: Visits, shop: ShopProcess
) -> None:
    before = await _signalled(shop)
    customer, desk = await put_through(visits, somebody())
    assert await _signalled(shop) > before
    both = (customer.page, desk.page)
    begun = [(await peers.read(page))["bytes"] for page in both]
    talked = await _signalled(shop)
    await peers.moves(*both, frames=20)
    media = sum([(await peers.read(page))["bytes"] for page in both]) - sum(begun)
    signalled = await _signalled(shop) - talked
    assert media > 100_000
    assert signalled < media / 50, f"{signalled} bytes by way of the service, {media} past it"
    assert not shop.datagram_sockets(), "nothing listens there for sound or picture"
    await customer.hangs_up()


async def _signalled(shop: ShopProcess) -> float:
    """Bytes of signals that the service has passed on."""
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{shop.address}/metrics") as response,
    ):
        text = await response.text()
    found = re.search(r"^plusone_signal_bytes_total (\S+)$", text, re.MULTILINE)
    assert found is not None
    return float(found[1])

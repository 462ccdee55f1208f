"""Calls for those who see, hear and point otherwise: axe in every state, and keys alone."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser import peers
from tests.browser.axe import Axe
from tests.browser.call import Customer, RepDesk
from tests.browser.sheets import sheet
from tests.browser.test_keyboard import tab_to
from tests.browser.visits import Visits, somebody

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(200),
    pytest.mark.usefixtures("nobody_talks"),
]


@pytest.mark.parametrize("device", ["phone", "desktop"])
async def test_a_call_in_every_state(visits: Visits, device: str) -> None:
    name = somebody()
    customer = await Customer.comes(visits, name, device)
    page, axe = customer.page, Axe(customer.page)
    await customer.lobby()
    await expect(page.get_by_text("現在沒有店員在線上")).to_be_visible()
    await axe.looks("lobby")
    await customer.calls()
    await expect(page.get_by_role("button", name="不等了")).to_be_visible()
    await axe.looks("in the line")

    desk = await RepDesk.opens(visits, device=device, path="/desk/calls")
    seen = Axe(desk.page)
    await desk.rings(name)
    await seen.looks("calls at the desk, ringing")
    await axe.looks("ringing")
    await desk.answers(name)
    await customer.talks()
    await peers.moves(page, desk.page)
    await page.get_by_role("button", name="鏡頭、麥克風和喇叭").click()
    speaker = sheet(page, "鏡頭、麥克風和喇叭").get_by_role("combobox").last
    await speaker.select_option(index=1)
    heard_by = await speaker.input_value()
    await expect(customer.stage.locator("video.other")).to_have_js_property("sinkId", heard_by)
    await axe.looks("talking, devices")
    await page.keyboard.press("Escape")
    await desk.shows("手炒花椒辣油")
    await expect(customer.shown).to_contain_text("手炒花椒辣油")
    await customer.shown.get_by_role("button", name="放進購物車").click()
    await desk.has("手炒花椒辣油", 1)
    await customer.says("大的那罐")
    await axe.looks("talking, words")
    await page.keyboard.press("Escape")
    await customer.has("手炒花椒辣油", 1)
    await axe.looks("talking, cart")
    await customer.fold()
    await page.get_by_role("button", name="找商品給店員看").click()
    await expect(sheet(page, "找商品給店員看").get_by_role("button").nth(3)).to_be_visible()
    await axe.looks("talking, goods")
    await page.keyboard.press("Escape")
    for tab in ("一起看", "訊息", "對話", "客人"):
        await desk.tab(tab)
        await seen.looks(f"call at the desk, {tab}")
    await desk.hangs_up()
    await expect(customer.heading).to_have_text("通話結束")
    await axe.looks("after")
    await seen.looks("call at the desk, after")
    axe.finds_nothing()
    seen.finds_nothing()


async def test_a_call_is_asked_for_answered_and_ended_by_keys_alone(visits: Visits) -> None:
    name = somebody()
    desk = await RepDesk.opens(visits)
    customer = await Customer.comes(visits, name)
    page = customer.page
    await customer.lobby()
    await tab_to(page, page.get_by_role("tab", name="現在視訊"))
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("tab", name="約個時間")).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("tab", name="現在視訊")).to_be_focused()
    await tab_to(page, page.get_by_role("button", name="現在視訊"))
    await page.keyboard.press("Enter")

    # It is answered while she writes something else.
    await desk.rings(name)
    await desk.page.get_by_role("searchbox").focus()
    await desk.page.keyboard.press("Alt+Enter")
    await desk.talks()
    await customer.talks()
    await peers.moves(page, desk.page)

    await tab_to(desk.page, desk.goods.get_by_role("searchbox"))
    await desk.page.keyboard.type("脆梅")
    await expect(desk.goods.get_by_role("button", name="給她看 紫蘇脆梅")).to_be_visible()
    await tab_to(desk.page, desk.goods.get_by_role("button", name="給她看 紫蘇脆梅"))
    await desk.page.keyboard.press("Enter")
    put = customer.shown.get_by_role("button", name="放進購物車")
    await tab_to(page, put)
    await page.keyboard.press("Enter")
    await desk.has("紫蘇脆梅", 1)

    mute = customer.stage.get_by_role("button", name="關麥克風")
    await tab_to(page, mute)
    await page.keyboard.press("Space")
    await expect(desk.stage.get_by_text(f"{name}的麥克風關著")).to_be_visible()
    await tab_to(page, customer.stage.get_by_role("button", name="結束通話"))
    await page.keyboard.press("Enter")
    await expect(customer.heading).to_be_focused()
    await expect(desk.view.get_by_role("heading", name="通話結束")).to_be_visible()

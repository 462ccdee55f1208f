"""At whom it rings, who may be there, and where a call goes on."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import expect

from tests.browser import peers
from tests.browser.call import REP_NAME, Customer, RepDesk, put_through
from tests.browser.chat import Chat
from tests.browser.shop_process import ShopProcess
from tests.browser.stage import OPERATOR
from tests.browser.visits import Visits, somebody

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(200),
    pytest.mark.usefixtures("nobody_talks"),
]

NOT_HERS = r"404.*(consult|cll_)|status of 404"
"""What a browser says of a call that is somebody else's."""


async def first_rung(name: str, *desks: RepDesk) -> tuple[RepDesk, RepDesk]:
    """The desk at which it rings, and the other."""
    one, other = desks
    waits = [asyncio.ensure_future(desk.rings(name)) for desk in desks]
    done, still = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for task in still:
        task.cancel()
    await asyncio.gather(*still, return_exceptions=True)
    for task in done:
        task.result()
    return (one, other) if waits[0] in done else (other, one)


async def test_it_rings_at_the_next_where_one_declines_and_where_one_does_not_pick_up(
    visits: Visits, shop: ShopProcess
) -> None:
    desks = [await RepDesk.opens(visits), await RepDesk.opens(visits, OPERATOR)]
    name = somebody()
    customer = await Customer.comes(visits, name)
    await customer.calls()
    first, second = await first_rung(name, *desks)
    await expect(customer.heading).to_have_text(f"正在請{first.name}接聽…")
    await first.declines(name)
    await second.rings(name)
    await expect(first.ringing).to_have_count(0)
    await expect(customer.heading).to_have_text(f"正在請{second.name}接聽…")

    # She says nothing: it rings on, where nobody has said no for long.
    shop.pass_time(21)
    await expect(second.ringing).to_have_count(0)
    await expect(customer.heading).to_have_text(re.compile("下一位就是你|正在等店員"))
    shop.pass_time(61)
    rung, other = await first_rung(name, *desks)
    await rung.answers(name)
    await customer.talks()
    await peers.moves(customer.page, rung.page)
    await expect(other.ringing).to_have_count(0)
    await customer.hangs_up()


async def test_whoever_else_has_the_link_sees_and_hears_nothing(visits: Visits) -> None:
    customer, desk = await put_through(visits, somebody())
    stranger = await Customer.comes(visits, somebody())
    visits.of(stranger.page).excuse(NOT_HERS)
    await stranger.page.goto(f"/consult/{customer.call}")
    await expect(stranger.heading).to_have_text("找不到這通視訊")
    await expect(stranger.talking).to_have_count(0)

    colleague = await RepDesk.opens(visits, OPERATOR, path=f"/desk/calls/{customer.call}")
    visits.of(colleague.page).excuse(NOT_HERS)
    await expect(colleague.view.get_by_text(f"這通由 {REP_NAME} 接聽")).to_be_visible()
    await expect(colleague.stage).to_have_count(0)
    assert (await peers.read(colleague.page))["state"] is None
    for page in (stranger.page, colleague.page):
        told = await page.request.get(f"/api/consult/calls/{customer.call}/cart")
        assert told.status == 404
    await peers.moves(customer.page, desk.page)
    await desk.hangs_up()


async def test_a_call_that_is_opened_twice_goes_on_where_it_was_opened_last(
    visits: Visits,
) -> None:
    customer, desk = await put_through(visits, somebody())
    again = Customer(await customer.page.context.new_page(), customer.name)
    await again.page.goto(f"/consult/{customer.call}")
    await again.talks()
    await peers.moves(again.page, desk.page)
    elsewhere = customer.page.get_by_role("heading", name="這通視訊正在另一個分頁或裝置上")
    await expect(elsewhere).to_be_visible()
    await customer.page.get_by_role("button", name="在這裡繼續").click()
    await customer.talks()
    await peers.moves(customer.page, desk.page)
    await expect(again.page.get_by_role("heading", name="這通視訊正在另一個")).to_be_visible()
    await customer.hangs_up()


async def test_a_page_that_was_closed_and_opened_again_goes_on_with_the_call(
    visits: Visits,
) -> None:
    customer, desk = await put_through(visits, somebody())
    call = customer.call
    context = customer.page.context
    await customer.page.close()
    await expect(desk.stage.get_by_text(f"{customer.name}斷線了，等他回來…")).to_be_visible()
    back = Customer(await context.new_page(), customer.name)
    await back.page.goto("/consult")
    await back.page.get_by_role("button", name="回到通話").click()
    await back.talks()
    assert back.call == call
    await peers.moves(back.page, desk.page)
    await expect(desk.stage.get_by_text("斷線了")).to_have_count(0)

    # So it is with the rep, whose desk is loaded anew.
    await desk.page.reload()
    await desk.talks()
    await peers.moves(back.page, desk.page)
    await desk.hangs_up()
    await expect(back.heading).to_have_text("通話結束")


async def test_a_rep_calls_out_of_the_chat_and_what_came_of_it_stands_there(
    visits: Visits,
) -> None:
    name = somebody()
    page = await visits.guest("phone", name)
    await peers.keep_peers(page.context)
    await page.goto("/")
    chat = Chat(page)
    await chat.open()
    await chat.says("這罐有多大？")
    await chat.sees("這罐有多大？")

    desk = await RepDesk.opens(visits)
    await desk.page.locator("plusone-desk-queue").get_by_role("link", name=name).click()
    thread = desk.page.locator("plusone-desk-thread")
    await thread.locator("header").get_by_role("button", name="接手").click()
    await thread.get_by_role("button", name=f"邀 {name} 視訊").click()
    await expect(desk.view.get_by_role("heading", name=f"等 {name} 接聽")).to_be_visible()

    card = chat.thread.get_by_role("article", name="視訊通話")
    await expect(card).to_contain_text(f"{REP_NAME}想跟你視訊")
    await card.get_by_role("link", name="接聽").click()
    customer = Customer(page, name)
    await customer.page.get_by_role("button", name="接起來").click()
    await customer.talks()
    await desk.talks()
    await peers.moves(customer.page, desk.page)
    await desk.shows("紫蘇脆梅")
    await expect(customer.shown).to_contain_text("紫蘇脆梅")
    await customer.hangs_up()
    await customer.page.get_by_role("button", name="在聊天裡繼續").click()
    card = chat.thread.get_by_role("article", name="視訊通話")
    await expect(card).to_contain_text(f"和{REP_NAME}視訊了")
    await expect(card).to_contain_text("看了 1 樣商品")
    await expect(chat.thread).to_contain_text("紫蘇脆梅")

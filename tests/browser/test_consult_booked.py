"""Calls for another time: one that was booked, and one that the shop owes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser import peers
from tests.browser.call import Customer, RepDesk, put_through
from tests.browser.shop_process import ShopProcess
from tests.browser.stage import OPERATOR
from tests.browser.visits import Visits, somebody
from tests.waiting import until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(200)]

ALL_DAY = {"time_zone": "Asia/Taipei", "week": [[["00:00", "24:00"]]] * 7}
NEVER = {"time_zone": "Asia/Taipei", "week": [[]] * 7}
EARLY_S = 300


async def put(page: Page, path: str, hours: dict[str, Any]) -> None:
    """Set the hours of the shop, or of a rep, in the name of whoever the page is."""
    origin = re.match(r"http://[^/]+", page.url)
    assert origin is not None
    headers = {"X-Plusone": "1", "Origin": origin[0]}
    told = await page.request.put(
        path, data={**hours, "closed": [], "special": []}, headers=headers
    )
    assert told.ok, await told.text()


@pytest.mark.usefixtures("nobody_talks")
async def test_a_call_that_was_booked_rings_at_the_rep_with_whom_it_was(
    visits: Visits, shop: ShopProcess
) -> None:
    # Whose turn it is otherwise: the colleague's, who has had no call.
    other, desk = await put_through(visits, somebody())
    await other.hangs_up()
    await put(desk.page, "/api/staff/consult/availability", ALL_DAY)
    colleague = await RepDesk.opens(visits, OPERATOR)

    name = somebody()
    customer = Customer(await visits.open("phone"), name)
    page = customer.page
    await peers.keep_peers(page.context)
    await page.goto("/consult?book")
    form = page.locator("plusone-booking")
    await form.get_by_text("15 分鐘").click()
    await form.locator("plusone-slots .time").first.click()
    await form.get_by_role("textbox", name="怎麼稱呼你").fill(name)
    await form.get_by_role("textbox", name="電子郵件").fill("booked@example.test")
    await form.get_by_role("button", name=re.compile("^預約 ")).click()
    await expect(form.get_by_role("heading", name="約好了")).to_be_visible()
    await expect(form).to_contain_text(f"和{desk.name}")
    [booking] = (await (await page.request.get("/api/consult/bookings")).json())["bookings"]

    shop.pass_time((booking["starts_at"] - shop.now()) / 1000 - EARLY_S)
    await page.clock.set_system_time(booking["starts_at"] - EARLY_S * 1000)
    await form.get_by_role("link", name="看預約").click()
    await page.get_by_role("button", name="進入視訊").click()
    await desk.rings(name)
    await expect(desk.ringing).to_contain_text("和你約好的")
    await expect(colleague.ringing).to_have_count(0)
    await desk.answers(name)
    await customer.talks()
    await peers.moves(page, desk.page)
    await customer.hangs_up()

    async def state() -> str:
        told = await page.request.get(f"/api/bookings/{booking['token']}")
        return str((await told.json())["booking"]["state"])

    await until(state, lambda now: now == "held")
    # Its time is not over yet.
    await page.goto(f"/bookings/{booking['token']}")
    await expect(page.get_by_role("heading", name="這次聊完了")).to_be_visible()
    await expect(page.get_by_role("button", name="進入視訊")).to_have_count(0)
    await expect(page.get_by_role("button", name="在聊天裡繼續")).to_be_visible()
    await page.get_by_role("link", name="再看一次").click()
    await expect(customer.heading).to_have_text("通話結束")


async def test_who_calls_after_hours_is_called_back(own_shop: ShopProcess, visits: Visits) -> None:
    visits.address = own_shop.address
    operator = await RepDesk.opens(visits, OPERATOR)
    await put(operator.page, "/api/staff/hours", NEVER)
    name = somebody()
    customer = await Customer.comes(visits, name, "phone")
    await customer.lobby()
    await expect(customer.page.get_by_text("打烊了")).to_be_visible()
    await customer.page.get_by_role("tab", name="現在視訊").click()
    await customer.page.get_by_role("textbox").fill("想看禮盒的大小")
    await customer.page.get_by_role("button", name="請店員回電").click()
    await expect(customer.heading).to_have_text("收到，店員會回電")

    await operator.page.goto("/desk/calls")
    owed = operator.panel.get_by_role("region", name="要回電")
    await expect(owed).to_contain_text(name)
    await expect(owed).to_contain_text("想看禮盒的大小")

    # She is asked out of there, and answers where she looks next.
    await owed.get_by_role("button", name=f"邀 {name} 視訊").click()
    await expect(operator.view.get_by_role("heading", name=f"等 {name} 接聽")).to_be_visible()
    await customer.page.goto("/consult")
    await customer.page.get_by_role("button", name="回到通話").click()
    await customer.page.get_by_role("button", name="接起來").click()
    await customer.talks()
    await operator.talks()
    await peers.moves(customer.page, operator.page)
    await operator.hangs_up()
    await operator.page.goto("/desk/calls")
    await owed.get_by_role("button", name="已聯絡").click()
    await expect(owed).to_contain_text("沒有人在等回電")

"""Opening hours and ready replies, set at the desk."""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.axe import Axe
from tests.browser.sheets import sheet
from tests.browser.shop_process import ShopProcess
from tests.browser.stage import OPERATOR
from tests.browser.visits import Visits

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

HOURS: Final = "營業時間"
REPLIES: Final = "罐頭回覆"


async def opened(page: Page, heading: str) -> Locator:
    await page.goto("/desk")
    await page.get_by_role("button", name=heading).first.click()
    return sheet(page, heading)


@pytest.fixture
def visits_own(own_shop: ShopProcess, visits: Visits) -> Visits:
    """Browsers at a shop of the test's own: hours are the whole shop's."""
    visits.address = own_shop.address
    return visits


async def test_an_operator_sets_the_hours_and_customers_are_told(visits_own: Visits) -> None:
    page = await visits_own.staff("desktop", OPERATOR)
    hours = await opened(page, HOURS)
    stands = hours.get_by_role("status").first
    await expect(hours.get_by_text("還沒有設定")).to_be_visible()

    monday = hours.get_by_label("星期一 結束", exact=True)
    await monday.fill("10:00")
    await hours.get_by_role("button", name="儲存").click()
    await expect(hours.get_by_text("開始和結束是同一個時間。")).to_be_visible()
    await expect(hours.get_by_label("星期一 開始", exact=True)).to_be_focused()
    assert await (await page.request.get("/api/staff/hours")).json() is None

    await hours.get_by_label("星期一 開始", exact=True).fill("00:00")
    await monday.fill("00:00")
    await expect(hours.get_by_text("24 小時")).to_have_count(1)
    await hours.get_by_role("button", name="把星期一的時段套用到每天").click()
    await expect(hours.get_by_text("24 小時")).to_have_count(7)
    await expect(stands).to_have_text("現在營業中，不打烊")
    await hours.get_by_role("button", name="加休假").click()
    await hours.get_by_label("名稱").fill("年假")
    await expect(stands).to_have_text(re.compile("^現在休息，明天 00:00 開始營業$"))
    await hours.get_by_role("button", name="儲存").click()
    await expect(hours.get_by_text("存好了")).to_be_visible()
    told = await (await page.request.get("/api/chat")).json()
    assert told["hours"]["open"] is False
    assert told["hours"]["opens_at"] is not None

    await page.keyboard.press("Escape")
    await expect(hours).to_have_count(0)
    hours = await opened(page, HOURS)
    await expect(hours.get_by_label("名稱")).to_have_value("年假")
    await hours.get_by_role("button", name="拿掉第 1 個休假").click()
    await hours.get_by_role("button", name="儲存").click()
    await expect(hours.get_by_text("存好了")).to_be_visible()
    told = await (await page.request.get("/api/chat")).json()
    since = told["hours"].pop("since")
    assert since is None or isinstance(since, int)
    assert told["hours"] == {"open": True, "until": None, "opens_at": None, "always": False}


async def test_a_reply_is_kept_changed_and_deleted_with_a_second_press(visits_own: Visits) -> None:
    page = await visits_own.staff("desktop", OPERATOR)
    replies = await opened(page, REPLIES)
    await replies.get_by_role("button", name="新增罐頭回覆").click()
    await expect(replies.get_by_label("標題")).to_be_focused()
    await page.keyboard.type("到貨")
    await replies.get_by_role("button", name="新增", exact=True).click()
    await expect(replies.get_by_text("請填內容。")).to_be_visible()
    await expect(replies.get_by_label("內容")).to_be_focused()
    await page.keyboard.type("{name} 您好，明天到貨。")
    await replies.get_by_role("button", name="新增", exact=True).click()
    line = replies.get_by_role("listitem").filter(has_text="到貨")
    await expect(line).to_contain_text("{name} 您好，明天到貨。")

    await line.get_by_role("button", name="修改「到貨」").click()
    await replies.get_by_label("內容").fill("後天到貨。")
    await page.keyboard.press("Escape")
    await expect(line).to_contain_text("明天到貨。")
    await line.get_by_role("button", name="修改「到貨」").click()
    await replies.get_by_label("內容").fill("後天到貨。")
    await replies.get_by_role("button", name="儲存").click()
    await expect(line).to_contain_text("後天到貨。")

    await line.get_by_role("button", name="刪除「到貨」").click()
    sure = line.get_by_role("button", name="確定刪除")
    await expect(sure).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(sure).to_have_count(0)
    await line.get_by_role("button", name="刪除「到貨」").click()
    await sure.click()
    await expect(line).to_have_count(0)


async def test_nothing_is_in_the_way_of_those_who_hear_and_see_otherwise(
    visits_own: Visits,
) -> None:
    page = await visits_own.staff("phone", OPERATOR)
    axe = Axe(page)
    hours = await opened(page, HOURS)
    await hours.get_by_role("button", name="星期一加時段").click()
    await hours.get_by_label("星期一 開始", exact=True).last.fill("11:00")
    await hours.get_by_role("button", name="加休假").click()
    await hours.get_by_role("button", name="加特別的日子").click()
    await hours.get_by_role("button", name="儲存").click()
    await expect(hours.get_by_text("和前一段重疊")).to_be_visible()
    await axe.looks("hours")
    replies = await opened(page, REPLIES)
    await replies.get_by_role("button", name="新增罐頭回覆").click()
    await axe.looks("a new reply")
    await page.keyboard.type("a")
    await replies.get_by_label("內容").fill("b")
    await replies.get_by_role("button", name="新增", exact=True).click()
    await replies.get_by_role("button", name="刪除「a」").click()
    await axe.looks("replies")
    axe.finds_nothing()

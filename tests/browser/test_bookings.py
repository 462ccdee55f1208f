"""A time is booked, moved, given back, and come in to: what she does, and what she is told."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.axe import Axe
from tests.browser.sheets import sheet
from tests.browser.shop_process import ShopProcess
from tests.browser.visits import Visits

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(200)]

DEVICES = pytest.mark.parametrize("device", ["phone", "desktop"])
TAKEN = (r"HTTP 409: (POST|PATCH) ", r"status of 409")
HOUR_S = 3600


class Booker:
    """The form in which a time is booked."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.form = page.locator("plusone-booking")
        self.days = self.form.get_by_role("radiogroup", name="日期").get_by_role("radio")
        self.times = self.form.locator("plusone-slots .time")
        self.taken = self.form.get_by_role("alert").filter(has_text="剛被約走了")

    @classmethod
    async def at(cls, page: Page, path: str = "/consult?book") -> Booker:
        await page.goto(path)
        booker = cls(page)
        await expect(booker.times.first).to_be_visible()
        return booker

    async def chooses(self, day: int, time: int) -> str:
        """What stands on the time that she chose, counted from 0."""
        await self.days.nth(day).check(force=True)
        chosen = self.times.nth(time)
        said = await chosen.inner_text()
        await chosen.click()
        await expect(self.book).to_contain_text(said.split()[0])
        return said

    async def says_who(self, name: str, email: str = "mei@example.com") -> None:
        await self.form.get_by_role("textbox", name="怎麼稱呼你").fill(name)
        await self.form.get_by_role("textbox", name="電子郵件").fill(email)

    @property
    def book(self) -> Locator:
        return self.form.get_by_role("button", name=re.compile("^預約"))

    async def has_booked(self) -> str:
        """Once it is booked: the path of its own page."""
        await expect(self.form.get_by_role("heading", name="約好了")).to_be_focused()
        path = await self.form.get_by_role("link", name="看預約").get_attribute("href")
        assert path is not None
        return path


@DEVICES
async def test_a_time_is_booked_moved_and_given_back(visits: Visits, device: str) -> None:
    page = await visits.open(device)
    axe = Axe(page)
    booker = await Booker.at(page)
    await axe.looks("to book")
    await booker.book.click()
    await expect(booker.form.get_by_text("請選一個時間")).to_be_visible()
    await expect(booker.form.get_by_text("請填這一欄")).to_have_count(2)
    await axe.looks("what is missing")

    day = 2 if device == "phone" else 3
    time = await booker.chooses(day, 0)
    await expect(booker.form.get_by_text("請選一個時間")).to_have_count(0)
    await booker.says_who("小美", "mei@example")
    await booker.book.click()
    await expect(booker.form.get_by_text("電子郵件看起來不對")).to_be_visible()
    await booker.says_who("小美")
    await booker.book.click()
    await booker.has_booked()
    await expect(booker.form).to_contain_text("mei@example.com")
    await axe.looks("booked")

    await booker.form.get_by_role("link", name="看預約").click()
    booking = page.get_by_role("article")
    await expect(booking).to_contain_text(time)
    await expect(booking).to_contain_text("小芳")
    await axe.looks("the booking")
    async with page.expect_download() as download:
        await booking.get_by_role("link", name="加到行事曆").click()
    entry = await (await download.value).path()
    assert "BEGIN:VCALENDAR" in entry.read_text("utf-8")

    before = page.url
    await booking.get_by_role("button", name="改時間").click()
    mover = sheet(page, "改時間")
    await expect(mover.locator(".time").first).to_be_visible()
    await axe.looks("to move it")
    other = mover.locator(".time").nth(1)
    moved_to = await other.inner_text()
    await other.click()
    await mover.get_by_role("button", name=re.compile("^改到")).click()
    await expect(mover).to_have_count(0)
    await expect(booking).to_contain_text("時間改好了")
    await expect(booking).to_contain_text(moved_to)
    assert page.url != before, "the link says how long it leads here"
    await page.reload()
    await expect(booking).to_contain_text(moved_to)

    await booking.get_by_role("button", name="取消預約").click()
    sure = sheet(page, "要取消這次預約嗎？")
    await axe.looks("whether to give it back")
    await sure.get_by_role("button", name="不取消").click()
    await expect(sure).to_have_count(0)
    await booking.get_by_role("button", name="取消預約").click()
    await sure.get_by_role("button", name="確定取消").click()
    await expect(booking.get_by_role("heading", name="這次預約取消了")).to_be_visible()
    await expect(booking.get_by_role("button")).to_have_count(0)
    await axe.looks("given back")
    axe.finds_nothing()


async def test_of_two_who_want_one_time_the_second_is_offered_others(visits: Visits) -> None:
    first = await Booker.at(await visits.open("phone"))
    second = await Booker.at(await visits.open("desktop"))
    time = await first.chooses(5, 2)
    assert await second.chooses(5, 2) == time
    await first.says_who("小美")
    await second.says_who("阿德")
    await first.book.click()
    path = await first.has_booked()

    visits.of(second.page).excuse(*TAKEN)
    await second.book.click()
    await expect(second.taken).to_be_focused()
    await Axe(second.page).looks("taken")
    await second.taken.get_by_role("button").first.click()
    await expect(second.taken).to_have_count(0)
    await second.book.click()
    await second.has_booked()
    await expect(second.form).not_to_contain_text(f" {time}")

    await Booker.at(first.page)
    own = first.form.get_by_role("link", name=re.compile(time))
    await expect(own).to_have_attribute("href", re.compile(re.escape("/bookings/")))
    assert path.startswith("/bookings/")


async def test_times_are_hers_and_the_shops_where_they_differ(visits: Visits) -> None:
    # Where no clock is put forward in summer.
    booker = await Booker.at(await visits.open("phone", timezone_id="Asia/Dubai"))
    await expect(booker.form.locator("plusone-slots .zone")).to_contain_text("店家在台北")
    await booker.days.nth(1).check(force=True)
    first = booker.times.first
    await expect(first).to_contain_text("06:00")
    await expect(first).to_contain_text("店家那邊是 10:00")
    at_home = await Booker.at(await visits.open("phone"))
    await expect(at_home.form.locator("plusone-slots .zone")).not_to_contain_text("店家")


async def test_a_link_that_leads_nowhere_says_so(visits: Visits) -> None:
    page = await visits.open("phone")
    visits.of(page).excuse(r"HTTP 404: GET .*/api/bookings/", r"status of 404")
    axe = Axe(page)
    await page.goto("/bookings/what-was-not-copied-whole")
    await expect(page.get_by_role("heading", name="找不到這個預約")).to_be_visible()
    await expect(page.get_by_role("link", name="到視訊諮詢")).to_have_attribute("href", "/consult")
    await axe.looks("nothing")
    axe.finds_nothing()


@pytest_asyncio.fixture(loop_scope="session")
async def own_visits(
    browser: Browser, own_shop: ShopProcess, tmp_path: Path
) -> AsyncIterator[Visits]:
    """Browsers at a shop whose time goes on."""
    visits = Visits(browser, own_shop.address, tmp_path / "browsers")
    yield visits
    complaints = await visits.close(failed=False)
    assert not complaints, "\n".join(complaints)


async def test_she_comes_in_ten_minutes_before_from_another_device_too(
    own_visits: Visits, own_shop: ShopProcess
) -> None:
    booker = await Booker.at(await own_visits.open("desktop"))
    await booker.chooses(1, 0)
    await booker.says_who("小美")
    await booker.book.click()
    path = await booker.has_booked()
    page = await own_visits.open("phone")
    await page.goto(path)
    booking = page.get_by_role("article")
    await expect(booking).to_contain_text("起可以進來")
    await expect(booking.get_by_role("button", name="進入視訊")).to_have_count(0)

    token = path.removeprefix("/bookings/")
    shown = await (await page.request.get(f"/api/bookings/{token}")).json()
    now = await page.evaluate("Date.now()")
    own_shop.pass_time((shown["booking"]["starts_at"] - now) / 1000 - 300)
    await page.reload()
    axe = Axe(page)
    await axe.looks("to come in")
    axe.finds_nothing()
    await booking.get_by_role("button", name="進入視訊").click()
    await page.wait_for_url(re.compile(r"/consult/cll_"))

    own_shop.pass_time(HOUR_S)
    await page.goto(path)
    await expect(booking.get_by_role("heading", name="這次的時間過了")).to_be_visible()
    await expect(booking.get_by_role("link", name="再約一次")).to_be_visible()

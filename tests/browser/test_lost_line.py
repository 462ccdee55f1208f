"""A phone in a tunnel and a service that dies: nothing missing afterwards, nothing double."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from tests.browser.cut import Line
from tests.browser.shop_process import ShopProcess
from tests.browser.stage import HOST, Stage
from tests.browser.studio import Studio
from tests.browser.till import Till
from tests.browser.viewer import Viewer
from tests.browser.visits import PATIENCE_MS, Visits
from tests.show_process import log_of
from web.demo.client import Client

pytestmark = pytest.mark.asyncio(loop_scope="session")

CUT_S = 10
TALKERS = 8
PAUSE_S = 0.25
"""Between two words of one talker: all together 32 a second."""

LINE_IS_LOST = (
    "ERR_INTERNET_DISCONNECTED",
    "ERR_CONNECTION_(RESET|REFUSED|CLOSED|ABORTED)",
    "ERR_(EMPTY_RESPONSE|SOCKET_NOT_CONNECTED|NETWORK_CHANGED|NETWORK_IO_SUSPENDED)",
    "WebSocket connection to .* failed",
)
"""What a browser says of a line that is cut, whatever the page does about it."""


@asynccontextmanager
async def flood(address: str, show: str, code: str) -> AsyncIterator[None]:
    """Have a crowd talk and order through sockets of its own; all of it is said at the end."""
    async with AsyncExitStack() as stack:
        crowd = []
        for number in range(TALKERS):
            talker = await stack.enter_async_context(Client(address))
            await talker.post("/api/session/guest", {"name": f"觀眾{number}"})
            await talker.join(show)
            crowd.append(talker)
        stop = asyncio.Event()
        tasks = [asyncio.create_task(_talk(one, code, stop)) for one in crowd]
        try:
            yield
        finally:
            stop.set()
            await asyncio.gather(*tasks)


async def _talk(talker: Client, code: str, stop: asyncio.Event) -> None:
    for number in itertools.count():
        if stop.is_set():
            return
        await talker.say(f"{code}+1" if number % 12 == 5 else f"第 {number} 句")
        try:
            await asyncio.wait_for(stop.wait(), PAUSE_S)
        except TimeoutError:
            continue


async def told(viewer: Viewer) -> list[str]:
    """The talk as the page shows it, line by line."""
    return [" ".join(line.split()) for line in await viewer.lines.all_inner_texts()]


async def same(one: Viewer, other: Viewer) -> None:
    """Wait until both show the same talk and the same figures; fails with both lists."""
    for page in (one.page, other.page):
        await expect(page.get_by_text("正在重新連線")).to_have_count(0)
    now = asyncio.get_running_loop().time
    end = now() + PATIENCE_MS / 1000
    while await told(one) != await told(other) and now() < end:
        await asyncio.gather(_drawn(one.page), _drawn(other.page))
    assert await told(one) == await told(other)


async def _drawn(page: Page) -> None:
    """Until the page has drawn twice more."""
    await page.evaluate(
        "() => new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)))"
    )


async def test_pages_cut_off_for_ten_seconds_of_a_flood_show_what_one_that_was_not_shows(
    stage: Stage, visits: Visits, shop: ShopProcess
) -> None:
    await stage.item("A01", pieces=60)
    async with Line.laid(shop.other, shop.port) as line:
        # One person in three pages: by a line that breaks, in a browser that knows that it is
        # offline, and, for comparison, untouched.
        page = await visits.guest("desktop", "小美")
        visits.of(page).excuse(*LINE_IS_LOST)
        by_line = await Viewer.at(page, line.address + stage.path, "小美")
        untouched = await Viewer.at(await page.context.new_page(), stage.path, "小美")
        tunnel = await visits.visit("desktop", name="tunnel")
        tunnel.excuse(*LINE_IS_LOST)
        await tunnel.context.add_cookies(await page.context.cookies())  # type: ignore[arg-type]
        offline = await Viewer.at(await tunnel.context.new_page(), stage.path, "小美")

        async with flood(shop.address, stage.show, "A01"):
            await expect(untouched.line("第 2 句").first).to_be_visible()
            line.cut()
            await tunnel.context.set_offline(True)
            ended = asyncio.create_task(asyncio.sleep(CUT_S))
            for viewer, code in ((by_line, "A01+1"), (offline, "A01+2")):
                await expect(viewer.lost).to_be_visible()
                await expect(viewer.page.get_by_text("連線中斷")).to_be_visible()
                await viewer.types(code)
                await viewer.sees("你", code, "待送出")
            await ended
            line.mend()
            await tunnel.context.set_offline(False)
            for viewer in (by_line, offline):
                await expect(viewer.lost).to_have_count(0)

        for viewer in (by_line, offline):
            await same(viewer, untouched)
        for viewer in (by_line, offline, untouched):
            await expect(viewer.page.get_by_text("你有 3 件")).to_be_visible()
    # Of what was said a page has no more than the last hundred, which the crowd fills in seconds.
    said = [one.content for one in await log_of(shop.database, stage.show) if one.content]
    hers = [one.text for one in said if one.name == "小美" and one.text]
    assert sorted(hers) == ["A01+1", "A01+2"], "each was sent once"


async def test_a_service_that_is_killed_comes_back_to_pages_that_are_whole_again(
    own_shop: ShopProcess, visits: Visits
) -> None:
    visits.address = own_shop.address
    async with Client(own_shop.address) as host:
        await host.post("/api/session/staff", HOST)
        stage = await Stage.set(host)
        await stage.item("A02", pieces=9)
        phone = await visits.guest("phone", "阿德")
        desktop = await visits.guest("desktop", "小美")
        desk = await visits.staff("desktop", HOST)
        for page in (phone, desktop, desk):
            visits.of(page).excuse(*LINE_IS_LOST)
        first = await Viewer.at(phone, stage.path, "阿德")
        second = await Viewer.at(desktop, stage.path, "小美")
        studio = await Studio.at(desk, stage.studio)
        await first.types("A02+2")
        await first.holds(2)
        await second.sees("阿德", "A02+2")

        own_shop.kill()
        await expect(first.lost).to_be_visible()
        await expect(second.lost).to_be_visible()
        await expect(desk.get_by_text("正在重新連線")).to_be_visible()
        await second.types("A02+1")
        await second.sees("你", "A02+1", "待送出")
        await own_shop.start()

        await expect(first.lost).to_have_count(0)
        await second.sees("你", "A02+1", "已保留 1 件")
        await first.sees("小美", "A02+1", "已保留 1 件")
        await first.holds(2)
        await studio.figure("已保留", "3件")
        assert len(await told(first)) == len(await told(second)) == 2

        till = Till(phone)
        await till.open()
        await till.pickup()
        await till.contact("阿德")
        await till.pays_by("取貨付款")
        await till.order()
        await till.sees_the_order()

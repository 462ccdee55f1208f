"""Whatever people type is text, on every page that shows it."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.stage import HOST, OPERATOR, Stage
from tests.browser.studio import Studio
from tests.browser.till import OrderDesk, Receipt, Till
from tests.browser.viewer import Viewer
from tests.browser.visits import Visits
from web.demo.client import Client

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAME = "<img src=x onerror=hacked()>"
COMMENT = "<script>hacked()</script>"
ANNOUNCEMENT = '<svg onload="hacked()">公告</svg>'
ADDRESS = '"><b onclick="hacked()">信義路'
NOTE = "<iframe src='javascript:hacked()'></iframe>"


async def clean(page: Page) -> None:
    """Nothing that was typed became an element, and nothing of it ran."""
    found = await page.evaluate(
        """() => {
          const all = (root) => [...root.querySelectorAll("*")].flatMap(
            (one) => one.shadowRoot ? [one, ...all(one.shadowRoot)] : [one]);
          return all(document).filter((one) =>
            one.matches("iframe, img[src='x'], [onerror], [onload], [onclick]") ||
            (one.localName === "script" && one.textContent.includes("hacked"))).length;
        }"""
    )
    assert found == 0
    assert not await page.evaluate("() => globalThis.wasHacked === true")


async def test_markup_in_names_comments_and_addresses_is_shown_and_never_run(
    host: Client, visits: Visits
) -> None:
    stage = await Stage.set(host, title=COMMENT, host_name=NAME)
    await stage.item("A01", title=f"醬 {NAME}")
    await stage.moderate(type="announce", text=ANNOUNCEMENT)
    visit = await visits.visit("phone", name="hacker")
    await visit.context.add_init_script(
        "globalThis.hacked = () => { globalThis.wasHacked = true; }"
    )
    page = await visit.context.new_page()
    viewer = await Viewer.at(page, stage.path, NAME)
    await viewer.types(COMMENT)
    await viewer.says_her_name()
    await viewer.sees(COMMENT)
    await expect(page.get_by_role("note")).to_have_text(ANNOUNCEMENT)
    await viewer.types("A01+1")
    await viewer.holds(1)
    await clean(page)

    desk = await visits.staff("desktop", HOST)
    studio = await Studio.at(desk, stage.studio)
    await expect(studio.comment(COMMENT)).to_contain_text(NAME)
    await expect(studio.claim(NAME)).to_have_count(1)
    await clean(desk)
    desktop = await Viewer.at(await visits.open("desktop"), stage.path, "")
    await desktop.sees(NAME, COMMENT)
    await clean(desktop.page)

    till = Till(page)
    await till.open()
    await till.home(address=ADDRESS)
    await till.contact(NAME)
    await till.fill("備註（可不填）", NOTE)
    await till.order()
    await till.sees_the_order()
    receipt = Receipt(page)
    await receipt.says(ADDRESS, NAME, NOTE)
    number = await receipt.number()
    await clean(page)
    orders = OrderDesk(await visits.staff("desktop", OPERATOR))
    await orders.page.goto("/staff/orders")
    await expect(orders.order(number)).to_contain_text(NAME)
    await clean(orders.page)
    await page.goto("/")
    await expect(page.get_by_role("link", name=COMMENT).first).to_be_visible()
    await clean(page)
    await stage.end()

"""Everything by keyboard alone, from the first page to a placed order."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.sheets import sheet
from tests.browser.stage import HOST, Stage
from tests.browser.studio import Studio
from tests.browser.till import Receipt
from tests.browser.viewer import Viewer
from tests.browser.visits import Visits

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOST_STOPS = 60


async def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus. Fails where it never comes."""
    await expect(wanted).to_be_visible()
    for _ in range(MOST_STOPS):
        if await wanted.evaluate("element => element.matches(':focus')"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {wanted}")


@pytest.mark.parametrize("device", ["phone", "desktop"])
async def test_an_order_is_placed_without_pointer(
    stage: Stage, visits: Visits, device: str
) -> None:
    await stage.item("A01")
    page = await visits.open(device)
    press, write = page.keyboard.press, page.keyboard.insert_text
    await page.goto("/")
    await tab_to(page, page.locator(f'a[href="{stage.path}"]').first)
    await press("Enter")
    viewer = Viewer(page, "小美")

    await tab_to(page, viewer.seal("A01"))
    await press("Enter")
    name = viewer.name_sheet.get_by_role("textbox")
    await expect(name).to_be_focused()
    await press("Escape")
    await expect(viewer.name_sheet).to_have_count(0)
    await expect(viewer.seal("A01")).to_be_focused()
    await press("Space")
    await expect(name).to_be_focused()
    await write("小美")
    await press("Enter")
    await viewer.holds(1)

    await tab_to(page, page.get_by_role("button", name="結帳", exact=True))
    await press("Enter")
    checkout = sheet(page, "結帳")
    await tab_to(page, checkout.get_by_role("radio", name="宅配"))
    await press("ArrowRight")
    await press("ArrowRight")
    await expect(checkout.get_by_role("radio", name="門市自取")).to_be_checked()
    await tab_to(page, checkout.get_by_role("radio", name="信義店"))
    await press("ArrowDown")
    await expect(checkout.get_by_role("radio", name="板橋店")).to_be_checked()
    await tab_to(page, checkout.get_by_role("textbox", name="姓名"))
    await write("王小美")
    await tab_to(page, checkout.get_by_role("textbox", name="手機"))
    await write("0912345678")
    await tab_to(page, checkout.get_by_role("combobox", name="付款方式"))
    await press("ArrowDown")
    await press("ArrowUp")
    await expect(checkout.get_by_role("combobox", name="付款方式")).to_have_value("pickup")
    await tab_to(page, checkout.get_by_role("button", name="送出訂單"))
    await press("Enter")
    await tab_to(page, sheet(page, "訂單已成立").get_by_role("link", name="看訂單"))
    await press("Enter")
    await Receipt(page).says("已成立", "板橋店", "王小美")


async def test_the_focus_stays_in_an_open_sheet(stage: Stage, visits: Visits) -> None:
    await stage.item("A01")
    page = await visits.guest("desktop", "小美")
    viewer = await Viewer.at(page, stage.path, "小美")
    await viewer.types("A01+1")
    await viewer.holds(1)
    await page.get_by_role("button", name="結帳", exact=True).click()
    await expect(page.get_by_role("dialog", name="結帳")).to_be_visible()
    for _ in range(40):
        await page.keyboard.press("Tab")
        outside = await viewer.entry.evaluate("element => element.matches(':focus')")
        assert not outside, "the entry under the sheet had the focus"
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="結帳", exact=True)).to_be_focused()


async def test_the_run_down_is_put_in_order_by_arrow_keys(stage: Stage, visits: Visits) -> None:

    await stage.item("A01", is_open=False)
    await stage.item("A02", is_open=False)
    page = await visits.staff("desktop", HOST)
    studio = await Studio.at(page, stage.studio)
    grip = studio.rundown.get_by_role("button", name="移動 A01，用上下鍵")
    await tab_to(page, grip)
    await page.keyboard.press("ArrowDown")
    await expect(studio.rundown.get_by_role("status")).to_have_text("A01 移到第 2 樣")
    assert [item["code"] for item in (await stage.look())["items"]] == ["A02", "A01"]

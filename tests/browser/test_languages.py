"""The pages in four languages, changed while one is in the middle of something."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.stage import Stage
from tests.browser.viewer import Viewer
from tests.browser.visits import Visits

pytestmark = pytest.mark.asyncio(loop_scope="session")

# What the switch is called, the tag that the page then has, where one types, and what is held.
SPOKEN = (
    ("zh-Hant-HK", "zh-Hant-HK", "留言或落單", "已為你留起 2 件"),
    ("zh-Hans", "zh-Hans-CN", "评论或下单", "已为你保留 2 件"),
    ("en", "en", "Comment or order", "2 held for you"),
    ("zh-Hant", "zh-Hant-TW", "留言或下單", "已為你保留 2 件"),
)


@pytest.mark.parametrize("device", ["phone", "desktop"])
async def test_another_language_leaves_everything_where_it_was(
    stage: Stage, visits: Visits, device: str
) -> None:
    await stage.item("A01")
    page = await visits.guest(device, "小美")
    viewer = await Viewer.at(page, stage.path, "小美")
    await viewer.types("A01+2")
    await viewer.holds(2)
    await viewer.entry.fill("還沒打完")
    for locale, tag, entry, held in SPOKEN:
        await page.get_by_role("combobox").first.select_option(locale)
        await expect(page.locator("html")).to_have_attribute("lang", tag)
        field = page.get_by_role("textbox", name=entry)
        await expect(field).to_have_value("還沒打完")
        if device == "phone":
            await expect(viewer.slip).to_contain_text(held)
        await expect(page.locator("plusone-talk li")).to_have_count(1)
    await page.get_by_role("combobox").first.select_option("en")
    await page.reload()
    await expect(page.get_by_role("textbox", name="Comment or order")).to_be_visible()


@pytest.mark.parametrize(
    ("asked", "tag"),
    [("en-GB", "en"), ("zh-HK", "zh-Hant-HK"), ("zh-CN", "zh-Hans-CN"), ("zh-TW", "zh-Hant-TW")],
)
async def test_a_first_visit_is_in_the_language_of_the_browser(
    visits: Visits, asked: str, tag: str
) -> None:
    page = await visits.open("phone", locale=asked)
    await page.goto("/")
    await expect(page.get_by_role("link").first).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", tag)

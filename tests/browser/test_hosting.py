"""What a host does with the studio's forms, from an empty list of shows to claims by hand."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.sheets import sheet
from tests.browser.stage import HOST
from tests.browser.studio import Studio
from tests.browser.viewer import Viewer
from tests.browser.visits import Visits

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def made(page: Page, title: str, tier: str = "所有客人") -> str:
    """Make a show by the form, for members of a `tier` where one is named; returns its id."""
    await page.goto("/studio")
    await page.get_by_role("button", name="新增一場").click()
    form = sheet(page, "新增一場")
    await form.get_by_role("textbox", name="場次名稱").fill(title)
    await form.get_by_role("textbox", name="主播").fill("阿禾")
    await form.get_by_role("combobox", name="喊單怎麼認").select_option("句子裡有代碼加數量也算")
    await form.get_by_role("combobox", name="誰能進來").select_option(tier)
    await form.get_by_role("button", name="建立").click()
    await page.wait_for_url(re.compile(r"/studio/shw_\w+$"))
    return page.url.rpartition("/")[2]


async def test_a_host_makes_a_show_mends_an_item_and_orders_by_hand(visits: Visits) -> None:
    page = await visits.staff("desktop", HOST)
    shut = await made(page, "金卡之夜", "金卡以上")
    await page.goto("/studio")
    listed = page.get_by_role("link", name="金卡之夜")
    await expect(listed).to_contain_text("金卡以上")
    await expect(listed).to_have_attribute("href", f"/studio/{shut}")
    show = await made(page, "週三加開")
    studio = Studio(page)
    await expect(page.get_by_role("heading", name="週三加開")).to_be_visible()

    await studio.rundown.get_by_role("button", name="加商品").first.click()
    await sheet(page, "加商品").get_by_role("button", name=re.compile("麻油辣豆腐乳")).click()
    adding = sheet(page, "麻油辣豆腐乳")
    await adding.get_by_role("textbox", name="每人上限").fill("3")
    await adding.get_by_role("button", name="加進流程").click()
    await expect(sheet(page, "加商品").get_by_role("status")).to_contain_text("已加進流程")
    await sheet(page, "加商品").get_by_role("button", name="關閉").click()
    code = await studio.rundown.locator(".tag").first.inner_text()
    await page.get_by_role("button", name="開播").click()
    await sheet(page, "開播").get_by_role("button", name="開播").click()
    await studio.opens(code)

    may = await Viewer.at(await visits.guest("phone", "小美"), f"/shows/{show}", "小美")
    await may.types("晚安")
    await expect(studio.comment("晚安")).to_be_visible()

    # By hand, more than the limit: what was granted is said, and stands in the list.
    await studio.now.get_by_role("button", name="代客下單").click()
    by_hand = sheet(page, "代客下單")
    await by_hand.get_by_role("combobox", name="客人").select_option("小美")
    await by_hand.get_by_role("textbox", name="數量").fill("5")
    await by_hand.get_by_role("button", name="下單", exact=True).click()
    await expect(by_hand.get_by_role("alert")).to_have_text("要 5 件，給了 3 件：超過每人上限。")
    await by_hand.get_by_role("button", name="關閉").click()
    await expect(studio.claim("2 件沒給")).to_have_count(1)
    await may.holds(3)
    await expect(may.ask).to_have_count(0)

    # The item mended while it is on sale.
    await studio.rundown.get_by_role("button", name=f"修改 {code}").click()
    mending = page.locator("plusone-item-sheet plusone-sheet")
    await mending.get_by_role("textbox", name="名稱").fill("豆腐乳，兩罐一組")
    await mending.get_by_role("textbox", name="直播價").fill("199")
    await mending.get_by_role("textbox", name="每人上限").fill("4")
    await mending.get_by_role("checkbox", name="只給用電子郵件登入的顧客").check()
    await mending.get_by_role("button", name="儲存").click()
    await expect(mending).to_have_count(0)
    await expect(may.page.get_by_text("豆腐乳，兩罐一組").first).to_be_visible()
    await may.types(f"{code}+1")
    await expect(may.ask).to_contain_text("要先用電子郵件登入")
    await may.ask.get_by_role("button", name="關閉").click()

    # A claim changed beyond the limit, then cancelled.
    await studio.claim("小美").get_by_role("button", name="修改 小美").click()
    hers = sheet(page, "幫 小美 下單")
    await hers.get_by_role("textbox", name=re.compile(code)).fill("9")
    await hers.get_by_role("button", name="儲存").click()
    await expect(hers.get_by_role("alert")).to_have_text("要 6 件，給了 1 件：超過每人上限。")
    await expect(hers.get_by_role("listitem")).to_have_count(2)
    await may.holds(4)
    for left in (1, 0):
        await hers.get_by_role("button", name=re.compile("取消")).first.click()
        await expect(hers.get_by_role("listitem")).to_have_count(left)
    await expect(may.bag).to_have_accessible_name("購物車，0 件")

    await hers.get_by_role("button", name="關閉").click()
    await page.get_by_role("button", name="結束直播").click()
    await sheet(page, "結束直播").get_by_role("button", name="結束直播").click()
    await expect(page.get_by_text("已結束")).to_be_visible()

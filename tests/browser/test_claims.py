"""What becomes of claims, as those who made them see it."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.shop_process import ShopProcess
from tests.browser.stage import Stage
from tests.browser.till import Till
from tests.browser.viewer import Viewer
from tests.browser.visits import Visits

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_who_waits_for_what_is_sold_out_gets_it_when_a_hold_runs_out(
    stage: Stage, visits: Visits, shop: ShopProcess
) -> None:
    await stage.item("A03", pieces=1, hold_s=60)
    first = await Viewer.at(await visits.guest("phone", "阿德"), stage.path, "阿德")
    second = await Viewer.at(await visits.guest("phone", "小美"), stage.path, "小美")
    third = await Viewer.at(await visits.guest("desktop", "老周"), stage.path, "老周")
    await first.types("A03+1")
    await first.holds(1)

    await expect(second.page.get_by_text("已售完")).to_be_visible()
    await second.page.get_by_role("button", name="候補 A03").click()
    await expect(second.slip).to_contain_text("你排在候補第 1 位")
    await expect(second.aloud).to_have_text("A03，你排在候補第 1 位")
    await third.types("A03+1")
    await third.sees("你", "A03+1", "候補第 2 位")
    await expect(third.page.get_by_role("button", name="A03 你在候補第 2 位")).to_be_visible()

    shop.pass_time(61)
    await second.holds(1)
    await expect(second.aloud).to_contain_text("已為你保留 1 件")
    await expect(first.slip).to_have_count(0)
    await first.sees("A03+1", "已退回")
    await expect(third.page.get_by_role("button", name="A03 你在候補第 1 位")).to_be_visible()

    # Who waits on may leave; nobody is left when the next one gives it back.
    await third.page.get_by_role("button", name="取消候補").click()
    await expect(third.page.get_by_role("button", name="候補 A03")).to_be_visible()
    await second.types("取消A03")
    await expect(second.slip).to_have_count(0)
    await expect(third.seal("A03")).to_be_enabled()


async def test_a_mistyped_code_is_put_right_by_one_press(stage: Stage, visits: Visits) -> None:
    await stage.item("A01")
    await stage.item("A02")
    viewer = await Viewer.at(await visits.guest("phone", "林太太"), stage.path, "林太太")
    other = await Viewer.at(await visits.guest("desktop", "阿豪"), stage.path, "阿豪")
    await viewer.types("A10+2")
    await expect(viewer.ask).to_contain_text(re.compile("沒有「A10.*」，你要的是哪一個？"))
    await expect(viewer.ask).to_contain_text("只有你看得到")
    await viewer.ask.get_by_role("button", name="A01").click()
    await viewer.holds(2)
    await expect(viewer.ask).to_have_count(0)
    await other.sees("林太太", "A10+2")
    await expect(other.ask).to_have_count(0)


@pytest.mark.parametrize("device", ["phone", "desktop"])
async def test_an_item_of_several_kinds_asks_which_before_anything_is_held(
    stage: Stage, visits: Visits, device: str
) -> None:
    await stage.item("B01-S", pieces=4)
    viewer = await Viewer.at(await visits.guest(device, "Vivian"), stage.path, "Vivian")
    await viewer.types("B01+2")
    await expect(viewer.ask).to_contain_text("B01 你要哪一種？")
    await viewer.ask.get_by_role("button", name="中辣").click()
    await expect(viewer.ask).to_have_count(0)
    await viewer.holds(2)

    await viewer.seal("B01").click()
    await viewer.ask.get_by_role("button", name="小辣").click()
    await viewer.holds(3)

    await viewer.types("B01 大辣 +1")
    await viewer.sees("B01 大辣 +1", "已保留 1 件")
    show = await stage.look()
    assert [one["held"] for one in show["items"][0]["variants"]] == [1, 2, 1]


async def test_what_is_held_is_given_back_by_a_comment_or_by_a_button(
    stage: Stage, visits: Visits
) -> None:
    await stage.item("B03", pieces=4)
    viewer = await Viewer.at(await visits.guest("phone", "Kelly"), stage.path, "Kelly")
    other = await Viewer.at(await visits.guest("desktop", "Hank"), stage.path, "Hank")
    await viewer.types("B03+3")
    await viewer.holds(3)
    await expect(other.page.get_by_text("剩 1")).to_be_visible()

    await viewer.types("B03-1")
    await viewer.holds(2)
    await expect(other.page.get_by_text("剩 2")).to_be_visible()

    till = Till(viewer.page)
    await till.open()
    await till.sheet.get_by_role("button", name="少一件").click()
    await expect(till.sheet).to_contain_text("商品 380")
    await till.sheet.get_by_role("button", name="少一件").click()
    await expect(till.sheet).to_contain_text("購物車是空的")
    await till.sheet.get_by_role("button", name="關閉").click()
    await expect(viewer.slip).to_have_count(0)
    await expect(other.page.get_by_text("剩 4")).to_be_visible()


async def test_a_claim_over_the_limit_is_held_as_far_as_the_limit_goes(
    stage: Stage, visits: Visits
) -> None:
    await stage.item("C01", pieces=8, limit=2)
    viewer = await Viewer.at(await visits.guest("phone", "吳媽媽"), stage.path, "吳媽媽")
    await viewer.types("C01+5")
    await expect(viewer.ask).to_contain_text("C01 每人限 2 件，另外 3 件沒有保留")
    await viewer.ask.get_by_role("button", name="關閉").click()
    await viewer.holds(2)


async def test_two_pages_of_one_person_show_the_same(stage: Stage, visits: Visits) -> None:
    await stage.item("B02", pieces=6)
    page = await visits.guest("desktop", "Joanne")
    here = await Viewer.at(page, stage.path, "Joanne")
    there = await Viewer.at(await page.context.new_page(), stage.path, "Joanne")
    await here.types("B02+1")
    await there.types("B02+2")
    for one in (here, there):
        await one.sees("你", "B02+1", "已保留 1 件")
        await one.sees("你", "B02+2", "已保留 2 件")
        await one.holds(3)
    assert await here.lines.all_inner_texts() == await there.lines.all_inner_texts()


async def test_what_waits_in_payment_is_neither_cancelled_by_a_comment_nor_run_out(
    stage: Stage, visits: Visits, shop: ShopProcess
) -> None:
    await stage.item("A02", pieces=2, hold_s=60)
    page = await visits.guest("phone", "Gina")
    viewer = await Viewer.at(page, stage.path, "Gina")
    await viewer.types("A02+1")
    await viewer.holds(1)
    till = Till(page)
    await till.open()
    await till.pickup()
    await till.contact("Gina")
    await till.pays_by("信用卡（測試）")
    await till.pay()
    await expect(page.get_by_text("這是測試頁，不會收錢")).to_be_visible()

    other = await Viewer.at(await page.context.new_page(), stage.path, "Gina")
    await other.types("取消A02")
    await expect(other.ask).to_contain_text("A02 正在付款，不能取消")
    shop.pass_time(70)
    await page.get_by_role("button", name="當作付款成功").click()
    await expect(page.get_by_role("article", name="收據")).to_contain_text("已付款")
    await other.sees("A02+1", "已下單 1 件")

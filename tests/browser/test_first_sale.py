"""From an item that the host opens to an order that the shop hands out, in browsers."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.shop_process import ShopProcess
from tests.browser.stage import HOST, OPERATOR, Stage
from tests.browser.studio import Studio
from tests.browser.till import OrderDesk, Receipt, Till
from tests.browser.viewer import Viewer
from tests.browser.visits import Visits

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_two_viewers_order_what_the_host_opens_and_the_shop_hands_it_out(
    stage: Stage, visits: Visits, shop: ShopProcess
) -> None:
    await shop.settled()
    before = await stage.stock("A01")
    await stage.item("A01", pieces=5, is_open=False)
    studio = await Studio.at(await visits.staff("desktop", HOST), stage.studio)
    mei = await Viewer.at(await visits.open("phone", name="mei"), stage.path, "小美")
    yu = await Viewer.at(await visits.open("phone", name="yu"), stage.path, "雨晴")
    await expect(mei.page.get_by_text("下一樣開賣")).to_be_visible()

    await studio.opens("A01")
    await expect(mei.page.get_by_text("剩 5")).to_be_visible()
    assert await stage.stock("A01") == before - 5, "what a show sells is taken out of the stock"

    # One types, the other presses; neither has said who she is yet.
    await mei.types("+1")
    await mei.says_her_name()
    await mei.holds(1)
    await yu.seal("A01").click()
    await yu.says_her_name()
    await yu.holds(1)

    await mei.sees("你", "+1", "已保留 1 件")
    await yu.sees("小美", "+1", "已保留 1 件")
    await expect(yu.page.get_by_text("剩 3")).to_be_visible()
    await expect(mei.page.get_by_text("剩 3")).to_be_visible()
    await studio.figure("剩", "3/ 5")
    await studio.figure("已保留", "2件")
    await expect(studio.claim("小美")).to_contain_text("保留 1 件")
    await expect(studio.claim("雨晴")).to_contain_text("保留 1 件")

    # One has it sent and pays by transfer, the other fetches it and pays then.
    till = Till(mei.page)
    await till.open()
    await till.home()
    await till.contact("王小美")
    await till.pays_by("銀行轉帳")
    await till.order()
    await till.sees_the_order()
    sent = Receipt(mei.page)
    await sent.says("待付款", "0123-456-789012", "NT$280", "NT$80", "NT$360", "信義路五段 7 號")
    sent_number = await sent.number()

    till = Till(yu.page)
    await till.open()
    await till.pickup("信義店")
    await till.contact("林雨晴", "0922333444")
    await till.pays_by("取貨付款")
    await till.order()
    await till.sees_the_order()
    fetched = Receipt(yu.page)
    await fetched.says("已成立", "信義店", "取貨付款", "NT$280")
    fetched_number = await fetched.number()
    await studio.figure("已下單", "2件")
    await studio.figure("已保留", "0件")

    # The shop confirms the money, makes both ready, hands both out.
    desk = OrderDesk(await visits.staff("desktop", OPERATOR))
    await desk.page.goto("/staff/orders")
    await expect(desk.order(sent_number)).to_contain_text("待付款")
    await desk.takes("確認收款", sent_number)
    await expect(desk.order(sent_number)).to_contain_text("已付款")
    for number in (sent_number, fetched_number):
        await desk.takes("備好可取", number)
        await expect(desk.order(number)).to_contain_text("可取貨")
        await desk.takes("已交貨", number)
        await expect(desk.order(number)).to_contain_text("已取貨")

    await mei.page.reload()
    await sent.says("已取貨", "（店家）")
    await mei.page.get_by_role("link", name="我的訂單").first.click()
    await expect(mei.page.get_by_role("link", name=sent_number)).to_contain_text("已取貨")

    await stage.end()
    # What was not sold goes back by the outbox, what was sold is gone.
    await shop.settled()
    assert await stage.stock("A01") == before - 2


async def test_a_card_payment_goes_to_the_provider_fails_and_is_made_again(
    stage: Stage, visits: Visits
) -> None:
    await stage.item("B02", pieces=3, limit=2)
    page = await visits.guest("desktop", "佩姬")
    viewer = await Viewer.at(page, stage.path, "佩姬")
    await viewer.types("B02+2")
    await viewer.sees("你", "B02+2", "已保留 2 件")

    till = Till(page)
    await till.open()
    await till.store("全家", "012345", "松高店")
    await till.contact("佩姬")
    await till.pays_by("信用卡（測試）")
    await till.pay()

    await expect(page.get_by_text("這是測試頁，不會收錢")).to_be_visible()
    await page.get_by_role("button", name="當作付款失敗").click()
    receipt = Receipt(page)
    await receipt.says("待付款", "還沒付款", "全家 松高店", "012345")
    await receipt.article.get_by_role("button", name=re.compile("付款 NT\\$")).click()
    await page.get_by_role("button", name="當作付款成功").click()
    await receipt.says("已付款", "信用卡")
    await expect(receipt.article.get_by_role("button", name=re.compile("付款"))).to_have_count(0)

    await page.goto(stage.path)
    await viewer.sees("B02+2", "已下單 2 件")

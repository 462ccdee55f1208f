"""Points, tiers, coupons, give-aways and wishes, as customers see and use them."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.account import Account, Member, Office, letters_to
from tests.browser.axe import Axe
from tests.browser.sheets import sheet
from tests.browser.shop_process import ShopProcess
from tests.browser.stage import OPERATOR, Stage
from tests.browser.test_signing_in import sign_in
from tests.browser.till import Receipt, Till
from tests.browser.viewer import Viewer
from tests.browser.visits import Visits
from tests.waiting import until
from web.demo.client import Client

pytestmark = pytest.mark.asyncio(loop_scope="session")

DEVICES = pytest.mark.parametrize("device", ["phone", "desktop"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(shop: ShopProcess) -> AsyncIterator[Office]:
    async with Client(shop.address) as client:
        await client.post("/api/session/staff", OPERATOR)
        yield Office(client)


def a_code() -> str:
    """One that no other test has made."""
    return f"T{uuid4().hex[:8].upper()}"


@DEVICES
async def test_what_she_buys_in_a_show_earns_points_that_she_sees(
    stage: Stage, visits: Visits, device: str
) -> None:
    await stage.item("C01", pieces=3)
    mei = await Member.comes(visits, "王小美", device)
    viewer = await Viewer.at(mei.page, stage.path, mei.name)
    await expect(mei.page.get_by_role("link", name="0 點，看我的會員")).to_be_visible()
    await viewer.types("C01+1")
    await viewer.sees("你", "C01+1", "已保留 1 件")

    till = Till(mei.page)
    await till.open()
    await till.pickup()
    await till.contact(mei.name)
    await till.pays_by("信用卡（測試）")
    await expect(till.sheet.get_by_text(re.compile(r"這筆訂單會得 \d+ 點"))).to_be_visible()
    await till.pay()
    await mei.page.get_by_role("button", name="當作付款成功").click()
    receipt = Receipt(mei.page)
    await receipt.says("已付款", "待入帳")
    number = await receipt.number()

    await receipt.article.get_by_role("link", name="待入帳").click()
    account = Account(mei.page)
    await account.has(0)
    await expect(account.points).to_contain_text("點待入帳")
    await expect(account.line("購物得點", number)).to_contain_text("入帳")
    await expect(account.tier).to_contain_text("近一年累計消費 NT$")


@DEVICES
async def test_points_and_a_coupon_come_off_her_order(
    stage: Stage, visits: Visits, office: Office, device: str
) -> None:
    code = a_code()
    await office.coupon(f"開罐夜首購券 {code}", code=code, minimum=20_000, stacks=True)
    dear = await office.coupon("大戶券", code=a_code(), minimum=900_000)
    await stage.item("B02", pieces=5)
    mei = await Member.comes(visits, "王小美", device)
    await office.gives(mei.id, 120)
    account = await mei.account()
    axe = Axe(mei.page)
    visits.of(mei.page).excuse("HTTP 409", "status of 409")
    await account.types_code("沒有這張")
    await expect(account.coupons.get_by_role("alert")).to_contain_text("沒有這組優惠碼")
    await account.types_code(code.lower())
    await expect(account.coupons.get_by_role("listitem").first).to_contain_text(code)
    await axe.looks("account")

    viewer = await Viewer.at(mei.page, stage.path, mei.name)
    await viewer.types("B02+2")
    await viewer.sees("你", "B02+2", "已保留 2 件")
    till = Till(mei.page)
    await till.open()
    await till.pickup()
    await till.uses_code(dear["code"])
    await expect(till.savings.get_by_role("alert")).to_contain_text("要滿 NT$9,000 才能用")
    await axe.looks("checkout, a code refused")
    await till.savings.get_by_role("button", name=f"使用：開罐夜首購券 {code}").click()
    await till.uses_points()
    await till.comes_to("折抵 −170", "150")
    await till.uses_points(30)
    await till.comes_to("折抵 −80", "240")
    await axe.looks("checkout, with savings")
    await till.contact(mei.name)
    await till.pays_by("取貨付款")
    await till.order()
    await till.sees_the_order()
    await Receipt(mei.page).says(code, "−NT$50", "點數 30 點", "−NT$30", "NT$240")
    await axe.looks("order, with savings")

    account = await mei.account()
    await account.has(90)
    await expect(account.line("折抵", "−30")).to_have_count(1)
    await account.coupons.get_by_text("用過或過期的 1 張").click()
    await expect(account.coupons).to_contain_text("已用過")
    axe.finds_nothing()


async def test_points_go_to_a_friend_who_takes_them(visits: Visits, office: Office) -> None:
    mei = await Member.comes(visits, "王小美")
    deh = await Member.comes(visits, "阿德", "desktop")
    await office.gives(mei.id, 100)
    hers = await mei.account()
    await hers.gives(40, deh.email)
    await hers.has(60)
    await expect(hers.points).to_contain_text("40 點已送出")

    his = await deh.account()
    await expect(his.offer("王小美")).to_contain_text("40 點")
    axe = Axe(deh.page)
    await axe.looks("an offer")
    await his.offer("王小美").get_by_role("button", name="收下").click()
    await his.has(40)
    await expect(his.offer("王小美")).to_have_count(0)
    await expect(his.line("朋友送的點數")).to_contain_text("+40")

    hers = await mei.account()
    await expect(hers.friends.get_by_role("listitem")).to_contain_text("已收下")
    await expect(hers.points).not_to_contain_text("已送出")
    axe.finds_nothing()


@DEVICES
async def test_what_is_for_members_is_refused_to_others_with_its_reason(
    stage: Stage, host: Client, visits: Visits, device: str
) -> None:
    await stage.item("A01", pieces=3, tier="gold", early_s=600)
    await stage.item("A02", pieces=3, tier="gold")
    mei = await Member.comes(visits, "王小美", device)
    viewer = await Viewer.at(mei.page, stage.path, mei.name)
    axe = Axe(mei.page)
    await mei.page.get_by_role("button", name="A02 金卡限定").click()
    await expect(viewer.ask).to_contain_text("A02 是金卡以上會員限定，沒有保留")
    await expect(viewer.ask).to_contain_text("再消費 NT$5,000 就是金卡")
    await axe.looks("refused to who is no member")
    await viewer.types("A01+1")
    await expect(viewer.ask).to_contain_text("A01 先讓金卡以上會員買")

    # The show that she is watching becomes the members'.
    visits.of(mei.page).excuse("HTTP 403", "status of 403")
    await stage.run(type="show.change", tier="gold")
    await expect(mei.page.get_by_role("heading", name="金卡專場")).to_be_visible()
    await expect(mei.page.get_by_role("textbox")).to_have_count(0)

    shut = await Stage.set(host, tier="gold")
    await mei.page.goto(shut.path)
    await expect(mei.page.get_by_role("heading", name="金卡專場")).to_be_visible()
    await expect(mei.page.get_by_role("heading", level=1)).to_have_text("秋釀開罐夜")
    await expect(mei.page.get_by_text("再消費 NT$5,000 就是金卡")).to_be_visible()
    await axe.looks("a closed door")
    await shut.end()
    axe.finds_nothing()


async def test_the_first_who_write_the_keyword_win_a_coupon(
    stage: Stage, visits: Visits, office: Office
) -> None:
    title = f"開罐夜贈券 {uuid4().hex[:6]}"
    coupon = await office.coupon(title, granted_only=True)
    mei = await Member.comes(visits, "王小美")
    viewer = await Viewer.at(mei.page, stage.path, mei.name)
    yu = await Viewer.at(await visits.guest("desktop", "雨晴"), stage.path, "雨晴")
    axe = Axe(mei.page)
    await stage.run(type="gift.open", keyword="開罐", coupon=coupon["id"], most=2)
    gift = mei.page.locator("plusone-gift")
    await expect(gift).to_contain_text(f"留言「開罐」，前 2 名得{title}")
    await axe.looks("a give-away")

    # A guest cannot be told from another: she may sign in, and then says it again.
    hers = yu.page.locator("plusone-gift")
    await expect(hers).to_contain_text("限登入的顧客")
    await yu.types("開罐")
    await expect(hers).to_contain_text("登入後留言「開罐」就算數")
    await hers.get_by_role("button", name="登入").click()
    await sign_in(yu.page, f"{uuid4().hex[:8]}@example.test")
    await expect(hers).to_contain_text("你是第 1 位")

    await gift.get_by_role("button", name="留言「開罐」").click()
    await expect(gift).to_contain_text("你是第 2 位")
    await axe.looks("a give-away that she won")
    # It was the last one: nobody else is asked for it any longer.
    await viewer.sees("你", "開罐")
    await yu.sees("王小美", "開罐")
    await yu.sees("你", "開罐", times=2)
    await hers.get_by_role("button", name="關閉").click()
    await expect(hers).to_be_hidden()

    account = await mei.account()
    await expect(account.coupons.get_by_role("listitem")).to_contain_text(title)
    axe.finds_nothing()


async def test_who_wishes_for_something_is_told_when_a_show_opens_it(
    stage: Stage, visits: Visits
) -> None:
    item = await stage.item("A03", pieces=3, is_open=False)
    await stage.item("B02", pieces=3)
    mei = await Member.comes(visits, "王小美")
    viewer = await Viewer.at(mei.page, stage.path, mei.name)
    await mei.page.get_by_role("button", name="2 樣").click()
    product = await stage.product("A03")
    heart = sheet(mei.page, "這場的商品").get_by_role("button", name=f"心願：{product['title']}")
    await heart.click()
    await expect(heart).to_have_attribute("aria-pressed", "true")
    await expect(viewer.told).to_have_text("已加入心願清單")

    def about(letters: list[dict[str, Any]]) -> bool:
        return any(product["title"] in json.dumps(one, ensure_ascii=False) for one in letters)

    await stage.run(type="item.open", item=item["id"])
    await until(lambda: letters_to(mei.page.context, mei.email), about)

    account = await mei.account()
    wish = account.wishes.get_by_role("listitem").filter(has_text=product["title"])
    await expect(wish).to_contain_text("直播看到的")
    await wish.get_by_role("button", name=f"移出心願清單：{product['title']}").click()
    await expect(account.wishes).to_contain_text("還沒有心願")

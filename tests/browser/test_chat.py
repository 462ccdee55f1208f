"""A customer asks the shop's people: from any page, by night, over a line that breaks."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from tests.browser.axe import Axe
from tests.browser.chat import Chat
from tests.browser.cut import Line
from tests.browser.desk import Desk
from tests.browser.shop_process import ShopProcess
from tests.browser.stage import Stage
from tests.browser.test_keyboard import tab_to
from tests.browser.test_lost_line import LINE_IS_LOST
from tests.browser.viewer import Viewer
from tests.browser.visits import Visits, somebody

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(200)]

DEVICES = pytest.mark.parametrize("device", ["phone", "desktop"])

QUESTION = "豆腐乳還有嗎？<b>不辣</b>的"


@DEVICES
async def test_a_guest_asks_is_asked_her_name_and_is_answered(
    shop: ShopProcess, visits: Visits, device: str
) -> None:
    name = somebody()
    page = await visits.open(device)
    chat = Chat(page)
    await page.goto("/")
    await chat.open()
    await chat.says(QUESTION)
    await expect(chat.name_sheet.get_by_role("textbox")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(chat.entry).to_have_value(QUESTION)
    await page.reload()
    await chat.open()
    await expect(chat.entry).to_have_value(QUESTION)
    await chat.entry.press("Enter")
    await chat.says_her_name(name)
    await chat.sees(QUESTION)
    await expect(chat.going).to_have_count(0)
    await expect(chat.entry).to_have_value("")

    async with Desk.opened(shop.address) as desk:
        row = await desk.take(name)
        assert row["last"] == {"from": "customer", "text": QUESTION}
        await expect(chat.head).to_contain_text("店長")
        await desk.types()
        await expect(chat.head).to_contain_text("正在打字")
        await desk.read()
        await expect(chat.line(QUESTION)).to_contain_text("已讀")
        await desk.say("有，看 https://shop.example/a?b=1。")
        await expect(chat.thread.get_by_role("link")).to_have_attribute(
            "href", "https://shop.example/a?b=1"
        )
        await chat.fold()
        await desk.say("還要別的嗎？")
        await expect(chat.button).to_have_accessible_name("問店員，1 則未讀")
        await page.reload()
        await expect(chat.button).to_have_accessible_name("問店員，1 則未讀")
        await chat.open()
        await chat.sees(QUESTION, "還要別的嗎？")
        await expect(chat.button).to_have_accessible_name("問店員")
        await chat.entry.press_sequentially("不用")
        await desk.heard_typing(name)
        await chat.entry.press("Enter")
        await chat.sees("不用")
        assert await desk.lines() == [
            ("customer", QUESTION),
            ("staff", "有，看 https://shop.example/a?b=1。"),
            ("staff", "還要別的嗎？"),
            ("customer", "不用"),
        ]


@DEVICES
async def test_from_a_show_the_desk_sees_about_which_item(
    stage: Stage, shop: ShopProcess, visits: Visits, device: str
) -> None:
    name = somebody()
    await stage.item("A01")
    page = await visits.open(device)
    viewer = await Viewer.at(page, stage.path, name)
    chat = Chat(page)
    await chat.open()
    await chat.says("這個辣嗎？")
    await chat.says_her_name(name)
    await chat.sees("這個辣嗎？")
    await expect(chat.line("這個辣嗎？")).to_contain_text("問的是「A01 秋釀剝皮辣椒」")
    await chat.says("謝謝")
    await chat.sees("謝謝")
    async with Desk.opened(shop.address) as desk:
        row = await desk.take(name)
        assert row["about"]["show"] == stage.show
        assert row["about"]["title"] == "A01 秋釀剝皮辣椒"
    await chat.fold()
    # The show knows her too by the name that she said in the chat.
    await viewer.types("A01+1")
    await viewer.holds(1)


async def test_goods_that_are_shown_go_into_the_cart_and_the_round_is_rated(
    stage: Stage, shop: ShopProcess, visits: Visits
) -> None:
    name = somebody()
    page = await visits.guest("phone", name)
    await page.goto("/orders")
    chat = Chat(page)
    await chat.open()
    await chat.says("有推薦的嗎？")
    async with Desk.opened(shop.address) as desk:
        await desk.take(name)
        product = await stage.product("A02")
        await desk.say("這個", product=product["id"])
        goods = chat.thread.get_by_role("article", name=f"商品：{product['title']}")
        await goods.get_by_role("button", name="放進購物車").click()
        await expect(goods.get_by_role("button", name="已放進購物車")).to_be_visible()
        cart = await (await page.context.request.get("/api/cart")).json()
        assert [line["title"] for line in cart["lines"]] == [product["title"]]

        await desk.act(type="resolve")
        await chat.rating.get_by_role("button", name="不錯").click()
        await chat.rating.get_by_role("textbox").fill("回得很快")
        await chat.rating.get_by_role("button", name="送出").click()
        await expect(chat.rating).to_contain_text("回得很快")
        talk = await desk.open(desk.conversation["id"])
        assert talk["rated"] == {"score": 4, "text": "回得很快"}
        await chat.says("再問一個")
        await desk.take(name)
        assert desk.conversation["round"] == 2
        await expect(chat.rating).to_have_count(0)


@DEVICES
async def test_what_is_typed_while_the_line_is_lost_is_said_once(
    shop: ShopProcess, visits: Visits, device: str
) -> None:
    name = somebody()
    page = await visits.guest(device, name)
    visits.of(page).excuse(*LINE_IS_LOST)
    async with Line.laid(shop.other, shop.port) as line:
        await page.goto(line.address)
        chat = Chat(page)
        await chat.open()
        await chat.says("一")
        await chat.sees("一")
        line.cut()
        await expect(chat.lost).to_be_visible()
        await chat.says("二")
        await chat.says("三")
        await expect(chat.going).to_contain_text(["連上線就送出", "連上線就送出"])
        await chat.entry.fill("還沒打完")
        line.mend()
        await chat.sees("一", "二", "三")
        await expect(chat.lost).to_have_count(0)
        await expect(chat.going).to_have_count(0)
        await expect(chat.entry).to_have_value("還沒打完")
    async with Desk.opened(shop.address) as desk:
        await desk.take(name)
        assert await desk.lines() == [("customer", "一"), ("customer", "二"), ("customer", "三")]


async def test_it_is_asked_and_answered_without_pointer(shop: ShopProcess, visits: Visits) -> None:
    name = somebody()
    page = await visits.guest("desktop", name)
    chat = Chat(page)
    press, write = page.keyboard.press, page.keyboard.insert_text
    await page.goto("/orders")
    await tab_to(page, chat.button)
    await press("Enter")
    await expect(chat.entry).to_be_focused()
    await write("第一行")
    await press("Shift+Enter")
    await write("第二行")
    await expect(chat.entry).to_have_value("第一行\n第二行")
    # Enter is the input method's while it composes, also where its code alone tells that.
    await chat.entry.evaluate(
        """field => [{ isComposing: true }, { keyCode: 229 }].forEach((by) => field.dispatchEvent(
          new KeyboardEvent("keydown", { key: "Enter", bubbles: true, composed: true, ...by })))"""
    )
    await expect(chat.entry).to_have_value("第一行\n第二行")
    await press("Enter")
    await expect(chat.entry).to_have_value("")
    await chat.sees("第一行")
    await press("Escape")
    await expect(chat.panel).to_have_count(0)
    await expect(chat.button).to_be_focused()
    async with Desk.opened(shop.address) as desk:
        await desk.take(name)
        assert await desk.lines() == [("customer", "第一行\n第二行")]


async def test_older_messages_come_as_one_scrolls_up_and_nothing_jumps(
    own_shop: ShopProcess, visits: Visits
) -> None:
    page = await visits.open("phone")
    await page.goto(own_shop.address)
    chat = Chat(page)
    await chat.open()
    await chat.says("最早的一句")
    await chat.says_her_name("小海")
    async with Desk.opened(own_shop.address) as desk:
        await desk.take("小海")
        for number in range(1, 221):
            if number % 20 == 0:
                own_shop.pass_time(60)  # as fast as one person may write
            await desk.say(f"回覆 {number:03}")
        await page.reload()
        await chat.open()
        await chat.sees("回覆 220")
        await expect(chat.line("最早的一句")).to_have_count(0)
        await chat.line("回覆 060").scroll_into_view_if_needed()
        await desk.say("往下看")
        await expect(chat.panel.get_by_role("button", name="有新訊息")).to_be_visible()
        await chat.line("回覆 024").scroll_into_view_if_needed()
        before = await top(page, "回覆 024")
        await chat.sees("最早的一句")
        assert abs(await top(page, "回覆 024") - before) < 2
        await chat.panel.get_by_role("button", name="有新訊息").click()
        await expect(chat.line("往下看")).to_be_in_viewport()


async def top(page: Page, text: str) -> float:
    box = await Chat(page).line(text).bounding_box()
    assert box is not None
    return box["y"]


async def test_by_night_she_is_told_when_a_person_answers(
    own_shop: ShopProcess, visits: Visits
) -> None:
    tomorrow = datetime.datetime.now(ZoneInfo("Asia/Taipei")).date() + datetime.timedelta(days=1)
    async with Desk.opened(own_shop.address) as desk:
        hours = {
            "time_zone": "Asia/Taipei",
            "week": [[] for _ in range(7)],
            "closed": [],
            "special": [{"date": tomorrow.isoformat(), "spans": [["10:00", "21:30"]]}],
        }
        async with desk.http.put("/api/staff/hours", json=hours) as answer:
            assert answer.ok, await answer.text()
        page = await visits.open("phone")
        await page.goto(own_shop.address)
        chat = Chat(page)
        await chat.open()
        await expect(chat.head).to_contain_text("打烊了")
        await expect(chat.head).to_contain_text("店員明天 10:00 上班")
        await chat.says("明天有開嗎？")
        await chat.says_her_name("小星")
        await chat.sees("明天有開嗎？", "你排第 1 位")
        await expect(chat.line("你排第 1 位")).to_contain_text("明天 10:00 以後有店員回你")


@DEVICES
async def test_axe_finds_nothing_in_the_chat(
    stage: Stage, shop: ShopProcess, visits: Visits, device: str
) -> None:
    name = somebody()
    page = await visits.open(device)
    axe = Axe(page)
    chat = Chat(page)
    await page.goto("/")
    await expect(chat.button).to_be_visible()
    await axe.looks("button")
    await chat.open()
    await axe.looks("empty")
    await chat.says("長" * 1_900)
    await axe.looks("name")
    await chat.says_her_name(name)
    await chat.entry.fill("長" * 1_900)
    await axe.looks("waiting, and a long draft")
    await chat.entry.fill("")
    async with Desk.opened(shop.address) as desk:
        await desk.take(name)
        await desk.say("這個 https://shop.example", product=(await stage.product("B01-S"))["id"])
        await desk.types()
        await expect(chat.thread.get_by_role("article")).to_be_visible()
        await axe.looks("answered")
        await desk.act(type="resolve")
        await chat.rating.get_by_role("button", name="很好").click()
        await expect(chat.rating.get_by_role("textbox")).to_be_visible()
        await axe.looks("rated")
    await stage.item("A01")
    await page.goto(stage.path)
    await expect(chat.button).to_be_visible()
    await axe.looks("show")
    await chat.open()
    await axe.looks("on the show")
    axe.finds_nothing()

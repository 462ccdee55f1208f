"""The reps' desk: who waits, what is said, and who says it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Final
from uuid import uuid4

import pytest
from playwright.async_api import Locator, Page, WebSocketRoute, expect

from tests.browser.asker import Asker
from tests.browser.axe import Axe
from tests.browser.desk import Desk as Rep
from tests.browser.sheets import sheet
from tests.browser.stage import MODERATOR, OPERATOR, Stage
from tests.browser.visits import Visits, somebody
from web.commands.demo import PASSWORD

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

REP: Final = {"email": "rep@demo.test", "password": PASSWORD}
REP_NAME: Final = "小芳"
OPERATOR_NAME: Final = "店長"

OFFLINE: Final = ("ERR_INTERNET_DISCONNECTED", "WebSocket connection", "ERR_NETWORK")


class Desk:
    """The desk, by what a rep sees and does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.thread = page.locator("plusone-desk-thread")
        self.log = page.get_by_role("log")
        self.pane = page.locator("plusone-desk-customer")
        self.badge = self.thread.locator("header .badge")
        self.asked = self.thread.locator(".asked")
        self.lost = page.get_by_text("正在重新連線…").filter(visible=True).first

    def row(self, name: str) -> Locator:
        return self.page.locator("plusone-desk-queue").get_by_role("link", name=name)

    def line(self, text: str) -> Locator:
        return self.log.locator("li").filter(has_text=text)

    def field(self, name: str) -> Locator:
        return self.page.get_by_role("textbox", name=name)

    async def opens(self, asker: Asker) -> None:
        """Go to her conversation by its address, and wait until it is there."""
        await self.page.goto(f"/desk/{asker.conversation}")
        await expect(self.badge).to_be_visible()

    async def takes(self) -> None:
        await self.thread.locator("header").get_by_role("button", name="接手").click()
        await expect(self.badge).to_have_text("你處理中")

    async def answers(self, asker: Asker, text: str) -> None:
        field = self.field(f"回覆 {asker.name}")
        await field.fill(text)
        await field.press("Enter")
        await expect(self.line(text)).to_be_visible()


async def test_a_question_is_taken_answered_and_resolved_by_keys_alone(visits: Visits) -> None:
    page = await visits.staff("desktop", REP)
    desk = Desk(page)
    await page.goto("/desk")
    # Of those who wait already nothing is told.
    await expect(page.locator("plusone-desk-queue #rows")).to_have_attribute("aria-busy", "false")
    name = somebody()
    async with Asker.comes(visits.address, name) as asker:
        await asker.says("這罐辣嗎？")
        row = desk.row(name)
        await expect(row).to_contain_text("這罐辣嗎？")
        told = page.get_by_role("status").filter(has_text=f"{name} 在等回覆")
        await expect(told).to_have_count(1)
        await expect(page).to_have_title(re.compile(r"^\(\d+\) 對話｜客服台$"))

        # Who came last has waited least: she stands last.
        await page.keyboard.press("k")
        await expect(row).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(re.compile(f"/desk/{asker.conversation}$"))
        await expect(desk.line("這罐辣嗎？")).to_be_visible()

        await page.keyboard.press("t")
        await expect(desk.badge).to_have_text("你處理中")
        await asker.hears("conversation.taken", name=REP_NAME)
        await expect(row).to_have_count(0)
        field = desk.field(f"回覆 {name}")
        await expect(field).to_be_focused()
        await page.keyboard.type("小辣，")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("小孩也能吃。")
        await page.keyboard.press("Enter")
        await asker.hears("message.sent", text="小辣，\n小孩也能吃。", name=REP_NAME)
        await expect(desk.line("小孩也能吃。")).to_contain_text("已送出")
        await asker.hears("messages.read", side="staff")
        await asker.reads()
        await expect(desk.line("小孩也能吃。")).to_contain_text("已讀")

        await page.keyboard.press("Escape")
        await page.keyboard.press("n")
        await expect(desk.field("內部備註")).to_be_focused()
        await page.keyboard.type("問過辣度")
        await page.keyboard.press("Enter")
        await expect(desk.line("問過辣度")).to_contain_text("內部備註")

        await asker.types()
        await expect(page.get_by_text(f"{name} 正在輸入…")).to_be_visible()
        await asker.says("謝謝")
        await expect(desk.line("謝謝")).to_be_visible()

        await page.keyboard.press("Escape")
        await page.keyboard.press("e")
        await asker.hears("conversation.resolved", cause="staff")
        await expect(desk.badge).to_have_text("已結案")
        await asker.rates(5, "很快")
        await expect(desk.line("客人給 5 分")).to_contain_text("很快")
        assert not any(one["type"].startswith("note.") for one in asker.heard)
        assert "問過辣度" not in str(asker.heard)


async def test_whoever_is_slower_is_told_who_was_faster(visits: Visits) -> None:
    held: list[Callable[[], None]] = []
    holding = False

    def through(ws: WebSocketRoute) -> None:
        """Lets everything through, but keeps back what comes while `holding`."""
        server = ws.connect_to_server()

        def hear(message: str | bytes) -> None:
            if holding:
                held.append(lambda: ws.send(message))
            else:
                ws.send(message)

        server.on_message(hear)

    faster = Desk(await visits.staff("desktop", OPERATOR))
    page = await visits.staff("desktop", REP)
    await page.route_web_socket(re.compile(r"/socket\.io/"), through)
    slower = Desk(page)
    async with Asker.comes(visits.address, somebody()) as asker:
        await asker.says("有人在嗎？")
        await slower.opens(asker)
        await expect(slower.badge).to_have_text("等人接手")
        await faster.opens(asker)
        holding = True
        await faster.takes()
        await page.keyboard.press("t")
        await asyncio.sleep(0)
        holding = False
        for let_go in held:
            let_go()
        await expect(slower.asked).to_contain_text(f"{OPERATOR_NAME} 早你一步接手了")
        await expect(slower.badge).to_have_text(f"{OPERATOR_NAME} 處理中")
        await expect(faster.badge).to_have_text("你處理中")

        await slower.asked.get_by_role("button", name="改由我接手").click()
        await expect(slower.badge).to_have_text("你處理中")
        await expect(slower.asked).to_have_count(0)
        await expect(faster.badge).to_have_text(f"{REP_NAME} 處理中")


async def test_a_conversation_is_handed_to_a_colleague(visits: Visits) -> None:
    other = Desk(await visits.staff("desktop", OPERATOR))
    await other.page.goto("/desk?queue=mine")
    await expect(other.page.get_by_role("tab", name="我的")).to_have_attribute(
        "aria-selected", "true"
    )
    desk = Desk(await visits.staff("desktop", REP))
    async with Asker.comes(visits.address, somebody()) as asker:
        await asker.says("可以開統編嗎？")
        await desk.opens(asker)
        await desk.takes()
        await desk.thread.get_by_role("button", name="轉接").click()
        colleague = sheet(desk.page, "轉接給誰").get_by_role("button", name=OPERATOR_NAME)
        await expect(colleague).to_contain_text("在線上")
        await colleague.click()
        await expect(desk.badge).to_have_text(f"{OPERATOR_NAME} 處理中")
        await expect(desk.page.get_by_role("dialog")).to_have_count(0)
        await expect(desk.field(f"回覆 {asker.name}")).to_have_count(0)

        await other.row(asker.name).click()
        await expect(other.badge).to_have_text("你處理中")
        await other.thread.get_by_role("button", name="轉接").click()
        await sheet(other.page, "轉接給誰").get_by_role("button", name="放回等待中").click()
        await expect(other.badge).to_have_text("等人接手")
        await expect(other.row(asker.name)).to_have_count(0)


async def test_what_a_rep_writes_is_kept_and_sent_once(visits: Visits) -> None:
    page = await visits.staff("desktop", REP)
    visits.of(page).excuse(*OFFLINE)
    desk = Desk(page)
    async with Asker.comes(visits.address, somebody()) as asker:
        await asker.says("幾點打烊？")
        await desk.opens(asker)
        await desk.takes()
        field = desk.field(f"回覆 {asker.name}")
        await field.fill("晚上")
        await page.reload()
        await expect(field).to_have_value("晚上")

        # Enter that ends a choice of the input method is no end of the message.
        await field.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "bubbles": True})
        await field.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
        await expect(field).to_have_value("晚上")

        await page.context.set_offline(True)
        await expect(desk.lost).to_be_visible()
        await desk.answers(asker, "晚上九點")
        await expect(desk.line("晚上九點")).to_contain_text("待送出")
        await page.context.set_offline(False)
        await expect(desk.line("晚上九點")).to_contain_text("已送出")
        await asker.hears("message.sent", text="晚上九點")
        await expect(desk.line("晚上九點")).to_have_count(1)


async def test_what_did_not_go_out_says_why_and_is_thrown_away(visits: Visits) -> None:
    page = await visits.staff("desktop", REP)
    visits.of(page).excuse(*OFFLINE)
    desk = Desk(page)
    other = Desk(await visits.staff("desktop", OPERATOR))
    async with Asker.comes(visits.address, somebody()) as asker:
        await asker.says("可以改地址嗎？")
        await desk.opens(asker)
        await desk.takes()
        await page.context.set_offline(True)
        await expect(desk.lost).to_be_visible()
        await desk.answers(asker, "沒問題")
        await other.opens(asker)
        await other.thread.locator("header").get_by_role("button", name="改由我接手").click()
        await other.asked.get_by_role("button", name="改由我接手").click()
        await expect(other.badge).to_have_text("你處理中")
        await page.context.set_offline(False)
        failed = desk.line("沒送出去")
        await expect(failed).to_contain_text("不在你手上")
        await failed.get_by_role("button", name="再試一次").click()
        await expect(failed).to_contain_text("不在你手上")
        await failed.get_by_role("button", name="丟掉").click()
        await expect(failed).to_have_count(0)
    assert not any(one.get("text") == "沒問題" for one in asker.heard)


async def test_what_was_said_before_comes_as_one_scrolls_up(visits: Visits) -> None:
    desk = Desk(await visits.staff("desktop", OPERATOR))
    async with Asker.comes(visits.address, somebody()) as asker:
        await asker.says("最早的一句")
        async with Rep.opened(visits.address) as rep:
            await rep.open(asker.conversation)
            # Each round leaves three lines; the thread comes with two hundred.
            for _ in range(80):
                await rep.act(type="take", **{"from": None})
                await rep.act(type="resolve")
        await asker.says("最新的一句")
        await desk.opens(asker)
        await expect(desk.line("最新的一句")).to_be_in_viewport()
        await expect(desk.line("最早的一句")).to_have_count(0)
        await desk.log.evaluate("log => log.scrollTop = -log.scrollHeight + log.clientHeight + 60")
        await expect(desk.line("最早的一句")).to_have_count(1)
        await desk.log.evaluate("log => log.scrollTop = -log.scrollHeight")
        await expect(desk.line("最早的一句")).to_be_in_viewport()


async def test_people_and_words_are_found(visits: Visits) -> None:
    page = await visits.staff("desktop", REP)
    visits.of(page).excuse(*OFFLINE)
    desk = Desk(page)
    async with Asker.comes(visits.address, somebody()) as asker:
        await asker.says("紙箱可以回收嗎？")
        await page.goto("/desk?queue=mine")
        search = page.get_by_role("searchbox")
        await search.fill("紙箱 回收")
        await expect(desk.row(asker.name)).to_be_visible()
        await expect(page.get_by_role("tab", name="全部")).to_have_attribute(
            "aria-selected", "true"
        )
        await search.fill(asker.name)
        await search.press("Enter")
        await expect(desk.row(asker.name)).to_be_focused()
        await search.fill("沒有人說過這個")
        await expect(page.get_by_text("找不到「沒有人說過這個」")).to_be_visible()
        await page.context.set_offline(True)
        await search.fill(asker.name)
        await expect(page.get_by_text("現在不能搜尋")).to_be_visible()
        await page.context.set_offline(False)
        await expect(desk.row(asker.name)).to_be_visible()
        await search.fill("")
        await expect(page.get_by_role("tab", name="我的")).to_have_attribute(
            "aria-selected", "true"
        )


async def test_a_product_and_a_canned_reply_are_sent(visits: Visits, stage: Stage) -> None:
    product = await stage.product("A01")
    page = await visits.staff("desktop", OPERATOR)
    desk = Desk(page)
    title = f"招呼{uuid4().hex[:4]}"
    made = await page.context.request.post(
        "/api/staff/replies",
        data={"title": title, "text": "{name}你好，我是{staff}。"},
        headers={"X-Plusone": "1", "Origin": visits.address},
    )
    assert made.ok
    async with Asker.comes(visits.address, somebody()) as asker:
        await asker.says("哪一罐比較不辣？", about={"show": stage.show})
        await desk.opens(asker)
        await expect(desk.thread.get_by_role("link", name="秋釀開罐夜")).to_have_attribute(
            "href", stage.path
        )
        await desk.takes()
        field = desk.field(f"回覆 {asker.name}")
        await field.fill(f"/{title}")
        await expect(desk.thread.get_by_role("option")).to_have_count(1)
        await field.press("Enter")
        await expect(field).to_have_value(f"{asker.name}你好，我是{OPERATOR_NAME}。")
        await field.press("Enter")
        await asker.hears("message.sent", text=f"{asker.name}你好，我是{OPERATOR_NAME}。")

        await page.get_by_role("button", name="選商品").click()
        products = sheet(page, "選商品")
        await products.get_by_role("searchbox").fill(product["title"])
        row = products.get_by_role("group", name=product["title"])
        await row.get_by_role("button", name="送商品卡").click()
        shown = {"kind": "product", "id": product["id"], "title": None}
        await asker.hears("message.sent", cards=[shown | {"width": None, "height": None}])
        await expect(desk.line(product["title"])).to_be_visible()


async def test_typed_text_is_never_markup(visits: Visits) -> None:
    page = await visits.staff("desktop", REP)
    desk = Desk(page)
    markup = '<img src="/nowhere" onerror="document.title=1">'
    async with Asker.comes(visits.address, f"<b>{uuid4().hex[:6]}</b>") as asker:
        await asker.says(markup)
        await desk.opens(asker)
        await expect(desk.line(markup)).to_be_visible()
        await expect(desk.row(asker.name)).to_contain_text(markup)
        await expect(desk.log.locator("img, b")).to_have_count(0)
        await desk.takes()
        await desk.answers(asker, "<i>好</i>")
        tag = page.get_by_role("textbox", name="加標籤")
        await tag.fill("<u>急</u>")
        await tag.press("Enter")
        await page.get_by_role("button", name="拿掉標籤 <u>急</u>").click()
        await expect(page.get_by_role("button", name="拿掉標籤")).to_have_count(0)


async def test_single_keys_can_be_switched_off(visits: Visits) -> None:
    page = await visits.staff("desktop", REP)
    await page.goto("/desk?queue=resolved")
    await expect(page.get_by_role("tab", name="已結案")).to_be_visible()
    await page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    await expect(search).to_be_focused()
    await page.keyboard.type("?j")
    await expect(search).to_have_value("?j")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await search.evaluate("field => field.blur()")
    await page.keyboard.press("?")
    await page.get_by_role("checkbox", name="用單一按鍵").uncheck()
    await page.keyboard.press("Escape")
    await page.reload()
    await expect(page.get_by_role("tab", name="已結案")).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("?")
    await page.keyboard.press("/")
    await expect(search).not_to_be_focused()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_phone_shows_one_thing_after_another(visits: Visits) -> None:
    page = await visits.staff("phone", REP)
    desk = Desk(page)
    async with Asker.comes(visits.address, somebody()) as asker:
        await asker.says("到貨了嗎？")
        await page.goto("/desk")
        await desk.row(asker.name).click()
        await expect(desk.line("到貨了嗎？")).to_be_visible()
        await expect(desk.row(asker.name)).to_be_hidden()
        await expect(page.get_by_role("heading", name=asker.name)).to_be_focused()
        await page.get_by_role("button", name="客人資料").click()
        await expect(desk.pane.get_by_role("heading", name="購物車")).to_be_visible()
        await expect(desk.log).to_be_hidden()
        await page.reload()
        await expect(desk.pane.get_by_role("heading", name="購物車")).to_be_visible()
        await page.go_back()
        await expect(desk.line("到貨了嗎？")).to_be_visible()
        await page.go_back()
        await expect(desk.row(asker.name)).to_be_focused()


async def test_others_are_told_that_it_is_not_theirs(visits: Visits) -> None:
    page = await visits.staff("desktop", MODERATOR)
    await page.goto("/desk")
    await expect(page.get_by_role("heading", name="客服台給客服和店長用")).to_be_visible()
    await expect(page.get_by_role("link", name="去導播台")).to_be_visible()
    guest = await visits.guest("desktop", "小美")
    await guest.goto("/desk/cnv_1?queue=all")
    await guest.wait_for_url("**/staff/sign-in?next=%2Fdesk%2Fcnv_1%3Fqueue%3Dall")


async def test_whose_session_has_ended_signs_in_and_comes_back(visits: Visits) -> None:
    page = await visits.staff("desktop", REP)
    visits.of(page).excuse(*OFFLINE, "HTTP 401", "status of 401")
    desk = Desk(page)
    async with Asker.comes(visits.address, somebody()) as asker:
        await asker.says("還在嗎？")
        await desk.opens(asker)
        headers = {"X-Plusone": "1", "Origin": visits.address}
        assert (await page.context.request.delete("/api/session", headers=headers)).ok
        await page.context.set_offline(True)
        await expect(desk.lost).to_be_visible()
        await page.context.set_offline(False)
        await page.wait_for_url("**/staff/sign-in?next=**")
        await page.get_by_label("電子郵件").fill(REP["email"])
        await page.get_by_label("密碼").fill(PASSWORD)
        await page.get_by_role("button", name="登入").click()
        await expect(desk.line("還在嗎？")).to_be_visible()


@pytest.mark.parametrize("device", ["phone", "desktop"])
async def test_axe_finds_nothing_at_the_desk(visits: Visits, stage: Stage, device: str) -> None:
    page = await visits.staff(device, REP)
    visits.of(page).excuse(*OFFLINE)
    axe, desk = Axe(page), Desk(page)
    product = await stage.product("A01")
    async with Asker.comes(visits.address, somebody()) as asker:
        await page.goto("/desk?queue=resolved")
        await expect(page.get_by_role("tab", name="已結案")).to_be_visible()
        await axe.looks("another queue")
        await page.get_by_role("button", name="罐頭回覆").click()
        await expect(page.get_by_role("dialog", name="罐頭回覆")).to_be_visible()
        await page.keyboard.press("Escape")
        await asker.says("這罐辣嗎？", about={"show": stage.show})
        await asker.puts_in_cart(product["variants"][0]["id"])
        await page.goto("/desk")
        await expect(desk.row(asker.name)).to_be_visible()
        await axe.looks("who waits")
        await desk.opens(asker)
        await axe.looks("not hers yet")
        await desk.takes()
        await desk.answers(asker, "小辣")
        await axe.looks("thread")
        field = desk.field(f"回覆 {asker.name}")
        await field.fill("/沒有這個")
        await expect(page.get_by_text("沒有符合的罐頭回覆")).to_be_visible()
        await axe.looks("canned replies")
        await field.fill("字" * 1_900)
        await axe.looks("nearly full")
        await field.fill("")
        await page.get_by_role("button", name="內部備註", exact=True).click()
        await desk.field("內部備註").fill("問過辣度")
        await desk.field("內部備註").press("Enter")
        await expect(desk.line("問過辣度")).to_be_visible()
        await axe.looks("note")
        for opened, heading in (("轉接", "轉接給誰"), ("選商品", "選商品")):
            if opened == "選商品":
                await page.get_by_role("button", name="回覆", exact=True).click()
            await page.get_by_role("button", name=opened).click()
            await expect(page.get_by_role("dialog", name=heading)).to_be_visible()
            await axe.looks(heading)
            await page.keyboard.press("Escape")
            await expect(page.get_by_role("dialog")).to_have_count(0)
        if device == "phone":
            await page.get_by_role("button", name="客人資料").click()
        tag = page.get_by_role("textbox", name="加標籤")
        await tag.fill("問辣度")
        await tag.press("Enter")
        await expect(page.get_by_role("button", name="拿掉標籤 問辣度")).to_be_visible()
        await axe.looks("customer")
        if device == "phone":
            await page.get_by_role("button", name="回對話").click()
        else:
            await page.get_by_role("button", name="鍵盤快速鍵").click()
            await expect(page.get_by_role("dialog", name="鍵盤快速鍵")).to_be_visible()
            await axe.looks("keys")
            await page.keyboard.press("Escape")
        await desk.thread.get_by_role("button", name="結案").click()
        await expect(desk.badge).to_have_text("已結案")
        await axe.looks("resolved")
        await page.context.set_offline(True)
        await expect(desk.lost).to_be_visible()
        await axe.looks("offline")
        await page.context.set_offline(False)
    axe.finds_nothing()

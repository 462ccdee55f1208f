"""axe on every page and in every main state, light and dark, phone and desktop."""

from __future__ import annotations

import re
import time
from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests.browser.axe import Axe
from tests.browser.picture import TOLD, Camera, jumps, plays
from tests.browser.sheets import sheet
from tests.browser.stage import HOST, OPERATOR, Stage
from tests.browser.till import Receipt, Till
from tests.browser.viewer import Viewer
from tests.browser.visits import Visits
from web.demo.client import Client

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(200)]

DEVICES = pytest.mark.parametrize("device", ["phone", "desktop"])


@DEVICES
async def test_the_show_in_every_state(
    stage: Stage, host: Client, visits: Visits, device: str
) -> None:
    page = await visits.open(device)
    axe = Axe(page)
    await page.goto("/")
    await expect(page.get_by_role("link", name="秋釀開罐夜").first).to_be_visible()
    await axe.looks("home")

    viewer = await Viewer.at(page, stage.path, "小美")
    await axe.looks("nothing on sale")
    await stage.item("A01", pieces=3, limit=2)
    await stage.item("A02", pieces=1, countdown_s=600)
    await stage.item("B01-S", pieces=2, is_open=False)
    await stage.moderate(type="announce", text="滿 NT$999 免運")
    await expect(viewer.seal("A02")).to_be_visible()
    await viewer.types("A01+1")
    await expect(viewer.name_sheet.get_by_role("textbox")).to_be_focused()
    await axe.looks("name")
    await viewer.says_her_name()
    await viewer.holds(1) if device == "phone" else await viewer.sees("A01+1", "已保留 1 件")
    await viewer.types("這罐辣嗎")
    await viewer.sees("這罐辣嗎")
    await axe.looks("held")
    await viewer.types("A09+1")
    await expect(viewer.ask).to_be_visible()
    await axe.looks("asked")
    await viewer.ask.get_by_role("button", name="都不是").click()
    await viewer.types("A01+9")
    await expect(viewer.ask).to_be_visible()
    await axe.looks("refused")
    await viewer.ask.get_by_role("button", name="關閉").click()
    if device == "phone":
        await page.get_by_role("button", name="3 樣").click()
        await expect(page.get_by_role("dialog", name="這場的商品")).to_be_visible()
        await axe.looks("shelf")
        await page.keyboard.press("Escape")

    till = Till(page)
    await till.open()
    for delivery in ("宅配", "超商取貨", "門市自取"):
        await till.choose(delivery)
        await axe.looks(f"checkout, {delivery}")
    await till.choose("宅配")
    await till.order()
    await expect(till.sheet.get_by_text("請填這一欄").first).to_be_visible()
    await axe.looks("checkout, fields missing")
    await till.pickup()
    await till.contact("小美")
    await till.pays_by("取貨付款")
    await till.order()
    await expect(page.get_by_role("dialog", name="訂單已成立")).to_be_visible()
    await axe.looks("thanks")
    await sheet(page, "訂單已成立").get_by_role("button", name="繼續看直播").click()

    async with Client(visits.address) as quicker:
        await quicker.post("/api/session/guest", {"name": "阿德"})
        await quicker.join(stage.show)
        await quicker.say("A02+1")
    await viewer.types("A02+1")
    await viewer.sees("A02+1", "候補第 1 位")
    await axe.looks("waiting")
    visits.of(page).excuse("ERR_INTERNET_DISCONNECTED", "WebSocket connection", "ERR_NETWORK")
    await page.context.set_offline(True)
    await expect(viewer.lost).to_be_visible()
    await viewer.types("A01+1")
    await axe.looks("offline")
    await page.context.set_offline(False)
    await expect(viewer.lost).to_have_count(0)
    await stage.end()
    await expect(page.get_by_text("謝謝收看")).to_be_visible()
    await axe.looks("ended")

    soon = await Stage.set(host, live=False, starts_at=round(time.time() * 1000) + 86_400_000)
    await soon.item("A01", is_open=False)
    await page.goto(soon.path)
    await expect(page.get_by_role("button", name="加到行事曆")).to_be_visible()
    await axe.looks("soon")
    axe.finds_nothing()


@DEVICES
async def test_the_picture_and_its_replay(stage: Stage, visits: Visits, device: str) -> None:
    studio, page = await visits.staff(device, HOST), await visits.open(device)
    for one in (studio, page):
        visits.of(one).excuse(*TOLD)
    desk, axe = Axe(studio), Axe(page)
    await studio.goto(stage.studio)
    if device == "phone":
        await studio.get_by_role("button", name="畫面").click()
    camera = Camera(studio)
    await camera.send()
    await camera.element.get_by_text("用 OBS").click()
    await desk.looks("sending")
    viewer = await Viewer.at(page, stage.path, "小美")
    await plays(viewer, "whep")
    await axe.looks("live picture")
    await stage.item("A01", pieces=2)
    if device == "phone":
        await studio.keyboard.press("Escape")
        await desk.looks("own picture")
        await studio.get_by_role("button", name="畫面").click()
    await camera.stop()
    await expect(page.get_by_text("主播馬上回來")).to_be_visible()
    await axe.looks("back soon")
    await camera.send()
    await stage.end()
    replay = page.locator("plusone-replay")
    await jumps(replay)
    await expect(replay.get_by_role("button", name="暫停")).to_be_visible()
    await axe.looks("replay")
    await expect(studio.get_by_role("button", name="刪除回放")).to_be_visible()
    await desk.looks("keeping")
    axe.wrong += desk.wrong
    axe.finds_nothing()


@DEVICES
async def test_orders_and_signing_in(stage: Stage, visits: Visits, device: str) -> None:
    page = await visits.open(device)
    visits.of(page).excuse("HTTP 40[134]", "status of 40[134]")
    axe = Axe(page)
    await page.goto("/orders")
    await expect(page.get_by_text("還沒有訂單")).to_be_visible()
    await axe.looks("no orders")
    await page.goto("/nowhere")
    await expect(page.get_by_role("heading", name="找不到這一頁")).to_be_visible()
    await axe.looks("not found")
    await page.goto("/staff/sign-in")
    await expect(page.get_by_label("密碼")).to_be_visible()
    await axe.looks("staff sign-in")

    await page.goto("/sign-in")
    email = f"{uuid4().hex[:8]}@example.test"
    await page.get_by_role("textbox", name="電子郵件").fill(email)
    await axe.looks("sign-in")
    await page.get_by_role("button", name="寄驗證碼").click()
    code = page.get_by_role("textbox", name="驗證碼")
    await expect(code).to_be_focused()
    await code.fill("000000")
    await code.press("Enter")
    await expect(page.get_by_role("alert")).to_be_visible()
    await axe.looks("wrong code")
    await page.goto("/notices")
    await expect(page.get_by_role("article").first).to_be_visible()
    await axe.looks("notices")

    await stage.item("B02")
    viewer = await Viewer.at(page, stage.path, "小美")
    await viewer.types("B02+1")
    await viewer.says_her_name()
    await viewer.holds(1)
    till = Till(page)
    await till.open()
    await till.store()
    await till.contact("小美")
    await till.pays_by("信用卡（測試）")
    await till.pay()
    await expect(page.get_by_text("這是測試頁，不會收錢")).to_be_visible()
    await axe.looks("test card")
    await page.get_by_role("button", name="當作付款失敗").click()
    receipt = Receipt(page)
    await receipt.says("還沒付款")
    await axe.looks("order, not paid")
    await receipt.article.get_by_role("button", name="取消訂單").click()
    await expect(page.get_by_role("dialog", name="取消訂單")).to_be_visible()
    await axe.looks("cancel?")
    await page.goto("/orders")
    await expect(page.get_by_role("link", name="P-")).to_be_visible()
    await axe.looks("orders")

    staff = await visits.staff(device, OPERATOR)
    desk = Axe(staff)
    await staff.goto("/staff/orders")
    await expect(staff.get_by_role("article").first).to_be_visible()
    await desk.looks("orders for staff")
    await staff.get_by_role("button", name="取消訂單：").first.click()
    await expect(staff.get_by_role("dialog")).to_be_visible()
    await desk.looks("orders for staff, sure?")
    axe.wrong += desk.wrong
    axe.finds_nothing()


@DEVICES
async def test_the_studio_in_every_state(stage: Stage, visits: Visits, device: str) -> None:
    page = await visits.staff(device, HOST)
    axe = Axe(page)
    await page.goto("/studio")
    await expect(page.get_by_role("link", name="秋釀開罐夜").first).to_be_visible()
    await axe.looks("shows")
    await page.goto(stage.studio)
    add = page.get_by_role("button", name="加商品").first
    await expect(add).to_be_visible()
    await axe.looks("empty studio")
    await add.click()
    product = sheet(page, "加商品").get_by_role("button", name="麻油辣豆腐乳")
    await expect(product).to_be_visible()
    await axe.looks("products")
    await product.click()
    await expect(page.get_by_role("button", name="加進流程")).to_be_visible()
    await axe.looks("new item")
    await page.keyboard.press("Escape")

    item = await stage.item("A01", pieces=1, countdown_s=600)
    await stage.item("B01-S", pieces=3)
    await stage.run(type="item.pin", item=item["id"])
    async with Client(visits.address) as crowd:
        await crowd.post("/api/session/guest", {"name": "阿德"})
        await crowd.join(stage.show)
        for word in ("A01+1", "A01+2", "Z99+1", "這罐辣嗎", "B01+1"):
            await crowd.say(word)
    await expect(page.get_by_text("阿德").first).to_be_visible()
    await axe.looks("studio")
    if device == "desktop":
        for opened, heading in (
            ("修改 A01", "A01 秋釀剝皮辣椒"),
            ("A01 候補", "A01 候補名單"),
            ("代客下單", "代客下單"),
            ("慢速、擋字、封鎖名單", "慢速、擋字、封鎖名單"),
            ("結束直播", "結束直播"),
        ):
            await page.get_by_role("button", name=opened).first.click()
            await expect(page.get_by_role("dialog", name=heading)).to_be_visible()
            await axe.looks(heading)
            await page.keyboard.press("Escape")
            await expect(page.get_by_role("dialog")).to_have_count(0)
    else:
        for opened in ("喊單", "留言", "慢速、擋字、封鎖名單", "結束直播"):
            await page.get_by_role("button", name=re.compile(f"^{opened}")).click()
            await expect(page.get_by_role("dialog", name=opened)).to_be_visible()
            await axe.looks(opened)
            await page.keyboard.press("Escape")
            await expect(page.get_by_role("dialog")).to_have_count(0)
    axe.finds_nothing()

"""A host goes live from her browser; viewers see her by WebRTC and by HLS, and again afterwards."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import async_playwright, expect

from tests.browser.picture import TOLD, Camera, jumps, moves, player, plays
from tests.browser.shop_process import ShopProcess
from tests.browser.stage import HOST, TITLE, Stage
from tests.browser.till import Receipt, Till
from tests.browser.viewer import Viewer
from tests.browser.visits import FLAGS, Visits
from tools.doctor import chromium

pytestmark = pytest.mark.asyncio(loop_scope="session")

ENGINE_IS_AWAY = r"HTTP 503: (GET \S+/hls/low\.m3u8|(POST|DELETE) \S+/whip\b)"
"""What host and viewers are told who ask for the picture before its process is there again."""


@pytest.mark.parametrize("device", ["phone", "desktop"])
async def test_a_host_is_seen_live_by_two_ways_and_sells_from_the_replay(
    stage: Stage, visits: Visits, shop: ShopProcess, device: str
) -> None:
    await shop.settled()
    before = await stage.stock("A01")
    pages = [
        await visits.staff("desktop", HOST),
        await visits.guest(device, "小美"),
        await visits.guest(device, "雨晴"),
    ]
    for page in pages:
        visits.of(page).excuse(*TOLD)
    studio = pages[0]
    await studio.goto(stage.studio)
    camera = Camera(studio)
    await camera.send()

    mei = await Viewer.at(pages[1], stage.path, "小美")
    await plays(mei, "whep")
    yu = await Viewer.at(pages[2], stage.path, "雨晴")
    await plays(yu, "hls")

    # The sound is off until she wants it.
    await mei.page.get_by_role("button", name="開聲音").click()
    await expect(mei.page.get_by_role("button", name="靜音")).to_be_visible()

    # WebRTC breaks off: the page goes on by HLS, and is not loaded anew.
    await mei.page.evaluate("() => { window.sameAsBefore = true; }")
    await player(mei).evaluate("(player) => player.whep.lost()")
    await plays(mei, "hls")
    assert await mei.page.evaluate("() => window.sameAsBefore")

    await stage.item("A01", pieces=2)
    await mei.types("A01+1")
    await mei.sees("你", "A01+1", "已保留 1 件")
    await moves(mei)

    # The host's line breaks; she is waited for, and comes back.
    await camera.stop()
    await expect(mei.page.get_by_text("主播馬上回來")).to_be_visible()
    await camera.send()
    await expect(mei.page.get_by_text("主播馬上回來")).to_have_count(0)

    await stage.run(type="show.end")
    await expect(studio.get_by_role("checkbox", name="看回放也可以下單")).to_be_checked()
    replay = mei.page.locator("plusone-replay")
    await expect(replay).to_be_visible()
    await jumps(replay)
    await expect(replay.get_by_text("A01+1", exact=True)).to_be_visible()
    await replay.get_by_role("button", name="暫停").click()

    await replay.get_by_role("button", name="A01 加進購物車").click()
    till = Till(mei.page)
    if device == "phone":
        await mei.page.get_by_role("button", name=re.compile("^購物車")).click()
    else:
        await mei.page.get_by_role("button", name="結帳", exact=True).click()
    await till.pickup()
    await till.contact("王小美")
    await till.order()
    await till.sees_the_order()
    await Receipt(mei.page).says("A01", "NT$")
    # A browser that plays HLS by itself, without hls.js, plays it too.
    other = await visits.guest(device, "阿德")
    await other.add_init_script("delete window.MediaSource; delete window.ManagedMediaSource")
    await other.goto(stage.path)
    replay = other.locator("plusone-replay")
    await jumps(replay)
    await expect(replay.get_by_role("button", name="暫停")).to_be_visible()

    # One was held in the show, one bought from the replay; the show's last one went back.
    await shop.settled()
    assert await stage.stock("A01") == before - 2

    # Deleted, it is nowhere any more: not for one who is in the middle of it either.
    visits.of(other).excuse("404.*m4s|status of 404")
    for _ in ("asked", "sure"):
        await studio.get_by_role("button", name="刪除回放").click()
    await expect(studio.get_by_text("這一場沒有留下回放")).to_be_visible()
    await other.reload()
    await expect(other.get_by_role("heading", name=TITLE).first).to_be_visible()
    await expect(other.locator("plusone-replay")).to_have_count(0)


async def test_a_host_on_a_phone_goes_on_while_she_looks_at_other_things(
    stage: Stage, visits: Visits
) -> None:
    phone = await visits.staff("phone", HOST)
    pages = [phone, await visits.guest("phone", "小美")]
    for page in pages:
        visits.of(page).excuse(*TOLD)
    await phone.goto(stage.studio)
    open_picture = phone.get_by_role("button", name="畫面")
    await open_picture.click()
    camera = Camera(phone)
    await camera.send()
    mei = await Viewer.at(pages[1], stage.path, "小美")
    await plays(mei, "whep")

    await phone.keyboard.press("Escape")
    await expect(camera.element).to_have_count(0)
    await expect(phone.get_by_label("你的畫面")).to_be_visible()
    await moves(mei)
    await phone.set_viewport_size({"width": 1_280, "height": 800})
    await expect(camera.element.get_by_text("觀眾看得到了")).to_be_visible()
    await moves(mei)
    await phone.set_viewport_size({"width": 390, "height": 844})
    await open_picture.click()
    await expect(camera.element.get_by_text("觀眾看得到了")).to_be_visible()
    await camera.stop()
    await expect(mei.page.get_by_text("主播馬上回來")).to_be_visible()


async def test_a_host_without_a_camera_is_told_why_and_how_to_send_with_obs(
    stage: Stage, shop: ShopProcess
) -> None:
    refusing = [flag for flag in FLAGS if "fake" not in flag]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), args=[*refusing, "--no-sandbox"]
        )
        context = await browser.new_context(base_url=shop.address, locale="zh-TW")
        headers = {"X-Plusone": "1", "Origin": shop.address}
        await context.request.post("/api/session/staff", data=dict(HOST), headers=headers)
        page = await context.new_page()
        await page.goto(stage.studio)
        camera = Camera(page)
        await camera.element.get_by_role("button", name="送出畫面").click()
        await expect(
            camera.element.get_by_text(re.compile("瀏覽器沒有讓這一頁用鏡頭|找不到鏡頭"))
        ).to_be_visible()
        await camera.element.get_by_text("用 OBS").click()
        await expect(camera.element.get_by_text(f"/media/{stage.show}/whip")).to_be_visible()
        await camera.element.get_by_role("button", name="顯示").click()
        shown = camera.element.get_by_text(re.compile(r"^live_[\w-]{32}$"))
        before = await shown.inner_text()
        await camera.element.get_by_role("button", name="換新金鑰").click()
        await expect(camera.element.get_by_text(before)).to_have_count(0)
        await expect(shown).to_be_visible()
        await browser.close()


async def test_a_media_process_that_is_killed_comes_back_and_so_do_host_and_viewers(
    stage: Stage, visits: Visits, shop: ShopProcess
) -> None:
    pages = [await visits.staff("desktop", HOST), await visits.guest("phone", "小美")]
    for page in pages:
        visits.of(page).excuse(*TOLD, ENGINE_IS_AWAY)
    await pages[0].goto(stage.studio)
    camera = Camera(pages[0])
    await camera.send()
    mei = await Viewer.at(pages[1], stage.path, "小美")
    await plays(mei, "whep")
    await mei.types("看得到")
    await mei.sees("你", "看得到")

    shop.kill_media()
    back = mei.page.get_by_text("主播馬上回來")
    await expect(back).to_be_visible()
    await expect(back).to_have_count(0)
    await expect(camera.element.get_by_text("觀眾看得到了")).to_be_visible()
    await mei.sees("你", "看得到")
    await mei.types("又看得到了")
    await mei.sees("你", "又看得到了")
    await moves(mei)

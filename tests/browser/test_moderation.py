"""What moderators do, as they do it and as everybody sees it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.stage import MODERATOR, Stage
from tests.browser.studio import Studio
from tests.browser.viewer import Viewer
from tests.browser.visits import Visits

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_hidden_comment_goes_from_every_page_and_comes_back_when_restored(
    stage: Stage, visits: Visits
) -> None:
    studio = await Studio.at(await visits.staff("desktop", MODERATOR), stage.studio)
    rude = await Viewer.at(await visits.guest("phone", "路人"), stage.path, "路人")
    kind = await Viewer.at(await visits.guest("desktop", "小美"), stage.path, "小美")
    await rude.types("別家比較便宜")
    await kind.types("晚安")
    await kind.sees("路人", "別家比較便宜")

    await studio.does("別家比較便宜", "隱藏")
    for viewer in (rude, kind):
        await viewer.sees("晚安")
        await viewer.sees("別家比較便宜", times=0)
    late = await Viewer.at(await visits.open("phone"), stage.path, "")
    await late.sees("晚安")
    await late.sees("別家比較便宜", times=0)
    await expect(studio.talk).not_to_contain_text("別家比較便宜")

    await studio.does("已隱藏", "復原")
    for viewer in (rude, kind, late):
        await viewer.sees("別家比較便宜")


async def test_who_is_muted_is_told_and_may_talk_again_when_it_is_undone(
    stage: Stage, visits: Visits
) -> None:
    studio = await Studio.at(await visits.staff("desktop", MODERATOR), stage.studio)
    loud = await Viewer.at(await visits.guest("phone", "大聲"), stage.path, "大聲")
    await loud.types("第一句")
    await studio.does("第一句", "禁言 10 分鐘")
    await loud.types("第二句")
    await expect(loud.told).not_to_be_empty()
    await loud.sees("第二句", times=0)

    await studio.moderation()
    await studio.moderation_sheet.get_by_role("button", name="解除禁言 大聲").click()
    await expect(studio.moderation_sheet.get_by_role("button", name="解除禁言")).to_have_count(0)
    await loud.types("第三句")
    await loud.sees("第三句")


async def test_who_is_blocked_can_neither_talk_nor_claim(stage: Stage, visits: Visits) -> None:
    await stage.item("A01")
    studio = await Studio.at(await visits.staff("desktop", MODERATOR), stage.studio)
    page = await visits.guest("phone", "惡客")
    viewer = await Viewer.at(page, stage.path, "惡客")
    await viewer.types("搗亂")
    await studio.does("搗亂", "封鎖")
    await expect(viewer.entry).to_be_disabled()
    await expect(viewer.entry).to_have_attribute("placeholder", "你不能在這場下單或留言")
    await viewer.seal("A01").click()
    await expect(viewer.page.get_by_text("你不能在這場下單或留言").first).to_be_visible()
    show = await stage.look()
    assert show["items"][0]["variants"][0]["held"] == 0

    await studio.moderation()
    await studio.moderation_sheet.get_by_role("button", name="解除封鎖 惡客").click()
    await expect(viewer.entry).to_be_enabled()


async def test_slow_mode_holds_talk_back_and_never_a_claim(stage: Stage, visits: Visits) -> None:
    await stage.item("A02")
    studio = await Studio.at(await visits.staff("desktop", MODERATOR), stage.studio)
    viewer = await Viewer.at(await visits.guest("desktop", "Mei"), stage.path, "Mei")
    await studio.moderation()
    await studio.moderation_sheet.get_by_role("combobox", name="慢速模式").select_option("60")
    await studio.moderation_sheet.get_by_role("button", name="關閉").click()
    await expect(studio.talk).to_contain_text("慢速 60 秒")

    await viewer.types("這罐辣嗎")
    await viewer.sees("這罐辣嗎")
    await viewer.types("有附湯汁嗎")
    await expect(viewer.told).not_to_be_empty()
    await viewer.sees("有附湯汁嗎", times=0)
    await viewer.types("A02+1")
    await viewer.holds(1)


async def test_talk_with_a_blocked_word_is_kept_from_everyone(stage: Stage, visits: Visits) -> None:
    await stage.item("A03")
    studio = await Studio.at(await visits.staff("desktop", MODERATOR), stage.studio)
    viewer = await Viewer.at(await visits.guest("phone", "阿德"), stage.path, "阿德")
    other = await Viewer.at(await visits.guest("desktop", "小美"), stage.path, "小美")
    await studio.moderation()
    await studio.moderation_sheet.get_by_role("textbox", name="擋字").fill("加賴\nspam")
    await studio.save_words()
    await viewer.types("便宜賣，加 賴 問我")
    await viewer.types("A03+1")
    await other.sees("A03+1", "已保留 1 件")
    await other.sees("問我", times=0)


async def test_announcement_and_pinned_comment_stand_over_every_picture(
    stage: Stage, visits: Visits
) -> None:
    studio = await Studio.at(await visits.staff("desktop", MODERATOR), stage.studio)
    phone = await Viewer.at(await visits.guest("phone", "小美"), stage.path, "小美")
    desktop = await Viewer.at(await visits.guest("desktop", "阿德"), stage.path, "阿德")
    await phone.types("滿 999 免運嗎")
    await studio.does("滿 999 免運嗎", "釘選")
    await studio.moderation()
    form = studio.moderation_sheet.locator("form").filter(has_text="公告")
    await form.get_by_role("textbox", name="公告").fill("今晚滿 NT$999 免運")
    await form.get_by_role("button", name="儲存").click()
    for viewer in (phone, desktop):
        await expect(viewer.page.get_by_role("note", name="公告")).to_have_text(
            "今晚滿 NT$999 免運"
        )
        await expect(viewer.page.get_by_role("note", name="釘選的留言")).to_contain_text("滿 999")

    await form.get_by_role("button", name="撤下").click()
    await studio.moderation_sheet.get_by_role("button", name="關閉").click()
    await studio.does("滿 999 免運嗎", "取消釘選")
    for viewer in (phone, desktop):
        await expect(viewer.page.get_by_role("note")).to_have_count(0)


async def test_a_moderator_with_a_phone_sees_the_talk_and_hides_by_thumb(
    stage: Stage, visits: Visits
) -> None:
    viewer = await Viewer.at(await visits.guest("phone", "路人"), stage.path, "路人")
    await viewer.types("洗版洗版")
    await viewer.sees("洗版洗版")
    page = await visits.staff("phone", MODERATOR)
    await page.goto(stage.studio)
    await page.get_by_role("button", name="留言", exact=True).click()
    await Studio(page).does("洗版洗版", "隱藏")
    await viewer.sees("洗版洗版", times=0)


async def test_a_moderator_is_not_shown_where_people_live(visits: Visits) -> None:
    page = await visits.staff("desktop", MODERATOR)
    await page.goto("/studio")
    menu = page.get_by_role("navigation", name="導播台")
    await expect(menu.get_by_role("link", name="直播場次")).to_be_visible()
    await expect(menu.get_by_role("link", name="訂單")).to_have_count(0)

    visits.of(page).excuse(r"HTTP 403: GET \S+/api/staff/orders", "status of 403")
    await page.goto("/staff/orders")
    await expect(page.get_by_role("alert")).to_contain_text("你沒有權限這樣做。")

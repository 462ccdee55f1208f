"""Conversations are given to reps who are there: who is away, what each knows, how it went."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.browser.asker import Asker
from tests.browser.axe import Axe
from tests.browser.sheets import sheet
from tests.browser.shop_process import ShopProcess
from tests.browser.stage import OPERATOR
from tests.browser.visits import Visits, somebody
from web.commands.demo import PASSWORD

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

REP: Final = {"email": "rep@demo.test", "password": PASSWORD}
REP_NAME: Final = "小芳"
OPERATOR_NAME: Final = "店長"
ANSWER_S: Final = 10 * 60
"""As long as a rep may take for an answer."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(
    built_pages: None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ShopProcess]:
    """A shop in which what waits is given to reps."""
    shop = ShopProcess(tmp_path_factory.mktemp("giving"), CHAT_ASSIGN=True, MEDIA_ENGINE="none")
    await shop.start()
    yield shop
    shop.stop()


class Desk:
    """The desk of one rep, open."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.takes_new = page.get_by_role("switch", name="接新對話")
        self.badge = page.locator("plusone-desk-thread header .badge").first
        self.log = page.get_by_role("log")

    @classmethod
    async def opened(cls, visits: Visits, who: dict[str, str], device: str = "desktop") -> Desk:
        desk = cls(await visits.staff(device, who))
        await desk.page.goto("/desk")
        await expect(desk.page.locator("plusone-desk-queue #rows")).to_have_attribute(
            "aria-busy", "false"
        )
        return desk

    async def is_there(self, there: bool) -> None:
        """Make it so that she is given new conversations, or is not."""
        await expect(self.takes_new).to_be_visible()
        if (await self.takes_new.get_attribute("aria-checked") == "true") != there:
            await self.takes_new.click()
        await expect(self.takes_new).to_have_attribute("aria-checked", str(there).lower())

    def given(self, name: str) -> Locator:
        return self.page.locator(".given").filter(has_text=f"{name} 分派給你了")

    async def serves(self, asker: Asker) -> None:
        """Answer who was given to her, until both are done with it."""
        await self.given(asker.name).get_by_role("button", name="打開對話").click()
        await expect(self.badge).to_have_text("你處理中")
        field = self.page.get_by_role("textbox", name=f"回覆 {asker.name}")
        await field.fill("小辣")
        await field.press("Enter")
        await asker.hears("message.sent", text="小辣")
        header = self.page.locator("plusone-desk-thread header")
        await header.get_by_role("button", name="結案").click()
        await asker.hears("conversation.resolved", cause="staff")
        await asker.rates(5, "很快")


async def test_a_question_goes_to_who_is_there_and_unanswered_to_the_other(
    visits: Visits, shop: ShopProcess
) -> None:
    rep, boss = await Desk.opened(visits, REP), await Desk.opened(visits, OPERATOR)
    await rep.is_there(True)
    await boss.is_there(True)
    await boss.page.keyboard.press("a")
    await expect(boss.takes_new).to_have_attribute("aria-checked", "false")
    await boss.page.reload()
    await expect(boss.takes_new).to_have_attribute("aria-checked", "false")

    async with Asker.comes(shop.address, somebody()) as asker:
        await asker.says("這罐辣嗎？")
        await asker.hears("conversation.taken", name=REP_NAME)
        await expect(rep.given(asker.name)).to_be_visible()
        await rep.given(asker.name).get_by_role("button", name="打開對話").click()
        await expect(rep.badge).to_have_text("你處理中")
        await expect(rep.log.locator("li").filter(has_text="分派給你了")).to_have_count(1)
        await expect(rep.given(asker.name)).to_have_count(0)

        # A colleague sees who is away.
        await rep.page.get_by_role("button", name="轉接").click()
        colleague = sheet(rep.page, "轉接給誰").get_by_role("button", name=OPERATOR_NAME)
        await expect(colleague).to_contain_text("暫離")
        await boss.is_there(True)
        await expect(colleague).to_contain_text("在線上")
        await rep.page.keyboard.press("Escape")

        shop.pass_time(ANSWER_S + 60)
        await asker.hears("conversation.released", cause="unanswered")
        await asker.hears("conversation.taken", name=OPERATOR_NAME)
        await expect(boss.given(asker.name)).to_be_visible()
        await expect(rep.badge).to_have_text(f"{OPERATOR_NAME} 處理中")
        told = rep.log.locator("li").filter(has_text=f"分派給 {OPERATOR_NAME}")
        await expect(told).to_have_count(1)
        await boss.serves(asker)


@pytest.mark.parametrize("device", ["desktop", "phone"])
async def test_reps_say_what_they_know_and_see_how_it_went(
    visits: Visits, shop: ShopProcess, device: str
) -> None:
    rep = await Desk.opened(visits, REP)
    await rep.is_there(True)
    async with Asker.comes(shop.address, somebody()) as asker:
        await asker.says("這罐辣嗎？")
        await rep.serves(asker)
    await rep.page.close()

    rep = await Desk.opened(visits, REP, device)
    page, axe = rep.page, Axe(rep.page)
    await axe.looks("desk")
    await page.get_by_role("button", name="客服設定").click()
    profile = sheet(page, "客服設定")
    await profile.get_by_role("checkbox", name="英文").check()
    skills = profile.get_by_role("textbox", name="熟悉的事")
    await skills.fill("食" * 25)
    most = profile.get_by_role("spinbutton", name="同時最多幾個對話")
    await most.fill("0")
    await profile.get_by_role("button", name="儲存").click()
    await expect(profile.get_by_text("太長，最多 24 字")).to_be_visible()
    await expect(profile.get_by_text("請填 1 到 20。")).to_be_visible()
    await expect(skills).to_be_focused()
    await axe.looks("profile with faults")
    await skills.fill("食材、送禮")
    await most.fill("3")
    await profile.get_by_role("checkbox", name="接新對話").uncheck()
    await profile.get_by_role("button", name="儲存").click()
    await expect(profile.get_by_role("status").filter(has_text="存好了")).to_have_count(1)
    await axe.looks("profile")
    await profile.get_by_role("button", name="回覆成效").click()
    figures = sheet(page, "回覆成效")
    await expect(figures.get_by_text("首次回覆", exact=True).first).to_be_visible()
    await figures.get_by_text("近 30 天").click()
    await expect(figures.get_by_role("radio", name="近 30 天")).to_be_checked()
    await axe.looks("figures of a rep")
    assert axe.wrong == []
    await page.keyboard.press("Escape")
    await expect(rep.takes_new).to_have_attribute("aria-checked", "false")

    boss = await Desk.opened(visits, OPERATOR, device)
    page, axe = boss.page, Axe(boss.page)
    await page.get_by_role("button", name="客服設定").click()
    profile = sheet(page, "客服設定")
    colleague = profile.get_by_role("button", name=f"修改 {REP_NAME}")
    await expect(colleague).to_contain_text("暫離")
    await expect(colleague).to_contain_text("英文，食材，送禮")
    await colleague.click()
    hers = sheet(page, f"{REP_NAME} 的客服設定")
    await expect(hers.get_by_role("spinbutton")).to_have_value("3")
    await hers.get_by_role("checkbox", name="接新對話").check()
    await axe.looks("profile of a colleague")
    await hers.get_by_role("button", name="儲存").click()
    await expect(colleague).to_be_focused()
    await expect(rep.takes_new).to_have_attribute("aria-checked", "true")
    await profile.get_by_role("button", name="回覆成效").click()
    figures = sheet(page, "回覆成效")
    await expect(figures.get_by_role("row", name=REP_NAME)).to_be_visible()
    await figures.get_by_text("看數字").click()
    await figures.get_by_text("滿意度", exact=True).nth(1).click()
    await axe.looks("figures of all")
    assert axe.wrong == []

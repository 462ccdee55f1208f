"""The viewer's page, by what a person sees and does on it."""

from __future__ import annotations

import re
from typing import Self

from playwright.async_api import Locator, Page, expect

from tests.browser.sheets import sheet


class Viewer:
    """A page at a show, and what its person does there."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name
        self.entry = page.get_by_role("textbox", name="留言或下單")
        self.talk = page.get_by_role("log", name="留言")
        self.lines = self.talk.locator("li")
        self.slip = page.locator("plusone-promise").get_by_role("group")
        self.aloud = page.locator("plusone-aloud").get_by_role("status")
        self.ask = page.locator("plusone-ask").get_by_role("group")
        self.told = page.locator(".said-now")
        self.bag = page.get_by_role("button", name="購物車")
        self.lost = page.get_by_text("正在重新連線")
        self.name_sheet = sheet(page, "怎麼稱呼你？")

    @classmethod
    async def at(cls, page: Page, path: str, name: str) -> Self:
        """Open the show's page and wait until it is there."""
        await page.goto(path)
        viewer = cls(page, name)
        await expect(viewer.entry).to_be_visible()
        return viewer

    async def types(self, text: str) -> None:
        """Send a comment, by Enter as on a keyboard."""
        await self.entry.fill(text)
        await self.entry.press("Enter")

    async def says_her_name(self) -> None:
        await self.name_sheet.get_by_role("textbox").fill(self.name)
        await self.name_sheet.get_by_role("button", name="繼續").click()
        await expect(self.name_sheet).to_have_count(0)

    def seal(self, code: str) -> Locator:
        return self.page.get_by_role("button", name=f"{code} 加一", exact=True)

    def line(self, *words: str | re.Pattern[str]) -> Locator:
        """The lines of the talk that hold all of `words`."""
        lines = self.lines
        for word in words:
            lines = lines.filter(has_text=word)
        return lines

    async def sees(self, *words: str | re.Pattern[str], times: int = 1) -> None:
        """Wait until so many lines of the talk hold all of `words`."""
        await expect(self.line(*words)).to_have_count(times)

    async def holds(self, pieces: int) -> None:
        """Wait until the page says that so many are held for her: by its slip and its cart on a
        phone, beside the item on a desktop.
        """
        # Which of the two it is, shows once the show does.
        await expect(self.entry).to_be_visible()
        if await self.bag.count():
            await expect(self.slip).to_contain_text("件")
            await expect(self.bag).to_have_accessible_name(f"購物車，{pieces} 件")
        else:
            await expect(self.page.get_by_text(f"你有 {pieces} 件")).to_be_visible()

"""The chat as a customer sees it, by what she does in it."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.browser.sheets import sheet


class Chat:
    """The panel on any page for customers."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.button = page.get_by_role("button", name="問店員")
        self.panel = page.get_by_role("dialog", name="聊天")
        self.head = self.panel.locator(".head, .night")
        self.entry = self.panel.get_by_role("textbox", name="訊息")
        self.thread = self.panel.get_by_role("log", name="對話")
        self.going = self.panel.locator("li.later, li.failed")
        self.rating = self.panel.get_by_role("region", name="這次的回覆怎麼樣？")
        self.lost = self.panel.get_by_text("正在重新連線")
        self.name_sheet = sheet(page, "怎麼稱呼你？")

    async def open(self) -> None:
        await self.button.click()
        await expect(self.entry).to_be_visible()

    async def fold(self) -> None:
        await self.panel.get_by_role("button", name="收起聊天").click()
        await expect(self.panel).to_have_count(0)

    async def says(self, text: str) -> None:
        """Send a message, by Enter as on a keyboard."""
        await self.entry.fill(text)
        await self.entry.press("Enter")

    async def says_her_name(self, name: str) -> None:
        await self.name_sheet.get_by_role("textbox").fill(name)
        await self.name_sheet.get_by_role("button", name="繼續").click()
        await expect(self.name_sheet).to_have_count(0)

    def line(self, text: str) -> Locator:
        return self.thread.get_by_role("listitem").filter(has_text=text)

    async def sees(self, *texts: str) -> None:
        """Wait until each stands in the thread, and once."""
        for text in texts:
            await expect(self.line(text)).to_have_count(1)

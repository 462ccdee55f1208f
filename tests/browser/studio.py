"""The studio, by what its host and moderator see and do."""

from __future__ import annotations

from typing import Self

from playwright.async_api import Locator, Page, expect

from tests.browser.sheets import sheet


class Studio:
    """The studio at a desk, where everything is in sight."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.rundown = page.get_by_role("region", name="流程").locator("plusone-rundown")
        self.now = page.locator("plusone-studio-now")
        self.claims = page.locator("plusone-claims")
        self.talk = page.locator("plusone-studio-talk")

        self.moderation_sheet = sheet(page, "慢速、擋字、封鎖名單")

    @classmethod
    async def at(cls, page: Page, path: str) -> Self:
        """Open the studio's page and wait until it is there."""
        await page.goto(path)
        studio = cls(page)
        await expect(studio.rundown).to_be_visible()
        return studio

    async def opens(self, code: str) -> None:
        await self.rundown.get_by_role("button", name=f"開賣 {code}").click()
        await expect(self.now).to_contain_text(code)

    def claim(self, name: str) -> Locator:
        return self.claims.get_by_role("listitem").filter(has_text=name)

    def comment(self, text: str) -> Locator:
        return self.talk.locator("li").filter(has_text=text)

    async def does(self, comment: str, act: str) -> None:
        """Do something with the comment that says so, or with its writer."""
        line = self.comment(comment)
        await line.hover()
        await line.get_by_role("button", name="處理").click()
        await line.get_by_role("button", name=act, exact=True).click()
        await expect(line.get_by_role("button", name=act, exact=True)).to_have_count(0)

    async def moderation(self) -> None:
        """Open what applies to the whole talk."""
        await self.talk.get_by_role("button", name="慢速、擋字、封鎖名單").click()
        await expect(self.page.get_by_role("dialog", name="慢速、擋字、封鎖名單")).to_be_visible()

    async def save_words(self) -> None:
        form = self.moderation_sheet.locator("form").filter(has_text="擋字")
        await form.get_by_role("button", name="儲存").click()

    async def figure(self, name: str, value: str) -> None:
        """Wait until the figure called `name` of the item on sale begins with `value`."""
        figure = self.now.locator("dl.figs > div").filter(has_text=name)
        await expect(figure.locator("dd")).to_have_text(value)

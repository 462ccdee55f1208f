"""The checkout over the picture, the order's page, and the shop's list of orders."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from tests.browser.sheets import sheet


class Till:
    """The sheet in which one orders what is held."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sheet = sheet(page, "結帳")
        self.savings = self.sheet.get_by_role("region", name="折抵")

    async def open(self) -> None:
        await self.page.get_by_role("button", name="結帳", exact=True).click()
        await expect(self.sheet.get_by_role("radiogroup", name="取貨方式")).to_be_visible()

    async def home(self, *, city: str = "台北市", address: str = "信義路五段 7 號") -> None:
        await self.choose("宅配")
        await self.fill("郵遞區號", "110")
        await self.fill("縣市", city)
        await self.fill("地址", address)

    async def store(self, chain: str = "全家", code: str = "012345", name: str = "松高店") -> None:
        await self.choose("超商取貨")
        await self.sheet.get_by_role("combobox", name="超商").select_option(label=chain)
        await self.fill("店號", code)
        await self.fill("門市名稱", name)

    async def pickup(self, place: str = "信義店") -> None:
        await self.choose("門市自取")
        await self.sheet.get_by_role("radio", name=place).check()

    async def contact(self, name: str, phone: str = "0912 345 678") -> None:
        await self.fill("姓名", name)
        await self.fill("手機", phone)

    async def pays_by(self, method: str) -> None:
        await self.sheet.get_by_role("combobox", name="付款方式").select_option(label=method)

    async def fill(self, label: str, text: str) -> None:
        await self.sheet.get_by_role("textbox", name=label, exact=True).fill(text)

    async def uses_code(self, code: str) -> None:
        """Type a coupon's code."""
        box = self.savings.get_by_role("textbox", name="輸入優惠碼")
        if not await box.is_visible():
            await self.savings.locator("summary").click()
        await box.fill(code)
        await box.press("Enter")

    async def uses_points(self, points: int | None = None) -> None:
        """Use so many points, or as many as may be."""
        await self.savings.get_by_role("switch").check()
        if points is not None:
            box = self.savings.get_by_role("textbox", name="用幾點")
            await box.fill(str(points))
            await box.press("Enter")

    async def comes_to(self, *words: str) -> None:
        """Wait until the sums say all of `words`."""
        for word in words:
            await expect(self.sheet.locator(".sum")).to_contain_text(word)

    async def order(self) -> None:
        await self.sheet.get_by_role("button", name="送出訂單").click()

    async def pay(self) -> None:
        await self.sheet.get_by_role("button", name=re.compile(r"^付款 NT\$")).click()

    async def sees_the_order(self) -> None:
        """Go on from the thanks to the order's own page."""
        await sheet(self.page, "訂單已成立").get_by_role("link", name="看訂單").click()
        await expect(Receipt(self.page).article).to_be_visible()

    async def choose(self, delivery: str) -> None:
        """Choose how it reaches her."""
        # The card is what one presses; the radio in it is drawn by it.
        await self.sheet.get_by_role("radio", name=delivery).check()


class Receipt:
    """An order's page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.article = page.get_by_role("article", name="收據")

    async def number(self) -> str:
        return await self.article.get_by_role("heading", level=1).inner_text()

    async def says(self, *words: str) -> None:
        for word in words:
            await expect(self.article).to_contain_text(word)


class OrderDesk:
    """The shop's list of orders, as staff see it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def order(self, number: str) -> Locator:
        return self.page.get_by_role("article", name=number)

    async def takes(self, act: str, number: str) -> None:
        """Take an order a step further, and say that one is sure."""
        await self.page.get_by_role("button", name=f"{act}：{number}").click()
        sure = sheet(self.page, f"{act}：{number}")
        await sure.get_by_role("button", name=act, exact=True).click()
        await expect(sure).to_have_count(0)

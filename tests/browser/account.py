"""Customers who are known by their e-mail addresses, and their account's page."""

from __future__ import annotations

import json
import re
from typing import Any, Self
from uuid import uuid4

from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.browser.sheets import sheet
from tests.browser.visits import Visits
from web.demo.client import Client


class Member:
    """A customer who has signed in; `page` is an empty page of hers."""

    def __init__(self, page: Page, name: str, email: str, id: str) -> None:
        self.page = page
        self.name = name
        self.email = email
        self.id = id

    @classmethod
    async def comes(
        cls, visits: Visits, name: str, device: str = "phone", *, email: str | None = None
    ) -> Self:
        """Somebody new, if nobody's `email` is given."""
        visit = await visits.visit(device, name=name)
        email = email or f"{uuid4().hex[:10]}@example.test"
        headers = {"X-Plusone": "1", "Origin": visits.address}

        async def post(path: str, body: dict[str, str]) -> Any:
            answer = await visit.context.request.post(path, data=body, headers=headers)
            assert answer.ok, await answer.text()
            return await answer.json()

        await post("/api/session/code", {"email": email})
        code = await _code_sent_to(visit.context, email)
        known = await post("/api/session/verify", {"email": email, "code": code, "name": name})
        return cls(await visit.context.new_page(), name, email, known["person"]["id"])

    async def account(self) -> Account:
        return await Account.of(self.page)


async def letters_to(context: BrowserContext, email: str) -> list[dict[str, Any]]:
    """What would have been mailed to this address, the newest first."""
    answer = await context.request.get("/api/notices")
    notices: list[dict[str, Any]] = (await answer.json())["notices"]
    return [one for one in notices if one["to"] == email]


async def _code_sent_to(context: BrowserContext, email: str) -> str:
    letter, *_ = await letters_to(context, email)
    found = re.search(r"\b\d{6}\b", json.dumps(letter | {"to": ""}, ensure_ascii=False))
    assert found is not None
    return found[0]


class Account:
    """The page where a customer sees her points, coupons and wishes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tier = page.get_by_role("region", name="你的等級")
        self.points = page.get_by_role("region", name="點數", exact=True)
        self.history = page.get_by_role("region", name="點數紀錄")
        self.coupons = page.get_by_role("region", name="優惠券")
        self.wishes = page.get_by_role("region", name="心願清單")
        self.friends = page.get_by_role("region", name="送點數給朋友")

    @classmethod
    async def of(cls, page: Page) -> Self:
        """Open it, and wait until all of it is there."""
        await page.goto("/account")
        account = cls(page)
        await expect(account.points).to_be_visible()
        await expect(page.get_by_text("載入中")).to_have_count(0)
        return account

    async def has(self, points: int) -> None:
        await expect(self.points.get_by_role("heading", level=2)).to_have_text(f"{points} 點")

    def line(self, *words: str) -> Locator:
        """The lines of her history that hold all of `words`."""
        lines = self.history.get_by_role("listitem")
        for word in words:
            lines = lines.filter(has_text=word)
        return lines

    async def types_code(self, code: str) -> None:
        box = self.coupons.get_by_role("textbox", name="優惠碼")
        await box.fill(code)
        await box.press("Enter")

    async def gives(self, points: int, to: str) -> None:
        """Offer points to a friend, and say that one is sure."""
        await self.friends.get_by_role("textbox", name="朋友的電子郵件").fill(to)
        await self.friends.get_by_role("textbox", name="送幾點").fill(str(points))
        await self.friends.get_by_role("button", name="送出").click()
        sure = sheet(self.page, "送點數")
        await expect(sure).to_contain_text(to)
        await sure.get_by_role("button", name=f"送出 {points} 點").click()
        await expect(sure).to_have_count(0)

    def offer(self, name: str) -> Locator:
        """What a friend offers her."""
        return self.page.get_by_role("group", name=f"{name} 送你")


class Office:
    """The shop's operator, outside of any page: gives points and makes coupons."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def gives(self, customer: str, points: int) -> None:
        await self._client.post(
            f"/api/staff/loyalty/customers/{customer}/corrections",
            {"points": points, "reason": "開幕禮", "request_id": str(uuid4())},
        )

    async def coupon(self, title: str, **more: Any) -> dict[str, Any]:
        made: dict[str, Any] = await self._client.post(
            "/api/staff/coupons", {"title": title, "kind": "fixed", "amount": 5_000, **more}
        )
        return made

"""A video call as its two people see it: the customer's page, and the rep's desk."""

from __future__ import annotations

import asyncio
import re
from typing import Final, Self

from playwright.async_api import Locator, Page, Response, WebSocket, expect

from tests.browser import peers
from tests.browser.shop_process import ShopProcess
from tests.browser.stage import OPERATOR
from tests.browser.visits import Visits
from web.commands.demo import PASSWORD
from web.demo.client import Client

REP: Final = {"email": "rep@demo.test", "password": PASSWORD}
REP_NAME: Final = "小芳"
OPERATOR_NAME: Final = "店長"


class Told:
    """All that a page is told, by answers and by sockets."""

    def __init__(self, page: Page) -> None:
        self._answers: list[Response] = []
        self._frames: list[str] = []
        page.on("response", lambda one: self._answers.append(one))
        page.on("websocket", self._on_socket)

    def _on_socket(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self._frames.append(str(frame)))

    async def everything(self) -> str:
        said = list(self._frames)
        for one in self._answers:
            kind = one.headers.get("content-type", "")
            if "json" in kind or "html" in kind:
                said.append(await one.text())
        return "\n".join(said)


class Customer:
    """Her page, from the lobby to what is left of a call."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name
        self.heading = page.get_by_role("heading", level=1)
        self.talking = page.locator("plusone-consult-talking")
        self.stage = self.talking.locator("plusone-stage")
        self.shown = self.talking.locator("plusone-shown article")
        self.lost = page.get_by_text("連線中斷，正在重新連線")

    @classmethod
    async def comes(cls, visits: Visits, name: str, device: str = "desktop") -> Self:
        """A guest who has said her name, with a page of hers."""
        page = await visits.guest(device, name)
        await peers.keep_peers(page.context, small=visits.small_pictures)
        return cls(page, name)

    async def lobby(self, *, query: str = "", address: str = "") -> None:
        """Open the page, by another address of the service where one is given."""
        await self.page.goto(f"{address}/consult{query}")
        await expect(self.page.get_by_label("你", exact=True)).to_be_visible()

    async def calls(self, *, query: str = "", address: str = "") -> str:
        """Ask for a call from the lobby; returns its id."""
        await self.lobby(query=query, address=address)
        await self.page.get_by_role("button", name=re.compile("^(現在|排隊)視訊$")).click()
        await expect(self.page).to_have_url(re.compile("/consult/cll_"))
        return self.call

    @property
    def call(self) -> str:
        """The id of the call that the page is at."""
        return self.page.url.partition("/consult/")[2].partition("?")[0]

    async def talks(self) -> None:
        await expect(self.stage.get_by_role("toolbar", name="通話控制")).to_be_visible()

    # The cart stands beside the picture, or behind a button on a phone.

    @property
    def _cart_button(self) -> Locator:
        return self.stage.get_by_role("button", name=re.compile("^購物車"))

    async def cart(self) -> Locator:
        """The cart of both, opened where it is behind a button."""
        shown = self.page.get_by_role("region", name="共用購物車")
        if await self._cart_button.count() and not await shown.count():
            await self._cart_button.click()
        await expect(shown).to_be_visible()
        return shown

    async def fold(self) -> None:
        """Close what lies over the call, where anything does."""
        if await self._cart_button.count():
            await self.page.keyboard.press("Escape")
            await expect(self.page.get_by_role("region", name="共用購物車")).to_have_count(0)

    async def has(self, title: str, pieces: int) -> None:
        """Wait until so many of it lie in the cart."""
        cart = await self.cart()
        line = cart.locator(".lines li").filter(has_text=title)
        if pieces:
            await expect(line.locator(".qty b")).to_have_text(str(pieces))
        else:
            await expect(line).to_have_count(0)

    async def says(self, text: str) -> None:
        box = self.talking.locator("plusone-composer").get_by_role("textbox")
        if not await box.count():
            await self.stage.get_by_role("button", name=re.compile("^打字聊")).click()
        await box.fill(text)
        await box.press("Enter")

    async def hangs_up(self) -> None:
        await self.stage.get_by_role("button", name="結束通話").click()
        await expect(self.heading).to_have_text("通話結束")


class RepDesk:
    """The desk of a rep, as far as it is about calls."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name
        self.told = Told(page)
        self.ringing = page.locator("plusone-call-ringing")
        self.view = page.locator("plusone-call-view")
        self.stage = self.view.locator("plusone-stage")
        self.side = self.view.get_by_role("complementary", name="通話用的東西")
        self.cart = self.view.get_by_role("region", name="共用購物車")
        self.goods = self.view.get_by_role("region", name="給她看商品")
        self.panel = page.locator("plusone-calls-panel")

    @classmethod
    async def opens(
        cls,
        visits: Visits,
        who: dict[str, str] = REP,
        *,
        device: str = "desktop",
        path: str = "/desk",
        relay: bool = False,
    ) -> Self:
        """A rep at her desk, at whom it may ring from then on."""
        page = await visits.staff(device, who)
        if relay:
            await peers.by_relay_alone(page.context)
        await peers.red_screen(page.context)
        await peers.keep_peers(page.context, small=visits.small_pictures)
        desk = cls(page, OPERATOR_NAME if who is OPERATOR else REP_NAME)
        await page.goto(path)
        await desk.is_there()
        return desk

    async def is_there(self) -> None:
        """Wait until the service knows that this desk is open."""
        await expect(self.page.locator("plusone-desk-queue #rows")).to_have_attribute(
            "aria-busy", "false"
        )

    async def rings(self, name: str) -> None:
        """Wait until a call of the customer called `name` rings here."""
        await expect(self.ringing.get_by_role("heading", name=f"{name} 想視訊")).to_be_visible()

    async def answers(self, name: str) -> None:
        await self.rings(name)
        await self.ringing.get_by_role("button", name="接聽", exact=True).click()
        await self.talks()

    async def declines(self, name: str) -> None:
        await self.rings(name)
        await self.ringing.get_by_role("button", name="不接").click()
        await expect(self.ringing).to_have_count(0)

    async def talks(self) -> None:
        await expect(self.stage.get_by_role("toolbar", name="通話控制")).to_be_visible()

    async def tab(self, name: str) -> None:
        await self.side.get_by_role("tab", name=re.compile(f"^{name}")).click()

    async def shows(self, title: str) -> None:
        await self.goods.get_by_role("searchbox").fill(title)
        await self.goods.get_by_role("button", name=f"給她看 {title}").click()
        await expect(self.stage.locator("article")).to_contain_text(title)

    async def has(self, title: str, pieces: int) -> None:
        """Wait until so many of it lie in the cart of both."""
        if pieces:
            line = self.cart.locator(".lines li").filter(has_text=title)
            await expect(line.locator(".qty b")).to_have_text(str(pieces))
        else:
            await expect(self.cart.get_by_role("group", name=title)).to_have_count(0)

    async def hangs_up(self) -> None:
        await self.stage.get_by_role("button", name="結束通話").click()
        await expect(self.view.get_by_role("heading", name="通話結束")).to_be_visible()


async def put_through(
    visits: Visits, name: str, *, device: str = "desktop"
) -> tuple[Customer, RepDesk]:
    """A customer and a rep who see each other."""
    desk = await RepDesk.opens(visits)
    customer = await Customer.comes(visits, name, device)
    await customer.calls()
    await desk.answers(name)
    await customer.talks()
    await peers.moves(customer.page, desk.page)
    return customer, desk


async def end_all(shop: ShopProcess) -> None:
    """Let the calls end in which somebody still is, after a test that failed: its reps are free."""
    async with Client(shop.address) as rep:
        for who in (REP, OPERATOR):
            await rep.post("/api/session/staff", who)
            while True:
                board = await rep.get("/api/staff/consult/board")
                if not board["mine"] and not board["rings"] and not board["waiting"]:
                    break
                shop.pass_time(30)
                await asyncio.sleep(0.2)

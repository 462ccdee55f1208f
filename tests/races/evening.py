"""Shows and the shop, at one service or two over one database: who comes, and the books after."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Connection, func, select

from commerce_bridge import claims as cart
from commerce_bridge.embedded import demo, stock
from commerce_bridge.orders.store import order_line, shop_order
from core.clock import ManualClock
from core.identity.model import Role
from core.outbox import outbox_message
from core.rooms.history import read_events
from live.evolve import evolve
from live.kind import ShowKind
from live.state import Show
from tests.live import laws
from tests.service import Browser, Reply, Service, serving, settings_for
from tests.viewers import Viewer
from web.keys import DATABASE

SAUCE = "B01-L"
"""What is sold: `PIECES` of it lie in the shop."""
PIECES = 43
PRICE, FEE, FREE_FROM = 28_800, 8_000, 99_900
KIND = ShowKind()
DONE_WITH = ("cancelled", "refunded", "lapsed")


class Customer:
    """One person: her browser at each service, and her phone at the last of them."""

    def __init__(self, own_id: str, pages: list[Browser], phone: Viewer) -> None:
        self.id = own_id
        self.phone = phone
        self._pages = pages
        self._numbers = itertools.count(1)

    def request(self) -> str:
        return f"request-{next(self._numbers)}"

    async def says(self, show: str, text: str) -> list[dict[str, Any]]:
        """Say something in a show; returns what came of it."""
        assert (await self.phone.ask("join", {"show": show}))["ok"]
        reply = await self.phone.ask("comment", {"text": text})
        assert reply["ok"], reply
        events: list[dict[str, Any]] = reply["events"]
        return events

    async def claims(self, show: str) -> str:
        """Claim one piece; returns the claim."""
        (held,) = (one for one in await self.says(show, "A01+1") if one["type"] == "claim.held")
        return str(held["data"]["claim"])

    async def puts_in_cart(self, variant: str) -> str:
        """Put a piece into the cart, which was empty; returns the line."""
        line = {"variant_id": variant, "quantity": 1, "request_id": self.request()}
        reply = await self._pages[0].post("/api/cart/lines", line)
        assert reply.status == 200, reply.body
        return str(reply.json["lines"][0]["id"])

    async def checks_out(
        self,
        claims: Sequence[str],
        lines: Sequence[str] = (),
        *,
        at: int = 0,
        payment: str = "transfer",
        line_price: int = 38_000,
    ) -> Reply:
        """Order those claims, and lines of one piece; `at` is the service that is asked."""
        subtotal = PRICE * len(claims) + line_price * len(lines)
        body = {
            "request_id": self.request(),
            "claims": list(claims),
            "lines": list(lines),
            "contact": {"name": "小美", "phone": "0912345678"},
            "fulfilment": {"kind": "home", "city": "台北市", "address": "松仁路 1 號"},
            "payment": payment,
            "expect_total": subtotal + (FEE if subtotal < FREE_FROM else 0),
        }
        return await self._pages[at % len(self._pages)].post("/api/checkout", body)

    async def cart(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self._pages[0].get("/api/cart")).json
        return found


class Evening:
    """Some shows that sell one sauce."""

    def __init__(
        self, services: list[Service], clock: ManualClock, stack: contextlib.AsyncExitStack
    ) -> None:
        self.services = services
        self.clock = clock
        self.variant = ""
        self.product = ""
        self.shows: list[str] = []
        self._stack = stack
        self._studio: Browser
        self._hosts: dict[str, Viewer] = {}

    async def begin(self) -> None:
        service = self.services[0]
        await demo.furnish(service.app[DATABASE], self.clock, "TWD")
        await service.add_staff("host@example.com", Role.HOST)
        self._studio = await service.browser()
        await self._studio.become_staff("host@example.com")
        products = (await self._studio.get("/api/staff/products")).json["products"]
        self.product, self.variant = next(
            (product["id"], one["id"])
            for product in products
            for one in product["variants"]
            if one["sku"] == SAUCE
        )

    async def _viewer(self, browser: Browser) -> Viewer:
        viewer = Viewer(browser, await self._stack.enter_async_context(aiohttp.ClientSession()))
        await viewer.connect()
        self._stack.push_async_callback(viewer.socket.disconnect)
        return viewer

    async def show(self, pieces: int, *, hold_s: int = 1_800) -> str:
        """A live show that sells so many pieces as A01."""
        show = str((await self._studio.post("/api/staff/shows", {"title": "夜場"})).json["id"])
        self.shows.append(show)
        host = self._hosts[show] = await self._viewer(self._studio)
        assert (await host.ask("join", {"show": show}))["ok"]
        await host.do("run", {"do": {"type": "show.go_live"}}, "show.live")
        item = await self.add(show, "A01", pieces, hold_s=hold_s)
        await host.do("run", {"do": {"type": "item.open", "item": item}}, "item.opened")
        return show

    async def add(self, show: str, code: str, pieces: int, *, hold_s: int = 1_800) -> str:
        """An item that is not open yet; returns its id."""
        do = {
            "type": "item.add",
            "product": self.product,
            "code": code,
            "price": PRICE,
            "hold_s": hold_s,
            "variants": [{"variant_id": self.variant, "allotment": pieces}],
        }
        added = await self._hosts[show].do("run", {"do": do}, "item.added")
        return str(added["item"]["id"])

    async def opens(self, show: str, item: str) -> dict[str, Any]:
        """The answer to the host who opens an item."""
        return await self._hosts[show].ask("run", {"do": {"type": "item.open", "item": item}})

    async def customer(self, number: int) -> Customer:
        pages = [await service.browser() for service in self.services]
        own_id = await pages[0].become_guest(f"客 {number}")
        assert pages[0].token is not None
        for page in pages[1:]:
            page.forge(pages[0].token)
        return Customer(own_id, pages, await self._viewer(pages[-1]))

    async def customers(self, count: int) -> list[Customer]:
        return [await self.customer(number) for number in range(count)]

    async def read(self, query: Any) -> Any:
        return await self.services[0].app[DATABASE].read(query)

    async def state(self, show: str) -> Show:
        """A show as its log makes it, which kept to the laws."""
        log = await self.read(lambda c: read_events(c, KIND, show, after=0, limit=10_000))
        assert [logged.offset for logged in log] == list(range(1, len(log) + 1))
        state, law = KIND.initial(show), laws.Laws()
        for logged in log:
            law.hear(logged.event)
            state = evolve(state, logged)
        law.check(state)
        return state

    async def settled(self) -> dict[str, str]:
        """Wait until all that is to be told has been told, and look through the books.

        Returns the order of each claim that is sold or in payment.
        """
        async with asyncio.timeout(20):
            waiting = select(func.count()).select_from(outbox_message)
            while await self.read(lambda c: c.execute(waiting).scalar_one()):  # noqa: ASYNC110 (nobody tells)
                await asyncio.sleep(0.01)
        states = [await self.state(show) for show in self.shows]
        orders, ordered, rows, levels, audit = await self.read(_books)
        assert audit == []
        claims = {one.id: one for state in states for one in state.claims.values()}
        bound = {one.id: one.order for one in claims.values() if one.state != "held"}
        # Each claim that is an order's is in that order alone, and in it as it is in the show.
        stands = {claim: order for order, claim in ordered if orders[order] not in DONE_WITH}
        assert stands == bound
        assert len(stands) == sum(orders[order] not in DONE_WITH for order, _ in ordered)
        for claim, order in stands.items():
            is_due = orders[order] == "awaiting_payment"
            assert claims[claim].state == "sold" or is_due, "a claim is stuck in payment"
        assert rows == {one.id: one.state for one in claims.values() if one.state != "sold"}
        for state in states:
            for (item, key), place in state.places.items():
                (one,) = (v for v in state.items[item].variants if v.key == key)
                sold = sum(k.quantity for k in claims.values() if k.id in stands and k.item == item
                           and k.id.startswith(state.id))  # fmt: skip
                assert levels.get(place, 0) == one.allotment - sold
        return stands

    async def pieces_at(self, kind: str) -> int:
        """Pieces of the sauce at places whose names begin so."""
        level = stock.stock_level.c
        query = select(func.coalesce(func.sum(level.quantity), 0)).where(
            level.variant_id == self.variant, level.place.startswith(kind)
        )
        return int(await self.read(lambda c: c.execute(query).scalar_one()))


def _books(connection: Connection) -> tuple[Any, ...]:
    """Orders' states, (order, claim) of their lines, claims in carts, levels, what is wrong."""
    order, line, claim, level = shop_order.c, order_line.c, cart.cart_claim.c, stock.stock_level.c
    with_claim = select(line.order_id, line.claim).where(line.claim.is_not(None))
    in_carts = select(claim.claim_id, claim.state).where(claim.state != "sold")
    return (
        {row.id: row.state for row in connection.execute(select(order.id, order.state))},
        [(row.order_id, row.claim) for row in connection.execute(with_claim)],
        {row.claim_id: row.state for row in connection.execute(in_carts)},
        {
            row.place: row.quantity
            for row in connection.execute(select(level.place, level.quantity))
        },
        stock.audit(connection),
    )


@contextlib.asynccontextmanager
async def evening_at(url: str, services: int, folder: Path) -> AsyncIterator[Evening]:
    """So many services over the database at `url`, all on one clock."""
    clock = ManualClock()
    settings = settings_for(url, folder, events_per_s=1_000, media_engine="none")
    async with contextlib.AsyncExitStack() as stack:
        served = [
            await stack.enter_async_context(serving(settings, clock)) for _ in range(services)
        ]
        evening = Evening(served, clock, stack)
        await evening.begin()
        yield evening

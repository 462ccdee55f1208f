"""A show and the shop together: pieces and claims through every fate that an order can have."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from commerce_bridge.checkout.model import CheckoutBody
from commerce_bridge.commerce import COMMERCE, Commerce
from commerce_bridge.embedded import demo, stock
from commerce_bridge.orders.model import Act, Order
from commerce_bridge.rooms import ClaimExpired
from core.identity.model import Person, Role
from live import commands as c
from live.events import Rules
from live.routes import SHOWS
from live.state import Claim, Show
from tests.service import Service, serving, settings_for
from tests.waiting import until
from web.keys import DATABASE
from web.rooms import ROOMS

HOST = Person("staff", "stf_1", name="阿禾", roles=frozenset({Role.HOST, Role.OPERATOR}))
PIECES = 3
TRANSFER_MS = 3 * 24 * 3_600_000


class Evening:
    """A show that sells `PIECES` pieces of one sauce, and the shop behind it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.commerce: Commerce = service.app[COMMERCE]
        self.show_id = ""
        self.variant = ""
        self.item = ""
        self._numbers = itertools.count(1)

    async def begin(self) -> None:
        await demo.furnish(self.service.app[DATABASE], self.service.clock, "TWD")
        [product] = await self.commerce.shop.products("剝皮辣椒")
        self.variant = product.variants[0].id
        shows = self.service.app[SHOWS]
        self.show_id = await shows.create(
            HOST, title="秋釀開罐夜", host_name="阿禾", poster=None, starts_at=None, rules=Rules()
        )
        variant = {"variant_id": self.variant, "allotment": PIECES}
        await self.run(
            type="item.add", product=product.id, code="A01", price=28_800, variants=[variant]
        )
        await self.run(type="show.go_live")
        [self.item] = self.show.items
        await self.run(type="item.open", item=self.item)

    def request(self) -> str:
        return f"request-{next(self._numbers)}"

    async def run(self, **do: Any) -> None:
        sent = c.SendRun.model_validate({"request_id": self.request(), "do": do})
        await self.service.app[SHOWS].run(HOST, self.show_id, sent)

    async def viewer(self, name: str) -> Person:
        browser = await self.service.browser()
        own = await browser.become_guest(name)
        return Person("guest", own, frozenset({own}), name)

    async def plus(self, who: Person, quantity: int = 1) -> None:
        body = {"request_id": self.request(), "item": self.item, "quantity": quantity}
        sent = c.SendClaim.model_validate(body)
        await self.service.app[SHOWS].claim(who, self.show_id, sent)

    async def order(self, who: Person, payment: str = "transfer") -> Order:
        cart = await self.commerce.carts.get(who)
        body = CheckoutBody.model_validate(
            {
                "request_id": self.request(),
                "claims": [row["claim_id"] for row in cart.claims],
                "contact": {"name": who.name, "phone": "0912345678"},
                "fulfilment": {"kind": "home", "city": "台北市", "address": "松仁路 1 號"},
                "payment": payment,
                "expect_total": cart.subtotal + (8_000 if cart.subtotal < 99_900 else 0),
            }
        )
        return (await self.commerce.checkout.order(who, body)).order

    @property
    def show(self) -> Show:
        show: Show = self.service.app[ROOMS].room(self.show_id, "show").committed.state
        return show

    def claims(self, who: Person) -> list[Claim]:
        return [one for one in self.show.claims.values() if one.by == who.id]

    def states(self, who: Person) -> list[tuple[str, int]]:
        return [(one.state, one.quantity) for one in self.claims(who)]

    async def available(self) -> int:
        return (await self.commerce.shop.variants([self.variant]))[self.variant].available

    async def pieces_at(self, kind: str) -> int:
        """Pieces of the sauce at places whose names begin so."""
        level = stock.stock_level.c
        query = stock.stock_level.select().where(
            level.variant_id == self.variant, level.place.startswith(kind)
        )
        rows = await self.service.app[DATABASE].read(lambda conn: conn.execute(query).all())
        return sum(row.quantity for row in rows)


@pytest.fixture
async def evening(database_url: str, tmp_path: Path) -> AsyncIterator[Evening]:
    async with serving(settings_for(database_url, tmp_path)) as service:
        evening = Evening(service)
        await evening.begin()
        yield evening
        assert await service.app[DATABASE].read(stock.audit) == []


async def test_what_is_claimed_and_ordered_is_sold_and_the_rest_goes_back(
    evening: Evening,
) -> None:
    before = await evening.available() + PIECES
    mei = await evening.viewer("小美")
    await evening.plus(mei, 2)
    assert evening.states(mei) == [("held", 2)]
    order = await evening.order(mei)
    assert (order.subtotal, order.lines[0].code, order.lines[0].show) == (
        57_600,
        "A01",
        evening.show_id,
    )
    await until(lambda: evening.states(mei) == [("sold", 2)])
    assert (await evening.commerce.carts.get(mei)).claims == []
    await evening.run(type="show.end")

    async def back() -> bool:
        return await evening.available() == before - 2

    await until(back)
    assert (await evening.pieces_at("alt_"), await evening.pieces_at("sold")) == (0, 2)


async def test_a_card_that_is_not_paid_frees_its_claim_for_who_waits(evening: Evening) -> None:
    mei, teh = await evening.viewer("小美"), await evening.viewer("阿德")
    await evening.plus(mei, PIECES)
    await evening.plus(teh, 1)
    assert evening.states(teh) == []
    await evening.order(mei, "card")
    assert evening.states(mei) == [("paying", PIECES)]
    evening.service.clock.advance(16 * 60_000)
    await evening.commerce.sweep()
    await until(lambda: evening.states(teh) == [("held", 1)])
    assert evening.states(mei) == []
    await evening.order(teh)
    await until(lambda: evening.states(teh) == [("sold", 1)])
    assert (await evening.pieces_at("alt_"), await evening.pieces_at("sold")) == (PIECES - 1, 1)


async def test_a_transfer_that_never_came_lapses_long_after_and_frees_what_was_sold(
    evening: Evening,
) -> None:
    before = await evening.available() + PIECES
    mei = await evening.viewer("小美")
    await evening.plus(mei, PIECES)
    order = await evening.order(mei)
    await until(lambda: evening.states(mei) == [("sold", PIECES)])
    await evening.run(type="show.end")
    evening.service.clock.advance(TRANSFER_MS)
    await evening.commerce.sweep()
    await until(lambda: evening.states(mei) == [])
    assert (await evening.commerce.orders.get(mei, order.id)).now.state == "lapsed"

    async def back() -> bool:
        return await evening.available() == before

    await until(back)


async def test_a_cancelled_order_gives_its_pieces_to_who_waits(evening: Evening) -> None:
    mei, teh = await evening.viewer("小美"), await evening.viewer("阿德")
    await evening.plus(mei, PIECES)
    order = await evening.order(mei)
    await until(lambda: evening.states(mei) == [("sold", PIECES)])
    await evening.plus(teh, 2)
    await evening.commerce.orders.cancel(mei, order.id, evening.request())
    await until(lambda: evening.states(teh) == [("held", 2)])
    await evening.order(teh)
    await until(lambda: evening.states(teh) == [("sold", 2)])
    assert (await evening.pieces_at("alt_"), await evening.pieces_at("sold")) == (1, 2)


async def test_a_refund_after_the_show_puts_pieces_back_on_sale(evening: Evening) -> None:
    before = await evening.available() + PIECES
    mei = await evening.viewer("小美")
    await evening.plus(mei, 2)
    order = await evening.order(mei)
    await evening.commerce.orders.act(HOST, order.id, Act.CONFIRM_PAYMENT, evening.request())
    await until(lambda: evening.states(mei) == [("sold", 2)])
    await evening.run(type="show.end")
    await evening.commerce.orders.act(HOST, order.id, Act.REFUND, evening.request())

    async def back() -> bool:
        return await evening.available() == before

    await until(back)


async def test_somebody_elses_claim_cannot_be_ordered_and_stays_hers(evening: Evening) -> None:
    mei, teh = await evening.viewer("小美"), await evening.viewer("阿德")
    await evening.plus(mei, 1)
    [claim] = evening.claims(mei)
    body = CheckoutBody.model_validate(
        {
            "request_id": evening.request(),
            "claims": [claim.id],
            "contact": {"name": "阿德", "phone": "0912345678"},
            "fulfilment": {"kind": "home", "city": "台北市", "address": "x"},
            "payment": "transfer",
            "expect_total": 36_800,
        }
    )
    with pytest.raises(ClaimExpired):
        await evening.commerce.checkout.order(teh, body)
    assert evening.states(mei) == [("held", 1)]


async def test_many_who_order_at_once_get_each_what_they_claimed(evening: Evening) -> None:
    viewers = [await evening.viewer(f"觀眾{number}") for number in range(5)]
    await asyncio.gather(*(evening.plus(who) for who in viewers))
    lucky = [who for who in viewers if evening.states(who)]
    assert len(lucky) == PIECES
    orders = await asyncio.gather(*(evening.order(who, "transfer") for who in lucky))
    assert len({order.number for order in orders}) == PIECES
    await until(lambda: all(evening.states(who) == [("sold", 1)] for who in lucky))
    assert (await evening.pieces_at("alt_"), await evening.pieces_at("sold")) == (0, PIECES)

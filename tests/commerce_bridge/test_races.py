"""Two at once: each of these is a race that somebody would lose, were it not for a lock.

On PostgreSQL the transactions run side by side on several connections; on SQLite one after the
other, in whatever order they come.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, Select, text
from sqlalchemy.exc import IntegrityError

from commerce_bridge.cart import store as carts
from commerce_bridge.commerce import Commerce, merge
from commerce_bridge.embedded import stock
from commerce_bridge.loyalty import wishes
from commerce_bridge.orders.model import CARD_GRACE_MS, Act, NotNow, Order
from commerce_bridge.payments import store as payments
from commerce_bridge.payments.test_provider import TestProvider
from commerce_bridge.port import OutOfStock
from core.clock import ManualClock
from core.db import Database
from core.errors import PlusOneError
from core.identity.model import Person, Role
from core.outbox import Outbox
from tests.commerce_bridge.world import Goods, Rooms, body, claimed, drain, person

MANY = 20
OPERATOR = Person("staff", "stf_1", roles=frozenset({Role.OPERATOR}))


async def at_once(*calls: Any) -> list[Any]:
    """What each came to: its result or its error. Anything but a refusal of ours is a fault."""
    done = await asyncio.gather(*calls, return_exceptions=True)
    for one in done:
        if isinstance(one, BaseException) and not isinstance(one, PlusOneError):
            raise one
    return done


def errors(done: Iterable[Any]) -> Counter[str]:
    return Counter(one.error_code for one in done if isinstance(one, PlusOneError))


async def last_piece(commerce: Commerce, goods: Goods) -> list[tuple[Person, str]]:
    """One piece of oil, in twenty carts; of five, one was sold before."""
    await commerce.shop.allot("k", goods.oil_mild, 3, show="shw_1", item="itm_1")
    first = await commerce.carts.add(person("first"), goods.oil_mild, 1, "add-to-cart")
    asked = body(460, lines=[first.lines[0][0].id])
    await commerce.checkout.order(person("first"), asked)
    carts = []
    for number in range(MANY):
        who = person(f"buyer{number}")
        cart = await commerce.carts.add(who, goods.oil_mild, 1, "add-to-cart")
        carts.append((who, cart.lines[0][0].id))
    return carts


async def buy_all(commerce: Commerce, carts: list[tuple[Person, str]]) -> list[Any]:
    return await at_once(
        *(commerce.checkout.order(who, body(460, lines=[line])) for who, line in carts)
    )


@pytest.mark.usefixtures("ledger_holds")
async def test_the_last_piece_is_sold_once(commerce: Commerce, goods: Goods) -> None:
    carts = await last_piece(commerce, goods)
    done = await buy_all(commerce, carts)
    assert errors(done) == {"out_of_stock": MANY - 1}
    assert await commerce.shop.stock([goods.oil_mild]) == {}


def unlocked(query: Select[str, str, int]) -> Select[str, str, int]:
    """Stock read without a lock, and slowly: the mistake that the ledger does not make."""
    return query.add_columns(text("pg_sleep(0.2)"))


class TestWithoutTheGuard:
    """On PostgreSQL, where transactions run side by side, the guards' absence shows."""

    @pytest.fixture
    async def database(self, postgres_url: str) -> AsyncIterator[Database]:
        async with Database.open(postgres_url) as database:
            yield database

    async def test_without_the_lock_the_constraint_alone_refuses(
        self, commerce: Commerce, goods: Goods, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        carts = await last_piece(commerce, goods)
        monkeypatch.setattr(stock, "for_update", unlocked)
        done = await asyncio.gather(
            *(commerce.checkout.order(who, body(460, lines=[line])) for who, line in carts),
            return_exceptions=True,
        )
        assert any(isinstance(one, IntegrityError) for one in done)
        assert sum(not isinstance(one, BaseException) for one in done) == 1

    async def test_without_lock_and_constraint_the_last_piece_is_sold_more_than_once(
        self,
        commerce: Commerce,
        goods: Goods,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        carts = await last_piece(commerce, goods)
        drop = text("ALTER TABLE stock_level DROP CONSTRAINT ck_stock_level_quantity")
        await database.write(lambda c: c.execute(drop))
        monkeypatch.setattr(stock, "for_update", unlocked)
        done = await buy_all(commerce, carts)
        assert len(done) - sum(errors(done).values()) > 1


_WAIT_FOR_ME = text(
    "SELECT count(*) FROM pg_locks"
    " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)


def until_waited_for(connection: Connection) -> None:
    """Keep a transaction open until another one waits for it."""
    for _ in range(500):
        if connection.execute(_WAIT_FOR_ME).scalar_one():
            return
        connection.execute(text("SELECT pg_sleep(0.02)"))
    raise AssertionError("nobody waits for this")


class TestWhoSignsInMeanwhile:
    """On PostgreSQL, where what is moved to the customer may be changing in another transaction."""

    @pytest.fixture
    async def database(self, postgres_url: str) -> AsyncIterator[Database]:
        async with Database.open(postgres_url) as database:
            yield database

    async def test_what_is_being_ordered_is_not_in_her_cart_again(
        self,
        commerce: Commerce,
        goods: Goods,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        guest, mei = person("guest"), person("mei", "cus_guest")
        selling = asyncio.Event()
        sell = commerce.shop.sell

        def slowly(connection: Connection, *args: Any) -> None:
            sell(connection, *args)
            selling.set()
            until_waited_for(connection)

        monkeypatch.setattr(commerce.shop, "sell", slowly)
        cart = await commerce.carts.add(guest, goods.chilli, 1, "add-to-cart")
        asked = body(440, lines=[cart.lines[0][0].id])
        ordering = asyncio.ensure_future(commerce.checkout.order(guest, asked))
        await selling.wait()
        await database.write(lambda c: merge(c, "cus_guest", "cus_mei"))
        await ordering
        assert len(await commerce.orders.mine(mei)) == 1
        assert (await commerce.carts.get(mei)).lines == []

    async def test_what_she_wishes_for_elsewhere_is_wished_for_once(
        self, goods: Goods, database: Database
    ) -> None:
        wished = asyncio.Event()
        values = {"product": goods.chilli, "variant": None, "via": "shop", "locale": "en", "at": 0}

        def wants(who: str, connection: Connection) -> None:
            connection.execute(wishes.wish.insert().values(customer=who, **values))

        def slowly(connection: Connection) -> None:
            wants("cus_mei", connection)
            wished.set()
            until_waited_for(connection)

        await database.write(partial(wants, "cus_guest"))
        wishing = asyncio.ensure_future(database.write(slowly))
        await wished.wait()
        await database.write(lambda c: wishes.merge(c, "cus_guest", "cus_mei"))
        await wishing
        found = await database.read(lambda c: wishes.listed(c, ["cus_mei", "cus_guest"]))
        assert [one["customer"] for one in found] == ["cus_mei"]

    async def test_what_she_puts_in_elsewhere_is_added_up(
        self, commerce: Commerce, goods: Goods, database: Database
    ) -> None:
        put_in = asyncio.Event()

        def unit(connection: Connection) -> None:
            carts.add(connection, "cus_mei", goods.chilli, 2, 0)
            put_in.set()
            until_waited_for(connection)

        await commerce.carts.add(person("guest"), goods.chilli, 3, "add-to-cart")
        putting = asyncio.ensure_future(database.write(unit))
        await put_in.wait()
        await database.write(lambda c: merge(c, "cus_guest", "cus_mei"))
        await putting
        assert (await commerce.carts.get(person("mei"))).pieces(goods.chilli) == 5


@pytest.mark.usefixtures("ledger_holds")
async def test_one_checkout_sent_often_at_once_is_one_order(
    commerce: Commerce, goods: Goods, rooms: Rooms, outbox: Outbox, clock: ManualClock
) -> None:
    mei = person("mei")
    got = await commerce.shop.allot("k", goods.chilli, 3, show="shw_1", item="itm_1")
    await rooms.hold(mei, claimed(goods, 1, got.place), 2**50)
    cart = await commerce.carts.add(mei, goods.oil_mild, 1, "add-to-cart")
    asked = body(288 + 380 + 80, claims=["shw_1.1"], lines=[cart.lines[0][0].id], payment="card")
    done = await at_once(*(commerce.checkout.order(mei, asked) for _ in range(8)))
    assert errors(done) == {}
    assert len({one.order.id for one in done}) == 1
    assert len({one.pay_url for one in done}) == 1
    assert len(await commerce.orders.mine(mei)) == 1
    assert await commerce.shop.give_back("b", got.place, 9) == 2
    clock.advance(120_000)
    await commerce.sweep()
    await drain(outbox)
    assert rooms.states() == {"shw_1.1": "paying"}


@pytest.mark.usefixtures("ledger_holds")
async def test_two_checkouts_of_one_cart_are_one_order(commerce: Commerce, goods: Goods) -> None:
    mei = person("mei")
    cart = await commerce.carts.add(mei, goods.chilli, 1, "add-to-cart")
    lines = [cart.lines[0][0].id]
    done = await at_once(
        *(
            commerce.checkout.order(mei, body(440, lines=lines, request_id=f"request-{number}"))
            for number in range(6)
        )
    )
    assert errors(done) == {"cart_changed": 5}
    assert len(await commerce.orders.mine(mei)) == 1


@pytest.mark.usefixtures("ledger_holds")
async def test_a_show_and_buyers_share_the_stock_exactly(commerce: Commerce, goods: Goods) -> None:
    carts = []
    for number in range(10):
        who = person(f"buyer{number}")
        cart = await commerce.carts.add(who, goods.chilli, 1, "add-to-cart")
        carts.append((who, cart.lines[0][0].id))
    done = await at_once(
        *(commerce.checkout.order(who, body(440, lines=[line])) for who, line in carts),
        *(
            commerce.shop.allot(f"k{number}", goods.chilli, 2, show="shw_1", item="itm_1")
            for number in range(5)
        ),
    )
    refused = errors(done)
    granted = sum(one.granted for one in done[10:])
    assert set(refused) <= {"out_of_stock"}
    assert granted + 10 - refused["out_of_stock"] == 12


@pytest.mark.usefixtures("ledger_holds")
async def test_what_is_given_back_twice_at_once_goes_back_once(
    commerce: Commerce, goods: Goods
) -> None:
    got = await commerce.shop.allot("k", goods.chilli, 6, show="shw_1", item="itm_1")
    done = await at_once(*(commerce.shop.give_back("b", got.place, 2) for _ in range(6)))
    assert done == [2] * 6
    assert await commerce.shop.give_back("c", got.place, 9) == 4


async def an_unpaid_order(commerce: Commerce, goods: Goods) -> Order:
    mei = person("mei")
    cart = await commerce.carts.add(mei, goods.chilli, 1, "add-to-cart")
    asked = body(440, lines=[cart.lines[0][0].id], payment="card")
    return (await commerce.checkout.order(mei, asked)).order


async def paid(commerce: Commerce, order: Order) -> Order:
    [payment] = await commerce._database.read(lambda c: payments.of_order(c, order.id))
    provider = commerce.paying.provider
    assert isinstance(provider, TestProvider)
    headers, call = provider.sign(payment.id, payment.ref or "", payment.amount, "paid")
    return await commerce.paying.receive("test", headers, call)


async def payment_states(commerce: Commerce, order: Order) -> list[str]:
    found = await commerce._database.read(lambda c: payments.of_order(c, order.id))
    return [one.state for one in found]


@pytest.mark.usefixtures("ledger_holds")
async def test_cancelled_or_paid_an_order_is_never_both(
    commerce: Commerce, goods: Goods, outbox: Outbox
) -> None:
    order = await an_unpaid_order(commerce, goods)
    done = await at_once(
        commerce.orders.cancel(person("mei"), order.id, "request-c"), paid(commerce, order)
    )
    await drain(outbox)
    now = (await commerce.orders.get(person("mei"), order.id)).now
    if now.state == "paid":
        assert isinstance(done[0], NotNow)
        assert await payment_states(commerce, order) == ["paid"]
    else:
        assert now.state == "cancelled"
        assert await payment_states(commerce, order) == ["refunded"]


@pytest.mark.usefixtures("ledger_holds")
async def test_calls_of_the_provider_at_once_pay_once(
    commerce: Commerce, goods: Goods, outbox: Outbox
) -> None:
    order = await an_unpaid_order(commerce, goods)
    done = await at_once(*(paid(commerce, order) for _ in range(6)))
    assert errors(done) == {}
    shown = await commerce.orders.get(person("mei"), order.id)
    assert [event.act for event in shown.history] == ["place", "pay"]


@pytest.mark.usefixtures("ledger_holds")
async def test_lapsed_or_paid_an_order_is_never_both(
    commerce: Commerce, goods: Goods, outbox: Outbox, clock: ManualClock
) -> None:
    order = await an_unpaid_order(commerce, goods)
    clock.advance(15 * 60_000 + CARD_GRACE_MS)
    await at_once(commerce.sweep(), paid(commerce, order), commerce.sweep())
    await drain(outbox)
    now = (await commerce.orders.get(person("mei"), order.id)).now
    states = await payment_states(commerce, order)
    assert (now.state, states) in (("paid", ["paid"]), ("lapsed", ["refunded"]))


@pytest.mark.usefixtures("ledger_holds")
async def test_an_act_of_staff_sent_twice_at_once_is_done_once(
    commerce: Commerce, goods: Goods, outbox: Outbox
) -> None:
    order = await an_unpaid_order(commerce, goods)
    await paid(commerce, order)
    done = await at_once(
        *(commerce.orders.act(OPERATOR, order.id, Act.REFUND, "request-r") for _ in range(4))
    )
    assert errors(done) == {}
    await drain(outbox)
    shown = await commerce.orders.get(person("mei"), order.id)
    assert [event.act for event in shown.history] == ["place", "pay", "refund", "refunded"]


async def test_orders_that_cross_never_deadlock(commerce: Commerce, goods: Goods) -> None:
    """Two lines each, put in the cart in opposite order."""
    carts = []
    for number in range(8):
        who = person(f"buyer{number}")
        pair = [goods.chilli, goods.oil_mild]
        for variant in pair if number % 2 else reversed(pair):
            cart = await commerce.carts.add(who, variant, 1, f"add-{variant}")
        carts.append((who, [line.id for line, _ in cart.lines]))
    done = await at_once(
        *(commerce.checkout.order(who, body(820, lines=lines)) for who, lines in carts)
    )
    assert errors(done) == {"out_of_stock": 3}
    with pytest.raises(OutOfStock):
        await commerce.carts.add(person("late"), goods.oil_mild, 1, "add-to-cart")

"""Coupons and points that several want at once: each race that somebody would win twice, were it
not for a lock. On both databases, as in `test_races`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Connection, text

from commerce_bridge.commerce import Commerce
from commerce_bridge.loyalty import points
from commerce_bridge.loyalty.coupons import store
from commerce_bridge.orders.model import CARD_GRACE_MS, Act
from core.clock import ManualClock
from core.db import Database
from core.errors import PlusOneError
from core.identity.model import Person
from core.outbox import Outbox
from tests.commerce_bridge.test_races import OPERATOR, at_once, errors, paid
from tests.commerce_bridge.world import (
    Goods,
    body,
    coupon,
    coupon_uses,
    drain,
    gets_points,
    loyalty_on,
    person,
)

pytestmark = pytest.mark.usefixtures("ledger_holds", "points_hold")

MANY = 10
MEI = person("mei")


async def carts(commerce: Commerce, variant: str) -> list[tuple[Person, str]]:
    """So many customers, each with one piece in her cart."""
    found = []
    for number in range(MANY):
        who = person(f"buyer{number}")
        cart = await commerce.carts.add(who, variant, 1, "put-in-cart")
        found.append((who, cart.lines[0][0].id))
    return found


async def all_buy(
    commerce: Commerce, found: list[tuple[Person, str]], total: int, **changes: Any
) -> list[Any]:
    return await at_once(
        *(commerce.checkout.order(who, body(total, lines=[line], **changes)) for who, line in found)
    )


async def two_lines(commerce: Commerce, goods: Goods) -> list[tuple[str, int]]:
    """Two things in one cart, to be ordered in two tabs; what each costs with delivery."""
    await commerce.carts.add(MEI, goods.chilli, 1, "put-in-chilli")
    cart = await commerce.carts.add(MEI, goods.oil_mild, 1, "put-in-oil")
    prices = {goods.chilli: 440, goods.oil_mild: 460}
    return [(line.id, prices[line.variant_id]) for line, _ in cart.lines]


async def test_of_the_last_uses_none_is_given_twice(
    commerce: Commerce, goods: Goods, database: Database
) -> None:
    await coupon(database, uses=3)
    done = await all_buy(commerce, await carts(commerce, goods.chilli), 390, coupons=["WELCOME"])
    assert errors(done) == {"coupon_refused": MANY - 3}
    assert {one.data["reason"] for one in done if isinstance(one, PlusOneError)} == {"coupon_gone"}
    assert len(await coupon_uses(database)) == 3


async def test_an_automatic_one_that_runs_out_is_told_by_the_price(
    commerce: Commerce, goods: Goods, database: Database
) -> None:
    await coupon(database, auto=True, uses=3)
    done = await all_buy(commerce, await carts(commerce, goods.chilli), 390)
    assert errors(done) == {"price_changed": MANY - 3}
    assert len(await coupon_uses(database)) == 3


async def test_two_tabs_use_a_coupon_once(
    commerce: Commerce, goods: Goods, database: Database
) -> None:
    await coupon(database)
    done = await at_once(
        *(
            commerce.checkout.order(
                MEI,
                body(cost - 50, lines=[line], coupons=["WELCOME"], request_id=f"request-{line}"),
            )
            for line, cost in await two_lines(commerce, goods)
        )
    )
    assert errors(done) == {"coupon_refused": 1}
    assert len(await coupon_uses(database)) == 1


async def test_two_tabs_use_a_point_once(
    commerce: Commerce, goods: Goods, database: Database, clock: ManualClock
) -> None:
    await loyalty_on(database)
    await gets_points(database, MEI, 100, clock.now())
    done = await at_once(
        *(
            commerce.checkout.order(
                MEI, body(cost - 100, lines=[line], points=100, request_id=f"request-{line}")
            )
            for line, cost in await two_lines(commerce, goods)
        )
    )
    assert errors(done) == {"not_enough_points": 1}
    assert len(await commerce.orders.mine(MEI)) == 1


async def test_who_gets_no_piece_leaves_her_use_to_others(
    commerce: Commerce, goods: Goods, database: Database
) -> None:
    await coupon(database, uses=5)
    done = await all_buy(commerce, await carts(commerce, goods.oil_mild), 410, coupons=["WELCOME"])
    ordered = [one for one in done if not isinstance(one, Exception)]
    refused = errors(done)
    # Five pieces and five uses: who had a use and no piece has given it back.
    assert len(ordered) == len(await coupon_uses(database)) == 5
    assert set(refused) <= {"out_of_stock", "coupon_refused"}


@pytest.mark.parametrize("by", ["lapse", "cancel"])
async def test_undone_or_paid_coupon_and_points_have_one_fate(
    commerce: Commerce,
    goods: Goods,
    database: Database,
    outbox: Outbox,
    clock: ManualClock,
    by: str,
) -> None:
    await loyalty_on(database)
    await gets_points(database, MEI, 100, clock.now())
    await coupon(database)
    cart = await commerce.carts.add(MEI, goods.chilli, 1, "put-in-cart")
    asked = body(330, lines=[cart.lines[0][0].id], coupons=["WELCOME"], points=60, payment="card")
    order = (await commerce.checkout.order(MEI, asked)).order
    if by == "lapse":
        clock.advance(15 * 60_000 + CARD_GRACE_MS)
        await at_once(commerce.sweep(), paid(commerce, order), commerce.sweep())
    else:
        await at_once(
            commerce.orders.cancel(MEI, order.id, "request-c"),
            paid(commerce, order),
            commerce.orders.act(OPERATOR, order.id, Act.CANCEL, "request-d"),
        )
    await drain(outbox)
    now = (await commerce.orders.get(MEI, order.id)).now
    have = await database.read(lambda c: points.balance(c, MEI.aliases, clock.now()))
    uses = await coupon_uses(database)
    if now.state == "paid":
        assert (uses[order.id], have.available, have.pending) == ("used", 40, 2)
    else:
        assert (uses[order.id], have.available, have.pending) == ("returned", 100, 0)


async def test_coupons_asked_for_in_another_order_never_deadlock(
    commerce: Commerce, goods: Goods, database: Database
) -> None:
    for code in ("ONE", "TWO", "SIX"):
        await coupon(database, dollars=10, code=code, stacks=True)
    found = await carts(commerce, goods.chilli)
    done = await at_once(
        *(
            commerce.checkout.order(
                who,
                body(
                    410,
                    lines=[line],
                    coupons=["ONE", "TWO", "SIX"] if number % 2 else ["SIX", "TWO", "ONE"],
                ),
            )
            for number, (who, line) in enumerate(found)
        )
    )
    assert errors(done) == {}


async def test_what_is_given_often_at_once_is_given_once(
    commerce: Commerce, database: Database
) -> None:
    made = await coupon(database, granted_only=True)

    def give(connection: Connection) -> None:
        store.grant(connection, made.id, MEI.own_id, "gift", "gift:shw_1:7", 0)

    await at_once(*(database.write(give) for _ in range(6)))
    assert [one.held.coupon.id for one in await commerce.coupons.mine(MEI)] == [made.id]


async def test_who_tries_many_codes_at_once_has_ten(commerce: Commerce, database: Database) -> None:
    await coupon(database)
    tries = [f"GUESS-{number}" for number in range(15)]
    done = await at_once(*(commerce.coupons.add_code(MEI, one) for one in tries))
    assert errors(done) == {"coupon_refused": 10, "rate_limited": 5}
    # Past the limit a right guess tells nothing either.
    assert errors(await at_once(commerce.coupons.add_code(MEI, "WELCOME"))) == {"rate_limited": 1}


class TestWithoutTheGuard:
    """On PostgreSQL, where transactions run side by side, the lock's absence shows."""

    @pytest.fixture
    async def database(self, postgres_url: str) -> AsyncIterator[Database]:
        async with Database.open(postgres_url) as database:
            yield database

    async def test_without_the_lock_more_uses_are_given_than_there_are(
        self,
        commerce: Commerce,
        goods: Goods,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        await coupon(database, uses=3)
        found = await carts(commerce, goods.chilli)
        find = store.find

        def unlocked(connection: Connection, *args: Any, lock: bool = False, **more: Any) -> Any:
            held = find(connection, *args, **more)
            if lock:
                connection.execute(text("SELECT pg_sleep(0.2)"))
            return held

        monkeypatch.setattr(store, "find", unlocked)
        await all_buy(commerce, found, 390, coupons=["WELCOME"])
        assert len(await coupon_uses(database)) > 3

"""Tiers by what was spent within the window."""

from __future__ import annotations

import itertools

from msgspec.structs import replace
from sqlalchemy import Connection, insert, update

from commerce_bridge.loyalty import points, tiers
from commerce_bridge.loyalty.model import DAY_MS
from commerce_bridge.loyalty.rules import Rules, Tier
from commerce_bridge.orders.store import shop_order
from core.clock import Instant
from core.db import Database
from tests.commerce_bridge.loyalty.purses import ANNA, BELLA, GUEST, RULES, order

SILVER = Tier("silver", "銀", 100_00, 120)
GOLD = Tier("gold", "金", 300_00, 200, free_delivery=True)
TIERED = replace(RULES, window_days=100, tiers=(SILVER, GOLD))

_numbers = itertools.count(1)


def bought(
    c: Connection,
    customer: str,
    dollars: int,
    at: Instant,
    *,
    payment: str = "paid",
    discount: int = 0,
    used: int = 0,
    fee: int = 0,
) -> str:
    """An order in the shop's books; amounts in dollars."""
    id = f"ord_{next(_numbers)}"
    c.execute(
        insert(shop_order).values(
            id=id,
            customer=customer,
            request_id=id,
            state="paid",
            method="card",
            payment=payment,
            currency="TWD",
            subtotal=dollars * 100,
            discount=discount * 100,
            points=used,
            points_value=used * 100,
            delivery_fee=fee * 100,
            total=(dollars - discount - used + fee) * 100,
            earns=0,
            contact_name="小美",
            contact_phone="+886912345678",
            fulfilment="{}",
            locale="zh-Hant",
            placed_at=at,
        )
    )
    return id


async def test_what_was_paid_for_goods_within_the_window_makes_the_tier(
    database: Database,
) -> None:
    def unit(c: Connection) -> None:
        now = 200 * DAY_MS
        bought(c, ANNA, 500, now - 100 * DAY_MS)  # just too old
        first = now - 100 * DAY_MS + 1
        bought(c, ANNA, 60, first)
        bought(c, ANNA, 500, now, payment="due")
        bought(c, ANNA, 500, now, payment="refunded")
        bought(c, ANNA, 500, now, payment="refund_due")
        bought(c, BELLA, 500, now)
        found = tiers.standing(c, TIERED, [ANNA], now)
        assert (found.tier, found.spend, found.next, found.missing) == (None, 6000, SILVER, 4000)
        assert (found.until, found.multiplier, found.free_delivery) == (None, 100, False)
        # Neither what coupons and points paid nor delivery counts.
        bought(c, ANNA, 100, now, discount=30, used=30, fee=80)
        found = tiers.standing(c, TIERED, [ANNA], now)
        assert (found.tier, found.spend, found.missing) == (SILVER, 10_000, 20_000)
        # She falls back when the first of the two leaves the window.
        assert found.until == first + 100 * DAY_MS
        assert tiers.standing(c, TIERED, [ANNA], found.until - 1).tier == SILVER
        assert tiers.standing(c, TIERED, [ANNA], found.until).tier is None

    await database.write(unit)


async def test_the_highest_tier_has_nothing_above(database: Database) -> None:
    def unit(c: Connection) -> None:
        bought(c, ANNA, 200, 0)
        bought(c, GUEST, 200, 1)
        found = tiers.standing(c, TIERED, [ANNA, GUEST], 2)
        assert (found.tier, found.next, found.missing) == (GOLD, None, None)
        assert (found.multiplier, found.free_delivery) == (200, True)

    await database.write(unit)


async def test_a_tier_for_everybody_is_never_lost(database: Database) -> None:
    def unit(c: Connection) -> None:
        rules = replace(TIERED, tiers=(Tier("all", "會員", 0, 100), SILVER))
        found = tiers.standing(c, rules, [ANNA], 0)
        assert found.tier == rules.tiers[0]
        assert found.until is None
        bought(c, ANNA, 10, 0)
        assert tiers.standing(c, rules, [ANNA], 1).until is None

    await database.write(unit)


async def test_ranks_of_many_are_those_of_each(database: Database) -> None:
    def unit(c: Connection) -> None:
        bought(c, ANNA, 150, 0)
        bought(c, GUEST, 150, 0)
        bought(c, BELLA, 150, 0)
        people = {"one": [ANNA, GUEST], "two": [BELLA], "three": ["cus_new"]}
        assert tiers.tiers_of(c, TIERED, people, 1) == {"one": 2, "two": 1, "three": 0}
        assert tiers.tiers_of(c, TIERED, {}, 1) == {}
        for rules in (replace(TIERED, on=False), replace(TIERED, tiers=())):
            assert set(tiers.tiers_of(c, rules, people, 1).values()) == {0}
            assert tiers.standing(c, rules, [ANNA], 1).tier is None

    await database.write(unit)


async def test_an_order_earns_by_the_tier_that_was_there_before_it(database: Database) -> None:
    def unit(c: Connection) -> None:
        first = bought(c, ANNA, 300, 0)
        assert points.earn(c, order(first, ANNA, 300), TIERED, 1) == 300
        second = bought(c, ANNA, 10, 2)
        assert points.earn(c, order(second, ANNA, 10), TIERED, 3) == 20
        c.execute(update(shop_order).where(shop_order.c.id == first).values(payment="refunded"))
        third = bought(c, ANNA, 10, 4)
        assert points.earn(c, order(third, ANNA, 10), TIERED, 5) == 10

    await database.write(unit)


def test_tiers_are_found_by_rank_key_and_spend() -> None:
    assert [TIERED.rank_at(spend) for spend in (0, 99_99, 100_00, 299_99, 300_00)] == [
        0, 0, 1, 1, 2,
    ]  # fmt: skip
    assert [TIERED.tier(rank) for rank in (0, 1, 2, 3)] == [None, SILVER, GOLD, None]
    assert [TIERED.rank_of(key) for key in ("silver", "gold", "lead")] == [1, 2, None]
    assert Rules().rank_at(10**9) == 0

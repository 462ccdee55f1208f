"""A shop with tiers and coupons, for shows that go by them: rules in force, and what was spent."""

from __future__ import annotations

import itertools

from sqlalchemy import Connection, insert, update

from commerce_bridge.loyalty import rules
from commerce_bridge.loyalty.coupons import store as coupons
from commerce_bridge.loyalty.coupons.rules import Coupon
from commerce_bridge.loyalty.rules import Rules, Tier
from commerce_bridge.orders.store import shop_order
from core.clock import Instant
from core.db import Database
from core.ids import new_id

RULES = Rules(on=True, tiers=(Tier("silver", "銀卡", 100_000), Tier("gold", "金卡", 300_000)))

_numbers = itertools.count(1)


async def open_club(database: Database, now: Instant) -> None:
    await database.write(lambda c: rules.put(c, 0, RULES, "stf_1", now))


def spend(connection: Connection, customer: str, minor: int, now: Instant) -> str:
    """A paid order of hers for goods of so much; returns its id."""
    order = new_id("ord")
    connection.execute(
        insert(shop_order).values(
            id=order,
            customer=customer,
            request_id=f"request-{next(_numbers)}",
            state="paid",
            method="transfer",
            payment="paid",
            currency="TWD",
            subtotal=minor,
            delivery_fee=0,
            total=minor,
            contact_name="小美",
            contact_phone="+886912345678",
            fulfilment='{"kind": "home", "city": "台北市", "address": "松仁路 1 號"}',
            locale="zh-Hant",
            placed_at=now,
        )
    )
    return order


def refund(connection: Connection, order: str) -> None:
    done = update(shop_order).where(shop_order.c.id == order)
    connection.execute(done.values(state="refunded", payment="refunded"))


async def a_coupon(database: Database, now: Instant, **of: object) -> str:
    """A coupon of NT$50 that can be given away; returns its id."""
    values = {"title": "折五十", "kind": "fixed", "amount": 5_000, "granted_only": True}
    coupon = Coupon(id=new_id("cpn"), active=True, **(values | of))  # type: ignore[arg-type]
    assert await database.write(lambda c: coupons.add(c, coupon, by="stf_1", now=now))
    return coupon.id

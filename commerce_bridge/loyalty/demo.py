"""The demo shop's loyalty: points, three tiers, a coupon with a code, and one to give away."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from commerce_bridge.loyalty import rules
from commerce_bridge.loyalty.coupons import store as coupons
from commerce_bridge.loyalty.coupons.rules import Coupon
from commerce_bridge.loyalty.rules import Rules, RulesChanged, Tier
from core.clock import Clock
from core.db import Database
from core.ids import new_id
from core.money import exponent

BY: Final = "demo"
"""Who is on record as having decided it."""
CODE: Final = "OPEN50"
TIERS: Final = (
    ("silver", "銀卡", 1_000, 100, False),
    ("gold", "金卡", 5_000, 120, True),
    ("black", "黑卡", 15_000, 150, True),
)
"""Key, name, what has to be spent (major units), multiplier, and whether delivery is free."""


async def furnish(database: Database, clock: Clock, currency: str) -> bool:
    """Put the demo's rules and coupons into a shop that has none; returns whether it did."""
    unit = 10 ** exponent(currency)
    tiers = tuple(
        Tier(key, name, spend * unit, multiplier, free)
        for key, name, spend, multiplier, free in TIERS
    )
    now = clock.now()

    def write(connection: Connection) -> bool:
        if rules.current(connection)[0]:
            return False
        usual = rules.usual(currency)
        on = Rules(on=True, earn=usual.earn, point_value=usual.point_value, tiers=tiers)
        rules.put(connection, 0, on, BY, now)
        for coupon in _coupons(unit):
            coupons.add(connection, coupon, by=BY, now=now)
        return True

    try:
        return await database.write(write)
    except RulesChanged:  # another process was quicker
        return False


def _coupons(unit: int) -> tuple[Coupon, Coupon]:
    return (
        Coupon(
            id=new_id("cpn"),
            code=CODE,
            title="開罐見面禮，滿 500 折 50",
            kind="fixed",
            amount=50 * unit,
            minimum=500 * unit,
        ),
        Coupon(
            id=new_id("cpn"),
            title="直播限定 9 折券",
            kind="percent",
            amount=10,
            most=100 * unit,
            granted_only=True,
        ),
    )

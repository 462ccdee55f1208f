"""Tiers: who spent how much in the window, and what that makes her.

What was spent is read from the orders themselves: what was paid for goods, after coupons and
points, by orders that were placed within the window and are paid and not given back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec
from sqlalchemy import Connection, func, select

from commerce_bridge.loyalty.model import DAY_MS
from commerce_bridge.loyalty.rules import Rules, Tier
from commerce_bridge.orders.store import shop_order
from commerce_bridge.sql import among
from core.clock import Instant

_order = shop_order.c
_PAID = _order.total - _order.delivery_fee


class Standing(msgspec.Struct, frozen=True):
    """Where somebody stands. Amounts in minor units."""

    tier: Tier | None
    spend: int
    next: Tier | None
    """The tier above; None for who has the highest, or where there are none."""
    missing: int | None
    """What she has yet to spend for it."""
    until: Instant | None
    """When she loses the tier if she buys nothing; None for who has none, or never loses it."""

    @property
    def multiplier(self) -> int:
        return 100 if self.tier is None else self.tier.multiplier

    @property
    def free_delivery(self) -> bool:
        return self.tier is not None and self.tier.free_delivery


def standing(
    connection: Connection,
    rules: Rules,
    ids: Collection[str],
    now: Instant,
    *,
    but: str | None = None,
) -> Standing:
    """Where a person stands by all ids that count as hers; the order `but` is left out.

    As long as the rules are off nobody has a tier.
    """
    if not rules.on or not rules.tiers:
        return Standing(None, 0, None, None, None)
    window = rules.window_days * DAY_MS
    query = select(_order.placed_at, _PAID.label("paid")).where(
        among(connection, _order.customer, ids),
        _order.payment == "paid",
        _order.placed_at > now - window,
    )
    if but is not None:
        query = query.where(_order.id != but)
    bought = connection.execute(query.order_by(_order.placed_at)).all()
    spend = sum(row.paid for row in bought)
    rank = rules.rank_at(spend)
    tier, above = rules.tier(rank), rules.tier(rank + 1)
    until = None
    if tier is not None:
        left = spend
        for row in bought:
            left -= row.paid
            if left < tier.threshold:
                until = row.placed_at + window
                break
    missing = None if above is None else above.threshold - spend
    return Standing(tier, spend, above, missing, until)


def tiers_of(
    connection: Connection, rules: Rules, people: Mapping[str, Collection[str]], now: Instant
) -> dict[str, int]:
    """The rank of each of `people` by all ids that count as theirs: 0 none, 1 the lowest tier."""
    if not rules.on or not rules.tiers or not people:
        return dict.fromkeys(people, 0)
    spent = {
        row.customer: int(row.paid)
        for row in connection.execute(
            select(_order.customer, func.sum(_PAID).label("paid"))
            .where(
                among(connection, _order.customer, {one for ids in people.values() for one in ids}),
                _order.payment == "paid",
                _order.placed_at > now - rules.window_days * DAY_MS,
            )
            .group_by(_order.customer)
        )
    }
    return {
        person: rules.rank_at(sum(spent.get(one, 0) for one in ids))
        for person, ids in people.items()
    }

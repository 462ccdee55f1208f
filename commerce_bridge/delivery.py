"""How orders reach people, and what that costs: pure rules, set by the operator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from core.money import from_major
from core.settings import Settings

Kind = Literal["home", "store", "pickup"]


class DeliveryRule(msgspec.Struct, frozen=True):
    """Amounts in minor units of the shop's currency."""

    kind: Kind
    fee: int
    free_from: int | None
    """Subtotal from which it costs nothing; None where it never or always does."""


def rules(settings: Settings) -> tuple[DeliveryRule, ...]:
    """What the shop offers. Raises BadRequest where a fee is no amount of its currency."""
    fees = {"home": settings.home_fee, "store": settings.store_fee, "pickup": 0}
    free = from_major(str(settings.free_delivery_from), settings.currency).minor or None
    offered = []
    for kind in settings.delivery:
        fee = from_major(str(fees[kind]), settings.currency).minor
        offered.append(DeliveryRule(kind, fee, free if fee else None))
    return tuple(offered)


def fee(rule: DeliveryRule, subtotal: int) -> int:
    return 0 if rule.free_from is not None and subtotal >= rule.free_from else rule.fee


def free_from(offered: Sequence[DeliveryRule]) -> int | None:
    """The subtotal from which every delivery is free; None where some never is."""
    costing = [rule.free_from for rule in offered if rule.fee]
    if not costing or None in costing:
        return None
    return max(amount for amount in costing if amount is not None)

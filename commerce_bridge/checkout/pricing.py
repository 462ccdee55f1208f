"""What an order costs: prices as shown, then coupons, then points, then delivery (docs/adr/0033).

A quote and an order are priced by the same function. An order locks the coupons that it may use
first, and counts their uses then: what it is priced with is its own until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from commerce_bridge.checkout.model import PriceChanged
from commerce_bridge.delivery import DeliveryRule, fee
from commerce_bridge.loyalty import points, tiers
from commerce_bridge.loyalty.coupons import store
from commerce_bridge.loyalty.coupons.rules import (
    Buyer,
    Coupon,
    CouponRefused,
    Discount,
    Goods,
    Held,
    Refusal,
    automatic,
    choose,
    code_of,
    fits,
    most_points,
)
from commerce_bridge.loyalty.coupons.service import buyer_at, id_of
from commerce_bridge.loyalty.points import Bought, NotEnoughPoints
from commerce_bridge.loyalty.rules import Rules, rules
from commerce_bridge.orders.model import Line
from core.clock import Instant
from core.identity.model import Person
from core.money import step


class Asked(msgspec.Struct, frozen=True):
    """What a customer wants taken off: coupons by their codes (or ids), and points."""

    coupons: Sequence[str] = ()
    points: int = 0


class Points(msgspec.Struct, frozen=True):
    used: int
    value: int
    """What they take off."""
    most: int
    """As many as she could use for these goods."""
    available: int


class Quote(msgspec.Struct, frozen=True):
    """What an order costs, and why. Amounts in minor units."""

    subtotal: int
    discounts: tuple[Discount, ...]
    points: Points
    delivery_fee: int
    earns: int
    """Points that will come of it."""
    refused: tuple[Refusal, ...]
    """Of the coupons that were asked for, those that take nothing off."""
    offers: tuple[Coupon, ...]
    """In her wallet, and usable for these goods: what she may ask for."""

    @property
    def goods_paid(self) -> int:
        off = sum(one.amount for one in self.discounts) + self.points.value
        return self.subtotal - off

    @property
    def total(self) -> int:
        return self.goods_paid + self.delivery_fee


def quote(
    connection: Connection,
    customer: Person,
    lines: Sequence[Line],
    asked: Asked,
    rule: DeliveryRule | None,
    currency: str,
    now: Instant,
    *,
    lock: bool = False,
) -> Quote:
    """What `lines` cost her now; `rule` is None where she has not said how she wants them.

    What she asks for and cannot have is in `refused`; of points as many are used as may be. With
    `lock` nobody else uses these coupons until the transaction ends.
    """
    ids = customer.aliases
    in_force = rules(connection)
    stands = tiers.standing(connection, in_force, ids, now)
    buyer = buyer_at(stands, in_force)

    goods: dict[str | None, int] = {}
    for line in lines:
        goods[line.show] = goods.get(line.show, 0) + line.amount
    subtotal = sum(goods.values())

    held = _look_up(connection, customer, asked.coupons, goods, buyer, now, lock=lock)
    typed, refused = _typed(held, asked.coupons, goods, buyer, now)
    hers = {one.coupon.id for one in typed.values()}
    by_itself = [one for one in automatic(held, goods, buyer, now) if one.id not in hers]
    candidates = [*(one.coupon for one in typed.values()), *by_itself]
    chosen = choose(candidates, hers, goods, step(currency))
    used = {one.coupon for one in chosen.discounts}
    refused += [
        Refusal(entry, "does_not_stack", {})
        for entry, one in typed.items()
        if one.coupon.id not in used
    ]

    left = subtotal - chosen.off
    paying = _points(connection, in_force, customer, asked.points, left, now)
    found = Quote(
        subtotal=subtotal,
        discounts=chosen.discounts,
        points=paying,
        delivery_fee=0 if rule is None or stands.free_delivery else fee(rule, subtotal),
        earns=0,
        refused=tuple(sorted(refused, key=lambda one: _place(asked.coupons, one.code))),
        offers=tuple(
            one.coupon
            for one in held
            if one.granted
            and not one.coupon.auto
            and one.coupon.id not in hers
            and fits(one, goods, buyer, now) is None
        ),
    )
    bought = [Bought(line.variant_id, line.amount, line.via, line.show) for line in lines]
    earns = points.would_earn(connection, in_force, ids, bought, found.goods_paid, now)
    return msgspec.structs.replace(found, earns=earns)


def check(priced: Quote, asked: Asked, expected: int) -> None:
    """Refuse an order that is not as she was shown, or not as she wants it.

    Raises CouponRefused, NotEnoughPoints, and PriceChanged where the total is not `expected`.
    """
    for one in priced.refused:
        raise CouponRefused(one)
    if asked.points > priced.points.available:
        raise NotEnoughPoints("There are not as many points.", available=priced.points.available)
    if priced.total != expected:
        raise PriceChanged("The order costs something else.", total=priced.total)


def _look_up(
    connection: Connection,
    customer: Person,
    entries: Sequence[str],
    goods: Goods,
    buyer: Buyer,
    now: Instant,
    *,
    lock: bool,
) -> list[Held]:
    """All coupons that this may be about, as she holds them; with `lock` only what it may use."""
    codes = {code for entry in entries if (code := code_of(entry)) is not None}
    named = {id for entry in entries if (id := id_of(entry)) is not None}
    held = store.find(
        connection, customer.aliases, codes=codes, ids=named, automatic=True, wallet=not lock
    )
    if not lock or not held:
        return held
    # What somebody else gives back in this moment is not waited for, and counts next time.
    wanted = [
        one.coupon.id
        for one in held
        if one.coupon.id in named
        or one.coupon.code in codes
        or fits(one, goods, buyer, now) is None
    ]
    return store.find(connection, customer.aliases, ids=wanted, lock=True)


def _typed(
    held: Sequence[Held], entries: Sequence[str], goods: Goods, buyer: Buyer, now: Instant
) -> tuple[dict[str, Held], list[Refusal]]:
    """The coupons that she asked for, by what she calls them, and those that she may not use."""
    by_code = {one.coupon.code: one for one in held if one.coupon.code is not None}
    # A name is no secret, so by it only what is in her wallet is hers to ask for.
    by_id = {one.coupon.id: one for one in held if one.granted}
    usable: dict[str, Held] = {}
    refused: list[Refusal] = []
    seen: set[str] = set()
    for entry in entries:
        code = code_of(entry)
        name = code or entry
        one = by_code.get(code) if code is not None else by_id.get(id_of(entry) or "")
        if one is None:
            refused.append(Refusal(name, "unknown_coupon", {}))
            continue
        if one.coupon.id in seen:
            continue
        seen.add(one.coupon.id)
        why = fits(one, goods, buyer, now)
        if why is None:
            usable[name] = one
        else:
            refused.append(Refusal(name, *why))
    return usable, refused


def _points(
    connection: Connection,
    in_force: Rules,
    customer: Person,
    asked: int,
    left: int,
    now: Instant,
) -> Points:
    if not in_force.on:
        return Points(0, 0, 0, 0)
    available = max(points.balance(connection, customer.aliases, now).available, 0)
    redeem = in_force.redeem
    most = most_points(
        left,
        available=available,
        value=in_force.point_value,
        most_percent=redeem.most_percent,
        least=redeem.least,
    )
    used = min(asked, most)
    if used < redeem.least:
        used = 0
    return Points(used, used * in_force.point_value, most, available)


def _place(entries: Sequence[str], name: str) -> int:
    return next(
        (at for at, entry in enumerate(entries) if (code_of(entry) or entry) == name), len(entries)
    )

"""Who may use a coupon, which ones count together, and what an order then costs: pure.

docs/adr/0033 has the stacking rule in words. Amounts are in minor units of the shop's currency.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Literal

import msgspec

from commerce_bridge.loyalty.rules import Tier
from core.clock import Instant
from core.errors import Conflict

MOST_TOGETHER = 5
"""Coupons on one order."""
MOST_AUTO = 6
"""Automatic coupons that are looked at for one order: all that they could come to is compared."""
CODE_LENGTH = (3, 24)

Kind = Literal["fixed", "percent"]
Reason = Literal[
    "unknown_coupon",
    "coupon_over",
    "coupon_not_yet",
    "coupon_used",
    "coupon_gone",
    "minimum",
    "not_for_you",
    "members_only",
    "not_in_show",
    "does_not_stack",
]
Goods = Mapping[str | None, int]
"""What is bought, at the prices shown: by show; under None what comes from the shop itself."""


class Coupon(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon as the shop made it. Nobody uses it, and it does nothing, unless it is `active`."""

    id: str
    code: str | None = None
    """What customers type; None where it comes by itself or is given."""
    title: str
    kind: Kind
    amount: int
    """Minor units, or of a `percent` 1 to 100."""
    most: int | None = None
    """What a `percent` takes off at most."""
    minimum: int = 0
    """What the goods that it is for have to cost, at the prices shown."""
    auto: bool = False
    """Used without being asked for, where it makes an order cost less."""
    granted_only: bool = False
    """For those alone to whom it was given."""
    per_customer: int = 1
    uses: int | None = None
    """By all together; None where it does not run out."""
    show: str | None = None
    """Only for what was claimed in this show."""
    tier: str | None = None
    """Only from this tier upwards."""
    stacks: bool = False
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    active: bool = True


class Held(msgspec.Struct, frozen=True):
    """A coupon, with what one customer and all together have done with it."""

    coupon: Coupon
    granted: bool
    """It was given to her, or she has put its code in her wallet."""
    mine: int
    """Her uses, those of orders still to be paid included."""
    all: int


class Buyer(msgspec.Struct, frozen=True):
    """Who buys, as far as tiers go: the rank of hers (0 for none) among those of the shop."""

    rank: int = 0
    tiers: tuple[Tier, ...] = ()

    def has(self, key: str) -> bool:
        """Whether her tier is that of `key` or above; nobody's is where there is no such tier."""
        return any(tier.key == key for tier in self.tiers[: self.rank])

    def called(self, key: str) -> str:
        return next((tier.name for tier in self.tiers if tier.key == key), key)


class Refusal(msgspec.Struct, frozen=True):
    """Why a coupon is not used, for machines; `data` says more where there is more to say."""

    code: str
    """As it was asked for."""
    reason: Reason
    data: dict[str, Any]


class Discount(msgspec.Struct, frozen=True):
    """What one coupon takes off an order; title and code as they were then."""

    coupon: str
    code: str | None
    title: str
    amount: int


class Chosen(msgspec.Struct, frozen=True):
    discounts: tuple[Discount, ...]
    left: dict[str | None, int]
    """What of the goods is still to be paid."""

    @property
    def off(self) -> int:
        return sum(one.amount for one in self.discounts)


class CouponRefused(Conflict):
    """A coupon that was asked for cannot be used: `data.code`, `data.reason` and what it says."""

    code = "coupon_refused"

    def __init__(self, why: Refusal) -> None:
        super().__init__("This coupon cannot be used.", **why.data, reason=why.reason)
        self.data["code"] = why.code


def code_of(typed: str) -> str | None:
    """The code that a person typed, in its one form; None where it can be none.

    Full-width letters, lower case and spaces in between are what phones make of codes.
    """
    plain = "".join(unicodedata.normalize("NFKC", typed[:200]).split()).upper()
    least, most = CODE_LENGTH
    if not least <= len(plain) <= most or set(plain) - _LETTERS:
        return None
    return plain


_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")


def counted(coupon: Coupon, goods: Goods) -> int:
    """What the goods that `coupon` is for come to."""
    if coupon.show is None:
        return sum(goods.values())
    return goods.get(coupon.show, 0)


def standing(held: Held, buyer: Buyer, now: Instant) -> tuple[Reason, dict[str, Any]] | None:
    """Why she cannot use a coupon now, whatever she buys; None where she can."""
    coupon = held.coupon
    if not coupon.active or (coupon.ends_at is not None and coupon.ends_at <= now):
        return "coupon_over", {}
    if coupon.starts_at is not None and now < coupon.starts_at:
        return "coupon_not_yet", {"starts_at": coupon.starts_at}
    if coupon.granted_only and not held.granted:
        return "not_for_you", {}
    if coupon.tier is not None and not buyer.has(coupon.tier):
        return "members_only", {"tier": {"key": coupon.tier, "name": buyer.called(coupon.tier)}}
    if held.mine >= coupon.per_customer:
        return "coupon_used", {}
    if coupon.uses is not None and held.all >= coupon.uses:
        return "coupon_gone", {}
    return None


def fits(
    held: Held, goods: Goods, buyer: Buyer, now: Instant
) -> tuple[Reason, dict[str, Any]] | None:
    """Why a coupon cannot be used for these goods; None where it can."""
    why = standing(held, buyer, now)
    if why is not None:
        return why
    coupon = held.coupon
    if coupon.show is not None and not goods.get(coupon.show):
        return "not_in_show", {"show": coupon.show}
    if counted(coupon, goods) < coupon.minimum:
        return "minimum", {"minimum": coupon.minimum}
    return None


def take_off(coupons: Iterable[Coupon], goods: Goods, step: int) -> Chosen:
    """What these coupons take off together, in whole `step`s, each of what the ones before left.

    Percentages first, then amounts; among them first what is for one show alone, which could not
    take elsewhere what is gone there; then the larger one.
    """
    left = dict(sorted(goods.items(), key=lambda group: group[0] or ""))
    discounts = []
    for coupon in sorted(coupons, key=_turn):
        amount = _take(coupon, left, step)
        discounts.append(Discount(coupon.id, coupon.code, coupon.title, amount))
    return Chosen(tuple(discounts), left)


def choose(
    candidates: Collection[Coupon], typed: Collection[str], goods: Goods, step: int
) -> Chosen:
    """Those of `candidates` that make her pay least: at most one that does not stack, 5 in all.

    `typed` are the ids of those that she asked for. Where several choices cost the same: fewer
    coupons, then more of her own, then by their ids; so the same input has the same outcome, in
    whatever order it comes.
    """
    useful = [one for one in candidates if take_off([one], goods, step).off]
    best = take_off([], goods, step)
    mark: tuple[int, int, int, list[str]] = (0, 0, 0, [])
    for some in _together(sorted(useful, key=lambda one: one.id)):
        tried = take_off(some, goods, step)
        ids = sorted(one.id for one in some)
        this = (-tried.off, len(ids), -sum(one in typed for one in ids), ids)
        if this < mark:
            best, mark = tried, this
    return best


def automatic(held: Iterable[Held], goods: Goods, buyer: Buyer, now: Instant) -> list[Coupon]:
    """The automatic ones that she may use, at most `MOST_AUTO`, by their ids."""
    fitting = [
        one.coupon
        for one in sorted(held, key=lambda one: one.coupon.id)
        if one.coupon.auto and fits(one, goods, buyer, now) is None
    ]
    return fitting[:MOST_AUTO]


def most_points(
    goods_left: int, *, available: int, value: int, most_percent: int, least: int
) -> int:
    """How many points she may use on goods that cost `goods_left` after coupons; 0 for none."""
    most = min(goods_left * most_percent // 100 // value, max(available, 0))
    return most if most >= least else 0


def _together(candidates: Sequence[Coupon]) -> Iterable[tuple[Coupon, ...]]:
    """Every choice of coupons that may be used together."""
    stacking = [one for one in candidates if one.stacks]
    alone: list[tuple[Coupon, ...]] = [(one,) for one in candidates if not one.stacks]
    for single in ((), *alone):
        for count in range(MOST_TOGETHER - len(single) + 1):
            for others in combinations(stacking, count):
                yield (*single, *others)


def _turn(coupon: Coupon) -> tuple[bool, bool, int, str]:
    return coupon.kind == "fixed", coupon.show is None, -coupon.amount, coupon.id


def _take(coupon: Coupon, left: dict[str | None, int], step: int) -> int:
    """Take a coupon's amount off what is left of the goods it is for; returns how much it was."""
    shows = [show for show in left if coupon.show is None or show == coupon.show]
    there = sum(left[show] for show in shows)
    if coupon.kind == "fixed":
        off = min(coupon.amount, there)
    else:
        off = there * coupon.amount // 100
        if coupon.most is not None:
            off = min(off, coupon.most)
    off -= off % step
    taken = reached = before = 0
    for show in shows:
        # Each show bears its part, in whole steps: rounded as a running sum, so that none is lost.
        reached += left[show]
        upto = off * reached // there if there else 0
        part = min(upto - upto % step - before, left[show])
        left[show] -= part
        before += part
        taken += part
    return taken

"""Which coupons count together and what they take off, by examples and for any coupons at all."""

from __future__ import annotations

from itertools import chain, combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_bridge.loyalty.coupons.rules import (
    MOST_AUTO,
    MOST_TOGETHER,
    Buyer,
    Coupon,
    Held,
    automatic,
    choose,
    code_of,
    fits,
    most_points,
    take_off,
)
from commerce_bridge.loyalty.rules import Tier

NT = 100
"""A dollar in minor units, and the step of prices."""
NOW = 1_000_000
SILVER, GOLD = Tier("silver", "銀卡", 0), Tier("gold", "金卡", 1)
TIERS = (SILVER, GOLD)


def fixed(id: str, dollars: int, **more: Any) -> Coupon:
    return Coupon(id=id, title=id, kind="fixed", amount=dollars * NT, **more)


def percent(id: str, amount: int, **more: Any) -> Coupon:
    return Coupon(id=id, title=id, kind="percent", amount=amount, **more)


def held(coupon: Coupon, *, granted: bool = False, mine: int = 0, all: int = 0) -> Held:
    return Held(coupon, granted, mine, all)


def off(dollars: int, *coupons: Coupon, typed: tuple[str, ...] = ()) -> dict[str, int]:
    """What each of the chosen takes off goods of the shop, in dollars."""
    chosen = choose(coupons, typed, {None: dollars * NT}, NT)
    return {one.coupon: one.amount // NT for one in chosen.discounts}


# Examples, as docs/adr/0033 has them


def test_a_percentage_comes_before_an_amount() -> None:
    ten, hundred = percent("ten", 10, stacks=True), fixed("hundred", 100, stacks=True)
    assert off(1000, hundred, ten) == {"ten": 100, "hundred": 100}


def test_percentages_take_of_what_is_left() -> None:
    assert off(1000, percent("a", 20, stacks=True), percent("b", 10, stacks=True)) == {
        "a": 200,
        "b": 80,
    }


def test_of_those_that_do_not_stack_the_one_that_takes_most_counts() -> None:
    assert off(1000, fixed("fixed", 150), percent("percent", 20)) == {"percent": 200}
    assert off(500, fixed("fixed", 150), percent("percent", 20)) == {"fixed": 150}


def test_beside_one_that_does_not_stack_those_count_that_do() -> None:
    chosen = off(1000, percent("alone", 20), fixed("also", 50, stacks=True), fixed("not", 30))
    assert chosen == {"alone": 200, "also": 50}


def test_a_percentage_takes_no_more_than_its_most_and_whole_dollars() -> None:
    assert off(1000, percent("half", 50, most=120 * NT)) == {"half": 120}
    assert off(999, percent("fifteen", 15)) == {"fifteen": 149}


def test_an_amount_takes_no_more_than_the_goods_cost() -> None:
    assert off(80, fixed("hundred", 100)) == {"hundred": 80}


def test_a_coupon_of_a_show_takes_off_what_was_claimed_there() -> None:
    goods = {None: 500 * NT, "shw_1": 300 * NT}
    chosen = choose([percent("show", 10, show="shw_1")], (), goods, NT)
    assert (chosen.off, chosen.left) == (30 * NT, {None: 500 * NT, "shw_1": 270 * NT})


def test_a_coupon_of_a_show_comes_first_so_that_nothing_of_it_is_wasted() -> None:
    goods = {None: 100 * NT, "shw_1": 100 * NT}
    both = [fixed("all", 150, stacks=True), fixed("show", 100, show="shw_1", stacks=True)]
    assert choose(both, (), goods, NT).off == 200 * NT


def test_of_equal_choices_it_is_hers_and_never_more_than_are_of_use() -> None:
    assert off(1000, fixed("a", 100), fixed("b", 100), typed=("b",)) == {"b": 100}
    assert off(1000, fixed("a", 100), fixed("b", 100)) == {"a": 100}
    assert off(100, fixed("a", 100, stacks=True), fixed("b", 50, stacks=True)) == {"a": 100}


@pytest.mark.parametrize(
    ("coupon", "more", "reason"),
    [
        (fixed("c", 1, active=False), {}, "coupon_over"),
        (fixed("c", 1, ends_at=NOW), {}, "coupon_over"),
        (fixed("c", 1, starts_at=NOW + 1), {}, "coupon_not_yet"),
        (fixed("c", 1, granted_only=True), {}, "not_for_you"),
        (fixed("c", 1, tier="gold"), {}, "members_only"),
        (fixed("c", 1, tier="none-such"), {}, "members_only"),
        (fixed("c", 1, per_customer=2), {"mine": 2}, "coupon_used"),
        (fixed("c", 1, uses=3), {"all": 3}, "coupon_gone"),
        (fixed("c", 1, show="shw_2"), {}, "not_in_show"),
        (fixed("c", 1, minimum=301 * NT), {}, "minimum"),
        (fixed("c", 1, minimum=101 * NT, show="shw_1"), {}, "minimum"),
        (fixed("c", 1, ends_at=NOW + 1, starts_at=NOW), {}, None),
        (fixed("c", 1, granted_only=True), {"granted": True}, None),
        (fixed("c", 1, tier="silver"), {}, None),
        (fixed("c", 1, per_customer=2), {"mine": 1}, None),
        (fixed("c", 1, uses=3), {"all": 2}, None),
        (fixed("c", 1, minimum=300 * NT), {}, None),
        (fixed("c", 1, minimum=100 * NT, show="shw_1"), {}, None),
    ],
)
def test_who_may_not_use_a_coupon_is_told_why(
    coupon: Coupon, more: dict[str, Any], reason: str | None
) -> None:
    goods = {None: 200 * NT, "shw_1": 100 * NT}
    why = fits(held(coupon, **more), goods, Buyer(1, TIERS), NOW)
    assert (None if why is None else why[0]) == reason


def test_the_tier_that_is_missing_is_named() -> None:
    why = fits(held(fixed("c", 1, tier="gold")), {None: NT}, Buyer(1, TIERS), NOW)
    assert why == ("members_only", {"tier": {"key": "gold", "name": "金卡"}})


def test_no_more_automatic_ones_are_looked_at_than_can_be_compared() -> None:
    many = [held(fixed(f"{n}", 1, auto=True, stacks=True)) for n in range(9)]
    found = automatic([*reversed(many), held(fixed("by code", 9))], {None: NT}, Buyer(), NOW)
    assert [one.id for one in found] == [f"{n}" for n in range(MOST_AUTO)]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("welcome", "WELCOME"),
        (" wel come\u3000", "WELCOME"),
        ("ＷＥＬＣＯＭＥ－１０", "WELCOME-10"),
        ("a1-", "A1-"),
        ("ab", None),
        ("x" * 25, None),
        ("x" * 24, "X" * 24),
        ("歡迎光臨", None),
        ("a_b_c", None),
        ("", None),
        ("x" * 100_000, None),
    ],
)
def test_a_code_is_read_as_phones_write_it(typed: str, code: str | None) -> None:
    assert code_of(typed) == code


def test_points_pay_as_much_as_the_rules_let_them() -> None:
    def most(left: int, available: int, most_percent: int = 100, least: int = 1) -> int:
        return most_points(
            left * NT, available=available, value=NT, most_percent=most_percent, least=least
        )

    assert most(500, 80) == 80
    assert most(50, 80) == 50
    assert most(500, 80, most_percent=10) == 50
    assert most(500, 80, least=100) == 0
    assert most(500, -20) == 0
    assert most_points(250, available=9, value=100, most_percent=100, least=1) == 2


# Whatever the coupons

SHOWS = (None, "shw_1", "shw_2")
STEPS = st.sampled_from((1, 100))
SHOW = st.sampled_from((None, None, "shw_1", "shw_2"))


@st.composite
def tills(draw: st.DrawFn) -> tuple[list[Coupon], dict[str | None, int], int]:
    """Coupons, goods and the step of prices; goods cost whole steps, as all prices do."""
    step = draw(STEPS)
    goods = draw(
        st.dictionaries(st.sampled_from(SHOWS), st.integers(0, 3_000).map(step.__mul__), min_size=1)
    )
    coupons = []
    for number in range(draw(st.integers(0, 7))):
        more: dict[str, Any] = {"show": draw(SHOW), "stacks": draw(st.booleans())}
        if draw(st.booleans()):
            most = draw(st.none() | st.integers(1, 500).map(step.__mul__))
            coupons.append(percent(f"{number}", draw(st.integers(1, 100)), most=most, **more))
        else:
            amount = draw(st.integers(1, 2_000)) * step
            coupons.append(Coupon(id=f"{number}", title="", kind="fixed", amount=amount, **more))
    return coupons, goods, step


@given(tills())
def test_nothing_is_lost_and_nothing_below_zero(
    till: tuple[list[Coupon], dict[str | None, int], int],
) -> None:
    coupons, goods, step = till
    for done in (take_off(coupons, goods, step), choose(coupons, (), goods, step)):
        assert sum(goods.values()) - done.off == sum(done.left.values())
        assert all(0 <= left <= goods[show] for show, left in done.left.items())
        assert all(one.amount >= 0 and one.amount % step == 0 for one in done.discounts)
        for one in done.discounts:
            of = next(coupon for coupon in coupons if coupon.id == one.coupon)
            limit = of.amount if of.kind == "fixed" else of.most
            assert limit is None or one.amount <= limit
            if of.show is not None:
                assert one.amount <= goods.get(of.show, 0)


@given(tills(), st.randoms())
def test_the_same_coupons_come_to_the_same_in_any_order(
    till: tuple[list[Coupon], dict[str | None, int], int], random: Any
) -> None:
    coupons, goods, step = till
    typed = [one.id for one in coupons[:2]]
    first = choose(coupons, typed, goods, step)
    random.shuffle(coupons)
    assert choose(coupons, typed[::-1], goods, step) == first


@given(tills())
def test_no_other_choice_that_is_allowed_costs_less(
    till: tuple[list[Coupon], dict[str | None, int], int],
) -> None:
    coupons, goods, step = till
    chosen = choose(coupons, (), goods, step)
    ids = {one.coupon for one in chosen.discounts}
    assert len(ids) == len(chosen.discounts) <= MOST_TOGETHER
    assert sum(not one.stacks for one in coupons if one.id in ids) <= 1
    every = chain.from_iterable(combinations(coupons, n) for n in range(MOST_TOGETHER + 1))
    allowed = (some for some in every if sum(not one.stacks for one in some) <= 1)
    assert chosen.off == max(take_off(some, goods, step).off for some in allowed)
    # And none is used up for nothing.
    for one in coupons:
        if one.id in ids:
            rest = [other for other in coupons if other.id in ids and other is not one]
            assert take_off(rest, goods, step).off < chosen.off


@given(tills(), st.integers(0, 6))
def test_one_coupon_more_never_makes_her_pay_more(
    till: tuple[list[Coupon], dict[str | None, int], int], without: int
) -> None:
    coupons, goods, step = till
    fewer = [one for one in coupons if one.id != f"{without}"]
    assert choose(fewer, (), goods, step).off <= choose(coupons, (), goods, step).off


@given(
    left=st.integers(0, 10**7),
    available=st.integers(-100, 10**5),
    value=st.integers(1, 1_000),
    most_percent=st.integers(1, 100),
    least=st.integers(1, 1_000),
)
def test_points_never_pay_more_than_their_part(
    left: int, available: int, value: int, most_percent: int, least: int
) -> None:
    most = most_points(
        left, available=available, value=value, most_percent=most_percent, least=least
    )
    assert most == 0 or least <= most <= available
    assert most * value * 100 <= left * most_percent

"""What happens to points when orders are paid and undone, and when time passes."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, insert, select

from commerce_bridge.loyalty import ledger, points
from commerce_bridge.loyalty.coupons.rules import Discount
from commerce_bridge.loyalty.ledger import Unbalanced, loyalty_entry, loyalty_posting
from commerce_bridge.loyalty.model import DAY_MS, GRACE_MS, Entry, Expiring, NotEnoughPoints
from commerce_bridge.loyalty.points import Bought
from commerce_bridge.loyalty.rules import Channels, Earn, Rules, Tier
from core.db import Database
from tests.commerce_bridge.loyalty.purses import (
    ANNA,
    BELLA,
    EARLY,
    RIPE,
    RULES,
    add_people,
    available,
    become,
    earn,
    give,
    kinds,
    line,
    of,
    order,
)


async def test_what_was_earned_is_pending_until_the_goods_cannot_come_back(
    database: Database,
) -> None:
    def unit(c: Connection) -> None:
        assert earn(c, ANNA, 50, 0) == 50
        early = of(c, ANNA, now=EARLY)
        assert (early.available, early.pending) == (0, 50)
        with pytest.raises(NotEnoughPoints) as refused:
            points.redeem(c, ANNA, "ord_2", 1, EARLY)
        assert refused.value.data == {"available": 0}
        ripe = of(c, ANNA, now=7 * DAY_MS)
        assert (ripe.available, ripe.pending) == (50, 0)
        assert ripe.expiring == [Expiring(50, 37 * DAY_MS)]
        points.redeem(c, ANNA, "ord_2", 50, 7 * DAY_MS)
        assert available(c, ANNA, now=7 * DAY_MS) == 0

    await database.write(unit)


async def test_an_order_earns_and_redeems_once_however_often_it_is_told(database: Database) -> None:
    def unit(c: Connection) -> None:
        assert [earn(c, ANNA, 50, 0), earn(c, ANNA, 50, 1), earn(c, ANNA, 70, 2)] == [50, 0, 0]
        for _ in range(3):
            points.redeem(c, ANNA, "ord_2", 20, RIPE)
        assert available(c, ANNA, now=RIPE) == 30
        for _ in range(3):
            points.undo(c, "ord_2", RIPE)
        assert available(c, ANNA, now=RIPE) == 50
        for _ in range(3):
            points.undo(c, "ord_1", RIPE)
        assert available(c, ANNA, now=RIPE) == 0
        assert kinds(c, [ANNA], RIPE) == [
            ("earn", 50),
            ("redeem", -20),
            ("unredeem", 20),
            ("unearn", -50),
        ]

    await database.write(unit)


async def test_an_order_of_which_nothing_is_known_is_nothing_to_undo(database: Database) -> None:
    def unit(c: Connection) -> None:
        points.undo(c, "ord_never", 0)
        assert c.execute(select(loyalty_posting)).first() is None

    await database.write(unit)


async def test_a_refund_before_they_can_be_used_takes_back_what_is_pending(
    database: Database,
) -> None:
    def unit(c: Connection) -> None:
        give(c, ANNA, 10, 0)
        earn(c, ANNA, 50, 0)
        points.undo(c, "ord_1", EARLY)
        found = of(c, ANNA, now=RIPE)
        assert (found.available, found.pending) == (10, 0)

    await database.write(unit)


async def test_a_refund_takes_back_what_was_spent_and_the_next_earnings_pay_it(
    database: Database,
) -> None:
    def unit(c: Connection) -> None:
        earn(c, ANNA, 50, 0)
        points.redeem(c, ANNA, "ord_2", 40, RIPE)
        points.undo(c, "ord_1", RIPE)
        assert available(c, ANNA, now=RIPE) == -40
        with pytest.raises(NotEnoughPoints) as refused:
            points.redeem(c, ANNA, "ord_3", 1, RIPE)
        assert refused.value.data == {"available": 0}
        earn(c, ANNA, 100, RIPE, id="ord_4")
        later = RIPE + 7 * DAY_MS
        assert of(c, ANNA, now=RIPE) == points.Balance(-40, 100, 0, [], due_at=later)
        points.tidy(c, later)
        assert of(c, ANNA, now=later) == points.Balance(
            60, 0, 0, [Expiring(60, later + 30 * DAY_MS)]
        )

    await database.write(unit)


async def test_a_refund_takes_other_points_before_she_owes_any(database: Database) -> None:
    def unit(c: Connection) -> None:
        earn(c, ANNA, 50, 0)
        points.redeem(c, ANNA, "ord_2", 50, RIPE)
        give(c, ANNA, 70, RIPE)
        points.undo(c, "ord_1", RIPE)
        assert available(c, ANNA, now=RIPE) == 20

    await database.write(unit)


async def test_a_refund_takes_the_very_points_of_its_order_where_they_are(
    database: Database,
) -> None:
    def unit(c: Connection) -> None:
        give(c, ANNA, 10, RIPE - DAY_MS)
        earn(c, ANNA, 10, 0)
        earn(c, ANNA, 10, RIPE, id="ord_2")
        later = 16 * DAY_MS
        points.undo(c, "ord_2", later)
        assert of(c, ANNA, now=later).expiring == [Expiring(20, 37 * DAY_MS)]

    await database.write(unit)


async def test_nobody_owes_points_that_expired(database: Database) -> None:
    def unit(c: Connection) -> None:
        earn(c, ANNA, 50, 0)
        points.redeem(c, ANNA, "ord_2", 20, RIPE)
        late = 40 * DAY_MS
        points.tidy(c, late)
        assert available(c, ANNA, now=late) == 0
        points.undo(c, "ord_1", late)
        # 30 expired; of the 20 that she had something of, she owes all.
        assert available(c, ANNA, now=late) == -20

    await database.write(unit)


async def test_what_expires_first_is_spent_first_and_comes_back_with_its_time(
    database: Database,
) -> None:
    def unit(c: Connection) -> None:
        give(c, ANNA, 10, 5 * DAY_MS, name="gift-late")
        give(c, ANNA, 10, 0, name="gift-soon")
        points.redeem(c, ANNA, "ord_2", 15, 6 * DAY_MS)
        assert of(c, ANNA, now=6 * DAY_MS).expiring == [Expiring(5, 35 * DAY_MS)]
        points.undo(c, "ord_2", 7 * DAY_MS)
        assert of(c, ANNA, now=7 * DAY_MS).expiring == [
            Expiring(10, 30 * DAY_MS),
            Expiring(10, 35 * DAY_MS),
        ]

    await database.write(unit)


async def test_what_expired_in_an_order_that_was_undone_has_seven_days(database: Database) -> None:
    def unit(c: Connection) -> None:
        give(c, ANNA, 10, 0, name="gift-soon")
        give(c, ANNA, 10, 10 * DAY_MS, name="gift-late")
        points.redeem(c, ANNA, "ord_2", 15, 11 * DAY_MS)
        now = 35 * DAY_MS
        points.undo(c, "ord_2", now)
        assert of(c, ANNA, now=now) == points.Balance(
            20, 0, 0, [Expiring(10, 40 * DAY_MS), Expiring(10, now + GRACE_MS)]
        )

    await database.write(unit)


async def test_points_expire_at_their_instant_whether_or_not_it_was_written(
    database: Database,
) -> None:
    def unit(c: Connection) -> None:
        give(c, ANNA, 10, 0)
        ends = 30 * DAY_MS
        assert available(c, ANNA, now=ends - 1) == 10
        assert available(c, ANNA, now=ends) == 0
        with pytest.raises(NotEnoughPoints):
            points.redeem(c, ANNA, "ord_2", 1, ends)
        assert points.tidy(c, ends - 1) == 0
        points.tidy(c, ends)
        assert kinds(c, [ANNA], ends) == [("correct", 10), ("expire", -10)]
        assert points.tidy(c, ends) == 0

    await database.write(unit)


async def test_what_is_due_is_written_a_hundred_customers_at_a_time(database: Database) -> None:
    def unit(c: Connection) -> None:
        for number in range(points.TIDIED + 5):
            give(c, f"cus_{number}", 1, 0)
        ends = 30 * DAY_MS
        assert [points.tidy(c, ends) for _ in range(3)] == [points.TIDIED, 5, 0]
        assert ledger.audit(c) == []

    await database.write(unit)


async def test_staff_add_and_take_points_once_and_never_more_than_there_are(
    database: Database,
) -> None:
    def unit(c: Connection) -> None:
        for _ in range(2):
            give(c, ANNA, 10, 0)
        assert available(c, ANNA, now=0) == 10
        with pytest.raises(NotEnoughPoints) as refused:
            give(c, ANNA, -11, 0, name="gift-2")
        assert refused.value.data == {"available": 10}
        give(c, ANNA, -10, 0, name="gift-2")
        assert available(c, ANNA, now=0) == 0
        (last, first) = points.history(c, [ANNA], 0)
        assert (first.reason, first.actor, first.points) == ("try", "stf_1", 10)
        assert last.points == -10

    await database.write(unit)


async def test_a_guest_takes_her_points_and_debts_along(database: Database) -> None:
    def unit(c: Connection) -> None:
        guest, anna = (one.own_id for one in add_people(c, "", "anna@example.test"))
        earn(c, anna, 5, 0, id="ord_2")
        earn(c, guest, 50, RIPE)
        give(c, guest, 10, RIPE)
        points.redeem(c, anna, "ord_3", 5, RIPE)
        points.undo(c, "ord_2", RIPE)
        assert available(c, anna, now=RIPE) == -5
        become(c, guest, anna, RIPE)
        assert of(c, guest, now=RIPE) == points.Balance(0, 0, 0, [])
        found = of(c, anna, guest, now=RIPE)
        assert (found.available, found.pending) == (5, 50)
        # What the guest did comes after her: paid late, or undone.
        earn(c, guest, 20, RIPE, id="ord_4")
        points.undo(c, "ord_1", RIPE)
        assert of(c, guest, now=RIPE) == points.Balance(0, 0, 0, [])
        found = of(c, anna, now=RIPE)
        assert (found.available, found.pending) == (5, 20)
        rows = dict(kinds(c, [guest, anna], RIPE))
        assert "merge" not in rows
        assert sum(n for _, n in kinds(c, [guest, anna], RIPE)) == 25

    await database.write(unit)


async def test_a_guest_with_nothing_takes_nothing_along(database: Database) -> None:
    def unit(c: Connection) -> None:
        guest, anna = (one.own_id for one in add_people(c, "", "anna@example.test"))
        give(c, anna, 10, 0)
        become(c, guest, anna, 0)
        assert available(c, anna, guest, now=0) == 10
        assert c.execute(
            select(loyalty_posting.c.id).where(loyalty_posting.c.kind == "merge")
        ).all() == []  # fmt: skip

    await database.write(unit)


async def test_history_adds_up_and_is_read_a_page_at_a_time(database: Database) -> None:
    def unit(c: Connection) -> None:
        for number in range(7):
            give(c, ANNA, number + 1, number, name=f"request-{number}")
        earn(c, ANNA, 50, 10)
        give(c, BELLA, 99, 11)
        pages, before = [], None
        while page := points.history(c, [ANNA], 20, before=before, most=3):
            pages.append([row.points for row in page])
            before = page[-1].id
        assert pages == [[50, 7, 6], [5, 4, 3], [2, 1]]
        newest = points.history(c, [ANNA], 20, most=1)[0]
        assert (newest.kind, newest.due_at) == ("earn", 10 + 7 * DAY_MS)
        # Once it is usable nothing is pending of it; once it is undone neither.
        assert points.history(c, [ANNA], 10 + 7 * DAY_MS, most=1)[0].due_at is None
        points.undo(c, "ord_1", 20)
        earned = points.history(c, [ANNA], 20, most=2)[1]
        assert (earned.kind, earned.due_at) == ("earn", None)

    await database.write(unit)


async def test_what_an_order_earned_is_told_with_what_became_of_it(database: Database) -> None:
    def unit(c: Connection) -> None:
        earn(c, ANNA, 50, 0)
        earn(c, ANNA, 60, 0, id="ord_2")
        assert points.earned(c, [], 0) == {}
        due = 7 * DAY_MS
        assert points.earned(c, ["ord_1", "ord_9"], due - 1) == {
            "ord_1": points.Earned(50, "pending", due)
        }
        points.undo(c, "ord_2", EARLY)
        found = points.earned(c, ["ord_1", "ord_2"], due)
        assert [found[id].state for id in ("ord_1", "ord_2")] == ["earned", "undone"]

    await database.write(unit)


async def test_nothing_is_earned_while_the_rules_are_off(database: Database) -> None:
    def unit(c: Connection) -> None:
        off = replace(RULES, on=False)
        assert points.earn(c, order("ord_1", ANNA, 50), off, 0) == 0
        assert points.would_earn(c, off, [ANNA], points.bought(order("x", ANNA, 5)), 500, 0) == 0
        assert c.execute(select(loyalty_posting)).first() is None

    await database.write(unit)


def earned(rules: Rules, *bought: Bought, paid: int | None = None, multiplier: int = 100) -> int:
    whole = sum(one.amount for one in bought) if paid is None else paid
    products = ["prd_1" if one.variant_id == "var_1" else None for one in bought]
    return points._earned(rules, bought, products, whole, multiplier)


def test_multipliers_multiply_and_what_is_left_is_dropped_once_a_line() -> None:
    rules = Rules(
        on=True,
        earn=Earn(100, 3),
        channels=Channels(show=150, chat=200, call=0),
        products={"prd_1": 110},
        shows={"shw_1": 300},
    )
    # 199/100 × 3 × 1.5 × 1.1 × 3 × 1.5 = 44.3…
    assert earned(rules, Bought("var_1", 199, "show", "shw_1"), multiplier=150) == 44
    assert earned(rules, Bought("var_2", 199, "show", "shw_2")) == 8
    assert earned(rules, Bought("var_2", 199, "chat")) == 11
    assert earned(rules, Bought("var_2", 199, "call")) == 0
    assert earned(rules, Bought("var_2", 199, "shop")) == 5
    both = [Bought("var_2", 199, "shop"), Bought("var_2", 199, "chat")]
    assert earned(rules, *both) == 16


def test_what_coupons_and_points_took_off_earns_nothing_and_is_spread_by_price() -> None:
    rules = Rules(on=True, earn=Earn(1, 1), channels=Channels(show=200))
    both = [Bought("var_2", 300, "shop"), Bought("var_2", 100, "show")]
    assert earned(rules, *both, paid=200) == 150 + 2 * 50
    assert earned(rules, *both, paid=0) == 0
    thirds = [Bought("var_2", 1, "shop") for _ in range(3)]
    assert earned(rules, *thirds, paid=2) == 2


def test_a_rule_that_somebody_mistyped_earns_no_more_than_a_bound() -> None:
    rules = Rules(on=True, earn=Earn(1, 1_000), channels=Channels(shop=1_000))
    assert earned(rules, Bought("var_2", 10**13, "shop")) == points.MOST_EARNED
    assert earned(rules, Bought("var_2", 0, "shop")) == 0


async def test_an_order_earns_by_where_each_line_came_from_and_what_was_paid(
    database: Database,
) -> None:
    def unit(c: Connection) -> None:
        rules = replace(RULES, channels=Channels(show=200, chat=300, shop=100))
        lines = (
            line(100_00, claim="clm_1", show="shw_1", via="shop"),
            line(100_00, via="chat"),
            line(100_00),
        )
        whole = order("ord_1", ANNA, lines=lines, fee=80_00)
        assert points.earn(c, whole, rules, 0) == 200 + 300 + 100
        half = replace(
            order("ord_2", ANNA, lines=lines),
            discounts=(Discount("cpn_1", None, "折", 100_00),),
            points=50,
            points_value=50_00,
        )
        assert points.earn(c, half, rules, 0) == 100 + 150 + 50

    await database.write(unit)


async def test_a_posting_that_does_not_sum_is_refused(database: Database) -> None:
    def unit(c: Connection) -> None:
        ledger.lock(c, [ANNA])
        purse = ledger.open_purse(c, ANNA, 0)
        purse.put(ledger.new_lot(c, 0, 1), 10)
        with pytest.raises(Unbalanced):
            ledger.write(c, [purse], kind="correct", key="x", at=0)

    await database.write(unit)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([Entry("points:cus_a", 5)], "sums to 5"),
        ([Entry("points:cus_a", -5, "lot_1"), Entry("issued", 5, "lot_1")], "has -5 of lot_1"),
        ([Entry("points:cus_a", 5), Entry("issued", -5)], "has 5 of no lot"),
        ([Entry("held:cus_a", -5), Entry("issued", 5)], "has -5 of no lot"),
        ([Entry("given", 5), Entry("issued", -5)], "nobody's account: given"),
        (
            [Entry("points:cus_a", 5, "lot_1"), Entry("points:cus_a", -5)],
            "owes 5 and has points",
        ),
        ([], "has no entries"),
    ],
)
async def test_the_audit_finds_what_is_wrong(
    database: Database, entries: list[Entry], said: str
) -> None:
    def unit(c: Connection) -> None:
        c.execute(insert(ledger.loyalty_lot).values(id="lot_1", due_at=0, expires_at=1))
        row = {"key": "k", "kind": "correct", "customer": "cus_a", "at": 0}
        id = c.execute(
            insert(loyalty_posting).values(row).returning(loyalty_posting.c.id)
        ).scalar_one()
        for position, one in enumerate(entries):
            c.execute(
                insert(loyalty_entry).values(
                    posting_id=id, position=position, account=one.account, lot=one.lot,
                    points=one.points,
                )
            )  # fmt: skip
        assert any(said in one for one in ledger.audit(c)), ledger.audit(c)

    await database.write(unit)


def test_a_tier_multiplies_what_is_earned() -> None:
    rules = Rules(on=True, earn=Earn(1, 1), tiers=(Tier("gold", "金", 1, 120),))
    assert earned(rules, Bought("var_2", 100, "shop"), multiplier=rules.tiers[0].multiplier) == 120

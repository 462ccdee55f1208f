"""Points given to a friend: both have to want it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection

from commerce_bridge.loyalty import ledger, points, transfers, view
from commerce_bridge.loyalty.model import DAY_MS, Expiring, NotEnoughPoints
from commerce_bridge.loyalty.rules import Rules
from commerce_bridge.loyalty.rules import Transfer as Limits
from commerce_bridge.loyalty.service import kept
from commerce_bridge.loyalty.transfers import Transfer, TransferLimit, TransferOver
from core.clock import Instant
from core.db import Database
from core.errors import NotFound
from core.identity.model import Person
from tests.commerce_bridge.loyalty.purses import (
    ANNA,
    BELLA,
    RULES,
    available,
    earn,
    give,
    kinds,
    of,
)

TO = "bella@example.test"


def offer(
    c: Connection,
    count: int,
    now: Instant = 0,
    *,
    sender: str = ANNA,
    to: str = TO,
    name: str = "offer-1",
    rules: Rules = RULES,
) -> Transfer:
    made, _ = transfers.offer(c, sender, "安", to, count, name, rules, now)
    return made


async def test_a_friend_gets_what_she_accepts_with_the_time_that_it_had(
    database: Database,
) -> None:
    def unit(c: Connection) -> None:
        give(c, ANNA, 10, 0)
        made = offer(c, 6, DAY_MS)
        assert (made.state, made.until) == ("offered", 8 * DAY_MS)
        assert of(c, ANNA, now=DAY_MS) == points.Balance(4, 0, 6, [Expiring(4, 30 * DAY_MS)])
        assert available(c, BELLA, now=DAY_MS) == 0
        for _ in range(2):
            done = transfers.accept(c, made.id, BELLA, TO, 2 * DAY_MS)
            assert (done.state, done.receiver, done.changed_at) == (
                "accepted", BELLA, 2 * DAY_MS,
            )  # fmt: skip
        assert of(c, ANNA, now=DAY_MS) == points.Balance(4, 0, 0, [Expiring(4, 30 * DAY_MS)])
        assert of(c, BELLA, now=DAY_MS) == points.Balance(6, 0, 0, [Expiring(6, 30 * DAY_MS)])
        assert kinds(c, [ANNA], 0) == [("correct", 10), ("offer", -6)]
        assert kinds(c, [BELLA], 0) == [("give", 6)]
        rows = points.history(c, [ANNA], 0)[0], points.history(c, [BELLA], 0)[0]
        assert [row.note for row in rows] == [TO, "安"]

    await database.write(unit)


@pytest.mark.parametrize("how", ["decline", "withdraw", "lapse"])
async def test_what_is_not_taken_comes_back(database: Database, how: str) -> None:
    def unit(c: Connection) -> None:
        give(c, ANNA, 10, 0)
        made = offer(c, 6)
        now = DAY_MS
        for _ in range(2):
            if how == "decline":
                done = transfers.decline(c, made.id, TO, now)
            elif how == "withdraw":
                done = transfers.withdraw(c, made.id, [ANNA], now)
            else:
                now = 7 * DAY_MS
                points.tidy(c, now - 1)
                assert transfers.one(c, made.id).state in ("offered", "lapsed")
                points.tidy(c, now)
                done = transfers.one(c, made.id)
            assert done.state == {"decline": "declined", "withdraw": "withdrawn"}.get(how, "lapsed")
        assert of(c, ANNA, now=now) == points.Balance(10, 0, 0, [Expiring(10, 30 * DAY_MS)])
        with pytest.raises(TransferOver) as refused:
            transfers.accept(c, made.id, BELLA, TO, now)
        assert refused.value.data == {"state": done.state}

    await database.write(unit)


async def test_nobody_answers_for_somebody_else(database: Database) -> None:
    def unit(c: Connection) -> None:
        give(c, ANNA, 10, 0)
        made = offer(c, 6)
        wrong: list[Any] = [
            lambda: transfers.accept(c, made.id, "cus_carla", "carla@example.test", 1),
            lambda: transfers.decline(c, made.id, "carla@example.test", 1),
            lambda: transfers.withdraw(c, made.id, [BELLA], 1),
            lambda: transfers.accept(c, "trf_none", BELLA, TO, 1),
        ]
        for one in wrong:
            with pytest.raises(NotFound):
                one()
        assert transfers.one(c, made.id) == made

    await database.write(unit)


async def test_an_offer_that_is_over_cannot_be_taken_before_it_is_written(
    database: Database,
) -> None:
    def unit(c: Connection) -> None:
        give(c, ANNA, 10, 0)
        made = offer(c, 6)
        with pytest.raises(TransferOver) as refused:
            transfers.accept(c, made.id, BELLA, TO, made.until)
        assert refused.value.data == {"state": "lapsed"}
        with pytest.raises(TransferOver):
            transfers.withdraw(c, made.id, [ANNA], made.until)

    await database.write(unit)


async def test_what_is_offered_does_not_expire_on_the_way(database: Database) -> None:
    def unit(c: Connection) -> None:
        give(c, ANNA, 10, 0)
        made = offer(c, 6, 28 * DAY_MS)
        assert made.until == 30 * DAY_MS
        for _ in range(2):
            points.tidy(c, made.until)
        assert of(c, ANNA, now=made.until) == points.Balance(0, 0, 0, [])
        assert kinds(c, [ANNA], 0) == [
            ("correct", 10), ("offer", -6), ("expire", -4), ("decline", 6), ("expire", -6),
        ]  # fmt: skip

    await database.write(unit)


async def test_the_same_request_offers_once(database: Database) -> None:
    def unit(c: Connection) -> None:
        give(c, ANNA, 10, 0)
        first, new = transfers.offer(c, ANNA, "安", TO, 6, "offer-1", RULES, 0)
        again, not_new = transfers.offer(c, ANNA, "安", TO, 6, "offer-1", RULES, 1)
        assert (new, not_new) == (True, False)
        assert first == again

    await database.write(unit)


async def test_no_more_is_given_than_there_is_and_than_the_shop_allows(
    database: Database,
) -> None:
    def unit(c: Connection) -> None:
        give(c, ANNA, 100, 0)
        rules = replace(RULES, transfer=Limits(least=5, most_day=50))

        def refused(count: int, now: Instant, error: type[Exception]) -> dict[str, Any]:
            with pytest.raises(error) as told:
                offer(c, count, now, name=f"offer-{count}-{now}", rules=rules)
            data: dict[str, Any] = vars(told.value)["data"]
            return data

        limits = {"least": 5, "most_day": 50, "left_today": 50}
        assert refused(4, 0, TransferLimit) == limits
        assert refused(51, 0, TransferLimit) == limits
        first = offer(c, 30, 0, name="offer-first", rules=rules)
        assert refused(21, 1, TransferLimit) == limits | {"left_today": 20}
        # What comes back may be given again; what is taken may not.
        transfers.withdraw(c, first.id, [ANNA], 2)
        second = offer(c, 45, 3, name="offer-second", rules=rules)
        transfers.accept(c, second.id, BELLA, TO, 4)
        assert transfers.left_today(c, [ANNA], rules, 5) == 5
        assert refused(6, 5, TransferLimit) == limits | {"left_today": 5}
        tomorrow = 3 + DAY_MS
        assert transfers.left_today(c, [ANNA], rules, tomorrow) == 50
        give(c, ANNA, -45, tomorrow, name="gift-2")
        assert refused(11, tomorrow, NotEnoughPoints) == {"available": 10}

    await database.write(unit)


async def test_offers_are_bounded_by_number_too(database: Database) -> None:
    def unit(c: Connection) -> None:
        give(c, ANNA, 1_000, 0)
        for number in range(transfers.OFFERS_A_DAY):
            made = offer(c, 1, number, name=f"offer-{number}", to=f"{number}@example.test")
            transfers.withdraw(c, made.id, [ANNA], number)
        with pytest.raises(TransferLimit) as told:
            offer(c, 1, 50, name="offer-more")
        assert told.value.data["offers"] == transfers.OFFERS_A_DAY
        for number in range(transfers.MOST_WAITING):
            give(c, f"cus_{number}", 1, 0)
            offer(c, 1, sender=f"cus_{number}", name="offer-1")
        give(c, BELLA, 1, 0)
        with pytest.raises(TransferLimit) as told:
            offer(c, 1, sender=BELLA, name="offer-1")
        assert told.value.data["offers"] == transfers.MOST_WAITING

    await database.write(unit)


async def test_what_is_pending_or_owed_is_not_given(database: Database) -> None:
    def unit(c: Connection) -> None:
        earn(c, ANNA, 50, 0)
        with pytest.raises(NotEnoughPoints):
            offer(c, 1)

    await database.write(unit)


async def test_a_gift_pays_what_the_friend_owes(database: Database) -> None:
    def unit(c: Connection) -> None:
        earn(c, BELLA, 5, 0)
        points.redeem(c, BELLA, "ord_2", 5, 8 * DAY_MS)
        points.undo(c, "ord_1", 8 * DAY_MS)
        give(c, ANNA, 10, 8 * DAY_MS)
        made = offer(c, 8, 8 * DAY_MS)
        transfers.accept(c, made.id, BELLA, TO, 8 * DAY_MS)
        assert available(c, BELLA, now=8 * DAY_MS) == 3
        assert available(c, ANNA, now=8 * DAY_MS) == 2

    await database.write(unit)


async def test_what_was_earned_and_given_away_is_owed_when_the_order_is_undone(
    database: Database,
) -> None:
    def unit(c: Connection) -> None:
        earn(c, ANNA, 10, 0)
        now = 8 * DAY_MS
        given = offer(c, 4, now, name="offer-1")
        transfers.accept(c, given.id, BELLA, TO, now)
        waiting = offer(c, 4, now, name="offer-2")
        points.undo(c, "ord_1", now)
        assert of(c, ANNA, now=now) == points.Balance(-8, 0, 4, [])
        transfers.decline(c, waiting.id, TO, now)
        assert available(c, ANNA, now=now) == -4
        assert available(c, BELLA, now=now) == 4

    await database.write(unit)


async def test_open_offers_are_listed_first(database: Database) -> None:
    def unit(c: Connection) -> None:
        give(c, ANNA, 100, 0)
        made = [offer(c, 1, number, name=f"offer-{number}") for number in range(3)]
        for one in made[1:]:
            transfers.decline(c, one.id, TO, 5)
        expected = [made[0].id, made[2].id, made[1].id]
        assert [one.id for one in transfers.sent(c, [ANNA])] == expected
        assert [one.id for one in transfers.received(c, TO)] == expected
        assert transfers.sent(c, [BELLA]) == transfers.received(c, "x@example.test") == []
        assert ledger.audit(c) == []

    await database.write(unit)


async def test_an_export_has_every_offer_and_not_only_the_newest(database: Database) -> None:
    def unit(c: Connection) -> None:
        give(c, ANNA, 100, 0)
        made = []
        for number in range(transfers.LISTED + 5):
            at = number * DAY_MS // 10
            one = offer(c, 1, at, name=f"offer-{number}")
            transfers.accept(c, one.id, BELLA, TO, at)
            made.append(one.id)
        anna = Person("customer", ANNA, frozenset({ANNA}), "安", "anna@example.test")
        bella = Person("customer", BELLA, frozenset({BELLA}), "蓓", TO)
        _, sent, received = kept(c, anna, DAY_MS)
        assert ([one.id for one in sent], received) == (made[::-1], [])
        _, sent, received = kept(c, bella, DAY_MS)
        assert (sent, [one.id for one in received]) == ([], made[::-1])
        assert len(transfers.sent(c, [ANNA])) == len(transfers.received(c, TO)) == transfers.LISTED

    await database.write(unit)


async def test_addresses_of_friends_are_blanked_and_points_stay(database: Database) -> None:
    def unit(c: Connection) -> None:
        give(c, ANNA, 100, 0)
        made = [offer(c, 1, number, name=f"offer-{number}") for number in range(2)]
        transfers.accept(c, made[0].id, BELLA, TO, 5)
        transfers.withdraw(c, made[1].id, [ANNA], 5)
        give(c, BELLA, 1, 0)
        theirs = offer(c, 1, sender=BELLA, to="carla@example.test")
        transfers.decline(c, theirs.id, "carla@example.test", 5)
        before = kinds(c, [ANNA], 5), kinds(c, [BELLA], 5)
        assert [transfers.erase(c, [ANNA]) for _ in range(2)] == [2, 0]
        assert [view.sent(one)["to"] for one in transfers.sent(c, [ANNA])] == [None, None]
        assert transfers.one(c, theirs.id).email == "carla@example.test"
        assert {row.note for row in points.history(c, [ANNA], 5) if row.kind == "decline"} == {None}
        assert (kinds(c, [ANNA], 5), kinds(c, [BELLA], 5)) == before
        assert ledger.audit(c) == []

    await database.write(unit)


async def test_what_is_still_offered_comes_back_to_who_is_erased(database: Database) -> None:
    """Her friend's address is forgotten at once; the sweep of a service that runs does the rest."""

    def unit(c: Connection) -> None:
        give(c, ANNA, 10, 0)
        made = offer(c, 6, 0)
        assert transfers.erase(c, [ANNA]) == 1
        assert transfers.received(c, TO) == []
        with pytest.raises(NotFound):
            transfers.accept(c, made.id, BELLA, TO, 1)
        with pytest.raises(NotFound):
            transfers.decline(c, made.id, TO, 1)
        points.tidy(c, 1)
        assert transfers.one(c, made.id).state == "lapsed"
        assert of(c, ANNA, now=1) == points.Balance(10, 0, 0, [Expiring(10, 30 * DAY_MS)])
        assert kinds(c, [ANNA], 1) == [("correct", 10), ("offer", -6), ("decline", 6)]
        assert {row.note for row in points.history(c, [ANNA], 1)} == {None}
        assert transfers.erase(c, [ANNA]) == 0

    await database.write(unit)

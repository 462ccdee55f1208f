"""Points that two want to move at once are moved once, and none is lost between them.

Each race is run through one pool of connections on SQLite and through two on PostgreSQL, as by two
processes, several times over. The last tests take the lock away, and show what it is for.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, text

from commerce_bridge.loyalty import ledger, points, transfers
from commerce_bridge.loyalty.ledger import loyalty_posting
from commerce_bridge.loyalty.model import DAY_MS, Balance, Expiring, NotEnoughPoints, Purse
from commerce_bridge.loyalty.transfers import TransferOver
from core.db import Database, Unit
from core.errors import PlusOneError
from tests.commerce_bridge.loyalty.purses import (
    ANNA,
    BELLA,
    RIPE,
    RULES,
    add_people,
    become,
    earn,
    give,
)

ROUNDS = 4
AT_ONCE = 6
TO, ANNAS = "bella@example.test", "anna@example.test"

Outcome = Any


class House:
    """One database as several processes have it."""

    def __init__(self, databases: list[Database]) -> None:
        self.databases = databases

    async def write(self, unit: Unit[Any]) -> Any:
        return await self.databases[0].write(unit)

    async def race(self, *units: Unit[Any]) -> list[Outcome]:
        """Run all at once, in turn through each of the pools; an error that is a refusal counts."""
        return await asyncio.gather(
            *(
                self._try(self.databases[n % len(self.databases)], unit)
                for n, unit in enumerate(units)
            )
        )

    async def _try(self, database: Database, unit: Unit[Any]) -> Outcome:
        try:
            return await database.write(unit)
        except PlusOneError as error:
            return error

    async def balance(self, *ids: str, now: int) -> Balance:
        """What somebody has, after a look through all the books."""

        def query(connection: Connection) -> Balance:
            assert ledger.audit(connection) == []
            return points.balance(connection, ids, now)

        found: Balance = await self.databases[-1].read(query)
        return found

    async def count(self, kind: str) -> int:
        query = select(func.count()).where(loyalty_posting.c.kind == kind)
        found = await self.databases[0].read(lambda c: c.execute(query).scalar_one())
        return int(found)


@contextlib.asynccontextmanager
async def house_at(url: str) -> AsyncIterator[House]:
    async with contextlib.AsyncExitStack() as stack:
        pools = 1 if url.startswith("sqlite") else 2
        yield House([await stack.enter_async_context(Database.open(url)) for _ in range(pools)])


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with house_at(database_url) as house:
        yield house


@pytest.fixture
async def postgres_house(postgres_url: str) -> AsyncIterator[House]:
    async with house_at(postgres_url) as house:
        yield house


def redeems(order: str, count: int, customer: str = ANNA, now: int = RIPE) -> Unit[None]:
    return lambda c: points.redeem(c, customer, order, count, now)


def refused(outcomes: list[Outcome], kind: type[PlusOneError]) -> int:
    """How many were refused so; nothing else may have gone wrong."""
    assert all(
        one is None or not isinstance(one, Exception) or type(one) is kind for one in outcomes
    )
    return sum(isinstance(one, kind) for one in outcomes)


async def test_one_balance_is_redeemed_once_by_those_who_want_all_of_it(house: House) -> None:
    for number in range(ROUNDS):
        who = f"cus_{number}"
        await house.write(partial(give, customer=who, count=100, now=RIPE))
        units = [redeems(f"ord_{number}_{n}", 60, who) for n in range(AT_ONCE)]
        outcomes = await house.race(*units)
        assert refused(outcomes, NotEnoughPoints) == AT_ONCE - 1
        assert (await house.balance(who, now=RIPE)).available == 40


async def test_an_order_redeems_and_earns_once_however_often_it_is_told_at_once(
    house: House,
) -> None:
    for number in range(ROUNDS):
        who, order = f"cus_{number}", f"ord_{number}"
        await house.write(partial(give, customer=who, count=100, now=RIPE))
        earns: Unit[Any] = partial(earn, customer=who, dollars=7, now=RIPE, id=order)
        outcomes = await house.race(*[redeems(order, 60, who), earns] * 3)
        assert sorted(one for one in outcomes if one is not None) == [0, 0, 7]
        found = await house.balance(who, now=RIPE)
        assert (found.available, found.pending) == (40, 7)
        undoes = partial(points.undo, order_id=order, now=RIPE)
        await house.race(*[undoes] * 4)
        found = await house.balance(who, now=RIPE)
        assert (found.available, found.pending) == (100, 0)
    assert [await house.count(kind) for kind in ("earn", "redeem", "unearn", "unredeem")] == [
        ROUNDS
    ] * 4


async def test_a_correction_that_is_sent_twice_at_once_is_made_once(house: House) -> None:
    for number in range(ROUNDS):
        who = f"cus_{number}"
        await house.race(*[partial(give, customer=who, count=10, now=0)] * 4)
        assert (await house.balance(who, now=0)).available == 10


async def offered(house: House, number: int) -> transfers.Transfer:
    """An offer of 6 of her 10 points."""

    def unit(c: Connection) -> transfers.Transfer:
        give(c, ANNA, 10, RIPE, name=f"gift-{number}")
        made, _ = transfers.offer(c, ANNA, "安", TO, 6, f"offer-{number}", RULES, RIPE)
        return made

    made: transfers.Transfer = await house.write(unit)
    return made


def accepts(id: str, now: int = RIPE) -> Unit[Any]:
    return lambda c: transfers.accept(c, id, BELLA, TO, now)


async def test_an_offer_that_is_accepted_twice_at_once_is_taken_once(house: House) -> None:
    for number in range(ROUNDS):
        made = await offered(house, number)
        outcomes = await house.race(*[accepts(made.id)] * 4)
        assert [one.state for one in outcomes] == ["accepted"] * 4
        assert (await house.balance(BELLA, now=RIPE)).available == 6 * (number + 1)
        found = await house.balance(ANNA, now=RIPE)
        assert (found.available, found.held) == (4 * (number + 1), 0)


async def test_an_offer_is_accepted_or_comes_back_and_never_both(house: House) -> None:
    taken = back = 0
    for number in range(ROUNDS):
        made = await offered(house, number)
        outcomes = await house.race(
            partial(transfers.withdraw, id=made.id, ids=[ANNA], now=RIPE),
            accepts(made.id),
            partial(transfers.decline, id=made.id, email=TO, now=RIPE),
            partial(points.tidy, now=made.until),
        )
        refused(outcomes, TransferOver)
        state = (await house.databases[0].read(partial(transfers.one, id=made.id))).state
        said = [one.state for one in outcomes[:3] if not isinstance(one, TransferOver)]
        assert set(said) <= {state}
        taken += state == "accepted"
        back += state in ("withdrawn", "declined", "lapsed")
        found = await house.balance(ANNA, now=RIPE)
        assert (found.available, found.held) == (10 * (number + 1) - 6 * taken, 0)
        assert (await house.balance(BELLA, now=RIPE)).available == 6 * taken
    assert taken + back == ROUNDS


async def test_two_who_give_to_each_other_at_once_wait_for_nobody_for_ever(house: House) -> None:
    for number in range(ROUNDS):

        def unit(c: Connection, number: int = number) -> list[str]:
            found = []
            for sender, to in ((ANNA, TO), (BELLA, ANNAS)):
                give(c, sender, 10, RIPE, name=f"gift-{number}")
                made, _ = transfers.offer(c, sender, "友", to, 3, f"offer-{number}", RULES, RIPE)
                found.append(made.id)
            return found

        to_bella, to_anna = await house.write(unit)
        outcomes = await house.race(
            accepts(to_bella),
            partial(transfers.accept, id=to_anna, receiver=ANNA, email=ANNAS, now=RIPE),
            partial(points.tidy, now=RIPE),
        )
        assert refused(outcomes, TransferOver) == 0
        for who in (ANNA, BELLA):
            assert (await house.balance(who, now=RIPE)).available == 10 * (number + 1)


async def test_points_are_redeemed_in_time_or_expire_and_never_both(house: House) -> None:
    for number in range(ROUNDS):
        who = f"cus_{number}"
        await house.write(partial(give, customer=who, count=10, now=0))
        ends = 30 * DAY_MS
        outcomes = await house.race(
            redeems(f"ord_{number}", 6, who, now=ends - 1),
            partial(points.tidy, now=ends),
            partial(points.tidy, now=ends),
        )
        late = refused(outcomes, NotEnoughPoints)
        assert (await house.balance(who, now=ends)).available == 0
        entries = await house.databases[0].read(_of_shop)
        assert entries["expired"] + entries["redeemed"] == 10 * (number + 1)
        assert late in (0, 1)


async def test_what_is_due_is_written_once_by_however_many_look(house: House) -> None:
    whose = [f"cus_{number}" for number in range(10)]
    for who in whose:
        await house.write(partial(earn, customer=who, dollars=5, now=0, id=f"ord_{who}"))
    due = 7 * DAY_MS
    await house.race(*[partial(points.tidy, now=due)] * 4)
    assert await house.count("mature") == len(whose)
    for who in whose:
        assert await house.balance(who, now=due) == Balance(5, 0, 0, [Expiring(5, 37 * DAY_MS)])


async def test_a_guest_who_signs_in_loses_nothing_of_what_happens_meanwhile(house: House) -> None:
    for number in range(ROUNDS):

        def begin(c: Connection, number: int = number) -> tuple[str, str]:
            guest, anna = add_people(c, "", f"anna{number}@example.test")
            give(c, guest.own_id, 10, RIPE)
            earn(c, guest.own_id, 5, RIPE, id=f"ord_{number}_early")
            return guest.own_id, anna.own_id

        guest, anna = await house.write(begin)
        outcomes = await house.race(
            partial(earn, customer=guest, dollars=7, now=RIPE, id=f"ord_{number}_late"),
            partial(become, guest=guest, customer=anna, now=RIPE),
            redeems(f"ord_{number}_paid", 4, guest),
            partial(points.undo, order_id=f"ord_{number}_early", now=RIPE),
            partial(give, customer=anna, count=1, now=RIPE),
        )
        assert refused(outcomes, NotEnoughPoints) == 0
        assert await house.balance(guest, now=RIPE) == Balance(0, 0, 0, [])
        found = await house.balance(anna, now=RIPE)
        assert (found.available, found.pending) == (10 - 4 + 1, 7)


def _of_shop(connection: Connection) -> dict[str, int]:
    entry = ledger.loyalty_entry.c
    query = (
        select(entry.account, func.sum(entry.points))
        .where(entry.account.in_(ledger.SHOP))
        .group_by(entry.account)
    )
    found = {account: int(points) for account, points in connection.execute(query)}
    return {name: found.get(name, 0) for name in ledger.SHOP}


# Without the lock

_MEETING = 4_712
_READERS = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND granted"
)


def _unlocked(_connection: Connection, customers: Iterable[str]) -> dict[str, str]:
    """`ledger.lock` but for the lock."""
    return {one: one for one in customers}


def _meeting(read: Callable[..., Purse]) -> Callable[..., Purse]:
    """Whoever has read a purse waits until another one has too."""

    def purse(connection: Connection, customer: str, ids: Collection[str] | None = None) -> Purse:
        found = read(connection, customer, ids)
        connection.execute(select(func.pg_advisory_xact_lock_shared(_MEETING)))
        for _ in range(200):
            if connection.execute(_READERS, {"key": _MEETING}).scalar_one() > 1:
                break
            connection.execute(select(func.pg_sleep(0.02)))
        return found

    return purse


@pytest.fixture
def _no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "lock", _unlocked)
    monkeypatch.setattr(ledger, "purse", _meeting(ledger.purse))


async def test_without_the_lock_one_balance_would_be_redeemed_twice(
    postgres_house: House, request: pytest.FixtureRequest
) -> None:
    await postgres_house.write(lambda c: give(c, ANNA, 100, RIPE))
    request.getfixturevalue("_no_lock")
    outcomes = await postgres_house.race(redeems("ord_1", 60), redeems("ord_2", 60))
    assert refused(outcomes, NotEnoughPoints) == 0
    wrong = await postgres_house.databases[0].read(ledger.audit)
    assert [one for one in wrong if "-20" in one]


async def test_without_the_lock_an_offer_would_be_taken_and_come_back(
    postgres_house: House, request: pytest.FixtureRequest
) -> None:
    made = await offered(postgres_house, 1)
    request.getfixturevalue("_no_lock")
    outcomes = await postgres_house.race(
        accepts(made.id), lambda c: transfers.withdraw(c, made.id, [ANNA], RIPE)
    )
    assert refused(outcomes, TransferOver) == 0
    wrong = await postgres_house.databases[0].read(ledger.audit)
    assert [one for one in wrong if one.startswith(f"held:{ANNA} has -6")]

"""Several at once: each of these is a race that somebody would lose, were it not for a lock.

On PostgreSQL the transactions run side by side on several connections; on SQLite one after the
other, in whatever order they come.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Select, text
from sqlalchemy.exc import IntegrityError

from core.clock import ManualClock
from core.db import Database
from core.errors import PlusOneError
from core.hours import MINUTE_MS
from tests.video.consult.booking.shop import NOW, Shop, at, weekly
from video.consult.booking import store
from video.consult.booking.model import Booking

MANY = 20
NOON = at("2026-09-22 12:00")
ONE = at("2026-09-22 13:00")


async def at_once(*calls: Any) -> list[Any]:
    """What each came to: its result or its error. Anything but a refusal of ours is a fault."""
    done = await asyncio.gather(*calls, return_exceptions=True)
    for one in done:
        if isinstance(one, BaseException) and not isinstance(one, PlusOneError):
            raise one
    return done


def errors(done: Iterable[Any]) -> Counter[str]:
    return Counter(one.error_code for one in done if isinstance(one, PlusOneError))


def made(done: Iterable[Any]) -> list[Booking]:
    return [one for one in done if isinstance(one, Booking)]


async def all_want(shop: Shop, starts_at: int = NOON) -> list[Any]:
    """Twenty customers who book the same time, each for herself."""
    people = [await shop.customer() for _ in range(MANY)]
    return [shop.bookings.book(person, shop.book(starts_at)) for person in people]


async def nobody_is_booked_twice(shop: Shop) -> None:
    """Each quarter that is taken belongs to a booking that covers it, and no other does."""
    quarters = await shop.quarters()
    assert len({(staff, when) for staff, when, _ in quarters}) == len(quarters)


async def test_one_time_is_booked_once(shop: Shop) -> None:
    await shop.rep("mei")
    done = await at_once(*await all_want(shop))
    assert len(made(done)) == 1
    assert errors(done) == {"slot_taken": MANY - 1}
    assert len(await shop.quarters()) == 2
    assert len(await shop.subjects()) == 1


async def test_as_many_are_booked_as_there_are_reps(shop: Shop) -> None:
    for name in ("an", "bo", "mei"):
        await shop.rep(name)
    done = await at_once(*await all_want(shop))
    assert sorted(one.staff for one in made(done)) == ["stf_an", "stf_bo", "stf_mei"]
    assert errors(done) == {"slot_taken": MANY - 3}


async def test_times_that_overlap_are_not_both_booked(shop: Shop) -> None:
    await shop.rep("mei")
    wanted = [
        shop.bookings.book(await shop.customer(), shop.book(NOON + n % 4 * 15 * MINUTE_MS, 60))
        for n in range(MANY)
    ]
    done = made(await at_once(*wanted))
    times = sorted((one.starts_at, one.ends_at) for one in done)
    assert all(before[1] <= after[0] for before, after in pairwise(times))
    await nobody_is_booked_twice(shop)


async def test_one_customer_at_many_tabs_has_three_and_none_at_once(shop: Shop) -> None:
    for name in ("an", "bo", "mei"):
        await shop.rep(name, weekly([["09:00", "18:00"]]))
    mine = await shop.customer()
    wanted = [shop.book(NOON + n % 7 * 15 * MINUTE_MS, 30) for n in range(MANY)]
    done = made(await at_once(*(shop.bookings.book(mine, one) for one in wanted)))
    assert 1 <= len(done) <= 3
    times = sorted((one.starts_at, one.ends_at) for one in done)
    assert all(before[1] <= after[0] for before, after in pairwise(times))


async def test_one_request_sent_often_at_once_is_one_booking(shop: Shop) -> None:
    await shop.rep("mei")
    mine, wanted = await shop.customer(), shop.book(NOON)
    done = await at_once(*(shop.bookings.book(mine, wanted) for _ in range(MANY)))
    assert len({one.id for one in made(done)}) == 1
    assert errors(done) == {}
    assert len(await shop.subjects()) == 1


async def test_of_who_moves_and_who_books_one_gets_it(shop: Shop) -> None:
    await shop.rep("mei")
    _, token = await shop.booked(NOON)
    done = await at_once(shop.bookings.move(token, shop.move(ONE)), *await all_want(shop, ONE))
    assert len(made(done)) == 1
    assert errors(done) == {"slot_taken": MANY}
    there = {booking for _, when, booking in await shop.quarters() if when >= ONE}
    assert there == {made(done)[0].id}


async def test_what_two_move_to_one_gets(shop: Shop) -> None:
    await shop.rep("mei", weekly([["09:00", "18:00"]]))
    tokens = [(await shop.booked(NOON + n * 30 * MINUTE_MS))[1] for n in range(6)]
    target = at("2026-09-22 16:00")
    done = await at_once(*(shop.bookings.move(token, shop.move(target)) for token in tokens))
    assert len(made(done)) == 1
    assert errors(done) == {"slot_taken": 5}
    assert len(await shop.quarters()) == 12
    await nobody_is_booked_twice(shop)


async def test_two_may_change_places_or_not_but_never_wait_for_each_other(shop: Shop) -> None:
    await shop.rep("an")
    await shop.rep("mei")
    (first, one), (second, other) = await shop.booked(NOON), await shop.booked(ONE)
    await shop.booked(NOON)
    await shop.booked(ONE)
    done = await at_once(
        shop.bookings.move(one, shop.move(second.starts_at)),
        shop.bookings.move(other, shop.move(first.starts_at)),
    )
    assert set(errors(done)) <= {"slot_taken"}
    assert len(await shop.quarters()) == 8
    await nobody_is_booked_twice(shop)


async def test_what_is_moved_and_cancelled_at_once_takes_no_time(shop: Shop) -> None:
    rep = await shop.rep("mei")
    booking, token = await shop.booked(NOON)
    await at_once(
        shop.bookings.move(token, shop.move(ONE)),
        shop.bookings.cancel(token),
        shop.bookings.call_off(rep, booking.id),
        shop.bookings.cancel(token),
    )
    assert (await shop.bookings.by_token(token)).state == "cancelled"
    assert await shop.quarters() == []
    ends = [subject for subject in await shop.subjects() if "取消" in subject]
    assert len(ends) == 1


async def test_of_many_who_come_in_by_one_link_one_does(shop: Shop, clock: ManualClock) -> None:
    await shop.rep("mei")
    _, token = await shop.booked(NOON)
    people = [await shop.customer() for _ in range(MANY)]
    clock.advance(NOON - NOW)
    done = await at_once(*(shop.bookings.enter(person, token) for person in people))
    assert errors(done) == {"taken": MANY - 1}
    assert len(shop.phone.asked) == 1


def unlocked(query: Select[str, str]) -> Select[str, str]:
    """Hours read without a lock: the mistake that bookings do not make."""
    return query


class TestWithoutTheGuard:
    """On PostgreSQL, where transactions run side by side, the guards' absence shows."""

    @pytest.fixture
    async def database(self, postgres_url: str) -> AsyncIterator[Database]:
        async with Database.open(postgres_url) as database:
            yield database

    @pytest.fixture(autouse=True)
    def without(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(store, "for_update", unlocked)
        taken = store.taken

        def read_before(connection: Any, *arguments: Any, **named: Any) -> Any:
            found = taken(connection, *arguments, **named)
            connection.execute(text("SELECT pg_sleep(0.2)"))
            return found

        monkeypatch.setattr(store, "taken", read_before)

    async def test_without_the_lock_the_key_alone_refuses(self, shop: Shop) -> None:
        await shop.rep("mei")
        done = await asyncio.gather(*await all_want(shop), return_exceptions=True)
        assert any(isinstance(one, IntegrityError) for one in done)
        assert len(made(done)) == 1

    async def test_without_lock_and_key_one_time_is_booked_more_than_once(
        self, shop: Shop, database: Database
    ) -> None:
        await shop.rep("mei")
        drop = text("ALTER TABLE consult_quarter DROP CONSTRAINT pk_consult_quarter")
        await database.write(lambda c: c.execute(drop))
        done = await asyncio.gather(*await all_want(shop), return_exceptions=True)
        assert len(made(done)) > 1

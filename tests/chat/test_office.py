"""The hours and the replies that staff set, in the database."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from pydantic import ValidationError
from sqlalchemy import Connection, func, insert, select

from chat.office import (
    KNOWN_MS,
    REPLIES,
    NewReply,
    Office,
    ReplyChange,
    chat_hours,
    chat_reply,
)
from core.clock import ManualClock
from core.db import Database, Unit
from core.errors import Conflict, Forbidden, NotFound, NotSignedIn
from core.hours import Hours, HoursInput
from core.identity.model import NOBODY, Person, Role


def staff(*roles: Role, id: str = "stf_1") -> Person:
    return Person("staff", id, frozenset({id}), "阿禾", None, frozenset(roles))


OPERATOR = staff(Role.OPERATOR)
REP = staff(Role.REP, id="stf_2")
GUEST = Person("guest", "cus_1", frozenset({"cus_1"}), "小美")
OTHERS = (staff(Role.HOST), staff(Role.MODERATOR), GUEST)


def every_day(since: str, until: str) -> HoursInput:
    return HoursInput(time_zone="Asia/Taipei", week=[[[since, until]]] * 7, closed=[], special=[])


MORNINGS, EVENINGS = every_day("08:00", "12:00"), every_day("18:00", "24:00")


class Counted:
    """Stands before a database and counts what is read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.reads = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def read(self, query: Unit[Any]) -> Any:
        self.reads += 1
        return await self._database.read(query)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def office(database: Database, clock: ManualClock) -> Office:
    return Office(database, clock)


# Hours


async def test_there_are_no_hours_until_they_are_set(office: Office) -> None:
    assert await office.hours() is None
    assert await office.hours_now(REP) is None


async def test_hours_are_what_was_set_last(office: Office) -> None:
    for wanted in (MORNINGS, EVENINGS):
        assert await office.set_hours(OPERATOR, wanted) == wanted.hours()
        assert await office.hours() == wanted.hours()
        assert await office.hours_now(REP) == wanted.hours()


async def test_it_is_on_record_who_set_hours_and_when(
    office: Office, clock: ManualClock, database: Database
) -> None:
    await office.set_hours(OPERATOR, MORNINGS)
    clock.advance(1_000)
    await office.set_hours(staff(Role.OPERATOR, id="stf_9"), EVENINGS)
    query = select(chat_hours.c.id, chat_hours.c.changed_at, chat_hours.c.changed_by)
    rows = await database.read(lambda c: c.execute(query).all())
    assert [tuple(row) for row in rows] == [(1, clock.now(), "stf_9")]


async def test_operators_set_hours_and_reps_see_them(office: Office) -> None:
    for person in (REP, *OTHERS):
        with pytest.raises(Forbidden):
            await office.set_hours(person, MORNINGS)
    for person in OTHERS:
        with pytest.raises(Forbidden):
            await office.hours_now(person)
    with pytest.raises(NotSignedIn):
        await office.set_hours(NOBODY, MORNINGS)
    assert await office.hours() is None


async def test_what_another_process_sets_is_known_within_two_seconds(
    office: Office, clock: ManualClock, database: Database
) -> None:
    other = Office(database, clock)
    assert await office.hours() is None
    await other.set_hours(OPERATOR, MORNINGS)
    assert await other.hours() == MORNINGS.hours()
    assert await office.hours_now(OPERATOR) == MORNINGS.hours(), "looked up, not remembered"
    clock.advance(KNOWN_MS)
    assert await office.hours() == MORNINGS.hours()


async def test_of_many_who_ask_one_asks_the_database(
    database: Database, clock: ManualClock
) -> None:
    counted = Counted(database)
    office = Office(counted, clock)  # type: ignore[arg-type]
    await office.set_hours(OPERATOR, MORNINGS)
    found = await asyncio.gather(*(office.hours() for _ in range(20)))
    assert found == [MORNINGS.hours()] * 20
    assert counted.reads == 1
    clock.advance(KNOWN_MS - 1)
    await office.hours()
    assert counted.reads == 1
    clock.advance(1)
    await office.hours()
    assert counted.reads == 2


async def test_a_look_that_began_before_is_not_remembered_after(
    database: Database, clock: ManualClock
) -> None:
    """The old hours, read just before others were set, arrive after that."""
    read, go_on = asyncio.Event(), asyncio.Event()

    class Slow(Counted):
        async def read(self, query: Unit[Any]) -> Any:
            found = await super().read(query)
            read.set()
            await go_on.wait()
            return found

    office = Office(Slow(database), clock)  # type: ignore[arg-type]
    looking = asyncio.create_task(office.hours())
    await read.wait()
    setting = asyncio.create_task(office.set_hours(OPERATOR, MORNINGS))

    def is_set(connection: Connection) -> bool:
        return bool(connection.execute(select(func.count()).select_from(chat_hours)).scalar_one())

    while not await database.read(is_set):
        pass
    go_on.set()
    assert await looking is None
    assert await setting == MORNINGS.hours()
    assert await office.hours() == MORNINGS.hours()


async def test_hours_that_two_set_at_once_are_one_of_them(
    database: Database, clock: ManualClock
) -> None:
    offices = [Office(database, clock) for _ in range(8)]
    wanted = [MORNINGS, EVENINGS] * 4
    await asyncio.gather(
        *(one.set_hours(OPERATOR, hours) for one, hours in zip(offices, wanted, strict=True))
    )
    found: Hours | None = await Office(database, clock).hours()
    assert found in (MORNINGS.hours(), EVENINGS.hours())


# Replies


async def test_replies_are_listed_in_the_order_in_which_they_were_made(office: Office) -> None:
    assert await office.replies(REP) == []
    made = [
        await office.add_reply(person, NewReply(title=title, text=f"{title}, {{name}}"))
        for person, title in ((REP, "問候"), (OPERATOR, "運費"), (REP, "Bye"))
    ]
    assert await office.replies(OPERATOR) == sorted(made, key=lambda reply: reply.id)
    assert {reply.text for reply in made} == {"問候, {name}", "運費, {name}", "Bye, {name}"}


async def test_a_reply_is_changed_in_part_or_whole(office: Office) -> None:
    made = await office.add_reply(REP, NewReply(title="a", text="b"))
    other = await office.add_reply(REP, NewReply(title="x", text="y"))
    for change, after in (
        (ReplyChange(title="c"), ("c", "b")),
        (ReplyChange(text="d"), ("c", "d")),
        (ReplyChange(title="e", text="f"), ("e", "f")),
    ):
        changed = await office.change_reply(OPERATOR, made.id, change)
        assert (changed.id, changed.title, changed.text) == (made.id, *after)
        assert changed in await office.replies(REP)
    assert other in await office.replies(REP)


async def test_a_reply_is_removed_once(office: Office) -> None:
    made = await office.add_reply(REP, NewReply(title="a", text="b"))
    kept = await office.add_reply(REP, NewReply(title="c", text="d"))
    await office.remove_reply(REP, made.id)
    assert await office.replies(REP) == [kept]
    with pytest.raises(NotFound):
        await office.remove_reply(REP, made.id)
    with pytest.raises(NotFound):
        await office.change_reply(REP, made.id, ReplyChange(title="e"))


async def test_reps_and_operators_keep_replies_and_nobody_else(office: Office) -> None:
    for person in OTHERS:
        with pytest.raises(Forbidden):
            await office.replies(person)
        with pytest.raises(Forbidden):
            await office.add_reply(person, NewReply(title="a", text="b"))
        with pytest.raises(Forbidden):
            await office.change_reply(person, "rpl_1", ReplyChange(title="a"))
        with pytest.raises(Forbidden):
            await office.remove_reply(person, "rpl_1")
    with pytest.raises(NotSignedIn):
        await office.replies(NOBODY)


async def but_one(database: Database) -> None:
    """Make as many replies as there may be, but for one."""
    rows = [
        {"id": f"rpl_{n}", "title": "a", "text": "b", "changed_at": 1} for n in range(REPLIES - 1)
    ]

    def fill(connection: Connection) -> None:
        connection.execute(insert(chat_reply), rows)

    await database.write(fill)


async def test_there_are_so_many_replies_and_no_more(office: Office, database: Database) -> None:
    await but_one(database)
    last = await office.add_reply(REP, NewReply(title="a", text="b"))
    with pytest.raises(Conflict) as refused:
        await office.add_reply(REP, NewReply(title="a", text="b"))
    assert refused.value.error_code == "too_many_replies"
    await office.remove_reply(REP, last.id)
    await office.add_reply(REP, NewReply(title="a", text="b"))
    assert len(await office.replies(REP)) == REPLIES


async def test_of_some_who_add_the_last_reply_at_once_one_adds_it(
    postgres_url: str, clock: ManualClock
) -> None:
    """They meet before the row that is the last: what writes there has to wait."""
    adders = 4
    async with Database.open(postgres_url) as database:
        await but_one(database)
        office = Office(database, clock)
        before = await asyncpg.connect(postgres_url)
        try:
            async with before.transaction():
                await before.execute("LOCK TABLE chat_reply IN SHARE MODE")
                adding = [
                    asyncio.create_task(office.add_reply(REP, NewReply(title="a", text="b")))
                    for _ in range(adders)
                ]
                waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
                while await before.fetchval(waiting) < adders:
                    pass
        finally:
            await before.close()
        results = await asyncio.gather(*adding, return_exceptions=True)
        assert sum(isinstance(one, Conflict) for one in results) == adders - 1
        assert len(await office.replies(REP)) == REPLIES


@pytest.mark.parametrize(
    ("title", "text"),
    [("", "a"), (" \n", "a"), ("a", ""), ("a", "  \n"), ("長" * 41, "a"), ("a", "長" * 2_001)],
)
def test_a_reply_has_a_title_and_a_text_of_some_length(title: str, text: str) -> None:
    with pytest.raises(ValidationError):
        NewReply(title=title, text=text)
    with pytest.raises(ValidationError):
        ReplyChange(title=title, text=text)


def test_a_change_changes_something() -> None:
    with pytest.raises(ValidationError):
        ReplyChange()


async def test_what_was_typed_is_kept_but_for_the_space_around_it(office: Office) -> None:
    made = await office.add_reply(
        REP,
        NewReply(title=f" 長\n{'長' * 38} ", text=f"  你好 {{name}}：\n\n  一{'字' * 1_980} \n"),
    )
    assert made.title == f"長 {'長' * 38}"
    assert made.text == f"你好 {{name}}：\n\n  一{'字' * 1_980}"
    assert await office.replies(REP) == [made]

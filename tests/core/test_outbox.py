"""The outbox: at least once, in order per key, whatever handlers and processes do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Literal

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from core import outbox
from core.clock import ManualClock
from core.db import Database
from core.errors import Unavailable
from core.outbox import LEASE_MS, Outbox, outbox_message, pause_ms
from tests.waiting import until


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def box(database: Database, clock: ManualClock) -> Outbox:
    return Outbox(database, clock)


async def add(database: Database, key: str, *payloads: Any, topic: str = "said") -> None:
    def unit(connection: Any) -> None:
        for payload in payloads:
            outbox.add(connection, topic, key, payload)

    await database.write(unit)


async def waiting(database: Database) -> int:
    query = select(func.count()).select_from(outbox_message)
    return await database.read(lambda connection: connection.execute(query).scalar_one())


async def leased(database: Database) -> Any:
    """Until when the one message is whose it is."""
    query = select(outbox_message.c.not_before)
    return await database.read(lambda connection: connection.execute(query).scalar_one())


class Handler:
    """Notes what it is given; raises while `broken`, waits while it is `held`."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.broken = False
        self.free = asyncio.Event()
        self.free.set()
        self.called = asyncio.Event()

    async def __call__(self, payload: Any) -> None:
        self.called.set()
        await self.free.wait()
        if self.broken:
            raise ZeroDivisionError("a handler is broken")
        self.got.append(payload)


async def test_what_a_unit_adds_is_handed_over_after_its_commit(
    database: Database, box: Outbox
) -> None:
    handler = Handler()
    box.subscribe("said", handler)
    await add(database, "k", {"a": [1, "漢"]})
    assert handler.got == []
    assert await box.hand_over() == 1
    assert handler.got == [{"a": [1, "漢"]}]
    assert await waiting(database) == 0


async def test_what_cannot_be_reached_now_is_told_as_no_fault_and_tried_again(
    database: Database, box: Outbox, clock: ManualClock
) -> None:
    reached: list[Any] = []

    async def handle(payload: Any) -> None:
        if not reached:
            reached.append(None)
            raise Unavailable("It is about to be there.")
        reached.append(payload)

    box.subscribe("said", handle)
    await add(database, "k", 1)
    with capture_logs() as logs:
        await box.hand_over()
        clock.advance(pause_ms(0))
        await box.hand_over()
    assert reached == [None, 1]
    assert [(one["event"], one["log_level"]) for one in logs] == [("outbox.put_back", "warning")]
    assert await waiting(database) == 0


async def test_what_a_unit_that_fails_has_added_is_never_handed_over(
    database: Database, box: Outbox
) -> None:
    def unit(connection: Any) -> None:
        outbox.add(connection, "said", "k", 1)
        raise LookupError("rolled back")

    box.subscribe("said", Handler())
    with suppress(LookupError):
        await database.write(unit)
    assert await box.hand_over() == 0


async def test_messages_of_one_key_go_in_order_and_those_of_others_beside_them(
    database: Database, box: Outbox
) -> None:
    handler = Handler()
    box.subscribe("said", handler)
    await add(database, "a", "a1", "a2", "a3")
    await add(database, "b", "b1")
    assert await box.hand_over() == 2
    assert sorted(handler.got) == ["a1", "b1"]
    while await box.hand_over():
        pass
    assert [payload for payload in handler.got if payload[0] == "a"] == ["a1", "a2", "a3"]


async def test_a_message_that_fails_is_tried_again_later_and_its_key_waits(
    database: Database, box: Outbox, clock: ManualClock
) -> None:
    handler = Handler()
    box.subscribe("said", handler)
    await add(database, "a", "a1", "a2")
    handler.broken = True
    for tries in range(3):
        assert await box.hand_over() == 1
        assert await box.hand_over() == 0
        clock.advance(pause_ms(tries) - 1)
        assert await box.hand_over() == 0
        clock.advance(1)
    handler.broken = False
    while await box.hand_over():
        pass
    assert handler.got == ["a1", "a2"]


def test_pauses_grow_to_five_minutes() -> None:
    assert [pause_ms(tries) for tries in (0, 1, 2, 9, 10, 500)] == [
        500,
        1000,
        2000,
        256_000,
        300_000,
        300_000,
    ]


async def test_every_subscriber_of_a_topic_gets_its_messages(
    database: Database, box: Outbox
) -> None:
    first, second, other = Handler(), Handler(), Handler()
    box.subscribe("said", first)
    box.subscribe("said", second)
    box.subscribe("done", other)
    await add(database, "a", 1)
    await box.hand_over()
    assert (first.got, second.got, other.got) == ([1], [1], [])


async def test_a_topic_without_a_subscriber_here_is_left_to_a_process_that_has_one(
    database: Database, box: Outbox, clock: ManualClock
) -> None:
    box.subscribe("done", Handler())
    await add(database, "a", 1)
    assert await box.hand_over() == 0
    handler, other = Handler(), Outbox(database, clock)
    other.subscribe("said", handler)
    assert await other.hand_over() == 1
    assert handler.got == [1]


async def test_two_processes_never_hand_over_the_same_message_at_once(
    database: Database, box: Outbox, clock: ManualClock
) -> None:
    handler, other = Handler(), Outbox(database, clock)
    for one in (box, other):
        one.subscribe("said", handler)
    for key in range(30):
        await add(database, f"k{key}", key)
    counts = await asyncio.gather(box.hand_over(), other.hand_over())
    assert sum(counts) == 30
    assert sorted(handler.got) == list(range(30))


async def test_a_message_whose_process_died_is_taken_over_when_its_lease_ends(
    database: Database, box: Outbox, clock: ManualClock
) -> None:
    dead = Handler()
    dead.free.clear()
    box.subscribe("said", dead)
    await add(database, "a", "a1", "a2")
    dying = asyncio.create_task(box.hand_over())
    await dead.called.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)

    handler, other = Handler(), Outbox(database, clock)
    other.subscribe("said", handler)
    clock.advance(LEASE_MS - 1)
    assert await other.hand_over() == 0
    clock.advance(1)
    while await other.hand_over():
        pass
    assert handler.got == ["a1", "a2"]


async def test_a_message_that_takes_long_stays_with_who_hands_it_over(
    database: Database, box: Outbox, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "RENEWED_EVERY_S", 0.0)
    slow, handler = Handler(), Handler()
    slow.free.clear()
    box.subscribe("said", slow)
    other = Outbox(database, clock)
    other.subscribe("said", handler)
    await add(database, "a", 1)
    task = asyncio.create_task(box.run())
    await slow.called.wait()
    for _ in range(4):
        clock.advance(LEASE_MS - 1_000)
        await until(lambda: leased(database), lambda end: end == clock.now() + LEASE_MS)
        assert await other.hand_over() == 0
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    clock.advance(LEASE_MS)
    assert await other.hand_over() == 1


async def test_a_crash_between_handing_over_and_forgetting_hands_over_again(
    database: Database, box: Outbox, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: Any) -> None:
        raise Unavailable("The database is away.")

    handler = Handler()
    box.subscribe("said", handler)
    await add(database, "a", 1)
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_forget", lost)
        await box.hand_over()
    assert await box.hand_over() == 0
    clock.advance(LEASE_MS)
    assert await box.hand_over() == 1
    assert handler.got == [1, 1]
    assert await waiting(database) == 0


@pytest.fixture
async def running(box: Outbox) -> AsyncIterator[Outbox]:
    task = asyncio.create_task(box.run())
    yield box
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not box._making


async def test_a_slow_handler_holds_up_its_own_key_only(database: Database, box: Outbox) -> None:
    slow, quick = Handler(), Handler()
    slow.free.clear()
    box.subscribe("slow", slow)
    box.subscribe("said", quick)
    task = asyncio.create_task(box.run())
    await add(database, "a", 1, topic="slow")
    await slow.called.wait()
    for number in range(3):
        quick.called.clear()
        await add(database, "b", number)
        await asyncio.wait_for(quick.called.wait(), 20)
    slow.called.clear()
    await add(database, "a", 2, topic="slow")
    slow.free.set()
    await asyncio.wait_for(slow.called.wait(), 20)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert quick.got == [0, 1, 2]


async def test_the_outbox_outlives_a_database_that_is_away(
    database: Database, running: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = Handler()
    running.subscribe("said", handler)
    write, asked = type(database).write, asyncio.Event()

    async def away(*_: Any) -> Any:
        asked.set()
        raise Unavailable("The database is away.")

    with monkeypatch.context() as patch:
        patch.setattr(type(database), "write", away)
        await asyncio.wait_for(asked.wait(), 20)
    assert type(database).write is write
    await add(database, "a", 1)
    await asyncio.wait_for(handler.called.wait(), 20)


class Woken(asyncio.Event):
    """Tells when somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.awaited = asyncio.Event()

    async def wait(self) -> Literal[True]:
        self.awaited.set()
        return await super().wait()


@pytest.mark.parametrize("turns", range(6))
async def test_a_run_that_is_cancelled_just_as_it_is_woken_ends(
    sqlite_url: str, clock: ManualClock, turns: int
) -> None:
    async with Database.open(sqlite_url) as database:
        box = Outbox(database, clock)
        box.subscribe("said", Handler())
        box._woken = woken = Woken()
        task = asyncio.create_task(box.run())
        await woken.awaited.wait()
        woken.set()
        for _ in range(turns):  # as many steps of the loop as the wake needs to arrive
            await asyncio.sleep(0)
        task.cancel()
        async with asyncio.timeout(20):
            await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

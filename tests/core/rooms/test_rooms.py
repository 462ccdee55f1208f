"""Rooms in memory and in several processes: recovery, relays, the lock, leaving."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, select

from core.clock import ManualClock
from core.db import Database
from core.errors import NotFound, PlusOneError, Unavailable
from core.rooms import history, log, states
from core.rooms.events import PUBLIC, Logged, Position, Reader
from core.rooms.log import HistoryChanged, Outcome
from core.rooms.relay import InProcessRelay
from core.rooms.room import Room
from core.rooms.tables import room as room_table
from core.rooms.tail import LENGTH
from tests.core.rooms.auction import Auction, AuctionKind, Bid, Hold, Idle, Say
from tests.core.rooms.conftest import ROOM, House, opened

Another = Callable[..., Awaitable[House]]
STAFF = Reader(staff=True)


class Follower:
    """Notes what a room tells, and waits for it."""

    def __init__(self, room: Room[Any]) -> None:
        self.offsets: list[int] = []
        self.replaced = asyncio.Event()
        self.over = asyncio.Event()
        self._moved = asyncio.Event()
        room.subscribers.append(self)

    async def moved(self) -> None:
        """Wait until the room tells something."""
        await self._moved.wait()
        self._moved.clear()

    def happened(self, room: Room[Any], events: Sequence[Logged]) -> None:
        self._moved.set()
        self.offsets += [logged.offset for logged in events]
        if not events:
            self.replaced.set()

    def ended(self, room: Room[Any]) -> None:
        self.over.set()


async def reaches(house: House, head: int) -> None:
    """Wait until `house` knows the log as far as `head`."""
    async with asyncio.timeout(20):
        follower = Follower(house.room)
        while house.room.committed.head < head:
            await follower.moved()
        house.room.subscribers.remove(follower)


async def missed(house: House, since: Position, reader: Reader = PUBLIC) -> dict[str, Any] | None:
    await house.room.loaded()
    raw = await house.room.missed(since, reader)
    return None if raw is None else msgspec.json.decode(raw)


def position(house: House, offset: int) -> Position:
    now = house.room.committed
    at_ms = house.room.tail.at_ms(offset)
    return Position(now.epoch, offset, now.at_ms if at_ms is None else at_ms)


async def say(house: House, count: int) -> None:
    room = house.room
    for _ in range(0, count, 500):
        several = [room.submit(house.command("mei", Say("x"))) for _ in range(min(500, count))]
        outcomes = await asyncio.gather(*several)
        assert all(outcome.error is None for outcome in outcomes)


# Recovery


async def test_who_was_away_is_sent_what_she_missed_and_may_read(house: House) -> None:
    await house.tell("lan", Bid(5))
    since = position(house, house.room.committed.head)
    await house.tell("mei", Bid(6))
    public = await missed(house, since)
    person = await missed(house, since, Reader(frozenset({"lan"})))
    staff = await missed(house, since, STAFF)
    for frame in (public, person, staff):
        assert frame is not None
        assert (frame["from"], frame["to"]) == (4, 6)
        assert frame["epoch"] == since.epoch
    kinds = [[e["type"] for e in frame["events"]] for frame in (public, person, staff) if frame]
    assert kinds == [["bid.made"], ["bid.made", "outbid"], ["bid.made", "outbid", "noted"]]


async def test_who_missed_nothing_is_told_so_with_an_empty_frame(house: House) -> None:
    await house.room.loaded()
    frame = await missed(house, position(house, 1))
    assert frame is not None
    assert (frame["from"], frame["to"], frame["events"]) == (2, 1, [])


async def test_a_position_that_is_not_proven_is_not_continued(house: House) -> None:
    await house.tell("mei", Say("hello"))
    good = position(house, 1)
    assert await missed(house, good) is not None
    for wrong in (
        {"epoch": "another"},
        {"at_ms": good.at_ms + 1},
        {"offset": 3},
        {"offset": 0},
        {"offset": -1},
    ):
        assert await missed(house, msgspec.structs.replace(good, **wrong)) is None


async def test_two_thousand_missed_events_are_sent_and_no_more(house: House) -> None:
    await house.room.loaded()
    since = position(house, 1)
    await say(house, LENGTH)
    frame = await missed(house, since)
    assert frame is not None
    assert len(frame["events"]) == LENGTH
    await say(house, 1)
    assert await missed(house, since) is None


async def test_a_fresh_process_sends_what_was_missed_without_asking_the_database(
    house: House, another: Another, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.room.loaded()
    since = position(house, 1)
    await say(house, LENGTH)
    await store(house)
    fresh = await another()
    await fresh.room.loaded()

    async def read(*_: Any) -> Any:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(type(house.database), "read", read)
    frame = await missed(fresh, since)
    assert frame is not None
    assert len(frame["events"]) == LENGTH


async def test_a_storm_of_newcomers_makes_the_public_snapshot_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.tell("mei", Bid(5))
    made: list[Auction] = []
    public = AuctionKind.public

    def counted(self: AuctionKind, state: Auction) -> dict[str, Any]:
        made.append(state)
        return public(self, state)

    monkeypatch.setattr(AuctionKind, "public", counted)
    sent = {bytes(house.room.snapshot(PUBLIC)) for _ in range(100)}
    assert (len(sent), len(made)) == (1, 1)
    await house.tell("mei", Bid(6))
    assert msgspec.json.decode(house.room.snapshot(PUBLIC))["amount"] == 6


async def store(house: House) -> None:
    now = house.room.committed
    state = states.packed(house.room.kind.dump(now.state))
    await house.database.write(
        partial(states.store, room_id=ROOM, model=1, offset=now.head, state=state)
    )


# Several processes


async def test_a_lost_relay_is_covered_by_the_next_sweep(house: House, another: Another) -> None:
    other = await another()
    await other.room.loaded()
    follower = Follower(other.room)
    await house.tell("mei", Bid(5))
    await house.tell("mei", Bid(6))
    assert other.room.committed.head == 1
    await other.rooms.sweep()
    await reaches(other, house.room.committed.head)
    assert follower.offsets == [2, 3, 4, 5]
    assert await other.state() == await house.state()


async def test_who_asks_what_the_log_holds_by_now_waits_for_no_relay(
    house: House, another: Another
) -> None:
    other = await another()
    await other.room.loaded()
    follower = Follower(other.room)
    for amount in (5, 6):
        await house.tell("mei", Bid(amount))
        await other.room.caught_up()
        assert await other.state() == await house.state()
    assert follower.offsets == list(range(2, house.room.committed.head + 1))
    await other.room.caught_up()


async def test_what_the_log_holds_is_not_known_while_the_database_is_away(
    house: House, another: Another, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> Any:
        raise Unavailable("The database is away.")

    other = await another()
    await other.room.loaded()
    await house.tell("mei", Bid(5))
    with monkeypatch.context() as patch:
        patch.setattr(type(house.database), "read", away)
        with pytest.raises(Unavailable):
            await asyncio.wait_for(other.room.caught_up(), 5)
    await other.room.caught_up()
    assert await other.state() == await house.state()
    (room := other.room).leave()
    with pytest.raises(Unavailable):
        await asyncio.wait_for(room.caught_up(), 5)


async def test_what_is_relayed_arrives_without_asking_the_database(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = InProcessRelay()
    async with opened(database, clock, relay=relay) as here:
        first = here.command("host", Say("welcome"))
        await here.rooms.create("auction", ROOM, first, PUBLIC)
        async with opened(database, clock, relay=relay) as there:
            await here.room.loaded()
            await there.room.loaded()
            monkeypatch.setattr(history, "read_events", None)
            await here.tell("mei", Bid(5))
            assert there.room.committed.head == here.room.committed.head
            assert await there.state() == await here.state()


class BadRelay(InProcessRelay):
    """Keeps what is published until told to deliver it, in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.published: list[tuple[str, str, Sequence[Logged]]] = []

    def publish(self, _kind: str, room: str, epoch: str, events: Sequence[Logged]) -> None:
        self.published.append((room, epoch, events))

    def deliver(self, *which: int) -> None:
        for index in which:
            for listener in self._listeners:
                listener(*self.published[index])


@pytest.mark.parametrize("order", [(2, 0, 1), (1,), (2, 2, 1), (0, 0, 2), (0, 1, 2)])
async def test_relayed_events_are_put_in_order_and_a_gap_is_filled(
    database: Database, clock: ManualClock, order: tuple[int, ...]
) -> None:
    relay = BadRelay()
    async with (
        opened(database, clock, relay=relay) as here,
        opened(database, clock, relay=relay) as there,
    ):
        first = here.command("host", Say("welcome"))
        await here.rooms.create("auction", ROOM, first, PUBLIC)
        await here.room.loaded()
        await there.room.loaded()
        follower = Follower(there.room)
        for text in ("a", "b", "c"):
            await here.tell("mei", Say(text))
        relay.deliver(*order)
        head = 2 + max(order)
        await reaches(there, head)
        assert follower.offsets == list(range(2, there.room.committed.head + 1))
        assert await there.state() == await here.state() or there.room.committed.head < 4


async def test_only_what_was_committed_here_is_published(
    database: Database, clock: ManualClock
) -> None:
    relay = BadRelay()
    async with (
        opened(database, clock, relay=relay) as here,
        opened(database, clock) as there,
    ):
        first = here.command("host", Say("welcome"))
        await here.rooms.create("auction", ROOM, first, PUBLIC)
        await here.room.loaded()
        await there.tell("mei", Say("from there"))
        await here.tell("mei", Say("from here"))
        offsets = [[logged.offset for logged in events] for _, _, events in relay.published]
        assert offsets == [[3]]


async def race(houses: Sequence[House], each: int) -> list[Outcome]:
    """Every house sends one command after the other, all houses at once."""

    async def one(house: House, sender: str) -> list[Outcome]:
        room = house.room
        return [await room.submit(house.command(sender, Say(str(n)))) for n in range(each)]

    told = await asyncio.gather(*(one(house, f"p{n}") for n, house in enumerate(houses)))
    return [outcome for outcomes in told for outcome in outcomes]


async def test_processes_that_commit_at_once_make_one_gapless_log(
    house: House, another: Another
) -> None:
    houses = [house, await another(), await another()]
    outcomes = await race(houses, 40)
    assert all(outcome.error is None for outcome in outcomes)
    offsets = sorted(outcome.first or 0 for outcome in outcomes)
    assert offsets == list(range(2, 2 + 3 * 40))
    for one in houses:
        await one.rooms.sweep()
        await reaches(one, offsets[-1])
    states = [await one.state() for one in houses]
    assert states[0] == states[1] == states[2]
    for one in houses:
        said = [logged for logged, _ in one.room.tail.between(1, offsets[-1]) or ()]
        for sender in ("p0", "p1", "p2"):
            mine = [e.content.text for e in said if e.content and e.content.author == sender]
            assert mine == [str(n) for n in range(40)]


async def test_without_the_rooms_lock_that_race_goes_wrong(
    postgres_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unlocked(connection: Connection, room_id: str, time: history.RoomTime) -> Any:
        now = time.column(connection).label("now")
        columns = [room_table.c[name] for name in ("kind", "epoch", "head", "last_at_ms")]
        query = select(*columns, room_table.c.next_due_at, now).where(room_table.c.id == room_id)
        return connection.execute(query).one()

    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database.open(postgres_url))
        houses = [await stack.enter_async_context(opened(database, clock)) for _ in range(3)]
        first = houses[0].command("host", Say("welcome"))
        await houses[0].rooms.create("auction", ROOM, first, PUBLIC)
        monkeypatch.setattr(log, "_lock", unlocked)
        outcomes = await race(houses, 20)
        assert any(outcome.error is not None for outcome in outcomes)


async def test_due_times_of_many_processes_are_kept_once(house: House, another: Another) -> None:
    houses = [house, await another(), await another()]
    await house.tell("mei", Hold(house.clock.now() + 10))
    house.clock.advance(10)
    await asyncio.gather(*(one.tell("lan", Idle()) for one in houses))
    head = await house.database.read(partial(history.read_head, room_id=ROOM, kind="auction"))
    assert head.head == 3


# Another history


async def test_a_restored_database_is_read_anew_and_followers_are_told(house: House) -> None:
    await house.tell("mei", Bid(5))
    since = position(house, house.room.committed.head)
    follower = Follower(house.room)
    await house.database.write(log.renew_epochs)
    await house.rooms.sweep()
    await asyncio.wait_for(follower.replaced.wait(), 20)
    assert house.room.committed.epoch != since.epoch
    assert await missed(house, since) is None
    assert (await house.state()).amount == 5


async def test_who_asks_what_the_log_holds_is_told_of_another_history_too(house: House) -> None:
    await house.tell("mei", Bid(5))
    before = house.room.committed.epoch
    await house.database.write(log.renew_epochs)
    await asyncio.wait_for(house.room.caught_up(), 20)
    assert house.room.committed.epoch != before


async def test_a_command_that_meets_another_history_is_told_to_come_again(house: House) -> None:
    await house.tell("mei", Bid(5))
    await house.database.write(log.renew_epochs)
    with pytest.raises(HistoryChanged) as refused:
        await house.tell("mei", Bid(6), "request-1")
    assert refused.value.retryable
    assert (await house.tell("mei", Bid(6), "request-1")).first is not None


# Memory, and the end


@pytest.fixture
async def forgetful(house: House) -> AsyncIterator[House]:
    async with opened(house.database, house.clock, idle_s=-1) as forgetful:
        yield forgetful


async def test_an_idle_room_leaves_memory_and_comes_back_when_asked_for(forgetful: House) -> None:
    await forgetful.tell("mei", Bid(5))
    room = forgetful.room
    await forgetful.rooms.sweep()
    assert forgetful.room is not room
    assert (await forgetful.state()).amount == 5
    outcome = await room.submit(forgetful.command("mei", Bid(6)))
    assert isinstance(outcome.error, Unavailable)


async def test_a_room_that_somebody_follows_stays_in_memory(forgetful: House) -> None:
    room = forgetful.room
    await room.loaded()
    follower = Follower(room)
    await forgetful.rooms.sweep()
    assert forgetful.room is room
    room.subscribers.remove(follower)
    await forgetful.rooms.sweep()
    assert forgetful.room is not room


async def test_a_full_queue_refuses_at_once_and_does_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.rooms.room.WAITING", 3)
    room = house.room
    futures = [room.submit(house.command("mei", Say(str(n)))) for n in range(5)]
    assert [future.done() for future in futures] == [False, False, False, True, True]
    outcomes = await asyncio.gather(*futures)
    assert [outcome.first for outcome in outcomes[:3]] == [2, 3, 4]
    for refused in outcomes[3:]:
        assert isinstance(refused.error, Unavailable)
        assert refused.error.retryable
    assert room.committed.head == 4


async def test_who_waits_when_the_process_leaves_is_told_to_come_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    commit = log.commit_batch

    def watched(*args: Any, **options: Any) -> Any:
        loop.call_soon_threadsafe(begun.set)
        return commit(*args, **options)

    room = house.room
    await room.loaded()
    follower = Follower(room)
    monkeypatch.setattr(log, "commit_batch", watched)
    making = room.submit(house.command("mei", Say("in the making")))
    await begun.wait()
    waiting = [room.submit(house.command("mei", Say("waiting"))) for _ in range(3)]
    await house.rooms.close()
    assert making.result().first == 2
    for future in waiting:
        error = future.result().error
        assert isinstance(error, Unavailable)
        assert error.retryable
    late = room.submit(house.command("mei", Say("late")))
    assert isinstance(late.result().error, Unavailable)
    assert follower.over.is_set()


async def test_a_room_that_could_not_be_loaded_is_tried_again(
    house: House, another: Another, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> Any:
        raise Unavailable("The database is away.")

    other = await another()
    with monkeypatch.context() as patch:
        patch.setattr(type(house.database), "read", away)
        with pytest.raises(Unavailable):
            await other.tell("mei", Say("hello"))
    assert (await other.tell("mei", Say("hello"))).first == 2


async def test_a_database_that_is_away_answers_as_retryable_and_the_room_lives_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> Any:
        raise Unavailable("The database is away.")

    await house.room.loaded()
    follower = Follower(house.room)
    with monkeypatch.context() as patch:
        patch.setattr(type(house.database), "write", away)
        with pytest.raises(Unavailable) as refused:
            await house.tell("mei", Say("hello"), "request-1")
        assert refused.value.retryable
    assert follower.offsets == []
    assert (await house.tell("mei", Say("hello"), "request-1")).first == 2


async def test_a_room_is_not_found_twice_without_harm(house: House) -> None:
    for _ in range(3):
        with pytest.raises(NotFound):
            await house.rooms.tell("auc_no", "auction", house.command("mei", Idle()), PUBLIC)


async def test_the_sweeper_outlives_a_database_that_is_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeps = asyncio.Semaphore(0)

    async def away(*_: Any) -> Any:
        sweeps.release()
        raise Unavailable("The database is away.")

    monkeypatch.setattr("core.rooms.rooms.SWEEP_S", 0)
    with monkeypatch.context() as patch:
        patch.setattr(type(house.database), "read", away)
        sweeper = asyncio.create_task(house.rooms.run())
        for _ in range(3):
            await asyncio.wait_for(sweeps.acquire(), 20)
    sweeper.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sweeper


async def test_errors_of_a_batch_are_told_to_each_sender(house: House) -> None:
    room = house.room
    outcomes = await asyncio.gather(*(room.submit(house.command("mei", Bid(0))) for _ in range(3)))
    for outcome in outcomes:
        with pytest.raises(PlusOneError):
            await room.answer(outcome, PUBLIC)

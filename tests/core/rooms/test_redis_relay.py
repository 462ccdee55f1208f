"""Committed events and hints between processes, by a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import pytest
import redis
from structlog.testing import capture_logs

from core.clock import ManualClock
from core.db import Database
from core.rooms import history, redis_relay
from core.rooms.events import PUBLIC, Logged
from core.rooms.redis_relay import RedisRelay
from core.rooms.relay import Topic
from tests.core.rooms.auction import Bid, Hold, Said, Say
from tests.core.rooms.conftest import ROOM, opened
from tests.core.rooms.relays import deaf, hearing, relayed, wired
from tests.core.rooms.test_rooms import Follower
from tests.servers import RedisServer
from tests.waiting import until


class Ear:
    """Keeps the offsets that it hears of."""

    def __init__(self, relay: RedisRelay, wants: bool = True) -> None:
        self.offsets: list[list[int]] = []
        self.events: list[Logged] = []
        relay.listen(self.heard, lambda _room: wants)

    def heard(self, _room: str, _epoch: str, events: Sequence[Logged]) -> None:
        self.offsets.append([one.offset for one in events])
        self.events += events


def said(offset: int, by: str = "mei") -> Logged:
    return Logged(offset, 1, "", Said(by=by))


async def test_two_processes_hear_all_that_is_committed_in_order_and_ask_the_log_for_nothing(
    database: Database,
    clock: ManualClock,
    redis_server: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with (
        relayed(redis_server.url) as (one, other),
        opened(database, clock, relay=one) as here,
        opened(database, clock, relay=other) as there,
    ):
        await here.rooms.create("auction", ROOM, here.command("host", Say("welcome")), PUBLIC)
        await here.room.loaded()
        await there.room.loaded()
        monkeypatch.setattr(history, "read_events", None)
        follower = Follower(there.room)
        for amount in range(5, 30):
            await here.tell(f"bidder-{amount % 3}", Bid(amount))
        await here.tell("mei", Say("所有人都看得到 🎉", "小美"))
        head = here.room.committed.head
        await until(lambda: there.room.committed.head == head)
        assert follower.offsets == list(range(2, head + 1))
        assert await there.state() == await here.state()
        assert there.room.tail.between(1, head) == here.room.tail.between(1, head)


async def test_two_who_commit_in_turn_end_with_the_same_log(
    database: Database, clock: ManualClock, redis_server: RedisServer
) -> None:
    async with (
        relayed(redis_server.url) as (one, other),
        opened(database, clock, relay=one) as here,
        opened(database, clock, relay=other) as there,
    ):
        await here.rooms.create("auction", ROOM, here.command("host", Say("welcome")), PUBLIC)
        await here.room.loaded()
        await there.room.loaded()
        followers = [Follower(here.room), Follower(there.room)]
        await asyncio.gather(
            *(house.tell("mei", Say(str(n))) for house in (here, there) for n in range(40))
        )
        await until(lambda: here.room.committed.head == there.room.committed.head == 81)
        for follower in followers:
            assert follower.offsets == list(range(2, 82))
        assert await there.state() == await here.state()


async def test_what_is_committed_here_is_heard_here_at_once_and_there_not_as_ones_own(
    redis_server: RedisServer,
) -> None:
    async with relayed(redis_server.url) as (one, other):
        ears = [Ear(one), Ear(other)]
        own: list[list[str]] = [[], []]
        one.listen_here(lambda room, _epoch, _events: own[0].append(room))
        other.listen_here(lambda room, _epoch, _events: own[1].append(room))
        one.publish("auction", ROOM, "epoch", [said(1)])
        assert ears[0].offsets == [[1]]
        await until(lambda: ears[1].offsets == [[1]])
        assert own == [[ROOM], []]


async def test_more_than_fits_is_told_in_parts_and_what_never_fits_not_at_all(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_relay, "PART", 1_000)
    async with relayed(redis_server.url) as (one, other):
        ear = Ear(other)
        many = [said(offset, "x" * 300) for offset in range(1, 11)]
        one.publish("auction", ROOM, "epoch", [*many[:4], said(5, "x" * 1_500), *many[5:]])
        await until(lambda: ear.offsets and ear.offsets[-1][-1] == 10)
        assert [offset for part in ear.offsets for offset in part] == [1, 2, 3, 4, 6, 7, 8, 9, 10]
        assert all(len(part) <= 3 for part in ear.offsets)


async def test_rooms_that_nobody_wants_are_not_even_decoded(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with relayed(redis_server.url) as (one, other):
        Ear(other, wants=False)
        done: list[bytes] = []
        other.hear("done", done.append)
        monkeypatch.setattr(redis_relay, "decoded", None)
        with capture_logs() as logs:
            one.publish("auction", ROOM, "epoch", [said(1)])
            one.cast("done", b"")
            await until(lambda: done)
        assert logs == []


async def test_hints_go_to_all_others_in_order_and_never_to_oneself(
    redis_server: RedisServer,
) -> None:
    async with relayed(redis_server.url, 3) as relays:
        heard: list[list[int]] = [[], [], []]
        topics = [Topic(relay, "numbers", int) for relay in relays]
        for topic, ears in zip(topics, heard, strict=True):
            topic.hear(ears.append)
        for number in range(1_000):
            topics[0].cast(number)
        await until(lambda: len(heard[1]) == len(heard[2]) == 1_000)
        assert heard == [[], list(range(1_000)), list(range(1_000))]


GARBAGE = [
    b"",
    b"hello",
    b"\xc1" * 100,
    b"\x00" * (redis_relay.LONGEST + 1),
    msgspec.msgpack.encode(["e"]),
    msgspec.msgpack.encode(["x", "somebody", "audience", b"1"]),
    msgspec.msgpack.encode(["c", "somebody", 5, b"1"]),
    msgspec.msgpack.encode(["c", "somebody", "numbers", msgspec.msgpack.encode("no number")]),
    msgspec.msgpack.encode(["e", "somebody", "no such kind", ROOM, "epoch", []]),
    msgspec.msgpack.encode(["e", "somebody", "auction", ROOM, "epoch", []]),
    msgspec.msgpack.encode(["e", "somebody", "auction", ROOM, "epoch", [[1, 2, 3]]]),
    msgspec.msgpack.encode(
        ["e", "x", "auction", ROOM, "e", [[1, 1, "", "no.such", 1, "{}", None, None, None, False]]]
    ),
    msgspec.msgpack.encode(
        ["e", "x", "auction", ROOM, "e", [[1, 1, "", "said", 1, "{", None, None, None, False]]]
    ),
    msgspec.msgpack.encode(
        [
            *("e", "x", "auction", ROOM, "e"),
            [[n, 1, "", "said", 1, '{"by":"mei"}', None, None, None, False] for n in (1, 3)],
        ]
    ),
]


async def test_what_is_none_of_ours_is_passed_over(redis_server: RedisServer) -> None:
    async with relayed(redis_server.url) as (one, other):
        ear, numbers = Ear(other), list[int]()
        Topic(other, "numbers", int).hear(numbers.append)
        stranger = redis.Redis.from_url(redis_server.url)
        with stranger, capture_logs() as logs:
            for octets in GARBAGE:
                assert stranger.publish(one._channel, octets) == 2
            one.publish("auction", ROOM, "epoch", [said(1)])
            Topic(one, "numbers", int).cast(7)
            await until(lambda: numbers)
        assert (ear.offsets, numbers, logs) == ([[1]], [7], [])


async def test_a_listener_that_fails_costs_nobody_else_the_relay(
    redis_server: RedisServer,
) -> None:
    def fails(_data: bytes) -> None:
        raise ZeroDivisionError

    async with relayed(redis_server.url) as (one, other):
        heard: list[bytes] = []
        other.hear("first", fails)
        other.hear("second", heard.append)
        with capture_logs() as logs:
            one.cast("first", b"")
            one.cast("second", b"there")
            await until(lambda: heard)
        assert [entry["event"] for entry in logs] == ["relay.listener_failed"]


async def test_other_installations_at_the_same_redis_are_not_heard(
    redis_server: RedisServer,
) -> None:
    async with relayed(redis_server.url) as (one, other), relayed(redis_server.url) as (third, _):
        heard: list[bytes] = []
        other.hear("topic", heard.append)
        third.cast("topic", b"theirs")
        third.publish("auction", ROOM, "epoch", [said(1)])
        await until(lambda: not third._waiting)
        one.cast("topic", b"ours")
        await until(lambda: heard)
        assert heard == [b"ours"]


async def test_a_redis_that_dies_is_missed_once_and_found_again(
    own_redis_server: RedisServer,
) -> None:
    async with relayed(own_redis_server.url) as (one, other):
        ear = Ear(other)
        with capture_logs() as logs:
            own_redis_server.kill()
            await until(lambda: {len(one._said), len(other._said)} == {2})  # neither way goes
            for offset in range(1, 200):
                one.publish("auction", ROOM, "epoch", [said(offset)])
            assert len(one._waiting) <= 1  # thrown away, not heaped up
            own_redis_server.start()
            await hearing(one, other)
            one.publish("auction", ROOM, "epoch", [said(200)])
            await until(lambda: ear.offsets)
        assert ear.offsets == [[200]]
        told = [entry["event"] for entry in logs]
        assert told.count("relay.back") == 4
        assert len(told) <= 12  # lost and found on two ways each, and a reason that changed


async def test_a_redis_that_says_nothing_any_more_is_taken_for_lost(
    own_redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_relay, "SILENT_S", 1.5)
    async with relayed(own_redis_server.url) as (one, other):
        own_redis_server.freeze()
        await deaf(one, other)
        own_redis_server.thaw()
        await hearing(one, other)


async def test_a_password_that_is_wrong_is_said_and_does_not_stand_in_the_log() -> None:
    with RedisServer("--requirepass", "right") as server, capture_logs() as logs:
        url = server.url.replace("//", "//:very-wrong@")
        relay = RedisRelay(url, "channel", [])
        task = asyncio.create_task(relay.run())
        await until(lambda: len({entry["way"] for entry in logs}) == 2)
        assert relay.heard_since is None
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await relay.close()
    assert {entry["reason"] for entry in logs} <= {"WRONGPASS", "AuthenticationError"}
    assert "very-wrong" not in str(logs)


async def test_what_waits_is_bounded_and_the_oldest_goes_first(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_relay, "WAITING", 10)
    async with relayed(redis_server.url) as (one, other):
        heard: list[bytes] = []
        other.hear("topic", heard.append)
        for number in range(100):
            one.cast("topic", b"%d" % number)
        await until(lambda: b"99" in heard)
        assert heard == [b"%d" % number for number in range(90, 100)]


async def test_a_room_that_is_due_is_left_to_who_has_it_open_but_not_for_long(
    database: Database, clock: ManualClock
) -> None:
    async with opened(database, clock) as maker:
        await maker.rooms.create("auction", ROOM, maker.command("host", Say("welcome")), PUBLIC)
        await maker.tell("mei", Hold(clock.now() + 1_000))
        head = maker.room.committed.head
    clock.advance(2_000)
    async with opened(database, clock, relay=wired()[0]) as there:
        await there.rooms.sweep()
        assert there.rooms._rooms == {}
        await there.rooms.sweep()
        await there.room.loaded()
        await until(lambda: there.room.committed.head == head + 1)

"""The log: order, batches, repeats, refusals, what is typed, stored states."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select, text, update

from core.db import Database
from core.errors import Conflict, InternalError, NotFound, PlusOneError
from core.rooms import history, log, states
from core.rooms.events import EVERYONE, PUBLIC, Position, Reader
from core.rooms.tables import room_content, room_event, room_state
from tests.core.rooms.auction import (
    AuctionKind,
    Bid,
    Break,
    Erase,
    Hide,
    Hold,
    Idle,
    Said,
    Say,
    Show,
    Unwritable,
    sold,
)
from tests.core.rooms.conftest import ROOM, House

Another = Callable[[], Awaitable[House]]
STAFF = Reader(staff=True)


async def offsets(database: Database) -> list[int]:
    query = select(room_event.c.offset).order_by(room_event.c.offset)
    return await database.read(lambda connection: list(connection.execute(query).scalars()))


async def texts(database: Database) -> list[str | None]:
    query = select(room_content.c.text).order_by(room_content.c.offset)
    return await database.read(lambda connection: list(connection.execute(query).scalars()))


def decoded(answer: Any) -> list[dict[str, Any]]:
    return [msgspec.json.decode(event) for event in answer.events]


# Order


async def test_commands_are_decided_in_the_order_in_which_they_were_submitted(house: House) -> None:
    room = house.room
    futures = [room.submit(house.command("mei", Say(str(n)))) for n in range(50)]
    outcomes = await asyncio.gather(*futures)
    assert [outcome.first for outcome in outcomes] == list(range(2, 52))
    state = await house.state()
    assert [comment.text for comment in state.comments] == [str(n) for n in range(10, 50)]


async def test_a_log_counts_without_gaps_whatever_is_refused_between(house: House) -> None:
    room = house.room
    bodies = [Bid(5), Say("a"), Bid(3), Break(), Bid(9), Idle(), Say("b"), Bid(9), Say("c")]
    await asyncio.gather(*(room.submit(house.command("mei", body)) for body in bodies))
    found = await offsets(house.database)
    assert found == list(range(1, len(found) + 1))
    head = await house.database.read(partial(history.read_head, room_id=ROOM, kind="auction"))
    assert head.head == len(found)
    assert await house.database.read(partial(history.count_events, room_id=ROOM)) == head.head


async def test_commands_that_come_while_a_batch_commits_share_the_next_transaction(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.room.loaded()
    sizes: list[int] = []
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    commit = log.commit_batch

    def counted(*args: Any, **options: Any) -> Any:
        sizes.append(len(options["commands"]))
        loop.call_soon_threadsafe(begun.set)
        return commit(*args, **options)

    monkeypatch.setattr(log, "commit_batch", counted)
    room = house.room
    first = room.submit(house.command("mei", Say("first")))
    await begun.wait()
    others = [room.submit(house.command("mei", Say("later"))) for _ in range(20)]
    await asyncio.gather(first, *others)
    assert sizes == [1, 20]


async def test_a_batch_is_one_transaction_of_at_most_five_hundred_commands(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    commit = log.commit_batch

    def counted(*args: Any, **options: Any) -> Any:
        sizes.append(len(options["commands"]))
        return commit(*args, **options)

    monkeypatch.setattr(log, "commit_batch", counted)
    room = house.room
    await asyncio.gather(*(room.submit(house.command("mei", Say("x"))) for _ in range(1100)))
    assert sizes == [500, 500, 100]


# Repeats


async def test_a_request_sent_twice_in_one_batch_happens_once(house: House) -> None:
    room = house.room
    twice = [room.submit(house.command("mei", Say("once"), "request-1")) for _ in range(2)]
    first, second = await asyncio.gather(*twice)
    assert (first.first, first.repeated) == (2, False)
    assert (second.first, second.last, second.repeated) == (2, 2, True)
    assert await offsets(house.database) == [1, 2]


async def test_a_request_repeated_later_gets_its_first_outcome(house: House) -> None:
    first = await house.tell("mei", Bid(5), "request-1")
    await house.tell("lan", Bid(7))
    again = await house.tell("mei", Bid(5), "request-1")
    assert (again.first, again.last, again.repeated) == (first.first, first.last, True)
    assert again.events == first.events


async def test_a_request_repeated_after_a_restart_gets_its_first_outcome(
    house: House, another: Another
) -> None:
    first = await house.tell("mei", Bid(5), "request-1")
    restarted = await another()
    again = await restarted.tell("mei", Bid(5), "request-1")
    assert again.repeated
    assert again.events == first.events


async def test_a_repeat_of_long_ago_is_answered_from_the_log(house: House) -> None:
    first = await house.tell("mei", Say("long ago"), "request-1")
    room = house.room
    for _ in range(10):
        await asyncio.gather(*(room.submit(house.command("lan", Say("x"))) for _ in range(500)))
    assert room.tail.first > 2
    again = await house.tell("mei", Say("long ago"), "request-1")
    assert (again.repeated, again.events) == (True, first.events)


async def test_a_request_of_a_guest_who_signed_in_since_happens_once(house: House) -> None:
    first = await house.tell("guest", Bid(5), "request-1")
    signed_in = house.command("mei", Bid(5), "request-1", frozenset({"mei", "guest"}))
    again = await house.rooms.tell(ROOM, "auction", signed_in, PUBLIC)
    assert (again.first, again.repeated) == (first.first, True)


async def test_the_same_request_id_of_two_people_names_two_commands(house: House) -> None:
    mine = await house.tell("mei", Say("mine"), "request-1")
    yours = await house.tell("lan", Say("yours"), "request-1")
    assert (mine.first, yours.first, yours.repeated) == (2, 3, False)


async def test_a_refused_command_may_be_sent_again_under_its_name(house: House) -> None:
    await house.tell("lan", Bid(5))
    with pytest.raises(Conflict):
        await house.tell("mei", Bid(5), "request-1")
    await house.tell("mei", Bid(6))
    with pytest.raises(Conflict):
        await house.tell("mei", Bid(5), "request-1")


# Refusals and faults


async def test_a_refused_command_leaves_no_trace(house: House) -> None:
    await house.tell("lan", Bid(5))
    before, known = await house.state(), await offsets(house.database)
    with pytest.raises(Conflict) as refused:
        await house.tell("mei", Bid(4))
    assert refused.value.data == {"amount": 5}
    assert await house.state() == before
    assert await offsets(house.database) == known


async def test_a_rule_that_breaks_is_told_as_internal_and_leaves_the_others_alone(
    house: House,
) -> None:
    room = house.room
    bodies = [Say("before"), Break(), Say("after")]
    before, broken, after = await asyncio.gather(
        *(room.submit(house.command("mei", body)) for body in bodies)
    )
    assert (before.first, after.first) == (2, 3)
    assert isinstance(broken.error, InternalError)
    assert await texts(house.database) == ["welcome", "before", "after"]


async def test_a_command_that_cannot_be_written_leaves_the_others_of_its_batch_alone(
    house: House,
) -> None:
    await house.database.write(lambda connection: sold.create(connection))
    room = house.room
    bodies = [Say("before"), Unwritable(), Say("after")]
    before, bad, after = await asyncio.gather(
        *(room.submit(house.command("mei", body)) for body in bodies)
    )
    assert (before.first, after.first) == (2, 3)
    assert isinstance(bad.error, InternalError)
    assert await offsets(house.database) == [1, 2, 3]


async def test_a_rule_of_time_that_breaks_keeps_nobody_from_bidding(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: AuctionKind, turn: Any) -> None:
        turn.append(Said(by="nobody"))
        raise ZeroDivisionError("a rule is broken")

    monkeypatch.setattr(AuctionKind, "expire", broken)
    answer = await house.tell("mei", Bid(5))
    assert answer.first == 2


async def test_a_command_of_which_nothing_comes_is_answered_with_nothing(house: House) -> None:
    answer = await house.tell("mei", Idle())
    assert (answer.first, answer.last, answer.events) == (None, None, [])
    assert await offsets(house.database) == [1]


async def test_a_room_that_is_not_there_is_not_found(house: House) -> None:
    nowhere = house.rooms.room("auc_none", "auction")
    outcome = await nowhere.submit(house.command("mei", Say("hello?")))
    assert isinstance(outcome.error, NotFound)
    with pytest.raises(NotFound):
        await nowhere.loaded()


async def test_a_room_of_another_kind_is_not_found(house: House, another: Another) -> None:
    class OtherKind(AuctionKind):
        name = "other"

    other = await another()
    other.rooms._kinds = {"other": OtherKind()}
    with pytest.raises(NotFound):
        await other.rooms.room(ROOM, "other").loaded()
    house.rooms._kinds = {"auction": AuctionKind(), "other": OtherKind()}
    await house.room.loaded()
    with pytest.raises(NotFound):
        house.rooms.room(ROOM, "other")


async def test_a_room_whose_first_command_is_refused_is_not_made(house: House) -> None:
    with pytest.raises(Conflict):
        await house.rooms.create("auction", "auc_2", house.command("mei", Bid(0)), PUBLIC)
    with pytest.raises(NotFound):
        await house.rooms.room("auc_2", "auction").loaded()


async def test_an_id_that_is_taken_makes_no_second_room(house: House) -> None:
    with pytest.raises(Conflict):
        await house.rooms.create("auction", ROOM, house.command("mei", Say("mine")), PUBLIC)
    assert await offsets(house.database) == [1]


# Who is told what


async def test_a_sender_is_told_the_events_of_her_command_that_she_may_read(house: House) -> None:
    await house.tell("lan", Bid(5))
    mine = await house.tell("mei", Bid(6), reader=Reader(frozenset({"mei"})))
    assert [event["type"] for event in decoded(mine)] == ["bid.made"]
    assert (mine.first, mine.last) == (4, 6)
    staff = await house.tell("host", Bid(7), reader=STAFF)
    assert [event["type"] for event in decoded(staff)] == ["bid.made", "outbid", "noted"]


# What people typed


async def test_hidden_text_is_sent_to_nobody_any_more(house: House, another: Another) -> None:
    said = await house.tell("mei", Say("rude", "Mei"))
    position = house.room.committed
    since = Position(position.epoch, 1, position.at_ms)
    assert said.first is not None
    await house.tell("host", Hide(said.first))
    for rooms in (house, await another()):
        await rooms.room.loaded()
        missed = await rooms.room.missed(since, STAFF)
        assert missed is not None
        assert b"rude" not in bytes(missed)
        assert b"Mei" not in bytes(missed)
        assert b"rude" not in bytes(rooms.room.snapshot(PUBLIC))


async def test_text_hidden_and_shown_again_is_sent_as_before(house: House) -> None:
    said = await house.tell("mei", Say("not rude"))
    assert said.first is not None
    await house.tell("host", Hide(said.first))
    await house.tell("host", Show(said.first))
    now = house.room.committed
    missed = await house.room.missed(Position(now.epoch, 1, now.at_ms), PUBLIC)
    assert missed is not None
    frame = msgspec.json.decode(missed)
    assert [event.get("text") for event in frame["events"]] == ["not rude", None, "not rude"]


@pytest.mark.parametrize("orders", [(Hide, Show, Hide), (Show, Hide), (Hide, Hide)])
async def test_what_is_hidden_last_in_a_batch_stays_hidden(
    house: House, another: Another, orders: tuple[Any, ...]
) -> None:
    said = await house.tell("mei", Say("rude"))
    room = house.room
    outcomes = await asyncio.gather(
        *(room.submit(house.command("host", order(said.first))) for order in orders)
    )
    assert all(outcome.error is None for outcome in outcomes)
    restarted = await another()
    await restarted.room.loaded()
    now = restarted.room.committed
    missed = await restarted.room.missed(Position(now.epoch, 1, now.at_ms), STAFF)
    assert missed is not None
    assert b"rude" not in bytes(missed)


@pytest.mark.parametrize("author", ["mei", EVERYONE])
async def test_erased_text_is_nowhere_any_more(
    house: House, another: Another, author: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.rooms.room.STORE_EVERY", 3)
    reading_along = await another()
    await reading_along.room.loaded()
    said = await house.tell("mei", Say("my address", "Mei"), "request-1")
    await house.tell("lan", Say("hello", "Lan"))
    await house.tell("host", Erase(author))
    again = await house.tell("mei", Say("my address", "Mei"), "request-1")
    assert again.repeated
    assert "text" not in decoded(again)[0]
    await reading_along.rooms.sweep()
    await reading_along.tell("lan", Idle())
    for rooms in (house, reading_along, await another()):
        await rooms.room.loaded()
        now = rooms.room.committed
        missed = await rooms.room.missed(Position(now.epoch, 1, now.at_ms), STAFF)
        assert missed is not None
        for sent in (bytes(missed), bytes(rooms.room.snapshot(STAFF))):
            assert b"my address" not in sent
            assert b"Mei" not in sent
            assert (b"hello" in sent) == (author == "mei")
        assert b"my address" not in rooms.room.kind.dump(rooms.room.committed.state)
    kept = await house.database.read(
        lambda connection: list(connection.execute(select(room_state.c.state)).scalars())
    )
    assert all(b"my address" not in states.unpacked(state) for state in kept)
    assert said.first is not None


async def test_a_state_from_before_an_erasure_is_not_stored_after_it(house: House) -> None:
    await house.tell("mei", Say("my address"))
    old = states.packed(house.room.kind.dump(house.room.committed.state))
    await house.tell("host", Erase("mei"))
    store = partial(states.store, room_id=ROOM, model=1, offset=2, state=old)
    await house.database.write(store)
    query = select(room_state.c.offset)
    assert await house.database.read(lambda c: list(c.execute(query).scalars())) == []


async def test_the_rooms_in_which_somebody_typed_are_found(house: House) -> None:
    await house.rooms.create("auction", "auc_2", house.command("lan", Say("hi")), PUBLIC)
    await house.tell("mei", Say("hello"))
    found = history.rooms_of_author
    assert await house.database.read(lambda c: found(c, "mei")) == [(ROOM, "auction")]
    assert await house.database.read(lambda c: found(c, "nobody")) == []


# Older logs


async def test_an_event_of_an_older_version_is_lifted(house: House, another: Another) -> None:
    def older(connection: Any) -> None:
        old = {"room_id": ROOM, "offset": 2, "at_ms": house.clock.now(), "audience": EVERYONE}
        old |= {"type": "bid", "version": 1, "data": '{"by":"mei","amount":7}'}
        connection.execute(insert(room_event), [old])
        connection.execute(text("UPDATE room SET head = 2"))

    await house.database.write(older)
    restarted = await another()
    assert (await restarted.state()).leader == "mei"
    now = restarted.room.committed
    missed = await restarted.room.missed(Position(now.epoch, 1, now.at_ms), PUBLIC)
    assert missed is not None
    [event] = msgspec.json.decode(missed)["events"]
    assert event["type"] == "bid.made"
    assert event["data"] == {"by": "mei", "amount": 7, "currency": "TWD"}


async def test_a_stored_state_is_used_and_only_what_came_after_it_is_read(
    house: House, another: Another
) -> None:
    for amount in (1, 2, 3):
        await house.tell("mei", Bid(amount))
    await store_now(house)
    await house.tell("lan", Bid(9))
    # What the stored state already holds is not read again: it may be anything.
    await house.database.write(
        lambda c: c.execute(
            update(room_event).where(room_event.c.offset == 2).values(data='{"by":"x","amount":0}')
        )
    )
    restarted = await another()
    state = await restarted.state()
    assert (state.amount, state.leader, state.bids) == (9, "lan", 4)


async def test_a_stored_state_of_another_model_is_not_read(
    house: House, another: Another, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.tell("mei", Bid(5))
    await store_now(house)
    await house.database.write(lambda c: c.execute(update(room_state).values(state=b"{}")))
    monkeypatch.setattr(AuctionKind, "model", 2)
    assert (await (await another()).state()).amount == 5


async def test_a_stored_state_that_cannot_be_read_is_passed_over(
    house: House, another: Another
) -> None:
    await house.tell("mei", Bid(5))
    await store_now(house)
    await house.database.write(lambda c: c.execute(update(room_state).values(state=b"\xff")))
    assert (await (await another()).state()).amount == 5


async def test_a_stored_state_may_be_thrown_away(house: House, another: Another) -> None:
    await house.tell("mei", Bid(5))
    await store_now(house)
    await house.database.write(lambda c: c.execute(room_state.delete()))
    assert await (await another()).state() == await house.state()


async def test_a_long_log_stores_its_state_now_and_then(
    house: House, another: Another, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.rooms.room.STORE_EVERY", 10)
    for amount in range(1, 21):
        await house.tell("mei", Bid(amount))
    await house.rooms.close()
    query = select(room_state.c.offset)
    stored = await house.database.read(lambda c: c.execute(query).scalar_one())
    assert stored >= 10
    assert (await (await another()).state()).amount == 20


async def store_now(house: House) -> None:
    now = house.room.committed
    state = states.packed(house.room.kind.dump(now.state))
    await house.database.write(
        partial(states.store, room_id=ROOM, model=1, offset=now.head, state=state)
    )


# Time


async def test_what_is_due_happens_before_the_commands_of_its_batch(house: House) -> None:
    await house.tell("mei", Hold(house.clock.now() + 1000))
    house.clock.advance(1000)
    answer = await house.tell("lan", Say("hello"), reader=PUBLIC)
    assert answer.first == 4
    assert not (await house.state()).holds


async def test_an_idle_room_is_woken_when_something_is_due(house: House, another: Another) -> None:
    await house.tell("mei", Hold(house.clock.now() + 1000))
    sweeper = await another()
    await sweeper.rooms.sweep()
    assert await offsets(house.database) == [1, 2]
    house.clock.advance(1000)
    await sweeper.rooms.sweep()
    await sweeper.tell("lan", Idle())
    assert not (await sweeper.state()).holds
    assert await offsets(house.database) == [1, 2, 3]


async def test_a_second_process_that_wakes_the_room_too_decides_to_nothing(
    house: House, another: Another
) -> None:
    await house.tell("mei", Hold(house.clock.now() + 1000))
    others = [await another() for _ in range(2)]
    for other in others:
        await other.room.loaded()
    house.clock.advance(5000)
    await asyncio.gather(*(other.rooms.sweep() for other in others))
    for other in others:
        await other.tell("lan", Idle())
    assert await offsets(house.database) == [1, 2, 3]
    due = await house.database.read(
        lambda c: c.execute(text("SELECT next_due_at FROM room")).scalar()
    )
    assert due is None


async def test_time_never_runs_backwards_in_a_room(house: House, another: Another) -> None:
    house.clock.advance(60_000)
    await house.tell("mei", Say("late"))
    behind = await another()
    behind.rooms._time = history.RoomTime(type(house.clock)(), ask_database=False)
    await behind.tell("lan", Say("with a slow clock"))
    query = select(room_event.c.at_ms).order_by(room_event.c.offset)
    instants = await house.database.read(lambda c: list(c.execute(query).scalars()))
    assert instants == sorted(instants)


async def test_a_clock_that_is_set_back_expires_nothing(house: House, another: Another) -> None:
    await house.tell("mei", Hold(house.clock.now() + 1000))
    behind = await another()
    behind.rooms._time = history.RoomTime(type(house.clock)(0), ask_database=False)
    await behind.tell("lan", Say("hello"))
    assert (await behind.state()).holds


async def test_an_error_of_the_tree_is_what_a_teller_gets(house: House) -> None:
    with pytest.raises(PlusOneError):
        await house.tell("mei", Hide(99))

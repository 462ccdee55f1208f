"""The law of rooms: snapshot at a + events (a, b] = snapshot at b, for everyone there is."""

import itertools
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import ManualClock
from core.db import Database
from core.errors import PlusOneError
from core.rooms.events import EVERYONE, PUBLIC, Position, Reader
from tests.core.rooms.auction import Bid, Erase, Hide, Hold, Say, Show, fold
from tests.core.rooms.conftest import House, opened

READERS = {
    "public": PUBLIC,
    "mei": Reader(frozenset({"mei"})),
    "lan, once a guest": Reader(frozenset({"lan", "guest"})),
    "staff": Reader(staff=True),
}

people = st.sampled_from(["mei", "lan", "guest", "host"])
nth = st.integers(0, 5)
acts = st.one_of(
    st.tuples(st.just("say"), st.text(max_size=5).filter(str.isprintable)),
    st.tuples(st.just("bid"), st.integers(1, 3)),
    st.tuples(st.just("hold"), st.integers(1, 2000)),
    st.tuples(st.sampled_from(["hide", "show"]), nth),
    st.tuples(st.just("erase"), st.sampled_from(["mei", "lan", EVERYONE])),
    st.tuples(st.just("wait"), st.integers(1, 3000)),
)
steps = st.lists(st.tuples(people, acts), max_size=20)


@pytest.fixture
async def house(database: Database, clock: ManualClock) -> AsyncIterator[House]:
    async with opened(database, clock) as house:
        yield house


def body(house: House, room_id: str, act: tuple[str, Any]) -> Any:
    kind, value = act
    now = house.rooms.room(room_id, "auction").committed.state
    match kind:
        case "say":
            return Say(value, value[::-1])
        case "bid":
            return Bid(now.amount + value - 1)
        case "hold":
            return Hold(house.clock.now() + value)
        case "erase":
            return Erase(value)
    offset = now.comments[value % len(now.comments)].offset
    return Hide(offset) if kind == "hide" else Show(offset)


numbers = itertools.count(1)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps)
async def test_a_snapshot_and_the_events_since_are_the_snapshot_of_now(
    house: House, steps: list[tuple[str, tuple[str, Any]]]
) -> None:
    room_id = f"auc_{next(numbers)}"
    first = house.command("host", Say("welcome", "Host"))
    await house.rooms.create("auction", room_id, first, PUBLIC)
    room = house.rooms.room(room_id, "auction")
    await room.loaded()
    seen: dict[str, list[dict[str, Any]]] = {name: [] for name in READERS}
    for person, act in [("host", ("wait", 1)), *steps]:
        if act[0] == "wait":
            house.clock.advance(act[1])
        else:
            outcome = await room.submit(house.command(person, body(house, room_id, act)))
            assert outcome.error is None or isinstance(outcome.error, PlusOneError)
        for name, reader in READERS.items():
            now = msgspec.json.decode(room.snapshot(reader))
            for before in seen[name]:
                since = Position(before["epoch"], before["offset"], before["at_ms"])
                frame = await room.missed(since, reader)
                assert frame is not None
                assert fold(before, msgspec.json.decode(frame)) == now
            seen[name].append(now)

"""What rules have to know of the world outside their room is looked up as they are decided."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Column, Connection, MetaData, String, Table, insert, select, update

from core.clock import Instant
from core.db import Database
from core.errors import InternalError
from core.rooms import log
from core.rooms.kind import Command
from core.rooms.rooms import Rooms
from tests.core.rooms.auction import Auction, AuctionKind, Bid, Say
from tests.core.rooms.conftest import ROOM, House

world = Table("test_world", MetaData(), Column("word", String(40), nullable=False))
"""What the rules ask for."""


class Curious(AuctionKind):
    """Whatever is said becomes the word of the world; who says `break` breaks the look-up."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[list[str], int]] = []
        """The request ids of each batch, and how many bids its rules found."""
        self.connections: set[int] = set()

    def enrich(
        self, connection: Connection, state: Auction, commands: Sequence[Command], now: Instant
    ) -> Sequence[Command]:
        assert now
        self.asked.append(([one.request_id for one in commands], state.bids))
        self.connections.add(id(connection))
        word = connection.execute(select(world.c.word)).scalar_one()
        if any(one.body == Say("break") for one in commands):
            raise ZeroDivisionError("the world is broken")
        return [
            replace(one, body=Say(word)) if isinstance(one.body, Say) else one for one in commands
        ]


class Curiosity(House):
    def __init__(self, kind: Curious, house: House) -> None:
        super().__init__(Rooms(house.database, house.clock, [kind]), house.database, house.clock)
        self.kind = kind

    async def say(self, text: str) -> Any:
        return await self.tell("mei", Say(text))

    async def said(self) -> list[str | None]:
        return [comment.text for comment in (await self.state()).comments][1:]


@pytest.fixture
async def curious(house: House) -> Any:
    def make(connection: Connection) -> None:
        world.create(connection)
        connection.execute(insert(world).values(word="rain"))

    await house.database.write(make)
    made = Curiosity(Curious(), house)
    yield made
    await made.rooms.close()


async def change(database: Database, word: str) -> None:
    await database.write(lambda c: c.execute(update(world).values(word=word)))


async def test_a_command_is_decided_by_what_the_world_is_by_then(curious: Curiosity) -> None:
    await curious.say("what is it?")
    await change(curious.database, "sun")
    await curious.say("and now?")
    assert await curious.said() == ["rain", "sun"]


async def test_a_batch_asks_once_and_keeps_its_order_and_its_names(curious: Curiosity) -> None:
    await curious.say("hello")
    curious.kind.asked.clear()
    commands = [
        curious.command("mei", Say("a"), "request-a"),
        curious.command("lan", Bid(5), "request-b"),
        curious.command("mei", Say("c"), "request-c"),
    ]
    outcomes = await asyncio.gather(*map(curious.room.submit, commands))
    assert [one.request_id for one in commands] == curious.kind.asked[0][0]
    assert len(curious.kind.asked) == 1
    firsts = [outcome.first for outcome in outcomes]
    assert firsts == sorted(firsts, key=lambda first: first or 0)
    assert (await curious.state()).amount == 5
    again = await curious.tell("mei", Say("a"), "request-a")
    assert again.repeated, "what was looked up changes nothing of which command it is"


async def test_what_is_known_is_the_state_that_the_batch_finds(
    curious: Curiosity, house: House
) -> None:
    """Another process has bid meanwhile: the look-up is told of it too."""
    await curious.say("hello")
    await house.tell("lan", Bid(7))
    await curious.say("and now?")
    assert [bids for _, bids in curious.kind.asked] == [0, 1]


async def test_a_look_up_that_fails_fails_those_it_was_for_and_no_others(
    curious: Curiosity,
) -> None:
    await curious.say("hello")
    texts = ["a", "break", "c"]
    outcomes = await asyncio.gather(
        *(curious.room.submit(curious.command("mei", Say(text))) for text in texts)
    )
    errors = [type(outcome.error) for outcome in outcomes]
    assert errors == [type(None), InternalError, type(None)]
    assert await curious.said() == ["rain"] * 3


async def test_it_is_looked_up_within_the_transaction_that_decides(
    curious: Curiosity, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: set[int] = set()
    commit = log.commit_batch

    def watched(connection: Connection, *of: Any, **more: Any) -> Any:
        used.add(id(connection))
        return commit(connection, *of, **more)

    monkeypatch.setattr(log, "commit_batch", watched)
    await curious.say("hello")
    assert curious.kind.connections == used
    assert curious.room.id == ROOM

"""A database that is lost, in COMMIT or altogether: senders are told the truth, nothing doubles."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import make_url

from core.clock import ManualClock
from core.db import Database
from core.errors import PlusOneError, Unavailable
from core.rooms.events import PUBLIC
from core.rooms.log import Outcome
from tests.core.rooms.auction import Bid, Say
from tests.core.rooms.conftest import ROOM, House, opened
from tests.core.rooms.test_rooms import Follower
from tests.faults.ledger import Ledger
from tests.faults.proxy import Proxy, When
from tests.servers import PostgresServer


@pytest.fixture
async def proxy(postgres_url: str) -> AsyncIterator[Proxy]:
    port = make_url(postgres_url).port
    assert port is not None
    async with Proxy(port).running() as proxy:
        yield proxy


@pytest.fixture
async def house(postgres_url: str, proxy: Proxy) -> AsyncIterator[House]:
    url = make_url(postgres_url).set(port=proxy.port).render_as_string()
    async with Database.open(url) as database, opened(database, ManualClock()) as house:
        await house.rooms.create("auction", ROOM, house.command("host", Say("welcome")), PUBLIC)
        await house.room.loaded()
        yield house


async def say(house: House, ledger: Ledger, *names: str) -> list[Outcome]:
    """Say one thing for each name, in one batch."""
    room = house.room
    for name in names:
        ledger.sent[name] = f"the only {name}"
    outcomes = await asyncio.gather(
        *(room.submit(house.command("mei", Say(f"the only {name}"), name)) for name in names)
    )
    for name, outcome in zip(names, outcomes, strict=True):
        if outcome.first is not None:
            ledger.acknowledge(name, outcome.first)
    return outcomes


NAMES = ("request-1", "request-2", "request-3")


async def test_a_commit_that_never_arrived_is_told_as_not_done(house: House, proxy: Proxy) -> None:
    follower, ledger = Follower(house.room), Ledger()
    proxy.cut_next_commit("before")
    outcomes = await say(house, ledger, *NAMES)
    assert proxy.cuts == 1
    for outcome in outcomes:
        assert isinstance(outcome.error, Unavailable)
        assert outcome.error.retryable
    assert follower.offsets == []
    assert house.room.committed.head == 1
    again = await say(house, ledger, *NAMES)
    assert [(outcome.first, outcome.repeated) for outcome in again] == [
        (2, False),
        (3, False),
        (4, False),
    ]
    assert follower.offsets == [2, 3, 4]
    await ledger.check(house.database, ROOM)


async def test_a_commit_whose_answer_was_lost_is_told_as_done(house: House, proxy: Proxy) -> None:
    follower, ledger = Follower(house.room), Ledger()
    proxy.cut_next_commit("after")
    outcomes = await say(house, ledger, *NAMES)
    assert proxy.cuts == 1
    assert [outcome.first for outcome in outcomes] == [2, 3, 4]
    assert follower.offsets == [2, 3, 4]
    again = await say(house, ledger, *NAMES)
    assert [(outcome.first, outcome.repeated) for outcome in again] == [
        (2, True),
        (3, True),
        (4, True),
    ]
    assert follower.offsets == [2, 3, 4]
    await ledger.check(house.database, ROOM)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_who_was_refused_in_a_batch_whose_commit_is_lost_may_ask_again(
    house: House, proxy: Proxy, when: When
) -> None:
    await house.tell("lan", Bid(5))
    proxy.cut_next_commit(when)
    room = house.room
    bodies = [Say("a"), Bid(1), Say("b")]
    outcomes = await asyncio.gather(*(room.submit(house.command("mei", body)) for body in bodies))
    assert isinstance(outcomes[1].error, PlusOneError)
    done = [outcome.first is not None for outcome in (outcomes[0], outcomes[2])]
    assert done == [when == "after"] * 2


async def test_losing_one_commit_after_the_other_under_load_doubles_nothing(
    house: House, proxy: Proxy
) -> None:
    ledger = Ledger()

    async def sender(number: int) -> None:
        for turn in range(15):
            name = f"request-{number}-{turn}"
            while (await say(house, ledger, name))[0].error is not None:
                pass

    async def saboteur() -> None:
        for when in ("before", "after") * 4:
            wanted = proxy.cuts + 1
            proxy.cut_next_commit("before" if when == "before" else "after")
            while proxy.cuts < wanted:  # noqa: ASYNC110 (nobody tells)
                await asyncio.sleep(0.001)

    sabotage = asyncio.create_task(saboteur())
    await asyncio.gather(*(sender(number) for number in range(10)))
    sabotage.cancel()
    await asyncio.gather(sabotage, return_exceptions=True)
    assert proxy.cuts >= 3
    await ledger.check(house.database, ROOM)


async def test_a_database_killed_in_the_middle_of_a_flood_comes_back_whole(
    own_postgres_server: PostgresServer, migrated: Callable[[str], str]
) -> None:
    server, ledger = own_postgres_server, Ledger()
    migrated(server.url())
    async with Database.open(server.url()) as database, opened(database, ManualClock()) as house:
        await house.rooms.create("auction", ROOM, house.command("host", Say("welcome")), PUBLIC)
        stop = asyncio.Event()

        async def sender(number: int) -> None:
            turn = 0
            while not stop.is_set():
                name, turn = f"request-{number}-{turn}", turn + 1
                while (await said_or_refused(house, ledger, name)) is not None:
                    pass

        async def more(count: int) -> None:
            enough = len(ledger.acknowledged) + count
            while len(ledger.acknowledged) < enough:  # noqa: ASYNC110 (nobody tells)
                await asyncio.sleep(0.001)

        async with asyncio.timeout(200), asyncio.TaskGroup() as group:
            for number in range(10):
                group.create_task(sender(number))
            for _ in range(2):
                await more(50)
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.start)
            await more(50)
            stop.set()
        await ledger.check(database, ROOM)


async def said_or_refused(house: House, ledger: Ledger, name: str) -> PlusOneError | None:
    [outcome] = await say(house, ledger, name)
    if outcome.error is not None:
        assert outcome.error.retryable
    return outcome.error

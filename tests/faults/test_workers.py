"""The real thing under a flood of "+1": two workers behind nginx, PostgreSQL and Redis.

One after the other a worker is killed, Redis is killed and comes back, PostgreSQL is restarted,
the workers are followed by successors, and the service ends. What was acknowledged is in the log
exactly once, nobody was granted what there was not, and each time everybody has everything again
soon.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from commerce_bridge.claims import cart_claim
from commerce_bridge.embedded import stock
from core.db import Database
from core.rooms.events import EVERYONE, Logged
from core.rooms.history import read_events, read_head
from core.rooms.tables import room_command
from live import events as e
from live.kind import ShowKind
from live.store import SHOW
from tests.behind_nginx import behind_nginx
from tests.faults.crowd import Claimer, Told
from tests.servers import PostgresServer, RedisServer
from tests.show_process import internet, open_show, people
from tests.waiting import until

CLAIMERS = 18
"""Every third of them polls."""
PIECES = 250
"""Of the first faults some are left, at the later ones people wait in line."""
WHOLE_S = 10
"""Within which everybody has everything, after something was broken."""
MORE = 40
"""Claims that are acknowledged between two faults, at least."""
DATABASE = "shop"


async def test_what_was_acknowledged_outlives_whatever_breaks_and_everybody_sees_it(
    own_postgres_server: PostgresServer,
    own_redis_server: RedisServer,
    migrated: Callable[[str], str],
    tmp_path: Path,
) -> None:
    database, redis, told = own_postgres_server, own_redis_server, Told()
    database.sql(f"CREATE DATABASE {DATABASE}")
    url = await asyncio.to_thread(migrated, database.url(DATABASE))
    everybody = await people(url, CLAIMERS)
    crowd = [
        Claimer(own_id, token, "websocket" if number % 3 else "polling", told)
        for number, (own_id, token) in enumerate(everybody.guests.items())
    ]
    with behind_nginx(tmp_path, url, redis) as behind:
        workers = await behind.started()
        async with internet() as http:
            show = await open_show(http, behind.address, everybody, pieces=PIECES)

        async def everybody_is_whole() -> None:
            async with Database.open(url, pool=1) as opened:
                head = (await opened.read(lambda c: read_head(c, show, SHOW))).head
            try:
                async with asyncio.timeout(WHOLE_S):
                    await asyncio.gather(*(claimer.reaches(head) for claimer in crowd))
            except TimeoutError as error:
                behind_it = [str(claimer) for claimer in crowd if claimer.offset < head]
                raise AssertionError(f"not at {head}: {behind_it}") from error

        async def more() -> None:
            before = len(told.answers)
            await until(lambda: len(told.answers) >= before + MORE)

        async with asyncio.TaskGroup() as flood:
            for claimer in crowd:
                flood.create_task(claimer.run(behind.address, show))
            await more()

            os.kill(workers[1], signal.SIGKILL)
            await everybody_is_whole()
            await more()
            workers = await behind.started(anew=workers[1])

            await asyncio.to_thread(redis.kill)
            await everybody_is_whole()
            await more()
            await asyncio.to_thread(redis.start)
            await everybody_is_whole()

            await asyncio.to_thread(database.stop)
            await asyncio.to_thread(database.start)
            await everybody_is_whole()
            await more()

            behind.service.send(signal.SIGHUP)
            await behind.service.says("roll.done")
            await everybody_is_whole()
            assert workers.keys() == (after := await behind.started()).keys()
            assert not set(workers.values()) & set(after.values())
            await more()

            behind.service.send(signal.SIGTERM)
            assert await behind.service.ended() == 0
            for claimer in crowd:
                claimer.stop()
        deaths = behind.service.said("worker.died")
    assert [death["code"] for death in deaths] == [-signal.SIGKILL]
    await _check(url, show, told, crowd)


async def _check(url: str, show: str, told: Told, crowd: Sequence[Claimer]) -> None:
    async with Database.open(url, pool=1) as database:
        head, log, commands, cart = await database.read(lambda c: _read(c, show))
        assert await database.read(stock.audit) == []
    assert [logged.offset for logged in log] == list(range(1, head + 1))
    wires = [msgspec.json.decode(logged.wire()) for logged in log]
    for request, answer in told.answers.items():
        sender, first, last = told.sent[request], answer["first"], answer["last"]
        assert commands[request] == (sender, first, last)
        assert answer["events"] == [
            wires[place]
            for place in range(first - 1, last)
            if log[place].audience in (EVERYONE, sender)
        ]

    # Who never got the answer, at the end, may have claimed: but nobody twice.
    claimed = commands.keys() & told.sent.keys()
    assert claimed >= told.answers.keys()
    spoken = [one.offset for one in log if isinstance(one.event, e.CommentPosted)]
    assert len(spoken) == len(claimed)
    held = [logged.event for logged in log if isinstance(logged.event, e.ClaimHeld)]
    waiting = [logged.event for logged in log if isinstance(logged.event, e.ClaimWaiting)]
    assert len(spoken) > PIECES, "some found nothing left"
    assert [event.comment for event in held] == spoken[:PIECES]
    assert [event.comment for event in waiting] == spoken[PIECES:]
    assert {event.quantity for event in held} == {1}
    assert cart == {(one.claim, one.by, 1, one.until, "held") for one in held}
    for claimer in crowd:
        claimer.check(log, wires)


def _read(
    connection: Connection, show: str
) -> tuple[int, list[Logged], dict[str, tuple[str, int, int]], set[tuple[Any, ...]]]:
    """The show's head, its log, its commands by request, and what lies in carts."""
    c, k = room_command.c, cart_claim.c
    commands = connection.execute(
        select(c.request_id, c.sender, c.first_offset, c.last_offset).where(c.room_id == show)
    )
    rows = connection.execute(select(k.claim_id, k.customer, k.quantity, k.until, k.state))
    return (
        read_head(connection, show, SHOW).head,
        list(read_events(connection, ShowKind(), show, after=0, limit=100_000)),
        {request: (sender, first, last) for request, sender, first, last in commands},
        {tuple(row) for row in rows},
    )

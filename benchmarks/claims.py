"""`make bench-claims`: "+1" through real sockets, from the comment to the answer after the commit.

Everybody who claims is in the room and receives its frames, on every server alike. What is
compared runs in turn, round by round, each time on a server process and a database of its own.
Each run of ours is checked: as many claims in the log as were acknowledged, none twice, no gap in
the log, the item's pieces and the carts add up.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Connection, func, select

from benchmarks import opening
from benchmarks.figures import Figure, at_least, at_most, report, say, times_the_peer
from benchmarks.load import Load, program
from benchmarks.service import PIECES, Host, People, Process, Service, hosted, prepare
from commerce_bridge.claims import cart_claim
from core.db import Database
from core.rooms.tables import room, room_command, room_event
from tests.servers import PostgresServer, free_port

ROUNDS = int(os.environ.get("ROUNDS", "3"))
MS = 6_000
WAYS = ("for-update", "update", "silent")
"""See `peers.py`; the last one tells nobody in the room, which no show could do."""

VIEWERS, CHATTERS, CHAT_PER_S = 2_000, 200, 100
CLAIMERS, CLAIMS_PER_S = 500, 500
IDLE, IDLE_BEFORE = 2_000, 200
"""Idle viewers who are weighed, and those who come before, for what a first viewer brings along."""

Databases = Callable[[], Awaitable[str]]
"""Makes a fresh, empty database; returns its URL."""


async def main() -> None:
    program()
    figures: list[Figure] = []
    with PostgresServer() as server, tempfile.TemporaryDirectory(prefix="plusone-bench-") as folder:
        numbers = count(1)

        async def postgresql() -> str:
            name = f"bench_{next(numbers)}"
            await asyncio.to_thread(server.sql, f"CREATE DATABASE {name}")
            return server.url(name)

        async def sqlite() -> str:
            return f"sqlite:///{folder}/bench_{next(numbers)}.sqlite"

        for claimers in (100, 1_000):
            figures += await against_peers(claimers, postgresql, Path(folder))
        figures += [
            Figure("claims_sqlite_1000", "1/s", await closed_loop(1_000, sqlite, Path(folder))),
            *await answered_in_time(postgresql, Path(folder)),
            await memory(sqlite, Path(folder)),
            *await opening.measured(ROUNDS, Path(folder)),
        ]
    report(figures)


async def against_peers(claimers: int, databases: Databases, folder: Path) -> list[Figure]:
    """Closed loop on PostgreSQL: ours, and each peer, in turn."""
    ours: list[float] = []
    theirs: dict[str, list[float]] = {way: [] for way in WAYS}
    for number in range(ROUNDS):
        ours += await closed_loop(claimers, databases, folder, rounds=1)
        for way in WAYS:
            theirs[way].append(await peer(way, claimers, await databases()))
        told = ", ".join(f"{way} {theirs[way][-1]:.0f}" for way in WAYS)
        say(f"claims, {claimers} claimers, round {number + 1}: {ours[-1]:.0f}/s; peers: {told}")
    name = f"claims_pg_{claimers}"
    return [
        Figure(name, "1/s", ours, theirs["for-update"], (at_least(3_000), times_the_peer(10))),
        Figure(f"{name}_vs_update", "1/s", ours, theirs["update"], times_the_peer(2)),
        Figure(f"{name}_vs_silent", "1/s", ours, theirs["silent"]),
    ]


async def closed_loop(
    claimers: int, databases: Databases, folder: Path, *, rounds: int = ROUNDS
) -> list[float]:
    """Claims a second of `claimers` who claim again as soon as they are answered, by round."""
    rates = []
    for _ in range(rounds):
        async with running(await databases(), folder, claimers) as (service, host, people):
            with Load(service.port, host.show, claimers, people.guests) as load:
                before = service.cpu_s
                run = await asyncio.to_thread(load.run, ms=MS, claimers=claimers)
                each_us = (service.cpu_s - before) / run["acks_whole"] * 1e6
            await check(host, service.database_url, run)
            rates.append(run["acks"] / run["seconds"])
            say(
                f"  {rates[-1]:.0f}/s, p50 {run['p50_ms']} ms, p99 {run['p99_ms']} ms,"
                f" {each_us:.0f} µs of the server's processor a claim,"
                f" {run['bytes'] / 2**20 / run['seconds']:.0f} MiB/s of frames received"
            )
    return rates


async def peer(way: str, claimers: int, url: str) -> float:
    """Claims a second of the same claimers at a peer."""
    port = free_port()
    command = ["benchmarks.peers", way, str(port), url, str(PIECES)]
    with Process(command, port, {}) as process:
        await process.answers("/")
        # Compressing for each socket apart would only slow it down.
        with Load(port, "show", claimers, deflate=False) as load:
            run = await asyncio.to_thread(load.run, ms=MS, claimers=claimers, answers_ms=5_000)
        if run["repeated"] or run["refused"]:
            raise RuntimeError(f"the peer did something else: {run}")
        connection = await asyncpg.connect(url)
        try:
            held = await connection.fetchval("SELECT held FROM peer_item")
            rows = await connection.fetchval("SELECT count(*) FROM peer_claim")
        finally:
            await connection.close()
        if not held == rows >= run["held"]:
            raise RuntimeError(f"the peer's claims do not add up: {held}, {rows}, {run}")
    rate: float = run["acks"] / run["seconds"]
    return rate


async def answered_in_time(databases: Databases, folder: Path) -> list[Figure]:
    """Claims at a fixed rate while many watch and chat."""
    p50, p99, seen = [], [], []
    sockets = CLAIMERS + VIEWERS
    for number in range(ROUNDS):
        async with running(await databases(), folder, sockets) as (service, host, people):
            with Load(service.port, host.show, sockets, people.guests) as load:
                run = await asyncio.to_thread(
                    load.run,
                    ms=MS,
                    claimers=CLAIMERS,
                    rate=CLAIMS_PER_S,
                    chatters=CHATTERS,
                    chat=CHAT_PER_S,
                )
            await check(host, service.database_url, run)
        if run["skipped"]:
            raise RuntimeError(f"the load could not keep its rate: {run}")
        p50.append(run["p50_ms"])
        p99.append(run["p99_ms"])
        seen.append(run["seen_p99_ms"])
        say(f"{CLAIMS_PER_S} claims/s, {VIEWERS} viewers, round {number + 1}: {_short(run)}")
    return [
        Figure(f"claims_p99_at_{CLAIMS_PER_S}_ms", "ms", p99, target=at_most(100)),
        Figure(f"claims_p50_at_{CLAIMS_PER_S}_ms", "ms", p50),
        Figure("comment_seen_p99_ms", "ms", seen, target=at_most(250)),
    ]


async def memory(databases: Databases, folder: Path) -> Figure:
    """What one viewer more, who has joined and only watches, adds to the server's memory."""
    each = []
    for number in range(ROUNDS):
        people_count = IDLE + IDLE_BEFORE
        async with running(await databases(), folder, people_count) as (service, host, people):
            first, rest = people.guests[:IDLE_BEFORE], people.guests[IDLE_BEFORE:]
            with Load(service.port, host.show, IDLE_BEFORE, first):
                before = service.rss_kib
                with Load(service.port, host.show, IDLE, rest):
                    await host.look()
                    each.append((service.rss_kib - before) / IDLE)
        say(f"idle viewers, round {number + 1}: {each[-1]:.1f} KiB each")
    return Figure("viewer_kib", "KiB", each, target=at_most(40))


@asynccontextmanager
async def running(
    url: str, folder: Path, guests: int
) -> AsyncIterator[tuple[Service, Host, People]]:
    """plusone over the database at `url`, with a show on sale."""
    people = await prepare(url, guests)
    with Service(url, folder) as service:
        async with hosted(service, people) as host:
            yield service, host, people


async def check(host: Host, url: str, run: dict[str, Any]) -> None:
    """Raises RuntimeError unless the claims of the run are in the log, the item and the carts."""
    if run["repeated"] or run["refused"] or run["unanswered"] or run["dead"]:
        raise RuntimeError(f"not every claim was answered and granted: {run}")
    granted = run["acks_whole"]
    whole = await host.look()
    variant = whole["show"]["items"][0]["variants"][0]
    async with Database.open(url, pool=1) as database:
        found = await database.read(lambda connection: _found(connection, host.show))
    expected = {
        "answers that say held": (run["held"], granted),
        "claims in the log": (found["held"], granted),
        "commands of claimers and chatters": (found["commands"], granted + run["chatted"]),
        "claims in carts": (found["carts"], granted),
        "pieces held of the item": (variant["held"], granted),
        "pieces allotted": (variant["allotment"], PIECES),
        "events in the log": (found["events"], found["head"]),
    }
    wrong = {what: pair for what, pair in expected.items() if pair[0] != pair[1]}
    if wrong:
        raise RuntimeError(f"does not add up: {wrong}; {run}")


def _found(connection: Connection, show: str) -> dict[str, int]:
    def number(of: Any, *where: Any) -> int:
        return int(connection.execute(select(of).where(*where)).scalar_one())

    def events(*where: Any) -> int:
        return number(func.count(room_event.c.offset), room_event.c.room_id == show, *where)

    return {
        "events": events(),
        "held": events(room_event.c.type == "claim.held"),
        "head": number(room.c.head, room.c.id == show),
        "carts": number(func.coalesce(func.sum(cart_claim.c.quantity), 0)),
        "commands": number(
            func.count(room_command.c.request_id), room_command.c.request_id.like("load-%")
        ),
    }


def _short(run: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {run[name]}"
        for name in ("acks", "p50_ms", "p99_ms", "seen_p50_ms", "seen_p99_ms", "rejoins", "cpu_s")
    )


if __name__ == "__main__":
    asyncio.run(main())

"""`make bench-scale`: two workers, a crowd of thousands, and a whole evening in fast motion.

All on PostgreSQL and through sockets, with compression offered as browsers do. `claims_2_workers`:
one item that everybody claims as soon as she was answered, at two workers with Redis between them
and at one, in turn; each run is checked for being exact and without a gap. `comment_p99_2000_ms`:
from a comment to the last of 2,000 viewers who has it, at 100 comments a second. `storm_5000_s`:
5,000 viewers are cut off and come back within 10 s, while others go on claiming and talking.
`worker_growth_pct`: memory after 100,000 events in front of 1,000 viewers, against that after the
first 10,000. `PARTS="claims comments storm growth"` runs some parts only, `ROUNDS` says how often.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.claims import check
from benchmarks.figures import Figure, at_most, report, say, times_the_peer
from benchmarks.load import Load, program
from benchmarks.service import Host, People, Service, hosted, prepare
from core.db import Database
from core.rooms import history
from live.store import SHOW
from tests.servers import PostgresServer, RedisServer

ROUNDS = int(os.environ.get("ROUNDS", "3"))
PARTS = os.environ.get("PARTS", "claims comments storm growth").split()
MS = 6_000
CLAIMERS = 1_000
VIEWERS, CHATTERS, CHAT_PER_S = 2_000, 200, 100
STORM, STORM_MS, STORM_CLAIMERS, STORM_CLAIMS_PER_S, STORM_CHAT_PER_S = 5_000, 10_000, 200, 50, 50
EVENING, WARM = 100_000, 10_000
EVENING_VIEWERS, EVENING_CLAIMERS = 1_000, 500
EVENING_CLAIMS_PER_S, EVENING_CHAT_PER_S = 150, 1_200
SETTLED_S = 20.0

Databases = Callable[[], Awaitable[str]]
"""Makes a fresh, empty database; returns its URL."""


async def main() -> None:
    program()
    figures: list[Figure] = []
    with (
        PostgresServer() as server,
        RedisServer() as redis,
        tempfile.TemporaryDirectory(prefix="plusone-bench-") as name,
    ):
        numbers = count(1)

        async def databases() -> str:
            name = f"bench_{next(numbers)}"
            await asyncio.to_thread(server.sql, f"CREATE DATABASE {name}")
            return server.url(name)

        folder = Path(name)
        if "claims" in PARTS:
            figures += await two_workers(databases, folder, redis)
        if "comments" in PARTS:
            figures += await comments(databases, folder)
        if "storm" in PARTS:
            figures += await storm(databases, folder)
        if "growth" in PARTS:
            figures += await growth(databases, folder)
    report(figures)


async def two_workers(databases: Databases, folder: Path, redis: RedisServer) -> list[Figure]:
    """The same claimers at two workers, and at one."""
    rates: dict[int, list[float]] = {2: [], 1: []}
    load: list[float] = []
    for number in range(ROUNDS):
        for workers, one in rates.items():
            run = await hot_item(workers, await databases(), folder, redis)
            one.append(run["acks"] / run["seconds"])
            if workers == 2:
                load.append(run["cpu_s"] / run["seconds"])
        told = ", ".join(f"{workers}: {one[-1]:.0f}/s" for workers, one in rates.items())
        say(f"claims by workers, round {number + 1}: {told}")
    return [
        Figure("claims_2_workers", "1/s", rates[2], rates[1], times_the_peer(0.8)),
        Figure("claims_2_workers_load", "cores", load),
    ]


async def hot_item(workers: int, url: str, folder: Path, redis: RedisServer) -> dict[str, Any]:
    """One run of claimers, half of them at each of two workers or all at one."""
    settings = {"REDIS_URL": redis.url} if workers > 1 else {}
    async with running(url, folder, CLAIMERS, workers=workers, **settings) as (
        service,
        host,
        people,
    ):
        half = CLAIMERS // 2
        with ExitStack() as stack:
            loads = [
                stack.enter_context(Load(service.ports[i % workers], host.show, half, guests))
                for i, guests in enumerate((people.guests[:half], people.guests[half:]))
            ]
            before = service.cpu_s
            runs = [asyncio.to_thread(load.run, ms=MS, claimers=half) for load in loads]
            run = _together(await asyncio.gather(*runs))
            each_us = (service.cpu_s - before) / run["acks_whole"] * 1e6
        await settled(host, url)
        await check(host, url, run)
    say(
        f"  {workers} workers: {run['acks'] / run['seconds']:.0f}/s, p99 {run['p99_ms']} ms,"
        f" {each_us:.0f} µs of the workers' processors a claim, load {run['cpu_s']:.1f} s"
    )
    return run


async def comments(databases: Databases, folder: Path) -> list[Figure]:
    """From a comment to the last of all viewers."""
    last, half, load = [], [], []
    for number in range(ROUNDS):
        async with running(await databases(), folder, VIEWERS) as (service, host, people):
            with Load(service.port, host.show, VIEWERS, people.guests) as crowd:
                before = service.cpu_s
                run = await asyncio.to_thread(crowd.run, ms=MS, chatters=CHATTERS, chat=CHAT_PER_S)
                busy = (service.cpu_s - before) / run["seconds"]
            await check(host, service.database_url, run)
        if run["skipped"] or run["last_missing"]:
            raise RuntimeError(f"not everybody had everything: {run}")
        last.append(run["last_p99_ms"])
        half.append(run["last_p50_ms"])
        load.append(run["cpu_s"] / run["seconds"])
        say(
            f"{CHAT_PER_S} comments/s to {VIEWERS}, round {number + 1}: the last of them p50"
            f" {half[-1]} ms, p99 {last[-1]} ms, {run['rejoins']} came again,"
            f" server {busy:.2f} cores, load {load[-1]:.2f}"
        )
    return [
        Figure(f"comment_p99_{VIEWERS}_ms", "ms", last, target=at_most(250)),
        Figure(f"comment_p50_{VIEWERS}_ms", "ms", half),
        Figure(f"comment_{VIEWERS}_load", "cores", load),
    ]


async def storm(databases: Databases, folder: Path) -> list[Figure]:
    """Everybody comes back at once, and the sale goes on."""
    whole, p99, load = [], [], []
    for number in range(ROUNDS):
        people_count = STORM + STORM_CLAIMERS
        async with running(await databases(), folder, people_count) as (service, host, people):
            claimers, viewers = people.guests[:STORM_CLAIMERS], people.guests[STORM_CLAIMERS:]
            with (
                Load(service.port, host.show, STORM_CLAIMERS, claimers) as sale,
                Load(service.port, host.show, STORM, viewers, looking=STORM) as crowd,
            ):
                before = service.cpu_s
                half = STORM_CLAIMERS // 2
                claiming = asyncio.to_thread(
                    sale.run,
                    ms=2 * STORM_MS,
                    warm_ms=0,
                    claimers=half,
                    rate=STORM_CLAIMS_PER_S,
                    chatters=half,
                    chat=STORM_CHAT_PER_S,
                )
                coming = asyncio.to_thread(crowd.storm, ms=STORM_MS)
                run, back = await asyncio.gather(claiming, coming)
                busy = (service.cpu_s - before) / (2 * STORM_MS / 1000)
            await check(host, service.database_url, run)
        if back["inside"] != STORM:
            raise RuntimeError(f"not everybody came back: {back}")
        whole.append(back["seconds"])
        p99.append(run["p99_ms"])
        load.append(back["cpu_s"] / back["seconds"])
        say(
            f"storm of {STORM}, round {number + 1}: all back after {whole[-1]:.1f} s"
            f" (each within p50 {back['way_p50_ms']} ms, p99 {back['way_p99_ms']} ms;"
            f" {back['missed']} by what they missed, {back['wholes']} by all, {back['again']} tried"
            f" again), claims' p99 {p99[-1]} ms, server {busy:.2f} cores"
        )
    return [
        Figure(f"storm_{STORM}_s", "s", whole, target=at_most(20)),
        Figure("storm_claims_p99_ms", "ms", p99, target=at_most(500)),
        Figure(f"storm_{STORM}_load", "cores", load),
    ]


async def growth(databases: Databases, folder: Path) -> list[Figure]:
    """What a long evening leaves in a worker's memory."""
    async with running(await databases(), folder, EVENING_VIEWERS) as (service, host, people):
        with Load(service.port, host.show, EVENING_VIEWERS, people.guests) as crowd:
            warm = 0
            while True:
                before = service.cpu_s
                run = await asyncio.to_thread(
                    crowd.run,
                    ms=5_000,
                    warm_ms=0,
                    claimers=EVENING_CLAIMERS,
                    rate=EVENING_CLAIMS_PER_S,
                    chatters=EVENING_VIEWERS - EVENING_CLAIMERS,
                    chat=EVENING_CHAT_PER_S,
                )
                if run["dead"]:
                    raise RuntimeError(f"not all have stayed: {run}")
                head, memory = (await host.look())["offset"], service.rss_kib
                say(
                    f"  after {head} events: {memory / 1024:.1f} MiB, p99 {run['p99_ms']} ms,"
                    f" server {(service.cpu_s - before) / run['seconds']:.2f} cores,"
                    f" {run['refused']} refused for want of time"
                )
                if head >= WARM and not warm:
                    warm = memory
                if head >= EVENING:
                    break
    return [Figure("worker_growth_pct", "%", [(memory / warm - 1) * 100], target=at_most(10))]


@asynccontextmanager
async def running(
    url: str, folder: Path, guests: int, *, workers: int = 1, **settings: object
) -> AsyncIterator[tuple[Service, Host, People]]:
    """plusone over the database at `url`, with a show on sale."""
    people = await prepare(url, guests)
    async with AsyncExitStack() as stack:
        service = stack.enter_context(
            Service(url, folder, workers=workers, MEDIA_ENGINE="none", BOT=False, **settings)
        )
        yield service, await stack.enter_async_context(hosted(service, people)), people


async def settled(host: Host, url: str) -> None:
    """Wait until the host's worker has heard of all that the others committed."""
    async with Database.open(url, pool=1) as database, asyncio.timeout(SETTLED_S):
        head = await database.read(lambda c: history.read_head(c, host.show, SHOW))
        while (await host.look())["offset"] < head.head:  # noqa: ASYNC110 (nobody tells)
            await asyncio.sleep(0.05)


def _together(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What several load programs counted at the same time."""
    summed = {name: sum(run[name] for run in runs) for name in runs[0] if name != "codes"}
    longest = {name: max(run[name] for run in runs) for name in ("seconds", "p50_ms", "p99_ms")}
    return {**summed, **longest, "codes": [run["codes"] for run in runs]}


if __name__ == "__main__":
    asyncio.run(main())

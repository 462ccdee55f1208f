"""Rooms alone, without a feature's rules: commands, and opening a long log.

python -m benchmarks.rooms

The room is the auction of the tests: a command becomes an event, what was typed beside it, and the
command's own row. Every measurement has a process of its own, what is compared is taken in turn.
What it costs to tell many of an event: `fanout.py`.
"""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, Target, at_least, at_most, report, say
from core.clock import SystemClock
from core.db import Database
from core.rooms.events import PUBLIC
from core.rooms.kind import Command
from core.rooms.rooms import Rooms
from migrations import upgrade
from tests.core.rooms.auction import AuctionKind, Say
from tests.core.rooms.conftest import ROOM
from tests.servers import PostgresServer
from web.serving import calm_collector, run_loop

ROUNDS = 3
SECONDS = 4.0
EVENTS = 100_000
TEXT = "+1 " + "好" * 20

_numbers = itertools.count()


def main() -> None:
    with TemporaryDirectory() as folder, PostgresServer() as server:
        urls = {"sqlite": f"sqlite:///{folder}/rooms.sqlite", "pg": server.url()}
        for url in urls.values():
            upgrade(url)
        report([*_commands(urls), *_opening(urls)])


def _commands(urls: dict[str, str]) -> Iterator[Figure]:
    targets = {"sqlite": 10_000, "pg": 5_000}
    found: dict[tuple[str, int], list[float]] = {}
    for number in range(1, ROUNDS + 1):
        for (kind, url), senders in itertools.product(urls.items(), (100, 1_000)):
            rate, busy = map(float, _told("commands", url, str(senders)).split())
            say(
                f"{kind}, {senders} senders, round {number}: {rate:,.0f} commands a second"
                f" with {busy:.0%} of a core"
            )
            found.setdefault((kind, senders), []).append(rate)
    for (kind, senders), rates in found.items():
        yield Figure(f"rooms_{kind}_{senders}", "1/s", rates, target=at_least(targets[kind]))


def _opening(urls: dict[str, str]) -> Iterator[Figure]:
    for kind, url in urls.items():
        room = _told("write", url)
        lines = _told("open", url, room).splitlines()
        seconds, holds = zip(*(map(float, line.split()) for line in lines), strict=True)
        figures: list[tuple[str, str, tuple[float, ...], Target]] = [
            (f"open_log_100k_{kind}_s", "s", seconds, at_most(1)),
            (f"open_log_100k_{kind}_hold_ms", "ms", holds, at_most(20)),
        ]
        for name, unit, rounds, target in figures:
            yield Figure(name, unit, rounds, target=target)


# Programs of their own


def _told(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.rooms", *words],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=600,
    )
    return done.stdout.strip()


def _print(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _command(sender: str) -> Command:
    return Command(sender, f"request-{next(_numbers)}", Say(TEXT))


@asynccontextmanager
async def _rooms(url: str, room: str) -> AsyncIterator[Rooms]:
    """Rooms with one auction, loaded; made if it is not there."""
    async with Database.open(url) as database:
        rooms = Rooms(database, SystemClock(), [AuctionKind()])
        try:
            if room not in {"", ROOM}:
                await rooms.create("auction", room, _command("host"), PUBLIC)
            yield rooms
        finally:
            await rooms.close()


async def commands(url: str, senders: int) -> None:
    """Closed loop: each sender sends the next when the one before was answered."""
    name = f"auc_{time.time_ns()}"
    async with _rooms(url, name) as rooms:
        room = rooms.room(name, "auction")
        await room.loaded()
        calm_collector()
        done, over = 0, False

        async def sender(number: int) -> None:
            nonlocal done
            while not over:
                outcome = await room.submit(_command(f"p{number}"))
                if outcome.error is not None:
                    raise outcome.error
                done += 1

        tasks = [asyncio.create_task(sender(number)) for number in range(senders)]
        await asyncio.sleep(0.5)
        before, begun, cpu = done, time.perf_counter(), time.process_time()
        await asyncio.sleep(SECONDS)
        took = time.perf_counter() - begun
        rate, busy = (done - before) / took, (time.process_time() - cpu) / took
        over = True
        await asyncio.gather(*tasks)
        _print(f"{rate} {busy}")


async def write(url: str) -> None:
    """Write a long log, and name its room."""
    name = f"auc_{time.time_ns()}"
    async with _rooms(url, name) as rooms:
        room = rooms.room(name, "auction")
        for _ in range(0, EVENTS, 500):
            await asyncio.gather(*(room.submit(_command("host")) for _ in range(500)))
        _print(name)


async def reopen(url: str, name: str) -> None:
    """Open the log from its first event on; say how long it took, how long the loop was held."""
    kind = AuctionKind()
    kind.model = 2  # no stored state is of this model
    async with Database.open(url) as database:
        for _ in range(ROUNDS):
            rooms = Rooms(database, SystemClock(), [kind])
            calm_collector()
            watch = _Watch()
            watching = asyncio.create_task(watch.run())
            begun = time.perf_counter()
            room = rooms.room(name, "auction")
            await room.loaded()
            seconds = time.perf_counter() - begun
            watching.cancel()
            _print(f"{seconds} {watch.longest * 1000}")
            await rooms.close()
            kind.model += 1


class _Watch:
    """How long the loop kept others waiting at most."""

    longest = 0.0

    async def run(self) -> None:
        before = time.perf_counter()
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            self.longest, before = max(self.longest, now - before), now


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main()
        case ["commands", url, senders]:
            run_loop(commands(url, int(senders)))
        case ["write", url]:
            run_loop(write(url))
        case ["open", url, name]:
            run_loop(reopen(url, name))

"""`make bench-fanout`: what one frame to a thousand, or five, costs the server that sends it.

Compared, in turn and round by round: rooms of ours, stock python-socketio, Socket.IO's own server
on Node, and a loop of send(2) in C, which is as little as it can cost with one connection for each
viewer. None of them stores anything; what it costs us to commit each frame's comment as well is
measured beside it (`…_committed`). Counted are deliveries for each second of the
server's processor time, all its threads together; what the viewers cost (`fan.c`) is counted apart.
`PARTS="1000 5000 batched"` runs some parts only, `ROUNDS` says how
often.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.compiled import compiled
from benchmarks.fan_servers import FRAME, JOIN, PACKET
from benchmarks.figures import Figure, report, say, times_the_peer
from benchmarks.processes import cpu_s
from core.rooms.broadcast import Pace
from migrations import upgrade
from tests.core.rooms.served import NAMESPACE

ROUNDS = int(os.environ.get("ROUNDS", "3"))
PARTS = os.environ.get("PARTS", "1000 5000 batched").split()
WARM = 5
"""Frames before those that are counted."""
DELIVERIES = {
    "rooms": 200_000,
    "committed": 200_000,
    "stock": 40_000,
    "calm": 40_000,
    "node": 200_000,
    "limit": 300_000,
}
"""In each round: more of those that are quick, for the kernel counts in hundredths of a second."""
TIMES = {1_000: 7.0, 5_000: 12.0}
"""Of stock python-socketio."""
COMMENTS_PER_S, COMMENTS = 100, 400
PATIENCE_S = 120.0
_NODE = Path(__file__).with_name("fan_node.cjs")


def main() -> None:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="plusone-bench-") as name:
        databases = _databases(Path(name))
        stock: dict[int, list[float]] = {}
        for viewers in TIMES:
            if str(viewers) in PARTS:
                found = _compared(viewers, databases)
                stock[viewers] = found["stock"].rates
                figures += _figures(viewers, found)
        if "batched" in PARTS:
            figures += _batched(databases, stock.get(1_000))
    report(figures)


def _databases(folder: Path) -> Iterator[str]:
    for number in count(1):
        url = f"sqlite:///{folder}/fan_{number}.sqlite"
        upgrade(url)
        yield url


@dataclass
class Found:
    """By rounds: thousands of deliveries for each second of the server's, and of the viewers'."""

    rates: list[float]
    viewers: list[float]


def _compared(viewers: int, databases: Iterator[str]) -> dict[str, Found]:
    found = {way: Found([], []) for way in DELIVERIES}
    for number in range(1, ROUNDS + 1):
        for way, one in found.items():
            events = DELIVERIES[way] // viewers
            served, seen = _measure(_command(way, databases), way, viewers, events, gap_ms=0)
            one.rates.append(served)
            one.viewers.append(seen)
        told = ", ".join(f"{way} {one.rates[-1]:.1f}" for way, one in found.items())
        say(f"{viewers} viewers, round {number}, thousand deliveries a CPU second: {told}")
    return found


def _figures(viewers: int, found: Mapping[str, Found]) -> Iterator[Figure]:
    rates = {way: one.rates for way, one in found.items()}
    name, unit, ours = f"fanout_{viewers}", "k/CPU s", rates["rooms"]
    yield Figure(name, unit, ours, rates["stock"], times_the_peer(TIMES[viewers]))
    yield Figure(f"{name}_vs_calm_stock", unit, ours, rates["calm"])
    yield Figure(f"{name}_vs_node", unit, ours, rates["node"], times_the_peer(1.2))
    yield Figure(f"{name}_vs_send", unit, ours, rates["limit"], times_the_peer(0.6))
    yield Figure(f"{name}_committed", unit, rates["committed"], rates["stock"])
    yield Figure(f"{name}_load", unit, found["rooms"].viewers)


def _batched(databases: Iterator[str], stock: Sequence[float] | None) -> Iterator[Figure]:
    """Comments at a fixed rate, so that several go out in one frame; against one emit for each."""
    ways: dict[str, list[float]] = {"rooms": [], "committed": []}
    peer: list[float] = []
    gap_ms = 1000 // COMMENTS_PER_S
    for number in range(1, ROUNDS + 1):
        for way, rates in ways.items():
            command = _command(way, databases, tick_s=Pace().tick_s)
            rates.append(_measure(command, way, 1_000, COMMENTS, gap_ms=gap_ms)[0])
        if stock is None:
            events = DELIVERIES["stock"] // 1_000
            command = _command("stock", databases)
            peer.append(_measure(command, "stock", 1_000, events, gap_ms=0)[0])
        told = ", ".join(f"{way} {rates[-1]:.0f}" for way, rates in ways.items())
        say(f"{COMMENTS_PER_S} comments a second, round {number}: {told}")
    beside = stock or peer
    yield Figure("fanout_batched", "k/CPU s", ways["rooms"], beside, times_the_peer(60))
    yield Figure("fanout_batched_committed", "k/CPU s", ways["committed"], beside)


def _command(way: str, databases: Iterator[str], *, tick_s: float = 0) -> list[str]:
    ours = [sys.executable, "-m", "benchmarks.fan_servers"]
    match way:
        case "rooms":
            return [*ours, "rooms", next(databases), str(tick_s)]
        case "committed":
            return [*ours, "rooms", next(databases), str(tick_s), "committed"]
        case "stock":
            return [*ours, "stock"]
        case "calm":
            return [*ours, "stock", "calm"]
        case "node":
            return ["node", str(_NODE), msgspec.json.encode(FRAME).decode()]
        case _:
            return [str(compiled("fan")), "send", f"text={PACKET}"]


def _measure(
    command: Sequence[str], way: str, viewers: int, events: int, *, gap_ms: int
) -> tuple[float, float]:
    """Thousands of deliveries for each second of the server's processor, and of the viewers'."""
    with ExitStack() as stack:
        server = stack.enter_context(_program(command))
        where = [f"port={server.line()}", f"sockets={viewers}"]
        if way != "limit":
            where += [f"namespace={NAMESPACE}", f"join={JOIN}"]
        sink = stack.enter_context(_program([str(compiled("fan")), "sink", *where]))
        inside = sink.answer()
        if inside["inside"] != viewers:
            raise RuntimeError(f"not all viewers came in at {way}: {inside}")
        _send(server, sink, WARM, WARM, gap_ms)
        before = cpu_s(server.pid)
        seen = _send(server, sink, events, WARM + events, gap_ms)
        spent = cpu_s(server.pid) - before
    if not seen["whole"] or seen["deliveries"] != viewers * events:
        raise RuntimeError(f"not everything came from {way}: {seen}")
    say(
        f"  {way}: {seen['deliveries']} deliveries in {seen['frames']} frames of"
        f" {seen['bytes'] / seen['frames']:.0f} bytes, {seen['seconds']:.1f} s, {spent:.2f} s of"
        f" the server's processor, {seen['busy_s']:.2f} s of the viewers'"
    )
    return seen["deliveries"] / spent / 1_000, seen["deliveries"] / seen["busy_s"] / 1_000


def _send(
    server: _Program, sink: _Program, events: int, in_all: int, gap_ms: int
) -> dict[str, Any]:
    """Have so many sent, and wait until every viewer has had so many in all."""
    sink.tell(f"await {in_all} {PATIENCE_S * 1000:.0f}")
    server.tell(f"send {events} {gap_ms}")
    seen = sink.answer()
    if (word := server.line()) != "done":
        raise RuntimeError(f"done was expected, not {word}")
    return seen


class _Program:
    """A program that is told lines and answers with lines."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid = self._process.pid

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def line(self) -> str:
        out = self._process.stdout
        assert out is not None
        ready, _, _ = select.select([out], [], [], PATIENCE_S)
        line = out.readline().strip() if ready else ""
        if not line:
            raise RuntimeError("a program of the benchmark does not answer")
        return line

    def answer(self) -> dict[str, Any]:
        answer: dict[str, Any] = msgspec.json.decode(self.line())
        return answer

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def _program(command: Sequence[str]) -> Iterator[_Program]:
    program = _Program(command)
    try:
        yield program
    finally:
        program.end()


if __name__ == "__main__":
    main()

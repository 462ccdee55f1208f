"""How long those who wait for a rep will wait: a range, or nothing where too little is known. Pure.

What is known: how many reps take calls, for how long each of those who talk has done so, and how
long the newest calls took. From these a hundred possible next hours are played through, each with
lengths picked from the newest calls; for those who have talked for a while, from the calls that
took longer still. Nine of ten of those hours lie between the two ends of the range that is told:
an end that is met by chance would be no promise, and a range that covers all would say nothing.

The picks follow from a fixed sequence for each future, so that the same question has the same
answer at every process, and nobody's range changes because of those who come after her.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

import msgspec

KNOWN_AT_LEAST = 5
"""Calls whose lengths say something about the next ones."""
FUTURES = 100
WITHIN = (5, 95)
"""Of a hundred futures, those at the two ends of the range."""
MINUTE_MS = 60_000
ANSWER_MS = MINUTE_MS
"""Within this a rep who is free picks up; one more may have to be rung."""
LONGEST_MS = 2 * 60 * MINUTE_MS
"""A range that reaches further says nothing."""
FURTHEST = 100
"""Whoever stands further back is told nothing."""


class Wait(msgspec.Struct, frozen=True):
    """Between so many ms and so many more, both in whole minutes."""

    least_ms: int
    most_ms: int


def estimates(
    waiting: int, reps: int, talking_ms: Sequence[int], recent_ms: Sequence[int]
) -> list[Wait | None]:
    """How long each of so many who wait does so, in their order; None where that cannot be said.

    `reps`: those who take calls now, with the ones who talk, of whom each has done so for one of
    `talking_ms`. `recent_ms`: how long the newest calls took.
    """
    free = max(0, reps - len(talking_ms))
    told: list[Wait | None] = [Wait(0, ANSWER_MS)] * min(waiting, free)
    played = min(waiting, FURTHEST)
    if len(told) < played and reps > 0 and len(recent_ms) >= KNOWN_AT_LEAST:
        futures = _futures(played, reps, talking_ms, recent_ms)
        told += [_between(sorted(waits)) for waits in list(zip(*futures, strict=True))[len(told) :]]
    return told + [None] * (waiting - len(told))


def _between(waits: Sequence[int]) -> Wait | None:
    low, high = (waits[min(len(waits) - 1, len(waits) * one // 100)] for one in WITHIN)
    least = low // MINUTE_MS * MINUTE_MS
    most = -(-(high + ANSWER_MS) // MINUTE_MS) * MINUTE_MS
    return Wait(least, most) if most <= LONGEST_MS else None


def _futures(
    waiting: int, reps: int, talking_ms: Sequence[int], recent_ms: Sequence[int]
) -> list[list[int]]:
    """In each future, after how long each of those who wait is at a rep's."""
    lengths = sorted(recent_ms)
    # Who talks for longer than any call took is as one who has just begun: nothing else is known.
    left = [[ms - spent for ms in lengths if ms > spent] or lengths for spent in talking_ms]
    futures = []
    for future in range(FUTURES):
        picks = _picks(future)
        free_at = [rest[next(picks) % len(rest)] for rest in left]
        free_at += [0] * (reps - len(free_at))
        heapq.heapify(free_at)
        waits = []
        for _ in range(waiting):
            waits.append(free_at[0])
            heapq.heapreplace(free_at, free_at[0] + lengths[next(picks) % len(lengths)])
        futures.append(waits)
    return futures


def _picks(future: int) -> Iterator[int]:
    """Numbers that look picked by chance, the same ones every time (MMIX's generator, Knuth)."""
    at = future
    while True:
        at = (at * 6364136223846793005 + 1442695040888963407) % 2**64
        yield at >> 33

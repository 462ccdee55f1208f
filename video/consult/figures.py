"""How calls go: how long customers wait, how many reps miss, what comes of it. Pure.

What is measured, of the calls that were asked for in a span of days:

- *calls*: in which people talked, by the rep who did; *missed*: rings that a rep left unanswered;
- the *wait*: from when a customer asked until a rep answered. Not of invitations;
- the *length*: from the answer to the end;
- *rated*: the mean of the scores that were given, and how many were;
- *ordered*: calls in which something was bought, *converted* the percentage of the calls that they
  are, and *totals* what it came to in each currency, in minor units.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from video.consult.store import Ask, Missed


class Rated(msgspec.Struct, frozen=True):
    """`mean` is None where nobody gave a score."""

    count: int
    mean: float | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Durations are in ms, and None where there is none to rank."""

    calls: int
    missed: int
    wait_p50_ms: int | None
    wait_p90_ms: int | None
    length_p50_ms: int | None
    rated: Rated
    ordered: int
    converted: float | None
    totals: dict[str, int]


def figures(asked: Iterable[Ask], missed: Iterable[Missed]) -> Figures:
    """Of calls that were asked for, and of rings that nobody answered."""
    talked = [one for one in asked if one.answered_at is not None]
    waits = [
        one.answered_at - one.asked_at
        for one in talked
        if one.by == "customer" and one.answered_at is not None
    ]
    lengths = [
        one.ended_at - one.answered_at
        for one in talked
        if one.ended_at is not None and one.answered_at is not None
    ]
    scores = [one.score for one in talked if one.score is not None]
    ordered = sum(bool(one.orders) for one in talked)
    totals: Counter[str] = Counter()
    for one in talked:
        for order in one.orders:
            totals[order.currency] += order.total
    return Figures(
        calls=len(talked),
        missed=sum(1 for _ in missed),
        wait_p50_ms=_rank(waits, 50),
        wait_p90_ms=_rank(waits, 90),
        length_p50_ms=_rank(lengths, 50),
        rated=Rated(len(scores), round(sum(scores) / len(scores), 2) if scores else None),
        ordered=ordered,
        converted=round(100 * ordered / len(talked), 1) if talked else None,
        totals=dict(sorted(totals.items())),
    )


def _rank(values: Sequence[int], percent: int) -> int | None:
    """The nearest rank: the least value that so many percent are not above."""
    return sorted(values)[-(-len(values) * percent // 100) - 1] if values else None

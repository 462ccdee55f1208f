"""Deadlines in order, as a value: a pairing heap (Fredman et al., 1986) that is never changed.

A show's state is immutable, and thousands of holds are put in and taken out of it. Entries are not
removed from the middle: the state drops those that no longer hold when they come to the top.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from core.clock import Instant


class Deadlines(NamedTuple):
    """The earliest deadline, what it is of, and a linked list of the heaps below it.

    No deadlines at all are None.
    """

    at: Instant
    of: str
    below: _Below | None = None


class _Below(NamedTuple):
    # Linked, not a tuple: deadlines mostly come in growing order, and then all lie below the first.
    heap: Deadlines
    rest: _Below | None


def put(heap: Deadlines | None, at: Instant, of: str) -> Deadlines:
    """`heap` with one deadline more; constant time."""
    return _joined(heap, Deadlines(at, of)) if heap is not None else Deadlines(at, of)


def without_first(heap: Deadlines) -> Deadlines | None:
    """`heap` without its earliest deadline; logarithmic time over a run of calls."""
    pairs: list[Deadlines] = []
    below = heap.below
    while below is not None:
        first, below = below
        if below is not None:
            second, below = below
            first = _joined(first, second)
        pairs.append(first)
    if not pairs:
        return None
    joined = pairs.pop()
    while pairs:
        joined = _joined(joined, pairs.pop())
    return joined


def entries(heap: Deadlines | None) -> Iterator[tuple[Instant, str]]:
    """All deadlines, in no order; those too that no longer hold."""
    heaps = [] if heap is None else [heap]
    while heaps:
        at, of, below = heaps.pop()
        yield at, of
        while below is not None:
            one, below = below
            heaps.append(one)


def _joined(a: Deadlines, b: Deadlines) -> Deadlines:
    # Of two at one instant the older claim is first: its id, which ends in a number, is shorter.
    if (b.at, len(b.of), b.of) < (a.at, len(a.of), a.of):
        a, b = b, a
    return Deadlines(a.at, a.of, _Below(b, a.below))

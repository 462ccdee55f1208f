"""Deadlines in order, as a value: a pairing heap (Fredman et al., 1986) that is never changed.

A show's state is immutable, and thousands of holds are put in and taken out of it. Entries are not
removed from the middle: the state drops those that no longer hold when they come to the top.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from core.clock import Instant


class Deadlines(msgspec.Struct, frozen=True):
    """The earliest deadline, what it is of, and a linked list of the heaps below it.

    No deadlines at all are None.
    """

    at: Instant
    of: str
    below: _Below | None = None


class _Below(msgspec.Struct, frozen=True):
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
        first, below = below.heap, below.rest
        if below is not None:
            first, below = _joined(first, below.heap), below.rest
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
        heap = heaps.pop()
        yield heap.at, heap.of
        below = heap.below
        while below is not None:
            heaps.append(below.heap)
            below = below.rest


def _joined(a: Deadlines, b: Deadlines) -> Deadlines:
    if b.at < a.at or (b.at == a.at and _is_older(b.of, a.of)):
        a, b = b, a
    return Deadlines(a.at, a.of, _Below(b, a.below))


def _is_older(one: str, other: str) -> bool:
    """Of two claims at one instant the older is first: its id ends in a smaller number."""
    return (len(one), one) < (len(other), other)

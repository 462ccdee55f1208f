"""Now, as something that tests can move.

Instants are whole milliseconds since the Unix epoch (`Instant`), UTC; only faces turn them into
local dates.
"""

from __future__ import annotations

import time
from typing import Protocol

Instant = int
"""Milliseconds since 1970-01-01T00:00:00Z."""


class Clock(Protocol):
    def now(self) -> Instant:
        """The present instant; never runs backwards within a process."""
        ...


class SystemClock:
    """The wall clock as it stood at start, carried on by the monotonic clock.

    A stepped wall clock (NTP, an operator) therefore neither expires holds nor reorders events.
    Another process on this machine goes by the same clock if it is told `uptime_zero` of it.
    """

    def __init__(self, uptime_zero: Instant | None = None) -> None:
        wall_ns = time.time_ns() - time.monotonic_ns()
        self._anchor_ns = wall_ns if uptime_zero is None else uptime_zero * 1_000_000

    def now(self) -> Instant:
        return (self._anchor_ns + time.monotonic_ns()) // 1_000_000


def uptime_zero(clock: Clock) -> Instant:
    """What `clock` would have said when this machine's monotonic clock stood at 0."""
    return clock.now() - time.monotonic_ns() // 1_000_000


class ManualClock:
    """A clock that stands still until told otherwise; for tests and for replaying."""

    def __init__(self, start: Instant = 1_790_000_000_000) -> None:
        self._now = start

    def now(self) -> Instant:
        return self._now

    def advance(self, ms: int) -> Instant:
        """Move forward by `ms` >= 0 milliseconds and return the new instant."""
        if ms < 0:
            raise ValueError("time does not run backwards")
        self._now += ms
        return self._now

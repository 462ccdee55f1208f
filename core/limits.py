"""How often something may be done: a token bucket for each key.

A `Limiter` counts in this process's memory: for sockets, which are where they are. What a person or
an address may do is counted by all processes together, as far as they share something to count in:
a `SharedLimiter`. Where that is away each process counts by itself.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from core.clock import Clock

KEYS = 20_000
"""Of more keys than this, the one that was not used the longest begins anew."""


class Limiter:
    """`rate_per_s` in the long run, `burst` at once, for each key.

    Kept as one number per key: when its bucket will be full again (GCRA, ITU-T I.371 Annex A).
    """

    def __init__(self, rate_per_s: float, burst: int, *, clock: Clock, keys: int = KEYS) -> None:
        if rate_per_s <= 0 or burst < 1 or keys < 1:
            raise ValueError("a limit lets something through")
        # Whole numbers: fractions of today's milliseconds would refuse the last of a burst.
        self._each_ns = max(1, round(1_000_000_000 / rate_per_s))
        self._whole_ns = burst * self._each_ns
        self._clock = clock
        self._keys = keys
        self._full_at: OrderedDict[str, int] = OrderedDict()

    def take(self, key: str, count: int = 1) -> int | None:
        """Take `count` tokens of `key`; None if they were there, else in how many ms they will be.

        Nothing is taken if not all are there. More than the burst at once are never there.
        """
        now = self._clock.now() * 1_000_000
        full_at = max(self._full_at.get(key, now), now) + count * self._each_ns
        over_ns = full_at - now - self._whole_ns
        if over_ns > 0:
            return -(-over_ns // 1_000_000)
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._keys:
            self._full_at.popitem(last=False)
        return None

    def learn(self, key: str, ahead_ns: int) -> None:
        """Others have taken so much that the bucket of `key` is full again only in `ahead_ns`."""
        full_at = self._clock.now() * 1_000_000 + ahead_ns
        if full_at > self._full_at.get(key, 0):
            self._full_at[key] = full_at
            self._full_at.move_to_end(key)
            if len(self._full_at) > self._keys:
                self._full_at.popitem(last=False)

    def __len__(self) -> int:
        return len(self._full_at)


class Away(Exception):
    """What is shared cannot be asked now."""


@dataclass(frozen=True, slots=True)
class Ask:
    """`count` tokens of a bucket that gets one each `each_us`, and holds so many that it fills in
    `whole_us`. `anyhow`: they have been taken already."""

    key: str
    each_us: int
    whole_us: int
    count: int
    anyhow: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """`over_us`: 0 where the tokens were there, else how long they are missing. `ahead_us`: how
    long the bucket takes to be full again."""

    over_us: int
    ahead_us: int


class Shared(Protocol):
    """What all processes count in."""

    async def take(self, ask: Ask) -> Taken:
        """Raises Away: soon, if not at once."""
        ...

    def note(self, ask: Ask, learn: Callable[[Taken], None]) -> None:
        """Have it counted a little later, and say what came of it; may be lost."""
        ...


class SharedLimiter:
    """A `Limiter` for all processes together."""

    def __init__(
        self, name: str, rate_per_s: float, burst: int, *, clock: Clock, shared: Shared | None
    ) -> None:
        self._name = name
        self._here = Limiter(rate_per_s, burst, clock=clock)
        self._shared = shared
        self._each_us = max(1, round(1_000_000 / rate_per_s))
        self._whole_us = burst * self._each_us

    async def take(self, key: str, count: int = 1) -> int | None:
        """As `Limiter.take`, exact over all processes."""
        if self._shared is None:
            return self._here.take(key, count)
        try:
            taken = await self._shared.take(self._ask(key, count))
        except Away:
            return self._here.take(key, count)
        self._here.learn(key, taken.ahead_us * 1_000)
        return -(-taken.over_us // 1_000) if taken.over_us else None

    def take_now(self, key: str, count: int = 1) -> int | None:
        """The same without waiting, for what must not be overtaken by what comes after it.

        Decided by what is known here; what others took meanwhile counts from a moment later on.
        """
        wait_ms = self._here.take(key, count)
        if wait_ms is None and self._shared is not None:

            def learn(taken: Taken) -> None:
                self._here.learn(key, taken.ahead_us * 1_000)

            self._shared.note(self._ask(key, count, anyhow=True), learn)
        return wait_ms

    def _ask(self, key: str, count: int, *, anyhow: bool = False) -> Ask:
        return Ask(f"{self._name} {key}", self._each_us, self._whole_us, count, anyhow)


class Limits:
    """Gives each part of the product its limits, counted in the same place."""

    def __init__(self, clock: Clock, shared: Shared | None = None) -> None:
        self._clock = clock
        self._shared = shared
        self._made: dict[str, SharedLimiter] = {}

    def of(self, name: str, rate_per_s: float, burst: int) -> SharedLimiter:
        """The limit that goes by `name`, a short one of ours; made when it is first asked for."""
        made = self._made.get(name)
        if made is None:
            made = SharedLimiter(name, rate_per_s, burst, clock=self._clock, shared=self._shared)
            self._made[name] = made
        return made

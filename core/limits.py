"""How often something may be done: a token bucket for each key, in this process's memory."""

from collections import OrderedDict

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

    def __len__(self) -> int:
        return len(self._full_at)

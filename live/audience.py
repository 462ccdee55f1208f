"""How many watch, and their hearts: told now and then, never kept, but for a sample of the count.

The count is of this process's sockets. Hearts are counted, and sent with the next pulse.
"""

from __future__ import annotations

import asyncio
from collections import Counter

import structlog

from core.clock import Clock
from core.errors import PlusOneError
from core.rooms.broadcast import FanOut
from live.service import Shows

PULSE_S = 1.0
SAMPLE_MS = 10_000
"""How often the number of viewers becomes an event, if it has changed."""

_log = structlog.get_logger(__name__)


class Audience:
    """The viewers of the shows that this process serves; `run` is its one task."""

    def __init__(self, fan_out: FanOut, shows: Shows, clock: Clock) -> None:
        self._fan_out = fan_out
        self._shows = shows
        self._clock = clock
        self._hearts: Counter[str] = Counter()
        self._watched: dict[str, int] = {}
        self._told: dict[str, int] = {}
        self._sampled: dict[str, tuple[int, int]] = {}

    def changed(self, show: str) -> None:
        """Somebody has begun to follow `show`."""
        self._watched.setdefault(show, 0)

    def hearts(self, show: str, count: int) -> None:
        self._hearts[show] += count

    async def run(self) -> None:
        """Pulse until cancelled."""
        while True:
            await asyncio.sleep(PULSE_S)
            await self.pulse()

    async def pulse(self) -> None:
        """Tell each show's sockets what is new, and sample the counts that are due."""
        for show in list(self._watched):
            viewers = self._fan_out.viewers(show)
            hearts = self._hearts.pop(show, 0)
            if hearts or viewers != self._told.get(show):
                self._told[show] = viewers
                self._fan_out.pulse(show, "pulse", {"viewers": viewers, "hearts": hearts})
            await self._sample(show, viewers)
            if not viewers:
                self._watched.pop(show, None)
                self._told.pop(show, None)

    async def _sample(self, show: str, viewers: int) -> None:
        now = self._clock.now()
        at, count = self._sampled.get(show, (0, -1))
        if viewers == count or now - at < SAMPLE_MS:
            return
        self._sampled[show] = (now, viewers)
        try:
            await self._shows.sample_viewers(show, viewers, now)
        except PlusOneError as error:  # a gap in a curve; the next sample will do
            _log.warning("audience.not_sampled", show=show, error=error.error_code)

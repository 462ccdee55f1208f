"""How many watch, and their hearts: told now and then, never kept, but for a sample of the count.

Each process tells the others each second how many watch at it and the hearts that came since; each
tells its own sockets the sums. Hearts are counted, and sent with the next pulse.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict

import msgspec
import structlog

from core.clock import Clock
from core.errors import PlusOneError
from core.rooms.broadcast import FanOut
from core.rooms.relay import InProcessRelay, Relay, Topic
from live.service import Shows

PULSE_S = 1.0
SAMPLE_MS = 10_000
"""How often the number of viewers becomes an event, if it has changed."""
BELIEVED_S = 3.0
"""How long a process is believed that says nothing any more, while others are heard."""
SHOWS_AT_ONCE = 1_000
"""Of one process, told in one message."""

_log = structlog.get_logger(__name__)


class Watching(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one process tells the others."""

    process: str
    viewers: dict[str, int]
    hearts: dict[str, int]


class Tally:
    """How many watch at the other processes, as far as those were heard."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._heard: defaultdict[str, dict[str, tuple[float, int]]] = defaultdict(dict)
        """Of each show, by process: when it was said, and how many."""

    def note(self, told: Watching) -> None:
        now = asyncio.get_running_loop().time()
        for show, count in told.viewers.items():
            self._heard[show][told.process] = now, count

    def of(self, show: str) -> int:
        return sum(count for _, count in self._heard.get(show, {}).values())

    @property
    def is_known(self) -> bool:
        """Whether all who are there have been heard, if there are others."""
        since = self._relay.heard_since
        return since is not None and asyncio.get_running_loop().time() - since >= BELIEVED_S

    def forget(self) -> None:
        """Forget who has gone. While nobody can be heard nobody has: numbers do not jump."""
        if not self.is_known:
            return
        before = asyncio.get_running_loop().time() - BELIEVED_S
        for show, said in list(self._heard.items()):
            for process in [process for process, (at, _) in said.items() if at < before]:
                del said[process]
            if not said:
                del self._heard[show]


class Audience:
    """The viewers of the shows that this process serves; `run` is its one task."""

    def __init__(
        self, fan_out: FanOut, shows: Shows, clock: Clock, relay: Relay | None = None
    ) -> None:
        relay = InProcessRelay() if relay is None else relay
        self._fan_out = fan_out
        self._shows = shows
        self._clock = clock
        self._process = relay.process
        self._others = Tally(relay)
        self._topic = Topic(relay, "audience", Watching)
        self._topic.hear(self._heard)
        self._hearts: Counter[str] = Counter()
        self._came: Counter[str] = Counter()
        """Hearts that others have told of."""
        self._watched: dict[str, int] = {}
        self._told: dict[str, int] = {}
        self._sampled: dict[str, tuple[int, int]] = {}

    def changed(self, show: str) -> None:
        """Somebody has begun to follow `show`: she is told how many do."""
        self._watched.setdefault(show, 0)
        self._told.pop(show, None)

    def hearts(self, show: str, count: int) -> None:
        self._hearts[show] += count

    async def run(self) -> None:
        """Pulse until cancelled."""
        while True:
            await asyncio.sleep(PULSE_S)
            await self.pulse()

    async def pulse(self) -> None:
        """Tell each show's sockets what is new, and sample the counts that are due."""
        here = {show: self._fan_out.viewers(show) for show in self._watched}
        hearts = {show: self._hearts.pop(show) for show in list(self._hearts)}
        self._tell_others(here, hearts)
        self._others.forget()
        for show, count in here.items():
            viewers = count + self._others.of(show)
            new = hearts.get(show, 0) + self._came.pop(show, 0)
            if new or viewers != self._told.get(show):
                self._told[show] = viewers
                self._fan_out.pulse_here(show, "pulse", {"viewers": viewers, "hearts": new})
            await self._sample(show, viewers)
            # Asked after that wait, in which somebody may have come. Staff count for nothing, but
            # want to be told of those who watch elsewhere.
            if not self._fan_out.is_followed(show):
                self._watched.pop(show, None)
                self._told.pop(show, None)
                self._came.pop(show, None)

    def _tell_others(self, here: dict[str, int], hearts: dict[str, int]) -> None:
        shows = list({**here, **hearts})
        for first in range(0, len(shows), SHOWS_AT_ONCE):
            some = shows[first : first + SHOWS_AT_ONCE]
            self._topic.cast(
                Watching(
                    self._process,
                    {show: here[show] for show in some if show in here},
                    {show: hearts[show] for show in some if show in hearts},
                )
            )

    def _heard(self, told: Watching) -> None:
        self._others.note(told)
        for show, count in told.hearts.items():
            if show in self._watched:
                self._came[show] += count

    async def _sample(self, show: str, viewers: int) -> None:
        now = self._clock.now()
        at, count = self._sampled.get(show, (0, -1))
        if viewers == count or now - at < SAMPLE_MS or not self._others.is_known:
            return
        self._sampled[show] = (now, viewers)
        try:
            await self._shows.sample_viewers(show, viewers, now // SAMPLE_MS)
        except PlusOneError as error:  # a gap in a curve; the next sample will do
            _log.warning("audience.not_sampled", show=show, error=error.error_code)

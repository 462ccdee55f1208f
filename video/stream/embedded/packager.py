"""From frames to parts and segments: pictures as they were sent, sound as AAC.

Times are seconds on the show's own clock, which begins with its first picture and never jumps
back; in the files they are ticks of that same clock.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

import structlog

from core.clock import Instant
from video.stream.embedded import fmp4
from video.stream.embedded.aac import Sound
from video.stream.embedded.fmp4 import AUDIO_RATE, VIDEO_RATE, Sample
from video.stream.embedded.h264 import AccessUnit
from video.stream.embedded.playlist import Part, Segment

LAST_S = 1 / 30
"""How long the last picture of all is shown."""
QUIET_S = 0.5
"""Sound that is missing by as much when a segment ends is made up for with silence."""

log = structlog.get_logger(__name__)


class Sink(Protocol):
    """Who gets what was packed, in its order."""

    def begun(self, name: str, data: bytes) -> None:
        """An initialisation segment, before the first segment that names it."""
        ...

    def packed(self, segment: Segment, part: Part, data: bytes) -> None:
        """One part more of `segment`, which may be its first."""
        ...

    def finished(self, segment: Segment) -> None:
        """`segment` is whole."""
        ...


@dataclass(slots=True)
class _Held:
    """The newest picture, whose duration the next one tells."""

    data: bytes
    at: int
    is_key: bool


class Packager:
    """Packs one show's picture; a new sender goes on where another one stopped."""

    def __init__(
        self, sink: Sink, *, number: int, follows: bool, segment_s: float, part_s: float
    ) -> None:
        """`number` is the first segment's; it `follows` where others were kept before."""
        self._sink = sink
        self._number = number
        self._follows = follows
        self._segment_s = segment_s
        self._part_s = part_s
        self._sequence = 0
        self._sets: tuple[bytes, ...] = ()
        self._init = ""
        self._fresh = True
        self._segment: Segment | None = None
        self._segment_at = self._part_at = 0.0
        self._held: _Held | None = None
        self._pictures: list[Sample] = []
        self._sounds: list[Sample] = []
        self._sound = Sound()

    def begin_anew(self) -> None:
        """Another sender: what comes next follows from nothing that was."""
        self.end()
        self._fresh = True

    async def picture(self, data: bytes, at: float, at_ms: Instant) -> None:
        """One picture, `at` seconds, taken at `at_ms`."""
        unit = AccessUnit.of(data)
        fresh = unit.begins and (self._fresh or unit.sets != self._sets)
        if self._fresh and not fresh:
            return  # nobody could begin with this one
        ticks = self._released(round(at * VIDEO_RATE))
        if fresh:
            await self._generate(unit, at, at_ms)
        elif unit.is_key and at - self._segment_at >= self._segment_s - 0.1:
            self._begin(at, at_ms, fresh=False)
        elif at - self._part_at >= self._part_s - 0.005:
            self._pack(at)
        self._held = _Held(unit.sample, ticks, unit.is_key)

    def sound(self, opus: bytes, at: float) -> None:
        """One packet of sound; before the first picture there is none."""
        if not self._fresh:
            self._sounds += self._sound.heard(opus, round(at * AUDIO_RATE))

    def end(self) -> None:
        """Nothing follows for now: what is there becomes a whole segment."""
        if self._held is not None:
            at = self._held.at + round(LAST_S * VIDEO_RATE)
            self._released(at)
            self._finish(at / VIDEO_RATE)

    def _released(self, ticks: int) -> int:
        """Now that the next picture's time is known, so is the held one's duration."""
        held = self._held
        if held is not None:
            ticks = max(ticks, held.at + 1)
            self._pictures.append(Sample(held.data, held.at, ticks - held.at, held.is_key))
            self._held = None
        return ticks

    async def _generate(self, unit: AccessUnit, at: float, at_ms: Instant) -> None:
        self._finish(at)
        init = await asyncio.to_thread(fmp4.init, unit.annex_b)
        log.info("picture.begins", width=init.width, height=init.height)
        self._sets, self._fresh = unit.sets, False
        self._init = f"init{self._number}.mp4"
        self._sink.begun(self._init, init.data)
        self._sound = Sound()
        self._begin(at, at_ms, fresh=True)

    def _begin(self, at: float, at_ms: Instant, *, fresh: bool) -> None:
        self._finish(at)
        self._segment = Segment(self._number, self._init, at_ms, fresh and self._follows)
        self._follows = True
        self._number += 1
        self._segment_at = self._part_at = at

    def _finish(self, at: float) -> None:
        if self._segment is None:
            return
        self._sounds += self._sound.quiet_until(round((at - QUIET_S) * AUDIO_RATE))
        self._pack(at)
        self._segment.seconds = at - self._segment_at
        self._segment.done = True
        self._sink.finished(self._segment)
        self._segment = None

    def _pack(self, at: float) -> None:
        """Make what has come since the last part one part more."""
        if self._segment is None or not self._pictures:
            return
        self._sequence += 1
        data = fmp4.fragment(self._sequence, self._pictures, self._sounds)
        name = f"seg{self._segment.number}.{len(self._segment.parts)}.m4s"
        part = Part(name, at - self._part_at, self._pictures[0].is_key)
        self._segment.parts.append(part)
        self._pictures, self._sounds = [], []
        self._part_at = at
        self._sink.packed(self._segment, part, data)

"""The live end of one show's picture, in memory: what HLS players ask for while it runs."""

from __future__ import annotations

import asyncio
from collections import deque

from video.stream.embedded import playlist
from video.stream.embedded.playlist import Part, Segment

KEPT = 8
"""Whole segments that are kept: a player may be as late as that."""


class Window:
    """A sink of the packager. Whoever asks for what is about to come waits for it."""

    def __init__(self, *, segment_s: float, part_s: float) -> None:
        self._segment_s = segment_s
        self._part_s = part_s
        self._segments: deque[Segment] = deque()
        self._files: dict[str, bytes] = {}
        self._gone = 0
        self._moved = asyncio.Event()

    def begun(self, name: str, data: bytes) -> None:
        self._files[name] = data

    def packed(self, segment: Segment, part: Part, data: bytes) -> None:
        if not self._segments or self._segments[-1] is not segment:
            self._segments.append(segment)
            self._trim()
        self._files[part.name] = data
        self._move()

    def finished(self, segment: Segment) -> None:
        self._files[segment.name] = b"".join(self._files[part.name] for part in segment.parts)
        self._move()

    def _trim(self) -> None:
        while len(self._segments) > KEPT + 1:
            old = self._segments.popleft()
            self._gone += old.fresh
            for name in (old.name, *(part.name for part in old.parts)):
                self._files.pop(name, None)
            if all(one.init != old.init for one in self._segments):
                self._files.pop(old.init, None)

    def _move(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    @property
    def is_empty(self) -> bool:
        """Nothing can be played yet."""
        return not any(one.done for one in self._segments)

    def file(self, name: str) -> bytes | None:
        return self._files.get(name)

    def playlist(self, *, low_latency: bool, query: str = "") -> str:
        return playlist.live(
            self._segments,
            gone=self._gone,
            segment_s=self._segment_s,
            part_s=self._part_s if low_latency else None,
            query=query,
        )

    def is_far(self, number: int) -> bool:
        """Whether this segment is further ahead than a player can know of."""
        return number > self._next + 1

    async def reaches(self, number: int, part: int | None, *, at_most_s: float) -> bool:
        """Wait for a part of a segment, or for the whole of it; False where it did not come.

        False at once for what is further ahead than a player can know of.
        """
        if self.is_far(number):
            return False
        try:
            async with asyncio.timeout(at_most_s):
                while not self._has(number, part):
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    @property
    def _next(self) -> int:
        return self._segments[-1].number + 1 if self._segments else 0

    def _has(self, number: int, part: int | None) -> bool:
        if not self._segments:
            return False
        last = self._segments[-1]
        if last.number != number:
            return last.number > number
        return last.done or (part is not None and len(last.parts) > part)

"""What one viewer is sent, over WebRTC: frames as they came, in a queue that has an end."""

from __future__ import annotations

import asyncio
import fractions
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import av
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

RATES: Final = {"video": 90_000, "audio": 48_000}
WAITING: Final = {"video": 60, "audio": 100}
"""Frames that may wait for a connection: two seconds; past them all that wait are dropped."""


class Feed(MediaStreamTrack):
    """One kind's frames for one viewer. A picture begins with a key frame, or not at all."""

    def __init__(self, kind: str, ask: Callable[[], None]) -> None:
        super().__init__()
        self.kind = kind
        self._ask = ask
        self._frames: deque[av.Packet[Any]] = deque()
        self._came = asyncio.Event()
        self._begun = kind == "audio"
        self._base = fractions.Fraction(1, RATES[kind])

    def put(self, data: bytes, at: float, *, is_key: bool) -> None:
        """One frame, `at` seconds on the show's clock; never waits."""
        if not self._begun and not is_key:
            return
        if len(self._frames) >= WAITING[self.kind]:
            self._frames.clear()
            self._begun = self.kind == "audio"
            self._ask()
            if not self._begun and not is_key:
                return
        self._begun = True
        packet = av.Packet(data)
        packet.time_base = self._base
        packet.pts = packet.dts = round(at * RATES[self.kind])
        self._frames.append(packet)
        self._came.set()

    def broken_off(self) -> None:
        """Another sender follows: nothing builds on what was sent."""
        self._begun = self.kind == "audio"

    async def recv(self) -> Any:
        while not self._frames:
            if self.readyState != "live":
                raise MediaStreamError
            self._came.clear()
            await self._came.wait()
        return self._frames.popleft()

    def stop(self) -> None:
        super().stop()
        self._came.set()

"""One host's connection: her frames in, as she encoded them, on the show's clock."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

import structlog
from aiortc import RTCPeerConnection

from video.stream.embedded import peer, sdp
from video.stream.embedded.feed import RATES
from video.stream.embedded.h264 import is_key
from video.stream.embedded.tap import Tap

ASKED_AGAIN_S = 0.5
"""Between two requests for a key frame, at least."""
ASTRAY_S = 2.0
"""How far a sender's time may part from ours before it is set anew."""

log = structlog.get_logger(__name__)


class Listener(Protocol):
    """Who gets a source's frames."""

    def came(self, source: Source, kind: str, data: bytes, at: float, *, key: bool) -> None:
        """A frame, taken at `at` seconds of the monotonic clock."""
        ...

    def jumped(self, source: Source) -> None:
        """Its time was set anew: what comes next follows from nothing that was."""
        ...

    def left(self, source: Source) -> None:
        """Its connection has ended."""
        ...


class Source:
    """The connection of whoever sends."""

    def __init__(self, listener: Listener, servers: tuple[str, ...], key_every_s: float) -> None:
        self._listener = listener
        self._peer: RTCPeerConnection = peer.connection(servers)
        self._peer.on("connectionstatechange", self._changed)
        self._taps: dict[str, Tap] = {}
        self._clock = SenderClock()
        self._key_every_s = key_every_s
        self._asked_at = -ASKED_AGAIN_S
        self._asking: asyncio.Task[None] | None = None
        self._closed = False
        self.octets = 0
        self.pictures = 0
        self.pictured_at = time.monotonic()
        """When the newest picture came; at first, when the connection was asked for."""

    async def answer(self, offer: str) -> str:
        """The answer to the host's `offer`, which `sdp` has taken. Raises what `peer` does."""
        for kind in ("audio", "video"):
            transceiver = self._peer.addTransceiver(kind, direction="recvonly")
            transceiver.setCodecPreferences(peer.codecs(kind))
        await peer.take(self._peer, offer)
        for transceiver in self._peer.getTransceivers():
            self._tap(transceiver.kind, transceiver.receiver)
        answer = await peer.answered(self._peer, offer)
        self._asking = asyncio.create_task(self._ask_regularly(), name="key frames")
        return peer.with_start(answer)

    def _tap(self, kind: str, receiver: object) -> None:
        def frame(_codec: str, data: bytes, rtp: int) -> None:
            self._came(kind, data, rtp)

        self._taps[kind] = Tap(receiver, frame)  # type: ignore[arg-type]

    async def add_candidate(self, mid: str, line: str) -> None:
        """Take one more address of the host's. Raises BadOffer."""
        candidate = sdp.candidate(line)
        candidate.sdpMid = mid
        await self._peer.addIceCandidate(candidate)

    def _came(self, kind: str, data: bytes, rtp: int) -> None:
        now = time.monotonic()
        self.octets += len(data)
        key = False
        if kind == "video":
            key = is_key(data)
            self.pictures += 1
            self.pictured_at = now
        for each, tap in self._taps.items():
            if tap.report is not None:
                self._clock.told(each, tap.report.ntp, tap.unwrapped(tap.report.rtp))
        if self._clock.is_astray(kind, rtp, now):
            log.warning("picture.time_jumped")
            self._clock = SenderClock()
            self._listener.jumped(self)
        at = self._clock.at(kind, rtp, now)
        self._listener.came(self, kind, data, at, key=key)

    def ask_for_key_frame(self) -> None:
        """Have a picture come soon that somebody can begin with."""
        now = time.monotonic()
        if now - self._asked_at >= ASKED_AGAIN_S and "video" in self._taps and not self._closed:
            self._asked_at = now
            task = asyncio.create_task(self._taps["video"].ask_for_key_frame())
            task.add_done_callback(_noted)

    async def _ask_regularly(self) -> None:
        """Browsers make key frames on request only, and each segment begins with one."""
        while True:
            await asyncio.sleep(self._key_every_s)
            self._asked_at = -ASKED_AGAIN_S
            self.ask_for_key_frame()

    async def _changed(self) -> None:
        if self._peer.connectionState in ("failed", "closed"):
            self._listener.left(self)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
        await self._peer.close()


class SenderClock:
    """Both kinds' RTP times as seconds of the monotonic clock here.

    Each kind begins when its first frame came. Once the sender has told for both kinds what its own
    clock showed, the sound is moved to where it belongs beside the picture (RFC 3550, 6.4.1), which
    itself is never moved.
    """

    def __init__(self) -> None:
        self._offsets: dict[str, float] = {}
        self._reports: dict[str, tuple[float, int]] = {}
        self._aligned = False

    def told(self, kind: str, ntp: float, rtp: int) -> None:
        self._reports[kind] = (ntp, rtp)

    def at(self, kind: str, rtp: int, now: float) -> float:
        """When the frame at `rtp` was taken; `now` is when it came."""
        if kind not in self._offsets:
            self._offsets[kind] = now - rtp / RATES[kind]
        if not self._aligned and len(self._offsets) == len(self._reports) == len(RATES):
            self._align()
        return self._offsets[kind] + rtp / RATES[kind]

    def is_astray(self, kind: str, rtp: int, now: float) -> bool:
        """The sender's time stood still or jumped: it is of no use any more."""
        offset = self._offsets.get(kind)
        return offset is not None and abs(offset + rtp / RATES[kind] - now) > ASTRAY_S

    def _align(self) -> None:
        (video_ntp, video_rtp), (audio_ntp, audio_rtp) = (
            self._reports["video"],
            self._reports["audio"],
        )
        here = self._offsets["video"] + video_rtp / RATES["video"] - video_ntp
        moved = here + audio_ntp - audio_rtp / RATES["audio"]
        # A sender without a clock, or whose clock was set between the two reports, tells nothing;
        # sound that was moved by as much would be astray with every frame.
        if abs(moved - self._offsets["audio"]) < ASTRAY_S:
            self._offsets["audio"] = moved
            self._aligned = True


def _noted(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("key_frame.not_asked", error=type(error).__name__)

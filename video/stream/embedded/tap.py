"""A host's frames as they were encoded: past aiortc's decoder, which never sees one.

aiortc hands whole encoded frames to the queue of a decoder thread. Here that queue gives them to us
instead. It is private to aiortc, as are the other names used here, so aiortc is pinned exactly and
a test fails when one of them moves.
"""

from __future__ import annotations

import queue
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from aiortc import RTCRtpReceiver

Frame = Callable[[str, bytes, int], None]
"""Gets the codec's name (`H264`, `opus`), an encoded frame, and its RTP time, unwrapped."""

_NTP = 1 << 32


@dataclass(frozen=True, slots=True)
class Report:
    """A sender report (RFC 3550, 6.4.1): at `ntp` seconds the RTP time was `rtp`."""

    ntp: float
    rtp: int


class Unwrapped:
    """RTP times, which wrap at 32 bits, as times that only grow."""

    def __init__(self) -> None:
        self._last: int | None = None

    def map(self, timestamp: int) -> int:
        if self._last is None:
            self._last = timestamp
        self._last = self.near(timestamp)
        return self._last

    def near(self, timestamp: int) -> int:
        """The time nearest to the last one that wraps to `timestamp`."""
        last = self._last if self._last is not None else timestamp
        return last + (timestamp - last + (1 << 31)) % (1 << 32) - (1 << 31)


class Tap:
    """Taps `receiver`; before its connection's `setLocalDescription`."""

    def __init__(self, receiver: RTCRtpReceiver, frame: Frame) -> None:
        self.report: Report | None = None
        self._receiver = tapped = cast("Any", receiver)
        self._frame = frame
        self._times = Unwrapped()
        tapped._RTCRtpReceiver__decoder_queue = _Queue(self._came)
        tapped._RTCRtpReceiver__timestamp_mapper = self._times
        self._handle: Callable[[Any], Awaitable[None]] = tapped._handle_rtcp_packet
        tapped._handle_rtcp_packet = self._told

    def _came(self, codec: Any, frame: Any) -> None:
        self._frame(codec.name, frame.data, frame.timestamp)

    async def _told(self, packet: Any) -> None:
        sender = getattr(packet, "sender_info", None)
        if sender is not None:
            self.report = Report(sender.ntp_timestamp / _NTP, sender.rtp_timestamp)
        await self._handle(packet)

    def unwrapped(self, rtp: int) -> int:
        return self._times.near(rtp)

    async def ask_for_key_frame(self) -> None:
        """Send a picture loss indication (RFC 4585, 6.3.1) to whoever sends here."""
        sources = self._receiver._RTCRtpReceiver__remote_streams
        again = self._receiver._RTCRtpReceiver__rtx_ssrc
        for source in set(sources) - set(again):
            await self._receiver._send_rtcp_pli(source)


class _Queue(queue.Queue[Any]):
    """The decoder's queue, which only ever holds the end."""

    def __init__(self, came: Callable[[Any, Any], None]) -> None:
        super().__init__()
        self._came = came

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        if item is None:
            super().put(item)
        else:
            self._came(*item)

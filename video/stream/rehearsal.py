"""A host without a camera: a clip, sent over and over by WHIP as a browser would send it.

For the demo, for tests, and for an operator who wants to see whether a picture comes through:

    PLUSONE_STREAM_KEY=… python -m video.stream.rehearsal CLIP WHIP_URL [ADDRESS …]

with the addresses of this machine that are offered, if not all of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import aiohttp
import av
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from yarl import URL

from video.stream.embedded.peer import listen_on

ANSWERED_S = 20
STARTS_IN_S = 0.2
AHEAD_S = 0.05
"""How far ahead of its time a frame may be sent."""

_RATES = {"video": 90_000, "audio": 48_000}
_TYPES = {"video": ("video/H264", "video/rtx"), "audio": ("audio/opus",)}


class Refused(Exception):
    """The engine said no, with this HTTP status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status


class Clip:
    """A file's encoded frames, as long as somebody asks, in times that only grow."""

    def __init__(self, file: Path) -> None:
        self._frames: dict[str, list[tuple[float, bytes]]] = {"video": [], "audio": []}
        with av.open(str(file)) as container:
            for packet in container.demux():
                if packet.pts is not None and packet.size:
                    at = float(packet.pts * packet.time_base)
                    self._frames[packet.stream.type].append((at, bytes(packet)))
        first = min(frames[0][0] for frames in self._frames.values())
        pictures = self._frames["video"]
        last, step = pictures[-1][0], pictures[1][0] - pictures[0][0]
        self.seconds = last + step - first
        self._frames = {
            kind: [(at - first, data) for at, data in frames]
            for kind, frames in self._frames.items()
        }

    def frames(self, kind: str) -> Iterator[tuple[float, bytes]]:
        """(seconds from the start, encoded frame), without end."""
        base = 0.0
        while True:
            for at, data in self._frames[kind]:
                yield base + at, data
            base += self.seconds


class _Track(MediaStreamTrack):
    """One kind's frames, each given when its time has come."""

    def __init__(self, kind: str, clip: Clip, begun: float) -> None:
        super().__init__()
        self.kind = kind
        self._frames = clip.frames(kind)
        self._begun = begun

    async def recv(self) -> Any:
        at, data = next(self._frames)
        wait = self._begun + at - AHEAD_S - asyncio.get_running_loop().time()
        if wait > 0:
            await asyncio.sleep(wait)
        packet = av.Packet(data)
        packet.time_base = Fraction(1, _RATES[self.kind])
        packet.pts = packet.dts = round(at * _RATES[self.kind])
        return packet


@contextlib.asynccontextmanager
async def sending(clip: Clip, url: str, key: str) -> AsyncIterator[RTCPeerConnection]:
    """Send `clip` to `url` for the length of the block. Raises Refused."""
    connection = RTCPeerConnection(RTCConfiguration([]))
    begun = asyncio.get_running_loop().time() + STARTS_IN_S
    for kind, types in _TYPES.items():
        sender = connection.addTrack(_Track(kind, clip, begun))
        transceiver = next(t for t in connection.getTransceivers() if t.sender is sender)
        transceiver.direction = "sendonly"
        known = RTCRtpReceiver.getCapabilities(kind)
        codecs = [one for one in (known.codecs if known else ()) if one.mimeType in types]
        transceiver.setCodecPreferences(codecs)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWERED_S)) as http:
        session: str | None = None
        try:
            await connection.setLocalDescription(await connection.createOffer())
            headers = {"Content-Type": "application/sdp", "Authorization": f"Bearer {key}"}
            offer = connection.localDescription.sdp
            async with http.post(url, data=offer, headers=headers) as response:
                answer = await response.text()
                if response.status != 201:
                    raise Refused(response.status, answer)
                session = str(response.url.join(URL(response.headers["Location"])))
            await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
            yield connection
        finally:
            if session is not None:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    await http.delete(session)
            await connection.close()


async def _until_interrupted(clip: Path, url: str, key: str) -> None:
    async with sending(Clip(clip), url, key):
        await asyncio.Event().wait()


if __name__ == "__main__":
    listen_on(sys.argv[3:])
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(
            _until_interrupted(Path(sys.argv[1]), sys.argv[2], os.environ["PLUSONE_STREAM_KEY"])
        )

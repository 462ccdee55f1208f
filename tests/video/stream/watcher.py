"""One who watches by WHEP, as a browser would, but for the screen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from yarl import URL

from video.stream.embedded import peer
from video.stream.embedded.tap import Tap

ANSWERED_S = 60


class Watcher:
    """A connection that only receives. Its frames are counted; with `decodes` they are read."""

    def __init__(self, kinds: Sequence[str] = ("video", "audio"), *, decodes: bool = False) -> None:
        self.frames = dict.fromkeys(kinds, 0)
        self._peer = RTCPeerConnection(RTCConfiguration([]))
        self._moved = asyncio.Event()
        for kind in kinds:
            transceiver = self._peer.addTransceiver(kind, direction="recvonly")
            transceiver.setCodecPreferences(peer.codecs(kind))
            if not decodes:
                Tap(transceiver.receiver, self._counter(kind))

    def _counter(self, kind: str) -> Any:
        def came(_codec: str, _data: bytes, _rtp: int) -> None:
            self.frames[kind] += 1
            self._moved.set()

        return came

    async def offer(self) -> str:
        await self._peer.setLocalDescription(await self._peer.createOffer())
        return self._peer.localDescription.sdp

    async def take(self, answer: str) -> None:
        await self._peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def sees(self, frames: int = 1) -> None:
        """Wait until so many have come of each kind."""
        async with asyncio.timeout(ANSWERED_S):
            while min(self.frames.values()) < frames:
                self._moved.clear()
                await self._moved.wait()

    async def picture(self) -> Any:
        """The next decoded picture of one that `decodes`."""
        transceiver = next(t for t in self._peer.getTransceivers() if t.kind == "video")
        async with asyncio.timeout(ANSWERED_S):
            return await transceiver.receiver.track.recv()

    @property
    def state(self) -> str:
        return self._peer.connectionState

    async def close(self) -> None:
        await self._peer.close()


@contextlib.asynccontextmanager
async def watching(
    http: aiohttp.ClientSession, url: str, *, decodes: bool = False, says_goodbye: bool = True
) -> AsyncIterator[Watcher]:
    """Watch what is at `url` until the end of the block, and say goodbye by HTTP too."""
    watcher = Watcher(decodes=decodes)
    session: URL | None = None
    try:
        headers = {"Content-Type": "application/sdp"}
        async with http.post(url, data=await watcher.offer(), headers=headers) as response:
            answer = await response.text()
            assert response.status == 201, answer
            session = response.url.join(URL(response.headers["Location"]))
        await watcher.take(answer)
        yield watcher
    finally:
        if session is not None and says_goodbye:
            with contextlib.suppress(aiohttp.ClientError):
                await http.delete(session)
        await watcher.close()

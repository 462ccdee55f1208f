"""Viewers who take everything and show nothing: what they cost the server, not themselves.

    python -m benchmarks.picture_viewers WHEP_URL COUNT

Says `ready` once all get pictures, and at the end of its standard input how many each got a second.
"""

from __future__ import annotations

import asyncio
import sys
import time

import aiohttp
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from video.stream.embedded import peer
from video.stream.embedded.tap import Tap

WAITED_S = 30


class Viewer:
    """One connection, its frames counted and dropped undecoded."""

    def __init__(self) -> None:
        self.pictures = 0
        self._connection = RTCPeerConnection(RTCConfiguration([]))

    async def connect(self, http: aiohttp.ClientSession, url: str) -> None:
        for kind in ("video", "audio"):
            transceiver = self._connection.addTransceiver(kind, direction="recvonly")
            transceiver.setCodecPreferences(peer.codecs(kind))
            Tap(transceiver.receiver, self._counts if kind == "video" else _drops)
        await self._connection.setLocalDescription(await self._connection.createOffer())
        offer = self._connection.localDescription.sdp
        headers = {"Content-Type": "application/sdp"}
        async with http.post(url, data=offer, headers=headers) as response:
            answer = await response.text()
            if response.status != 201:
                raise RuntimeError(f"refused: {response.status} {answer}")
        await self._connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    def _counts(self, _codec: str, _data: bytes, _rtp: int) -> None:
        self.pictures += 1

    async def close(self) -> None:
        await self._connection.close()


def _drops(_codec: str, _data: bytes, _rtp: int) -> None:
    return


async def watch(url: str, count: int) -> None:
    viewers = [Viewer() for _ in range(count)]
    async with aiohttp.ClientSession() as http:
        for viewer in viewers:
            await viewer.connect(http, url)
    async with asyncio.timeout(WAITED_S):
        while not all(viewer.pictures for viewer in viewers):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    begun, before = time.monotonic(), [viewer.pictures for viewer in viewers]
    await asyncio.to_thread(sys.stdin.read)
    seconds = time.monotonic() - begun
    rates = [(viewer.pictures - n) / seconds for viewer, n in zip(viewers, before, strict=True)]
    sys.stdout.write(f"{min(rates):.1f}\n")
    sys.stdout.flush()
    await asyncio.gather(*(viewer.close() for viewer in viewers))


if __name__ == "__main__":
    peer.listen_on(["127.0.0.1"])
    asyncio.run(watch(sys.argv[1], int(sys.argv[2])))

"""One viewer's connection over WebRTC: sent what the host sent, untouched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from aiortc import RTCPeerConnection

from video.stream.embedded import peer, sdp
from video.stream.embedded.feed import Feed

CONNECTED_S: Final = 20
"""How long a connection may take to come about; it holds a place, and may never fail by itself."""


class Viewer:
    """The connection of whoever watches; `ask` asks for a key frame, `left` hears of its end."""

    def __init__(
        self, servers: tuple[str, ...], ask: Callable[[], None], left: Callable[[Viewer], None]
    ) -> None:
        self._ask = ask
        self._left = left
        self._peer: RTCPeerConnection = peer.connection(servers)
        self._peer.on("connectionstatechange", self._changed)
        self._closed = False
        self._waited: asyncio.TimerHandle | None = None
        self.feeds = {kind: Feed(kind, ask) for kind in ("video", "audio")}

    async def answer(self, offer: str) -> str:
        """The answer to the viewer's `offer`. Raises what `peer` and `sdp` do."""
        for kind in sdp.watching(offer):
            transceiver = self._peer.addTransceiver(self.feeds[kind], direction="sendonly")
            transceiver.setCodecPreferences(peer.codecs(kind))
            # A viewer who lost a picture asks aiortc's encoder, of which there is none.
            sender: Any = transceiver.sender
            sender._send_keyframe = self._ask
        await peer.take(self._peer, offer)
        answer = await peer.answered(self._peer, offer)
        if not self._closed:
            loop = asyncio.get_running_loop()
            self._waited = loop.call_later(CONNECTED_S, self._given_up)
        return answer

    async def add_candidate(self, mid: str, line: str) -> None:
        """Take one more address of the viewer's. Raises BadOffer."""
        candidate = sdp.candidate(line)
        candidate.sdpMid = mid
        await self._peer.addIceCandidate(candidate)

    def _given_up(self) -> None:
        if self._peer.connectionState != "connected":
            self._left(self)

    async def _changed(self) -> None:
        if self._peer.connectionState == "connected":
            self._ask()
        elif self._peer.connectionState in ("failed", "closed"):
            self._left(self)

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            if self._waited is not None:
                self._waited.cancel()
            await self._peer.close()
            for feed in self.feeds.values():
                feed.stop()

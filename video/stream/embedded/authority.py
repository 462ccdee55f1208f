"""The service, as the engine knows it: asked whether somebody may, and told what happens.

The question has MediaMTX's form (its documentation, "Authentication": method `http`), so that the
service answers that server alike.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp
import stamina
import structlog

from core.clock import Clock
from core.errors import Forbidden, PlusOneError, Unavailable
from video.stream.embedded.stream import News

ASKED_S = 5.0
"""How long the service may take for an answer."""
BELIEVED_S = 2.0
"""How long an answer about watching holds: players ask many times a second."""
NEWS_WAITING = 200

Action = Literal["publish", "read", "playback"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Link:
    """Where the service is, and what proves to it that it is us who ask."""

    address: str
    token: str


class Authority:
    """`run` is its task: it tells the news, in order, again and again until they were heard."""

    def __init__(self, link: Link, clock: Clock) -> None:
        self._clock = clock
        self._http = aiohttp.ClientSession(
            link.address,
            headers={"Authorization": f"Bearer {link.token}"},
            timeout=aiohttp.ClientTimeout(total=ASKED_S),
        )
        self._news: asyncio.Queue[dict[str, Any]] = asyncio.Queue(NEWS_WAITING)
        self._believed: dict[str, tuple[float, PlusOneError | None]] = {}

    async def close(self) -> None:
        await self._http.close()

    async def may_publish(self, show: str, key: str, address: str) -> None:
        """Raises Forbidden, or Unavailable where the service cannot be asked."""
        await self._ask("publish", show, key, "webrtc", address)

    async def may_play_back(self, show: str, address: str) -> None:
        """Whether the show is over, and may be seen again: asked once by each player.

        Raises Forbidden, or Unavailable where the service cannot be asked.
        """
        await self._ask("playback", show, "", "hls", address)

    async def may_read(self, show: str, protocol: str, address: str) -> None:
        """Raises Forbidden, or Unavailable where the service cannot be asked."""
        now = time.monotonic()
        known = self._believed.get(show)
        if known is None or now - known[0] > BELIEVED_S:
            known = (now, await self._asked_to_read(show, protocol, address))
            self._believed = {
                name: one for name, one in self._believed.items() if now - one[0] <= BELIEVED_S
            }
            self._believed[show] = known
        if known[1] is not None:
            raise known[1].with_traceback(None)

    async def _asked_to_read(self, show: str, protocol: str, address: str) -> PlusOneError | None:
        try:
            await self._ask("read", show, "", protocol, address)
        except Forbidden as error:
            return error
        return None

    async def _ask(self, action: Action, show: str, key: str, protocol: str, address: str) -> None:
        asked = {
            "user": "",
            "password": "",
            "token": key,
            "ip": address,
            "action": action,
            "path": show,
            "protocol": protocol,
            "id": "",
            "query": "",
        }
        try:
            async with self._http.post("/api/media/authorise", json=asked) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable("The service cannot be asked just now.") from error
        if status in (401, 403, 404):
            raise Forbidden("This show may not be sent or seen so.", code="not_allowed")
        if status >= 300:
            raise Unavailable("The service cannot be asked just now.")

    def tell(self, show: str, news: News) -> None:
        """Have the service hear of it; never waits. What is very old goes first."""
        if self._news.full():
            self._news.get_nowait()
            log.warning("news.lost")
        self._news.put_nowait({"path": show, "event": news, "at_ms": self._clock.now()})

    async def run(self) -> None:
        while True:
            news = await self._news.get()
            try:
                await self._tell(news)
            except (aiohttp.ClientError, TimeoutError) as error:
                log.warning("news.not_heard", error=type(error).__name__)

    @stamina.retry(on=(aiohttp.ClientError, TimeoutError), attempts=None, timeout=60)
    async def _tell(self, news: dict[str, Any]) -> None:
        async with self._http.post("/api/media/events", json=news) as response:
            if response.status >= 500:
                response.raise_for_status()
            if response.status >= 400:
                log.error("news.refused", status=response.status)

"""The service, as the engine knows it: asked whether somebody may, and told what happens.

Where several processes are the service, any will do: the one that answered last is asked, and the
next where it is away.

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
from video.stream.tickets import TICKET

ASKED_S = 5.0
"""How long the service may take for an answer."""
BELIEVED_S = 2.0
"""How long an answer about watching holds: players ask many times a second."""
BELIEVED = 10_000
"""Answers that are held at most: what is no ticket may look like one."""
NEWS_WAITING = 200

Action = Literal["publish", "read", "playback"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Link:
    """Where the service is, by each of its processes, and what proves to it that it is us."""

    addresses: tuple[str, ...]
    token: str


class Authority:
    """`run` is its task: it tells the news, in order, again and again until they were heard."""

    def __init__(self, link: Link, clock: Clock) -> None:
        self._clock = clock
        self._addresses = list(link.addresses)
        self._http = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {link.token}"},
            timeout=aiohttp.ClientTimeout(total=ASKED_S),
        )
        self._news: asyncio.Queue[dict[str, Any]] = asyncio.Queue(NEWS_WAITING)
        self._believed: dict[tuple[str, str], tuple[float, PlusOneError | None]] = {}
        """By show and ticket, the oldest first."""

    async def close(self) -> None:
        await self._http.close()

    async def may_publish(self, show: str, key: str, address: str) -> None:
        """Raises Forbidden, or Unavailable where the service cannot be asked."""
        await self._ask("publish", show, "webrtc", address, key=key)

    async def may_play_back(self, show: str, ticket: str, address: str) -> None:
        """Whether the show is over, and may be seen again: asked once by each player.

        `ticket`: what she has for a members' show; empty without one. Raises Forbidden, or
        Unavailable where the service cannot be asked.
        """
        await self._ask("playback", show, "hls", address, ticket=ticket)

    async def may_read(self, show: str, ticket: str, protocol: str, address: str) -> None:
        """Raises Forbidden, or Unavailable where the service cannot be asked."""
        now = time.monotonic()
        known = self._believed.get((show, ticket))
        if known is None or now - known[0] > BELIEVED_S:
            known = (now, await self._asked_to_read(show, ticket, protocol, address))
            self._believe(show, ticket, known)
        if known[1] is not None:
            raise known[1].with_traceback(None)

    def _believe(self, show: str, ticket: str, known: tuple[float, PlusOneError | None]) -> None:
        self._believed.pop((show, ticket), None)
        self._believed[show, ticket] = known
        while len(self._believed) > 1:
            oldest, (at, _) = next(iter(self._believed.items()))
            if known[0] - at <= BELIEVED_S and len(self._believed) <= BELIEVED:
                break
            del self._believed[oldest]

    async def _asked_to_read(
        self, show: str, ticket: str, protocol: str, address: str
    ) -> PlusOneError | None:
        try:
            await self._ask("read", show, protocol, address, ticket=ticket)
        except Forbidden as error:
            return error
        return None

    async def _ask(
        self,
        action: Action,
        show: str,
        protocol: str,
        address: str,
        *,
        key: str = "",
        ticket: str = "",
    ) -> None:
        asked = {
            "user": "",
            "password": "",
            "token": key,
            "ip": address,
            "action": action,
            "path": show,
            "protocol": protocol,
            "id": "",
            "query": f"{TICKET}={ticket}" if ticket else "",
        }
        try:
            status = await self._post("/api/media/authorise", asked)
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
        status = await self._post("/api/media/events", news)
        if status >= 500:
            raise aiohttp.ClientError("the service failed")
        if status >= 400:
            log.error("news.refused", status=status)

    async def _post(self, path: str, json: dict[str, Any]) -> int:
        """The status of the service's answer. Both its questions may be asked twice.

        Raises aiohttp.ClientError or TimeoutError where no process of it answers.
        """
        failed: Exception = aiohttp.ClientError("the service is nowhere")
        for address in tuple(self._addresses):
            try:
                async with self._http.post(address + path, json=json) as response:
                    status = response.status
            except (aiohttp.ClientError, TimeoutError) as error:
                failed = error
                continue
            if address != self._addresses[0]:
                self._addresses.remove(address)
                self._addresses.insert(0, address)
            return status
        raise failed

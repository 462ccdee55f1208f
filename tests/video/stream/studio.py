"""The whole service with its media process, and shows that a host may send."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from core.clock import Instant, ManualClock
from core.identity.model import Role
from tests.service import Browser, Reply, Service, serving, settings_for
from tests.viewers import Viewer
from tests.waiting import until
from video.stream.passage import ENGINE_PROCESS
from video.stream.process import EngineProcess
from web import picture

HOST = "host@example.com"
SDP = {"Content-Type": "application/sdp"}


class RunningClock(ManualClock):
    """One that goes on by itself, as the media process's does, and can be moved forward besides."""

    def __init__(self) -> None:
        super().__init__()
        self._begun = time.monotonic()

    def now(self) -> Instant:
        return super().now() + round((time.monotonic() - self._begun) * 1_000)


@dataclass(frozen=True)
class Show:
    id: str
    key: str

    @property
    def whip(self) -> str:
        return f"/media/{self.id}/whip"

    @property
    def whep(self) -> str:
        return f"/media/{self.id}/whep"

    def hls(self, file: str) -> str:
        return f"/media/{self.id}/hls/{file}"


class Studio:
    """`host` is signed in; `http` is any other program."""

    def __init__(self, service: Service, host: Browser, http: aiohttp.ClientSession) -> None:
        self.service = service
        self.host = host
        self.http = http

    @property
    def process(self) -> EngineProcess:
        process = self.service.app[ENGINE_PROCESS]
        assert isinstance(process, EngineProcess)
        return process

    async def started(self) -> str:
        """Wait for the media process; returns its own address."""
        return str(await until(lambda: self.process.address))

    @property
    def pid(self) -> int:
        """The media process's. Raises AssertionError while there is none."""
        assert self.process.pid is not None
        return self.process.pid

    async def show(self) -> Show:
        """A show that is announced."""
        made = await self.host.post("/api/staff/shows", {"title": "開賣", "starts_at": 1})
        show = str(made.json["id"])
        return Show(show, (await self.sent(show))["key"])

    async def sent(self, show: str) -> dict[str, Any]:
        """What the host's page is told of the picture."""
        reply = await self.host.get(f"/api/staff/shows/{show}/picture")
        assert reply.status == 200, reply.body
        found: dict[str, Any] = reply.json
        return found

    async def runs(self, show: str, **do: Any) -> list[dict[str, Any]]:
        """Have the host do this in her show; returns the events that came of it."""
        async with aiohttp.ClientSession() as http:
            viewer = Viewer(self.host, http)
            await viewer.connect()
            assert (await viewer.ask("join", {"show": show}))["ok"]
            reply = await viewer.ask("run", {"do": do})
            await viewer.socket.disconnect()
        assert reply["ok"], reply
        events: list[dict[str, Any]] = reply["events"]
        return events

    async def ends(self, show: Show) -> None:
        """Have the host open and end her show."""
        await self.runs(show.id, type="show.go_live")
        await self.runs(show.id, type="show.end")

    async def becomes(self, show: str, state: str) -> None:
        """Wait until the picture is `on`, `away` or `off`."""

        async def seen() -> str:
            return str((await self.sent(show))["state"])

        await until(seen, state.__eq__)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        at: str | None = None,
        data: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """One request, its path taken as it is written, at the service or another address."""
        url = URL((at or self.service.address) + path, encoded=True)
        async with self.http.request(method, url, data=data, headers=headers) as response:
            body = await response.read()
            json = response.content_type == "application/json" and body
            return Reply(
                response.status, response.headers, body, await response.json() if json else None
            )

    async def playlist(self, show: Show, file: str = "low.m3u8") -> str:
        """Wait until there is one."""

        async def asked() -> Reply:
            return await self.ask("GET", show.hls(file))

        return (await until(asked, lambda reply: reply.status == 200)).body.decode()


@contextlib.asynccontextmanager
async def studio_at(
    url: str, folder: Path, *, grace_s: float = 300, **settings: Any
) -> AsyncIterator[Studio]:
    """Until the end of the block; with a media process that is there.

    `grace_s` may be less than an operator may say.
    """
    made = settings_for(url, folder, media_addresses=("127.0.0.1",), **settings)
    async with (
        serving(made.model_copy(update={"media_grace_s": grace_s}), RunningClock()) as service,
        picture.engine(service.app, service.address),
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http,
    ):
        await service.add_staff(HOST, Role.HOST)
        host = await service.browser()
        await host.become_staff(HOST)
        studio = Studio(service, host, http)
        await studio.started()
        yield studio


async def said_raw(address: str, *pieces: bytes, within_s: float = 30) -> bytes:
    """All that a server says to these octets until it hangs up."""
    url = URL(address)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    try:
        async with asyncio.timeout(within_s):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            return await reader.read()
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

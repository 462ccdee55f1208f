"""The embedded engine's process: started with the service, watched, and started again.

One process runs it (`EngineProcess`): the service itself, or the supervisor of its workers, each of
which then knows it by its address alone (`EngineElsewhere`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import structlog

from core.clock import Clock, uptime_zero
from core.errors import PlusOneError, Unavailable
from core.settings import Settings
from video.stream.embedded.start import Start

PROGRAM = "video.stream.embedded.server"
STARTED_S = 30
ENDED_S = 15
"""How long it may take for what it still has to keep, before it is killed."""
PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Before it is started again; the first after it has run for a minute."""
ASKED_S = 10

log = structlog.get_logger(__name__)


class EngineReach:
    """The engine as it is asked: a `Control` that passes on what is asked of it.

    None is asked while it is away.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        self.address: str | None = None
        """Where it listens; None while it does not."""
        self._http: aiohttp.ClientSession | None = None

    @property
    def http(self) -> aiohttp.ClientSession:
        """For passing on what browsers ask of it. Raises Unavailable."""
        if self._http is None:
            raise Unavailable("The picture is about to be there.")
        return self._http

    @property
    def reached(self) -> str:
        """Its address. Raises Unavailable."""
        if self.address is None:
            raise Unavailable("The picture is about to be there.")
        return self.address

    async def end(self, show: str) -> None:
        await self._ask("POST", f"/control/{show}/end")

    async def forget(self, show: str) -> None:
        await self._ask("DELETE", f"/control/{show}")

    async def _ask(self, method: str, path: str, **options: Any) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            async with self.http.request(
                method, f"{self.reached}{path}", headers=headers, **options
            ) as response:
                if response.status >= 400:
                    raise Unavailable("The media engine did not do this.", status=response.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable("The media engine cannot be reached.") from error

    @contextlib.asynccontextmanager
    async def _asking(self) -> AsyncIterator[None]:
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=ASKED_S),
            connector=aiohttp.TCPConnector(limit=500),
            auto_decompress=False,
        )
        try:
            yield
        finally:
            await self._http.close()
            self._http = None


class EngineElsewhere(EngineReach):
    """One that another process of ours runs, which says where it is by setting `address`."""

    async def run(self) -> None:
        """Be able to ask it, until cancelled."""
        async with self._asking():
            await asyncio.Event().wait()


class EngineProcess(EngineReach):
    """`run` is its task.

    `gone` is called whenever there is none; `moved` with its address whenever that changes.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        token: str,
        gone: Callable[[], Awaitable[None]],
        moved: Callable[[str | None], None] = lambda _address: None,
    ) -> None:
        super().__init__(token)
        self._settings = settings
        self._clock = clock
        self._gone = gone
        self._moved = moved
        self.pid: int | None = None

    async def run(self, *services: str) -> None:
        """Keep it running, for the service at these addresses, until cancelled."""
        failures = 0
        async with self._asking():
            await self._tell()  # the last one may have died with the service
            while True:
                begun = time.monotonic()
                try:
                    await self._once(services)
                except (OSError, TimeoutError, msgspec.MsgspecError) as error:
                    log.error("media.not_started", error=type(error).__name__)
                await self._tell()
                failures = 0 if time.monotonic() - begun > 60 else failures + 1
                await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])

    async def _tell(self) -> None:
        """That there is none, as soon as the database can be told."""
        while True:
            try:
                return await self._gone()
            except PlusOneError as error:
                log.warning("media.not_told", error=error.error_code)
                await asyncio.sleep(PAUSES_S[0])

    async def _once(self, services: tuple[str, ...]) -> None:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", PROGRAM),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | self._environment,
            start_new_session=True,  # Ctrl-C is for the service, which ends it in order
        )
        try:
            if process.stdin is None or process.stdout is None:
                raise OSError("no pipes")
            try:
                process.stdin.write(msgspec.json.encode(self._start(services)) + b"\n")
            except RuntimeError as error:  # so uvloop says that it has ended already
                raise BrokenPipeError from error
            async with asyncio.timeout(STARTED_S):
                line = await process.stdout.readline()
            port: int = msgspec.json.decode(line)["port"]
            host = self._settings.media_host
            self.address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            self.pid = process.pid
            self._moved(self.address)
            log.info("media.started", port=port)
            code = await process.wait()
            log.warning("media.ended", code=code)
        finally:
            if self.address is not None:
                self.address = self.pid = None
                self._moved(None)
            await _end(process)

    @property
    def _environment(self) -> dict[str, str]:
        """It logs as the service does, whatever the service was told by."""
        settings = self._settings
        return {
            "PLUSONE_LOG_LEVEL": settings.log_level,
            "PLUSONE_LOG_FORMAT": settings.log_format,
        }

    def _start(self, services: tuple[str, ...]) -> Start:
        settings = self._settings
        return Start(
            services=services,
            token=self._token,
            folder=str(Path(settings.data_folder, "media").absolute()),
            host=settings.media_host,
            port=settings.media_port,
            viewers=settings.media_viewers,
            servers=settings.media_ice_servers,
            addresses=settings.media_addresses,
            announced=settings.media_public_address,
            grace_s=settings.media_grace_s,
            keeps=settings.replay_days > 0,
            uptime_zero=uptime_zero(self._clock),
        )


async def _end(process: asyncio.subprocess.Process) -> None:
    """Have it finish what it keeps, and go."""
    if process.stdin is not None:
        process.stdin.close()
    with contextlib.suppress(ProcessLookupError):
        try:
            async with asyncio.timeout(ENDED_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

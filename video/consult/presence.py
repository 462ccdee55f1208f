"""Whether the pages of calls are still there: said of those whose sockets are here, looked at for
those whose process says nothing any more."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from sqlalchemy import Connection

from core.clock import Clock
from core.db import Database
from core.errors import NotFound, PlusOneError
from core.rooms.history import RoomTime
from video.consult import seats
from video.consult.seats import Held
from video.consult.service import Calls

SAID_S = 10.0
"""How often a process says which pages are there."""
LOST_MS = 30_000
"""A page of which nobody has said so for as long is gone."""
LOOKED_AT = 100

log = structlog.get_logger(__name__)


class Presence:
    """The seats that sockets of this process hold; `run` is its one task."""

    def __init__(self, database: Database, clock: Clock, calls: Calls) -> None:
        self._database = database
        self._calls = calls
        # As rooms do: what a process's own clock says is no matter between two machines.
        self._time = RoomTime(clock)
        self._held: set[Held] = set()
        self.missed: Callable[[Held], Awaitable[None]] = _nobody
        """Called with a page that is here and has no seat: another process took it for lost while
        this one was held up."""
        self._going: set[asyncio.Task[bool]] = set()

    def came(self, held: Held) -> None:
        self._held.add(held)

    def moved(self, held: Held) -> None:
        """The same page, or another of its side, has come since: nobody need be told."""
        self._held.discard(held)

    def went(self, held: Held) -> None:
        """A socket was closed: tell the call, unless the page came back by another one."""
        self._held.discard(held)
        task = asyncio.get_running_loop().create_task(self._tell(held))
        self._going.add(task)
        task.add_done_callback(self._going.discard)

    async def run(self) -> None:
        """Say and look until cancelled; then tell of those who go with this process."""
        try:
            while True:
                await asyncio.sleep(SAID_S)
                try:
                    await self.look()
                except PlusOneError as error:  # the database is away: the next look will do
                    log.warning("presence.not_looked", error=error.error_code)
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*self._going)

    async def look(self) -> None:
        """Say who is here, and find those of whom nobody says so."""
        held = list(self._held)

        def unit(connection: Connection) -> tuple[list[Held], list[Held]]:
            now = self._time.now(connection)
            seats.renew(connection, held, now)
            lost = seats.lost(connection, now - LOST_MS, limit=LOOKED_AT)
            return seats.missing(connection, held) if held else [], lost

        missing, lost = await self._database.write(unit)
        for one in missing:
            try:
                await self.missed(one)
            except PlusOneError as error:  # the next look will do
                log.warning("presence.not_back", call=one.call, error=error.error_code)
        for one in lost:
            if one not in self._held and await self._tell(one):
                await self._database.write(partial(seats.forget, one=one))

    async def _tell(self, held: Held) -> bool:
        """Whether the call knows that the page has gone."""
        try:
            await self._calls.left(held)
        except NotFound:  # the call itself is gone
            return True
        except PlusOneError as error:  # nobody says any more that the page is there: found later
            log.warning("presence.not_told", call=held.call, error=error.error_code)
            return False
        return True


async def _nobody(_held: Held) -> None:
    return

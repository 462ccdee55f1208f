"""What is kept of calls, and its end."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from core.clock import Clock, Instant
from core.db import Database
from core.rooms.events import Logged, Reader
from core.rooms.kind import Command
from core.rooms.room import Room
from core.rooms.rooms import Rooms
from video.consult import commands as c
from video.consult import store
from video.consult.state import CallState
from video.consult.store import CALL


class Kept:
    """The logs of calls, for whoever may know or erase everything."""

    def __init__(self, database: Database, rooms: Rooms, clock: Clock) -> None:
        self._database = database
        self._rooms = rooms
        self._clock = clock

    async def all_of(self, ids: Collection[str]) -> list[str]:
        """The calls of one customer; `ids` are all that count as hers."""
        return await self._database.read(partial(store.all_of, ids=ids))

    async def told(self, call: str) -> list[Logged]:
        """All that a call's log holds, for whoever may know everything."""
        return await self._rooms.log(call, CALL)

    async def erase(self, ids: Collection[str]) -> int:
        """Blank the calls of one customer, whoever wrote in them; returns how many."""
        calls = await self.all_of(ids)
        for call in calls:
            await self._system(call, f"erase-{self._clock.now()}", c.EraseTalk(None))
        return len(calls)

    async def erase_old(self, before: Instant) -> int:
        """Blank the calls that were over by then."""
        calls = await self._database.read(partial(store.talked_out, before=before))
        for call in calls:
            await self._system(call, f"retention-{before}", c.EraseTalk(None))
        return len(calls)

    async def _system(self, call: str, request_id: str, do: Any) -> None:
        command = Command(c.SYSTEM.id, request_id, c.Act(c.SYSTEM, do))
        await self._rooms.tell(call, CALL, command, Reader(staff=True))

    def _room(self, call: str) -> Room[CallState]:
        return self._rooms.room(call, CALL)

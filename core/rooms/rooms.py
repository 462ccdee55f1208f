"""All rooms that a process serves: opened when asked for, woken when due, let go when idle."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import structlog
from prometheus_client import Gauge

from core.clock import Clock, ManualClock
from core.db import Database
from core.errors import Unavailable
from core.rooms import log
from core.rooms.events import Logged, Reader
from core.rooms.kind import Command, RoomKind
from core.rooms.relay import InProcessRelay, Relay
from core.rooms.room import Answer, Room

SWEEP_S = 1.0
"""How often due rooms are woken and heads compared with the database."""

_open = Gauge("plusone_rooms_open", "Rooms in memory.")
_log = structlog.get_logger(__name__)


class Rooms:
    """Owns every `Room` of the process and its task. `run` is the sweeper's own task."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        kinds: Sequence[RoomKind[Any]],
        *,
        relay: Relay | None = None,
        idle_s: float = 900,
    ) -> None:
        self._database = database
        self._kinds: Mapping[str, RoomKind[Any]] = {kind.name: kind for kind in kinds}
        # A clock that tests move is the only one; else the database's, where it has one.
        self._time = log.room_time(clock.now, ask_database=not isinstance(clock, ManualClock))
        self._rooms: dict[str, Room[Any]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._used: dict[str, float] = {}
        self._idle_s = idle_s
        self._relay = relay if relay is not None else InProcessRelay()
        self._relay.listen(self._received)

    def room(self, room_id: str, kind: str) -> Room[Any]:
        """The room `room_id`, being loaded if it was not in memory; never waits.

        That it exists shows when it is loaded: `await room.loaded()` raises NotFound else.
        """
        self._used[room_id] = asyncio.get_running_loop().time()
        room = self._rooms.get(room_id)
        if room is None:
            room = Room(room_id, self._kinds[kind], self._database, self._time, self._committed)
            self._rooms[room_id] = room
            task = asyncio.create_task(room.run(), name=f"room {room_id}")
            self._tasks[room_id] = task
            task.add_done_callback(partial(self._ended, room))
            _open.set(len(self._rooms))
        return room

    async def tell(self, room_id: str, kind: str, command: Command, reader: Reader) -> Answer:
        """Have `command` done, and say what `reader` is told of it. Raises its error."""
        room = self.room(room_id, kind)
        outcome = await room.submit(command)
        return await room.answer(outcome, reader)

    async def create(self, kind: str, room_id: str, command: Command, reader: Reader) -> Answer:
        """Make a room and have its first command done. A crash between leaves an empty log."""
        now = partial(self._create, kind=kind, room_id=room_id)
        await self._database.write(now)
        return await self.tell(room_id, kind, command, reader)

    def _create(self, connection: Any, kind: str, room_id: str) -> None:
        log.create(connection, kind, room_id=room_id, now=self._time(connection))

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_S)
            try:
                await self.sweep()
            except Unavailable as error:
                _log.warning("rooms.sweep_failed", detail=error.data)

    async def sweep(self) -> None:
        """Wake what is due, read on what grew elsewhere, let idle rooms go."""
        due = await self._database.read(lambda c: log.read_due(c, self._time(c)))
        for room_id, kind in due:
            if kind in self._kinds:
                self.room(room_id, kind).wake()
        heads = await self._database.read(partial(log.read_heads, rooms=list(self._rooms)))
        for room_id, head in heads.items():
            room = self._rooms.get(room_id)
            if room is not None and room.is_behind(head):
                room.look_behind()
        self._let_go()

    async def close(self) -> None:
        """Stop all rooms; commands that wait are answered as retryable."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for room in list(self._rooms.values()):
            room.close()
        self._rooms.clear()
        self._tasks.clear()

    def _let_go(self) -> None:
        now = asyncio.get_running_loop().time()
        for room_id, room in list(self._rooms.items()):
            if room.idle and now - self._used[room_id] > self._idle_s:
                self._forget(room_id)
                self._tasks.pop(room_id).cancel()

    def _forget(self, room_id: str) -> None:
        self._rooms.pop(room_id, None)
        self._used.pop(room_id, None)
        _open.set(len(self._rooms))

    def _ended(self, room: Room[Any], task: asyncio.Task[None]) -> None:
        """A room that could not be loaded, or failed, is opened afresh when next asked for."""
        if self._rooms.get(room.id) is room:
            self._forget(room.id)
            self._tasks.pop(room.id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("room.failed", room=room.id, exc_info=error)
        room.close()

    def _committed(self, room: Room[Any], events: Sequence[Logged]) -> None:
        self._relay.publish(room.id, room.committed.epoch, events)

    def _received(self, room_id: str, epoch: str, events: Sequence[Logged]) -> None:
        room = self._rooms.get(room_id)
        if room is not None:
            room.receive(epoch, events)

"""All rooms that a process serves: opened when asked for, woken when due, let go when idle."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import structlog
from prometheus_client import Gauge
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from core.clock import Clock
from core.db import Database
from core.errors import Conflict, NotFound, PlusOneError, Unavailable
from core.rooms import history, log
from core.rooms.events import Logged, Reader
from core.rooms.history import RoomTime
from core.rooms.kind import Command, RoomKind
from core.rooms.log import Committed
from core.rooms.relay import InProcessRelay, Relay
from core.rooms.room import Answer, Room
from core.structs import prepare

SWEEP_S = 1.0
"""How often due rooms are woken and heads compared with the database."""
LEAVE_S = 20
"""How long rooms may take to finish what they are committing when the process ends."""

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
        for kind in kinds:
            prepare(*kind.events.values())
        self._time = RoomTime(clock)
        self._rooms: dict[str, Room[Any]] = {}
        self._tasks: dict[Room[Any], asyncio.Task[None]] = {}
        self._used: dict[str, float] = {}
        self._idle_s = idle_s
        self._closed = False
        self._due: set[str] = set()
        """What was due at the last sweep."""
        self._relay = relay if relay is not None else InProcessRelay()
        self._relay.listen(self._received, self._rooms.__contains__)

    def room(self, room_id: str, kind: str) -> Room[Any]:
        """The room `room_id`, being loaded if it was not in memory; never waits.

        That it exists shows when it is loaded: `await room.loaded()` raises NotFound else. One of
        another kind that is in memory raises NotFound at once; after `close`, Unavailable.
        """
        if self._closed:
            raise Unavailable("The service is being restarted.")
        room = self._rooms.get(room_id)
        if room is None or room.over:
            room = Room(room_id, self._kinds[kind], self._database, self._time, self._committed)
            self._rooms[room_id] = room
            task = asyncio.get_running_loop().create_task(room.run(), name=f"room {room_id}")
            self._tasks[room] = task
            task.add_done_callback(partial(self._ended, room))
            _open.inc()
        elif room.kind.name != kind:
            raise NotFound("There is no such room.")
        self._used[room_id] = asyncio.get_running_loop().time()
        return room

    async def tell(self, room_id: str, kind: str, command: Command, reader: Reader) -> Answer:
        """Have `command` done, and say what `reader` is told of it. Raises its error."""
        room = self.room(room_id, kind)
        outcome = await room.submit(command)
        return await room.answer(outcome, reader)

    async def create(self, kind: str, room_id: str, command: Command, reader: Reader) -> Answer:
        """Make a room with its first command done, or none at all where that is refused.

        Raises the command's error, and Conflict for an id that is taken.
        """
        unit = partial(self._create, kind=self._kinds[kind], room_id=room_id, command=command)
        try:
            outcome = await self._database.write(unit)
        except IntegrityError:  # another made it between our look and our write
            if not await self._database.read(partial(history.exists, room_id=room_id)):
                raise
            raise Conflict("There is such a room already.") from None
        return await self.room(room_id, kind).answer(outcome, reader)

    def _create(
        self, connection: Connection, kind: RoomKind[Any], room_id: str, command: Command
    ) -> log.Outcome:
        if history.exists(connection, room_id):
            raise Conflict("There is such a room already.")
        now = self._time.now(connection)
        epoch = log.create(connection, kind.name, room_id=room_id, now=now)
        empty = Committed(kind.initial(room_id), epoch, 0, now)
        batch = log.commit_batch(connection, kind, room_id, empty, [command], self._time)
        outcome = batch.outcomes[0]
        if outcome.error is not None:
            raise outcome.error
        return outcome

    async def log(self, room_id: str, kind: str) -> list[Logged]:
        """All that a room's log holds, for whoever may know everything."""
        found: list[Logged] = []
        while True:
            query = partial(
                history.read_events,
                kind=self._kinds[kind],
                room_id=room_id,
                after=len(found),
                limit=history.PAGE,
            )
            page = await self._database.read(query)
            if not page:
                return found
            found += page

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_S)
            try:
                await self.sweep()
            except PlusOneError as error:  # the database is away: the next sweep will do
                _log.warning("rooms.sweep_failed", error=error.error_code, detail=error.data)

    async def sweep(self) -> None:
        """Wake what is due, read on what grew elsewhere, let idle rooms go."""
        query = partial(history.read_due, kinds=list(self._kinds), time=self._time)
        due = await self._database.read(query)
        for room_id, kind in due:
            # One that is in memory elsewhere is done there: not every process need open it.
            if self._relay.alone or room_id in self._rooms or room_id in self._due:
                self.room(room_id, kind).wake()
        self._due = {room_id for room_id, _ in due}
        served = list(self._rooms)
        heads = await self._database.read(partial(history.read_heads, rooms=served))
        for room_id, (epoch, head) in heads.items():
            if (room := self._rooms.get(room_id)) is not None:
                room.hear(epoch, head)
        self._let_go()

    async def close(self) -> None:
        """Have all rooms finish what they commit; commands that wait are answered as retryable."""
        self._closed = True
        tasks = list(self._tasks.values())
        for room in self._tasks:
            room.leave()
        if tasks:
            await asyncio.wait(tasks, timeout=LEAVE_S)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _let_go(self) -> None:
        now = asyncio.get_running_loop().time()
        for room_id, room in list(self._rooms.items()):
            if room.idle and now - self._used[room_id] > self._idle_s:
                self._forget(room)
                room.leave()

    def _forget(self, room: Room[Any]) -> None:
        """Have the next who asks for this room open it afresh."""
        if self._rooms.get(room.id) is room:
            del self._rooms[room.id], self._used[room.id]

    def _ended(self, room: Room[Any], task: asyncio.Task[None]) -> None:
        """A room that could not be loaded, failed, or left."""
        self._forget(room)
        del self._tasks[room]
        _open.dec()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("room.failed", room=room.id, exc_info=error)
        room.close()

    def _committed(self, room: Room[Any], events: Sequence[Logged]) -> None:
        self._relay.publish(room.kind.name, room.id, room.committed.epoch, events)

    def _received(self, room_id: str, epoch: str, events: Sequence[Logged]) -> None:
        room = self._rooms.get(room_id)
        if room is not None:
            room.receive(epoch, events)

"""The service as a process of its own, for races: `python -m tests.races.serve [COMMANDS]`.

Settings come from the environment, as for `plusone serve`. With COMMANDS the rooms' lock is taken
away, and the worst moment made sure of: a room gathers that many commands before its first batch,
and that batch waits, having read, until another process has read too.
"""

import sys
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select, text

from core.errors import NotFound
from core.rooms import log
from core.rooms.history import RoomTime
from core.rooms.kind import Command
from core.rooms.room import Room
from core.rooms.tables import room
from core.settings import Settings
from web import serving

_MEETING = 4_711
"""The advisory lock that both processes share once they have read."""
_READERS = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND granted"
)
_POLL_S, _POLLS = 0.05, 600


def _unlocked(connection: Connection, room_id: str, time: RoomTime) -> Any:
    """`log._lock` but for the lock."""
    now = time.column(connection).label("now")
    names = ("kind", "epoch", "head", "last_at_ms", "next_due_at")
    query = select(*(room.c[name] for name in names), now).where(room.c.id == room_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("There is no such room.")
    return row


def _meet(connection: Connection) -> None:
    """Wait until the other process is here too."""
    connection.execute(select(func.pg_advisory_xact_lock_shared(_MEETING)))
    for _ in range(_POLLS):
        if connection.execute(_READERS, {"key": _MEETING}).scalar_one() > 1:
            return
        connection.execute(select(func.pg_sleep(_POLL_S)))


def _take_the_lock_away(commands: int) -> None:
    turn, earlier = Room._turn, log._earlier
    gathered: set[str] = set()
    met: set[str] = set()

    async def gathering(self: Room[Any]) -> None:
        # Woken by each command that comes; the turn is taken when all have.
        if self.id in gathered or len(self._queue) >= commands:
            gathered.add(self.id)
            await turn(self)

    def having_read(connection: Connection, room_id: str, asked: Sequence[Command]) -> Any:
        """All that a batch reads before it decides has been read by now."""
        found = earlier(connection, room_id, asked)
        if room_id not in met:
            met.add(room_id)
            _meet(connection)
        return found

    setattr(Room, "_turn", gathering)  # noqa: B010 - mypy takes no assignment to a method
    setattr(log, "_lock", _unlocked)  # noqa: B010
    setattr(log, "_earlier", having_read)  # noqa: B010


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _take_the_lock_away(int(sys.argv[1]))
    sys.exit(serving.serve(Settings()))

"""A show that is over, told again beside its picture: its moments, and the talk as it stood then.

Both are read from the log by the clock of the wall, which the picture's recording keeps too.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection

from core.clock import Instant
from core.db import Database
from core.errors import NotFound
from core.identity.model import Person
from core.rooms.events import EVERYONE
from core.rooms.history import offset_at, read_events, read_of_types
from live import events as e
from live.kind import ShowKind
from live.service import Shows

MOMENTS = 2_000
"""Of one show, at most: more are no help on a time line."""
BEFORE = 300
"""Events before an instant, from which the talk of then is made."""
AFTER = 500
"""Events after it: some minutes of a busy show."""

_OF_MOMENTS = (e.ShowLive.TYPE, e.ItemOpened.TYPE, e.ItemChanged.TYPE, e.ShowEnded.TYPE)


class Moment(msgspec.Struct, frozen=True):
    """Something to jump to. `price` is the new one, in minor units, where that is what changed."""

    at_ms: Instant
    kind: Literal["live", "opened", "price", "ended"]
    item: str | None = None
    price: int | None = None


class Told(msgspec.Struct, frozen=True):
    """Events that everyone may read, in order; `next` is after what to ask for more, if any."""

    events: list[msgspec.Raw]
    next: int | None


class Replay:
    """What can be asked of shows that have ended. All methods raise NotFound for others."""

    def __init__(self, database: Database, shows: Shows) -> None:
        self._database = database
        self._shows = shows
        self._kind = ShowKind()

    async def moments(self, person: Person, show_id: str) -> list[Moment]:
        """When items opened and prices changed, in order."""
        await self._ended(person, show_id)
        logged = await self._database.read(
            partial(
                read_of_types,
                kind=self._kind,
                room_id=show_id,
                types=_OF_MOMENTS,
                limit=MOMENTS,
            )
        )
        return [moment for one in logged if (moment := _moment(one.at_ms, one.event)) is not None]

    async def around(self, person: Person, show_id: str, at_ms: Instant) -> Told:
        """What was told shortly before an instant, and for a while after it."""
        await self._ended(person, show_id)

        def query(connection: Connection) -> Told:
            at = offset_at(connection, show_id, at_ms)
            return self._told(connection, show_id, max(at - BEFORE, 0), BEFORE + AFTER)

        return await self._database.read(query)

    async def onward(self, person: Person, show_id: str, after: int) -> Told:
        """What was told after the offset `after`, for a while."""
        await self._ended(person, show_id)
        return await self._database.read(
            lambda connection: self._told(connection, show_id, after, AFTER)
        )

    def _told(self, connection: Connection, show_id: str, after: int, limit: int) -> Told:
        page = read_events(connection, self._kind, show_id, after=after, limit=limit)
        events = [msgspec.Raw(one.wire()) for one in page if one.audience == EVERYONE]
        return Told(events, page[-1].offset if len(page) == limit else None)

    async def _ended(self, person: Person, show_id: str) -> None:
        room = await self._shows.enter(person, show_id)
        if room.committed.state.status != "ended":
            raise NotFound("The show is not over.")


def _moment(at_ms: Instant, event: Any) -> Moment | None:
    match event:
        case e.ShowLive():
            return Moment(at_ms, "live")
        case e.ShowEnded():
            return Moment(at_ms, "ended")
        case e.ItemOpened():
            return Moment(at_ms, "opened", event.item)
        case e.ItemChanged() if "price" in event.changed:
            return Moment(at_ms, "price", event.item, event.price)
    return None

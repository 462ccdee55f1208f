"""Opening a log: the state after its newest event, and its tail."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import structlog

from core.db import Database
from core.rooms import history, states
from core.rooms.events import Logged
from core.rooms.history import Head
from core.rooms.kind import RoomKind
from core.rooms.log import Committed, HistoryChanged
from core.rooms.tail import LENGTH, Tail

S = TypeVar("S")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Opened(Generic[S]):
    """A log as it was found; `stored` is the offset of the stored state that was used, or 0."""

    committed: Committed[S]
    tail: Tail
    stored: int


async def open_log(database: Database, kind: RoomKind[S], room_id: str) -> Opened[S]:
    """Read a log, from its stored state on if there is one, a page at a time.

    The tail is filled from before the stored state, so that a storm of clients that come back to a
    fresh process asks nothing of the database. Raises NotFound, Unavailable.
    """
    head = await database.read(partial(history.read_head, room_id=room_id, kind=kind.name))
    stored, state = await _stored_state(database, kind, room_id, head)
    after = min(stored, max(head.head - LENGTH - 1, 0))
    tail, at_ms = Tail(after), head.at_ms
    state = kind.thawed(state)
    reading = _read_page(database, kind, room_id, after)
    try:
        while after < head.head:
            page = await reading
            if not page:
                raise HistoryChanged("The log ends before its head.")
            after, at_ms = page[-1].offset, page[-1].at_ms
            if after < head.head:  # the database looks for the next page while this one is folded
                reading = _read_page(database, kind, room_id, after)
            for logged in page:
                if logged.offset > stored:
                    state = kind.evolve(state, logged)
            if after < head.head - LENGTH:  # long ago: nobody asks a tail for it
                tail = Tail(after)
            else:
                tail.extend(page)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    return Opened(Committed(kind.frozen(state), head.epoch, after, at_ms), tail, stored)


def _read_page(
    database: Database, kind: RoomKind[S], room_id: str, after: int
) -> asyncio.Task[list[Logged]]:
    query = partial(
        history.read_events, kind=kind, room_id=room_id, after=after, limit=history.PAGE
    )
    return asyncio.get_running_loop().create_task(database.read(query))


async def _stored_state(
    database: Database, kind: RoomKind[S], room_id: str, head: Head
) -> tuple[int, S]:
    """(offset, state) to begin with: a stored state of this model, or nothing at all."""
    query = partial(states.read, room_id=room_id, model=kind.model, erased=head.erased)
    found = await database.read(query)
    if found is not None and found[0] <= head.head:
        try:
            return found[0], await asyncio.to_thread(_load, kind, found[1])
        except Exception:
            # A shortcut only: the log has it all.
            _log.warning("room.state_not_loaded", room=room_id, exc_info=True)
    return 0, kind.initial(room_id)


def _load(kind: RoomKind[S], stored: bytes) -> S:
    return kind.load(states.unpacked(stored))

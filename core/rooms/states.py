"""Stored states: shortcuts for opening long logs, each of which may be thrown away."""

from __future__ import annotations

import zlib

from sqlalchemy import Connection, and_, delete, or_, select

from core.db import insert_new
from core.rooms.tables import room, room_state


def packed(state: bytes) -> bytes:
    """`state` as it is stored; off the loop, since a long show's takes some milliseconds.

    A tenth of the bytes: what is sent to the database is what the room's other writes wait for.
    """
    return zlib.compress(state, 1)


def unpacked(stored: bytes) -> bytes:
    """The state that was `packed`; raises zlib.error for anything else."""
    return zlib.decompress(stored)


def store(connection: Connection, room_id: str, model: int, offset: int, state: bytes) -> None:
    """Keep the packed `state` for opening this log, unless there is a better one; older ones go.

    The room's lock is taken last and for a moment: whatever waits to be sold waits for it. Under
    it nothing can be erased, nor another process store its own, in between.
    """
    row = {"room_id": room_id, "model": model, "offset": offset, "state": state}
    connection.execute(insert_new(connection, room_state).values(row))
    lock = select(room.c.erased).where(room.c.id == room_id).with_for_update()
    erased = connection.execute(lock).scalar_one_or_none() or 0
    of_room = room_state.c.room_id == room_id
    newest = (
        select(room_state.c.offset)
        .where(of_room, room_state.c.model == model)
        .order_by(room_state.c.offset.desc())
        .limit(1)
        .scalar_subquery()
    )
    of_model = and_(room_state.c.model == model, room_state.c.offset < newest)
    stale = or_(room_state.c.model < model, room_state.c.offset < erased, of_model)
    connection.execute(delete(room_state).where(of_room, stale))


def read(
    connection: Connection, room_id: str, model: int, *, erased: int
) -> tuple[int, bytes] | None:
    """(offset, packed state) of the newest one of this model, if nothing was erased after it."""
    query = (
        select(room_state.c.offset, room_state.c.state)
        .where(
            room_state.c.room_id == room_id,
            room_state.c.model == model,
            room_state.c.offset >= erased,
        )
        .order_by(room_state.c.offset.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.offset, row.state)


def forget(connection: Connection, room_id: str) -> None:
    """Throw away all of a room's, since they hold what was erased; under the room's lock."""
    connection.execute(delete(room_state).where(room_state.c.room_id == room_id))

"""Which rep a call is about to take up: so that no two take the same one up at once.

What calls hold for good is in their own rows (`store.busy`); this is for the moment between the
choice and the commit in which the call has her. No transaction locks two rooms: this is one of its
own.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Connection, String, Table, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from core.clock import Instant
from core.db import metadata
from video.consult.store import BUSY, call_table

HELD_MS = 15_000
"""For how long, if it is not let go; a commit takes no longer than its locks."""

taken_table = Table(
    "consult_taken",
    metadata,
    Column("staff", String(40), primary_key=True),
    Column("call", String(40), nullable=False),
    Column("until", BigInteger, nullable=False),
)


def take(connection: Connection, staff: str, call: str, now: Instant) -> bool:
    """Hold `staff` for `call`; False where another call has her, or is about to."""
    table = taken_table
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    row = {"call": call, "until": now + HELD_MS}
    free = or_(table.c.until < now, table.c.call == call)
    held = insert(table).values(staff=staff, **row)
    held = held.on_conflict_do_update(index_elements=["staff"], set_=row, where=free)
    if connection.execute(held.returning(table.c.call)).first() is None:
        return False
    # After the lock on the row above: whoever held it before has committed or given up by now.
    other = select(call_table.c.id).where(
        call_table.c.staff == staff, call_table.c.phase.in_(BUSY), call_table.c.id != call
    )
    if connection.execute(other.limit(1)).first() is None:
        return True
    let_go(connection, staff, call)
    return False


def let_go(connection: Connection, staff: str, call: str) -> None:
    """She is the call's, or nobody's."""
    table = taken_table
    connection.execute(delete(table).where(table.c.staff == staff, table.c.call == call))

"""The seats that pages hold, and when each was last seen: a process that was killed says no more.

The row is made in the transaction in which the page came, so that there is no moment at which
nobody would miss it. Times are those of the rooms: the database's, where it has one.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    String,
    Table,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from core.clock import Instant
from core.db import any_of, metadata
from core.rooms.events import Logged
from video.consult.events import CallEnded, CallJoined, CallLeft, CallRung, CallUnanswered, Side

seat_table = Table(
    "consult_seat",
    metadata,
    Column("call", String(40), primary_key=True),
    Column("side", String(10), primary_key=True),
    Column("seat", String(64), nullable=False),
    # The event by which the page came: one that comes back is another.
    Column("joined", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Index("ix_consult_seat_seen_at", "seen_at"),
)


class Held(msgspec.Struct, frozen=True):
    """A seat of a call, and the event by which its page came."""

    call: str
    side: Side
    seat: str
    joined: int


def project(connection: Connection, call: str, logged: Sequence[Logged]) -> None:
    """Note who came and who went."""
    of_call = seat_table.c.call == call
    for one in logged:
        match one.event:
            case CallJoined(side=side, seat=seat):
                row = {"seat": seat, "joined": one.offset, "seen_at": one.at_ms}
                insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
                came = insert(seat_table).values(call=call, side=side, **row)
                connection.execute(
                    came.on_conflict_do_update(index_elements=["call", "side"], set_=row)
                )
            case CallLeft(side=side, seat=seat):
                its = (seat_table.c.side == side, seat_table.c.seat == seat)
                connection.execute(delete(seat_table).where(of_call, *its))
            case CallRung() | CallUnanswered():  # another rep's page, or none
                connection.execute(delete(seat_table).where(of_call, seat_table.c.side == "staff"))
            case CallEnded():
                connection.execute(delete(seat_table).where(of_call))


_SEEN = (
    update(seat_table)
    .where(
        seat_table.c.call == bindparam("in_call"),
        seat_table.c.side == bindparam("on_side"),
        seat_table.c.joined == bindparam("by"),
    )
    .values(seen_at=bindparam("at"))
)


def renew(connection: Connection, held: Sequence[Held], now: Instant) -> None:
    """These pages are there; one that was taken for lost meanwhile stays so."""
    rows = [
        {"in_call": one.call, "on_side": one.side, "by": one.joined, "at": now}
        # In one order everywhere: two processes may hold the two seats of the same calls.
        for one in sorted(held, key=lambda one: (one.call, one.side))
    ]
    if rows:
        connection.execute(_SEEN, rows)


def missing(connection: Connection, held: Sequence[Held]) -> list[Held]:
    """Those whose pages somebody has taken for lost."""
    calls = sorted({one.call for one in held})
    query = select(seat_table).where(any_of(connection, seat_table.c.call, calls))
    there = {Held(row.call, row.side, row.seat, row.joined) for row in connection.execute(query)}
    return [one for one in held if one not in there]


def lost(connection: Connection, before: Instant, *, limit: int) -> list[Held]:
    """The seats that nobody has seen since then, the longest unseen first."""
    columns = [seat_table.c[name] for name in Held.__struct_fields__]
    query = select(*columns).where(seat_table.c.seen_at < before).order_by(seat_table.c.seen_at)
    return [Held(**row) for row in connection.execute(query.limit(limit)).mappings()]


def forget(connection: Connection, one: Held) -> None:
    """It was told; the page may have come back since."""
    its = (seat_table.c.call == one.call, seat_table.c.side == one.side)
    connection.execute(delete(seat_table).where(*its, seat_table.c.joined == one.joined))

"""Signals between two processes that do not hear each other by the relay: for pages whose sockets
are not at the same one.

What is put here is read within a quarter of a second and forgotten at once; nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
)

from core.clock import Instant
from core.db import any_of, metadata

KEPT_MS = 30_000
"""What nobody has fetched by then, nobody waits for."""
AT_ONCE = 200

signal_table = Table(
    "consult_signal",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("seat", String(120), nullable=False),
    Column("told", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_consult_signal_seat_id", "seat", "id"),
    Index("ix_consult_signal_at_ms", "at_ms"),
)


class Letter(msgspec.Struct, frozen=True, gc=False):
    """A signal, as JSON, for the seat of that name: call, side and page."""

    seat: str
    told: str


def put(connection: Connection, letters: Sequence[Letter], now: Instant) -> None:
    """Leave these, in their order, and throw away what was never fetched."""
    rows = [{"seat": one.seat, "told": one.told, "at_ms": now} for one in letters]
    connection.execute(insert(signal_table), rows)
    connection.execute(delete(signal_table).where(signal_table.c.at_ms < now - KEPT_MS))


def waiting(connection: Connection, seats: Sequence[str]) -> list[tuple[int, Letter]]:
    """What lies here for these seats, in the order in which it came, with their numbers."""
    table = signal_table
    query = select(table).where(any_of(connection, table.c.seat, seats)).order_by(table.c.id)
    return [
        (row.id, Letter(row.seat, row.told)) for row in connection.execute(query.limit(AT_ONCE))
    ]


def forget(connection: Connection, numbers: Sequence[int]) -> None:
    connection.execute(delete(signal_table).where(signal_table.c.id.in_(numbers)))

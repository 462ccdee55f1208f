"""The tables of rooms.

No foreign keys to `room`: rows are written only under the lock of the room's row, and a check of
that same row for each event would cost more than the event. On SQLite the rows of a log lie in the
tree of their key, without a second tree beside it: a third less to write, and to read.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from core.db import metadata

room = Table(
    "room",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    # Random; a new one after a restore tells clients that the history they know may not be ours.
    Column("epoch", String(24), nullable=False),
    Column("head", BigInteger, nullable=False),
    Column("last_at_ms", BigInteger, nullable=False),
    Column("next_due_at", BigInteger),
    # The newest event that erased what somebody typed: no older stored state may be used.
    Column("erased", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_room_next_due_at", "next_due_at"),
)

room_event = Table(
    "room_event",
    metadata,
    Column("room_id", String(40), primary_key=True),
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("type", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("audience", String(40), nullable=False),
    Column("data", Text, nullable=False),
    sqlite_with_rowid=False,
)

# What people typed lies beside the log, so that it can be withheld or erased there.
room_content = Table(
    "room_content",
    metadata,
    Column("room_id", String(40), primary_key=True),
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("author", String(40), nullable=False),
    Column("name", Text),
    Column("text", Text),
    Column("withheld", Boolean, nullable=False),
    Index("ix_room_content_author", "author"),
    sqlite_with_rowid=False,
)

# Led by the request, which is random: a sender's aliases are compared among the few rows found.
room_command = Table(
    "room_command",
    metadata,
    Column("room_id", String(40), primary_key=True),
    Column("request_id", String(64), primary_key=True),
    Column("sender", String(40), primary_key=True),
    Column("first_offset", BigInteger, nullable=False),
    Column("last_offset", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Shortcuts for opening long logs; each may be thrown away.
room_state = Table(
    "room_state",
    metadata,
    Column("room_id", String(40), primary_key=True),
    Column("model", Integer, primary_key=True),
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("state", LargeBinary, nullable=False),
)

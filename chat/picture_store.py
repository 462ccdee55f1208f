"""What is remembered of pictures in conversations; the pictures are files beside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from chat.store import conversation_table
from core.clock import Instant
from core.db import any_of, metadata

chat_picture = Table(
    "chat_picture",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation", String(40), nullable=False),
    Column("uploader", String(40), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    # Of the larger file and the small one together.
    Column("octets", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # Whether it was shown in a message; if not, it is there for an hour.
    Column("used", Boolean, nullable=False),
    Index("ix_chat_picture_conversation", "conversation"),
    Index("ix_chat_picture_used_created_at", "used", "created_at"),
)


class Picture(msgspec.Struct, frozen=True):
    """`uploader`: a customer's id, or a rep's."""

    id: str
    conversation: str
    uploader: str
    width: int
    height: int
    octets: int
    created_at: Instant
    used: bool = False


def add(connection: Connection, picture: Picture) -> None:
    connection.execute(insert(chat_picture).values(**msgspec.structs.asdict(picture)))


def count(connection: Connection, conversation: str) -> int:
    """How many a conversation has. Of several who count to add one, each sees what the one before
    has added: the next waits for its commit."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        name = func.hashtextextended(f"{chat_picture.name} {conversation}", 0)
        connection.execute(select(func.pg_advisory_xact_lock(name)))
    query = select(func.count()).where(chat_picture.c.conversation == conversation)
    return int(connection.execute(query).scalar_one())


def get(connection: Connection, id: str) -> Picture | None:
    row = connection.execute(select(chat_picture).where(chat_picture.c.id == id)).one_or_none()
    return None if row is None else Picture(*row)


def use(connection: Connection, conversation: str, id: str) -> Picture | None:
    """The picture, kept from now on as long as its conversation is; None where it has no such."""
    change = (
        update(chat_picture)
        .where(chat_picture.c.id == id, chat_picture.c.conversation == conversation)
        .values(used=True)
        .returning(*chat_picture.c)
    )
    row = connection.execute(change).one_or_none()
    return None if row is None else Picture(*row)


def of(connection: Connection, conversations: Collection[str]) -> Sequence[Picture]:
    """Those that were shown, the oldest first."""
    query = (
        select(chat_picture)
        .where(
            any_of(connection, chat_picture.c.conversation, sorted(conversations)),
            chat_picture.c.used,
        )
        .order_by(chat_picture.c.created_at, chat_picture.c.id)
    )
    return [Picture(*row) for row in connection.execute(query)]


def known(connection: Connection, ids: Collection[str]) -> set[str]:
    query = select(chat_picture.c.id).where(any_of(connection, chat_picture.c.id, sorted(ids)))
    return set(connection.execute(query).scalars())


def forget(connection: Connection, conversations: Collection[str], *, limit: int) -> list[str]:
    """Forget some of those conversations' pictures; which."""
    wanted = any_of(connection, chat_picture.c.conversation, sorted(conversations))
    return _forget(connection, select(chat_picture.c.id).where(wanted).limit(limit))


def forget_unused(connection: Connection, before: Instant, *, limit: int) -> list[str]:
    """Forget some that were sent before then and never shown; which."""
    unused = (~chat_picture.c.used, chat_picture.c.created_at < before)
    return _forget(connection, select(chat_picture.c.id).where(*unused).limit(limit), *unused)


def forget_old(connection: Connection, before: Instant, *, limit: int) -> list[str]:
    """Forget some of conversations that are over since before then; which.

    Not what came since: who comes back after that sends a picture before she says anything.
    """
    talk = conversation_table
    query = (
        select(chat_picture.c.id)
        .join(talk, talk.c.id == chat_picture.c.conversation)
        .where(
            talk.c.last_at < before,
            talk.c.control.in_(("new", "resolved")),
            chat_picture.c.created_at < before,
        )
        .limit(limit)
    )
    return _forget(connection, query)


def _forget(connection: Connection, query: Any, *still: Any) -> list[str]:
    """`still`: what has to hold when the row is locked; one may be shown this moment."""
    gone = delete(chat_picture).where(chat_picture.c.id.in_(query), *still)
    return list(connection.execute(gone.returning(chat_picture.c.id)).scalars())

"""What is remembered of shows' pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

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
    select,
    update,
)

from core.clock import Instant
from core.db import insert_new, metadata

State = Literal["off", "on", "away"]
"""`away`: the sender's line broke, and she is waited for."""

picture = Table(
    "picture",
    metadata,
    Column("show_id", String(40), primary_key=True),
    Column("key_version", Integer, nullable=False),
    Column("state", String(8), nullable=False),
    Column("since", BigInteger, nullable=False),
    # When the first picture came; none is there to be replayed before.
    Column("began_at", BigInteger),
    # Whether what is sent is being kept; false when the disk refuses.
    Column("keeps", Boolean, nullable=False),
    Column("forgotten_at", BigInteger),
    Index(None, "began_at"),
)


class Picture(msgspec.Struct, frozen=True):
    """One show's. `replay`: something was kept of it, and still is."""

    show: str
    key_version: int = 1
    state: State = "off"
    since: Instant = 0
    began_at: Instant | None = None
    keeps: bool = True
    forgotten_at: Instant | None = None

    @property
    def replay(self) -> bool:
        return self.began_at is not None and self.forgotten_at is None


def get(connection: Connection, show: str) -> Picture:
    """The show's; as nobody has touched it where there is no row."""
    row = connection.execute(select(picture).where(picture.c.show_id == show)).one_or_none()
    return Picture(show) if row is None else _picture(row)


def lock(connection: Connection, show: str) -> Picture:
    """The show's, its row made where it is missing, and locked."""
    new = Picture(show)
    connection.execute(
        insert_new(connection, picture).values(
            show_id=show, key_version=new.key_version, state=new.state, since=new.since,
            began_at=None, keeps=new.keeps, forgotten_at=None,
        )
    )  # fmt: skip
    query = select(picture).where(picture.c.show_id == show).with_for_update()
    return _picture(connection.execute(query).one())


def change(connection: Connection, show: str, **values: Any) -> None:
    """Write new values into a row that is locked."""
    connection.execute(update(picture).where(picture.c.show_id == show).values(**values))


def moving(connection: Connection) -> Sequence[str]:
    """Shows whose picture is on."""
    query = select(picture.c.show_id).where(picture.c.state == "on")
    return connection.execute(query).scalars().all()


def kept_since(connection: Connection, before: Instant, *, limit: int = 50) -> Sequence[str]:
    """Shows whose picture began before then, and is still kept."""
    query = (
        select(picture.c.show_id)
        .where(
            picture.c.began_at < before,
            picture.c.forgotten_at.is_(None),
            picture.c.state != "on",  # `away` may be all that was told before the engine died
        )
        .order_by(picture.c.began_at)
        .limit(limit)
    )
    return connection.execute(query).scalars().all()


def _picture(row: Any) -> Picture:
    return Picture(
        row.show_id,
        row.key_version,
        row.state,
        row.since,
        row.began_at,
        row.keeps,
        row.forgotten_at,
    )

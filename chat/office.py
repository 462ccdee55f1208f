"""What the shop's people set for their work: opening hours, and replies that are kept ready."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

import msgspec
import structlog
from pydantic import AfterValidator, StringConstraints, model_validator
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from core.clock import Clock, Instant
from core.db import Database, insert_new, metadata
from core.errors import Conflict, NotFound
from core.hours import Hours, HoursInput
from core.identity.model import Person, Role, require
from core.ids import new_id
from core.inputs import Input

READ_HOURS = (Role.REP, Role.OPERATOR)
SET_HOURS = (Role.OPERATOR,)
REPLIERS = (Role.REP, Role.OPERATOR)

KNOWN_MS = 2_000
"""How long hours are taken for what they are: another process may have set others."""
REPLIES = 200
TITLE_LENGTH = 40
TEXT_LENGTH = 2_000

log = structlog.get_logger(__name__)

chat_hours = Table(
    "chat_hours",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("hours", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_by", String(40), nullable=False),
)
"""One row, or none as long as nobody has set any."""

chat_reply = Table(
    "chat_reply",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("title", String(TITLE_LENGTH), nullable=False),
    Column("text", String(TEXT_LENGTH), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)

_ONLY = 1


class Reply(msgspec.Struct, frozen=True):
    """What staff say often. `{name}`, `{staff}` and `{shop}` in it are filled in by the page."""

    id: str
    title: str
    text: str


def _one_line(text: str) -> str:
    return " ".join(text.split())


_Title = Annotated[
    str,
    AfterValidator(_one_line),
    StringConstraints(min_length=1, max_length=TITLE_LENGTH),
]
_Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_LENGTH)
]


class NewReply(Input):
    title: _Title
    text: _Text


class ReplyChange(Input):
    """What is left out stays as it is."""

    title: _Title | None = None
    text: _Text | None = None

    @model_validator(mode="after")
    def _says_something(self) -> ReplyChange:
        if self.title is None and self.text is None:
            raise ValueError("title, text or both")
        return self


class Office:
    """Opening hours and ready replies of this installation."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: tuple[Instant, Hours | None] | None = None
        self._looking = asyncio.Lock()

    # Hours

    async def hours(self) -> Hours | None:
        """The shop's hours, at most two seconds old; None as long as nobody has set any."""
        async with self._looking:  # of many who ask at once, one asks the database
            now = self._clock.now()
            if self._known is None or now - self._known[0] >= KNOWN_MS:
                self._known = now, await self._database.read(read_hours)
            return self._known[1]

    async def hours_now(self, person: Person) -> Hours | None:
        """The hours as they are this moment, for those who look them over."""
        require(person, *READ_HOURS)
        return await self._database.read(read_hours)

    async def set_hours(self, person: Person, wanted: HoursInput) -> Hours:
        """Set other hours in place of all that were set before."""
        by = require(person, *SET_HOURS).own_id
        hours = wanted.hours()
        await self._database.write(partial(write_hours, hours=hours, at=self._clock.now(), by=by))
        async with self._looking:  # who began to look before may have found the old ones
            self._known = None
        log.info("hours.set", by=by)
        return hours

    # Replies

    async def replies(self, person: Person) -> Sequence[Reply]:
        """All of them, in the order in which they were made."""
        require(person, *REPLIERS)
        return await self._database.read(read_replies)

    async def add_reply(self, person: Person, wanted: NewReply) -> Reply:
        """Raises Conflict (`too_many_replies`) when there are 200."""
        require(person, *REPLIERS)
        made = Reply(new_id("rpl"), wanted.title, wanted.text)

        def unit(connection: Connection) -> None:
            _one_at_a_time(connection)
            count = connection.execute(select(func.count()).select_from(chat_reply)).scalar_one()
            if count >= REPLIES:
                raise Conflict(
                    "There are as many replies as there may be.",
                    code="too_many_replies",
                    most=REPLIES,
                )
            values = msgspec.structs.asdict(made)
            connection.execute(insert(chat_reply).values(changed_at=self._clock.now(), **values))

        await self._database.write(unit)
        return made

    async def change_reply(self, person: Person, id: str, wanted: ReplyChange) -> Reply:
        """Raises NotFound."""
        require(person, *REPLIERS)
        values = wanted.model_dump(exclude_none=True)

        def unit(connection: Connection) -> Reply:
            change = (
                update(chat_reply)
                .where(chat_reply.c.id == id)
                .values(changed_at=self._clock.now(), **values)
                .returning(chat_reply.c.id, chat_reply.c.title, chat_reply.c.text)
            )
            row = connection.execute(change).one_or_none()
            if row is None:
                raise _no_reply()
            return Reply(*row)

        return await self._database.write(unit)

    async def remove_reply(self, person: Person, id: str) -> None:
        """Raises NotFound where it is gone already."""
        require(person, *REPLIERS)

        def unit(connection: Connection) -> None:
            if not connection.execute(delete(chat_reply).where(chat_reply.c.id == id)).rowcount:
                raise _no_reply()

        await self._database.write(unit)


def read_hours(connection: Connection) -> Hours | None:
    text = connection.execute(select(chat_hours.c.hours)).scalar_one_or_none()
    return None if text is None else msgspec.json.decode(text, type=Hours)


def write_hours(connection: Connection, hours: Hours, at: Instant, by: str) -> None:
    values: dict[str, Any] = {
        "hours": msgspec.json.encode(hours).decode(), "changed_at": at, "changed_by": by,
    }  # fmt: skip
    connection.execute(insert_new(connection, chat_hours).values(id=_ONLY, **values))
    connection.execute(update(chat_hours).where(chat_hours.c.id == _ONLY).values(**values))


def read_replies(connection: Connection) -> Sequence[Reply]:
    query = select(chat_reply.c.id, chat_reply.c.title, chat_reply.c.text)
    return [Reply(*row) for row in connection.execute(query.order_by(chat_reply.c.id))]


def _one_at_a_time(connection: Connection) -> None:
    """Of two who add the last one, let the second count the first's (SQLite always does)."""
    if connection.dialect.name == "postgresql":
        name = func.hashtextextended(chat_reply.name, 0)
        connection.execute(select(func.pg_advisory_xact_lock(name)))


def _no_reply() -> NotFound:
    return NotFound("There is no such reply.")

"""The log read back: its events, where it stands, what is due, stored states.

Everything here runs inside a read or a write unit of `core.db`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    select,
)

from core.clock import Clock, Instant, ManualClock
from core.db import any_of
from core.errors import NotFound
from core.rooms.events import Content, Event, Logged
from core.rooms.kind import RoomKind
from core.rooms.tables import room, room_content, room_event

S = TypeVar("S")

PAGE = 1_000
"""Events read at once: few enough to fold in ten milliseconds."""


# Not `now()`, which stands still while a transaction waits for its lock.
DATABASE_NOW: ColumnElement[int] = cast(
    func.extract("epoch", func.clock_timestamp()) * 1000, BigInteger
)
CLOCK_NOW = bindparam("now", type_=BigInteger)


class RoomTime:
    """The time of all rooms: the database's where it has one and is asked, else `clock`'s.

    Asked it is, but for a clock that tests move: that is the only one. Read as a column, so that it
    costs no query of its own.
    """

    def __init__(self, clock: Clock, *, ask_database: bool | None = None) -> None:
        asked = not isinstance(clock, ManualClock) if ask_database is None else ask_database
        self._clock = clock
        self._ask_database = asked

    def is_asked_of(self, connection: Connection) -> bool:
        """Whether the database says what time it is."""
        return self._ask_database and connection.dialect.name == "postgresql"

    def column(self, connection: Connection) -> ColumnElement[int]:
        if self.is_asked_of(connection):
            return DATABASE_NOW
        return literal(self._clock.now(), BigInteger)

    def parameters(self, connection: Connection) -> dict[str, Instant]:
        """What a statement needs that was made beforehand, with `DATABASE_NOW` or `CLOCK_NOW`."""
        return {} if self.is_asked_of(connection) else {"now": self._clock.now()}

    def now(self, connection: Connection) -> Instant:
        return connection.execute(select(self.column(connection))).scalar_one()


def rooms_of_author(connection: Connection, author: str) -> list[tuple[str, str]]:
    """(id, kind) of the rooms that hold something `author` typed."""
    query = (
        select(room.c.id, room.c.kind)
        .join_from(room_content, room, room.c.id == room_content.c.room_id)
        .where(room_content.c.author == author)
        .distinct()
    )
    return [(room_id, kind) for room_id, kind in connection.execute(query)]


_events = (
    select(
        room_event.c.offset,
        room_event.c.at_ms,
        room_event.c.audience,
        room_event.c.type,
        room_event.c.version,
        room_event.c.data,
        room_content.c.author,
        room_content.c.name,
        room_content.c.text,
        room_content.c.withheld,
    )
    .select_from(
        room_event.outerjoin(
            room_content,
            and_(
                room_content.c.room_id == room_event.c.room_id,
                room_content.c.offset == room_event.c.offset,
            ),
        )
    )
    .where(
        room_event.c.room_id == bindparam("room"),
        room_event.c.offset > bindparam("after"),
        room_event.c.offset <= bindparam("to"),
    )
    .order_by(room_event.c.offset)
)


_page = _events.subquery()
_PAGES = {
    "postgresql": select(cast(func.json_agg(func.json_build_array(*_page.c)), Text)),
    "sqlite": select(func.json_group_array(func.json_array(*_page.c))),
}
"""A page as one value: the database puts it together beside the loop, on a processor of its own,
and it is taken apart in one go; a row for each event would keep the loop waiting for each."""


def read_events(
    connection: Connection,
    kind: RoomKind[S],
    room_id: str,
    *,
    after: int,
    limit: int,
) -> list[Logged]:
    """Up to `limit` events after the offset `after`, in order, what people typed included."""
    span = {"room": room_id, "after": after, "to": after + limit}
    page = connection.execute(_PAGES[connection.dialect.name], span).scalar_one()
    return list(decoded(kind, sorted(_rows(page)))) if page else []


def read_of_types(
    connection: Connection, kind: RoomKind[S], room_id: str, types: Sequence[str], *, limit: int
) -> list[Logged]:
    """The first `limit` events of these types, in order, without what people typed."""
    query = (
        select(room_event)
        .where(room_event.c.room_id == room_id, any_of(connection, room_event.c.type, types))
        .order_by(room_event.c.offset)
        .limit(limit)
    )
    rows: list[Row] = [
        (one.offset, one.at_ms, one.audience, one.type, one.version, one.data, *(None,) * 4)
        for one in connection.execute(query)
    ]
    return list(decoded(kind, rows))


def offset_at(connection: Connection, room_id: str, at_ms: Instant) -> int:
    """The newest event that had happened by then; 0 before the first one."""
    query = select(func.max(room_event.c.offset)).where(room_event.c.room_id == room_id)
    low, high = 0, connection.execute(query).scalar_one() or 0
    time = select(room_event.c.at_ms).where(
        room_event.c.room_id == room_id, room_event.c.offset == bindparam("at")
    )
    while low < high:  # a log's times never run backwards, and there is no index of them
        middle = (low + high + 1) // 2
        if connection.execute(time, {"at": middle}).scalar_one() <= at_ms:
            low = middle
        else:
            high = middle - 1
    return low


Row = tuple[int, Instant, str, str, int, str, str | None, str | None, str | None, bool | int | None]
"""An event as it lies in the log: offset, time, audience, type, version, its JSON; then whose words
lie beside it, under which name, the words, and whether they are withheld."""
_rows = msgspec.json.Decoder(list[Row]).decode


def row_of(logged: Logged) -> Row:
    """The row that `decoded` makes `logged` of again."""
    said = logged.content
    return (
        logged.offset,
        logged.at_ms,
        logged.audience,
        logged.event.TYPE,
        logged.event.VERSION,
        msgspec.json.encode(logged.event).decode(),
        *((None, None, None) if said is None else (said.author, said.name, said.text)),
        logged.withheld,
    )


def decoded(kind: RoomKind[S], rows: Iterable[Row]) -> Iterator[Logged]:
    """The events of `rows`, those of older versions lifted. Raises KeyError, LookupError and
    msgspec.DecodeError for what is no event of this kind."""
    events = kind.events
    for offset, at_ms, audience, type_, version, data, author, name, text, withheld in rows:
        event_class = events.get(type_)
        if event_class is None or version != event_class.VERSION:
            type_, lifted = kind.upcast(type_, version, data.encode())
            event = _decoder(events[type_])(lifted)
        else:
            event = _decoder(event_class)(data)
        content = Content(author, name, text) if author is not None else None
        yield Logged(offset, at_ms, audience, event, content, bool(withheld))


@cache
def _decoder(event_class: type[Event]) -> Callable[[bytes | str], Event]:
    return msgspec.json.Decoder(event_class).decode


@dataclass(frozen=True, slots=True)
class Head:
    """What a room's own row says of its log."""

    epoch: str
    head: int
    at_ms: Instant
    erased: int


def exists(connection: Connection, room_id: str) -> bool:
    """Whether there is such a room, of whatever kind."""
    return connection.execute(select(room.c.id).where(room.c.id == room_id)).first() is not None


def read_head(connection: Connection, room_id: str, kind: str) -> Head:
    """Where the log stands. Raises NotFound, for rooms of another kind too."""
    columns = (room.c.epoch, room.c.head, room.c.last_at_ms, room.c.erased)
    query = select(*columns).where(room.c.id == room_id, room.c.kind == kind)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("There is no such room.")
    return Head(*row)


def read_heads(connection: Connection, rooms: Sequence[str]) -> dict[str, tuple[str, int]]:
    """The epoch and newest offset of each of `rooms`, in one query."""
    columns = (room.c.id, room.c.epoch, room.c.head)
    query = select(*columns).where(any_of(connection, room.c.id, rooms))
    return {room_id: (epoch, head) for room_id, epoch, head in connection.execute(query)}


def read_due(connection: Connection, kinds: Sequence[str], time: RoomTime) -> list[tuple[str, str]]:
    """(id, kind) of up to 100 rooms of `kinds` in which something has become due."""
    query = (
        select(room.c.id, room.c.kind)
        .where(room.c.next_due_at <= time.column(connection), room.c.kind.in_(kinds))
        .order_by(room.c.next_due_at)
        .limit(100)
    )
    return [(room_id, kind) for room_id, kind in connection.execute(query)]


def count_events(connection: Connection, room_id: str) -> int:
    """How many events the log holds; equals the head, or the log has a hole."""
    query = select(func.count()).where(room_event.c.room_id == room_id)
    return connection.execute(query).scalar_one()

"""The log on disk: one batch of commands in one transaction, and reading back.

Everything here runs inside a write unit or a read of `core.db`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec
import structlog
from sqlalchemy import Connection, Row, and_, delete, func, insert, select, update

from core.clock import Instant
from core.db import any_of, database_now
from core.errors import InternalError, NotFound, PlusOneError, Unavailable
from core.ids import new_id, new_secret
from core.rooms.events import Content, Logged
from core.rooms.kind import Command, RoomKind, Turn
from core.rooms.tables import room, room_command, room_content, room_event, room_state

S = TypeVar("S")

PAGE = 500
"""Events read at once: small enough to fold without holding the loop for long."""

_log = structlog.get_logger(__name__)
_room_row = (room.c.epoch, room.c.head, room.c.last_at_ms, room.c.next_due_at)


@dataclass(frozen=True, slots=True)
class Committed(Generic[S]):
    """A room as of its newest committed event known here."""

    state: S
    epoch: str
    head: int
    at_ms: Instant


@dataclass(slots=True)
class Outcome:
    """What became of one command: a span of the log, or an error and no trace.

    `first` is None where nothing happened. `repeated` says that the span is an earlier command's of
    the same name.
    """

    first: int | None = None
    last: int | None = None
    repeated: bool = False
    error: PlusOneError | None = None


@dataclass(slots=True)
class Batch(Generic[S]):
    """What one transaction did: `logged` is all that came after the state it was given."""

    committed: Committed[S]
    logged: list[Logged] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)


class HistoryChanged(Unavailable):
    """The database was restored: it holds another history than the one followed so far."""


def create(connection: Connection, kind: str, *, room_id: str, now: Instant) -> None:
    """A new room with an empty log. An id that is taken raises IntegrityError."""
    connection.execute(
        insert(room).values(
            id=room_id,
            kind=kind,
            epoch=new_secret(12),
            head=0,
            last_at_ms=now,
            next_due_at=None,
            created_at=now,
        )
    )


def renew_epochs(connection: Connection) -> None:
    """After the database was restored: no client may take its history for ours."""
    ids = connection.execute(select(room.c.id)).scalars().all()
    for room_id in ids:
        connection.execute(update(room).where(room.c.id == room_id).values(epoch=new_secret(12)))


def commit_batch(
    connection: Connection,
    kind: RoomKind[S],
    room_id: str,
    known: Committed[S],
    commands: Sequence[Command],
    clock: Callable[[Connection], Instant],
) -> Batch[S]:
    """Run `commands` in their order, after what others appended and what is due.

    Raises NotFound where there is no such room. Errors of single commands are in their outcomes.
    """
    row = _lock(connection, room_id)
    if row.epoch != known.epoch or row.head < known.head:
        raise HistoryChanged("The room's history was replaced; read it anew.")
    known, caught_up = _catch_up(connection, kind, room_id, known, row)
    now = max(row.last_at_ms, clock(connection))
    earlier = _earlier(connection, room_id, commands)

    batch = Batch(known, logged=caught_up)
    fresh: list[Logged] = []
    spans: list[dict[str, object]] = []
    turn = Turn(kind, room_id, known.state, now=now, next_offset=row.head + 1)
    kind.expire(turn)
    fresh += turn.logged
    for command in commands:
        same = next((e for e in earlier.get(command.request_id, ()) if command.is_from(e[0])), None)
        if same is not None:
            batch.outcomes.append(Outcome(same[1], same[2], repeated=True))
            continue
        mine = Turn(kind, room_id, turn.state, now=now, next_offset=turn.next_offset)
        outcome = _decide(kind, mine, command)
        batch.outcomes.append(outcome)
        if outcome.first is None or outcome.last is None:
            continue
        turn = mine
        fresh += mine.logged
        span = (command.sender, outcome.first, outcome.last)
        earlier.setdefault(command.request_id, []).append(span)
        spans.append(
            {
                "room_id": room_id,
                "request_id": command.request_id,
                "sender": command.sender,
                "first_offset": outcome.first,
                "last_offset": outcome.last,
            }
        )
    if fresh:
        _append(connection, kind, room_id, fresh, turn.state)
        if spans:
            connection.execute(insert(room_command), spans)
        batch.logged = caught_up + fresh
        batch.committed = Committed(turn.state, row.epoch, fresh[-1].offset, now)
    due = kind.next_due(turn.state)
    if fresh or due != row.next_due_at:
        head, at_ms = batch.committed.head, batch.committed.at_ms
        connection.execute(
            update(room)
            .where(room.c.id == room_id)
            .values(head=head, last_at_ms=at_ms, next_due_at=due)
        )
    return batch


def _lock(connection: Connection, room_id: str) -> Row[str, int, int, int | None]:
    query = select(*_room_row).where(room.c.id == room_id).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("There is no such room.")
    return row


def _catch_up(
    connection: Connection,
    kind: RoomKind[S],
    room_id: str,
    known: Committed[S],
    row: Row[str, int, int, int | None],
) -> tuple[Committed[S], list[Logged]]:
    """What other processes appended since `known`, folded."""
    missed: list[Logged] = []
    state, after = known.state, known.head
    while after < row.head:
        page = read_events(connection, kind, room_id, after=after, limit=PAGE)
        for logged in page:
            state = kind.evolve(state, logged)
        missed += page
        after = page[-1].offset
    return Committed(state, row.epoch, row.head, row.last_at_ms), missed


def _decide(kind: RoomKind[S], turn: Turn[S], command: Command) -> Outcome:
    try:
        kind.decide(turn, command)
    except PlusOneError as error:
        return Outcome(error=error)
    except Exception:
        # A fault in one command's rule must not take the others of its batch down with it.
        incident = new_id("inc")
        _log.exception("room.decide_failed", incident=incident, room=turn.room)
        return Outcome(error=InternalError(incident))
    if not turn.logged:
        return Outcome()
    return Outcome(turn.logged[0].offset, turn.logged[-1].offset)


def _earlier(
    connection: Connection, room_id: str, commands: Sequence[Command]
) -> dict[str, list[tuple[str, int, int]]]:
    """By request id: (sender, first, last) of commands that happened under that name before."""
    found: dict[str, list[tuple[str, int, int]]] = {}
    if commands:
        names = [command.request_id for command in commands]
        query = select(
            room_command.c.request_id,
            room_command.c.sender,
            room_command.c.first_offset,
            room_command.c.last_offset,
        ).where(
            room_command.c.room_id == room_id,
            any_of(connection, room_command.c.request_id, names),
        )
        for request_id, sender, first, last in connection.execute(query):
            found.setdefault(request_id, []).append((sender, first, last))
    return found


def find_outcomes(
    connection: Connection, room_id: str, commands: Sequence[Command]
) -> list[Outcome | None]:
    """What became of commands whose commit is in doubt; None where it is proven absent.

    Takes the room's lock, so that a transaction still ending elsewhere has ended.
    """
    _lock(connection, room_id)
    earlier = _earlier(connection, room_id, commands)
    found: list[Outcome | None] = []
    for command in commands:
        same = next((e for e in earlier.get(command.request_id, ()) if command.is_from(e[0])), None)
        found.append(None if same is None else Outcome(same[1], same[2], repeated=True))
    return found


def _append(
    connection: Connection, kind: RoomKind[S], room_id: str, fresh: Sequence[Logged], state: S
) -> None:
    encode = msgspec.json.encode
    connection.execute(
        insert(room_event),
        [
            {
                "room_id": room_id,
                "offset": logged.offset,
                "at_ms": logged.at_ms,
                "type": logged.event.TYPE,
                "version": logged.event.VERSION,
                "audience": logged.audience,
                "data": encode(logged.event).decode(),
            }
            for logged in fresh
        ],
    )
    said = [
        {
            "room_id": room_id,
            "offset": logged.offset,
            "author": logged.content.author,
            "name": logged.content.name,
            "text": logged.content.text,
            "withheld": logged.withheld,
        }
        for logged in fresh
        if logged.content is not None
    ]
    if said:
        connection.execute(insert(room_content), said)
    _withhold(connection, room_id, (o for e in fresh for o in e.event.withholds()), withheld=True)
    _withhold(connection, room_id, (o for e in fresh for o in e.event.restores()), withheld=False)
    kind.project(connection, room_id, fresh, state)


def _withhold(
    connection: Connection, room_id: str, offsets: Iterable[int], *, withheld: bool
) -> None:
    for offset in offsets:
        place = and_(room_content.c.room_id == room_id, room_content.c.offset == offset)
        connection.execute(update(room_content).where(place).values(withheld=withheld))


def erase_author(connection: Connection, author: str) -> list[str]:
    """Blank all that `author` typed, in every room, for good; returns the rooms concerned.

    Their stored states go too, since those hold what was typed. The caller reloads these rooms.
    """
    mine = room_content.c.author == author
    rooms = connection.execute(select(room_content.c.room_id).where(mine).distinct())
    concerned = list(rooms.scalars())
    connection.execute(update(room_content).where(mine).values(name=None, text=None))
    for room_id in concerned:
        connection.execute(delete(room_state).where(room_state.c.room_id == room_id))
    return concerned


def read_events(
    connection: Connection,
    kind: RoomKind[S],
    room_id: str,
    *,
    after: int,
    limit: int,
) -> list[Logged]:
    """Up to `limit` events after the offset `after`, in order, what people typed included."""
    query = (
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
            room_event.c.room_id == room_id,
            room_event.c.offset > after,
            room_event.c.offset <= after + limit,
        )
        .order_by(room_event.c.offset)
    )
    return list(_decoded(kind, connection.execute(query)))


def _decoded(kind: RoomKind[S], rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterator[Logged]:
    decode = msgspec.json.decode
    for offset, at_ms, audience, type_, version, data, author, name, text, withheld in rows:
        event_class = kind.events.get(type_)
        if event_class is None or version != event_class.VERSION:
            type_, lifted = kind.upcast(type_, version, data.encode())
            event = decode(lifted, type=kind.events[type_])
        else:
            event = decode(data, type=event_class)
        content = Content(author, name, text) if author is not None else None
        yield Logged(offset, at_ms, audience, event, content, bool(withheld))


def read_head(connection: Connection, room_id: str) -> tuple[str, int, Instant]:
    """(epoch, head, instant of the head) of a room. Raises NotFound."""
    row = connection.execute(select(*_room_row).where(room.c.id == room_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such room.")
    return row.epoch, row.head, row.last_at_ms


def read_heads(connection: Connection, rooms: Sequence[str]) -> dict[str, int]:
    """The newest offset of each of `rooms`, in one query."""
    query = select(room.c.id, room.c.head).where(any_of(connection, room.c.id, rooms))
    return {row.id: row.head for row in connection.execute(query)}


def read_due(connection: Connection, now: Instant) -> list[tuple[str, str]]:
    """(id, kind) of up to 100 rooms in which something has become due."""
    query = select(room.c.id, room.c.kind).where(room.c.next_due_at <= now).limit(100)
    return [(room_id, kind) for room_id, kind in connection.execute(query)]


def read_at_ms(connection: Connection, room_id: str, offset: int) -> Instant | None:
    """When the event at `offset` happened; None where there is none."""
    query = select(room_event.c.at_ms).where(
        room_event.c.room_id == room_id, room_event.c.offset == offset
    )
    return connection.execute(query).scalar_one_or_none()


def read_stored_state(connection: Connection, room_id: str, model: int) -> tuple[int, bytes] | None:
    """(offset, bytes) of the newest stored state of this model."""
    query = select(room_state.c.offset, room_state.c.state).where(
        room_state.c.room_id == room_id, room_state.c.model == model
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.offset, row.state)


def store_state(
    connection: Connection, room_id: str, model: int, offset: int, state: bytes
) -> None:
    """Keep `state` as the shortcut for opening this log; those of other models go."""
    connection.execute(delete(room_state).where(room_state.c.room_id == room_id))
    connection.execute(
        insert(room_state).values(room_id=room_id, model=model, offset=offset, state=state)
    )


def room_time(
    clock_now: Callable[[], Instant], *, ask_database: bool
) -> Callable[[Connection], Instant]:
    """The clock of a batch: the database's where it has one and is asked, else the process's."""

    def now(connection: Connection) -> Instant:
        theirs = database_now(connection) if ask_database else None
        return clock_now() if theirs is None else theirs

    return now


def count_events(connection: Connection, room_id: str) -> int:
    """How many events the log holds; equals the head, or the log has a hole."""
    query = select(func.count()).where(room_event.c.room_id == room_id)
    return connection.execute(query).scalar_one()

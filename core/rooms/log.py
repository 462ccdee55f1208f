"""The log on disk: one batch of commands in one transaction.

Everything here runs inside a write unit of `core.db`; `history` reads it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec
import structlog
from sqlalchemy import (
    Connection,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.bulk import BulkInsert
from core.clock import Instant
from core.errors import InternalError, NotFound, PlusOneError, Unavailable
from core.ids import new_id, new_secret
from core.rooms import states
from core.rooms.events import EVERYONE, Logged
from core.rooms.history import CLOCK_NOW, DATABASE_NOW, PAGE, RoomTime, read_events
from core.rooms.kind import Command, RoomKind, Turn
from core.rooms.tables import room, room_command, room_content, room_event

S = TypeVar("S")

_encode = msgspec.json.Encoder().encode
_insert_events = BulkInsert(
    room_event, ("room_id", "offset", "at_ms", "type", "version", "audience", "data")
)
_insert_contents = BulkInsert(
    room_content, ("room_id", "offset", "author", "name", "text", "withheld")
)
_insert_commands = BulkInsert(
    room_command, ("room_id", "request_id", "sender", "first_offset", "last_offset")
)

# Made once: to make a statement costs as much as to have it carried out.
_LOCK_AT_ITS_TIME, _LOCK_AT_OURS = (
    select(
        room.c.kind,
        room.c.epoch,
        room.c.head,
        room.c.last_at_ms,
        room.c.next_due_at,
        now.label("now"),
    )
    .where(room.c.id == bindparam("room"))
    .with_for_update()
    for now in (DATABASE_NOW, CLOCK_NOW)
)
_SPAN = (
    room_command.c.request_id,
    room_command.c.sender,
    room_command.c.first_offset,
    room_command.c.last_offset,
)


def _named_on_sqlite() -> Select[Any]:
    names = func.json_each(bindparam("names")).table_valued("value")
    in_room = room_command.c.room_id == bindparam("room")
    return select(*_SPAN).where(in_room, room_command.c.request_id.in_(select(names.c.value)))


def _named_on_postgresql() -> Select[Any]:
    """One look into the key for each name, whatever the planner believes.

    With `= ANY (names)` it read all commands of the room, since it knows nothing yet of a show that
    has just begun: 8 ms a batch after 15,000 claims, and growing. OFFSET keeps the inner query one.
    """
    names = func.unnest(bindparam("names", type_=ARRAY(Text)))
    named = names.table_valued("value", name="named").render_derived()
    in_room = room_command.c.room_id == bindparam("room")
    one = select(*_SPAN).where(in_room, room_command.c.request_id == named.c.value)
    each = one.offset(literal_column("0")).lateral()
    return select(each).select_from(named.join(each, true()))


_EARLIER = {"sqlite": _named_on_sqlite(), "postgresql": _named_on_postgresql()}
_MOVE_ON = (
    update(room)
    .where(room.c.id == bindparam("room"))
    .values(head=bindparam("to"), last_at_ms=bindparam("at"), next_due_at=bindparam("due"))
)
_log = structlog.get_logger(__name__)


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
    """What one transaction did.

    `missed` is what others had appended after the state it was given, `fresh` what it appended.
    """

    committed: Committed[S]
    missed: list[Logged] = field(default_factory=list)
    fresh: list[Logged] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)


class HistoryChanged(Unavailable):
    """The database was restored: it holds another history than the one followed so far."""


def create(connection: Connection, kind: str, *, room_id: str, now: Instant) -> str:
    """A new room with an empty log; returns its epoch. An id that is taken: IntegrityError."""
    epoch = new_secret(12)
    connection.execute(
        insert(room).values(
            id=room_id,
            kind=kind,
            epoch=epoch,
            head=0,
            last_at_ms=now,
            next_due_at=None,
            erased=0,
            created_at=now,
        )
    )
    return epoch


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
    time: RoomTime,
) -> Batch[S]:
    """Run `commands` in their order, after what others appended and what is due.

    Raises NotFound where there is no such room, HistoryChanged where `known` is no part of its
    history. Errors of single commands are in their outcomes.
    """
    row = _lock(connection, room_id, time)
    if row.epoch != known.epoch or row.head < known.head:
        raise HistoryChanged("The room's history was replaced; read it anew.")
    known, missed = _catch_up(connection, kind, room_id, known, row)
    # A clock that was set back changes nothing: a room's time never runs backwards.
    now = max(row.last_at_ms, row.now)
    earlier = _earlier(connection, room_id, commands)

    batch = Batch(known, missed)
    turn = _expire(kind, Turn(kind, room_id, known.state, now=now, next_offset=row.head + 1))
    fresh = turn.logged
    spans: list[tuple[str, str, str, int, int]] = []
    for command in kind.enrich(connection, turn.state, commands, now):
        same = _same(earlier, command)
        if same is not None:
            batch.outcomes.append(same)
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
        spans.append((room_id, command.request_id, *span))
    if fresh:
        _append(connection, room_id, fresh)
        _insert_commands(connection, spans)
        kind.project(connection, room_id, fresh, turn.state)
        batch.fresh = fresh
        batch.committed = Committed(turn.state, row.epoch, fresh[-1].offset, now)
    _note(connection, room_id, batch, kind.next_due(turn.state), row.next_due_at)
    return batch


_RoomRow = Row[str, str, int, int, int | None, int]


def _lock(connection: Connection, room_id: str, time: RoomTime) -> _RoomRow:
    query = _LOCK_AT_ITS_TIME if time.is_asked_of(connection) else _LOCK_AT_OURS
    row = connection.execute(query, {"room": room_id, **time.parameters(connection)}).one_or_none()
    if row is None:
        raise NotFound("There is no such room.")
    return row


def _catch_up(
    connection: Connection,
    kind: RoomKind[S],
    room_id: str,
    known: Committed[S],
    row: _RoomRow,
) -> tuple[Committed[S], list[Logged]]:
    """What other processes appended since `known`, folded."""
    missed: list[Logged] = []
    state, after = known.state, known.head
    while after < row.head:
        page = read_events(connection, kind, room_id, after=after, limit=PAGE)
        if not page:
            raise HistoryChanged("The room's log ends before its head.")
        for logged in page:
            state = kind.evolve(state, logged)
        missed += page
        after = page[-1].offset
    return Committed(state, row.epoch, row.head, row.last_at_ms), missed


def _expire(kind: RoomKind[S], turn: Turn[S]) -> Turn[S]:
    """What is due, done; an empty turn when that fails, since people must still get their turn."""
    before = turn.state
    try:
        kind.expire(turn)
    except Exception:
        _log.exception("room.expire_failed", room=turn.room)
        first = turn.next_offset - len(turn.logged)
        return Turn(kind, turn.room, before, now=turn.now, next_offset=first)
    return turn


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


_Earlier = dict[str, list[tuple[str, int, int]]]


def _earlier(connection: Connection, room_id: str, commands: Sequence[Command]) -> _Earlier:
    """By request id: (sender, first, last) of commands that happened under that name before."""
    found: _Earlier = {}
    if commands:
        names: Any = [command.request_id for command in commands]
        if connection.dialect.name == "sqlite":
            names = _encode(names).decode()
        query = _EARLIER[connection.dialect.name]
        for request_id, *span in connection.execute(query, {"room": room_id, "names": names}):
            found.setdefault(request_id, []).append(tuple(span))
    return found


def _same(earlier: _Earlier, command: Command) -> Outcome | None:
    for sender, first, last in earlier.get(command.request_id, ()):
        if command.is_from(sender):
            return Outcome(first, last, repeated=True)
    return None


def is_done(connection: Connection, room_id: str, command: Command) -> bool:
    """Whether `command` happened; nobody is kept from making it happen meanwhile."""
    return _same(_earlier(connection, room_id, [command]), command) is not None


def find_outcomes(
    connection: Connection, room_id: str, commands: Sequence[Command], time: RoomTime
) -> list[Outcome | None]:
    """What became of commands whose commit is in doubt; None where it is proven absent.

    Takes the room's lock, so that a transaction still ending elsewhere has ended.
    """
    _lock(connection, room_id, time)
    earlier = _earlier(connection, room_id, commands)
    return [_same(earlier, command) for command in commands]


def _append(connection: Connection, room_id: str, fresh: Sequence[Logged]) -> None:
    events = [
        (
            room_id,
            logged.offset,
            logged.at_ms,
            logged.event.TYPE,
            logged.event.VERSION,
            logged.audience,
            _encode(logged.event).decode(),
        )
        for logged in fresh
    ]
    _insert_events(connection, events)
    typed = [
        (room_id, logged.offset, said.author, said.name, said.text, False)
        for logged in fresh
        if (said := logged.content) is not None
    ]
    _insert_contents(connection, typed)
    for logged in fresh:
        for offset in logged.event.withholds():
            _withhold(connection, room_id, offset, withheld=True)
        for offset in logged.event.restores():
            _withhold(connection, room_id, offset, withheld=False)
        if (author := logged.event.erases()) is not None:
            _erase(connection, room_id, author, logged.offset)


def _withhold(connection: Connection, room_id: str, offset: int, *, withheld: bool) -> None:
    place = and_(room_content.c.room_id == room_id, room_content.c.offset == offset)
    connection.execute(update(room_content).where(place).values(withheld=withheld))


def _erase(connection: Connection, room_id: str, author: str, offset: int) -> None:
    """Blank what was typed before `offset`, and throw away stored states, which hold it too."""
    typed = and_(room_content.c.room_id == room_id, room_content.c.offset < offset)
    if author != EVERYONE:
        typed = and_(typed, room_content.c.author == author)
    connection.execute(update(room_content).where(typed).values(name=None, text=None))
    states.forget(connection, room_id)
    connection.execute(update(room).where(room.c.id == room_id).values(erased=offset))


def _note(
    connection: Connection,
    room_id: str,
    batch: Batch[S],
    due: Instant | None,
    was_due: Instant | None,
) -> None:
    """Bring the room's own row up to date."""
    if batch.fresh or due != was_due:
        now = batch.committed
        values = {"room": room_id, "to": now.head, "at": now.at_ms, "due": due}
        connection.execute(_MOVE_ON, values)

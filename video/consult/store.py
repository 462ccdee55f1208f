"""What is looked up about calls from outside their rooms: whose they are, who waits, who is busy.

Written in the transaction of the batch that made it so. Names and words are not copied: they are
read where they lie, so that what was erased is gone here too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Executable,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    and_,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from core import outbox
from core.clock import Instant
from core.db import any_of, metadata
from core.rooms.events import Logged
from core.rooms.tables import room, room_content
from video.consult import seats
from video.consult.events import (
    About,
    CallAnswered,
    CallEnded,
    CallInvited,
    CallUnanswered,
    ChangeAsked,
    ChangeUndoAsked,
    EndCause,
    Phase,
    Side,
)
from video.consult.state import Bought, CallState

CALL = "call"
"""The kind of room that a call is."""
PREFIX = "cll"
"""How ids of calls begin."""

CHANGE = "call.change"
"""Outbox: `{call, customer, of, change, undo}`: to be done for the customer, or undone; `of` is the
event that asked for it."""
INVITED = "call.invited"
"""Outbox: `{call, customer, staff}`: a rep wants to talk to her."""
ANSWERED = "call.answered"
"""Outbox: `{call, customer, staff}`: they talk."""
ENDED = "call.ended"
"""Outbox: `{call, customer, staff, cause, booking, answered}`: it is over. `staff` and `booking`
may be None; `answered`: they talked."""

OPEN: tuple[Phase, ...] = ("waiting", "ringing", "invited", "talking")
QUEUED: tuple[Phase, ...] = ("waiting", "ringing")
"""She waits until a rep picks up."""
BUSY: tuple[Phase, ...] = ("ringing", "invited", "talking")
"""In these a call takes the rep up whom it names."""

call_table = Table(
    "consult_call",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("customer", String(40), nullable=False, index=True),
    Column("phase", String(10), nullable=False),
    Column("by", String(10), nullable=False),
    Column("staff", String(40)),
    Column("wanted", String(40)),
    Column("booking", String(40)),
    Column("topic", String(60)),
    Column("locale", String(12), nullable=False),
    Column("about", Text),
    Column("asked_at", BigInteger, nullable=False),
    Column("answered_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("cause", String(12)),
    Column("until", BigInteger),
    Column("called_back_at", BigInteger),
    Column("customer_seat", String(64)),
    Column("customer_gone", BigInteger),
    Column("staff_seat", String(64)),
    Column("staff_gone", BigInteger),
    Column("score", Integer),
    Column("orders", Text, nullable=False),
    # Events beside which lie her name, and what it is about.
    Column("name_offset", BigInteger, nullable=False),
    Column("text_offset", BigInteger),
    Index("ix_consult_call_phase_asked_at", "phase", "asked_at"),
    Index("ix_consult_call_staff_phase", "staff", "phase"),
    Index("ix_consult_call_asked_at", "asked_at"),
    Index("ix_consult_call_ended_at", "ended_at"),
)

missed_table = Table(
    "consult_missed",
    metadata,
    Column("call", String(40), primary_key=True),
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("staff", String(40), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("cause", String(10), nullable=False),
    Index("ix_consult_missed_at_ms", "at_ms"),
    Index("ix_consult_missed_staff_at_ms", "staff", "at_ms"),
)
"""Rings that a rep has not answered."""


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the board."""

    id: str
    customer: str
    name: str | None
    phase: Phase
    by: Side
    asked_at: Instant
    answered_at: Instant | None
    ended_at: Instant | None
    staff: str | None
    wanted: str | None
    until: Instant | None
    topic: str | None
    locale: str
    about: About | None
    booking: str | None
    text: str | None


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One call as figures count it. `orders` are what was bought in it."""

    staff: str | None
    by: Side
    asked_at: Instant
    answered_at: Instant | None
    ended_at: Instant | None
    cause: EndCause | None
    score: int | None
    orders: tuple[Bought, ...]


class Missed(msgspec.Struct, frozen=True):
    """A ring that `staff` has not answered."""

    staff: str
    at_ms: Instant


_orders = msgspec.json.Decoder(tuple[Bought, ...]).decode
_about = msgspec.json.Decoder(About).decode


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def project(
    connection: Connection, room_id: str, logged: Sequence[Logged], state: CallState
) -> None:
    """Bring the call's row up to `state`, the state after `logged`, and tell what others need."""
    row = {
        "id": room_id,
        "customer": state.customer,
        "phase": state.phase,
        "by": state.by,
        "staff": state.staff,
        "wanted": state.wanted,
        "booking": state.booking,
        "topic": state.topic,
        "locale": state.locale,
        "about": None if state.about is None else _json(state.about),
        "asked_at": state.asked_at,
        "answered_at": state.answered_at,
        "ended_at": state.ended_at,
        "cause": state.cause,
        "until": state.until,
        "called_back_at": state.called_back_at,
        "customer_seat": state.customer_seat.page,
        "customer_gone": state.customer_seat.gone_at,
        "staff_seat": state.staff_seat.page,
        "staff_gone": state.staff_seat.gone_at,
        "score": None if state.rated is None else state.rated.score,
        "orders": _json(state.orders),
        "name_offset": state.name_at,
        "text_offset": state.text_at,
    }
    connection.execute(_bring_up(connection.dialect.name), row)
    seats.project(connection, room_id, logged)
    for one in logged:
        _tell(connection, room_id, one, state)


@cache
def _bring_up(dialect: str) -> Executable:
    """Writes a row, new or known; made once, since making it takes longer than running it."""
    insert_: postgresql.Insert | sqlite.Insert
    if dialect == "postgresql":
        insert_ = postgresql.insert(call_table)
    else:
        insert_ = sqlite.insert(call_table)
    row = {column.name: insert_.excluded[column.name] for column in call_table.columns}
    return insert_.on_conflict_do_update(index_elements=["id"], set_=row)


def _tell(connection: Connection, room_id: str, one: Logged, state: CallState) -> None:
    call = {"call": room_id, "customer": state.customer}
    match one.event:
        case CallUnanswered(staff=staff, cause=why):
            missed = {"call": room_id, "offset": one.offset, "staff": staff, "at_ms": one.at_ms}
            connection.execute(insert(missed_table), missed | {"cause": why})
        case CallInvited(staff=staff):
            outbox.add(connection, INVITED, room_id, call | {"staff": staff})
        case CallAnswered(staff=staff):
            outbox.add(connection, ANSWERED, room_id, call | {"staff": staff})
        case CallEnded(cause=cause):
            told = {
                "staff": state.staff,
                "cause": cause,
                "booking": state.booking,
                "answered": state.answered_at is not None,
            }
            outbox.add(connection, ENDED, room_id, call | told)
        case ChangeAsked(change=change):
            asked = {"of": one.offset, "change": change, "undo": False}
            outbox.add(connection, CHANGE, f"{room_id}-changes", call | asked)
        case ChangeUndoAsked(of=of):
            changed = state.change(of)
            if changed is not None:
                asked = {"of": of, "change": changed.change, "undo": True}
                outbox.add(connection, CHANGE, f"{room_id}-changes", call | asked)


# Whose they are


def open_of(connection: Connection, ids: Collection[str]) -> CallRow | None:
    """The call of hers that is not over; `ids` are all ids that count as hers."""
    query = _rows().where(_of(connection, ids), call_table.c.phase.in_(OPEN))
    row = connection.execute(query.order_by(call_table.c.asked_at.desc()).limit(1)).mappings()
    return next(map(_row, row), None)


def count_of(connection: Connection, ids: Collection[str]) -> int:
    """How many calls she ever had, the open one among them."""
    query = select(func.count()).select_from(call_table).where(_of(connection, ids))
    return int(connection.execute(query).scalar_one())


def all_of(connection: Connection, ids: Collection[str]) -> list[str]:
    """All her calls, the oldest first."""
    query = select(call_table.c.id).where(_of(connection, ids))
    query = query.order_by(call_table.c.asked_at, call_table.c.id)
    return list(connection.execute(query).scalars())


def rows(connection: Connection, ids: Sequence[str]) -> list[CallRow]:
    """These calls, in no order."""
    query = _rows().where(any_of(connection, call_table.c.id, list(ids)))
    return [_row(row) for row in connection.execute(query).mappings()]


def _of(connection: Connection, ids: Collection[str]) -> ColumnElement[bool]:
    return any_of(connection, call_table.c.customer, sorted(ids))


# Who waits, and who is free


def queue(connection: Connection, *, limit: int) -> list[CallRow]:
    """Those who wait for a rep, the longest waiting first."""
    query = _rows().where(call_table.c.phase.in_(QUEUED))
    query = query.order_by(call_table.c.asked_at, call_table.c.id).limit(limit)
    return [_row(row) for row in connection.execute(query).mappings()]


def before(connection: Connection, call: str) -> int:
    """How many of those who wait are before this one."""
    table = call_table
    own = select(table.c.asked_at).where(table.c.id == call).scalar_subquery()
    earlier = or_(table.c.asked_at < own, and_(table.c.asked_at == own, table.c.id < call))
    query = select(func.count()).where(table.c.phase.in_(QUEUED), earlier)
    return int(connection.execute(query).scalar_one())


def waiting(connection: Connection, phases: Sequence[Phase] = QUEUED) -> int:
    """How many wait, or of them those in some phases."""
    query = select(func.count()).where(call_table.c.phase.in_(phases))
    return int(connection.execute(query).scalar_one())


def busy(connection: Connection) -> dict[str, str]:
    """Reps whom a call takes up, and which."""
    columns = (call_table.c.staff, call_table.c.id)
    query = select(*columns).where(call_table.c.phase.in_(BUSY), call_table.c.staff.is_not(None))
    return {row.staff: row.id for row in connection.execute(query)}


def taking(connection: Connection) -> list[CallRow]:
    """The calls that take a rep up."""
    query = _rows().where(call_table.c.phase.in_(BUSY), call_table.c.staff.is_not(None))
    return [_row(row) for row in connection.execute(query).mappings()]


def called_at(connection: Connection, staff: Collection[str]) -> dict[str, Instant]:
    """When each of these reps last left a ring unanswered, or last took a call; who never did is
    left out."""
    found: dict[str, Instant] = {}
    calls, missed = call_table.c, missed_table.c
    for whose, when in ((calls.staff, calls.answered_at), (missed.staff, missed.at_ms)):
        newest = select(whose, func.max(when)).where(any_of(connection, whose, sorted(staff)))
        for one, at in connection.execute(newest.group_by(whose)):
            if at is not None:
                found[one] = max(at, found.get(one, 0))
    return found


def lengths(connection: Connection, *, limit: int) -> list[int]:
    """How long the newest calls in which people talked have taken, in ms, the newest first."""
    table = call_table
    query = (
        select(table.c.ended_at - table.c.answered_at)
        .where(table.c.ended_at.is_not(None), table.c.answered_at.is_not(None))
        .order_by(table.c.ended_at.desc())
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def taken_since(connection: Connection) -> dict[str, Instant]:
    """Reps who talk or invite, and since when."""
    table = call_table
    since = func.coalesce(table.c.answered_at, table.c.asked_at)
    query = select(table.c.staff, since).where(
        table.c.phase.in_(("talking", "invited")), table.c.staff.is_not(None)
    )
    return {staff: at for staff, at in connection.execute(query)}  # noqa: C416 (typed rows)


def talking_at(connection: Connection, ids: Collection[str], at: Instant) -> str | None:
    """The call in which she talked at that moment."""
    table = call_table
    query = select(table.c.id).where(
        _of(connection, ids),
        table.c.answered_at <= at,
        or_(table.c.ended_at.is_(None), table.c.ended_at >= at),
    )
    return connection.execute(query.order_by(table.c.answered_at.desc()).limit(1)).scalar()


def talked_since(connection: Connection, ids: Collection[str], at: Instant) -> bool:
    """Whether she talks, or did so since then."""
    table = call_table
    query = select(table.c.id).where(
        _of(connection, ids),
        table.c.answered_at.is_not(None),
        or_(table.c.ended_at.is_(None), table.c.ended_at >= at),
    )
    return connection.execute(query.limit(1)).first() is not None


def callbacks(connection: Connection, *, limit: int) -> list[CallRow]:
    """Those who are to be called back, the longest waiting first."""
    table = call_table
    wanted = (table.c.cause == "callback", table.c.called_back_at.is_(None))
    query = _rows().where(table.c.phase == "ended", *wanted)
    query = query.order_by(table.c.ended_at, table.c.id).limit(limit)
    return [_row(row) for row in connection.execute(query).mappings()]


# Figures, and what is old


def asked_since(connection: Connection, at: Instant, *, limit: int) -> list[Ask]:
    """The calls that were asked for since then, the newest first."""
    table = call_table
    columns = [table.c[name] for name in Ask.__struct_fields__]
    query = select(*columns).where(table.c.asked_at >= at).order_by(table.c.asked_at.desc())
    return [
        Ask(**{**row, "orders": _orders(row["orders"])})
        for row in connection.execute(query.limit(limit)).mappings()
    ]


def missed_since(connection: Connection, at: Instant, *, limit: int) -> list[Missed]:
    """The rings that nobody answered since then, the newest first."""
    table = missed_table
    query = select(table.c.staff, table.c.at_ms).where(table.c.at_ms >= at)
    found = connection.execute(query.order_by(table.c.at_ms.desc()).limit(limit))
    return [Missed(staff, at_ms) for staff, at_ms in found]


def talked_out(connection: Connection, before: Instant, *, limit: int = 200) -> list[str]:
    """Calls that were over by then, and that still hold words or names."""
    typed = or_(room_content.c.text.is_not(None), room_content.c.name.is_not(None))
    query = (
        select(call_table.c.id)
        .join(room, room.c.id == call_table.c.id)
        .where(
            call_table.c.ended_at < before,
            select(room_content.c.offset)
            .where(room_content.c.room_id == room.c.id, typed)
            .exists(),
        )
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def _rows() -> Select[Any]:
    table = call_table
    name, text = room_content.alias("name"), room_content.alias("text")
    return (
        select(table, name.c.name.label("shown_name"), text.c.text.label("shown_text"))
        .select_from(table)
        .outerjoin(name, and_(name.c.room_id == table.c.id, name.c.offset == table.c.name_offset))
        .outerjoin(text, and_(text.c.room_id == table.c.id, text.c.offset == table.c.text_offset))
    )


_SAME = tuple(name for name in CallRow.__struct_fields__ if name not in ("name", "text", "about"))


def _row(row: Any) -> CallRow:
    about = row["about"]
    return CallRow(
        name=row["shown_name"],
        text=row["shown_text"],
        about=None if about is None else _about(about),
        **{name: row[name] for name in _SAME},
    )

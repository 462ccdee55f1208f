"""What is looked up about conversations from outside their rooms: queues, whose they are, search.

Written in the transaction of the batch that made it so. Names and words are not copied: they are
read where they lie, so that what was erased is gone here too.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, Literal

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
    not_,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from chat.events import (
    About,
    ChangeAsked,
    ChangeUndoAsked,
    Control,
    ConversationHandedOver,
    ConversationOpened,
    MessageSent,
)
from chat.state import LINES, Conversation
from core import outbox
from core.clock import Instant
from core.db import any_of, metadata
from core.rooms.events import Logged
from core.rooms.tables import room, room_content, room_event

CONVERSATION = "conversation"
"""The kind of room that a conversation is."""

PREFIX = "cnv"
"""How ids of conversations begin."""

WAITING = "conversation.waiting"
"""Outbox: `{conversation, round}`: a customer waits, and is to be told for how long."""
CHANGE = "conversation.change"
"""Outbox: `{conversation, customer, of, change, undo}`: to be done for the customer, or undone;
`of` is the event that asked for it."""

Queue = Literal["waiting", "mine", "all", "resolved"]

conversation_table = Table(
    "conversation",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("customer", String(40), nullable=False, index=True),
    Column("control", String(10), nullable=False),
    Column("staff", String(40)),
    Column("round", Integer, nullable=False),
    Column("opened_at", BigInteger),
    # When the customer's oldest message came that nobody has answered.
    Column("waiting_since", BigInteger),
    Column("answered_at", BigInteger),
    Column("resolved_at", BigInteger),
    # When the bot left it to people, and when they are to come back to her.
    Column("handed_at", BigInteger),
    Column("callback_at", BigInteger),
    Column("opens_at", BigInteger),
    Column("score", Integer),
    Column("last_at", BigInteger, nullable=False),
    # Events beside which lie her name, and the newest message.
    Column("name_offset", BigInteger, nullable=False),
    Column("last_offset", BigInteger),
    Column("last_from", String(10)),
    Column("unread", Integer, nullable=False),
    Column("unread_by_customer", Integer, nullable=False),
    Column("tags", Text, nullable=False),
    Column("about", Text),
    Index("ix_conversation_control_waiting_since", "control", "waiting_since"),
    Index("ix_conversation_staff_last_at", "staff", "last_at"),
    Index("ix_conversation_last_at", "last_at"),
)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list of conversations."""

    id: str
    customer: str
    name: str | None
    control: Control
    staff: str | None
    round: int
    opened_at: Instant | None
    waiting_since: Instant | None
    promised_at: Instant | None
    callback_at: Instant | None
    last_at: Instant
    last: dict[str, str | None] | None
    unread: int
    tags: list[str]
    about: About | None


class Counts(msgspec.Struct, frozen=True):
    waiting: int
    mine: int


def project(
    connection: Connection, room_id: str, logged: Sequence[Logged], state: Conversation
) -> None:
    """Bring the list up to `state`, the state after `logged`, and have who waits be told."""
    last = state.last_message
    row = {
        "id": room_id,
        "customer": state.customer,
        "control": state.control,
        "staff": state.staff,
        "round": state.round,
        "opened_at": state.opened_at,
        "waiting_since": state.waiting_since,
        "answered_at": state.answered_at,
        "resolved_at": state.resolved_at,
        "handed_at": state.handed_at,
        "callback_at": state.callback_at,
        "opens_at": None if state.promised is None else state.promised.opens_at,
        "score": None if state.rated is None else state.rated.score,
        "last_at": last.at_ms if last is not None else logged[-1].at_ms,
        "name_offset": state.name_at,
        "last_offset": None if last is None else last.offset,
        "last_from": None if last is None else last.side,
        "unread": state.unread("staff"),
        "unread_by_customer": state.unread("customer"),
        "tags": json.dumps(state.tags),
        "about": None if state.about is None else msgspec.json.encode(state.about).decode(),
    }
    connection.execute(_bring_up(connection.dialect.name), row)
    for one in logged:
        match one.event:
            case ConversationOpened(by="customer", bot=False):
                _tell_of_wait(connection, room_id, state)
            case ConversationHandedOver(callback_at=None):
                _tell_of_wait(connection, room_id, state)
            case ChangeAsked():
                asked = {"change": one.event.change, "undo": False}
                _have_changed(connection, room_id, state, one.offset, asked)
            case ChangeUndoAsked():
                line = state.line(one.event.of)
                if line is not None and line.change is not None:
                    asked = {"change": line.change, "undo": True}
                    _have_changed(connection, room_id, state, one.event.of, asked)


@cache
def _bring_up(dialect: str) -> Executable:
    """Writes a row, new or known; made once, since making it takes longer than running it."""
    insert: postgresql.Insert | sqlite.Insert
    if dialect == "postgresql":
        insert = postgresql.insert(conversation_table)
    else:
        insert = sqlite.insert(conversation_table)
    row = {column.name: insert.excluded[column.name] for column in conversation_table.columns}
    return insert.on_conflict_do_update(index_elements=["id"], set_=row)


def _tell_of_wait(connection: Connection, room_id: str, state: Conversation) -> None:
    waiting = {"conversation": room_id, "round": state.round}
    outbox.add(connection, WAITING, room_id, waiting)


def _have_changed(
    connection: Connection, room_id: str, state: Conversation, of: int, asked: dict[str, Any]
) -> None:
    change = {"conversation": room_id, "customer": state.customer, "of": of, **asked}
    outbox.add(connection, CHANGE, f"{room_id}-changes", change)


def of_customer(connection: Connection, ids: Collection[str]) -> tuple[str, int] | None:
    """Her conversation (where she has several: the one last spoken in), and what is unread by her.

    `ids` are all ids that count as hers.
    """
    table = conversation_table
    query = (
        select(table.c.id, table.c.unread_by_customer)
        .where(any_of(connection, table.c.customer, sorted(ids)))
        .order_by(table.c.last_at.desc(), table.c.id)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.id, row.unread_by_customer)


def all_of_customer(connection: Connection, ids: Collection[str]) -> list[str]:
    """All her conversations: more than one where she was several persons once."""
    table = conversation_table
    query = select(table.c.id).where(any_of(connection, table.c.customer, sorted(ids)))
    return list(connection.execute(query.order_by(table.c.id)).scalars())


def answered_since(connection: Connection, ids: Collection[str], at: Instant) -> bool:
    """Whether a rep or the bot said or showed her something since then.

    Among the newest events of her conversations: nobody writes as much and is answered never.
    """
    table, hers = conversation_table, sorted(ids)
    query = (
        select(room_event.c.offset)
        .join_from(table, room_event, room_event.c.room_id == table.c.id)
        .join(
            room_content,
            and_(
                room_content.c.room_id == room_event.c.room_id,
                room_content.c.offset == room_event.c.offset,
            ),
        )
        .where(
            any_of(connection, table.c.customer, hers),
            table.c.last_at >= at,
            room_event.c.offset > table.c.last_offset - LINES,
            room_event.c.at_ms >= at,
            room_event.c.type == MessageSent.TYPE,
            not_(any_of(connection, room_content.c.author, hers)),
        )
        .limit(1)
    )
    return connection.execute(query).first() is not None


def listed(
    connection: Connection,
    queue: Queue,
    staff: str,
    *,
    words: str,
    before: Instant | None,
    limit: int,
) -> list[Row]:
    """A page of a queue as `staff` sees it; with `words`, those in which somebody wrote them.

    `before`: what comes after this place in the order of the queue; of those who wait it is the
    instant since when the last one on the page before has waited.
    """
    table = conversation_table
    query = _rows()
    match queue:
        case "waiting":
            query = query.where(_waits())
        case "mine":
            query = query.where(table.c.control == "human", table.c.staff == staff)
        case "all":
            query = query.where(table.c.control.in_(("bot", "queued", "human")))
        case "resolved":
            query = query.where(table.c.control == "resolved")
    if words:
        query = query.where(or_(*(table.c.id.in_(found) for found in _written(words))))
    if queue == "waiting":
        # The page that comes next: those who wait since then or later. Of the same instant some
        # may come twice, and none is left out.
        if before is not None:
            query = query.where(_since() >= before)
        query = query.order_by(_since(), table.c.id)
    else:
        if before is not None:
            query = query.where(table.c.last_at < before)
        query = query.order_by(table.c.last_at.desc(), table.c.id)
    return [_row(row) for row in connection.execute(query.limit(limit)).mappings()]


def rows(connection: Connection, ids: Sequence[str]) -> list[Row]:
    """The lines of these conversations."""
    query = _rows().where(any_of(connection, conversation_table.c.id, ids))
    return [_row(row) for row in connection.execute(query).mappings()]


def counts(connection: Connection, staff: Collection[str]) -> dict[str, Counts]:
    """How many wait, and how many each of `staff` has."""
    waiting = connection.execute(select(func.count()).where(_waits())).scalar_one()
    mine = held(connection, staff)
    return {one: Counts(waiting, mine.get(one, 0)) for one in staff}


def held(connection: Connection, staff: Collection[str]) -> dict[str, int]:
    """How many conversations each of `staff` has; who has none is left out."""
    table = conversation_table
    query = (
        select(table.c.staff, func.count())
        .where(table.c.control == "human", any_of(connection, table.c.staff, sorted(staff)))
        .group_by(table.c.staff)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def queued(connection: Connection, *, limit: int) -> list[str]:
    """Conversations that wait for whoever takes them, the longest waiting first."""
    table = conversation_table
    query = select(table.c.id).where(table.c.control == "queued").order_by(_since(), table.c.id)
    return list(connection.execute(query.limit(limit)).scalars())


def _since() -> ColumnElement[int]:
    """Since when somebody waits."""
    return func.coalesce(conversation_table.c.waiting_since, conversation_table.c.opened_at)


def _waits() -> ColumnElement[bool]:
    """For a person: now, or for the call back that was promised."""
    table = conversation_table
    return or_(table.c.control == "queued", table.c.callback_at.is_not(None))


def waiting_for_bot(connection: Connection, *, before: Instant, limit: int) -> list[str]:
    """Conversations in which the bot owes an answer since then, the longest waiting first."""
    table = conversation_table
    query = select(table.c.id).where(table.c.control == "bot", table.c.waiting_since <= before)
    return list(connection.execute(query.order_by(table.c.waiting_since).limit(limit)).scalars())


def moved_since(connection: Connection, at: Instant | None, *, limit: int) -> list[tuple[str, int]]:
    """Conversations in which anything happened since then, the newest first, and when it did.

    With None since ten seconds before the newest.
    """
    of_kind = room.c.kind == CONVERSATION
    if at is None:
        newest = select(func.max(room.c.last_at_ms)).where(of_kind)
        at = (connection.execute(newest).scalar_one() or 0) - 10_000
    query = select(room.c.id, room.c.last_at_ms).where(of_kind, room.c.last_at_ms >= at)
    query = query.order_by(room.c.last_at_ms.desc()).limit(limit)
    return [(row.id, row.last_at_ms) for row in connection.execute(query)]


def with_bot(connection: Connection, *, limit: int) -> list[tuple[str, int]]:
    """Conversations that the bot has, and in which round."""
    table = conversation_table
    query = select(table.c.id, table.c.round).where(table.c.control == "bot").limit(limit)
    return [(row.id, row.round) for row in connection.execute(query)]


def place_of(connection: Connection, conversation: str) -> int:
    """Her place among those who wait, from 1."""
    table = conversation_table
    own = select(table.c.waiting_since).where(table.c.id == conversation).scalar_subquery()
    query = select(func.count()).where(table.c.control == "queued", table.c.waiting_since < own)
    return int(connection.execute(query).scalar_one()) + 1


def talked_out(connection: Connection, before: Instant, *, limit: int) -> list[str]:
    """Conversations in which nobody has said anything since then, and that still hold words."""
    query = (
        select(conversation_table.c.id)
        .join(room, room.c.id == conversation_table.c.id)
        .where(
            conversation_table.c.last_at < before,
            conversation_table.c.control.in_(("new", "resolved")),
            select(room_content.c.offset)
            .where(
                room_content.c.room_id == room.c.id,
                or_(room_content.c.text.is_not(None), room_content.c.name.is_not(None)),
            )
            .exists(),
        )
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def _rows() -> Select[Any]:
    table = conversation_table
    name, last = room_content.alias("name"), room_content.alias("last")
    return (
        select(table, name.c.name.label("shown_name"), last.c.text.label("last_text"))
        .select_from(table)
        .outerjoin(name, and_(name.c.room_id == table.c.id, name.c.offset == table.c.name_offset))
        .outerjoin(last, and_(last.c.room_id == table.c.id, last.c.offset == table.c.last_offset))
    )


def _written(words: str) -> tuple[Select[Any], Select[Any]]:
    """Rooms where somebody wrote, or is called, each of these words; upper case is as lower."""
    found = []
    for column in (room_content.c.text, room_content.c.name):
        each = [column.icontains(word, autoescape=True) for word in words.split()[:6]]
        in_talks = room_content.c.room_id.startswith(f"{PREFIX}_")
        found.append(select(room_content.c.room_id).where(in_talks, *each))
    return found[0], found[1]


def _row(row: Any) -> Row:
    about = row["about"]
    return Row(
        id=row["id"],
        customer=row["customer"],
        name=row["shown_name"],
        control=row["control"],
        staff=row["staff"],
        round=row["round"],
        opened_at=row["opened_at"],
        waiting_since=row["waiting_since"],
        promised_at=row["opens_at"],
        callback_at=row["callback_at"],
        last_at=row["last_at"],
        last=None
        if row["last_offset"] is None
        else {"from": row["last_from"], "text": row["last_text"]},
        unread=row["unread"],
        tags=json.loads(row["tags"]),
        about=None if about is None else _about(about),
    )


_about = msgspec.json.Decoder(About).decode

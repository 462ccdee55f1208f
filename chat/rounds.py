"""Every round of every conversation, for figures: when it was opened, answered, resolved, by whom.

Written in the transaction of the batch that made it so. What a log tells again is written again,
and changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from chat.events import (
    ConversationHandedOver,
    ConversationOpened,
    ConversationRated,
    ConversationResolved,
    ConversationTaken,
    MessageSent,
)
from chat.state import Conversation
from core.clock import Instant
from core.db import metadata
from core.rooms.events import Event, Logged

chat_round = Table(
    "chat_round",
    metadata,
    Column("conversation", String(40), primary_key=True),
    Column("round", Integer, primary_key=True, autoincrement=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("opened_by", String(10), nullable=False),
    # The bot answered first; it left it to people at `handed_at`.
    Column("bot", Boolean, nullable=False),
    Column("handed_at", BigInteger),
    # Who had it last.
    Column("staff", String(40)),
    Column("answered_at", BigInteger),
    Column("answered_by", String(40)),
    Column("resolved_at", BigInteger),
    Column("cause", String(10)),
    Column("score", Integer),
    Index("ix_chat_round_opened_at", "opened_at"),
)

_FIRST = ("opened_at", "opened_by", "bot", "handed_at", "answered_at", "answered_by")
"""Of these the first counts; of the others the last."""


class Round(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One round, as far as it has come."""

    opened_at: Instant
    opened_by: str = "customer"
    bot: bool = False
    handed_at: Instant | None = None
    staff: str | None = None
    answered_at: Instant | None = None
    answered_by: str | None = None
    resolved_at: Instant | None = None
    cause: str | None = None
    score: int | None = None


def project(
    connection: Connection, room_id: str, logged: Sequence[Logged], state: Conversation
) -> None:
    """Write what `logged` says of rounds; `state` is the one after it."""
    number = state.round - sum(isinstance(one.event, ConversationOpened) for one in logged)
    rounds: dict[int, dict[str, Any]] = {}
    for one in logged:
        if isinstance(one.event, ConversationOpened):
            number = one.event.round
        elif number == state.round and _is_no_first(one, state):
            continue
        row = rounds.setdefault(number, {})
        for name, value in _told(one.event, one.at_ms).items():
            if name not in _FIRST or name not in row:
                row[name] = value
    for number, row in rounds.items():
        if row:
            _put(connection, room_id, number, row)


def _is_no_first(one: Logged, state: Conversation) -> bool:
    """Whether it is an answer, and another came before it: most are."""
    return isinstance(one.event, MessageSent) and state.answered_at != one.at_ms


def _told(event: Event, at: Instant) -> dict[str, Any]:
    match event:
        case ConversationOpened(by=by, bot=bot):
            return {"opened_at": at, "opened_by": by, "bot": bot}
        case ConversationHandedOver():
            return {"handed_at": at}
        case ConversationTaken(staff=staff):
            return {"staff": staff}
        case MessageSent(from_="staff", by=by):
            return {"answered_at": at, "answered_by": by}
        case ConversationResolved(cause=cause):
            return {"resolved_at": at, "cause": cause}
        case ConversationRated(score=score):
            return {"score": score}
    return {}


def _put(connection: Connection, room_id: str, number: int, row: dict[str, Any]) -> None:
    table = chat_round
    kept = {
        name: func.coalesce(table.c[name], value) if name in _FIRST else value
        for name, value in row.items()
    }
    if "opened_at" in row:
        insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
        statement = insert(table).values(conversation=room_id, round=number, **row)
        connection.execute(
            statement.on_conflict_do_update(index_elements=["conversation", "round"], set_=kept)
        )
        return
    where = (table.c.conversation == room_id, table.c.round == number)
    connection.execute(update(table).where(*where).values(**kept))


def since(connection: Connection, at: Instant, *, limit: int) -> list[Round]:
    """The rounds that were opened since then, the newest first."""
    table = chat_round
    columns = [table.c[name] for name in Round.__struct_fields__]
    query = select(*columns).where(table.c.opened_at >= at).order_by(table.c.opened_at.desc())
    return [Round(**row) for row in connection.execute(query.limit(limit)).mappings()]

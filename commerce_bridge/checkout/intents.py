"""What was begun and is not an order yet.

An intent is written before the first room is asked to put claims in payment. From then on exactly
one of two things happens to it, each under its row's lock: it becomes an order, or it is released
and the rooms are told to release the claims. A process that dies in between leaves the intent open.
After its deadline, which is later than any request lives, the sweeper closes what is no order and
tells the rooms a last time: nothing that was begun late can stay in payment.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    String,
    Table,
    Text,
    delete,
    select,
    text,
    update,
)

from commerce_bridge.rooms import ORDER_RELEASED, OrderReleased
from core import outbox
from core.clock import Instant
from core.db import insert_new, metadata
from core.errors import Conflict, Unavailable
from core.ids import new_id

INTENT_MS = 120_000
"""Longer than any request and any unit of it can take, even one that was given up."""

KEPT_MS = 86_400_000

checkout_intent = Table(
    "checkout_intent",
    metadata,
    Column("order_id", String(40), primary_key=True),
    Column("customer", String(40), nullable=False),
    Column("request_id", String(64), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("claims", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("until", BigInteger, nullable=False),
    Index(
        "uq_checkout_intent_open",
        "customer",
        "request_id",
        unique=True,
        postgresql_where=text("state IN ('open', 'ordered')"),
        sqlite_where=text("state IN ('open', 'ordered')"),
    ),
    Index(None, "state", "until"),
)


class Intent(msgspec.Struct, frozen=True):
    order_id: str
    fingerprint: str
    claims: list[str]
    state: Literal["open", "ordered", "released", "closed"]


def begin(
    connection: Connection,
    customer: str,
    request_id: str,
    fingerprint: str,
    claims: Collection[str],
    now: Instant,
) -> Intent:
    """A new intent, or the one that this request began before; sent twice, it is one order.

    Raises Conflict where the request was another one, and Unavailable in between.
    """
    connection.execute(
        insert_new(connection, checkout_intent).values(
            order_id=new_id("ord"),
            customer=customer,
            request_id=request_id,
            fingerprint=fingerprint,
            claims=msgspec.json.encode(list(claims)).decode(),
            state="open",
            until=now + INTENT_MS,
        )
    )
    row = connection.execute(
        select(checkout_intent).where(
            checkout_intent.c.customer == customer,
            checkout_intent.c.request_id == request_id,
            checkout_intent.c.state.in_(("open", "ordered")),
        )
    ).one_or_none()
    if row is None:
        raise Unavailable("The same request is just being given up.")
    if row.fingerprint != fingerprint:
        raise Conflict("This request was sent before with something else in it.")
    return _intent(row)


def lock(connection: Connection, order_id: str) -> Intent | None:
    row = connection.execute(
        select(checkout_intent).where(checkout_intent.c.order_id == order_id).with_for_update()
    ).one_or_none()
    return None if row is None else _intent(row)


def ordered(connection: Connection, order_id: str) -> None:
    """It is an order now; its row is locked."""
    _set(connection, order_id, "ordered")


def release(connection: Connection, intent: Intent) -> None:
    """No order comes of it; its row is locked. The rooms are told once this is committed.

    Told anew each time: a request may have asked a room after another one gave the intent up.
    """
    _set(connection, intent.order_id, "released")
    _tell(connection, intent)


def close(connection: Connection, intent: Intent) -> None:
    """Release it for good, its deadline being over; its row is locked."""
    _set(connection, intent.order_id, "closed")
    _tell(connection, intent)


def due(connection: Connection, now: Instant, *, limit: int = 100) -> list[str]:
    """What is beyond its deadline and to be closed."""
    return list(
        connection.execute(
            select(checkout_intent.c.order_id)
            .where(
                checkout_intent.c.state.in_(("open", "released")), checkout_intent.c.until <= now
            )
            .order_by(checkout_intent.c.until)
            .limit(limit)
        ).scalars()
    )


def forget(connection: Connection, now: Instant) -> None:
    """Drop what was settled a day ago; repeats are then answered by the orders themselves."""
    connection.execute(
        delete(checkout_intent).where(
            checkout_intent.c.state.in_(("ordered", "closed")),
            checkout_intent.c.until <= now - KEPT_MS,
        )
    )


def _tell(connection: Connection, intent: Intent) -> None:
    if intent.claims:
        told = OrderReleased(order=intent.order_id, claims=intent.claims, cause="failed")
        outbox.add(connection, ORDER_RELEASED, intent.order_id, told)


def _set(connection: Connection, order_id: str, state: str) -> None:
    connection.execute(
        update(checkout_intent).where(checkout_intent.c.order_id == order_id).values(state=state)
    )


def _intent(row: Any) -> Intent:
    return Intent(row.order_id, row.fingerprint, msgspec.json.decode(row.claims), row.state)

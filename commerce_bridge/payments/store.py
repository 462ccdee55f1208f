"""Payments by card: one row for each attempt to pay an order."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)

from core.clock import Instant
from core.db import metadata
from core.ids import new_id
from core.money import Money

State = Literal["new", "open", "failed", "paid", "refund_due", "refunded"]

payment = Table(
    "payment",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("order_id", ForeignKey("shop_order.id"), nullable=False),
    Column("provider", String(20), nullable=False),
    Column("ref", String(200), unique=True),
    Column("url", Text),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("state", String(12), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    CheckConstraint(
        "state IN ('new', 'open', 'failed', 'paid', 'refund_due', 'refunded')", name="state"
    ),
    Index(None, "order_id"),
)


class Payment(msgspec.Struct, frozen=True):
    id: str
    """The key under which the provider knows it."""
    order_id: str
    provider: str
    ref: str | None
    """The provider's name for it; None until the provider was asked."""
    url: str | None
    amount: Money
    state: State


def begin(
    connection: Connection, order_id: str, provider: str, amount: Money, now: Instant
) -> Payment:
    """Write down that a payment is about to be asked of the provider."""
    new = Payment(new_id("pay"), order_id, provider, None, None, amount, "new")
    connection.execute(
        insert(payment).values(
            id=new.id,
            order_id=order_id,
            provider=provider,
            amount=amount.minor,
            currency=amount.currency,
            state=new.state,
            created_at=now,
            changed_at=now,
        )
    )
    return new


def opened(connection: Connection, payment_id: str, ref: str, url: str, now: Instant) -> None:
    """The provider has a page for it. A call back that came first is not undone."""
    connection.execute(
        update(payment)
        .where(payment.c.id == payment_id, payment.c.state == "new")
        .values(ref=ref, url=url, state="open", changed_at=now)
    )


def set_state(connection: Connection, payment_id: str, state: State, now: Instant) -> None:
    connection.execute(
        update(payment).where(payment.c.id == payment_id).values(state=state, changed_at=now)
    )


def get(connection: Connection, payment_id: str) -> Payment | None:
    return _one(connection, payment.c.id == payment_id)


def by_ref(connection: Connection, provider: str, ref: str) -> Payment | None:
    return _one(connection, payment.c.provider == provider, payment.c.ref == ref)


def of_order(connection: Connection, order_id: str) -> list[Payment]:
    """All attempts to pay an order, oldest first."""
    rows = connection.execute(
        select(payment).where(payment.c.order_id == order_id).order_by(payment.c.id)
    )
    return [_payment(row) for row in rows]


def _one(connection: Connection, *conditions: ColumnElement[bool]) -> Payment | None:
    row = connection.execute(select(payment).where(*conditions)).one_or_none()
    return None if row is None else _payment(row)


def _payment(row: Any) -> Payment:
    amount = Money(row.amount, row.currency)
    return Payment(row.id, row.order_id, row.provider, row.ref, row.url, amount, row.state)

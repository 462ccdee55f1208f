"""Claims as the cart shows them: a projection that the rooms write in their own transactions.

On the path of every "+1", so each function takes whole batches and costs one statement.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import itemgetter
from typing import Literal, TypedDict, cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    delete,
    select,
    update,
)

from commerce_bridge.sql import among
from core.bulk import BulkInsert
from core.clock import Instant
from core.db import metadata

cart_claim = Table(
    "cart_claim",
    metadata,
    Column("claim_id", String(40), primary_key=True),
    Column("customer", String(40), nullable=False),
    Column("show", String(40), nullable=False),
    Column("show_title", Text, nullable=False),
    Column("item", String(40), nullable=False),
    Column("code", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("variant_title", Text, nullable=False),
    Column("variant_id", String(40), nullable=False),
    Column("picture", Text),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("state", String(8), nullable=False),
    Column("order_id", String(40)),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("state IN ('held', 'paying', 'sold')", name="state"),
    Index(None, "customer"),
)


class ClaimRow(TypedDict):
    """A claim in a cart. Amounts in minor units."""

    claim_id: str
    customer: str
    show: str
    show_title: str
    item: str
    code: str
    title: str
    variant_title: str
    variant_id: str
    picture: str | None
    quantity: int
    unit_price: int
    currency: str
    until: Instant
    state: Literal["held", "paying", "sold"]
    order_id: str | None


_CHANGING = ("customer", "quantity", "unit_price", "until", "state", "order_id")


def add(connection: Connection, rows: Sequence[ClaimRow]) -> None:
    """Insert claims that were just granted. One that is known raises IntegrityError."""
    _add(connection, [_values(row) for row in rows])


def put(connection: Connection, rows: Sequence[ClaimRow]) -> None:
    """Insert these claims, or bring those that are known up to date.

    What may change is the customer, quantity, price, deadline, state and order; titles stay as they
    were when the claim was granted. A claim may be in `rows` once only.
    """
    _put(connection, [_values(row) for row in rows])


_COLUMNS = tuple(ClaimRow.__annotations__)
_values = itemgetter(*_COLUMNS)
_add = BulkInsert(cart_claim, _COLUMNS)
_put = BulkInsert(cart_claim, _COLUMNS, updating=_CHANGING)


def drop(connection: Connection, claim_ids: Sequence[str]) -> None:
    """Take these claims out of their carts; unknown ones are none."""
    if claim_ids:
        connection.execute(
            delete(cart_claim).where(among(connection, cart_claim.c.claim_id, claim_ids))
        )


def of(connection: Connection, customers: Collection[str]) -> list[ClaimRow]:
    """What is held or in payment for one person (all ids that count as her), oldest first."""
    rows = connection.execute(
        select(cart_claim)
        .where(
            among(connection, cart_claim.c.customer, customers),
            cart_claim.c.state.in_(("held", "paying")),
        )
        .order_by(cart_claim.c.claim_id)
    ).mappings()
    return [cast("ClaimRow", dict(row)) for row in rows]


def merge(connection: Connection, from_id: str, to_id: str) -> None:
    """Two customers became one. The rooms follow by themselves, a moment later."""
    connection.execute(
        update(cart_claim).where(cart_claim.c.customer == from_id).values(customer=to_id)
    )

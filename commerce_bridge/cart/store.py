"""Ordinary lines of carts. What shows hold is in `commerce_bridge.claims`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    case,
    delete,
    func,
    select,
    update,
)

from commerce_bridge import claims
from commerce_bridge.loyalty.rules import Channel
from commerce_bridge.sql import among
from core.clock import Instant
from core.db import insert_new, metadata
from core.errors import BadRequest, Conflict, NotFound
from core.ids import new_id

MOST_LINES = 50
MOST_PIECES = 99
"""Of one variant."""

cart_line = Table(
    "cart_line",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("customer", String(40), nullable=False),
    Column("variant_id", ForeignKey("variant.id"), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("via", String(4), nullable=False, server_default="shop"),
    CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity"),
    UniqueConstraint("customer", "variant_id"),
)

cart_act = Table(
    "cart_act",
    metadata,
    Column("customer", String(40), primary_key=True),
    Column("request_id", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Index(None, "at"),
)
"""What was put in a cart or taken out by which request, for a day: sent twice, it is done once."""


class CartFull(Conflict):
    """More different things than a cart takes, or more pieces of one (`data.most`)."""

    code = "cart_full"


class NotInCart(Conflict):
    """Not as many pieces are in the cart as are to be taken out (`data.there`)."""

    code = "not_in_cart"


class CartLine(msgspec.Struct, frozen=True):
    id: str
    customer: str
    variant_id: str
    quantity: int
    added_at: Instant
    via: Channel = "shop"
    """Where she was when she first put it in."""


def lines(connection: Connection, customers: Collection[str]) -> list[CartLine]:
    """The lines of one person (all ids that count as her), oldest first."""
    rows = connection.execute(
        select(cart_line)
        .where(among(connection, cart_line.c.customer, customers))
        .order_by(cart_line.c.added_at, cart_line.c.id)
    )
    return [_line(row) for row in rows]


def lock(
    connection: Connection, customers: Collection[str], line_ids: Sequence[str]
) -> list[CartLine]:
    """Those of her lines, unchanged until the transaction ends; unknown ones are missing."""
    rows = connection.execute(
        select(cart_line)
        .where(
            among(connection, cart_line.c.customer, customers),
            among(connection, cart_line.c.id, line_ids),
        )
        .order_by(cart_line.c.id)
        .with_for_update()
    )
    by_id = {row.id: _line(row) for row in rows}
    return [by_id[line_id] for line_id in line_ids if line_id in by_id]


def begins(
    connection: Connection,
    customer: str,
    aliases: Collection[str],
    request_id: str,
    now: Instant,
) -> bool:
    """Whether `customer` asks for this for the first time, which is then written down.

    Under none of her `aliases` either: she may have signed in since. Of two at once, the second
    waits for the first.
    """
    new = connection.execute(
        insert_new(connection, cart_act)
        .values(customer=customer, request_id=request_id, at=now)
        .returning(cart_act.c.request_id)
    )
    if new.first() is None:
        return False
    others = set(aliases) - {customer}
    if not others:
        return True
    before = connection.execute(
        select(cart_act.c.at).where(
            among(connection, cart_act.c.customer, others), cart_act.c.request_id == request_id
        )
    )
    return before.first() is None


def add(
    connection: Connection,
    customer: str,
    variant_id: str,
    quantity: int,
    now: Instant,
    via: Channel = "shop",
) -> None:
    """Put `quantity` (>= 1) more of a variant in the cart. Raises CartFull."""
    if quantity > MOST_PIECES:
        raise CartFull("This is more of one thing than a cart takes.", most=MOST_PIECES)
    new = CartLine(new_id("lin"), customer, variant_id, quantity, now, via)
    if _begins_line(connection, new):
        _check_room(connection, customer)
        return
    more = connection.execute(
        update(cart_line)
        .where(
            cart_line.c.customer == customer,
            cart_line.c.variant_id == variant_id,
            cart_line.c.quantity + quantity <= MOST_PIECES,
        )
        .values(quantity=cart_line.c.quantity + quantity)
    )
    if not more.rowcount:
        raise CartFull("This is more of one thing than a cart takes.", most=MOST_PIECES)


def take(
    connection: Connection,
    customers: Collection[str],
    variant_id: str,
    quantity: int,
    *,
    least: int,
) -> None:
    """Take up to `quantity` (>= 1) pieces of a variant out of one person's cart.

    Raises NotInCart where there are fewer than `least`.
    """
    held = connection.execute(
        select(cart_line)
        .where(
            among(connection, cart_line.c.customer, customers),
            cart_line.c.variant_id == variant_id,
        )
        .order_by(cart_line.c.id)
        .with_for_update()
    ).all()
    there = sum(row.quantity for row in held)
    if there < least:
        raise NotInCart("There are not as many in the cart.", there=there)
    for row in held:
        if row.quantity <= quantity:
            connection.execute(delete(cart_line).where(cart_line.c.id == row.id))
            quantity -= row.quantity
        elif quantity:
            connection.execute(
                update(cart_line)
                .where(cart_line.c.id == row.id)
                .values(quantity=row.quantity - quantity)
            )
            quantity = 0


def set_quantity(
    connection: Connection, customers: Collection[str], line_id: str, quantity: int
) -> None:
    """Raises NotFound, BadRequest."""
    if not 1 <= quantity <= MOST_PIECES:
        raise BadRequest("A quantity is 1 to 99.", fields={"quantity": "1 to 99"})
    changed = connection.execute(
        update(cart_line)
        .where(among(connection, cart_line.c.customer, customers), cart_line.c.id == line_id)
        .values(quantity=quantity)
    )
    if not changed.rowcount:
        raise NotFound("There is no such line in the cart.")


def remove(connection: Connection, customers: Collection[str], line_ids: Sequence[str]) -> int:
    """Take lines out; returns how many there were."""
    gone = connection.execute(
        delete(cart_line).where(
            among(connection, cart_line.c.customer, customers),
            among(connection, cart_line.c.id, line_ids),
        )
    )
    return int(gone.rowcount)


def merge(connection: Connection, from_id: str, to_id: str) -> None:
    """Two customers became one: one cart. Of what was in both, the pieces add up to at most 99."""
    # What this deletes, it moves: what is ordered in this moment is gone, and does not come back.
    moved = connection.execute(
        delete(cart_line).where(cart_line.c.customer == from_id).returning(*cart_line.c)
    ).all()
    for line in map(_line, moved):
        while not _begins_line(connection, msgspec.structs.replace(line, customer=to_id)):
            both = cart_line.c.quantity + line.quantity
            more = connection.execute(
                update(cart_line)
                .where(cart_line.c.customer == to_id, cart_line.c.variant_id == line.variant_id)
                .values(quantity=case((both > MOST_PIECES, MOST_PIECES), else_=both))
            )
            if more.rowcount:
                break
    claims.merge(connection, from_id, to_id)


def forget_acts(connection: Connection, before: Instant) -> None:
    connection.execute(delete(cart_act).where(cart_act.c.at < before))


def _begins_line(connection: Connection, new: CartLine) -> bool:
    """Whether there was none of its variant in the cart: then it is put in."""
    put = insert_new(connection, cart_line).values(**msgspec.structs.asdict(new))
    return connection.execute(put.returning(cart_line.c.id)).first() is not None


def _check_room(connection: Connection, customer: str) -> None:
    count = connection.execute(
        select(func.count()).where(cart_line.c.customer == customer)
    ).scalar_one()
    if count > MOST_LINES:
        raise CartFull("The cart is full.", most=MOST_LINES)


def _line(row: Any) -> CartLine:
    return CartLine(row.id, row.customer, row.variant_id, row.quantity, row.added_at, row.via)

"""Orders as the embedded shop knows them: what they take from stock, and whether they have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Index,
    String,
    Table,
    Text,
    select,
    update,
)

from commerce_bridge.embedded import catalogue, stock
from commerce_bridge.embedded.stock import SOLD, Level, Movement, stock_movement
from commerce_bridge.port import (
    OrderDraft,
    OutOfStock,
    ShopOrder,
    UnknownOrder,
    UnknownPlace,
    UnknownProduct,
)
from commerce_bridge.sql import among
from core.clock import Instant
from core.db import insert_new, metadata
from core.errors import BadRequest, Conflict
from core.ids import new_id

sale = Table(
    "sale",
    metadata,
    Column("ref", String(40), primary_key=True),
    Column("key", String(120), nullable=False, unique=True),
    Column("state", String(10), nullable=False),
    Column("draft", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    CheckConstraint("state IN ('prepared', 'committed', 'cancelled')", name="state"),
    Index(None, "changed_at"),
)


class _Take(msgspec.Struct, frozen=True):
    """A line of the draft, as far as stock is concerned. Who buys is on record with the order."""

    variant_id: str
    quantity: int
    place: str | None


class _Draft(msgspec.Struct, frozen=True):
    lines: tuple[_Take, ...]
    location: str | None


_read_draft = msgspec.json.Decoder(_Draft).decode  # on import: see core.structs


def prepare(connection: Connection, key: str, draft: OrderDraft, at: Instant) -> ShopOrder:
    """Record an order; no stock moves. Raises UnknownProduct, UnknownPlace."""
    _check(connection, draft)
    lines = tuple(_Take(line.variant_id, line.quantity, line.place) for line in draft.lines)
    kept = msgspec.json.encode(_Draft(lines, draft.location)).decode()
    connection.execute(
        insert_new(connection, sale).values(
            ref=new_id("sal"), key=key, state="prepared", draft=kept, changed_at=at
        )
    )
    known = connection.execute(select(sale).where(sale.c.key == key)).one()
    if known.draft != kept:
        raise Conflict("This key was used for another order.", code="key_reused")
    return _order(known)


def commit(connection: Connection, ref: str, at: Instant) -> ShopOrder:
    """Take an order's pieces, all or none. Raises OutOfStock, UnknownOrder, Conflict."""
    known = _locked(connection, ref)
    if known.state == "cancelled":
        raise Conflict("The order was cancelled.")
    if known.state == "committed":
        return _order(known)
    draft = _read_draft(known.draft)
    locations = _locations(connection, draft.location)
    wanted: set[Level] = set()
    for line in draft.lines:
        places = locations if line.place is None else (line.place,)
        wanted.update((place, line.variant_id) for place in (*places, SOLD))
    levels = stock.lock(connection, wanted)
    movements = _plan(draft.lines, dict(levels), locations)
    stock.post(connection, levels, movements, key=f"sale:{ref}", cause="sale", ref=ref, at=at)
    return _turn(connection, known, "committed", at)


def cancel(connection: Connection, ref: str, at: Instant) -> ShopOrder:
    """Undo an order: what it took lies again where it came from. Raises UnknownOrder."""
    known = _locked(connection, ref)
    if known.state == "cancelled":
        return _order(known)
    if known.state == "committed":
        taken = connection.execute(
            select(stock_movement)
            .where(stock_movement.c.ref == ref, stock_movement.c.cause == "sale")
            .order_by(stock_movement.c.id)
        ).all()
        movements = [
            Movement(row.variant_id, row.to_place, row.from_place, row.quantity) for row in taken
        ]
        levels = stock.lock(
            connection,
            [(place, one.variant_id) for one in movements for place in (one.source, one.target)],
        )
        stock.post(connection, levels, movements, key=f"undo:{ref}", cause="undo", ref=ref, at=at)
    return _turn(connection, known, "cancelled", at)


def find(connection: Connection, key: str) -> ShopOrder | None:
    known = connection.execute(select(sale).where(sale.c.key == key)).one_or_none()
    return None if known is None else _order(known)


def _check(connection: Connection, draft: OrderDraft) -> None:
    if not draft.lines or any(line.quantity <= 0 for line in draft.lines):
        raise BadRequest("An order has lines, each of at least one piece.")
    own = {line.variant_id for line in draft.lines if line.place is None}
    if missing := own - catalogue.for_sale(connection, own):
        raise UnknownProduct("Something is not for sale any more.", variants=sorted(missing))
    places = {(line.place, line.variant_id) for line in draft.lines if line.place is not None}
    if not places:
        return
    rows = connection.execute(
        select(stock.allotment.c.place, stock.allotment.c.variant_id).where(
            among(connection, stock.allotment.c.place, {place for place, _ in places})
        )
    )
    if places - {(row.place, row.variant_id) for row in rows}:
        raise UnknownPlace("There is no such allotment.")


def _plan(
    lines: Sequence[_Take], left: dict[Level, int], locations: Sequence[str]
) -> list[Movement]:
    """What moves to `sold`; each location in turn gives what it has. Raises OutOfStock."""
    moved: defaultdict[Level, int] = defaultdict(int)
    short: dict[str, int] = {}
    for line in lines:
        places = locations if line.place is None else (line.place,)
        there = sum(left[place, line.variant_id] for place in places)
        if there < line.quantity:
            short[line.variant_id] = there
            continue
        for place, part in stock.take(left, line.variant_id, line.quantity, places):
            left[place, line.variant_id] -= part
            moved[place, line.variant_id] += part
    if short:
        raise OutOfStock("There is not as much as that.", variants=short)
    return [Movement(variant, place, SOLD, pieces) for (place, variant), pieces in moved.items()]


def _locations(connection: Connection, first: str | None) -> tuple[str, ...]:
    ids = [location.id for location in catalogue.locations(connection)]
    return tuple(sorted(ids, key=lambda one: one != first))


def _locked(connection: Connection, ref: str) -> Any:
    known = connection.execute(
        select(sale).where(sale.c.ref == ref).with_for_update()
    ).one_or_none()
    if known is None:
        raise UnknownOrder("There is no such order.")
    return known


def _turn(
    connection: Connection, known: Any, state: Literal["committed", "cancelled"], at: Instant
) -> ShopOrder:
    connection.execute(
        update(sale).where(sale.c.ref == known.ref).values(state=state, changed_at=at)
    )
    return ShopOrder(ref=known.ref, key=known.key, state=state)


def _order(row: Any) -> ShopOrder:
    return ShopOrder(ref=row.ref, key=row.key, state=row.state)

"""Where every piece is: a ledger with two sides, and levels that nothing but the ledger moves.

A piece is always at one place: a location (`loc_…`), an allotment of a show (`alt_…`), `sold`, or
still at the `supplier`, whose level counts below zero what ever came in. So the levels of a variant
always sum up to nothing, and each level is what the movements say (`audit`).

Whoever moves stock first locks every level that it may touch, in the order of (place, variant), and
only then looks what is there: two that want the same pieces wait for each other and never deadlock.
The names of places are such that allotments come before locations, and these before `sold`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

import msgspec
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    literal,
    select,
    tuple_,
    union_all,
    update,
)

from commerce_bridge.port import Allotment, OutOfStock, UnknownPlace
from commerce_bridge.sql import among
from core import outbox
from core.clock import Instant
from core.db import insert_new, metadata
from core.errors import BadRequest, Conflict
from core.ids import new_id

SUPPLIER = "supplier"
SOLD = "sold"

STOCK_BACK = "stock.back"
"""Outbox: `{key, variants}` may be bought again, of which there were none; moved by `key`."""
TOLD_AT_ONCE = 500
"""Variants in one such message."""

Cause = Literal["count", "allot", "give_back", "sale", "undo"]

stock_movement = Table(
    "stock_movement",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("key", String(160), nullable=False, unique=True),
    Column("variant_id", ForeignKey("variant.id"), nullable=False),
    Column("from_place", String(40), nullable=False),
    Column("to_place", String(40), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("cause", String(12), nullable=False),
    Column("ref", String(40), nullable=False),
    Column("at", BigInteger, nullable=False),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("from_place <> to_place", name="places"),
    Index(None, "ref"),
    Index(None, "at"),
)

stock_level = Table(
    "stock_level",
    metadata,
    Column("place", String(40), primary_key=True),
    Column("variant_id", ForeignKey("variant.id"), primary_key=True),
    Column("quantity", BigInteger, nullable=False),
    CheckConstraint("quantity >= 0 OR place = 'supplier'", name="quantity"),
    Index(None, "variant_id"),
)

allotment = Table(
    "allotment",
    metadata,
    Column("place", String(40), primary_key=True),
    Column("show", String(40), nullable=False),
    Column("item", String(40), nullable=False),
    Column("variant_id", ForeignKey("variant.id"), nullable=False),
    UniqueConstraint("show", "item", "variant_id"),
)

stock_act = Table(
    "stock_act",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("place", String(40), nullable=False),
    Column("asked", Integer, nullable=False),
    Column("done", Integer, nullable=False),
)
"""What was answered under each key; `asked` is below zero for what was given back."""

Level = tuple[str, str]
"""(place, variant)."""


class Movement(msgspec.Struct, frozen=True):
    variant_id: str
    source: str
    target: str
    quantity: int


def for_update(query: Select[str, str, int]) -> Select[str, str, int]:
    """Lock the rows in the order in which the query gives them. SQLite has one writer anyway."""
    return query.with_for_update()


def lock(connection: Connection, wanted: Iterable[Level]) -> dict[Level, int]:
    """Lock these levels until the transaction ends, and say what they are; new ones begin at 0."""
    ordered = sorted(set(wanted))
    if not ordered:
        return {}
    rows = [{"place": place, "variant_id": variant, "quantity": 0} for place, variant in ordered]
    connection.execute(insert_new(connection, stock_level), rows)
    query = (
        select(stock_level.c.place, stock_level.c.variant_id, stock_level.c.quantity)
        .where(tuple_(stock_level.c.place, stock_level.c.variant_id).in_(ordered))
        .order_by(stock_level.c.place, stock_level.c.variant_id)
    )
    found = connection.execute(for_update(query))
    return {(row.place, row.variant_id): row.quantity for row in found}


def post(
    connection: Connection,
    levels: Mapping[Level, int],
    movements: Sequence[Movement],
    *,
    key: str,
    cause: Cause,
    ref: str,
    at: Instant,
) -> None:
    """Write movements and move the locked `levels` with them, all or none.

    `key` names the whole for good; `ref` is what it was done for. Raises OutOfStock where a place
    has less than is taken from it.
    """
    if not movements:
        return
    moved: defaultdict[Level, int] = defaultdict(int)
    for movement in movements:
        moved[movement.source, movement.variant_id] -= movement.quantity
        moved[movement.target, movement.variant_id] += movement.quantity
    short = {
        variant: levels[place, variant]
        for (place, variant), by in moved.items()
        if place != SUPPLIER and levels[place, variant] + by < 0
    }
    if short:
        raise OutOfStock("There is not as much as that.", variants=short)
    connection.execute(
        insert(stock_movement),
        [
            {
                "key": f"{key}/{number}",
                "variant_id": movement.variant_id,
                "from_place": movement.source,
                "to_place": movement.target,
                "quantity": movement.quantity,
                "cause": cause,
                "ref": ref,
                "at": at,
            }
            for number, movement in enumerate(movements)
        ],
    )
    connection.execute(
        _MOVE,
        [{"at_place": p, "of": v, "by": by} for (p, v), by in sorted(moved.items()) if by],
    )
    _tell_back(connection, key, moved)


def _tell_back(connection: Connection, key: str, moved: Mapping[Level, int]) -> None:
    """Tell of variants that may be bought now, and could not before these moves."""
    more: defaultdict[str, int] = defaultdict(int)
    for (place, variant), by in moved.items():
        if place.startswith("loc_"):
            more[variant] += by
    came = {variant: by for variant, by in more.items() if by > 0}
    there = available(connection, list(came))
    back = sorted(variant for variant, by in came.items() if there.get(variant, 0) == by)
    for start in range(0, len(back), TOLD_AT_ONCE):
        told = back[start : start + TOLD_AT_ONCE]
        outbox.add(connection, STOCK_BACK, f"back:{told[0]}", {"key": key, "variants": told})


_MOVE = (
    update(stock_level)
    .where(
        stock_level.c.place == bindparam("at_place"), stock_level.c.variant_id == bindparam("of")
    )
    .values(quantity=stock_level.c.quantity + bindparam("by"))
)


def take(
    levels: Mapping[Level, int], variant_id: str, quantity: int, places: Sequence[str]
) -> list[tuple[str, int]]:
    """`quantity` pieces, or what there is, from the first of `places` that have any."""
    taken = []
    for place in places:
        part = min(quantity, levels[place, variant_id])
        if part > 0:
            taken.append((place, part))
            quantity -= part
    return taken


def count(connection: Connection, counted: Mapping[Level, int], *, key: str, at: Instant) -> int:
    """Set what lies at locations to what was counted there; returns how many levels differed.

    What is allotted to shows and what is sold lies elsewhere, and is not to be counted.
    """
    levels = lock(connection, [*counted, *((SUPPLIER, variant) for _, variant in counted)])
    movements = []
    for (location, variant), pieces in counted.items():
        more = pieces - levels[location, variant]
        if more > 0:
            movements.append(Movement(variant, SUPPLIER, location, more))
        elif more < 0:
            movements.append(Movement(variant, location, SUPPLIER, -more))
    post(connection, levels, movements, key=key, cause="count", ref=key, at=at)
    return len(movements)


def allot(
    connection: Connection,
    key: str,
    variant_id: str,
    quantity: int,
    *,
    show: str,
    item: str,
    locations: Sequence[str],
    at: Instant,
) -> Allotment:
    """Move up to `quantity` pieces from `locations`, in that order, to the item's allotment."""
    place = _allotment_place(connection, show, item, variant_id)
    done = _answered(connection, key, place, _positive(quantity))
    if done is None:
        levels = lock(connection, [(name, variant_id) for name in (*locations, place)])
        taken = take(levels, variant_id, quantity, locations)
        movements = [Movement(variant_id, source, place, part) for source, part in taken]
        post(connection, levels, movements, key=f"allot:{key}", cause="allot", ref=place, at=at)
        done = sum(part for _, part in taken)
        _answer(connection, key, done)
    return Allotment(place=place, variant_id=variant_id, granted=done)


def give_back(connection: Connection, key: str, place: str, quantity: int, *, at: Instant) -> int:
    """Move up to `quantity` pieces of an allotment back to the locations that they came from."""
    variant_id = connection.execute(
        select(allotment.c.variant_id).where(allotment.c.place == place)
    ).scalar_one_or_none()
    if variant_id is None:
        raise UnknownPlace("There is no such allotment.")
    done = _answered(connection, key, place, -_positive(quantity))
    if done is not None:
        return done
    # Only who holds an allotment's level moves anything to or from it: its sources stand still now.
    levels = lock(connection, [(place, variant_id)])
    came_from = _sources(connection, place)
    levels |= lock(connection, [(location, variant_id) for location in came_from])
    left = min(quantity, levels[place, variant_id])
    movements = []
    for location, pieces in reversed(came_from.items()):
        part = min(left, pieces)
        if part > 0:
            movements.append(Movement(variant_id, place, location, part))
            left -= part
    post(connection, levels, movements, key=f"back:{key}", cause="give_back", ref=place, at=at)
    done = sum(movement.quantity for movement in movements)
    _answer(connection, key, done)
    return done


def _positive(quantity: int) -> int:
    if quantity <= 0:
        raise BadRequest("A quantity is positive.")
    return quantity


def _allotment_place(connection: Connection, show: str, item: str, variant_id: str) -> str:
    connection.execute(
        insert_new(connection, allotment).values(
            place=new_id("alt"), show=show, item=item, variant_id=variant_id
        )
    )
    return str(
        connection.execute(
            select(allotment.c.place).where(
                allotment.c.show == show,
                allotment.c.item == item,
                allotment.c.variant_id == variant_id,
            )
        ).scalar_one()
    )


def _answered(connection: Connection, key: str, place: str, asked: int) -> int | None:
    """What was done under this key before; None (and the key is taken) where nothing was."""
    new = connection.execute(
        insert_new(connection, stock_act)
        .values(key=key, place=place, asked=asked, done=0)
        .returning(stock_act.c.key)
    ).first()
    if new is not None:
        return None
    known = connection.execute(select(stock_act).where(stock_act.c.key == key)).one()
    if (known.place, known.asked) != (place, asked):
        raise Conflict("This key was used for something else.", code="key_reused")
    return int(known.done)


def _answer(connection: Connection, key: str, done: int) -> None:
    connection.execute(update(stock_act).where(stock_act.c.key == key).values(done=done))


def _sources(connection: Connection, place: str) -> dict[str, int]:
    """Pieces by location that came to an allotment and did not go back, in the order of coming."""
    rows = connection.execute(
        select(stock_movement.c.from_place, stock_movement.c.to_place, stock_movement.c.quantity)
        .where(stock_movement.c.ref == place)
        .order_by(stock_movement.c.id)
    )
    came: dict[str, int] = {}
    for source, target, quantity in rows:
        location = source if target == place else target
        came[location] = came.get(location, 0) + (quantity if target == place else -quantity)
    return {location: pieces for location, pieces in came.items() if pieces}


def available(connection: Connection, variant_ids: Collection[str]) -> dict[str, int]:
    """Pieces that may be sold or allotted now, by variant, over all locations."""
    totals: dict[str, int] = {}
    for variant, by_location in at_locations(connection, variant_ids).items():
        totals[variant] = sum(by_location.values())
    return totals


def at_locations(connection: Connection, variant_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """Pieces by variant and location; those without any are missing."""
    if not variant_ids:
        return {}
    found: dict[str, dict[str, int]] = {}
    rows = connection.execute(
        select(stock_level.c.place, stock_level.c.variant_id, stock_level.c.quantity).where(
            among(connection, stock_level.c.variant_id, variant_ids),
            stock_level.c.place.startswith("loc_", autoescape=True),
            stock_level.c.quantity > 0,
        )
    )
    for place, variant, quantity in rows:
        found.setdefault(variant, {})[place] = quantity
    return found


class Difference(msgspec.Struct, frozen=True):
    """A level that is not what the movements make it."""

    place: str
    variant_id: str
    level: int
    moved: int


def audit(connection: Connection) -> list[Difference]:
    """Every level against the sum of its movements; nothing when all is well."""
    nothing = literal(0)
    sides = union_all(
        _side(stock_movement.c.to_place, stock_movement.c.quantity, nothing),
        _side(stock_movement.c.from_place, -stock_movement.c.quantity, nothing),
        _side(stock_level.c.place, nothing, stock_level.c.quantity),
    ).subquery()
    # One statement, so that it sees one moment: writers go on meanwhile.
    moved, level = func.sum(sides.c.moved), func.sum(sides.c.level)
    rows = connection.execute(
        select(sides.c.place, sides.c.variant_id, level, moved)
        .group_by(sides.c.place, sides.c.variant_id)
        .having(moved != level)
        .order_by(sides.c.place, sides.c.variant_id)
    )
    return [Difference(place, variant, int(is_), int(was)) for place, variant, is_, was in rows]


def _side(
    place: Column[str], moved: ColumnElement[int], level: ColumnElement[int]
) -> Select[str, str, int, int]:
    variant_id: Column[str] = place.table.c.variant_id
    return select(place.label("place"), variant_id, moved.label("moved"), level.label("level"))

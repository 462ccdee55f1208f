"""Products, their variants, and the locations where the shop keeps them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    func,
    insert,
    or_,
    select,
    update,
)

from commerce_bridge.embedded.model import ProductDraft, check_choices
from commerce_bridge.embedded.stock import available
from commerce_bridge.port import Location, Option, Product, UnknownProduct, Variant
from commerce_bridge.sql import among
from core.clock import Instant
from core.db import metadata
from core.errors import BadRequest
from core.ids import new_id
from core.money import Money

product_table = Table(
    "product",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("handle", String(120), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("pictures", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Index(None, "changed_at"),
)

variant_table = Table(
    "variant",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("product_id", ForeignKey("product.id"), nullable=False),
    Column("sku", String(64), nullable=False, unique=True),
    Column("options", Text, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("compare_at", BigInteger),
    Column("currency", String(3), nullable=False),
    Column("picture", Text),
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    CheckConstraint("price >= 0", name="price"),
    Index(None, "product_id"),
)

location_table = Table(
    "location",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(120), nullable=False, unique=True),
    Column("address", Text, nullable=False),
    Column("hours", Text, nullable=False),
    Column("pickup", Boolean, nullable=False),
    Column("position", Integer, nullable=False),
)


def products(connection: Connection, query: str = "", *, limit: int = 200) -> list[Product]:
    """Products for sale in the shop's order; with `query`, those whose title or SKU has it."""
    wanted = select(product_table).where(product_table.c.active)
    if words := query.strip().lower():
        of_sku = select(variant_table.c.product_id).where(
            variant_table.c.active, func.lower(variant_table.c.sku).contains(words, autoescape=True)
        )
        wanted = wanted.where(
            or_(
                func.lower(product_table.c.title).contains(words, autoescape=True),
                product_table.c.id.in_(of_sku),
            )
        )
    ordered = wanted.order_by(product_table.c.position, product_table.c.id).limit(limit)
    return _with_variants(connection, connection.execute(ordered).all())


def product(connection: Connection, product_id: str) -> Product:
    """One product for sale. Raises UnknownProduct."""
    found = connection.execute(
        select(product_table).where(product_table.c.id == product_id, product_table.c.active)
    ).all()
    if not found:
        raise UnknownProduct("There is no such product for sale.")
    return _with_variants(connection, found)[0]


def of_ids(connection: Connection, product_ids: Collection[str]) -> dict[str, Product]:
    """Those of them that are for sale."""
    if not product_ids:
        return {}
    query = select(product_table).where(
        product_table.c.active, among(connection, product_table.c.id, product_ids)
    )
    found = _with_variants(connection, connection.execute(query).all())
    return {one.id: one for one in found if one.variants}


def currencies(connection: Connection) -> set[str]:
    """What the variants are priced in, those not for sale included."""
    return set(connection.execute(select(variant_table.c.currency).distinct()).scalars())


def for_sale(connection: Connection, variant_ids: Collection[str]) -> set[str]:
    """Those of them that are for sale, in stock or not."""
    if not variant_ids:
        return set()
    rows = connection.execute(
        select(variant_table.c.id)
        .join(product_table)
        .where(
            among(connection, variant_table.c.id, variant_ids),
            variant_table.c.active,
            product_table.c.active,
        )
    )
    return set(rows.scalars())


def variants(connection: Connection, variant_ids: Collection[str]) -> dict[str, Variant]:
    """Those of them that are for sale."""
    rows = connection.execute(
        select(variant_table)
        .join(product_table)
        .where(
            among(connection, variant_table.c.id, variant_ids),
            variant_table.c.active,
            product_table.c.active,
        )
    ).all()
    there = available(connection, [row.id for row in rows])
    return {row.id: _variant(row, there.get(row.id, 0)) for row in rows}


class Named(msgspec.Struct, frozen=True):
    """What a cart or an order calls a variant; for sale or not any more."""

    title: str
    variant: Variant
    picture: str | None
    for_sale: bool


def named(connection: Connection, variant_ids: Collection[str]) -> dict[str, Named]:
    """The variants with their products' names; unknown ids are missing."""
    if not variant_ids:
        return {}
    rows = connection.execute(
        select(
            variant_table,
            product_table.c.title.label("product_title"),
            product_table.c.pictures,
            product_table.c.active.label("product_active"),
        )
        .join(product_table)
        .where(among(connection, variant_table.c.id, variant_ids))
    ).all()
    there = available(connection, [row.id for row in rows])
    result = {}
    for row in rows:
        pictures: list[str] = msgspec.json.decode(row.pictures)
        result[row.id] = Named(
            title=row.product_title,
            variant=_variant(row, there.get(row.id, 0)),
            picture=row.picture or (pictures[0] if pictures else None),
            for_sale=row.active and row.product_active,
        )
    return result


def locations(connection: Connection) -> list[Location]:
    rows = connection.execute(
        select(location_table).order_by(location_table.c.position, location_table.c.id)
    )
    return [
        Location(id=row.id, name=row.name, address=row.address, hours=row.hours, pickup=row.pickup)
        for row in rows
    ]


def put_location(
    connection: Connection, name: str, *, address: str = "", hours: str = "", pickup: bool = False
) -> str:
    """Add the location of this name, or bring it up to date; returns its id."""
    values = {"address": address, "hours": hours, "pickup": pickup}
    known = connection.execute(
        select(location_table.c.id).where(location_table.c.name == name)
    ).scalar_one_or_none()
    if known is not None:
        connection.execute(
            update(location_table).where(location_table.c.id == known).values(**values)
        )
        return str(known)
    new = new_id("loc")
    position = connection.execute(select(func.count()).select_from(location_table)).scalar_one()
    connection.execute(
        insert(location_table).values(id=new, name=name, position=position, **values)
    )
    return new


def put_product(connection: Connection, draft: ProductDraft, now: Instant) -> dict[str, str]:
    """Add a product, or bring it up to date; returns its variants' ids by SKU.

    Variants that the draft does not name stay as they are. Raises BadRequest where the variants do
    not fit each other, or a SKU is another product's.
    """
    product_id = _put_product(connection, draft, now)
    known = {
        row.sku: row
        for row in connection.execute(
            select(variant_table).where(
                or_(
                    variant_table.c.product_id == product_id,
                    among(connection, variant_table.c.sku, [v.sku for v in draft.variants]),
                )
            )
        )
    }
    _check_variants(draft, known, product_id)
    ids = {}
    position = len(known)
    for new in draft.variants:
        values = {
            "options": msgspec.json.encode(new.options).decode(),
            "price": new.price.minor,
            "compare_at": new.compare_at and new.compare_at.minor,
            "currency": new.price.currency,
            "picture": new.picture,
            "active": True,
        }
        if old := known.get(new.sku):
            ids[new.sku] = str(old.id)
            connection.execute(
                update(variant_table).where(variant_table.c.id == old.id).values(**values)
            )
        else:
            ids[new.sku] = new_id("var")
            position += 1
            connection.execute(
                insert(variant_table).values(
                    id=ids[new.sku],
                    product_id=product_id,
                    sku=new.sku,
                    position=position,
                    **values,
                )
            )
    return ids


def _put_product(connection: Connection, draft: ProductDraft, now: Instant) -> str:
    values = {
        "title": draft.title,
        "description": draft.description,
        "pictures": msgspec.json.encode(draft.pictures).decode(),
        "active": True,
        "changed_at": now,
    }
    known = connection.execute(
        select(product_table.c.id).where(product_table.c.handle == draft.handle)
    ).scalar_one_or_none()
    if known is not None:
        connection.execute(
            update(product_table).where(product_table.c.id == known).values(**values)
        )
        return str(known)
    new = new_id("prd")
    position = connection.execute(select(func.count()).select_from(product_table)).scalar_one()
    connection.execute(
        insert(product_table).values(id=new, handle=draft.handle, position=position, **values)
    )
    return new


def _check_variants(draft: ProductDraft, known: dict[str, Any], product_id: str) -> None:
    choices = {}
    for row in known.values():
        if row.product_id != product_id:
            raise BadRequest("A SKU is another product's.", code="sku_taken", sku=row.sku)
        choices[row.sku] = msgspec.json.decode(row.options, type=dict[str, str])
    check_choices(choices | {variant.sku: variant.options for variant in draft.variants})


def _with_variants(connection: Connection, rows: Sequence[Any]) -> list[Product]:
    of_product: dict[str, list[Any]] = {row.id: [] for row in rows}
    found = connection.execute(
        select(variant_table)
        .where(
            among(connection, variant_table.c.product_id, of_product),
            variant_table.c.active,
        )
        .order_by(variant_table.c.position, variant_table.c.id)
    ).all()
    there = available(connection, [row.id for row in found])
    for row in found:
        of_product[row.product_id].append(_variant(row, there.get(row.id, 0)))
    return [
        Product(
            id=row.id,
            title=row.title,
            description=row.description,
            pictures=tuple(msgspec.json.decode(row.pictures)),
            options=_options(of_product[row.id]),
            variants=tuple(of_product[row.id]),
        )
        for row in rows
    ]


def _options(of_product: Sequence[Variant]) -> tuple[Option, ...]:
    values: dict[str, dict[str, None]] = {}
    for one in of_product:
        for name, value in one.options.items():
            values.setdefault(name, {})[value] = None
    return tuple(Option(name=name, values=tuple(found)) for name, found in values.items())


def _variant(row: Any, there: int) -> Variant:
    options = msgspec.json.decode(row.options, type=dict[str, str])
    return Variant(
        id=row.id,
        product_id=row.product_id,
        sku=row.sku,
        title=" / ".join(options.values()),
        options=options,
        price=Money(row.price, row.currency),
        compare_at=None if row.compare_at is None else Money(row.compare_at, row.currency),
        picture=row.picture,
        available=there,
    )

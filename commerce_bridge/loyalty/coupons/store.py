"""Coupons' tables: what there is, whom what was given, and on which orders what was used.

How often a coupon was used is counted from its uses, never kept beside them. Whoever uses one locks
its row first and counts then; several in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Literal

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
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
    Text,
    and_,
    func,
    insert,
    or_,
    select,
    update,
)

from commerce_bridge.loyalty.coupons.rules import Coupon, Discount, Held
from commerce_bridge.sql import among
from core.clock import Instant
from core.db import insert_new, metadata
from core.errors import NotFound
from core.structs import prepare

UseState = Literal["reserved", "used", "returned"]

coupon = Table(
    "coupon",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("code", String(24), unique=True),
    Column("title", Text, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("most", BigInteger),
    Column("minimum", BigInteger, nullable=False),
    Column("auto", Boolean, nullable=False),
    Column("granted_only", Boolean, nullable=False),
    Column("per_customer", Integer, nullable=False),
    Column("uses", Integer),
    Column("show", String(40)),
    Column("tier", String(20)),
    Column("stacks", Boolean, nullable=False),
    Column("starts_at", BigInteger),
    Column("ends_at", BigInteger),
    Column("active", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(40), nullable=False),
    CheckConstraint("kind IN ('fixed', 'percent')", name="kind"),
    CheckConstraint("amount > 0", name="amount"),
    Index(None, "auto", "active"),
)

coupon_grant = Table(
    "coupon_grant",
    metadata,
    Column("key", String(160), primary_key=True),
    Column("coupon", ForeignKey("coupon.id"), nullable=False),
    Column("customer", String(40), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("why", String(20), nullable=False),
    Index(None, "customer"),
    Index(None, "coupon"),
)
"""What is in whose wallet. `key` names what it was given for: it is given once for that."""

coupon_use = Table(
    "coupon_use",
    metadata,
    Column("order_id", ForeignKey("shop_order.id"), primary_key=True),
    Column("coupon", ForeignKey("coupon.id"), primary_key=True),
    Column("customer", String(40), nullable=False),
    Column("state", String(8), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    CheckConstraint("state IN ('reserved', 'used', 'returned')", name="state"),
    Index(None, "coupon", "state"),
    Index(None, "customer"),
)

_FIELDS = [coupon.c[name] for name in Coupon.__struct_fields__]
_taken = coupon_use.c.state != "returned"

prepare(Coupon)


class Counted(msgspec.Struct, frozen=True):
    """A coupon as staff see it: on how many orders it is, and in how many wallets."""

    coupon: Coupon
    used: int
    reserved: int
    granted: int


# The shop's coupons


def add(connection: Connection, new: Coupon, *, by: str, now: Instant) -> bool:
    """Add a coupon; False where its code is taken."""
    made = connection.execute(
        insert_new(connection, coupon)
        .values(**msgspec.structs.asdict(new), created_at=now, created_by=by)
        .returning(coupon.c.id)
    )
    return made.first() is not None


def get(connection: Connection, coupon_id: str) -> Coupon:
    """Raises NotFound."""
    row = connection.execute(select(*_FIELDS).where(coupon.c.id == coupon_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such coupon.")
    return _coupon(row)


def change(connection: Connection, coupon_id: str, changes: dict[str, Any]) -> None:
    """Raises NotFound. Who is using it just now has it as it was."""
    done = connection.execute(update(coupon).where(coupon.c.id == coupon_id).values(**changes))
    if not done.rowcount:
        raise NotFound("There is no such coupon.")


def counted(connection: Connection, *, only: str | None = None, most: int = 500) -> list[Counted]:
    """The newest coupons with what became of them; `only` that one."""
    query = select(*_FIELDS).order_by(coupon.c.created_at.desc(), coupon.c.id.desc()).limit(most)
    if only is not None:
        query = query.where(coupon.c.id == only)
    found = [_coupon(row) for row in connection.execute(query)]
    ids = [one.id for one in found]
    if not ids:
        return []
    uses = {
        (row.coupon, row.state): row.number
        for row in connection.execute(
            select(coupon_use.c.coupon, coupon_use.c.state, func.count().label("number"))
            .where(among(connection, coupon_use.c.coupon, ids))
            .group_by(coupon_use.c.coupon, coupon_use.c.state)
        )
    }
    grants = _counts(
        connection,
        select(
            coupon_grant.c.coupon,
            func.count(coupon_grant.c.customer.distinct()).label("number"),
        ).where(among(connection, coupon_grant.c.coupon, ids)),
        coupon_grant.c.coupon,
    )
    return [
        Counted(
            one, uses.get((one.id, "used"), 0), uses.get((one.id, "reserved"), 0),
            grants.get(one.id, 0),
        )
        for one in found
    ]  # fmt: skip


# Using them


def find(
    connection: Connection,
    customers: Collection[str],
    *,
    codes: Collection[str] = (),
    ids: Collection[str] = (),
    automatic: bool = False,
    wallet: bool = False,
    lock: bool = False,
) -> list[Held]:
    """Coupons by code and by id, by their ids, as one person holds them (all ids that are hers).

    Also all `automatic` ones that are active, and what is in her `wallet`. With `lock` nobody else
    uses them until the transaction ends.
    """
    named: list[ColumnElement[bool]] = []
    if codes:
        named.append(among(connection, coupon.c.code, codes))
    if ids:
        named.append(among(connection, coupon.c.id, ids))
    if automatic:
        named.append(and_(coupon.c.auto, coupon.c.active))
    if wallet:
        named.append(
            coupon.c.id.in_(
                select(coupon_grant.c.coupon).where(
                    among(connection, coupon_grant.c.customer, customers)
                )
            )
        )
    if not named:
        return []
    query = select(*_FIELDS).where(or_(*named)).order_by(coupon.c.id)
    if lock:
        # Not against who only refers to it: who is given one in a show does not wait here.
        query = query.with_for_update(key_share=True)
    found = [_coupon(row) for row in connection.execute(query)]
    return _held(connection, customers, found)


def _held(connection: Connection, customers: Collection[str], found: list[Coupon]) -> list[Held]:
    """Counted after the rows were locked, and so as it is until the transaction ends."""
    if not found:
        return []
    ids = [one.id for one in found]
    granted = set(
        connection.execute(
            select(coupon_grant.c.coupon).where(
                among(connection, coupon_grant.c.customer, customers),
                among(connection, coupon_grant.c.coupon, ids),
            )
        ).scalars()
    )
    uses = select(coupon_use.c.coupon, func.count().label("number")).where(_taken)
    mine = _counts(
        connection,
        uses.where(
            among(connection, coupon_use.c.customer, customers),
            among(connection, coupon_use.c.coupon, ids),
        ),
        coupon_use.c.coupon,
    )
    limited = [one.id for one in found if one.uses is not None]
    by_all = {}
    if limited:
        by_all = _counts(
            connection,
            uses.where(among(connection, coupon_use.c.coupon, limited)),
            coupon_use.c.coupon,
        )
    return [
        Held(one, one.id in granted, mine.get(one.id, 0), by_all.get(one.id, 0)) for one in found
    ]


def reserve(
    connection: Connection,
    order_id: str,
    customer: str,
    discounts: Iterable[Discount],
    now: Instant,
) -> None:
    """Put coupons, whose rows are locked, on an order."""
    rows = [
        {
            "order_id": order_id,
            "coupon": one.coupon,
            "customer": customer,
            "state": "reserved",
            "amount": one.amount,
            "at": now,
        }
        for one in discounts
    ]
    if rows:
        connection.execute(insert(coupon_use), rows)


def settle(connection: Connection, order_id: str, state: UseState, now: Instant) -> None:
    """The order, whose row is locked, was paid (`used`), or will never be (`returned`)."""
    connection.execute(
        update(coupon_use)
        .where(coupon_use.c.order_id == order_id, _taken, coupon_use.c.state != state)
        .values(state=state, at=now)
    )


# Wallets


def grant(
    connection: Connection, coupon_id: str, customer: str, why: str, key: str, now: Instant
) -> None:
    """Put a coupon in somebody's wallet, once for each `key`; no use of it is taken by that."""
    connection.execute(
        insert_new(connection, coupon_grant).values(
            key=key, coupon=coupon_id, customer=customer, why=why, at=now
        )
    )


def to_give(connection: Connection, coupon_id: str, now: Instant) -> Coupon | None:
    """A coupon that may be given to people now; None where it is over, or there is none."""
    row = connection.execute(
        select(*_FIELDS).where(
            coupon.c.id == coupon_id,
            coupon.c.active,
            or_(coupon.c.ends_at.is_(None), coupon.c.ends_at > now),
        )
    ).one_or_none()
    return None if row is None else _coupon(row)


def wallet(connection: Connection, customers: Collection[str]) -> list[Held]:
    """What a person was given or has added, and what comes by itself, as she holds it."""
    held = find(connection, customers, automatic=True, wallet=True)
    return [one for one in held if one.granted or not one.coupon.granted_only]


def _counts(connection: Connection, query: Select[Any], by: ColumnElement[str]) -> dict[str, int]:
    return {row.coupon: int(row.number) for row in connection.execute(query.group_by(by))}


def _coupon(row: Any) -> Coupon:
    return msgspec.convert(row, Coupon, from_attributes=True)

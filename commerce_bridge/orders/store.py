"""Orders' tables, and the one way to change an order: under its row's lock, with its history."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

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
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    or_,
    select,
    update,
)

from commerce_bridge.loyalty.coupons.rules import Discount
from commerce_bridge.orders.model import (
    FIRST_NUMBER,
    By,
    Event,
    Line,
    Order,
    OrderState,
    SentTo,
    State,
)
from commerce_bridge.sql import among
from core.clock import Instant
from core.db import metadata
from core.errors import NotFound
from core.structs import prepare

shop_order = Table(
    "shop_order",
    metadata,
    Column("serial", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("customer", String(40), nullable=False),
    Column("request_id", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("method", String(8), nullable=False),
    Column("payment", String(10), nullable=False),
    Column("due_at", BigInteger),
    Column("account", Text),
    Column("currency", String(3), nullable=False),
    Column("subtotal", BigInteger, nullable=False),
    Column("discounts", Text),
    Column("discount", BigInteger, nullable=False, server_default="0"),
    Column("points", BigInteger, nullable=False, server_default="0"),
    Column("points_value", BigInteger, nullable=False, server_default="0"),
    Column("delivery_fee", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("earns", BigInteger, nullable=False, server_default="0"),
    Column("contact_name", Text, nullable=False),
    Column("contact_phone", String(20), nullable=False),
    Column("contact_email", Text),
    Column("fulfilment", Text, nullable=False),
    Column("note", Text),
    Column("locale", String(12), nullable=False),
    Column("placed_at", BigInteger, nullable=False),
    CheckConstraint(
        "total = subtotal - discount - points_value + delivery_fee"
        " AND discount + points_value <= subtotal",
        name="total",
    ),
    UniqueConstraint("customer", "request_id"),
    Index(None, "state", "due_at"),
    sqlite_autoincrement=True,
)
"""`discounts` is what each coupon took off, as it was called then; `earns` the points that
were promised for paying it."""

order_line = Table(
    "order_line",
    metadata,
    Column("order_id", ForeignKey("shop_order.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("claim", String(40)),
    Column("show", String(40)),
    Column("item", String(40)),
    Column("code", Text),
    Column("variant_id", String(40), nullable=False),
    Column("title", Text, nullable=False),
    Column("variant_title", Text, nullable=False),
    Column("picture", Text),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", BigInteger, nullable=False),
    Column("place", String(40)),
    Column("via", String(4), nullable=False, server_default="shop"),
    CheckConstraint("quantity > 0", name="quantity"),
    Index(None, "show"),
)

order_event = Table(
    "order_event",
    metadata,
    Column("order_id", ForeignKey("shop_order.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("act", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("by", String(8), nullable=False),
    Column("actor", String(40)),
    Column("request_id", String(64)),
    Column("note", Text),
    UniqueConstraint("order_id", "request_id"),
)
"""Everything that happened to an order. `request_id` is None for what nobody asked for."""

PAGE = 50


def add(
    connection: Connection, values: dict[str, Any], lines: Sequence[Line], now: Instant
) -> None:
    """Insert a new order; `values` are the columns of its row but `serial`."""
    connection.execute(insert(shop_order).values(placed_at=now, **values))
    connection.execute(
        insert(order_line),
        [
            {"order_id": values["id"], "position": position, **msgspec.structs.asdict(line)}
            for position, line in enumerate(lines)
        ],
    )
    connection.execute(
        insert(order_event).values(
            order_id=values["id"],
            position=0,
            at=now,
            act="place",
            state=values["state"],
            by="customer",
            actor=values["customer"],
        )
    )


def note(
    connection: Connection,
    order_id: str,
    *,
    act: str,
    state: State,
    by: By,
    at: Instant,
    actor: str | None = None,
    request_id: str | None = None,
    text: str | None = None,
) -> None:
    """Add to an order's history; its row is locked."""
    position = connection.execute(
        select(func.count()).where(order_event.c.order_id == order_id)
    ).scalar_one()
    connection.execute(
        insert(order_event).values(
            order_id=order_id,
            position=position,
            at=at,
            act=act,
            state=state,
            by=by,
            actor=actor,
            request_id=request_id,
            note=text,
        )
    )


def known_request(connection: Connection, order_id: str, request_id: str) -> bool:
    """Whether this was asked of the order before."""
    found = connection.execute(
        select(order_event.c.position).where(
            order_event.c.order_id == order_id, order_event.c.request_id == request_id
        )
    )
    return found.first() is not None


def lock(connection: Connection, order_id: str) -> Order:
    """The order, its row locked until the transaction ends. Raises NotFound."""
    held = connection.execute(
        select(shop_order.c.id).where(shop_order.c.id == order_id).with_for_update()
    )
    if held.first() is None:
        raise NotFound("There is no such order.")
    return get(connection, order_id)


def set_state(connection: Connection, order_id: str, state: State, payment: str) -> None:
    connection.execute(
        update(shop_order).where(shop_order.c.id == order_id).values(state=state, payment=payment)
    )


def get(connection: Connection, order_id: str) -> Order:
    """One order. Raises NotFound."""
    found = _load(connection, shop_order.c.id == order_id)
    if not found:
        raise NotFound("There is no such order.")
    return found[0]


def by_request(connection: Connection, customers: Collection[str], request_id: str) -> Order | None:
    """The order that this request made, if any."""
    found = _load(
        connection,
        among(connection, shop_order.c.customer, customers),
        shop_order.c.request_id == request_id,
    )
    return found[0] if found else None


def of_customer(
    connection: Connection, customers: Collection[str], *, serial: int | None = None
) -> list[Order]:
    """A person's newest orders (all ids that count as her), at most `PAGE`, newest first.

    With `serial` that one alone, if it is hers.
    """
    conditions = [among(connection, shop_order.c.customer, customers)]
    if serial is not None:
        conditions.append(shop_order.c.serial == serial)
    return _load(connection, *conditions)


def last_sent_to(connection: Connection, customers: Collection[str]) -> SentTo | None:
    """Whom and where a person's newest order goes to."""
    row = connection.execute(
        select(
            shop_order.c.contact_name,
            shop_order.c.contact_phone,
            shop_order.c.contact_email,
            shop_order.c.fulfilment,
        )
        .where(among(connection, shop_order.c.customer, customers))
        .order_by(shop_order.c.serial.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    fulfilment = msgspec.json.decode(row.fulfilment, type=dict[str, Any])
    return SentTo(row.contact_name, row.contact_phone, row.contact_email, fulfilment)


def unpaid(connection: Connection, customers: Collection[str]) -> int:
    """How many orders of hers are still to be paid, those to be paid at pick-up included."""
    return int(
        connection.execute(
            select(func.count())
            .select_from(shop_order)
            .where(
                among(connection, shop_order.c.customer, customers),
                shop_order.c.payment == "due",
            )
        ).scalar_one()
    )


def page(
    connection: Connection,
    *,
    states: Collection[State] = (),
    query: str = "",
    before: int | None = None,
) -> list[Order]:
    """Orders of all customers, newest first, at most `PAGE`, below the serial `before`.

    `query` is a number, or a part of a name, a phone number or an e-mail address.
    """
    conditions: list[ColumnElement[bool]] = []
    if states:
        conditions.append(shop_order.c.state.in_(sorted(states)))
    if before is not None:
        conditions.append(shop_order.c.serial < before)
    if words := query.strip().lower():
        conditions.append(_matches(words))
    return _load(connection, *conditions)


def due(connection: Connection, now: Instant, *, limit: int = 100) -> list[str]:
    """Orders that wait for payment beyond their deadline, longest first."""
    return list(
        connection.execute(
            select(shop_order.c.id)
            .where(shop_order.c.state == "awaiting_payment", shop_order.c.due_at <= now)
            .order_by(shop_order.c.due_at)
            .limit(limit)
        ).scalars()
    )


def _matches(words: str) -> ColumnElement[bool]:
    serial = words.removeprefix("p-")
    if serial.isascii() and serial.isdigit() and len(serial) < 10 and words != serial:
        return shop_order.c.serial == int(serial) - FIRST_NUMBER + 1
    digits = "".join(filter(str.isdigit, words)).lstrip("0")
    places = [
        func.lower(column).contains(words, autoescape=True)
        for column in (shop_order.c.contact_name, shop_order.c.contact_email)
    ]
    if len(digits) >= 3:
        places.append(shop_order.c.contact_phone.contains(digits, autoescape=True))
    if digits and len(digits) < 10:
        places.append(shop_order.c.serial == int(digits) - FIRST_NUMBER + 1)
    return or_(*places)


def _load(connection: Connection, *conditions: ColumnElement[bool]) -> list[Order]:
    rows = connection.execute(
        select(shop_order).where(*conditions).order_by(shop_order.c.serial.desc()).limit(PAGE)
    ).all()
    ids = [row.id for row in rows]
    lines: dict[str, list[Line]] = {order_id: [] for order_id in ids}
    history: dict[str, list[Event]] = {order_id: [] for order_id in ids}
    if ids:
        _add_lines(connection, lines)
        _add_history(connection, history)
    return [_order(row, lines[row.id], history[row.id]) for row in rows]


_read_discounts = msgspec.json.Decoder(tuple[Discount, ...]).decode
prepare(Line, Event)


def _add_lines(connection: Connection, lines: dict[str, list[Line]]) -> None:
    rows = connection.execute(
        select(order_line)
        .where(among(connection, order_line.c.order_id, lines))
        .order_by(order_line.c.order_id, order_line.c.position)
    )
    for row in rows:
        lines[row.order_id].append(msgspec.convert(row, Line, from_attributes=True))


def _add_history(connection: Connection, history: dict[str, list[Event]]) -> None:
    rows = connection.execute(
        select(order_event)
        .where(among(connection, order_event.c.order_id, history))
        .order_by(order_event.c.order_id, order_event.c.position)
    )
    for row in rows:
        history[row.order_id].append(msgspec.convert(row, Event, from_attributes=True))


def _order(row: Any, lines: Sequence[Line], history: Sequence[Event]) -> Order:
    return Order(
        id=row.id,
        serial=row.serial,
        customer=row.customer,
        now=OrderState(row.state, row.method, row.payment, row.due_at, costs=row.total > 0),
        account=row.account,
        currency=row.currency,
        subtotal=row.subtotal,
        discounts=_read_discounts(row.discounts or "[]"),
        points=row.points,
        points_value=row.points_value,
        delivery_fee=row.delivery_fee,
        total=row.total,
        earns=row.earns,
        name=row.contact_name,
        phone=row.contact_phone,
        email=row.contact_email,
        fulfilment=msgspec.json.decode(row.fulfilment, type=dict[str, Any]),
        note=row.note,
        locale=row.locale,
        placed_at=row.placed_at,
        lines=tuple(lines),
        history=tuple(history),
    )

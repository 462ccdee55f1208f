"""The tables of bookings, and what is asked of and written to them inside a unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    exists,
    insert,
    select,
    update,
)

from core.clock import Instant
from core.db import any_of, insert_new, metadata
from core.hours import DAY_MS, Hours
from core.structs import prepare
from video.consult.booking.model import Booking, Ender
from video.consult.booking.slots import Desk, Rep, quarters
from video.consult.events import About
from video.consult.store import call_table

LISTED = 500

consult_availability = Table(
    "consult_availability",
    metadata,
    Column("staff", String(40), primary_key=True),
    Column("hours", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)
"""When a rep may be booked. Who has no row cannot be."""

consult_booking = Table(
    "consult_booking",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("customer", String(40), nullable=False),
    Column("request_id", String(64), nullable=False),
    Column("staff", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("topic", String(24)),
    Column("locale", String(20), nullable=False),
    Column("name", String(40)),
    Column("email", String(254)),
    Column("about", Text),
    Column("text", String(500)),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("moved_by", String(64)),
    Column("cancelled_by", String(10)),
    Column("remind_at", BigInteger),
    Column("entered_by", String(40)),
    Column("call", String(40)),
    UniqueConstraint("customer", "request_id"),
    Index("ix_consult_booking_starts_at", "starts_at"),
    Index("ix_consult_booking_remind_at", "remind_at"),
)

consult_quarter = Table(
    "consult_quarter",
    metadata,
    Column("staff", String(40), primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("booking", String(40), nullable=False),
    Index("ix_consult_quarter_booking", "booking"),
)
"""Every quarter of an hour that a booking covers: its key is why nobody is booked twice."""

_b = consult_booking.c

prepare(Hours, About)


# Availability


def hours_of(connection: Connection, staff: str) -> Hours | None:
    query = select(consult_availability.c.hours).where(consult_availability.c.staff == staff)
    text = connection.execute(query).scalar_one_or_none()
    return None if text is None else msgspec.json.decode(text, type=Hours)


def put_hours(connection: Connection, staff: str, hours: Hours, now: Instant) -> None:
    values = {"hours": msgspec.json.encode(hours).decode(), "changed_at": now}
    connection.execute(insert_new(connection, consult_availability).values(staff=staff, **values))
    mine = consult_availability.c.staff == staff
    connection.execute(update(consult_availability).where(mine).values(**values))


def available(connection: Connection, staff: Sequence[str]) -> bool:
    """Whether one of `staff` has said when she may be booked."""
    query = select(exists().where(any_of(connection, consult_availability.c.staff, staff)))
    return bool(connection.execute(query).scalar_one())


def desks(
    connection: Connection,
    reps: Iterable[Rep],
    since: Instant,
    until: Instant,
    *,
    but: str | None = None,
    lock: bool = False,
) -> list[Desk]:
    """Those of `reps` who may be booked, with what is taken between two instants, except by the
    booking `but`. With `lock` nobody else books one of them until the commit."""
    by_id = {rep.id: rep for rep in reps}
    query = select(consult_availability.c.staff, consult_availability.c.hours).where(
        any_of(connection, consult_availability.c.staff, sorted(by_id))
    )
    # In one order everywhere, or two who book would wait for each other.
    found = connection.execute(
        for_update(query.order_by(consult_availability.c.staff)) if lock else query
    ).all()
    held = taken(connection, since, until, but=but)
    return [
        Desk(by_id[staff], msgspec.json.decode(text, type=Hours), frozenset(held.get(staff, ())))
        for staff, text in found
    ]


def taken(
    connection: Connection, since: Instant, until: Instant, *, but: str | None = None
) -> dict[str, set[Instant]]:
    """The quarters of each rep between two instants, except those of the booking `but`."""
    query = select(consult_quarter.c.staff, consult_quarter.c.at).where(
        consult_quarter.c.at >= since, consult_quarter.c.at < until
    )
    if but is not None:
        query = query.where(consult_quarter.c.booking != but)
    found: dict[str, set[Instant]] = defaultdict(set)
    for staff, at in connection.execute(query):
        found[staff].add(at)
    return found


def for_update(query: Select[str, str]) -> Select[str, str]:
    return query.with_for_update()


# Bookings


def add(connection: Connection, booking: Booking, request_id: str) -> None:
    """Raises IntegrityError where one of its quarters is taken."""
    row = msgspec.structs.asdict(booking)
    row["about"] = None if booking.about is None else msgspec.json.encode(booking.about).decode()
    connection.execute(insert(consult_booking).values(request_id=request_id, **row))
    _take(connection, booking)


def move(connection: Connection, booking: Booking) -> None:
    """Write that `booking` is at another time. Raises IntegrityError as `add` does."""
    _leave(connection, booking.id)
    change(
        connection,
        booking.id,
        staff=booking.staff,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        changed_at=booking.changed_at,
        sequence=booking.sequence,
        moved_by=booking.moved_by,
        remind_at=booking.remind_at,
    )
    _take(connection, booking)


def cancel(connection: Connection, booking: Booking, by: Ender, now: Instant) -> None:
    _leave(connection, booking.id)
    change(
        connection,
        booking.id,
        state="cancelled",
        cancelled_by=by,
        changed_at=now,
        sequence=booking.sequence + 1,
        remind_at=None,
    )


def change(connection: Connection, id: str, **values: Any) -> None:
    connection.execute(update(consult_booking).where(_b.id == id).values(**values))


def claim_entrance(connection: Connection, id: str, person: str, aliases: Collection[str]) -> bool:
    """Have `person` be the one who comes in; False where somebody else is already."""
    free = update(consult_booking).where(_b.id == id, _b.entered_by.is_(None))
    connection.execute(free.values(entered_by=person))
    entered = connection.execute(select(_b.entered_by).where(_b.id == id)).scalar_one_or_none()
    return entered in aliases


def hold(connection: Connection, id: str) -> None:
    """Its call was answered."""
    booked = update(consult_booking).where(_b.id == id, _b.state == "booked")
    connection.execute(booked.values(state="held", remind_at=None))


def lost(connection: Connection, bookings: Iterable[Booking]) -> set[str]:
    """Those of `bookings` that were held, and whose call then ended because a line broke."""
    by_call = {one.call: one.id for one in bookings if one.state == "held" and one.call is not None}
    if not by_call:
        return set()
    query = select(call_table.c.id).where(
        any_of(connection, call_table.c.id, sorted(by_call)), call_table.c.cause == "lost"
    )
    return {by_call[call] for call in connection.execute(query).scalars()}


def reminded(connection: Connection, id: str, due: Instant, then: Instant | None) -> bool:
    """Note that she is reminded of what was due; False where another process did, or it moved."""
    still = update(consult_booking).where(_b.id == id, _b.remind_at == due, _b.state == "booked")
    return bool(connection.execute(still.values(remind_at=then)).rowcount)


def due(connection: Connection, now: Instant, most: int) -> list[Booking]:
    """Those of whom somebody is to be reminded."""
    query = select(consult_booking).where(_b.remind_at <= now).order_by(_b.remind_at).limit(most)
    return [_read(row) for row in connection.execute(query)]


def one(connection: Connection, id: str) -> Booking | None:
    row = connection.execute(select(consult_booking).where(_b.id == id)).one_or_none()
    return None if row is None else _read(row)


def by_request(
    connection: Connection, customers: Collection[str], request_id: str
) -> Booking | None:
    query = select(consult_booking).where(
        any_of(connection, _b.customer, sorted(customers)), _b.request_id == request_id
    )
    row = connection.execute(query.limit(1)).one_or_none()
    return None if row is None else _read(row)


def of_customer(connection: Connection, customers: Collection[str]) -> list[Booking]:
    """All of hers, by when they begin."""
    query = select(consult_booking).where(any_of(connection, _b.customer, sorted(customers)))
    return [_read(row) for row in connection.execute(query.order_by(_b.starts_at, _b.id))]


def of_staff(
    connection: Connection, staff: str | None, since: Instant, until: Instant
) -> list[Booking]:
    """What goes on or begins between two instants: hers, or with None everybody's."""
    query = select(consult_booking).where(
        _b.ends_at > since, _b.starts_at < until, _b.starts_at > since - DAY_MS
    )
    if staff is not None:
        query = query.where(_b.staff == staff)
    listed = query.order_by(_b.starts_at, _b.id).limit(LISTED)
    return [_read(row) for row in connection.execute(listed)]


def around(
    connection: Connection, staff: Sequence[str], at: Instant, *, but: str | None = None
) -> dict[str, list[Instant]]:
    """When bookings of each begin, within a day and a half of `at`."""
    query = select(_b.staff, _b.starts_at).where(
        any_of(connection, _b.staff, staff),
        _b.state != "cancelled",
        _b.starts_at > at - DAY_MS * 3 // 2,
        _b.starts_at < at + DAY_MS * 3 // 2,
    )
    if but is not None:
        query = query.where(_b.id != but)
    found: dict[str, list[Instant]] = defaultdict(list)
    for rep, starts_at in connection.execute(query):
        found[rep].append(starts_at)
    return found


def open_of(
    connection: Connection, customers: Collection[str], now: Instant
) -> list[tuple[str, Instant, Instant]]:
    """Id, begin and end of what she has booked and is not over."""
    query = select(_b.id, _b.starts_at, _b.ends_at).where(
        any_of(connection, _b.customer, sorted(customers)), _b.state == "booked", _b.ends_at > now
    )
    return [(row.id, row.starts_at, row.ends_at) for row in connection.execute(query)]


# Forgetting


def blank(connection: Connection, id: str) -> None:
    change(connection, id, name=None, email=None, text=None, about=None, remind_at=None)


def forget(connection: Connection, before: Instant) -> None:
    """Remove bookings, and what they took, that were over before `before`."""
    connection.execute(delete(consult_booking).where(_b.ends_at < before))
    connection.execute(delete(consult_quarter).where(consult_quarter.c.at < before - DAY_MS))


def _take(connection: Connection, booking: Booking) -> None:
    rows = [
        {"staff": booking.staff, "at": at, "booking": booking.id}
        for at in quarters(booking.starts_at, booking.ends_at)
    ]
    connection.execute(insert(consult_quarter), rows)


def _leave(connection: Connection, booking: str) -> None:
    connection.execute(delete(consult_quarter).where(consult_quarter.c.booking == booking))


def _read(row: Row[*tuple[Any, ...]]) -> Booking:
    values = dict(row._mapping)
    values.pop("request_id")
    about = values.pop("about")
    return Booking(
        **values, about=None if about is None else msgspec.json.decode(about, type=About)
    )

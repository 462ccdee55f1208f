"""What the tests of points play with: orders that earn, and people."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, insert

from commerce_bridge.loyalty import ledger, points
from commerce_bridge.loyalty.model import DAY_MS, Balance
from commerce_bridge.loyalty.rules import Earn, Rules, Transfer
from commerce_bridge.orders.model import Line, Order, OrderState
from core.clock import Instant
from core.identity import store as people
from core.identity.model import Person
from core.identity.tables import customer_alias

ANNA, BELLA, GUEST = "cus_anna", "cus_bella", "cus_guest"

RULES = Rules(
    on=True,
    earn=Earn(spend=100, points=1),
    return_days=7,
    expire_days=30,
    transfer=Transfer(on=True, least=1, most_day=1_000_000),
)
"""A point for each dollar, usable after a week, good for thirty days."""

EARLY = 6 * DAY_MS
RIPE = 8 * DAY_MS


def line(amount: int, variant: str = "var_1", **more: Any) -> Line:
    return Line(variant, "醬", "", None, 1, amount, **more)


def order(
    id: str, customer: str, dollars: int = 0, *, lines: tuple[Line, ...] = (), fee: int = 0
) -> Order:
    """A paid order; what it costs is what its lines cost."""
    lines = lines or (line(dollars * 100),)
    subtotal = sum(one.amount for one in lines)
    return Order(
        id=id,
        serial=1,
        customer=customer,
        now=OrderState("paid", "card", "paid", None),
        account=None,
        currency="TWD",
        subtotal=subtotal,
        discounts=(),
        points=0,
        points_value=0,
        delivery_fee=fee,
        total=subtotal + fee,
        earns=0,
        name="小美",
        phone="+886912345678",
        email=None,
        fulfilment={},
        note=None,
        locale="zh-Hant",
        placed_at=0,
        lines=lines,
        history=(),
    )


def earn(
    connection: Connection, customer: str, dollars: int, now: Instant, *, id: str = "ord_1"
) -> int:
    return points.earn(connection, order(id, customer, dollars), RULES, now)


def give(
    connection: Connection, customer: str, count: int, now: Instant, *, name: str = "gift-1"
) -> None:
    """Points that can be used at once, for thirty days."""
    points.correct(
        connection, customer, count, reason="try", actor="stf_1", request_id=name, rules=RULES,
        now=now,
    )  # fmt: skip


def of(connection: Connection, *ids: str, now: Instant) -> Balance:
    assert ledger.audit(connection) == []
    return points.balance(connection, ids, now)


def available(connection: Connection, *ids: str, now: Instant) -> int:
    return of(connection, *ids, now=now).available


def add_people(connection: Connection, *emails: str) -> list[Person]:
    """Customers of these addresses, and for an empty one a guest."""
    return [
        people.add_customer(connection, email.partition("@")[0] or "客", email or None, 0)
        for email in emails
    ]


def become(connection: Connection, guest: str, customer: str, now: Instant) -> None:
    """Make the guest an alias of the customer, as identity does after its hooks."""
    points.merge(connection, guest, customer, now)
    row = {"alias": guest, "customer": customer, "at": now}
    connection.execute(insert(customer_alias).values(row))


def kinds(connection: Connection, ids: Collection[str], now: Instant) -> list[tuple[str, int]]:
    """Her history, oldest first: kind and points."""
    rows = points.history(connection, ids, now, most=1_000)
    return [(row.kind, row.points) for row in reversed(rows)]

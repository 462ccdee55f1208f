"""Orders that were there before coupons are there after them, and are what they were."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from commerce_bridge.embedded.catalogue import put_product
from commerce_bridge.embedded.model import ProductDraft, VariantDraft
from commerce_bridge.orders import store as orders
from core.db import Database
from migrations import upgrade
from tests.commerce_bridge.world import twd
from tests.servers import PostgresServer

ORDER = text(
    "INSERT INTO shop_order (id, customer, request_id, state, method, payment, currency, subtotal,"
    " delivery_fee, total, contact_name, contact_phone, fulfilment, locale, placed_at) VALUES"
    " (:id, 'cus_mei', :id, 'paid', 'card', 'paid', 'TWD', 36000, 8000, 44000, '林小美',"
    " '+886912345678', '{\"kind\": \"home\"}', 'zh-Hant', 1)"
)
LINE = text(
    "INSERT INTO order_line (order_id, position, claim, show, variant_id, title, variant_title,"
    " quantity, unit_price) VALUES (:order, :position, :claim, :show, 'var_1', 'chilli', '', 1,"
    " 18000)"
)
EVENT = text(
    'INSERT INTO order_event (order_id, position, at, act, state, "by") VALUES'
    " ('ord_1', 0, 1, 'place', 'paid', 'customer')"
)
PAYMENT = text(
    "INSERT INTO payment (id, order_id, provider, amount, currency, state, created_at, changed_at)"
    " VALUES ('pay_1', 'ord_1', 'test', 44000, 'TWD', 'paid', 1, 1)"
)


@pytest.fixture(params=["sqlite", "postgres"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database as it was before this."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'old.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    server.sql("DROP DATABASE IF EXISTS before_coupons")
    server.sql("CREATE DATABASE before_coupons")
    return server.url("before_coupons")


def brought_to(url: str, revision: str) -> None:
    """The migration runs a loop of its own, which this thread may have already."""
    with ThreadPoolExecutor(1) as apart:
        apart.submit(upgrade, url, revision).result()


def sold_before(connection: Connection) -> None:
    """An order of two lines, one of them claimed in a show, and a line in a cart."""
    made = put_product(
        connection, ProductDraft("a", "a", "", (), (VariantDraft("A01", {}, twd(360)),)), 1
    )
    connection.execute(
        text(
            "INSERT INTO cart_line (id, customer, variant_id, quantity, added_at)"
            " VALUES ('lin_1', 'cus_mei', :variant, 2, 1)"
        ),
        {"variant": made["A01"]},
    )
    connection.execute(ORDER, {"id": "ord_1"})
    connection.execute(LINE, {"order": "ord_1", "position": 0, "claim": "shw_1.1", "show": "shw_1"})
    connection.execute(LINE, {"order": "ord_1", "position": 1, "claim": None, "show": None})
    connection.execute(EVENT)
    connection.execute(PAYMENT)


async def test_an_older_database_is_carried_over_whole(old_url: str) -> None:
    brought_to(old_url, "0012")
    async with Database.open(old_url) as database:
        await database.write(sold_before)
    brought_to(old_url, "head")
    async with Database.open(old_url) as database:
        order = await database.read(lambda c: orders.get(c, "ord_1"))
        assert (order.number, order.subtotal, order.delivery_fee, order.total) == (
            "P-1001", 36_000, 8_000, 44_000,
        )  # fmt: skip
        assert (order.discounts, order.discount, order.points, order.earns) == ((), 0, 0, 0)
        assert [line.via for line in order.lines] == ["show", "shop"]
        assert [event.act for event in order.history] == ["place"]
        paid = text("SELECT state FROM payment WHERE order_id = 'ord_1'")
        assert await database.read(lambda c: c.execute(paid).scalars().all()) == ["paid"]
        via = text("SELECT via FROM cart_line WHERE id = 'lin_1'")
        assert await database.read(lambda c: c.execute(via).scalar_one()) == "shop"
        await still_guarded(database)


async def still_guarded(database: Database) -> None:
    """Numbers go on, sums are checked, and nothing refers to what is not there."""
    await database.write(lambda c: c.execute(ORDER, {"id": "ord_2"}))
    assert (await database.read(lambda c: orders.get(c, "ord_2"))).number == "P-1002"
    for wrong in (
        "UPDATE shop_order SET total = 1",
        "UPDATE shop_order SET discount = 36001, total = 7999",
        "UPDATE order_line SET order_id = 'ord_none'",
        "DELETE FROM shop_order WHERE id = 'ord_1'",
    ):
        with pytest.raises(IntegrityError):
            await database.write(_doing(wrong))
    await database.write(_doing("UPDATE shop_order SET discount = 36000, total = 8000"))


def _doing(statement: str) -> Callable[[Connection], object]:
    return lambda connection: connection.execute(text(statement))

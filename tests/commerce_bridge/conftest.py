"""A small shop to try things on: two products, two locations, and rooms that hold claims."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from commerce_bridge import rooms as told
from commerce_bridge.commerce import Commerce
from commerce_bridge.embedded import catalogue, stock
from commerce_bridge.embedded.model import ProductDraft, VariantDraft
from commerce_bridge.embedded.shop import EmbeddedShop
from commerce_bridge.loyalty import ledger as points
from core.clock import ManualClock
from core.db import Database
from core.notices import Notices
from core.outbox import Outbox
from core.settings import Settings
from tests.commerce_bridge.world import Goods, Rooms, twd


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_folder=tmp_path, transfer_account="822-0000-1111")


@pytest.fixture
async def goods(database: Database, clock: ManualClock) -> Goods:
    def unit(connection: Connection) -> Goods:
        storeroom = catalogue.put_location(connection, "網路倉")
        xinyi = catalogue.put_location(
            connection, "信義店", address="松仁路 1 號", hours="11–21", pickup=True
        )
        chilli = ProductDraft(
            "chilli",
            "秋釀剝皮辣椒",
            "脆。",
            ("/demo/a01.svg",),
            (VariantDraft("A01", {}, twd(360)),),
        )
        oil = ProductDraft(
            "oil",
            "手炒花椒辣油",
            "麻。",
            ("/demo/b01.svg",),
            (
                VariantDraft("B01-S", {"辣度": "小辣"}, twd(380)),
                VariantDraft("B01-L", {"辣度": "大辣"}, twd(380)),
            ),
        )
        now = clock.now()
        ids = catalogue.put_product(connection, chilli, now)
        ids |= catalogue.put_product(connection, oil, now)
        found = Goods(ids["A01"], ids["B01-S"], ids["B01-L"], storeroom, xinyi)
        there = {
            (storeroom, found.chilli): 10,
            (storeroom, found.oil_mild): 5,
            (xinyi, found.chilli): 2,
        }
        stock.count(connection, there, key="count:1", at=now)
        return found

    return await database.write(unit)


@pytest.fixture
def shop(database: Database, clock: ManualClock) -> EmbeddedShop:
    return EmbeddedShop(database, clock)


@pytest.fixture
def rooms(database: Database) -> Rooms:
    return Rooms(database)


@pytest.fixture
def outbox(database: Database, clock: ManualClock, rooms: Rooms, commerce: Commerce) -> Outbox:
    """What `drain` hands over: to the rooms, and to the shop itself."""
    outbox = Outbox(database, clock)
    for topic in (told.ORDER_PLACED, told.ORDER_PAID, told.ORDER_RELEASED, told.ORDER_CANCELLED):
        outbox.subscribe(topic, rooms.hearer(topic))
    commerce.join(outbox)
    return outbox


@pytest.fixture
def commerce(database: Database, clock: ManualClock, settings: Settings, rooms: Rooms) -> Commerce:
    notices = Notices(database, clock, settings)
    return Commerce(database, clock, settings, rooms, notices, b"a key of 32 octets, for trying..")


@pytest.fixture
async def ledger_holds(database: Database) -> AsyncIterator[None]:
    """After the test every level is what the movements say, and nothing was made or lost."""
    yield
    assert await database.read(stock.audit) == []


@pytest.fixture
async def points_hold(database: Database) -> AsyncIterator[None]:
    """After the test the ledger of points sums to nothing."""
    yield
    assert await database.read(points.audit) == []

"""A small shop to try things on: 阿禾醬坊, which makes sauces and pickles. Made up, all of it."""

from __future__ import annotations

from sqlalchemy import Connection

from commerce_bridge.embedded import catalogue, stock
from commerce_bridge.embedded.model import ProductDraft, VariantDraft
from commerce_bridge.embedded.stock import Level
from core.clock import Clock, Instant
from core.db import Database
from core.ids import new_id
from core.money import Money, exponent

STOREROOM = "西螺倉庫"

LOCATIONS = (
    (STOREROOM, "", "", False),
    ("信義店", "台北市信義區松高路 9 號", "每天 11:00–21:30", True),
    ("板橋店", "新北市板橋區縣民大道二段 3 號", "每天 11:00–21:00", True),
)
"""Name, address, hours, and whether orders are handed out there."""

Choice = tuple[str, dict[str, str], int, tuple[int, int, int]]
"""SKU, options, price in major units, pieces at each of `LOCATIONS`."""

PRODUCTS: tuple[tuple[str, str, str, tuple[Choice, ...]], ...] = (
    (
        "a01",
        "秋釀剝皮辣椒",
        "花蓮青辣椒去皮去籽，用黑豆蔭油慢煮，脆而不嗆。450g，開罐後冷藏，三週內吃完。",
        (("A01", {}, 360, (180, 12, 8)),),
    ),
    (
        "a02",
        "麻油辣豆腐乳",
        "板豆腐日曬後以米麴釀半年，淋現榨黑麻油，微辣。380g。",
        (("A02", {}, 260, (120, 10, 6)),),
    ),
    (
        "a03",
        "紫蘇脆梅",
        "信義鄉青梅配紫蘇葉，酸甜帶脆，不辣。300g。",
        (("A03", {}, 290, (60, 12, 4)),),
    ),
    (
        "b01",
        "手炒花椒辣油",
        "大紅袍花椒與朝天椒分三次入油，香在前，辣在後。240ml。",
        (
            ("B01-S", {"辣度": "小辣"}, 380, (60, 6, 4)),
            ("B01-M", {"辣度": "中辣"}, 380, (60, 6, 4)),
            ("B01-L", {"辣度": "大辣"}, 380, (40, 3, 0)),
        ),
    ),
    (
        "b02",
        "古早味樹子",
        "破布子加薑與蔭油熬煮，蒸魚、炒山蘇都好，不辣。300g。",
        (("B02", {}, 210, (90, 8, 8)),),
    ),
    (
        "b03",
        "兩年黑豆蔭油",
        "西螺黑豆下甕日曬兩年才開，只用豆和鹽，入口鹹、尾巴甜。500ml。",
        (("B03", {}, 480, (72, 8, 1)),),
    ),
    (
        "c01",
        "年節開罐禮盒",
        "剝皮辣椒、豆腐乳、蔭油各一，紙盒綁繩，附手寫卡。",
        (("C01", {}, 1080, (40, 4, 4)),),
    ),
)
"""Picture, title, description, choices."""


async def furnish(database: Database, clock: Clock, currency: str) -> None:
    """Put the demo's products and stock into an empty shop, and fill up in its own what ran low.

    Another shop stays as it is.
    """

    def unit(connection: Connection) -> None:
        if not catalogue.products(connection, limit=1):
            _furnish(connection, currency, clock.now())
        else:
            _restock(connection, clock.now())

    await database.write(unit)


def _furnish(connection: Connection, currency: str, now: Instant) -> None:
    places = [
        catalogue.put_location(connection, name, address=address, hours=hours, pickup=pickup)
        for name, address, hours, pickup in LOCATIONS
    ]
    counted: dict[Level, int] = {}
    for picture, title, description, choices in PRODUCTS:
        draft = ProductDraft(
            handle=picture,
            title=title,
            description=description,
            pictures=(f"/demo/{picture}.svg",),
            variants=tuple(
                VariantDraft(sku, options, Money(price * 10 ** exponent(currency), currency))
                for sku, options, price, _ in choices
            ),
        )
        ids = catalogue.put_product(connection, draft, now)
        for sku, _, _, pieces in choices:
            counted |= {(place, ids[sku]): n for place, n in zip(places, pieces, strict=True)}
    stock.count(connection, counted, key="demo", at=now)


def _restock(connection: Connection, now: Instant) -> None:
    """Bring in what began with the demo and of which less than half is left to sell."""
    ids = {place.name: place.id for place in catalogue.locations(connection)}
    if not ids.keys() >= {name for name, *_ in LOCATIONS}:
        return
    places = [ids[name] for name, *_ in LOCATIONS]
    begun = {sku: pieces for *_, choices in PRODUCTS for sku, _, _, pieces in choices}
    low = {
        variant.id: begun[variant.sku]
        for product in catalogue.products(connection)
        for variant in product.variants
        if variant.available * 2 < sum(begun.get(variant.sku, ()))
    }
    there = stock.at_locations(connection, low)
    counted = {
        (place, variant): pieces
        for variant, begun_with in low.items()
        for place, pieces in zip(places, begun_with, strict=True)
        if there.get(variant, {}).get(place, 0) < pieces
    }
    stock.count(connection, counted, key=f"demo:{new_id('cnt')}", at=now)

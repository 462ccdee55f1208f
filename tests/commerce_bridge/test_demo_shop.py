"""The demo's shop, at its first start and at the next ones."""

from sqlalchemy import Connection

from commerce_bridge.embedded import catalogue, demo, stock
from commerce_bridge.embedded.shop import EmbeddedShop
from core.clock import ManualClock
from core.db import Database
from tests.commerce_bridge.world import Goods


async def sellable(shop: EmbeddedShop) -> dict[str, int]:
    return {
        variant.sku: variant.available
        for product in await shop.products()
        for variant in product.variants
    }


async def count_all(database: Database, clock: ManualClock, sku: str, pieces: int) -> None:
    """Have `pieces` of `sku` at each location."""

    def unit(connection: Connection) -> None:
        [product] = catalogue.products(connection, sku)
        [variant] = [one.id for one in product.variants if one.sku == sku]
        there = {(place.id, variant): pieces for place in catalogue.locations(connection)}
        stock.count(connection, there, key=f"test:{sku}:{clock.advance(1)}", at=clock.now())

    await database.write(unit)


async def test_what_ran_low_is_there_again_at_the_next_start(
    database: Database, shop: EmbeddedShop, clock: ManualClock
) -> None:
    await demo.furnish(database, clock, "TWD")
    begun = await sellable(shop)
    for _ in range(2):
        await count_all(database, clock, "A01", 0)
        await count_all(database, clock, "B01-S", 3)
        await demo.furnish(database, clock, "TWD")
        assert await sellable(shop) == begun
    assert await database.read(stock.audit) == []


async def test_what_did_not_run_low_stays_as_it_is(
    database: Database, shop: EmbeddedShop, clock: ManualClock
) -> None:
    await demo.furnish(database, clock, "TWD")
    await count_all(database, clock, "A01", 40)
    await count_all(database, clock, "A02", 300)
    before = await sellable(shop)
    await demo.furnish(database, clock, "TWD")
    assert await sellable(shop) == before


async def test_a_shop_that_is_not_the_demos_stays_as_it_is(
    database: Database, shop: EmbeddedShop, goods: Goods, clock: ManualClock
) -> None:
    before = await shop.stock([goods.chilli, goods.oil_mild, goods.oil_hot])
    await demo.furnish(database, clock, "TWD")
    assert await shop.stock([goods.chilli, goods.oil_mild, goods.oil_hot]) == before
    assert len(await shop.products()) == 2

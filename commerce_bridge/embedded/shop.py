"""The embedded shop behind the port."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from commerce_bridge.embedded import catalogue, sales, stock
from commerce_bridge.port import (
    Allotment,
    Caps,
    Change,
    Location,
    OrderDraft,
    Product,
    ShopOrder,
    UnknownOrder,
    UnknownProduct,
    Variant,
)
from core.clock import Clock, Instant
from core.db import Database


class EmbeddedShop:
    """A shop on our own database; `commerce_bridge.port.Shop` says what each method does.

    Besides the port it has `sell` and `undo`, which work within the caller's transaction.
    """

    caps = Caps(live_price=True, own_checkout=True, serial_commit=False, exact_allotment=True)

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def products(self, query: str = "", *, limit: int = 200) -> list[Product]:
        return await self._database.read(lambda c: catalogue.products(c, query, limit=limit))

    async def product(self, product_id: str) -> Product:
        return await self._database.read(lambda c: catalogue.product(c, product_id))

    async def variants(self, variant_ids: Sequence[str]) -> dict[str, Variant]:
        return await self._database.read(lambda c: catalogue.variants(c, variant_ids))

    async def locations(self) -> list[Location]:
        return await self._database.read(catalogue.locations)

    async def stock(self, variant_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        return await self._database.read(lambda c: stock.at_locations(c, variant_ids))

    async def allot(
        self, key: str, variant_id: str, quantity: int, *, show: str, item: str
    ) -> Allotment:
        def unit(connection: Connection) -> Allotment:
            if not catalogue.for_sale(connection, [variant_id]):
                raise UnknownProduct("There is no such variant for sale.")
            return stock.allot(
                connection,
                key,
                variant_id,
                quantity,
                show=show,
                item=item,
                locations=[location.id for location in catalogue.locations(connection)],
                at=self._clock.now(),
            )

        return await self._database.write(unit)

    async def give_back(self, key: str, place: str, quantity: int) -> int:
        return await self._database.write(
            lambda c: stock.give_back(c, key, place, quantity, at=self._clock.now())
        )

    async def prepare_order(self, key: str, draft: OrderDraft) -> ShopOrder:
        return await self._database.write(lambda c: sales.prepare(c, key, draft, self._clock.now()))

    async def commit_order(self, key: str, ref: str) -> ShopOrder:
        return await self._database.write(lambda c: sales.commit(c, ref, self._clock.now()))

    async def cancel_order(self, key: str, ref: str) -> ShopOrder:
        return await self._database.write(lambda c: sales.cancel(c, ref, self._clock.now()))

    async def find_order(self, key: str) -> ShopOrder | None:
        return await self._database.read(lambda c: sales.find(c, key))

    async def changes(self, since: Instant) -> list[Change]:
        return await self._database.read(lambda c: _changes(c, since))

    def sell(self, connection: Connection, key: str, draft: OrderDraft, now: Instant) -> None:
        """Take an order's pieces in the caller's transaction, once for each key.

        Raises UnknownProduct, UnknownPlace, OutOfStock.
        """
        sales.commit(connection, sales.prepare(connection, key, draft, now).ref, now)

    def undo(self, connection: Connection, key: str, now: Instant) -> None:
        """Put an order's pieces back where they came from, in the caller's transaction."""
        sold = sales.find(connection, key)
        if sold is None:
            raise UnknownOrder("The shop does not know this order.")
        sales.cancel(connection, sold.ref, now)


_MOST_CHANGES = 10_000


def _changes(connection: Connection, since: Instant) -> list[Change]:
    products = connection.execute(
        select(catalogue.product_table.c.id, catalogue.product_table.c.changed_at)
        .where(catalogue.product_table.c.changed_at >= since)
        .limit(_MOST_CHANGES)
    )
    moved = connection.execute(
        select(stock.stock_movement.c.variant_id, stock.stock_movement.c.at)
        .where(stock.stock_movement.c.at >= since)
        .order_by(stock.stock_movement.c.id)
        .limit(_MOST_CHANGES)
    )
    sold = connection.execute(
        select(sales.sale.c.ref, sales.sale.c.changed_at)
        .where(sales.sale.c.changed_at >= since)
        .limit(_MOST_CHANGES)
    )
    latest = {row.variant_id: row.at for row in moved}
    changes = [Change("product", ref, at) for ref, at in products]
    changes += [Change("stock", ref, at) for ref, at in latest.items()]
    changes += [Change("order", ref, at) for ref, at in sold]
    return sorted(changes, key=lambda change: (change.at, change.kind, change.ref))

"""What must always hold of the ledger, whatever is done in whatever order."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection, func, select

from commerce_bridge.embedded import sales, stock
from commerce_bridge.embedded.stock import SOLD, SUPPLIER, stock_level
from commerce_bridge.port import OrderDraft, OutOfStock, SaleLine
from core.db import Database
from tests.commerce_bridge.contract import BUYER
from tests.commerce_bridge.world import Goods, twd

FEW = st.integers(1, 6)
KEYS = st.integers(0, 30).map(lambda number: f"k{number}")
ITEMS = st.sampled_from(["itm_1", "itm_2"])


class Ledger(RuleBasedStateMachine):
    """Allotting, giving back, ordering, cancelling and counting, under keys that often repeat.

    Beside the ledger stands a plain model of it: pieces by place. A repeat under a key that was
    used must change nothing.
    """

    def __init__(self, connection: Connection, goods: Goods) -> None:
        super().__init__()
        self.connection = connection
        self.savepoint = connection.begin_nested()
        self.goods = goods
        self.variant = goods.chilli
        self.locations = [goods.storeroom, goods.xinyi]
        self.at = 0
        self.places: dict[str, str] = {}
        self.done: dict[str, tuple[Any, ...]] = {}
        self.orders: dict[str, str] = {}
        self.model = {SUPPLIER: -12, goods.storeroom: 10, goods.xinyi: 2, SOLD: 0}

    def teardown(self) -> None:
        self.savepoint.rollback()

    @rule(key=KEYS, item=ITEMS, quantity=FEW)
    def allot(self, key: str, item: str, quantity: int) -> None:
        asked = ("allot", item, quantity)
        if self.done.get(key, asked) != asked:
            return
        got = stock.allot(
            self.connection,
            key,
            self.variant,
            quantity,
            show="shw_1",
            item=item,
            locations=self.locations,
            at=self.at,
        )
        self.places[item] = got.place
        if key not in self.done:
            self.done[key] = asked
            there = sum(self.model[location] for location in self.locations)
            assert got.granted == min(quantity, there)
            self._move(self.locations, got.place, got.granted)

    @rule(key=KEYS, item=ITEMS, quantity=FEW)
    def give_back(self, key: str, item: str, quantity: int) -> None:
        asked = ("back", item, quantity)
        if item not in self.places or self.done.get(key, asked) != asked:
            return
        place = self.places[item]
        given = stock.give_back(self.connection, key, place, quantity, at=self.at)
        if key not in self.done:
            self.done[key] = asked
            assert given == min(quantity, self.model[place])
            self.model = self._levels()

    @rule(key=KEYS, quantity=FEW, item=st.one_of(st.none(), ITEMS))
    def order(self, key: str, quantity: int, item: str | None) -> None:
        place = None if item is None else self.places.get(item)
        if key in self.orders or (item is not None and place is None):
            return
        draft = OrderDraft((SaleLine(self.variant, quantity, twd(1), place),), twd(0), BUYER)
        named = f"order:{key}:{quantity}:{place}"
        ref = sales.prepare(self.connection, named, draft, self.at).ref
        sources = self.locations if place is None else [place]
        there = sum(self.model[source] for source in sources)
        try:
            sales.commit(self.connection, ref, self.at)
        except OutOfStock:
            assert there < quantity
        else:
            self.orders[key] = ref
            self._move(sources, SOLD, quantity)

    @rule(key=KEYS)
    def cancel(self, key: str) -> None:
        if key in self.orders:
            before = self._levels()
            sales.cancel(self.connection, self.orders[key], self.at)
            after = self._levels()
            assert all(after[place] >= before[place] for place in after if place != SOLD)
            self.model = after

    @rule(counted=st.integers(0, 15))
    def count(self, counted: int) -> None:
        self.at += 1
        stock.count(
            self.connection,
            {(self.goods.storeroom, self.variant): counted},
            key=f"recount:{self.at}",
            at=self.at,
        )
        self.model[SUPPLIER] += self.model[self.goods.storeroom] - counted
        self.model[self.goods.storeroom] = counted

    @invariant()
    def the_levels_are_what_was_done(self) -> None:
        levels = self._levels()
        assert {place: n for place, n in levels.items() if n} == {
            place: n for place, n in self.model.items() if n
        }

    @invariant()
    def no_piece_is_made_or_lost(self) -> None:
        total = self.connection.execute(select(func.sum(stock_level.c.quantity))).scalar_one()
        assert total == 0
        assert stock.audit(self.connection) == []

    def _levels(self) -> dict[str, int]:
        rows = self.connection.execute(
            select(stock_level.c.place, stock_level.c.quantity).where(
                stock_level.c.variant_id == self.variant
            )
        )
        return {row.place: row.quantity for row in rows}

    def _move(self, sources: list[str], target: str, quantity: int) -> None:
        for source in sources:
            part = min(quantity, self.model[source])
            self.model[source] -= part
            self.model[target] = self.model.get(target, 0) + part
            quantity -= part


async def test_the_ledger_keeps_every_piece_through_whatever_happens(
    database: Database, goods: Goods
) -> None:
    quick = database.dialect == "sqlite"

    def unit(connection: Connection) -> None:
        class Here(Ledger):
            def __init__(self) -> None:
                super().__init__(connection, goods)

        run_state_machine_as_test(
            Here,
            settings=settings(
                max_examples=60 if quick else 15,
                stateful_step_count=40,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )

    await database.write(unit)

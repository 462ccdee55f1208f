"""What every shop behind the port must do, whichever it is.

An adapter's test subclasses `ShopContract` and gives a fixture `stocked`: a shop that sells one
variant of which there are 12 pieces at NT$360, with nothing else going on.
"""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from commerce_bridge.port import (
    Buyer,
    OrderDraft,
    OutOfStock,
    SaleLine,
    Shop,
    UnknownOrder,
    UnknownPlace,
    UnknownProduct,
)
from core.errors import Conflict
from core.money import Money

BUYER = Buyer(name="小美", phone="+886912345678", email=None)


class Stocked(msgspec.Struct, frozen=True):
    shop: Shop
    variant_id: str


def draft(variant_id: str, quantity: int, place: str | None = None) -> OrderDraft:
    line = SaleLine(variant_id, quantity, Money(28_800, "TWD"), place)
    return OrderDraft((line,), Money(8_000, "TWD"), BUYER)


class ShopContract:
    async def left(self, stocked: Stocked) -> int:
        variants = await stocked.shop.variants([stocked.variant_id])
        return variants[stocked.variant_id].available

    async def test_a_product_shows_its_variants_price_and_pieces(self, stocked: Stocked) -> None:
        [product] = [
            one
            for one in await stocked.shop.products()
            if any(variant.id == stocked.variant_id for variant in one.variants)
        ]
        assert await stocked.shop.product(product.id) == product
        variant = (await stocked.shop.variants([stocked.variant_id]))[stocked.variant_id]
        assert (variant.price, variant.available) == (Money(36_000, "TWD"), 12)

    async def test_products_are_found_by_title_and_sku(self, stocked: Stocked) -> None:
        [product] = [
            one
            for one in await stocked.shop.products()
            if any(variant.id == stocked.variant_id for variant in one.variants)
        ]
        assert product in await stocked.shop.products(product.title[1:3])
        assert product in await stocked.shop.products(product.variants[0].sku.lower())
        assert await stocked.shop.products("100% not there_") == []

    async def test_what_is_not_for_sale_is_unknown(self, stocked: Stocked) -> None:
        assert await stocked.shop.variants(["var_none"]) == {}
        with pytest.raises(UnknownProduct):
            await stocked.shop.product("prd_none")
        with pytest.raises(UnknownProduct):
            await stocked.shop.allot("k", "var_none", 1, show="shw_1", item="itm_1")

    async def test_stock_by_location_adds_up_to_what_may_be_sold(self, stocked: Stocked) -> None:
        by_location = (await stocked.shop.stock([stocked.variant_id]))[stocked.variant_id]
        assert sum(by_location.values()) == 12
        assert by_location.keys() <= {one.id for one in await stocked.shop.locations()}

    async def test_an_allotment_is_taken_out_of_sale(self, stocked: Stocked) -> None:
        got = await stocked.shop.allot("k", stocked.variant_id, 5, show="shw_1", item="itm_1")
        assert got.granted == 5
        assert await self.left(stocked) == 7

    async def test_an_allotment_is_at_most_what_there_is(self, stocked: Stocked) -> None:
        allot = stocked.shop.allot
        assert (await allot("k1", stocked.variant_id, 50, show="shw_1", item="itm_1")).granted == 12
        assert (await allot("k2", stocked.variant_id, 1, show="shw_1", item="itm_1")).granted == 0
        assert await self.left(stocked) == 0

    async def test_allotting_again_by_the_same_key_answers_the_same(self, stocked: Stocked) -> None:
        allot = stocked.shop.allot
        first = await allot("k", stocked.variant_id, 5, show="shw_1", item="itm_1")
        assert await allot("k", stocked.variant_id, 5, show="shw_1", item="itm_1") == first
        assert await self.left(stocked) == 7

    async def test_a_key_is_for_one_thing(self, stocked: Stocked) -> None:
        await stocked.shop.allot("k", stocked.variant_id, 5, show="shw_1", item="itm_1")
        with pytest.raises(Conflict):
            await stocked.shop.allot("k", stocked.variant_id, 6, show="shw_1", item="itm_1")

    async def test_an_allotment_of_nothing_stays_nothing_under_its_key(
        self, stocked: Stocked
    ) -> None:
        allot = stocked.shop.allot
        all_of_it = await allot("k1", stocked.variant_id, 12, show="shw_1", item="itm_1")
        none = await allot("k2", stocked.variant_id, 3, show="shw_1", item="itm_2")
        await stocked.shop.give_back("b", all_of_it.place, 12)
        assert await allot("k2", stocked.variant_id, 3, show="shw_1", item="itm_2") == none

    async def test_an_allotment_is_raised_at_its_place(self, stocked: Stocked) -> None:
        allot = stocked.shop.allot
        first = await allot("k1", stocked.variant_id, 5, show="shw_1", item="itm_1")
        second = await allot("k2", stocked.variant_id, 3, show="shw_1", item="itm_1")
        other = await allot("k3", stocked.variant_id, 1, show="shw_1", item="itm_2")
        assert first.place == second.place != other.place
        assert await stocked.shop.give_back("b", first.place, 99) == 8

    async def test_what_is_given_back_is_on_sale_again_once(self, stocked: Stocked) -> None:
        got = await stocked.shop.allot("k", stocked.variant_id, 5, show="shw_1", item="itm_1")
        assert await stocked.shop.give_back("b", got.place, 2) == 2
        assert await stocked.shop.give_back("b", got.place, 2) == 2
        assert await self.left(stocked) == 9
        with pytest.raises(UnknownPlace):
            await stocked.shop.give_back("c", "alt_none", 1)

    async def test_a_prepared_order_takes_nothing(self, stocked: Stocked) -> None:
        order = await stocked.shop.prepare_order("o", draft(stocked.variant_id, 2))
        assert order.state == "prepared"
        assert await self.left(stocked) == 12
        assert await stocked.shop.prepare_order("o", draft(stocked.variant_id, 2)) == order

    async def test_a_committed_order_takes_its_pieces_once(self, stocked: Stocked) -> None:
        ref = (await stocked.shop.prepare_order("o", draft(stocked.variant_id, 2))).ref
        assert (await stocked.shop.commit_order("c", ref)).state == "committed"
        assert (await stocked.shop.commit_order("c", ref)).state == "committed"
        assert await self.left(stocked) == 10

    async def test_an_order_takes_all_or_nothing(self, stocked: Stocked) -> None:
        ref = (await stocked.shop.prepare_order("o", draft(stocked.variant_id, 13))).ref
        with pytest.raises(OutOfStock) as error:
            await stocked.shop.commit_order("c", ref)
        assert error.value.data["variants"] == {stocked.variant_id: 12}
        assert await self.left(stocked) == 12

    async def test_an_order_of_claims_takes_from_the_allotment_alone(
        self, stocked: Stocked
    ) -> None:
        got = await stocked.shop.allot("k", stocked.variant_id, 2, show="shw_1", item="itm_1")
        ref = (await stocked.shop.prepare_order("o", draft(stocked.variant_id, 2, got.place))).ref
        await stocked.shop.commit_order("c", ref)
        assert await self.left(stocked) == 10
        more = (await stocked.shop.prepare_order("p", draft(stocked.variant_id, 1, got.place))).ref
        with pytest.raises(OutOfStock):
            await stocked.shop.commit_order("d", more)
        assert await stocked.shop.give_back("b", got.place, 1) == 0

    async def test_a_cancelled_order_puts_back_where_it_took(self, stocked: Stocked) -> None:
        got = await stocked.shop.allot("k", stocked.variant_id, 2, show="shw_1", item="itm_1")
        of_show = (
            await stocked.shop.prepare_order("o", draft(stocked.variant_id, 2, got.place))
        ).ref
        of_shop = (await stocked.shop.prepare_order("p", draft(stocked.variant_id, 4))).ref
        await stocked.shop.commit_order("c", of_show)
        await stocked.shop.commit_order("d", of_shop)
        for _ in range(2):
            assert (await stocked.shop.cancel_order("x", of_show)).state == "cancelled"
            assert (await stocked.shop.cancel_order("y", of_shop)).state == "cancelled"
        assert await self.left(stocked) == 10
        assert await stocked.shop.give_back("b", got.place, 9) == 2
        with pytest.raises(Conflict):
            await stocked.shop.commit_order("c", of_show)

    async def test_an_order_is_found_by_its_key_or_was_never_made(self, stocked: Stocked) -> None:
        order = await stocked.shop.prepare_order("o", draft(stocked.variant_id, 2))
        assert await stocked.shop.find_order("o") == order
        assert await stocked.shop.find_order("p") is None
        for act in (stocked.shop.commit_order, stocked.shop.cancel_order):
            with pytest.raises(UnknownOrder):
                await act("k", "sal_none")

    async def test_an_order_names_known_things(self, stocked: Stocked) -> None:
        with pytest.raises(UnknownProduct):
            await stocked.shop.prepare_order("o", draft("var_none", 1))
        with pytest.raises(UnknownPlace):
            await stocked.shop.prepare_order("o", draft(stocked.variant_id, 1, "alt_none"))

    async def test_what_changed_is_told(self, stocked: Stocked) -> None:
        await stocked.shop.allot("k", stocked.variant_id, 1, show="shw_1", item="itm_1")
        changes = await stocked.shop.changes(0)
        assert ("stock", stocked.variant_id) in [(one.kind, one.ref) for one in changes]
        assert await stocked.shop.changes(2**50) == []

    async def test_a_show_and_buyers_at_once_never_get_more_than_there_is(
        self, stocked: Stocked
    ) -> None:
        async def buy(number: int) -> int:
            order = await stocked.shop.prepare_order(f"o{number}", draft(stocked.variant_id, 1))
            try:
                await stocked.shop.commit_order(f"c{number}", order.ref)
            except OutOfStock:
                return 0
            return 1

        async def allot(number: int) -> int:
            got = await stocked.shop.allot(
                f"k{number}", stocked.variant_id, 3, show="shw_1", item=f"itm_{number % 2}"
            )
            return got.granted

        taken = await asyncio.gather(*map(buy, range(10)), *map(allot, range(4)))
        assert sum(taken) == 12
        assert await self.left(stocked) == 0

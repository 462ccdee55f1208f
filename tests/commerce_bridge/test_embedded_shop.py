"""The embedded shop, as every shop, and where it goes beyond."""

import pytest

from commerce_bridge.embedded import catalogue, stock
from commerce_bridge.embedded.model import ProductDraft, VariantDraft
from commerce_bridge.embedded.shop import EmbeddedShop
from commerce_bridge.port import OrderDraft, OutOfStock, SaleLine
from core.clock import ManualClock
from core.db import Database
from core.errors import BadRequest
from tests.commerce_bridge.contract import BUYER, ShopContract, Stocked, draft
from tests.commerce_bridge.world import Goods, twd


class TestEmbeddedShop(ShopContract):
    @pytest.fixture
    def stocked(self, shop: EmbeddedShop, goods: Goods) -> Stocked:
        return Stocked(shop, goods.chilli)


async def test_options_are_those_of_the_variants_in_order(shop: EmbeddedShop, goods: Goods) -> None:
    [oil] = await shop.products("辣油")
    assert [(option.name, option.values) for option in oil.options] == [("辣度", ("小辣", "大辣"))]
    assert [variant.title for variant in oil.variants] == ["小辣", "大辣"]


async def test_what_is_fetched_at_a_location_is_taken_there_first(
    shop: EmbeddedShop, goods: Goods
) -> None:
    line = SaleLine(goods.chilli, 3, twd(360))
    order = await shop.prepare_order("o", OrderDraft((line,), twd(0), BUYER, goods.xinyi))
    await shop.commit_order("c", order.ref)
    assert await shop.stock([goods.chilli]) == {goods.chilli: {goods.storeroom: 9}}
    await shop.cancel_order("x", order.ref)
    assert await shop.stock([goods.chilli]) == {goods.chilli: {goods.storeroom: 10, goods.xinyi: 2}}


async def test_given_back_pieces_lie_again_where_they_came_from(
    shop: EmbeddedShop, goods: Goods
) -> None:
    got = await shop.allot("k", goods.chilli, 11, show="shw_1", item="itm_1")
    assert await shop.stock([goods.chilli]) == {goods.chilli: {goods.xinyi: 1}}
    await shop.give_back("b1", got.place, 4)
    await shop.give_back("b2", got.place, 7)
    assert await shop.stock([goods.chilli]) == {goods.chilli: {goods.storeroom: 10, goods.xinyi: 2}}


async def test_a_draft_that_wants_too_much_of_one_thing_in_two_lines_gets_nothing(
    shop: EmbeddedShop, goods: Goods
) -> None:
    line = SaleLine(goods.chilli, 7, twd(360))
    order = await shop.prepare_order("o", OrderDraft((line, line), twd(0), BUYER))
    with pytest.raises(OutOfStock):
        await shop.commit_order("c", order.ref)


async def test_a_count_moves_only_the_difference(
    database: Database, shop: EmbeddedShop, goods: Goods, clock: ManualClock
) -> None:
    pieces = {goods.chilli: 4, goods.oil_mild: 5, goods.oil_hot: 1}
    counted = {(goods.storeroom, variant): n for variant, n in pieces.items()}
    differed = await database.write(
        lambda c: stock.count(c, counted, key="count:3", at=clock.now())
    )
    assert differed == 2
    there = await shop.stock([goods.chilli, goods.oil_mild, goods.oil_hot])
    assert there == {
        goods.chilli: {goods.storeroom: 4, goods.xinyi: 2},
        goods.oil_mild: {goods.storeroom: 5},
        goods.oil_hot: {goods.storeroom: 1},
    }


async def test_an_audit_finds_a_level_that_somebody_changed_by_hand(
    database: Database, shop: EmbeddedShop, goods: Goods
) -> None:
    order = await shop.prepare_order("o", draft(goods.chilli, 3))
    await shop.commit_order("c", order.ref)
    assert await database.read(stock.audit) == []
    await database.write(
        lambda c: c.execute(
            stock.stock_level.update()
            .where(
                stock.stock_level.c.place == goods.storeroom,
                stock.stock_level.c.variant_id == goods.chilli,
            )
            .values(quantity=8)
        )
    )
    [difference] = await database.read(stock.audit)
    assert (difference.place, difference.level, difference.moved) == (goods.storeroom, 8, 7)


def product(*variants: VariantDraft, handle: str = "oil") -> ProductDraft:
    return ProductDraft(handle, "手炒花椒辣油", "", (), variants)


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (product(VariantDraft("A01", {"辣度": "中辣"}, twd(380))), "sku_taken"),
        (product(VariantDraft("B01-M", {"容量": "240ml"}, twd(380))), "options_differ"),
        (product(VariantDraft("B01-M", {"辣度": "小辣"}, twd(380))), "options_repeat"),
    ],
)
async def test_variants_that_do_not_fit_their_product_are_refused(
    database: Database, goods: Goods, clock: ManualClock, draft: ProductDraft, code: str
) -> None:
    with pytest.raises(BadRequest) as error:
        await database.write(lambda c: catalogue.put_product(c, draft, clock.now()))
    assert error.value.error_code == code


async def test_a_product_put_again_keeps_its_ids(
    database: Database, shop: EmbeddedShop, goods: Goods, clock: ManualClock
) -> None:
    again = product(
        VariantDraft("B01-S", {"辣度": "小辣"}, twd(400)),
        VariantDraft("B01-M", {"辣度": "中辣"}, twd(400)),
    )
    ids = await database.write(lambda c: catalogue.put_product(c, again, clock.now()))
    assert ids["B01-S"] == goods.oil_mild
    [oil] = await shop.products("辣油")
    assert [(one.sku, one.price) for one in oil.variants] == [
        ("B01-S", twd(400)),
        ("B01-L", twd(380)),
        ("B01-M", twd(400)),
    ]

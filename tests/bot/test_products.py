"""The goods as the bot knows them: found by words and codes, and never older than a look."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import update

from bot.products import MOST, READ_ANEW_MS, Catalogue, Products
from commerce_bridge.embedded import catalogue as tables
from commerce_bridge.embedded import demo
from commerce_bridge.embedded.model import ProductDraft, VariantDraft
from commerce_bridge.embedded.shop import EmbeddedShop
from commerce_bridge.port import Change, Product, UnknownProduct, Variant
from core.clock import Instant, ManualClock
from core.db import Database
from core.errors import Unavailable
from tests.commerce_bridge.world import Goods, twd


def product(number: int, title: str, *skus: str, description: str = "") -> Product:
    id = f"prd_{number}"
    variants = tuple(
        Variant(f"var_{sku}", id, sku, "", {}, twd(100), None, None, 1) for sku in skus
    )
    return Product(id, title, description, (), (), variants)


def titles(catalogue: Catalogue, words: str, limit: int = 3) -> list[str]:
    return [one.title for one, _ in catalogue.search(words, limit)]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(
        product(number, title, *(sku for sku, *_ in choices), description=description)
        for number, (_, title, description, choices) in enumerate(demo.PRODUCTS)
    )


class TestFinding:
    @pytest.mark.parametrize(
        ("words", "title"),
        [
            ("剝皮辣椒", "秋釀剝皮辣椒"),
            ("剥皮辣椒", "秋釀剝皮辣椒"),
            ("波皮辣椒", "秋釀剝皮辣椒"),
            ("fermented tofu", "麻油辣豆腐乳"),
            ("soy sauce", "兩年黑豆蔭油"),
            ("soy sause", "兩年黑豆蔭油"),
            ("有冇豉油賣", "兩年黑豆蔭油"),
            ("蒸魚", "古早味樹子"),
            ("gift box", "年節開罐禮盒"),
        ],
    )
    def test_names_uses_and_other_languages_find(
        self, catalogue: Catalogue, words: str, title: str
    ) -> None:
        assert titles(catalogue, words)[0] == title

    @pytest.mark.parametrize(
        "words",
        ["B01-L", "b01l", "b01 l 有貨嗎", "我要b01-l兩罐", "Ｂ０１－Ｌ", "B01/L", "辣椒 B01_L"],
    )
    def test_a_code_finds_its_product_before_all_others(
        self, catalogue: Catalogue, words: str
    ) -> None:
        assert titles(catalogue, words)[0] == "手炒花椒辣油"
        assert catalogue.search(words, 1)[0][1] == 1.0

    def test_several_codes_find_several(self, catalogue: Catalogue) -> None:
        assert titles(catalogue, "A02 跟 b03 各一", 2) == ["麻油辣豆腐乳", "兩年黑豆蔭油"]

    @pytest.mark.parametrize("words", ["iPhone 17", "Switch 2", "washing machine", "", "!?", "🌶"])
    def test_what_is_not_sold_finds_nothing(self, catalogue: Catalogue, words: str) -> None:
        assert titles(catalogue, words) == []

    def test_no_more_are_found_than_were_asked_for(self, catalogue: Catalogue) -> None:
        assert len(catalogue.search("辣", 2)) == 2
        assert len(catalogue.search("A01 A02 A03 B02", 3)) == 3

    def test_a_code_that_is_a_word_is_ranked_as_words_are(self) -> None:
        catalogue = Catalogue([product(1, "茶", "OR"), product(2, "白米", "RICE")])
        assert titles(catalogue, "tea or rice")[0] == "白米"

    def test_a_choice_finds_its_product(self) -> None:
        choice = Variant("var_1", "prd_1", "X", "紅 / M", {"顏色": "紅"}, twd(1), None, None, 1)
        shirt = Product("prd_1", "棉衫", "", (), (), (choice,))
        assert titles(Catalogue([shirt, product(2, "長褲", "Y")]), "紅棉衫") == ["棉衫"]


async def put(database: Database, clock: ManualClock, handle: str, title: str) -> str:
    draft = ProductDraft(handle, title, "", (), (VariantDraft(handle, {}, twd(10)),))
    clock.advance(1)
    ids = await database.write(lambda c: tables.put_product(c, draft, clock.now()))
    return ids[handle]


@pytest.fixture
def products(shop: EmbeddedShop, clock: ManualClock) -> Products:
    return Products(shop, clock)


async def test_the_goods_are_known_from_the_first_question_on(
    products: Products, goods: Goods
) -> None:
    assert products.catalogue.all() == []
    assert titles(await products.known(), "花椒") == ["手炒花椒辣油"]


async def test_what_comes_is_renamed_or_goes_is_known_at_the_next_look(
    products: Products, goods: Goods, database: Database, clock: ManualClock
) -> None:
    told: list[int] = []
    products.subscribe(lambda: told.append(len(products.catalogue.all())))
    await products.look()
    await put(database, clock, "T1", "高山烏龍茶")
    await products.look()
    assert titles(products.catalogue, "烏龍茶") == ["高山烏龍茶"]
    await put(database, clock, "T1", "凍頂茶")
    await products.look()
    assert titles(products.catalogue, "烏龍") == []
    gone = (
        update(tables.product_table)
        .where(tables.product_table.c.handle == "T1")
        .values(active=False, changed_at=clock.advance(1))
    )
    await database.write(lambda c: c.execute(gone).close())
    await products.look()
    assert titles(products.catalogue, "凍頂茶") == []
    assert told == [2, 3, 3, 2]


async def test_nobody_is_told_where_nothing_changed(
    products: Products, goods: Goods, database: Database, clock: ManualClock
) -> None:
    await products.look()
    told: list[bool] = []
    products.subscribe(lambda: told.append(True))
    known = products.catalogue
    await products.look()
    clock.advance(READ_ANEW_MS)
    await products.look()
    assert (told, products.catalogue is known) == ([], True)


class Counting:
    """A shop that counts what it is asked for, and may be away."""

    def __init__(self, goods: Sequence[Product]) -> None:
        self.goods = {one.id: one for one in goods}
        self.hints: list[Change] = []
        self.asked: list[str] = []
        self.away = False

    async def products(self, query: str = "", *, limit: int = 200) -> list[Product]:
        self._ask(f"all {limit}")
        return list(self.goods.values())[:limit]

    async def product(self, product_id: str) -> Product:
        self._ask(product_id)
        if product_id not in self.goods:
            raise UnknownProduct("gone")
        return self.goods[product_id]

    async def changes(self, since: Instant) -> list[Change]:
        if self.away:
            raise Unavailable("away")
        return [one for one in self.hints if one.at >= since]

    def _ask(self, what: str) -> None:
        if self.away:
            raise Unavailable("away")
        self.asked.append(what)


class TestAsking:
    @pytest.fixture
    def counting(self) -> Counting:
        return Counting([product(number, f"茶{number}", f"T{number}") for number in range(30)])

    @pytest.fixture
    def products(self, counting: Counting, clock: ManualClock) -> Products:
        return Products(counting, clock)  # type: ignore[arg-type]

    async def test_a_change_is_read_once_however_long_it_is_hinted_at(
        self, products: Products, counting: Counting, clock: ManualClock
    ) -> None:
        await products.look()
        counting.hints.append(Change("product", "prd_3", clock.advance(1)))
        counting.hints.append(Change("stock", "var_T4", clock.now()))
        for _ in range(5):
            clock.advance(3_000)
            await products.look()
        assert counting.asked == [f"all {MOST}", "prd_3"]

    async def test_many_changes_are_read_one_by_one_and_told_once(
        self, products: Products, counting: Counting, clock: ManualClock
    ) -> None:
        await products.look()
        told: list[bool] = []
        products.subscribe(lambda: told.append(True))
        for number in range(25):
            counting.goods[f"prd_{number}"] = product(number, f"米{number}", f"R{number}")
            counting.hints.append(Change("product", f"prd_{number}", clock.advance(1)))
        await products.look()
        assert counting.asked[1:] == [f"prd_{number}" for number in range(25)]
        assert told == [True]
        assert titles(products.catalogue, "R7") == ["米7"]

    async def test_a_hint_that_was_lost_is_made_up_for(
        self, products: Products, counting: Counting, clock: ManualClock
    ) -> None:
        await products.look()
        counting.goods["prd_99"] = product(99, "新茶", "N1")
        clock.advance(READ_ANEW_MS)
        await products.look()
        assert titles(products.catalogue, "N1") == ["新茶"]

    async def test_what_is_known_stays_while_the_shop_is_away(
        self,
        products: Products,
        counting: Counting,
        clock: ManualClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("bot.products.LOOKED_EVERY_S", 0)
        await products.look()
        counting.away = True
        following = asyncio.create_task(products.run())
        await asyncio.sleep(0.01)
        assert len(products.catalogue.all()) == 30
        known = asyncio.Event()
        products.subscribe(known.set)
        counting.away = False
        counting.goods["prd_99"] = product(99, "新茶", "N1")
        counting.hints.append(Change("product", "prd_99", clock.advance(1)))
        async with asyncio.timeout(5):
            await known.wait()
        following.cancel()
        assert titles(products.catalogue, "N1") == ["新茶"]

    async def test_many_who_ask_first_are_one_who_reads(
        self, products: Products, counting: Counting
    ) -> None:
        await asyncio.gather(*(products.known() for _ in range(10)))
        assert counting.asked == [f"all {MOST}"]

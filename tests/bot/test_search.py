"""Words find things: in any script, in English, with typos; and nothing where nothing fits."""

import pytest

from bot.search import Index, goods
from commerce_bridge.embedded.demo import PRODUCTS


@pytest.fixture(scope="module")
def shop() -> Index:
    return Index(
        (handle, (title, description, *(sku for sku, *_ in choices)))
        for handle, title, description, choices in PRODUCTS
    )


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("剝皮辣椒", "a01"),
        ("剥皮辣椒多少钱", "a01"),
        ("有冇豆腐乳呀", "a02"),
        ("chili oil", "b01"),
        ("do you have any plums?", "a03"),
        ("soy sauce", "b03"),
        ("豉油", "b03"),
        ("tofu", "a02"),
        ("gift box", "c01"),
        ("pickled peppers", "a01"),
        ("破布子", "b02"),
        ("剝皮辣焦", "a01"),
        ("b01-l", "b01"),
        ("Ａ０３", "a03"),
    ],
)
def test_what_a_food_is_called_finds_it_first(shop: Index, words: str, found: str) -> None:
    assert shop.search(words, 3)[0][0] == found


@pytest.mark.parametrize("words", ["iphone", "洗衣機", "what is the weather", "", "？？", "的"])
def test_what_is_not_sold_finds_nothing(shop: Index, words: str) -> None:
    assert shop.search(words) == []


def test_scores_fall_from_one_to_the_least(shop: Index) -> None:
    scores = [score for _, score in shop.search("辣", 5)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert len(shop.search("辣", 2)) == 2


def test_an_empty_index_finds_nothing() -> None:
    assert Index([]).search("辣椒") == []
    assert Index([("x", ("", "!"))]).search("辣椒") == []


def test_a_text_that_says_just_what_is_asked_wins_over_one_that_mentions_it() -> None:
    index = Index(
        [
            ("returns", ("可以退貨嗎", "七天內可以退貨，運費自付，送到時請先檢查。")),
            ("delivery", ("多久會送到", "下單後兩天內送到。")),
        ]
    )
    assert index.search("請問多久會送到？")[0][0] == "delivery"
    assert index.search("我想退货")[0][0] == "returns"


def test_foods_have_one_name_in_all_languages() -> None:
    assert "soy-sauce" in goods("有冇豉油") & goods("soy sauces") & goods("蔭油") & goods("酱油")

"""Of how many pieces the price is asked, and which numbers say nothing of that."""

import pytest

from bot.language import fold
from bot.masking import PRODUCT
from bot.planning.counts import pieces_priced


def pieces(text: str) -> int | None:
    """Of a text with `{p}` for products."""
    return pieces_priced(fold(text).replace("{p}", PRODUCT))


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ("兩罐{p}多少錢", 2),
        ("那 3 盒總共多少", 3),
        ("{p}x4 多少", 4),
        ("十二包{p}怎麼算", 12),
        ("{p}兩打要多少", 24),
        ("買三盒一共幾錢", 3),
        ("{p}兩樽計埋幾多", 2),
        ("廿五支{p}收幾多錢", 25),
        ("九十九件{p}合共幾錢", 99),
        ("两瓶{p}一共多少钱", 2),
        ("{p}我要10袋，多少钱", 10),
        ("what do two come to", 2),
        ("how much for 2?", 2),
        ("3 for how much", 3),
        ("6 bottles of {p} total", 6),
        ("what would twenty-five {p} cost", 25),
        ("price of half a dozen {p}", 6),
        ("a couple of {p}, how much", 2),
        ("is that the price for one or for two", 2),
        ("一瓶跟三瓶的價格分別是", 3),
    ],
)
def test_a_number_of_pieces_is_read_in_digits_and_in_words(text: str, many: int) -> None:
    assert pieces(text) == many


@pytest.mark.parametrize(
    "text",
    [
        "{p}多少錢",
        "一罐{p}兩百多對嗎",
        "這兩罐哪個比較貴",
        "兩款價差多少",
        "三種辣度各多少",
        "大中小辣各拿一瓶多少",
        "{p}各兩罐多少錢",
        "三罐裝{p}多少錢",
        "第二罐多少錢",
        "100 罐多少錢",
        "一百二十罐多少錢",
        "兩三罐大概多少",
        "500元買得到{p}嗎",
        "兩罐{p}跟三盒{p}多少錢",
        "放三個月會貴嗎",
        "how much is one",
        "which of the two is cheaper",
        "the 2 year soy sauce, how much",
        "is it eighty",
        "two hundred for a jar?",
        "how much for 500ml",
        "is the price 380 for 3 days",
        "how much are two of each",
        "A01 how much",
        "",
    ],
)
def test_what_counts_something_else_or_is_not_clear_is_no_number_of_pieces(text: str) -> None:
    assert pieces(text) is None

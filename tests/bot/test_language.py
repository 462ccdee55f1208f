"""Words are compared in one form, and answered in the language that they are in."""

import pytest

from bot.language import fold, speaks
from core.locales import LOCALES, Locale


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ａ０１＋２", "a01+2"),
        ("運費怎麼算", "运费怎么算"),
        ("有冇剝皮辣椒", "有没有剥皮辣椒"),
        ("幾錢呀", "多少钱啊"),
        ("點樣落單", "怎么下单"),
        ("軟體", "软件"),
        ("a\u200b0\u200b1", "A01"),
        ("  hello \n world ", "hello world"),
    ],
)
def test_the_same_said_in_two_ways_folds_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    "text", ["", " ", "有冇剝皮辣椒呀？", "Ｂ０１－Ｌ", "How much is 蔭油", "🙏"]
)
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("請問運費多少", "zh-Hant"),
        ("這個還有貨嗎", "zh-Hant"),
        ("请问运费多少", "zh-Hans"),
        ("这个还有货吗", "zh-Hans"),
        ("有冇剝皮辣椒呀", "zh-Hant-HK"),
        ("呢個幾錢", "zh-Hant-HK"),
        ("我想睇下啲醬", "zh-Hant-HK"),
        ("how much is it", "en"),
        ("do you have 剝皮辣椒 in stock", "en"),
        ("有 chili oil 嗎，請問", "zh-Hant"),
        ("thanks", "en"),
    ],
)
@pytest.mark.parametrize("page", ["zh-Hant", "en"])
def test_she_is_answered_in_the_language_she_writes(
    text: str, locale: Locale, page: Locale
) -> None:
    assert speaks(text, page) == locale


@pytest.mark.parametrize("page", LOCALES)
@pytest.mark.parametrize("text", ["+1", "A01", "2", "ok", "👍", "", "B01-L"])
def test_what_says_nothing_of_its_language_leaves_the_pages(text: str, page: Locale) -> None:
    assert speaks(text, page) == page


def test_readers_in_hong_kong_stay_there_with_standard_chinese() -> None:
    assert speaks("請問運費多少", "zh-Hant-HK") == "zh-Hant-HK"


@pytest.mark.parametrize("text", ["台里后面", "恒指", "你好", "吃"])
def test_characters_of_both_scripts_say_nothing(text: str) -> None:
    assert speaks(text, "zh-Hant") == "zh-Hant"
    assert speaks(text, "zh-Hans") == "zh-Hans"

"""Which language a browser gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.locales import LOCALES, Locale, negotiate


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7", "zh-Hant"),
        ("zh-HK", "zh-Hant-HK"),
        ("zh-Hant-HK", "zh-Hant-HK"),
        ("zh-MO,en", "zh-Hant-HK"),
        ("yue-Hant-HK", "zh-Hant-HK"),
        ("zh-CN", "zh-Hans"),
        ("zh-Hans-SG", "zh-Hans"),
        ("en-GB", "en"),
        ("fr;q=1, en;q=0.2, zh-CN;q=0.8", "zh-Hans"),
        ("en;q=0, zh-HK", "zh-Hant-HK"),
        ("vi, th", "zh-Hant"),
        ("zh", "zh-Hant"),
        ("en;q=high, zh-CN", "zh-Hans"),
        ("", "zh-Hant"),
        ("*", "zh-Hant"),
    ],
)
def test_the_first_language_that_we_speak(header: str, locale: Locale) -> None:
    assert negotiate(header, "zh-Hant") == locale


def test_chinese_without_a_region_is_the_shops_own() -> None:
    assert negotiate("zh", "zh-Hans") == "zh-Hans"
    assert negotiate("zh", "en") == "zh-Hant"


@given(st.text(max_size=2_000))
def test_any_header_gets_a_language(header: str) -> None:
    assert negotiate(header, "en") in LOCALES

"""Everything the bot says is there in all languages, with the same places to fill."""

import re
from pathlib import Path

import pytest

import bot.planning
from bot.words import NAME, said, words
from core.locales import LOCALES, Locale

CODE = "\n".join(
    file.read_text("utf-8") for file in sorted(Path(bot.planning.__file__).parent.glob("*.py"))
)


@pytest.mark.parametrize("locale", LOCALES)
def test_each_language_says_the_same_things_with_the_same_values(locale: Locale) -> None:
    ours, theirs = words(locale), words("zh-Hant")
    assert ours.keys() == theirs.keys()
    for key, text in ours.items():
        assert set(NAME.findall(text)) == set(NAME.findall(theirs[key])), key


def test_what_the_planner_says_is_there() -> None:
    named = set(
        re.findall(
            r'"((?:talking|goods|basket|orders|claims|benefits|shop|consult|people|other)\.[a-z_]+)"',
            CODE,
        )
    )
    assert named
    assert named <= words("en").keys()


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_promises_a_discount_or_shows_markup(locale: Locale) -> None:
    for key, text in words(locale).items():
        assert not re.search(r"[<>]|\d+ ?%", text), key


def test_values_are_put_in_as_they_are() -> None:
    text = said("en", "goods.line", {"title": "{price} <b>", "price": "NT$1"})
    assert text == "• {price} <b> NT$1"


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        said("en", "goods.line", {"title": "x"})


@pytest.mark.parametrize("locale", LOCALES)
def test_each_language_is_its_own(locale: Locale) -> None:
    others = [words(one) for one in LOCALES if one != locale]
    own = words(locale)
    for other in others:
        same = [
            key for key, text in own.items() if text == other[key] and len(NAME.sub("", text)) > 12
        ]
        assert same == []

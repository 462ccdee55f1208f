"""The examples that the bot learns from: enough of each, in each language, and each once."""

from collections import Counter

import pytest

from bot.intents import INTENTS, examples_of
from core.locales import LOCALES, Locale


@pytest.mark.parametrize("locale", LOCALES)
def test_there_are_twenty_examples_of_each_intent(locale: Locale) -> None:
    count = Counter(intent for intent, _ in examples_of(locale))
    assert set(count) == set(INTENTS)
    assert {intent: n for intent, n in count.items() if n < 20} == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_no_example_stands_twice_or_for_two_things(locale: Locale) -> None:
    texts = Counter(text for _, text in examples_of(locale))
    assert [text for text, n in texts.items() if n > 1] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_only_products_are_left_open(locale: Locale) -> None:
    for _, text in examples_of(locale):
        assert "{" not in text.replace("{p}", "")
        assert text == text.strip()

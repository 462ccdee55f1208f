"""What the grammar made of a comment is kept; nobody may notice, but for the time it takes."""

import pytest

from live import plus_one
from live.comments import Readings

_CLOSED = plus_one.Item(code="A01", open=False)
_OPEN = plus_one.Item(code="A01", open=True)


@pytest.fixture
def readings() -> Readings:
    return Readings()


def parsed(readings: Readings, text: str, *menu: plus_one.Item, most: int = 99) -> plus_one.Parsed:
    rules = plus_one.Rules(max_quantity=most)
    return readings.parsed(text, readings.vocabulary(menu), rules)


@pytest.mark.parametrize("text", ["A01+1", "+1", "hello", "A01+1 " * 20])
def test_what_is_kept_is_what_the_grammar_says(readings: Readings, text: str) -> None:
    menu = (_OPEN,)
    says = plus_one.parse(text, plus_one.Vocabulary.of(menu))
    assert [parsed(readings, text, *menu) for _ in range(3)] == [says] * 3


def test_the_same_words_are_read_once(readings: Readings) -> None:
    menu = (_OPEN,)
    vocabulary = readings.vocabulary(menu)
    assert readings.vocabulary(menu) is vocabulary
    rules = plus_one.Rules()
    assert readings.parsed("A01+1", vocabulary, rules) is readings.parsed(
        "A01+1", vocabulary, rules
    )


def test_an_item_that_opens_is_noticed(readings: Readings) -> None:
    assert parsed(readings, "A01+1", _CLOSED).rejections
    assert parsed(readings, "A01+1", _OPEN).claims
    assert parsed(readings, "A01+1", _CLOSED).rejections


def test_each_show_reads_by_its_own_rules(readings: Readings) -> None:
    assert parsed(readings, "A01+5", _OPEN).claims
    assert parsed(readings, "A01+5", _OPEN, most=3).rejections


def test_a_flood_of_words_and_menus_is_forgotten_again(readings: Readings) -> None:
    for number in range(3_000):
        assert parsed(readings, f"A01+{number % 99 + 1} {number}", _OPEN) is not None
    for number in range(200):
        item = plus_one.Item(code=f"B{number}", open=True)
        assert parsed(readings, f"B{number}+1", item).claims
    assert readings.size <= Readings.TEXTS + Readings.MENUS

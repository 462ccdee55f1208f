"""The public cases of the bot: their format, their mix, and that it has not learnt from them."""

import unicodedata
from pathlib import Path
from typing import Literal, get_args

import pytest
from pydantic import Field

from bot.intents import examples_of
from core.inputs import Input
from core.locales import LOCALES, Locale

CORPUS = Path(__file__).parent.parent / "corpus" / "bot"

Intent = Literal[
    "greet",
    "thanks",
    "bye",
    "yes",
    "no",
    "about_bot",
    "product_search",
    "product_info",
    "price",
    "stock",
    "recommend",
    "places",
    "hours",
    "delivery",
    "returns",
    "payment",
    "order_status",
    "order_cancel",
    "order_change",
    "claims",
    "how_to_order",
    "cart_view",
    "cart_add",
    "cart_remove",
    "checkout",
    "coupon",
    "points",
    "invoice",
    "consult",
    "complaint",
    "sensitive",
    "human",
    "privacy",
    "other",
]
Tool = Literal[
    "search_products",
    "product",
    "stock",
    "places",
    "deliveries",
    "opening",
    "consultation",
    "articles",
    "orders",
    "claims",
    "cart",
    "propose_add",
    "propose_remove",
    "propose_cancel",
    "benefits",
    "coupons",
    "loyalty",
    "hand_over",
]


class Expect(Input):
    """Of the last answer; what is not there may be anything."""

    intent: Intent | list[Intent] = Field(default_factory=list)
    tool: Tool | list[Tool | None] | None = Field(default_factory=list)
    contains: list[str] = Field(default_factory=list)
    not_contains: list[str] = Field(default_factory=list)
    handover: bool | None = None

    @property
    def intents(self) -> list[Intent]:
        return self.intent if isinstance(self.intent, list) else [self.intent]


class Case(Input):
    id: str = Field(pattern=r"^[a-z]{2}(-x)?-[0-9]{4}$")
    locale: Locale
    turns: list[str] = Field(min_length=1, max_length=4)
    expect: Expect
    hostile: bool = False
    loyalty: bool = False

    @property
    def out_of_scope(self) -> bool:
        return self.hostile or self.expect.intents[:1] == ["other"]


FILES = sorted(CORPUS.glob("*.jsonl"))
CASES = [
    Case.model_validate_json(line)
    for file in FILES
    for line in file.read_text(encoding="utf-8").splitlines()
]


SHORT = 4


def folded(text: str) -> str:
    """Letters and digits alone, in one width and case."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if unicodedata.category(c)[0] in "LN")


def test_every_file_is_there() -> None:
    names = {file.stem for file in FILES}

    assert names == {"en", "hostile", "zh-hans", "zh-hant", "zh-hant-hk"}


def test_every_case_has_an_id_of_its_own() -> None:
    ids = [case.id for case in CASES]

    assert len(set(ids)) == len(ids)


def test_no_two_cases_ask_the_same() -> None:
    asked = [tuple(folded(turn) or turn for turn in case.turns) for case in CASES]

    assert sorted(one for one in set(asked) if asked.count(one) > 1) == []


def test_every_turn_says_something() -> None:
    assert [case.id for case in CASES if not all(turn.strip() for turn in case.turns)] == []


def test_every_case_expects_something() -> None:
    assert [case.id for case in CASES if not case.expect.model_fields_set] == []


def test_no_case_asks_for_words_that_it_forbids() -> None:
    wrong = [
        case.id
        for case in CASES
        if any(no in yes for no in case.expect.not_contains for yes in case.expect.contains)
    ]

    assert wrong == []


def test_there_are_enough_of_each_language() -> None:
    count = {locale: sum(case.locale == locale for case in CASES) for locale in LOCALES}

    assert len(CASES) >= 300
    assert min(count.values()) >= 90


def test_a_third_is_hostile_or_out_of_scope() -> None:
    assert sum(case.out_of_scope for case in CASES) * 3 >= len(CASES)


@pytest.mark.parametrize("locale", LOCALES)
def test_each_language_has_its_share_of_attacks(locale: Locale) -> None:
    assert sum(case.hostile and case.locale == locale for case in CASES) >= 20


@pytest.mark.parametrize("locale", LOCALES)
def test_each_language_asks_for_everything_twice_at_least(locale: Locale) -> None:
    asked = [
        intent
        for case in CASES
        if case.locale == locale and not case.hostile
        for intent in case.expect.intents[:1]
    ]

    assert [intent for intent in get_args(Intent) if asked.count(intent) < 2] == []


def test_the_bot_has_learnt_from_no_case() -> None:
    learnt = {folded(text) for locale in LOCALES for _, text in examples_of(locale)}

    # What is as short as "好" is nobody's.
    known = [
        (case.id, turn)
        for case in CASES
        for turn in case.turns
        if len(folded(turn)) > SHORT and folded(turn) in learnt
    ]

    assert len(learnt) > 300
    assert known == []

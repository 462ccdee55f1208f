"""The demo shop's articles: whole, in three languages, and of one mind with the shop."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest

from bot.knowledge import demo
from bot.knowledge.article import (
    BODY_OCTETS,
    QUESTION_LENGTH,
    SLUG_LENGTH,
    TITLE_LENGTH,
    Article,
    filled,
    is_slug,
)
from bot.knowledge.library import Library
from bot.knowledge.render import EXCERPT_LENGTH, excerpt, html, paragraphs
from bot.knowledge.service import Knowledge
from bot.language import fold
from commerce_bridge.embedded.demo import LOCATIONS, PRODUCTS
from core.clock import ManualClock
from core.db import Database
from core.identity.model import Person, Role
from core.locales import Locale
from core.settings import Settings
from web.knowledge import facts

LANGUAGES: tuple[Locale, ...] = ("zh-Hant", "zh-Hans", "en")
SLUGS = {
    "delivery-time", "delivery-places", "delivery-fees", "overseas-delivery", "outlying-islands",
    "store-pickup", "pickup-time-limit", "returns", "refund-time", "damaged-goods",
    "payment-methods", "bank-transfer", "card-payment", "invoice", "company-invoice",
    "how-to-plus-one", "hold-time", "live-show-times", "change-order", "change-address",
    "cancel-order", "storage", "shelf-life", "allergens", "vegetarian", "spiciness", "ingredients",
    "gift-wrap", "bulk-order", "privacy", "account", "video-consultation", "replay-orders",
    "contact",
}  # fmt: skip
ARTICLES = demo.articles()
FACTS = facts(Settings())


def name(one: Article) -> str:
    return f"{one.slug} {one.locale}"


def test_each_subject_is_there_in_each_language() -> None:
    assert Counter((one.slug, one.locale) for one in ARTICLES) == Counter(
        (slug, locale) for slug in SLUGS for locale in LANGUAGES
    )
    assert len(SLUGS) >= 32


@pytest.mark.parametrize("one", ARTICLES, ids=name)
def test_an_article_is_one_that_an_editor_could_have_saved(one: Article) -> None:
    assert is_slug(one.slug)
    assert len(one.slug) <= SLUG_LENGTH
    assert 4 <= len(one.title) <= TITLE_LENGTH
    assert len(one.body) >= 40
    assert len(one.body.encode()) <= BODY_OCTETS
    assert one.questions
    assert all(4 <= len(question) <= QUESTION_LENGTH for question in one.questions)
    assert "<" not in one.body


@pytest.mark.parametrize("one", ARTICLES, ids=name)
def test_the_bot_can_say_nearly_all_of_an_article(one: Article) -> None:
    """What it says is cut after 400 characters: the answer stands before."""
    said = paragraphs(filled(one.body, FACTS[one.locale]))
    told = excerpt(said)
    assert told.startswith(said[0])
    assert len(told) >= min(EXCERPT_LENGTH, sum(map(len, said))) / 2


def test_there_are_questions_as_people_of_each_language_ask_and_no_two_articles_share_one() -> None:
    asked: defaultdict[str, list[str]] = defaultdict(list)
    for one in ARTICLES:
        asked[one.slug] += one.questions
    assert {slug: len(said) for slug, said in asked.items() if not 5 <= len(said) <= 12} == {}
    everything = Counter(text for said in asked.values() for text in set(map(fold, said)))
    assert [question for question, times in everything.items() if times > 1] == []


def test_there_are_questions_in_cantonese() -> None:
    cantonese = re.compile(
        "[唔嘅咗畀喺哋啲攞冇嚟㗎咩睇]|幾時|幾耐|點樣|點計|邊款|點算|點買|平啲|張單|擺"
    )
    for one in ARTICLES:
        if one.locale == "zh-Hant":
            assert any(cantonese.search(said) for said in one.questions), one.slug


def test_links_between_articles_lead_somewhere() -> None:
    for one in ARTICLES:
        for address in re.findall(r'href="([^"]*)"', html(one.body)):
            slug = address.removeprefix("/help/")
            assert slug in SLUGS or address in ("/", "/orders", "/consult"), (name(one), address)


def test_numbers_that_the_settings_decide_are_theirs() -> None:
    other = facts(
        Settings(home_fee=77, store_fee=55, free_delivery_from=1234, transfer_days=9, replay_days=8)  # type: ignore[arg-type]
    )
    for one in ARTICLES:
        whole = f"{one.title}\n{one.body}"
        known = re.findall(r"\{([a-z_]*)\}", whole)
        assert set(known) <= FACTS[one.locale].keys(), name(one)
        assert not re.search(r"(NT\$|元|TWD)\s?\d|\d\s?(元|NT)", whole), name(one)
        if one.slug == "delivery-fees":
            told = filled(one.body, other[one.locale])
            assert all(fee in told for fee in ("NT$77", "NT$55", "NT$1,234"))


def test_shops_and_goods_are_those_of_the_demo_shop() -> None:
    of = {(one.slug, one.locale): one.body for one in ARTICLES}
    for place, address, hours, pickup in LOCATIONS:
        if pickup:
            for slug in ("store-pickup", "contact"):
                assert f"{place}：{address}，{hours}" in of[slug, "zh-Hant"]
                assert hours.split()[-1] in of[slug, "en"]
    for _, title, description, _ in PRODUCTS[:-1]:
        size = re.search(r"\d+(g|ml)", description)
        assert size
        assert f"{title} {size[0]}" in of["ingredients", "zh-Hant"]


def test_questions_lead_to_their_articles() -> None:
    library = Library(1, ARTICLES, FACTS)
    asked = [(question, one.slug) for one in ARTICLES for question in one.questions]
    missed = [(q, slug) for q, slug in asked if slug not in best(library, q)]
    second = [(q, slug) for q, slug in asked if best(library, q)[:1] != [slug]]
    assert missed == []
    assert len(second) <= len(asked) / 50, second


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("請問宅配要幾個工作天才會收到呢", "delivery-time"),
        ("運費怎麼算呀", "delivery-fees"),
        ("有冇得送去澎湖", "outlying-islands"),
        ("可以用悠遊付或 LINE Pay 嗎", "payment-methods"),
        ("我退貨的錢什麼時候會退回來", "refund-time"),
        ("收到的玻璃罐破掉了", "damaged-goods"),
        ("發票可以打公司統編報帳嗎", "company-invoice"),
        ("開封之後要冷藏嗎", "storage"),
        ("吃全素的可以買哪幾款", "vegetarian"),
        ("直播的+1要怎麼喊", "how-to-plus-one"),
        ("直播喺幾點開始", "live-show-times"),
        ("重播可以買到什麼時候", "replay-orders"),
        ("地址填錯想更改", "change-address"),
        ("你们会把个人资料卖掉吗", "privacy"),
        ("没有收到登录的验证码", "account"),
        ("can you ship to Hong Kong", "overseas-delivery"),
        ("is the soy sauce gluten free", "allergens"),
        ("please delete all my data", "privacy"),
    ],
)
def test_other_words_lead_to_the_article_too(words: str, slug: str) -> None:
    assert slug in best(Library(1, ARTICLES, FACTS), words)[:2]


def best(library: Library, words: str) -> list[str]:
    return [one.article.slug for one, _ in library.search(words, "zh-Hant", 3)]


async def test_they_are_put_where_there_are_none_and_once(database: Database) -> None:
    clock = ManualClock()
    await demo.furnish(database, clock)
    knowledge = Knowledge(database, clock, FACTS)
    operator = Person(
        "staff", "stf_1", frozenset({"stf_1"}), "店長", None, frozenset({Role.OPERATOR})
    )
    await knowledge.look()
    assert knowledge.library.subjects.keys() == SLUGS
    await knowledge.delete(operator, "returns", "en")
    await demo.furnish(database, clock)
    assert len(await knowledge.heads(operator)) == len(ARTICLES) - 1

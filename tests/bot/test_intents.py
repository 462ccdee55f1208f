"""What is learnt from the examples, and that it is the same every time."""

from collections import Counter

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bot.intents import INTENTS, Classifier, concepts, examples_of, features
from bot.language import fold
from bot.learning import learn, train
from bot.masking import PRODUCT, foods, mask_goods
from core.locales import LOCALES


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("請問退貨要怎麼辦理", "returns"),
        ("我想查一下訂單到哪裡了", "order_status"),
        ("幾時送到呀", "delivery"),
        ("有咩優惠呀", "coupon"),
        ("能开发票吗", "invoice"),
        ("转人工客服", "human"),
        ("please cancel my last order", "order_cancel"),
        ("the bottle was broken when it arrived", "complaint"),
        (f"how much does {PRODUCT} cost", "price"),
        (f"{PRODUCT}還有貨嗎", "stock"),
    ],
)
def test_what_people_want_is_known_in_four_ways_of_writing(text: str, intent: str) -> None:
    assert learn().guesses(fold(text))[0].intent == intent


@pytest.mark.parametrize("locale", LOCALES)
def test_there_are_enough_examples_of_each_intent_and_none_twice(locale: str) -> None:
    examples = list(examples_of(locale))
    count = Counter(intent for intent, _ in examples)
    assert set(count) == set(INTENTS)
    assert min(count.values()) >= 20
    assert [
        text for text, times in Counter(text for _, text in examples).items() if times > 1
    ] == []


def test_every_intent_is_guessed_at_with_a_score() -> None:
    guesses = learn().guesses(fold("運費多少"))
    assert sorted(guess.intent for guess in guesses) == sorted(INTENTS)
    scores = [guess.score for guess in guesses]
    assert scores == sorted(scores, reverse=True)


def test_two_classifiers_of_the_same_examples_agree_to_the_last_digit() -> None:
    known = [(intent, fold(text)) for intent, text in examples_of("en")]
    one, other = Classifier(train(known)), Classifier(train(known))
    for text in ("where is my order", "blorp", ""):
        assert one.guesses(text) == other.guesses(text)


def test_scores_are_those_of_scikit_learn() -> None:
    known = [(intent, fold(text)) for intent, text in examples_of("zh-Hant")]
    vectors = TfidfVectorizer(analyzer=features, sublinear_tf=True, min_df=2, dtype=np.float64)
    machine = LinearSVC(C=2.0, random_state=7, dual=True, max_iter=2000, tol=1e-3)
    machine.fit(vectors.fit_transform(text for _, text in known), [intent for intent, _ in known])
    ours = Classifier(train(known))
    for text in ("運費多少", "運費運費要多少錢呢", "完全沒有", "xqzvw", ""):
        theirs = machine.decision_function(vectors.transform([fold(text)]))[0]
        expected = dict(zip(machine.classes_, theirs, strict=True))
        scores = {guess.intent: guess.score for guess in ours.guesses(fold(text))}
        assert scores == pytest.approx(expected, abs=1e-5)  # they are of twice the precision


def test_it_is_learnt_once_a_process() -> None:
    assert learn() is learn()


def test_strange_words_are_not_familiar() -> None:
    assert learn().familiar(fold("xqzvw grblfx")) == 0
    assert learn().familiar(fold("where is my order")) == 1


@pytest.mark.parametrize("text", ["", " ", "🙏🙏", "?!", "\u200b", "1" * 500])
def test_what_says_nothing_breaks_nothing(text: str) -> None:
    assert learn().guesses(fold(text))
    features(fold(text))


def test_foods_are_masked_in_any_language() -> None:
    assert mask_goods(fold("剝皮辣椒多少錢")) == f"{PRODUCT}多少钱"
    assert mask_goods("how much is the chili oil") == f"how much is the {PRODUCT}"
    assert mask_goods("辣嗎") == "辣嗎"  # a taste is no food


def test_the_longest_name_of_a_food_wins() -> None:
    assert [term for term, _ in foods("chili oil and plums")] == ["chili oil", "plum"]


def test_concepts_are_the_same_in_all_languages() -> None:
    for text in ("我要退款", "我想退货款", "I want refunds"):
        assert "return" in concepts(fold(text)), text

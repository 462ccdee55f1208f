"""What a customer wants, by the examples.

N-grams of characters and words under a linear classifier, which `bot.learning` trains.

Products are masked, so that what is learnt of sauces holds for shirts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from bot.data import lines, table
from bot.language import CJK, fold
from bot.masking import PRODUCT
from bot.search import stem
from core.locales import LOCALES

INTENTS: Final = (
    "greet", "thanks", "bye", "yes", "no", "about_bot", "product_search", "product_info", "price",
    "stock", "recommend", "places", "hours", "delivery", "returns", "payment", "order_status",
    "order_cancel", "order_change", "claims", "how_to_order", "cart_view", "cart_add",
    "cart_remove", "checkout", "coupon", "points", "invoice", "consult", "complaint", "sensitive",
    "human", "privacy", "other",
)  # fmt: skip
TOGETHER: Final = 14
"""Words of a text whose pairs are looked at."""
_RUNS = re.compile(rf"[{CJK}]+|[a-z]+(?:'[a-z]+)?|[0-9]+|\+|{PRODUCT}")
_ORDER = re.compile(r"\bp-?\s?[0-9]{3,}\b|(?<![0-9a-z])#?[0-9]{4,8}(?![0-9])")
_DIGITS = re.compile(r"[0-9]+")
_CHINESE_NUMBER = re.compile("[一两二三四五六七八九十]")


def _concepts() -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    rows = [(fold(term), name) for name, terms in table("concepts").items() for term in terms]
    return (
        tuple((term, name) for term, name in rows if not term.isascii() or not term.isalpha()),
        tuple((f" {term} ", name) for term, name in rows if term.isascii()),
    )


_CHINESE_CONCEPTS, _ENGLISH_CONCEPTS = _concepts()


@lru_cache(maxsize=1024)
def concepts(folded: str) -> frozenset[str]:
    """What the words of a folded text are about: the rows of `bot/data/concepts.toml`."""
    found = {name for term, name in _CHINESE_CONCEPTS if not term.isascii() and term in folded}
    found |= {name for term, name in _CHINESE_CONCEPTS if term.startswith("+") and term in folded}
    runs = _RUNS.findall(folded)
    spaced = f" {' '.join(runs)}  {' '.join(map(stem, runs))} "
    found |= {name for term, name in _ENGLISH_CONCEPTS if term in spaced}
    return frozenset(found)


def features(masked: str) -> list[str]:
    """What the classifier sees of a folded text in which `PRODUCT` stands for products."""
    number = _ORDER.sub(" ", masked) != masked
    plain = _DIGITS.sub("0", _ORDER.sub(" \ue001 ", masked))
    runs = _RUNS.findall(plain)
    found: list[str] = ["^" + runs[0][:2], runs[-1][-2:] + "$"] if runs else []
    for run in runs:
        if run == PRODUCT:
            found.append("=product")
        elif run.isascii():
            found.append(run)
    found += (f"{first} {second}" for first, second in pairwise(runs) if _short(first, second))
    found += (
        f"{a} {b} {c}"
        for a, b, c in zip(runs, runs[1:], runs[2:], strict=False)
        if a.isascii() and b.isascii() and c.isascii()
    )
    for run in runs:
        if run.isascii():
            if run.isalpha():
                spaced = f" {run} "
                found += (f"~{spaced[i : i + 3]}" for i in range(len(run)))
                found += (f"~{run[i : i + 4]}" for i in range(len(run) - 3))
        elif run != PRODUCT:
            found += run
            found += (first + second for first, second in pairwise(run))
            found += (run[i : i + 3] for i in range(len(run) - 2))
    # English puts between two words whatever it likes.
    words = sorted({stem(run) for run in runs if run.isascii() and run.isalpha()})[:TOGETHER]
    found += (f"{one}&{other}" for one, other in combinations(words, 2))
    if number:
        found.append("=number")
    if _CHINESE_NUMBER.search(masked) or _DIGITS.search(masked):
        found.append("=count")
    if len(runs) <= 1:
        found.append("=short")
    return found


def _short(first: str, second: str) -> bool:
    return first.isascii() or second.isascii() or PRODUCT in (first, second)


class Guess(msgspec.Struct, frozen=True):
    """An intent, and how far its score is above what any other text would have (about -1 to 1)."""

    intent: str
    score: float


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """What was learnt from examples (`bot.learning`), as numbers."""

    intents: tuple[str, ...]
    features: tuple[str, ...]
    rarity: NDArray[np.float32]
    """Of each feature: the inverse document frequency, as scikit-learn has it."""
    weights: NDArray[np.float32]
    """A row for each feature, so that a text reads the few rows that it has; a column an intent."""
    bias: NDArray[np.float32]
    """Of each intent."""


class Classifier:
    """Asked in a tenth of a millisecond."""

    def __init__(self, learnt: Weights) -> None:
        self._names = learnt.intents
        self._places = {feature: place for place, feature in enumerate(learnt.features)}
        self._rarity = learnt.rarity
        self._weights = learnt.weights
        self._bias = learnt.bias

    def guesses(self, masked: str) -> list[Guess]:
        """All intents, the likeliest first."""
        # What the two classes of scikit-learn would do with one text, without the ten times longer
        # checks that they make for any number of any kind.
        times = Counter(one for one in features(masked) if one in self._places)
        places = [self._places[one] for one in times]
        vector = (1 + np.log(list(times.values()))) * self._rarity[places]
        length = float(np.sqrt(np.square(vector).sum())) or 1.0
        # Sums of a few numbers: BLAS would wake threads for them.
        scores = (self._weights[places] * (vector / length)[:, None]).sum(axis=0) + self._bias
        order = np.argsort(-scores, kind="stable")
        return [Guess(self._names[i], float(scores[i])) for i in order]

    def familiar(self, masked: str) -> float:
        """Which share of its words and pairs of characters stands in any example: 0 to 1."""
        pieces = {piece for piece in features(masked) if _is_piece(piece)}
        return len(pieces & self._places.keys()) / len(pieces) if pieces else 1.0


def _is_piece(feature: str) -> bool:
    """Whether it is a word, or two characters that follow each other."""
    if feature[0] in "=^~" or feature[-1] == "$" or any(c in feature for c in (" ", "&", PRODUCT)):
        return False
    return feature.isascii() or len(feature) == 2


def examples() -> list[tuple[str, str]]:
    """The examples of all languages: an intent, and a text with `{p}` for a product."""
    return [pair for locale in LOCALES for pair in examples_of(locale)]


def examples_of(locale: str) -> Iterable[tuple[str, str]]:
    """The examples of one language, as `bot/data/examples/LOCALE.txt` has them."""
    intent = ""
    for line in lines(f"examples/{locale}"):
        if line[1:-1] in INTENTS and line == f"[{line[1:-1]}]":
            intent = line[1:-1]
        elif line:
            yield intent, line

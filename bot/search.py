"""Finding things by words: what people type against names, descriptions, questions and articles.

BM25 over single characters and pairs of them for Chinese, over words for all else, after folding
(measured against word segmentation, trigrams and TF-IDF: as good or better on Taiwan's and the
mainland's Chinese, 0.2 ms a query). What a food is called in another language is the same word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

from bot.data import table
from bot.language import CJK, fold

if TYPE_CHECKING:
    import bm25s

LEAST = 0.22
"""Below this two texts have some characters in common, and no more."""

_K1, _B = 1.5, 0.75
_RUNS = re.compile(rf"[{CJK}]+|[a-z0-9]+")
_LATIN_WORDS = re.compile(r"[a-z0-9]+")
_TYPO = 80.0
"""Of 100: how alike a mistyped word must be to the one that was meant; `chilly` and `chili` are."""
_UNKNOWN = 0.5
"""How much a word that is nowhere counts, against the rarest that is somewhere."""


def stem(word: str) -> str:
    """The singular, roughly: `sauces`, `boxes`, `berries`."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("xes", "shes", "ches", "sses")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _readable(term: str) -> str:
    return " ".join(stem(word) for word in _LATIN_WORDS.findall(term))


_CHINESE_GOODS: Final = tuple(
    (fold(term), name)
    for name, terms in table("goods").items()
    for term in terms
    if not term.isascii()
)
_LATIN_GOODS: Final = tuple(
    (f" {_readable(term)} ", name)
    for name, terms in table("goods").items()
    for term in terms
    if term.isascii()
)
_LATIN_GOODS_WORDS: Final = frozenset(word for term, _ in _LATIN_GOODS for word in term.split())
_FILLING: Final = re.compile(
    "|".join(
        sorted(
            (re.escape(fold(w)) for w in table("filling")["chinese"]), key=lambda w: (-len(w), w)
        )
    )
)
_FILLING_WORDS: Final = frozenset(stem(word) for word in table("filling")["english"])


def goods(text: str) -> frozenset[str]:
    """Which foods `text` names, in any language, by our names for them (`bot/data/goods.toml`)."""
    return goods_in(fold(text))


@lru_cache(maxsize=4096)
def goods_in(folded: str) -> frozenset[str]:
    """`goods` of a text that is folded already."""
    found = {name for term, name in _CHINESE_GOODS if term in folded}
    latin = f" {_readable(folded)} "
    if latin.strip():
        found |= {name for term, name in _LATIN_GOODS if term in latin}
    return frozenset(found)


def grams(text: str) -> list[str]:
    """The characters, pairs of characters and words of a folded text, in order, with repeats."""
    found: list[str] = []
    for run in _RUNS.findall(text):
        if run.isascii():
            found.append(stem(run))
        else:
            found += run
            found += (first + second for first, second in pairwise(run))
    return found


def meat(text: str) -> str:
    """`text`, folded, without the words that ask: "do you have any", "請問有沒有"."""
    folded = _FILLING.sub(" ", fold(text))
    return " ".join(
        run for run in _RUNS.findall(folded) if not run.isascii() or stem(run) not in _FILLING_WORDS
    )


def _written(text: str) -> list[str]:
    return grams(fold(text)) + [f"={name}" for name in sorted(goods(text))]


class Index:
    """Things that are found by the texts they come with; each text is ranked by itself.

    Built in the order of 0.1 ms a text, so off the loop; asked in well under a millisecond.
    """

    def __init__(self, things: Iterable[tuple[str, Iterable[str]]]) -> None:
        """`things`: an id, and its names, descriptions, codes, questions: whatever says it."""
        self._of: list[str] = []
        rows: list[list[str]] = []
        for thing, texts in things:
            for text in texts:
                row = _written(text)
                if row:
                    self._of.append(thing)
                    rows.append(row)
        self._ranking: bm25s.BM25 | None = None
        self._idf: dict[str, float] = {}
        if rows:
            self._learn(rows)
        self._latin = sorted(
            {w for w in self._idf if w.isascii() and w.isalnum()} | _LATIN_GOODS_WORDS
        )

    def _learn(self, rows: Sequence[Sequence[str]]) -> None:
        import bm25s  # it brings SciPy along, which no command of the shop needs

        self._ranking = bm25s.BM25(k1=_K1, b=_B, method="lucene")
        self._ranking.index(rows, show_progress=False)
        self._mean = sum(map(len, rows)) / len(rows)
        within: dict[str, int] = {}
        for row in rows:
            for gram in set(row):
                within[gram] = within.get(gram, 0) + 1
        n = len(rows)
        self._idf = {gram: log(1 + (n - df + 0.5) / (df + 0.5)) for gram, df in within.items()}
        self._rarest = log(1 + (n + 0.5) / 0.5)

    def search(
        self, words: str, limit: int = 5, *, least: float = LEAST
    ) -> list[tuple[str, float]]:
        """The at most `limit` best things for `words` and how well they fit, best first.

        1 fits as well as a text that says just this; nothing is below `least`.
        """
        if self._ranking is None:
            return []
        asked, whole = self._asked(words)
        if not asked or not whole:
            return []
        scores = self._ranking.get_scores(asked)
        best: dict[str, float] = {}
        for row in scores.argsort(kind="stable")[::-1][: 16 + 8 * limit]:
            share = float(scores[row]) / whole
            thing = self._of[row]
            # A second text that fits says a little more for the same thing.
            best[thing] = best[thing] + share / 8 if thing in best else share
        ranked = sorted(best.items(), key=lambda found: -found[1])
        return [(thing, min(score, 1.0)) for thing, score in ranked[:limit] if score >= least]

    def _asked(self, words: str) -> tuple[list[str], float]:
        """The known grams of `words`, and the score of a text that says them and no more."""
        text = meat(words) or fold(words)
        named = goods(text)
        asked = [self._meant(gram) for gram in grams(text)]
        if not named:  # a food may have been misspelt
            named = goods(" ".join(gram for gram in asked if gram.isascii()))
        known = {f"={name}" for name in named} & self._idf.keys()
        unknown = [
            gram
            for gram in asked
            # A pair of known characters that is nowhere says little; what a food is called in
            # another language is known by its name of ours.
            if gram not in self._idf
            and not (known and gram in _LATIN_GOODS_WORDS)
            and (gram.isascii() or len(gram) == 1)
        ]
        found = [gram for gram in asked if gram in self._idf] + sorted(known)
        if not found:
            return [], 0.0
        length = _K1 * (1 - _B + _B * (len(found) + len(unknown)) / self._mean)
        weight = sum(self._idf[gram] for gram in found)
        weight += _UNKNOWN * self._rarest * len(unknown)
        return found, weight / (1 + length)

    def _meant(self, gram: str) -> str:
        """`gram`, or the word that it is a misspelling of."""
        if len(gram) < 4 or not gram.isascii() or gram in self._idf or gram in _LATIN_GOODS_WORDS:
            return gram
        found = process.extractOne(gram, self._latin, scorer=fuzz.ratio, score_cutoff=_TYPO)
        return found[0] if found else gram

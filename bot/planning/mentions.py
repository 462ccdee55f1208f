"""What a folded text names: products, a number of pieces, an order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from bot.data import table
from bot.language import CJK, fold
from bot.masking import PRODUCT, TASTES, foods, mask_goods
from bot.search import Index, goods_in

_ANSWERS: Final = table("answers")
_DIGITS: Final = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7,
                  "八": 8, "九": 9}  # fmt: skip
_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_ENGLISH: Final[dict[str, int]] = {
    **{word: value for value, word in enumerate(_ANSWERS["english_numbers"])},
    **{word: 10 * value for value, word in enumerate(_ANSWERS["english_tens"], 2)},
    "half a dozen": 6, "dozen": 12, "couple": 2, "pair": 2,
}  # fmt: skip
_MEASURES: Final = "|".join(sorted(map(fold, _ANSWERS["measures"]), key=len, reverse=True))
_CHINESE_NUMBER: Final = "[零一二两三四五六七八九十百千]{1,5}"
PLUS = re.compile(rf"(?:\+|加)\s*([0-9]{{1,4}}|{_CHINESE_NUMBER})(?![0-9{CJK}])")
TIMES = re.compile(r"(?:[x×*]\s*([0-9]{1,4})(?![0-9])|(?<![0-9a-z])([0-9]{1,4})\s*x\b)")
_MEASURED = re.compile(rf"([0-9]{{1,4}}|{_CHINESE_NUMBER})\s*(?:{_MEASURES})")
_ORDINAL = re.compile("第.")
_ALONE = re.compile(rf"(?<![0-9a-z\-{CJK}])([0-9]{{1,3}})(?![0-9a-z\-])")
_TENS, _ONES = _ANSWERS["english_tens"], _ANSWERS["english_numbers"][1:10]
SPELT: Final = rf"\b(?:({'|'.join(_TENS)})[ -]({'|'.join(_ONES)})|({'|'.join(_ENGLISH)}))\b"
_SPELT = re.compile(SPELT)
_ORDER = re.compile(r"(?<![0-9a-z])(?:p\s?-?\s?|#)?([0-9]{4,8})(?![0-9a-z])")
_ORDER_P = re.compile(r"(?<![0-9a-z])p\s?-?\s?([0-9]{3,8})(?![0-9a-z])")
_ORDERED = re.compile(r"(?:订单|单号|编号|order(?: number| no\.?)?)\s*(?:是|:|#)?\s*([0-9]{3,8})")
_CHINESE_RUN = re.compile(f"[{CJK}]+")
_CODE = re.compile(r"[a-z0-9\-]*[0-9][a-z0-9\-]*")
_LATIN_RUN = re.compile(r"[a-z0-9]+(?:[-][a-z0-9]+)*")

_HEAT: Final = {
    size: [fold(word) for word in words] for size, words in table("tastes")["heat"].items()
}

MOST = 20
"""Pieces that may be put into the cart at once."""
_SHORTEST = 3
_LONGEST = 12
"""Characters of a name that are enough to mean it."""
_FITS_WITHOUT_FOOD = 0.68
"""Where no food is named, a few characters in common are chance."""
_CLEAR = 0.72
"""A second product with so much of the best one's score is as likely."""


class KnownProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A product as the bot knows it beforehand: only what it is called. Prices come from tools."""

    id: str
    title: str
    words: tuple[str, ...] = ()
    """Its SKUs and variants."""


class Names:
    """The shop's products by their names."""

    def __init__(self, products: Iterable[KnownProduct]) -> None:
        products = list(products)
        self._titles = {one.id: one.title for one in products}
        self._folded = {one.id: fold(one.title) for one in products}
        self._foods = {one.id: goods_in(fold(one.title)) - TASTES for one in products}
        self._index = Index((one.id, (one.title, *one.words)) for one in products)
        self._codes: dict[str, str] = {}
        self._pieces: dict[str, list[str]] = {}
        """What a name may be shortened to, and whose it is."""
        for one in products:
            for word in map(fold, one.words):
                if _CODE.fullmatch(word):
                    self._codes[word] = one.id
                    self._codes.setdefault(word.split("-")[0], one.id)
            for piece in dict.fromkeys(_pieces(fold(one.title))):
                self._pieces.setdefault(piece, []).append(one.id)

    def title(self, product: str) -> str | None:
        return self._titles.get(product)

    def mask(self, folded: str) -> str:
        """`folded` with `PRODUCT` wherever a product, or a food of any kind, is named."""
        masked = folded
        for piece in sorted(self._within(folded), key=lambda piece: -len(piece)):
            masked = masked.replace(piece, PRODUCT)
        masked = _LATIN_RUN.sub(
            lambda found: PRODUCT if found.group() in self._codes else found.group(), masked
        )
        return mask_goods(masked)

    def find(self, folded: str) -> list[str]:
        """The products that a folded text may mean, the likeliest first: one, where it is clear;
        none, where it names none."""
        runs = [run for run in _LATIN_RUN.findall(folded) if run in self._codes]
        if runs:
            return list(dict.fromkeys(self._codes[run] for run in runs))
        pieces = self._within(folded)
        longest = {max(piece_of, key=len) for piece_of in self._of_products(pieces).values()}
        left = folded
        found: list[str] = []
        for piece in sorted(longest, key=folded.find):
            found += self._pieces[piece]
            left = left.replace(piece, " ")
        called = [self._called(term, names) for term, names in foods(left)]
        for products in called:
            # Of "pickled plum" the plum says which, and what else is pickled is not meant.
            if not any(set(other) < set(products) for other in called if other):
                found += products
        if found or foods(left) or goods_in(folded):  # a taste, or a use: many things may have it
            return list(dict.fromkeys(found))
        likely = self._index.search(folded, 5, least=_FITS_WITHOUT_FOOD)
        return [one for one, score in likely if score >= _CLEAR * likely[0][1]]

    def _called(self, term: str, names: frozenset[str]) -> list[str]:
        """The products with a food in their title: as written, else the fewest of any name."""
        written = [product for product, title in self._folded.items() if term in title]
        if written:
            return written
        by_name = [
            [product for product, are in self._foods.items() if name in are] for name in names
        ]
        return min(filter(None, sorted(by_name)), key=len, default=[])

    def _of_products(self, pieces: set[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for piece in pieces:
            for product in self._pieces[piece]:
                found.setdefault(product, []).append(piece)
        return found

    def _within(self, folded: str) -> set[str]:
        """The pieces of names that are in a text; of one that is within another, the longer."""
        found = set()
        for run in _CHINESE_RUN.findall(folded):
            start = 0
            while start < len(run):
                stop = next(
                    (
                        stop
                        for stop in range(min(len(run), start + _LONGEST), start + 1, -1)
                        if run[start:stop] in self._pieces
                    ),
                    None,
                )
                if stop is None:
                    start += 1
                else:
                    found.add(run[start:stop])
                    start = stop
        return found


def _pieces(title: str) -> Iterable[str]:
    """What a name may be shortened to: its runs of three characters and more; a short one whole."""
    for run in _CHINESE_RUN.findall(title):
        if len(run) == 2:
            yield run
        for length in range(_SHORTEST, min(len(run), _LONGEST) + 1):
            yield from (run[i : i + length] for i in range(len(run) - length + 1))


def quantity(folded: str) -> int | None:
    """How many pieces: `+2`, `x2`, `兩罐`, `two jars`, a number alone. None where none is named."""
    text = _ORDER_P.sub(" ", _ORDINAL.sub(" ", folded))
    for pattern in (PLUS, TIMES, _MEASURED):
        found = pattern.search(text)
        if found:
            return number(next(filter(None, found.groups())))
    alone = _ALONE.findall(text)
    if len(alone) == 1:
        return number(alone[0])
    for value, _, _ in spelt(text):
        if value > 1:
            return value
    if re.fullmatch(f"{_CHINESE_NUMBER}", text.strip()):
        return number(text.strip())
    return 1 if re.search(r"\bone\b", text) else None


def is_plus(folded: str) -> bool:
    """Whether it orders as in a show: `+1`, `加一`."""
    return bool(PLUS.search(folded))


def spelt(folded: str) -> list[tuple[int, int, int]]:
    """The numbers in English words (`two`, `twenty-five`, `a dozen`), each with start and end."""
    return [
        (sum(_ENGLISH[word] for word in found.groups() if word), found.start(), found.end())
        for found in _SPELT.finditer(folded)
    ]


def number(written: str) -> int:
    """Digits, or a Chinese number below ten thousand: 兩, 二十五."""
    if written.isdigit():
        return int(written)
    total = ones = 0
    for sign in written:
        if sign in _UNITS:
            total += (ones or 1) * _UNITS[sign]
            ones = 0
        else:
            ones = _DIGITS.get(sign, 0)
    return total + ones


def order_number(folded: str) -> str | None:
    """An order's number as the shop writes it, `P-1001`; None where none is named."""
    found = _ORDER_P.search(folded) or _ORDERED.search(folded) or _ORDER.search(folded)
    return f"P-{found.group(1)}" if found else None


def has_order_number(folded: str) -> bool:
    """Whether a number is there that is an order's for certain: `P-1001`, and no sum or time."""
    return _ORDER_P.search(folded) is not None


def place_of(folded: str, things: Sequence[str]) -> str | None:
    """The one of `things` that "the second one" means."""
    for index, name in enumerate(("first", "second", "third")):
        said = [fold(word) for word in _ANSWERS[name]]
        if any(_said(word, folded) for word in said) and len(things) > 1:
            last = name == "third" and any(w in folded for w in ("最后", "last", "下面"))
            return things[-1] if last else things[index] if index < len(things) else None
    return None


def heat(folded: str) -> str | None:
    """How hot, where a text says it in whatever language: `small`, `medium`, `large`."""
    return next((size for size, says in _HEAT.items() if any(_said(s, folded) for s in says)), None)


def _said(word: str, folded: str) -> bool:
    if word.isascii():
        return re.search(rf"\b{word}\b", folded) is not None
    return word in folded

"""Foods taken out of a text: what people want of sauces they want of shirts in the same words."""

from __future__ import annotations

import re
from typing import Final

from bot.data import table
from bot.language import fold

PRODUCT: Final = "\ue000"
"""Stands for a product in masked text: a character that nobody types (private use)."""

_FOODS: Final = tuple(
    sorted(
        {
            fold(term)
            for name, terms in table("goods").items()
            if name not in table("tastes")["names"]
            for term in terms
            if term.isascii() or len(term) > 1
        },
        key=lambda term: (-len(term), term),
    )
)
TASTES: Final = frozenset(table("tastes")["names"])
"""Goods that say how something is or what it is for, and not what."""
_NAMES: Final = {
    term: frozenset(
        name
        for name, terms in table("goods").items()
        if name not in TASTES and term in map(fold, terms)
    )
    for term in _FOODS
}
_CHINESE_FOODS = re.compile(
    "(?P<food>" + "|".join(re.escape(term) for term in _FOODS if not term.isascii()) + ")"
)
_LATIN_FOODS = re.compile(
    r"\b(?P<food>" + "|".join(re.escape(term) for term in _FOODS if term.isascii()) + r")(?:e?s)?\b"
)


def mask_goods(folded: str) -> str:
    """`folded` with `PRODUCT` for every food that we have a name for."""
    masked = _LATIN_FOODS.sub(PRODUCT, _CHINESE_FOODS.sub(PRODUCT, folded))
    return re.sub(f"{PRODUCT}(?:\\s*{PRODUCT})+", PRODUCT, masked)


def foods(folded: str) -> list[tuple[str, frozenset[str]]]:
    """What foods a text names, in order: as it says, and by our names for it; the longest wins."""
    found = [*_CHINESE_FOODS.finditer(folded), *_LATIN_FOODS.finditer(folded)]
    found.sort(key=lambda one: one.start())
    return [(one["food"], _NAMES.get(one["food"], frozenset())) for one in found]

"""The show's own words, prepared once so that a comment costs look-ups only."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from live.plus_one.kinds import CODE, VARIANT
from live.plus_one.model import Item
from live.plus_one.normalise import ALNUM, UNSPACED, fold
from live.plus_one.words import WORDS

_RUN = re.compile(f"{ALNUM}|{UNSPACED}")
_SHAPE = re.compile(r"([a-z]+)([0-9]+)")
_JOINED = re.compile(r"(?<=[a-z])[ -]+(?=[0-9])")
_WORD_MAX: Final = 40
"""Longer words of a show are not looked for inside glued text."""


@dataclass(frozen=True, slots=True)
class Options:
    """An item's variants: which of them a word fits, as bits."""

    keys: tuple[str, ...]
    fits: dict[str, int]
    has_numbers: bool
    """Whether some of its words are numbers (shoe sizes)."""

    @property
    def every(self) -> int:
        return (1 << len(self.keys)) - 1

    def fitting(self, words: Iterable[str]) -> int:
        """The variants that all of `words` fit."""
        bits = self.every
        for word in words:
            bits &= self.fits.get(word, 0)
        return bits

    def named(self, bits: int) -> tuple[str, ...]:
        """The keys of the variants that `bits` stand for, in the show's order."""
        return tuple(key for place, key in enumerate(self.keys) if bits >> place & 1)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A show's items made ready for `parse`. Immutable; share it freely.

    Where two items have one code, the first in the run-down is meant.
    """

    items: tuple[Item, ...]
    words: dict[str, str]
    """Every word that is one run of letters or digits: the grammar's and the show's."""
    starts: dict[str, tuple[int, ...]]
    """By first character, the lengths of the words, longest first."""
    phrases: dict[str, tuple[str, ...]]
    """By the first two characters, what is several runs (`rose gold`), longest first."""
    codes: dict[str, int]
    code_letters: frozenset[str]
    """The letters that codes of letters and digits begin with."""
    shapes: dict[int, int]
    """How codes look: digits at most, by the number of letters before them."""
    options: tuple[Options | None, ...]
    """For each item, its variants, if it has any."""
    knowing: dict[str, tuple[int, ...]]
    """For each variant word, the items that know it."""
    open: tuple[int, ...]
    open_codes: tuple[str, ...]
    """The codes of the open items, as read, in the same order."""

    @staticmethod
    def of(items: Iterable[Item]) -> Vocabulary:
        """Prepare a show's items, in the order of its run-down."""
        items = tuple(items)
        codes: dict[str, int] = {}
        knowing: dict[str, list[int]] = {}
        options: list[Options | None] = []
        for place, item in enumerate(items):
            if code := _read_as(item):
                codes.setdefault(code, place)
            options.append(_options(item))
            for word in options[-1].fits if options[-1] else ():
                knowing.setdefault(word, []).append(place)
        words = dict(WORDS)
        words.update(dict.fromkeys(knowing, VARIANT))
        words.update(dict.fromkeys(codes, CODE))
        shapes: dict[int, int] = {}
        letters = set()
        for code in codes:
            if shape := _SHAPE.fullmatch(code):
                letters.add(shape[1])
                size = len(shape[1])
                shapes[size] = max(shapes.get(size, 0), len(shape[2]))
        own = {*knowing, *codes}
        opened, open_codes = _opened(items)
        return Vocabulary(
            items=items,
            words=words,
            starts=_by_start(own, _STARTS),
            phrases=_phrases(own, _PHRASES),
            codes=codes,
            code_letters=frozenset(letters),
            shapes=shapes,
            options=tuple(options),
            knowing={word: tuple(places) for word, places in knowing.items()},
            open=opened,
            open_codes=open_codes,
        )

    def with_open(self, codes: Collection[str]) -> Vocabulary:
        """The same show with exactly the items of these codes open."""
        items = tuple(
            item
            if item.open is (item.code in codes)
            else Item(code=item.code, open=item.code in codes, variants=item.variants)
            for item in self.items
        )
        opened, open_codes = _opened(items)
        return replace(self, items=items, open=opened, open_codes=open_codes)

    @property
    def sole(self) -> int | None:
        """The only open item."""
        return self.open[0] if len(self.open) == 1 else None


def _read_as(item: Item) -> str:
    """An item's code as comments are read."""
    return _JOINED.sub("", fold(item.code))


def _opened(items: tuple[Item, ...]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    places = tuple(place for place, item in enumerate(items) if item.open)
    return places, tuple(_read_as(items[place]) for place in places)


def _options(item: Item) -> Options | None:
    if not item.variants:
        return None
    fits: dict[str, int] = {}
    for place, variant in enumerate(item.variants):
        for option in variant.words:
            for word in option:
                if folded := fold(word):
                    fits[folded] = fits.get(folded, 0) | 1 << place
    return Options(
        keys=tuple(variant.key for variant in item.variants),
        fits=fits,
        has_numbers=any(word.isdigit() for word in fits),
    )


def _is_one_run(word: str) -> bool:
    """Whether the scanner meets the word in one piece."""
    return len(word) <= _WORD_MAX and _RUN.fullmatch(word) is not None


def _by_start(
    words: Iterable[str], more: Mapping[str, tuple[int, ...]]
) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for word in words:
        if _is_one_run(word):
            lengths.setdefault(word[0], set(more.get(word[0], ()))).add(len(word))
    return {
        **more,
        **{start: tuple(sorted(sizes, reverse=True)) for start, sizes in lengths.items()},
    }


def _phrases(
    words: Iterable[str], more: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for word in words:
        if not _is_one_run(word):
            found.setdefault(word[:2], set(more.get(word[:2], ()))).add(word)
    return {
        **more,
        **{
            start: tuple(sorted(several, key=lambda word: (-len(word), word)))
            for start, several in found.items()
        },
    }


_STARTS: Final = _by_start(WORDS, {})
_PHRASES: Final = _phrases(WORDS, {})

"""What a draft comes to in this show: claims, or a rejection with the first reason that holds."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator
from typing import Final

import msgspec
from rapidfuzz import process
from rapidfuzz.distance import OSA

from live.plus_one.drafts import NO_ITEM, Draft
from live.plus_one.model import Claim, Reason, Rejection, Rules
from live.plus_one.vocabulary import Options, Vocabulary

_HAN_MAX: Final = 4
_LETTERS_MAX: Final = 12
_NEAREST: Final = 3
_NEAR: Final = 2
"""How many typing slips apart a code may be to be worth offering."""

Outcome = Claim | Rejection


def settle(draft: Draft, vocabulary: Vocabulary, rules: Rules) -> list[Outcome] | None:
    """Claims and rejections; None if the draft is nothing but other words."""
    place = draft.code
    if place != NO_ITEM and vocabulary.options[place] is None and not (draft.odd or draft.words):
        # Most orders: an item without variants, by its code.
        item = vocabulary.items[place]
        wanted = draft.action != "cancel" and item.open
        if wanted and draft.number is not None and 0 < draft.number <= rules.max_quantity:
            return [Claim(item.code, None, draft.number, draft.action, draft.note)]
    return _Settling(draft, vocabulary, rules, rules.strictness == "exact").outcomes()


class _Settling(msgspec.Struct, gc=False):
    draft: Draft
    vocabulary: Vocabulary
    rules: Rules
    exact: bool

    def outcomes(self) -> list[Outcome] | None:
        draft = self.draft
        if draft.reason is not None:
            return [Rejection(draft.text, draft.reason)]
        place, unknown, candidates = self._item()
        if draft.odd and not self._is_about_variants(place, unknown):
            if self.exact:
                return None
            if draft.touched and draft.here is None and not (draft.names_item or draft.words):
                return None  # 同意+1
        number = draft.number
        if number is not None and not 0 < number <= self.rules.max_quantity:
            if place == NO_ITEM and not unknown and (draft.words or draft.odd) and not candidates:
                return None
            return [self._rejected("quantity_out_of_range", place)]
        if unknown:
            return [self._rejected("unknown_item", NO_ITEM, self._nearest(unknown))]
        if place == NO_ITEM:
            return self._no_item(candidates)
        if draft.action != "cancel" and not self.vocabulary.items[place].open:
            return [self._rejected("item_closed", place)]
        options = self.vocabulary.options[place]
        if options is None:
            return [self._without_variants(place)]
        return list(self._with_variants(place, options))

    # --- which item

    def _item(self) -> tuple[int, str, tuple[int, ...]]:
        """The item, or the unknown code, or the open items that come into question."""
        draft, vocabulary = self.draft, self.vocabulary
        if draft.names_item:
            return draft.code, draft.unknown, ()
        about = draft.here if draft.is_bare or not self.exact else None
        about = about or (draft.named if draft.words or (draft.odd and self.exact) else None)
        if about is not None:
            if about.unknown:
                return NO_ITEM, about.unknown, ()
            if not draft.words or vocabulary.options[about.code] is not None:
                return about.code, "", ()
        candidates = vocabulary.open
        if draft.words:
            candidates = tuple(
                place
                for place in vocabulary.open
                if all(place in vocabulary.knowing.get(word, ()) for word in draft.words)
            )
            if not candidates and vocabulary.sole is not None:
                return self._sole_with_variants(), "", ()
        elif draft.odd and self._sole_with_variants() == NO_ITEM and self.exact:
            candidates = ()
        if len(candidates) == 1:
            return candidates[0], "", candidates
        return NO_ITEM, "", candidates

    def _sole_with_variants(self) -> int:
        sole = self.vocabulary.sole
        if sole is None or self.vocabulary.options[sole] is None:
            return NO_ITEM
        return sole

    def _no_item(self, candidates: tuple[int, ...]) -> list[Outcome] | None:
        draft, vocabulary = self.draft, self.vocabulary
        if not vocabulary.open and not (draft.odd and self.exact):
            return [self._rejected("item_closed", NO_ITEM)]
        if not candidates:
            return None
        codes = tuple(vocabulary.items[place].code for place in candidates)
        return [self._rejected("ambiguous_item", NO_ITEM, codes)]

    def _nearest(self, unknown: str) -> tuple[str, ...]:
        """The codes of open items within two slips of what was typed, nearest first."""
        vocabulary = self.vocabulary
        found = process.extract(
            unknown,
            vocabulary.open_codes,
            scorer=OSA.distance,
            score_cutoff=min(_NEAR, len(unknown) - 1),
            limit=_NEAREST,
        )
        return tuple(vocabulary.items[vocabulary.open[place]].code for _, _, place in found)

    # --- which variant

    def _is_about_variants(self, place: int, unknown: str) -> bool:
        """Whether the unknown word is one that stands where a variant would."""
        draft = self.draft
        if len(draft.odd) != 1 or not _is_short(draft.odd[0].word):
            return False
        if self.exact:
            return place != NO_ITEM or bool(unknown)
        if draft.words or draft.every or place == NO_ITEM:
            return False
        return self.vocabulary.options[place] is not None

    def _without_variants(self, place: int) -> Outcome:
        draft = self.draft
        if (draft.words or draft.odd) and self.exact:
            return self._rejected("unknown_variant", place)
        return self._claim(place, None)

    def _with_variants(self, place: int, options: Options) -> Iterator[Outcome]:
        draft = self.draft
        everything = draft.action == "cancel" and draft.number is None
        if everything and not draft.words and not draft.odd:
            yield self._claim(place, None)
        elif draft.odd and self._is_about_variants(place, ""):
            if draft.each and draft.words:
                yield from self._each(place, options)
                yield self._rejected("unknown_variant", place, options.keys)
                return
            fitting = options.fitting(draft.words)
            keys = options.named(fitting) or options.keys
            yield self._rejected("unknown_variant", place, keys)
        elif draft.every:
            fitting = options.fitting(draft.words)
            for key in options.named(fitting) or options.keys:
                yield self._claim(place, key)
        else:
            yield from self._each(place, options)

    def _each(self, place: int, options: Options) -> Iterator[Outcome]:
        words = self.draft.words
        if not self.draft.each:
            yield self._variant(place, options, words)
            return
        outcomes = [self._variant(place, options, group) for group in _one_by_one(words, options)]
        if any(isinstance(outcome, Rejection) for outcome in outcomes) and (
            together := _all_together(words, options)
        ):
            outcomes = [self._claim(place, key) for key in options.named(together)]
        yield from outcomes

    def _variant(self, place: int, options: Options, words: list[str]) -> Outcome:
        if not all(word in options.fits for word in words):
            return self._rejected("unknown_variant", place, options.keys)
        keys = options.named(options.fitting(words))
        if len(keys) == 1:
            return self._claim(place, keys[0])
        return self._rejected("needs_variant", place, keys or options.keys)

    # --- what comes out

    def _claim(self, place: int, variant: str | None) -> Claim:
        draft = self.draft
        code = self.vocabulary.items[place].code
        return Claim(code, variant, draft.number, draft.action, draft.note)

    def _rejected(self, reason: Reason, place: int, nearest: tuple[str, ...] = ()) -> Rejection:
        code = self.vocabulary.items[place].code if place != NO_ITEM else None
        return Rejection(self.draft.text, reason, code, self.draft.number, nearest)


def _is_short(word: str) -> bool:
    """Whether a word is as short as a variant's: four Han signs, twelve other letters."""
    return len(word) <= (_HAN_MAX if "\u3400" <= word[0] <= "\u9fff" else _LETTERS_MAX)


def _one_by_one(words: list[str], options: Options) -> list[list[str]]:
    """The variants named one after another before "each": 紅M白L."""
    groups: list[list[str]] = []
    bits = 0
    for word in words:
        fits = options.fits.get(word, 0)
        if groups and bits & fits:
            groups[-1].append(word)
            bits &= fits
        else:
            groups.append([word])
            bits = fits
    return groups or [[]]


def _all_together(words: list[str], options: Options) -> int:
    """The variants named all together before "each": 紅白M is both in M. 0 if that is not clear.

    Words that no variant has both of are choices of one option.
    """
    choices: list[list[int]] = []
    for fits in {word: options.fits.get(word, 0) for word in words}.values():
        for choice in choices:
            if not any(fits & other for other in choice):
                choice.append(fits)
                break
        else:
            choices.append([fits])
    found = options.every
    expected = 1
    for choice in choices:
        expected *= len(choice)
        found &= functools.reduce(operator.or_, choice)
    return found if found.bit_count() == expected else 0

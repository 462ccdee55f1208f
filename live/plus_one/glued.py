"""Letters and digits glued together: `a01x2`, `cfa01`, `a01mine`, `a01redm`, `2xa01`, `2pcs`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from live.plus_one.kinds import (
    CANCEL,
    CODE,
    CURRENCY,
    FIGURE,
    MEASURE,
    NUMBER,
    PRICE_UNIT,
    TIMES,
    UNIT,
    UNKNOWN_CODE,
    VARIANT,
    VERB,
    WORD,
)
from live.plus_one.tokens import Token
from live.plus_one.vocabulary import Vocabulary

_GLUED_MAX: Final = 40
"""What is glued together in a longer piece is no order."""
_DIGITS = re.compile("[0-9]+")
_LETTERS = re.compile("[a-z]+")
_KINDS: Final = frozenset({CODE, VARIANT, VERB, CANCEL})
_AFTER_DIGITS: Final = frozenset({CURRENCY, MEASURE, PRICE_UNIT, UNIT})


def read_glued(run: str, start: int, vocabulary: Vocabulary) -> list[Token]:
    """The tokens of `run`, which begins at `start` of its line; one `WORD` if it has no reading."""
    end = start + len(run)
    pieces = _split(run, vocabulary) if len(run) <= _GLUED_MAX else None
    if pieces is None:
        return _code_and_word(run, start, vocabulary) or [Token(WORD, start, end, word=run)]
    tokens: list[Token] = []
    for kind, at, size in pieces:
        word = run[at : at + size]
        first, stop = start + at, start + at + size
        last = tokens[-1] if tokens else None
        if kind in (CODE, UNKNOWN_CODE):
            if last is not None and last.kind in (CODE, UNKNOWN_CODE):
                # Two codes without anything between them are one that nobody knows.
                last.kind = UNKNOWN_CODE
                last.end = stop
                last.word += word
                continue
            place = vocabulary.codes[word] if kind == CODE else 0
            tokens.append(Token(kind, first, stop, place, word))
        elif kind == NUMBER:
            tokens.append(Token(kind, first, stop, int(word), word))
        elif last is not None and kind == MEASURE:
            last.end = stop
            last.measured = True
        elif last is not None and kind in _AFTER_DIGITS:
            last.end = stop
            last.kind = FIGURE
        else:
            tokens.append(Token(kind, first, stop, word=word))
    return tokens


def _split(run: str, vocabulary: Vocabulary) -> list[tuple[str, int, int]] | None:
    """The reading with the longest pieces first, as (kind, place, length); None if there is none.

    Found from the end, so that each place is looked at once.
    """
    size = len(run)
    best: list[tuple[str, int] | None] = [None] * size
    for place in range(size - 1, -1, -1):
        for kind, length in _candidates(run, place, vocabulary):
            stop = place + length
            if stop == size or best[stop] is not None:
                best[place] = kind, length
                break
    pieces = []
    place = 0
    while place < size:
        found = best[place]
        if found is None:
            return None
        pieces.append((found[0], place, found[1]))
        place += found[1]
    return pieces


def _candidates(run: str, place: int, vocabulary: Vocabulary) -> Iterator[tuple[str, int]]:
    """What may stand at `place`, best first. Digits are never torn apart."""
    sign = run[place]
    after_digit = place > 0 and run[place - 1].isdigit()
    if sign.isdigit() and after_digit:
        return
    if sign == "x" and (after_digit or (place > 0 and run[place + 1 : place + 2].isdigit())):
        yield TIMES, 1
    for size in vocabulary.starts.get(sign, ()):
        word = run[place : place + size]
        if (
            len(word) < size
            or word.isdigit()
            or (word[-1].isdigit() and run[place + size :][:1].isdigit())
        ):
            continue
        kind = vocabulary.words.get(word, "")
        if kind in _KINDS or (kind in _AFTER_DIGITS and after_digit):
            yield kind, size
    if digits := _DIGITS.match(run, place):
        yield NUMBER, len(digits[0])
    elif sign == "x" and run[place + 1 : place + 2].isdigit():
        yield TIMES, 1
    if size := code_like(run, place, vocabulary):
        yield UNKNOWN_CODE, size


def code_like(text: str, place: int, vocabulary: Vocabulary) -> int:
    """The length of what looks like one of the show's codes at `place`, 0 if nothing does.

    As many letters as a code of the show has, and at most one digit more.
    """
    letters = _LETTERS.match(text, place)
    if letters is None or len(letters[0]) not in vocabulary.shapes:
        return 0
    digits = _DIGITS.match(text, letters.end())
    if digits is None or len(digits[0]) > vocabulary.shapes[len(letters[0])] + 1:
        return 0
    return digits.end() - place


def _code_and_word(run: str, start: int, vocabulary: Vocabulary) -> list[Token] | None:
    """A known code with an unknown word glued to it (`a01purple`)."""
    for size in vocabulary.starts.get(run[0], ()):
        code, rest = run[:size], run[size:]
        if code in vocabulary.codes and rest.isalpha() and code[-1].isdigit():
            middle = start + size
            return [
                Token(CODE, start, middle, vocabulary.codes[code], code),
                Token(WORD, middle, start + len(run), word=rest),
            ]
    return None

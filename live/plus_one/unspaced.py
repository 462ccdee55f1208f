"""Words in text that has no blanks between words: Chinese, Thai and the like.

The longest known word is taken at each place. A known word of one sign, or a code of any length,
that touches unknown text is part of a longer word and means nothing: 買家 is not 買, 紅茶 is not
紅, 粉底液 is not 粉底.
"""

from __future__ import annotations

from typing import Final

from live.plus_one import numerals
from live.plus_one.kinds import (
    CHANGE,
    CODE,
    CONNECTIVE,
    COURTESY,
    CURRENCY,
    EACH,
    FIGURE,
    INSTEAD,
    LINK,
    MEASURE,
    NUMBER,
    PRICE_UNIT,
    SEPARATOR,
    SUFFIX,
    UNIT,
    VARIANT,
    VERB,
    WAIT,
    WORD,
    ZONE,
)
from live.plus_one.normalise import NUMERALS
from live.plus_one.tokens import Token
from live.plus_one.vocabulary import Vocabulary
from live.plus_one.words import MEASURES

_SOFT: Final = frozenset(
    {
        CHANGE,
        CONNECTIVE,
        COURTESY,
        EACH,
        INSTEAD,
        SEPARATOR,
        UNIT,
        VARIANT,
        VERB,
        WAIT,
    }
)
_THAI_SOFT: Final = frozenset({VARIANT, VERB})
_LABELS: Final = "號号"


def read_unspaced(
    line: str, start: int, end: int, vocabulary: Vocabulary, before: Token | None
) -> tuple[list[Token], int]:
    """The tokens of `line[start:end]`, and where reading went on to.

    That is behind `end` where a word of the show goes on in another script. `before` is the token
    in front, which may be a number that a measure word here belongs to.
    """
    pieces: list[Token] = []
    place = start
    while place < end:
        kind, size = _known(line, place, end, vocabulary)
        if line[place] in NUMERALS:
            stop = place + 1
            while stop < end and line[stop] in NUMERALS:
                stop += 1
            if stop - place >= size:
                value = numerals.value(line[place:stop])
                kind = WORD if value is None else NUMBER
                pieces.append(Token(kind, place, stop, value or 0))
                place = stop
                continue
        ahead = pieces[-1] if pieces else before
        near = ahead if ahead is not None and line[ahead.end : place] in ("", " ") else None
        word = line[place : place + size]
        if near is not None and near.kind == NUMBER and word in MEASURES:
            near.end = place + size
            near.measured = True
        else:
            _take(pieces, kind, place, word, near)
            if kind == CODE:
                pieces[-1].number = vocabulary.codes[word]
        place += size
    if len(pieces) > 1:
        _absorb(pieces)
    return _finished(line, pieces, before), place


def _known(line: str, place: int, end: int, vocabulary: Vocabulary) -> tuple[str, int]:
    """The longest known word at `place`; one unknown sign where there is none."""
    for phrase in vocabulary.phrases.get(line[place : place + 2], ()):
        if line.startswith(phrase, place) and not (
            phrase[-1].isascii() and line[place + len(phrase) : place + len(phrase) + 1].isalnum()
        ):
            return vocabulary.words[phrase], len(phrase)
    for size in vocabulary.starts.get(line[place], ()):
        if place + size <= end:
            kind = vocabulary.words.get(line[place : place + size])
            if kind is not None:
                return kind, size
    return WORD, 1


def _take(pieces: list[Token], kind: str, place: int, word: str, near: Token | None) -> None:
    """Add a word, as far as what stands before it lets it be what it is."""
    end = place + len(word)
    beside = near.kind if near is not None else None
    if kind == SUFFIX:
        if near is not None and beside == VARIANT:
            near.end = end
            return
        if not (beside == NUMBER and word in _LABELS):
            kind = WORD
    elif kind == PRICE_UNIT:
        if near is not None and beside in (NUMBER, FIGURE):
            near.kind = FIGURE
            near.end = end
            near.word = ""
            return
        kind = WORD
    elif kind == UNIT:
        # 8點 is a time; in 一點 (a bit) nothing is counted.
        if pieces or beside not in (NUMBER, FIGURE):
            kind = WORD
    elif kind in (MEASURE, CURRENCY, ZONE):
        kind = WORD
    pieces.append(Token(kind, place, end, word=word))


def _absorb(pieces: list[Token]) -> None:
    """Make what touches unknown text part of it."""
    for order in (range(1, len(pieces)), range(len(pieces) - 2, -1, -1)):
        for i in order:
            beside = pieces[i - order.step]
            if beside.kind == WORD:
                if _is_soft(pieces, i):
                    pieces[i].kind = WORD
            elif (
                beside.kind == LINK
                and pieces[i].kind in (VERB, COURTESY)
                and len(pieces[i].word) == 1
            ):
                pieces[i].kind = WORD


def _is_soft(pieces: list[Token], i: int) -> bool:
    piece = pieces[i]
    if piece.kind == CODE:
        return True
    if piece.kind == NUMBER:
        return not piece.measured
    if piece.kind == EACH:
        return i + 1 < len(pieces) and pieces[i + 1].kind != NUMBER
    if "\u0e00" <= piece.word[:1] < "\u0e80":
        return piece.kind in _THAI_SOFT
    return len(piece.word) == 1 and piece.kind in _SOFT


def _finished(line: str, pieces: list[Token], before: Token | None) -> list[Token]:
    """The tokens: unknown neighbours as one word, courtesy gone, a unit with its number."""
    tokens: list[Token] = []
    for piece in pieces:
        last = tokens[-1] if tokens else None
        if piece.kind in (WORD, LINK):
            if last is not None and last.kind == WORD and last.end == piece.start:
                last.end = piece.end
                last.word = line[last.start : last.end]
                continue
            piece.kind = WORD
            piece.word = line[piece.start : piece.end]
        elif piece.kind == COURTESY:
            continue
        elif piece.kind == UNIT and before is not None:
            before.kind = FIGURE
            before.end = piece.end
            continue
        tokens.append(piece)
    return tokens

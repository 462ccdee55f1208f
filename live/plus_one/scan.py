"""From one line's characters to tokens: numbers, signs, and words of the show and the grammar.

A line is read once, left to right. Courtesy and unnamed punctuation leave no token; what nobody
knows is a `WORD`. Known words inside longer, unknown ones are not found: 買家 is not 買, and 粉底液
is not 粉底.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from live.plus_one.glued import code_like, read_glued
from live.plus_one.kinds import (
    ABROAD,
    ALL,
    ALSO,
    CANCEL,
    CODE,
    COURTESY,
    CURRENCY,
    EACH,
    EQUALS,
    FIGURE,
    LINK,
    MEASURE,
    MINUS,
    NOT,
    NUMBER,
    PHONE,
    PLUS,
    PRICE_UNIT,
    REFUSE,
    SEPARATOR,
    TIMES,
    UNIT,
    UNKNOWN_CODE,
    VARIANT,
    VERB,
    WAIT,
    WORD,
)
from live.plus_one.normalise import ALNUM, LATIN, UNSPACED
from live.plus_one.tokens import Token
from live.plus_one.unspaced import read_unspaced
from live.plus_one.vocabulary import Vocabulary
from live.plus_one.words import CF, MEASURES

# Countries whose telephone numbers turn up in these rooms. Not 1: `+1 0912345678` is an order.
_COUNTRY: Final = "886|852|853|86|84|81|82|66|65|63|62|60"
_FIGURES: Final = rf"""
    (?P<abroad> \+\ ?(?:{_COUNTRY})(?=(?:[ ()-]{{0,2}}[0-9]){{7,12}}(?![0-9]))
                [ -]?(?:\(0\))?[0-9]{{1,11}}(?:[ -]?[0-9]{{2,4}}){{0,3}}(?![0-9a-z])
              | \+\ ?[0-9]{{8,}} )
  | (?P<phone> (?<![0-9a-z])
               (?: \(0[0-9]{{1,2}}\)\ ?[0-9]{{3,4}}[ -]?[0-9]{{4}}
                 | 0[0-9]{{1,3}}[ -][0-9]{{3,4}}[ -]?[0-9]{{3,4}}
                 | [0-9]{{3}}[ -][0-9]{{3}}[ -][0-9]{{3,4}}
                 | [0-9]{{4}}[ -][0-9]{{4}}
                 | [0-9]{{8,}} ) (?![0-9a-z]) )
  | (?P<clock> (?<![0-9a-z])[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?![0-9]) )
  | (?P<money> (?:(?<![0-9a-z])(?:nt|hk|us|tw|s))?[$¥€£₩₫฿]\ ?[0-9][0-9,]*(?:\.[0-9]+)? )
  | (?P<decimal> (?<![0-9a-z])[0-9]+\.[0-9]+(?:\.[0-9]+)* )
  | (?P<thousands> (?<![0-9a-z])[0-9]{{1,3}}(?:,[0-9]{{3}})+(?![0-9a-z,]) )
  | (?P<date> (?<![0-9a-z])[0-9]{{1,4}}/[0-9]{{1,2}}(?:/[0-9]{{1,4}})?(?![0-9a-z/]) )
"""
_PIECES: Final = rf"""
    (?P<number> [0-9]+(?![0-9{LATIN}]) )
  | (?P<alnum> {ALNUM}(?:'[a-z]+)? )
  | (?P<unspaced> {UNSPACED} )
  | (?P<plus> \++ )
  | (?P<minus> -+ )
  | (?P<times> \*+ )
  | (?P<equals> = )
  | (?P<percent> % )
  | (?P<separator> [,、;/] )
"""
_PIECE: Final = re.compile(_PIECES, re.VERBOSE)
_PIECE_OR_FIGURE: Final = re.compile(f"{_FIGURES} | {_PIECES}", re.VERBOSE)
# Most lines have no figures, and are read twice as fast without looking for them.
_HAS_FIGURES: Final = re.compile("[0-9][:.,/][0-9]|[$¥€£₩₫฿]|(?:[0-9][ ()-]{0,2}){8}")

_SIGNS: Final = {
    "plus": PLUS,
    "minus": MINUS,
    "times": TIMES,
    "equals": EQUALS,
    "separator": SEPARATOR,
    "phone": PHONE,
    "abroad": ABROAD,
    "clock": FIGURE,
    "money": FIGURE,
    "decimal": FIGURE,
}
DECIMAL: Final = "decimal"
_WORDS: Final = {"clock": "clock", "decimal": DECIMAL}
"""The `word` of figures that a plus behind them belongs to."""
_DIGITS_APART = re.compile("[ -]{1,3}([0-9]+)(?![0-9a-z])")
_PRICE = re.compile("(rm|nt|ntd|twd|hkd|usd|myr|sgd|thb|vnd)[0-9]+")
_AMOUNT = re.compile(r" ?[0-9][0-9,]*(?:\.[0-9]+)?(?![0-9a-z])")
_COUNTED = re.compile(r" ?\+? ?[0-9]")
_ORDERED = re.compile(r" ?(?:[+*=]|x ?[0-9])")
_ALONE: Final = frozenset({ALL, ALSO, CANCEL, CODE, EACH, NOT, REFUSE, VARIANT, VERB, WAIT})
"""What a whole run without blanks may be, whatever stands before it."""
_OPERATORS: Final = frozenset({PLUS, MINUS, TIMES, EQUALS})


def scan(line: str, vocabulary: Vocabulary, place: int = 0) -> list[Token]:
    """The tokens of `line`, normalised and without line ends, from `place` on."""
    tokens: list[Token] = []
    phrases, words = vocabulary.phrases, vocabulary.words
    pieces = _PIECE_OR_FIGURE if _HAS_FIGURES.search(line) else _PIECE
    reading = True
    while reading:
        reading = False
        for match in pieces.finditer(line, place):
            start, end = match.span()
            place = end
            name = match.lastgroup or ""
            if line[start : start + 2] in phrases and (phrase := _phrase(line, start, vocabulary)):
                place = start + len(phrase)
                kind = words[phrase]
                if kind != COURTESY:
                    number = vocabulary.codes[phrase] if kind == CODE else 0
                    tokens.append(Token(kind, start, place, number, phrase))
            elif name == "number":
                run = line[start:end]
                tokens.append(Token(NUMBER, start, end, int(run), run))
            elif name == "alnum":
                place = _alnum(tokens, line, start, end, vocabulary)
            elif name in _SIGNS:
                tokens.append(Token(_SIGNS[name], start, end, 0, _WORDS.get(name, "")))
            elif name == "unspaced":
                run = line[start:end]
                kind = words.get(run, "")
                if kind in _ALONE and run not in MEASURES:
                    number = vocabulary.codes[run] if kind == CODE else 0
                    tokens.append(Token(kind, start, end, number, run))
                elif kind != COURTESY:
                    before = tokens[-1] if tokens else None
                    found, place = read_unspaced(line, start, end, vocabulary, before)
                    tokens += found
            elif name == "percent":
                if tokens and tokens[-1].kind == NUMBER and tokens[-1].end == start:
                    tokens[-1].kind = FIGURE
                    tokens[-1].end = end
            else:
                place = _figure(tokens, line, start, end, name, vocabulary)
            if place != end:
                reading = True  # what was found goes on, or ends, elsewhere
                break
    return tokens


def _phrase(line: str, start: int, vocabulary: Vocabulary) -> str | None:
    for phrase in vocabulary.phrases[line[start : start + 2]]:
        if line.startswith(phrase, start):
            after = line[start + len(phrase) : start + len(phrase) + 1]
            if not (phrase[-1] < "\u2e80" and after.isalnum() and after < "\u2e80"):
                return phrase
    return None


def _figure(
    tokens: list[Token], line: str, start: int, end: int, name: str, vocabulary: Vocabulary
) -> int:
    """A date or a number with thousands set off, unless the signs set codes or claims apart."""
    parts = line[start:end].replace("/", ",").split(",")
    counted = bool(tokens) and tokens[-1].kind in _OPERATORS
    if any(part in vocabulary.codes for part in parts) or (name == "date" and counted):
        stop = start + len(parts[0])
        tokens.append(Token(NUMBER, start, stop, int(parts[0]), parts[0]))
        return stop
    if name == "thousands":
        tokens.append(Token(NUMBER, start, end, int("".join(parts))))
    else:
        tokens.append(Token(FIGURE, start, end))
    return end


def _alnum(tokens: list[Token], line: str, start: int, end: int, vocabulary: Vocabulary) -> int:
    """Letters and digits in one run; returns where reading goes on."""
    run = line[start:end]
    kind = vocabulary.words.get(run)
    if kind == CODE and not run.isalpha():
        tokens.append(Token(kind, start, end, vocabulary.codes[run], run))
        return end
    before = tokens[-1] if tokens else None
    near = before if before is not None and line[before.end : start] in ("", " ") else None
    if run == "x" and (tokens or run not in vocabulary.code_letters):
        if (near is not None and near.kind == NUMBER) or _COUNTED.match(line, end):
            kind = TIMES
    elif kind != VARIANT and run.isalpha():
        if (apart := _code_apart(tokens, line, start, end, run, vocabulary)) is not None:
            return apart
        if kind is None and run.startswith(CF) and run[2:] in vocabulary.codes:
            tokens.append(Token(VERB, start, start + 2, word=CF))
            return _alnum(tokens, line, start + 2, end, vocabulary)
    if kind is None:
        if run.isalpha() or "'" in run:
            tokens.append(Token(WORD, start, end, word=run))
        elif (price := _PRICE.fullmatch(run)) and price[1] not in vocabulary.code_letters:
            tokens.append(Token(FIGURE, start, end))
        else:
            tokens += read_glued(run, start, vocabulary)
    elif kind == CODE:
        tokens.append(Token(kind, start, end, vocabulary.codes[run], run))
    elif kind in _BY_PLACE:
        return _BY_PLACE[kind](tokens, line, start, end, near)
    elif kind != COURTESY:
        tokens.append(Token(WORD if kind == LINK else kind, start, end, word=run))
    return end


def _code_apart(
    tokens: list[Token], line: str, start: int, end: int, run: str, vocabulary: Vocabulary
) -> int | None:
    """A code with a blank or a hyphen between its letters and its digits."""
    letters = run
    if run not in vocabulary.code_letters and run.startswith(CF):
        letters = run[2:]
    if letters not in vocabulary.code_letters and len(letters) not in vocabulary.shapes:
        return None
    digits = _DIGITS_APART.match(line, end)
    if digits is None:
        return None
    code = letters + digits[1]
    if code in vocabulary.codes:
        kind = CODE
    elif code_like(code, 0, vocabulary) == len(code) and _ORDERED.match(line, digits.end()):
        kind = UNKNOWN_CODE
    else:
        return None
    tokens.append(Token(kind, start, digits.end(), vocabulary.codes.get(code, 0), code))
    return digits.end()


def _measure(tokens: list[Token], line: str, start: int, end: int, near: Token | None) -> int:
    if near is not None and near.kind == NUMBER:
        near.end = end
        near.measured = True
    else:
        tokens.append(Token(WORD, start, end, word=line[start:end]))
    return end


def _unit(tokens: list[Token], line: str, start: int, end: int, near: Token | None) -> int:
    if near is not None and near.kind in (NUMBER, FIGURE):
        near.end = end
        near.kind = FIGURE
    else:
        tokens.append(Token(WORD, start, end, word=line[start:end]))
    return end


def _currency(tokens: list[Token], line: str, start: int, end: int, near: Token | None) -> int:
    if amount := _AMOUNT.match(line, end):
        tokens.append(Token(FIGURE, start, amount.end()))
        return amount.end()
    return _unit(tokens, line, start, end, near)


_BY_PLACE: Final[dict[str, Callable[[list[Token], str, int, int, Token | None], int]]] = {
    CURRENCY: _currency,
    MEASURE: _measure,
    PRICE_UNIT: _unit,
    UNIT: _unit,
}

"""From tokens to elements: which number is a quantity, which is a code, and which is neither.

Afterwards a line holds no bare numbers and signs any more. There are quantities (`+2`, `x2`,
`兩個`, chained `+1+1` added up), codes, and what is no order: arithmetic, times, prices.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from live.plus_one.kinds import (
    ABROAD,
    ALL,
    ALSO,
    CANCEL,
    CODE,
    EACH,
    EQUALS,
    FIGURE,
    MINUS,
    NOT_AN_ORDER,
    NUMBER,
    PHONE,
    PLUS,
    QUANTITY,
    REFUSE,
    SEPARATOR,
    SUFFIX,
    TELEPHONE,
    TIMES,
    UNKNOWN_CODE,
    VARIANT,
    VERB,
    WORD,
    ZONE,
)
from live.plus_one.scan import DECIMAL
from live.plus_one.tokens import Token
from live.plus_one.vocabulary import Options, Vocabulary

SUBJECTS: Final = frozenset({CODE, UNKNOWN_CODE, VARIANT, ALL})
_OPERATORS: Final = frozenset({PLUS, MINUS, TIMES, EQUALS})
_CODES: Final = frozenset({CODE, UNKNOWN_CODE})
_COUNTS: Final = _OPERATORS | {NUMBER}
# An item may be called X2; behind something that waits for a quantity it still means two.
_TIMES: Final = re.compile("x[0-9]+")
_AMOUNTS: Final = frozenset({NUMBER, FIGURE})
_END: Final = Token(SEPARATOR, -1, -1)
_NATIONAL_MIN: Final = 10
"""Digits of a telephone number with its country's prefix, at least."""


def compose(tokens: list[Token], line: str, vocabulary: Vocabulary) -> list[Token]:
    """The elements of a line."""
    return _Composer(tokens, line, vocabulary).elements()


class _Composer(msgspec.Struct, gc=False):
    tokens: list[Token]
    line: str
    vocabulary: Vocabulary
    out: list[Token] = []
    place: int = 0
    wants: bool = False
    """Whether something was named that has no quantity yet."""
    options: Options | None = None
    """Of the item named last on the line."""
    digits_only: bool = False
    """Whether its code is a number."""
    sized: bool = False
    """Whether a number was taken for a variant of it."""
    cancelling: bool = False

    def elements(self) -> list[Token]:
        tokens = self.tokens
        while self.place < len(tokens):
            token = tokens[self.place]
            self.place += 1
            kind = token.kind
            if kind == CODE:
                self._code(token)
            elif kind == NUMBER:
                self._number(token)
            elif kind == PLUS:
                self._plus(token)
            elif kind == MINUS:
                self._minus(token)
            elif kind in (TIMES, EQUALS):
                self._times(token)
            elif kind == PHONE:
                self._phone(token)
            elif kind == ABROAD:
                self._abroad(token)
            else:
                self._other(token)
        return self.out

    def _other(self, token: Token) -> None:
        kind = token.kind
        if kind in SUBJECTS or kind == EACH:
            self.wants = True
            if kind == UNKNOWN_CODE:
                self.options = None
        elif kind == ALSO:
            self.wants = False
        elif kind in (CANCEL, REFUSE):
            self.cancelling = True
        elif kind == VERB:
            self.cancelling = False
        elif kind in (SUFFIX, TELEPHONE):
            if kind == TELEPHONE and self._ahead().kind in (PHONE, ABROAD):
                return
            token.kind = WORD
        self.out.append(token)

    def _code(self, token: Token) -> None:
        last = self.out[-1] if self.out else None
        if last is not None and last.kind in _CODES and last.end == token.start:
            # Two codes with nothing between them are one that nobody knows.
            last.kind = UNKNOWN_CODE
            last.end = token.end
            last.word += token.word
            self.options = None
            return
        if self.wants and _TIMES.fullmatch(token.word) and self._ahead().kind not in _COUNTS:
            self._quantity(token, int(token.word[1:]), "*", token.end)
            return
        self.wants = True
        self.sized = False
        self.options = self.vocabulary.options[token.number]
        self.digits_only = token.word.isdigit()
        self.out.append(token)

    # --- what lies around

    def _ahead(self, steps: int = 0) -> Token:
        place = self.place + steps
        return self.tokens[place] if place < len(self.tokens) else _END

    def _last(self) -> str | None:
        return self.out[-1].kind if self.out else None

    def _subject_ahead(self, steps: int = 0) -> int:
        """How many tokens further a code or variant is named, 0 if none is."""
        while self._ahead(steps).kind == VERB:
            steps += 1
        began = steps
        while self._ahead(steps).kind in SUBJECTS:
            steps += 1
        return steps if steps > began else 0

    # --- numbers

    def _number(self, token: Token) -> None:
        ahead = self._ahead()
        counted = ahead.kind in _OPERATORS and self._ahead(1).kind == NUMBER
        code = self.vocabulary.codes.get(token.word) if token.word and not token.measured else None
        if ahead.kind == SUFFIX:
            self._labelled(token, code)
        elif token.measured:
            self._plain(token)
        elif self._is_variant(token, code, counted=counted):
            token.kind = VARIANT
            self.sized = self.wants = True
            self.out.append(token)
        elif self._last() == EACH:
            self._plain(token)
        elif counted:
            self._counted(token, ahead, code)
        elif ahead.kind == TIMES:
            self.place += 1
            if self.wants or self._subject_ahead():
                self._quantity(token, token.number, "*", ahead.end)
            else:
                self._figure(token, ahead.end)
        elif ahead.kind == WORD and ahead.start == token.end:
            self._figure(token, token.end)
        elif named := self._subject_ahead():
            if code is not None and self._ahead(named).kind in {NUMBER, *_OPERATORS}:
                self._number_is_code(token, code)
            else:
                self._plain(token)
        elif code is not None and not (self.wants and not self._lists_codes()):
            self._number_is_code(token, code)
        elif self.wants and not (self.digits_only and self._last() == SEPARATOR):
            self._plain(token)
        else:
            self._figure(token, token.end)

    def _lists_codes(self) -> bool:
        """Whether codes are being listed, so that the next number is one rather than a quantity."""
        return (
            self.cancelling
            or self._last() == SEPARATOR
            or any(token.kind == EACH for token in self.tokens[self.place : self.place + 24])
        )

    def _labelled(self, token: Token, code: int | None) -> None:
        """A number with 號: the code of an item if something is ordered by it, else a label."""
        end = self._ahead().end
        self.place += 1
        if code is not None and self._ahead().kind in _OPERATORS:
            token.end = end
            self._number_is_code(token, code)
        else:
            self._figure(token, end)

    def _is_variant(self, token: Token, code: int | None, *, counted: bool) -> bool:
        """Whether the number is a variant's word: a shoe's size."""
        if self.options is not None:
            return not self.sized and token.word in self.options.fits
        return code is None and counted and not self.wants and token.word in self.vocabulary.knowing

    def _counted(self, token: Token, sign: Token, code: int | None) -> None:
        """A number with a sign and another number behind it."""
        touching = sign.start == token.end
        if code is not None and (not self.wants or (touching and sign.kind == PLUS)):
            self._number_is_code(token, code)
        elif sign.kind == TIMES and self._ahead(1).word in self.vocabulary.codes:
            self.place += 1
            self._quantity(token, token.number, "*", sign.end)  # 2x5, of an item called 5
        elif sign.kind != PLUS:
            self.place += 2
            self._figure(token, self._ahead(-1).end)
        elif not self.wants:
            self._no_order(token)
        elif self.options is not None and self.options.has_numbers and not self.sized:
            token.kind = WORD
            self.sized = True
            self.out.append(token)
        else:
            self._plain(token)

    def _number_is_code(self, token: Token, code: int) -> None:
        token.kind = CODE
        token.number = code
        self._code(token)

    # --- quantities

    def _plain(self, token: Token) -> None:
        self._chain(token, token.number, "+" if self._ahead().kind == PLUS else "", token.end)

    def _plus(self, token: Token) -> None:
        ahead = self._ahead()
        if ahead.kind == NUMBER:
            first = self._time_before(token)
            self.place += 1
            if first is token:
                self._chain(token, ahead.number, "+", ahead.end)
            else:
                self._no_order(first)
        elif ahead.kind == FIGURE and ahead.word == DECIMAL:
            self.place += 1
            self._figure(token, ahead.end)
        elif ahead.kind in (FIGURE, PHONE):
            first = self._time_before(token)
            self.place += 1
            self._no_order(first)
        elif ahead.kind not in SUBJECTS and ahead.kind not in _OPERATORS:
            # Between codes a plus joins: `A01+B02各1`.
            self._figure(token, token.end)

    def _time_before(self, plus: Token) -> Token:
        """The time, zone or fraction that a plus belongs to, taken back; else the plus itself."""
        last = self.out[-1] if self.out else None
        if last is not None and (
            last.kind == ZONE or (last.kind == FIGURE and last.word and last.end == plus.start)
        ):
            return self.out.pop()
        return plus

    def _chain(self, first: Token, number: int, sign: str, end: int) -> None:
        """Add up `+1+1`, and see whether it is a sum instead of an order."""
        while self._ahead().kind == PLUS and self._ahead(1).kind == NUMBER:
            number += self._ahead(1).number
            end = self._ahead(1).end
            self.place += 2
        if self._ahead().kind == EQUALS and sign:
            self._no_order(first)
            return
        if self._ahead().kind == TIMES and self._ahead(1).kind != NUMBER:
            self.place += 1
        self._quantity(first, number, sign, end)

    def _minus(self, token: Token) -> None:
        ahead = self._ahead()
        if ahead.kind == FIGURE:
            self.place += 1
            self._figure(token, ahead.end)
        elif (
            ahead.kind == NUMBER
            and (self.wants or ahead.start == token.end)
            and not self._is_variant(ahead, None, counted=False)
        ):
            self.place += 1
            self._quantity(token, ahead.number, "-", ahead.end)
        elif ahead is _END and self.out and self.out[-1].end == token.start:
            self._figure(token, token.end)  # `A01-` may mean a cancel; it is not one more

    def _times(self, token: Token) -> None:
        ahead = self._ahead()
        if ahead.kind == NUMBER:
            self.place += 1
            self._chain(token, ahead.number, "*", ahead.end)

    def _quantity(self, first: Token, number: int, sign: str, end: int) -> None:
        self.wants = False
        self.out.append(Token(QUANTITY, first.start, end, number, sign))

    # --- what is no order

    def _phone(self, token: Token) -> None:
        """A telephone number is masked, unless a sum is made with it."""
        ahead = self._ahead()
        if ahead.kind == PLUS and ahead.start == token.end:
            self._no_order(token)

    def _abroad(self, token: Token) -> None:
        """A plus with eight digits and more: masked if it is a telephone number, apart from all."""
        digits = sum(sign.isdigit() for sign in self.line[token.start : token.end])
        spaced = " " in self.line[token.start - 1 : token.start] or not self.out
        national = digits >= _NATIONAL_MIN and _has_country(self.line[token.start : token.end])
        if national and spaced:
            self.out.append(token)
        else:
            self._no_order(token)

    def _no_order(self, first: Token) -> None:
        """Take the whole sum, price or time that begins with `first` as one failed piece."""
        end = self._ahead(-1).end if self.place else first.end
        end = max(end, first.end)
        while self._ahead().kind in _OPERATORS or self._ahead().kind in _AMOUNTS:
            end = self._ahead().end
            self.place += 1
        self.wants = False
        self.out.append(Token(NOT_AN_ORDER, first.start, end))

    def _figure(self, token: Token, end: int) -> None:
        self.out.append(Token(FIGURE, token.start, end, word=token.word))


def _has_country(written: str) -> bool:
    return written.lstrip("+ ").startswith(_COUNTRIES)


_COUNTRIES: Final = ("886", "852", "853", "86", "84", "81", "82", "66", "65", "63", "62", "60")

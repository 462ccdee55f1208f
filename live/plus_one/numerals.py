"""Chinese numbers."""

from __future__ import annotations

from typing import Final

_ONES: Final = "零一二三四五六七八九"
_DIGIT: Final = {
    "〇": 0,
    "兩": 2,
    "两": 2,
    **{numeral: value for value, numeral in enumerate(_ONES)},
}


def _below_a_hundred() -> dict[str, int]:
    known = dict(_DIGIT)
    for tens in range(1, 10):
        for ones in range(10):
            written = ("" if tens == 1 else _ONES[tens]) + "十" + (_ONES[ones] if ones else "")
            known[written] = tens * 10 + ones
            if tens == 1:
                known["一" + written] = 10 + ones
    return known


_KNOWN: Final = _below_a_hundred()
BEYOND: Final = 1_000_000
"""Stands for thousands and more: nobody orders so many, the number itself is of no use."""


def value(written: str) -> int | None:
    """The number that the Chinese numerals `written` mean, None if they mean none.

    To ninety-nine as on the page, and hundreds, so that they are told to be too many.
    """
    if (known := _KNOWN.get(written)) is not None:
        return known
    if any(sign in written for sign in "千萬万"):
        return BEYOND
    hundreds, sign, rest = written.partition("百")
    if not sign or hundreds not in _DIGIT:
        return None
    more = _KNOWN.get(rest.removeprefix("零")) if rest else 0
    return None if more is None else _DIGIT[hundreds] * 100 + more

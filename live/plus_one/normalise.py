"""Normalising: the many ways to type the same thing become one.

The page's first three rules live here as far as they concern characters; what needs to know words
is left to the readers of words.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final

TYPED_MAX: Final = 500
NORMAL_MAX: Final = 1000

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNEVEN = re.compile(r"[^\S \n]|  ")
_BLANK = re.compile(r"[^\S\n]+")

# Invisible: controls, joiners, marks of direction, variation selectors, tags, halves of pairs.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U000e0000-\U000e0fff]+"
)

_ENCLOSED: Final = (
    "\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2473\u24ea-\u24ff\u2776-\u2793"
    "\u3251-\u325f\u32b1-\u32bf\U0001f10b\U0001f10c"
)
# A keycap is a digit, at times a variation selector, and a frame.
_APART = re.compile(f"(?:[0-9]\ufe0f?\u20e3)+|[{_ENCLOSED}]+|\U0001f51f")
_KEYCAP_TEN: Final = "\U0001f51f"

_ALIKE = str.maketrans(
    {
        "➕": "+",
        "✕": "*",
        "✖": "*",
        "×": "*",
        "╳": "*",
        "−": "-",
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "–": "-",
        "—": "-",
        "―": "-",
        "﹣": "-",
        "❓": "?",
        "❔": "?",
        "’": "'",
        "‘": "'",
        "。": ",",
        "｡": ",",
        **{chr(0x0E50 + digit): str(digit) for digit in range(10)},
    }
)

# After folding there are two sorts of words: those between blanks (Latin letters and digits), and
# those without any (Han, Thai, Kana, ...; Thai vowel signs are no letters to Unicode).
LATIN: Final = "a-zµß-öø-ɏḁ-ỿ"
ALNUM: Final = f"[0-9{LATIN}]+"
UNSPACED: Final = rf"(?:[^\W0-9_{LATIN}]|[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])+"

NUMERALS: Final = "零〇一二兩两三四五六七八九十百千萬万"
# 加 before a number is a plus, but not in 追加 (an order verb), 參加, 增加.
_ADD = re.compile(f"(?<![追參参增])加(?= ?[0-9{NUMERALS}])")
# 十 before an Arabic digit is a plus, but not in +十 or 二十 (and not in a feast's name, 雙十).
_TEN = re.compile("(?<![+一二兩两三四五六七八九雙双])十(?= ?[0-9])")


def normalise(text: str) -> tuple[str, str]:
    """What was typed as it is shown (her own case) and as it is read; equally long.

    Only blanks and `\\n` separate. Never fails; at most `TYPED_MAX` characters are looked at and
    `NORMAL_MAX` returned; a word that the cut runs through is left out whole.
    """
    shown = _cut(text, TYPED_MAX)
    if shown.isascii():
        if _CONTROL.search(shown):
            shown = _CONTROL.sub("", shown)
    else:
        if _APART.search(shown):
            shown = _APART.sub(_set_apart, shown)
        shown = _cut(unicodedata.normalize("NFKC", shown), NORMAL_MAX)
        shown = _INVISIBLE.sub("", shown).translate(_ALIKE)
        if "加" in shown:
            shown = _ADD.sub("+", shown)
        if "十" in shown:
            shown = _TEN.sub("+", shown)
    if _UNEVEN.search(shown):
        shown = _BLANK.sub(" ", _LINE_END.sub("\n", shown))
    folded = shown.casefold()
    # Rare letters grow when folded (ß); places in both must stay the same.
    return (shown, folded) if len(folded) == len(shown) else (folded, folded)


@functools.lru_cache(maxsize=16_384)
def fold(word: str) -> str:
    """A word of the show or of the vocabulary, as comments are read.

    Remembered, since a show's vocabulary is prepared anew whenever its run-down changes.
    """
    return normalise(word)[1].strip()


def _cut(text: str, most: int) -> str:
    """The first `most` characters, less the word or number that the cut would run through."""
    if len(text) <= most:
        return text
    end = most
    if text[end].isalnum() and text[end].isascii():
        while end and text[end - 1].isalnum() and text[end - 1].isascii():
            end -= 1
    return text[:end].rstrip("+-*=＋－×")


def _set_apart(match: re.Match[str]) -> str:
    """Circled, superscript and keycap digits, with a blank on either side."""
    run = match[0]
    if run == _KEYCAP_TEN:
        return " 10 "
    digits = (
        sign if sign.isascii() else str(int(unicodedata.numeric(sign)))
        for sign in run
        if sign not in "\ufe0f\u20e3"
    )
    return f" {''.join(digits)} "

"""How people write: one form for comparing, and which of our languages a message is in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import opencc

from bot.data import table
from core.locales import Locale

_SIMPLIFIED: Final = opencc.OpenCC("tw2sp")
_TO_SIMPLIFIED: Final = opencc.OpenCC("t2s")
_TO_TRADITIONAL: Final = opencc.OpenCC("s2t")

CJK: Final = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_CJK = re.compile(f"[{CJK}]")
_LATIN = re.compile(r"[a-z]+(?:['’][a-z]+)?")
_SPACES = re.compile(r"\s+")
_UNSEEN = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]"
)
LONGEST = 2000
"""Characters of a message that are looked at; chat takes no longer ones."""


def _plain(text: str) -> str:
    """One width, one case, one script; Taiwan's words for things as the mainland's."""
    text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text[:LONGEST])).lower()
    return _SPACES.sub(" ", _SIMPLIFIED.convert(text)).strip()


def _longest_first(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w))))


_SPOKEN: Final = {
    _plain(said): _plain(meant)
    for region in ("mandarin", "written")
    for said, meant in table("cantonese")[region].items()
}
_SPOKEN_WORDS: Final = _longest_first(_SPOKEN)
_CAN: Final = re.compile(f"([{CJK}])不\\1(?:得|到)")
"""食唔食得, 買唔買到: whether one can."""
_MARKS: Final = _longest_first(_plain(word) for word in table("cantonese")["marks"]["words"])
_HONG_KONG: Final = "恒吓"
"""Written there as on the mainland; Big5 has them not."""
_ENGLISH: Final = frozenset(table("language")["english"])


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """`text` in the form in which words are compared: NFKC, lower case, Simplified, and what
    Cantonese says otherwise in written Chinese. For comparing alone, never shown."""
    written = _SPOKEN_WORDS.sub(lambda found: _SPOKEN[found.group()], _plain(text))
    return _CAN.sub(r"能不能\1", written)


@lru_cache(maxsize=4096)
def speaks(text: str, otherwise: Locale) -> Locale:
    """The language of `text`; `otherwise`, the page's or that of what she wrote before, where the
    text does not say (a number, a code, "ok")."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
    chinese = _CJK.findall(plain)
    latin = [word for word in _LATIN.findall(plain) if len(word) > 1]
    english = sum(word.replace("’", "'") in _ENGLISH for word in latin)
    if not chinese:
        return "en" if english or len(latin) > 2 else otherwise
    if english >= 2 and len(latin) * 2 > len(chinese):
        return "en"  # "do you have 剝皮辣椒 in stock"
    return _chinese(plain, chinese, otherwise)


@lru_cache(maxsize=8192)
def _is_simplified(character: str) -> bool:
    """Not of Taiwan's and Hong Kong's common characters (Big5's first level), as 台 and 里 are."""
    if character in _HONG_KONG or _TO_TRADITIONAL.convert(character) == character:
        return False
    lead = character.encode("big5", "ignore")[:1]
    return not b"\xa4" <= lead <= b"\xc6"


@lru_cache(maxsize=8192)
def _is_traditional(character: str) -> bool:
    """Not of the mainland's characters (GB 2312), as 著 and 乾 are."""
    if _TO_SIMPLIFIED.convert(character) == character:
        return False
    return not character.encode("gb2312", "ignore")


def _chinese(plain: str, characters: list[str], otherwise: Locale) -> Locale:
    simplified = sum(_is_simplified(character) for character in characters)
    traditional = sum(_is_traditional(character) for character in characters)
    if simplified > traditional:
        return "zh-Hans"
    if _MARKS.search(_plain(plain)) and not (otherwise == "zh-Hans" and not traditional):
        return "zh-Hant-HK"
    if otherwise == "en" or (otherwise == "zh-Hans" and traditional):
        return "zh-Hant"
    return otherwise

"""Of how many pieces the price is asked: "what do two come to", 買三盒一共幾錢.

Where a number may count something else (what is compared, a size, a sum of money), none is taken:
then she is told the price of one.
"""

from __future__ import annotations

import re
from typing import Final

from bot.data import table
from bot.language import fold
from bot.planning.mentions import PLUS, SPELT, TIMES, number, quantity, spelt
from bot.talk import MOST_PRICED

_KINDS: Final = frozenset({"款", "样"})
"""兩款多少 asks for the price of each."""
_MEASURES: Final = "|".join(
    sorted({fold(word) for word in table("answers")["measures"]} - _KINDS, key=len, reverse=True)
)
_TWENTY_AND_THIRTY: Final = str.maketrans({"廿": "二十", "卅": "三十"})
_DIGITS: Final = "[1-9][0-9]?"
_CHINESE: Final = "[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]"
_MEASURED = re.compile(
    # 這兩罐, 各兩罐 and 三罐裝 are no two and no three of one thing.
    rf"(?<![0-9a-z.\-零一二两三四五六七八九十百千第这各半每])(?<!各[要买拿来])({_DIGITS}|{_CHINESE})"
    rf"\s*(?:(打)(?![折开包])|(?:{_MEASURES})(?![组套装式入月人]))"
)
_PIECES: Final = (
    r"(?:jars?|bottles?|box(?:es)?|pieces?|packs?|packets?|tins?|cans?|sets?|units?|pcs?"
    r"|of (?:it|them|those|these|this|that))\b"
)
_ELSE: Final = (
    r"(?:hundred|thousand|k|nt|hk|us|dollars?|bucks|percent|per cent|years?|months?|weeks?|days?"
    r"|hours?|min(?:ute)?s?|people|persons?|kinds?|types?|sorts?|flavou?rs?|sizes?|heat|levels?"
    r"|products?|items?|things?|different|of each|each)\b"
)
"""What is counted where it is no pieces."""
_FIGURES = re.compile(
    rf"(?<![0-9a-z.$,\-])({_DIGITS})\s?{_PIECES}"
    rf"|\bfor ({_DIGITS})(?![0-9a-z%\-]|[.,][0-9]|\s?(?:[%$]|{_ELSE}))"
    rf"|^({_DIGITS}) for\b"
)
_COUNTS_ELSE = re.compile(rf"[ \-]*{_ELSE}")
_NO_COUNT = re.compile(
    r"\b(?:the|these|those|all|between|each of|other|it|was|at|under|below|over|than|only|around"
    r"|about|paid|said|says)\s*$"
)
"""Before a number that compares, or is a price: "which of the two", "is it eighty"."""
_SO_MANY_ENGLISH = re.compile(
    r"(?:(?:and|or|then|so|ok|okay|if|for|a|i (?:take|buy|get|order)"
    r"|(what about|how about|what if))[ ,]+)*"
    rf"(?:({_DIGITS})\b|{SPELT})(?: {_PIECES})?(?: then)?\s*(\?*)"
)
_SO_MANY_CHINESE = re.compile(
    rf"(?:那么?|如果|要是|若)*(?:我?想?(要)|我?[买拿])?\s*(?:{_DIGITS}|{_CHINESE})\s*(?:{_MEASURES})"
    r"(?:的话|一起)?\s*(?:(呢)|\?)[?\s]*"
)


def asks_so_many(folded: str) -> bool:
    """Whether a text asks about a number of pieces and says nothing else: "and two?", 那兩件呢.

    What may be an order is none: two, and 要兩件？
    """
    text = folded.translate(_TWENTY_AND_THIRTY)
    if found := _SO_MANY_ENGLISH.fullmatch(text):
        return bool(found[1] or found.groups()[-1])
    found = _SO_MANY_CHINESE.fullmatch(text)
    return found is not None and bool(found[2] or not found[1])


def pieces_priced(masked: str) -> int | None:
    """2 to `MOST_PRICED`; None where the price of one is asked, or of no clear number of pieces.

    `masked`: a folded text in which products are masked, as their names may hold numbers.
    """
    text = masked.translate(_TWENTY_AND_THIRTY)
    if asks_so_many(text):
        pieces = quantity(text) or 1
        return pieces if 1 < pieces <= MOST_PRICED else None
    found = {number(many) * (12 if dozen else 1) for many, dozen in _MEASURED.findall(text)}
    for pattern in (PLUS, TIMES, _FIGURES):
        found |= {number(next(filter(None, one.groups()))) for one in pattern.finditer(text)}
    for value, start, end in spelt(text):
        if not _NO_COUNT.search(text[:start]) and not _COUNTS_ELSE.match(text[end:]):
            found.add(value)
    found.discard(1)  # "is that for one or for two": the price of one is told anyway
    if len(found) != 1:
        return None
    [pieces] = found
    return pieces if 1 < pieces <= MOST_PRICED else None

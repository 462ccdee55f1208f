"""Turns of speech that need no classifier: greetings around a question, thanks, yes and no."""

from __future__ import annotations

import re
from typing import Final, Literal

from bot.data import table
from bot.language import fold

_ANSWERS: Final = table("answers")


def folded(name: str) -> list[str]:
    """The words of `bot/data/answers.toml`, folded, the longest first."""
    # Folding takes particles away, and nothing is everywhere.
    words = {fold(word) for word in _ANSWERS[name]} - {""}
    return sorted(words, key=lambda word: (-len(word), word))


_YES, _NO = frozenset(folded("yes")), frozenset(folded("no"))
_PUTTING = frozenset(folded("putting"))
_ONE = "|".join(map(re.escape, folded("affirming")))
_AFFIRMED = re.compile(f"(?:{_ONE})(?:{_ONE}|[的啊呀哦喔啦了呢])*")
"""嗯對, 好的好的: yes, said more than once."""
_DECLINING: Final = tuple(folded("declining"))
_TRIM = re.compile(
    r"[\s,，.。!！~～?？、:：;；'’😊👍🙏❤️]+|" + "|".join(map(re.escape, folded("trimmings")))
)
_CANCELS = re.compile("取消[它他掉]?|cancel[它他]?(?: it)?")
_KEEPS = re.compile("(?:不|别|没)(?:要|想|用|会|好)?取消|(?:don't|do not|not) cancel")
_END = r"(?=$|[\s,，.。!！~～?？、:：;；])"
_OPENING = re.compile(
    "^(?:" + "|".join(re.escape(w) + (_END if w.isascii() else "") for w in folded("openings"))
    + r")[\s,，.。!！~～?？、:：;；啊呀喔哦]*"
)  # fmt: skip
_CLOSING = re.compile(
    r"[\s,，.。!！~～?？、:：;；]*(?:" + "|".join(map(re.escape, folded("closings")))
    + r")[\s,，.。!！~～啊呀喔哦]*$"
)  # fmt: skip
_THANKS = re.compile("谢|感恩|辛苦|thank|thx|cheers")
_QUESTION = re.compile(
    r"[?？吗呢]|什么|怎么|哪|谁|几|多少|为何|帮|\b(?:what|how|who|where|when|why|which|can|do|is|are)\b"
)
_MANY = re.compile(r"([^0-9])\1{2,}")
"""A character that is kept down: 啊啊啊啊."""
_HANDS: Final = re.compile("[👍👌🆗✅🙏\U0001f3fb-\U0001f3ff\ufe0f ]+")
"""Of any skin."""
_THUMB: Final = re.compile("[👍👌🆗✅]")
SIGNS = re.compile(r"[\s,，.。!！~～?？、:：;；\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]+")
"""What stands between words, and pictures."""


def core(messages: tuple[str, ...]) -> str:
    """Messages without the greetings before and the thanks after, where anything else is left."""
    left = []
    for message in messages:
        text = message
        while (shorter := _OPENING.sub("", text)) != text:
            text = shorter
        text = _CLOSING.sub("", text)
        left.append(text.strip())
    joined = "\n".join(one for one in left if one)
    return _MANY.sub(r"\1\1", joined or "\n".join(messages))


def thanks(text: str) -> bool:
    """Whether thanks are anywhere in a folded text."""
    return _THANKS.search(text) is not None


def thumbs_up(text: str) -> bool:
    """Whether a text is 👍 or the like, and nothing else."""
    return _HANDS.fullmatch(text) is not None and _THUMB.search(text) is not None


def only_greets(messages: tuple[str, ...], text: str) -> bool:
    """Whether one of the messages begins with a greeting, and nothing is asked in any."""
    return any(map(_OPENING.match, messages)) and not _QUESTION.search(text)


def yes_or_no(text: str, *, for_cart: bool = False) -> Literal["yes", "no"] | None:
    """`yes` or `no` where a folded text says just that; nothing is changed on a maybe.

    `for_cart`: something is offered for the cart, so that "put it in" is a yes.
    """
    if thumbs_up(text):
        return "yes"
    yes = _YES | _PUTTING if for_cart else _YES
    plain = SIGNS.sub(" ", text).strip()
    for shape in (plain, _TRIM.sub("", plain).strip(), " ".join(_TRIM.sub(" ", plain).split())):
        if shape in _NO:
            return "no"
        if shape in yes:
            return "yes"
    parts = plain.split()
    if parts and all(part in yes or _AFFIRMED.fullmatch(part) for part in parts):
        return "yes"
    return None


def declines(text: str) -> bool:
    """Whether a folded text begins with a no, whatever it says then. It is for an open proposal:
    nothing is changed by a no. A yes with more behind it is none."""
    plain = SIGNS.sub(" ", text).strip()
    first = plain.split(" ")[0]
    begins = any(
        f"{plain} ".startswith(f"{word} ") if word.isascii() else plain.startswith(word)
        for word in _DECLINING
    )
    return begins or first in _NO


def cancels(text: str) -> bool:
    """Whether a folded text speaks of cancelling."""
    return _CANCELS.search(text) is not None


def cancels_or_keeps(text: str) -> Literal["yes", "no"] | None:
    """The answer of a text that `cancels` to "shall the order be cancelled?": 對，取消 is yes,
    還是不取消了 is no; 取消 alone may mean the order or the question."""
    if _KEEPS.search(text):
        return "no"
    return "yes" if yes_or_no(_CANCELS.sub(" ", text)) == "yes" else None

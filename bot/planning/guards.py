"""What is asked of the bot that it never gives, seen before anything is understood of it.

Nothing rests on this: tools act for the person of the conversation, prices come from the shop, and
what changes something is confirmed. It is for answering such messages kindly and to the point.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from bot.data import table

Guard = Literal["instructions", "code", "others", "prices"]

_PATTERNS: Final[tuple[tuple[Guard, re.Pattern[str]], ...]] = tuple(
    (guard, re.compile("|".join(f"(?:{one})" for one in table("guards")[guard]), re.MULTILINE))
    for guard in ("instructions", "code", "others", "prices")
)


def guard_of(folded: str) -> Guard | None:
    """What a folded text asks for that is never given; None where it is a plain question.

    It tries to instruct the bot, holds code, asks for what is another's, or for another price.
    """
    return next((guard for guard, pattern in _PATTERNS if pattern.search(folded)), None)

"""How well a rep fits what a customer asks: what she speaks, and what she knows. Pure."""

from __future__ import annotations

from collections.abc import Sequence

WORDS = 20
"""Of what is asked about, that are looked at."""


def foreign(locale: str | None, languages: Sequence[str]) -> int:
    """0: she speaks it, 1: perhaps (another kind of Chinese, or she named none), 2: she does not.

    0 for all where it is not known.
    """
    if locale is None or locale in languages:
        return 0
    chinese = locale.startswith("zh") and any(one.startswith("zh") for one in languages)
    return 1 if chinese or not languages else 2


def knows(words: Sequence[str], skills: Sequence[str]) -> bool:
    """Whether one of `skills` is written in one of `words`; upper case is as lower."""
    told = [word.casefold() for word in words[:WORDS]]
    return any(skill.casefold() in word for skill in skills for word in told)

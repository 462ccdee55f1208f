"""What a customer said since she was last answered: one turn, in however many messages."""

from __future__ import annotations

import msgspec

from bot.language import fold, speaks
from bot.talk import Said, Talk
from core.locales import Locale

WRITTEN = 1000
"""Characters of a turn that are looked at: the newest ones."""


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    text: str
    """All that she wrote, a message a line."""
    folded: str
    messages: tuple[str, ...]
    """Each by itself, folded."""
    pressed: str | None
    """What the button means that she pressed last."""
    locale: Locale
    before: Said | None
    """The message of the bot or of staff that she answers."""
    asked_before: str
    """What she had written before that, folded: the question that `before` answers."""
    first: bool
    """The bot has said nothing yet in this round, and says this itself."""


def turn_of(talk: Talk) -> Turn:
    said = talk.said
    start = next((i + 1 for i in range(len(said) - 1, -1, -1) if said[i].role != "customer"), 0)
    hers = said[start:]
    before = said[start - 1] if start else None
    text = "\n".join(one.text for one in hers if one.text)[-WRITTEN:]
    return Turn(
        text=text,
        folded=fold(text),
        messages=tuple(fold(one.text) for one in hers if one.text.strip()),
        pressed=hers[-1].pressed if hers else None,
        locale=_locale(talk, start),
        before=before,
        asked_before=_asked_before(said[: start - 1]) if start else "",
        first=not talk.drafts and not any(one.role == "bot" for one in said),
    )


def _locale(talk: Talk, start: int) -> Locale:
    """By what she writes, the newest first: "ok" and "+1" say nothing, what was before does."""
    locale = talk.locale
    for index, one in enumerate(talk.said):
        if one.role == "customer" and one.pressed is None:
            if index >= start:
                break
            locale = speaks(one.text, locale)
    written = " ".join(one.text for one in talk.said[start:] if one.pressed is None)
    return speaks(written, locale)


def _asked_before(said: tuple[Said, ...]) -> str:
    hers: list[str] = []
    for one in reversed(said):
        if one.role != "customer":
            break
        hers.append(one.text)
    return fold("\n".join(reversed(hers))[-WRITTEN:])

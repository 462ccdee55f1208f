"""Who is given a conversation that waits. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from chat.reps import Standing

WORDS = 20
"""Of what a conversation is about, that are looked at."""


class Wanted(msgspec.Struct, frozen=True):
    """What a conversation that waits asks of a rep. No locale: it is not known."""

    locale: str | None = None
    words: tuple[str, ...] = ()
    left_by: tuple[str, ...] = ()


def choose(wanted: Wanted, reps: Mapping[str, Standing]) -> str | None:
    """The one of `reps`, whose desks are open, who is to have it; None for nobody.

    Who is away, has as many as she takes, or left this one is none. Who leaves customers without an
    answer comes last; of the others who speaks the language, then who knows about it, then who has
    least to do, then who was given something longest ago.
    """

    def order(id: str) -> tuple[bool, int, bool, int, int, str]:
        rep = reps[id]
        return (
            rep.missed_at is not None,
            _foreign(wanted.locale, rep.profile.languages),
            not _knows(wanted.words, rep.profile.skills),
            rep.busy,
            rep.assigned_at or 0,
            id,
        )

    free = (id for id, rep in reps.items() if _is_free(rep) and id not in wanted.left_by)
    return min(free, key=order, default=None)


def _foreign(locale: str | None, languages: Sequence[str]) -> int:
    """0: she speaks it, 1: perhaps (another kind of Chinese, or she named none), 2: she does not.

    0 for all where it is not known.
    """
    if locale is None or locale in languages:
        return 0
    chinese = locale.startswith("zh") and any(one.startswith("zh") for one in languages)
    return 1 if chinese or not languages else 2


def _knows(words: Sequence[str], skills: Sequence[str]) -> bool:
    """Whether one of `skills` is written in one of `words`; upper case is as lower."""
    told = [word.casefold() for word in words[:WORDS]]
    return any(skill.casefold() in word for skill in skills for word in told)


def anybody_free(reps: Mapping[str, Standing]) -> bool:
    return any(map(_is_free, reps.values()))


def _is_free(rep: Standing) -> bool:
    return not rep.profile.away and rep.busy < rep.profile.most

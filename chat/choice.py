"""Who is given a conversation that waits. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from chat.reps import Standing
from core.match import foreign, knows


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
            foreign(wanted.locale, rep.profile.languages),
            not knows(wanted.words, rep.profile.skills),
            rep.busy,
            rep.assigned_at or 0,
            id,
        )

    free = (id for id, rep in reps.items() if _is_free(rep) and id not in wanted.left_by)
    return min(free, key=order, default=None)


def anybody_free(reps: Mapping[str, Standing]) -> bool:
    return any(map(_is_free, reps.values()))


def _is_free(rep: Standing) -> bool:
    return not rep.profile.away and rep.busy < rep.profile.most

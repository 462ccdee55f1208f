"""At whom a call that waits rings next. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from core.clock import Instant
from core.match import foreign, knows
from video.consult.state import Pass

AGAIN_MS = 60_000
"""It does not ring again so soon at a rep who has not answered this call."""
BOOKED_RINGS = 3
"""Of a call that was booked, at the rep who was booked, before it rings at anybody."""
BOOKED_MS = 60_000
"""As long as those rings together a call waits for a booked rep at whom it cannot ring."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a call that waits asks of a rep. `booked`: the one whom the customer has booked."""

    asked_at: Instant
    locale: str | None = None
    words: tuple[str, ...] = ()
    """What it is about: its topic, titles of what she looked at."""
    booked: str | None = None
    left_by: tuple[Pass, ...] = ()


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A rep as she stands now. `busy`: it rings at her, she invites or talks.

    `called_at`: when it last rang at her, answered or not, or she last took a call.
    """

    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    busy: bool = False
    called_at: Instant | None = None


def choose(wanted: Wanted, reps: Mapping[str, Standing], now: Instant) -> str | None:
    """The one of `reps`, who take calls now, at whom it rings; None for nobody yet.

    A booked call is the booked rep's for three rings, unless she declines. Then, of those who are
    free: who left this one within the last minute is none, and who left it before comes last; of
    the others who speaks the language, then who knows about it, then who has gone without a call
    for longest.
    """
    booked = wanted.booked
    if booked is not None and _holds(wanted, booked, reps, now):
        return booked if booked in reps and not reps[booked].busy else None
    left = {one.staff: one.at_ms for one in wanted.left_by}

    def order(id: str) -> tuple[bool, int, bool, int, str]:
        rep = reps[id]
        return (
            id in left,
            foreign(wanted.locale, rep.languages),
            not knows(wanted.words, rep.skills),
            rep.called_at or 0,
            id,
        )

    free = (
        id
        for id, rep in reps.items()
        if not rep.busy and (id not in left or left[id] + AGAIN_MS <= now)
    )
    return min(free, key=order, default=None)


def _holds(wanted: Wanted, booked: str, reps: Mapping[str, Standing], now: Instant) -> bool:
    """Whether the call is still kept for the rep who was booked."""
    passes = [one for one in wanted.left_by if one.staff == booked]
    if len(passes) >= BOOKED_RINGS or any(one.cause == "declined" for one in passes):
        return False
    can_ring = booked in reps and not reps[booked].busy
    return can_ring or now < wanted.asked_at + BOOKED_MS

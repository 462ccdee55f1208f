"""What may be booked: reps' hours cut into starts on the grid, less what is taken. Pure.

The grid is a quarter of an hour wide. It is laid by UTC; the clocks of every place stand whole
quarters apart from it, so it is the grid of their clocks too, whatever daylight saving does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from core.clock import Instant
from core.hours import DAY_MS, MINUTE_MS, Hours
from core.match import foreign, knows

QUARTER_MS: Final = 15 * MINUTE_MS
LEAD_MS: Final = 30 * MINUTE_MS
"""How soon a booking may begin: she has to read the letter, and the rep to see it."""
AHEAD_MS: Final = 30 * DAY_MS
"""How far ahead one may book."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Rep(msgspec.Struct, frozen=True):
    """One who may be booked. No languages: none were named."""

    id: str
    name: str
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    email: str | None = None


class Desk(msgspec.Struct, frozen=True):
    """A rep with her hours, and the quarters that are taken of them."""

    rep: Rep
    hours: Hours
    taken: frozenset[Instant] = frozenset()


def quarters(starts_at: Instant, ends_at: Instant) -> list[Instant]:
    """The quarters that a booking covers, in order."""
    return list(range(starts_at, ends_at, QUARTER_MS))


def suitable(reps: Iterable[Rep], topic: str | None, locale: str | None) -> list[Rep]:
    """Those of `reps` to whom it may be given.

    Who may speak the language; where nobody does, all. Of these who knows of the topic; where
    nobody does, all: better somebody than nobody.
    """
    everybody = list(reps)
    speak = [rep for rep in everybody if foreign(locale, rep.languages) < 2] or everybody
    return [rep for rep in speak if topic is None or knows([topic], rep.skills)] or speak


def starts(
    desks: Iterable[Desk],
    minutes: int,
    *,
    since: Instant,
    until: Instant,
    now: Instant,
    own: Sequence[tuple[Instant, Instant]] = (),
) -> list[Instant]:
    """Every start from `since` on and before `until` at which one of `desks` is free, in order.

    `own` are times at which she who asks has something already.
    """
    since, until = max(since, now + LEAD_MS), min(until, now + AHEAD_MS + 1)
    length = minutes * MINUTE_MS
    found: set[Instant] = set()
    if since >= until:
        return []
    for desk in desks:
        for opens, closes in desk.hours.openings(since, until + length):
            first = _up(max(opens, since))
            for at in range(first, min(closes - length, until - 1) + 1, QUARTER_MS):
                if at not in found and desk.taken.isdisjoint(quarters(at, at + length)):
                    found.add(at)
    return sorted(at for at in found if not overlaps(own, at, at + length))


def is_free(desk: Desk, starts_at: Instant, ends_at: Instant, now: Instant) -> bool:
    """Whether a booking may be made there: on the grid, in her hours, untaken, soon and late."""
    return (
        starts_at % QUARTER_MS == 0
        and now + LEAD_MS <= starts_at <= now + AHEAD_MS
        and any(
            opens <= starts_at and ends_at <= closes
            for opens, closes in desk.hours.openings(starts_at, ends_at)
        )
        and desk.taken.isdisjoint(quarters(starts_at, ends_at))
    )


def overlaps(times: Iterable[tuple[Instant, Instant]], since: Instant, until: Instant) -> bool:
    return any(begins < until and since < ends for begins, ends in times)


def fewest(
    desks: Sequence[Desk],
    booked: Mapping[str, Sequence[Instant]],
    starts_at: Instant,
    *,
    locale: str | None = None,
    first: str | None = None,
) -> Desk | None:
    """The one of `desks`, all free, who is given what starts then; None of none.

    `first` if she is among them. Else who has the fewest bookings on that day of her own clocks;
    of these who speaks the language best.
    """

    def order(desk: Desk) -> tuple[bool, int, int, str]:
        zone = ZoneInfo(desk.hours.time_zone)
        day = _day(starts_at, zone)
        that_day = sum(_day(at, zone) == day for at in booked.get(desk.rep.id, ()))
        return (
            desk.rep.id != first, that_day, foreign(locale, desk.rep.languages), desk.rep.id
        )  # fmt: skip

    return min(desks, key=order, default=None)


def nearest(found: Collection[Instant], wanted: Instant, most: int) -> list[Instant]:
    """Of `found` those nearest to what was wanted, in order."""
    return sorted(sorted(found, key=lambda at: (abs(at - wanted), at))[:most])


def _up(at: Instant) -> Instant:
    """The first place on the grid that is not before `at`."""
    return -(-at // QUARTER_MS) * QUARTER_MS


def _day(at: Instant, zone: ZoneInfo) -> date:
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(zone).date()

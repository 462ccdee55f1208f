"""How well customers are answered, from rounds: pure.

Times count while the shop is open, by the hours as they are now; without hours every minute counts.
What is measured:

- the *first answer*: from when a person was wanted (the round was opened, or the bot handed it
  over) until somebody answered. Not of rounds that the shop opened, nor of those that a rep took
  from the bot unasked;
- the *resolution*: from when the round was opened until a rep resolved it. Not of rounds that ended
  by themselves;
- the *score*: of those who gave one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from chat.rounds import Round
from core.clock import Instant
from core.hours import Hours

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Spread(msgspec.Struct, frozen=True):
    """Of `count` durations in milliseconds; None where there is none."""

    count: int
    median_ms: int | None
    p90_ms: int | None


class Scores(msgspec.Struct, frozen=True):
    """`each`: how many gave 1, 2, 3, 4, 5. `mean` is None where nobody did."""

    count: int
    mean: float | None
    each: tuple[int, int, int, int, int]


class Figures(msgspec.Struct, frozen=True):
    """Of some rounds: how many there were, how many of them people answered and resolved."""

    rounds: int
    answered: int
    resolved: int
    first: Spread
    resolution: Spread
    scores: Scores


class Day(msgspec.Struct, frozen=True):
    """The rounds that were opened on a day of the shop's."""

    date: str
    rounds: int
    answered: int
    resolved: int
    first_ms: int | None
    score: float | None


class OpenTime:
    """How much open time lies between two instants of a span of time."""

    def __init__(self, hours: Hours | None, since: Instant, until: Instant) -> None:
        self._always = hours is None
        spans = [] if hours is None else hours.openings(since, until)
        self._begins = [begins for begins, _ in spans]
        self._spans = spans
        self._before = [0, *accumulate(ends - begins for begins, ends in spans)]

    def between(self, since: Instant, until: Instant) -> int:
        """In milliseconds; 0 unless `until` is the later one."""
        if until <= since:
            return 0
        return until - since if self._always else self._upto(until) - self._upto(since)

    def _upto(self, at: Instant) -> int:
        index = bisect_right(self._begins, at) - 1
        if index < 0:
            return 0
        begins, ends = self._spans[index]
        return self._before[index] + min(at, ends) - begins


def first_day(now: Instant, days: int, zone: str) -> date:
    """The first of `days` days of which today is the last."""
    return _day(now, ZoneInfo(zone)) - timedelta(days - 1)


def begin_of(day: date, zone: str) -> Instant:
    """The instant at which a day of the shop's begins."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return (midnight - _EPOCH) // timedelta(milliseconds=1)


def figures(rounds: Iterable[Round], time: OpenTime) -> Figures:
    kept = list(rounds)
    return Figures(
        rounds=len(kept),
        answered=sum(one.answered_at is not None for one in kept),
        resolved=sum(one.cause == "staff" for one in kept),
        first=_spread(kept, time, _first),
        resolution=_spread(kept, time, _resolution),
        scores=_scores(kept),
    )


def by_day(
    rounds: Iterable[Round], time: OpenTime, *, first: date, days: int, zone: str
) -> list[Day]:
    """Each of `days` days from `first` on, those without any round too."""
    shown = ZoneInfo(zone)
    on: dict[date, list[Round]] = {first + timedelta(number): [] for number in range(days)}
    for one in rounds:
        if (day := _day(one.opened_at, shown)) in on:
            on[day].append(one)
    told = []
    for day, kept in on.items():
        of_day = figures(kept, time)
        told.append(
            Day(
                date=day.isoformat(),
                rounds=of_day.rounds,
                answered=of_day.answered,
                resolved=of_day.resolved,
                first_ms=of_day.first.median_ms,
                score=of_day.scores.mean,
            )
        )
    return told


def of_rep(rounds: Iterable[Round], staff: str) -> list[Round]:
    """As much of the rounds as is a rep's: the first answer is hers who gave it, the rest hers who
    had the round last."""
    hers = []
    for one in rounds:
        if staff not in (one.staff, one.answered_by):
            continue
        if one.answered_by != staff:
            one = replace(one, answered_at=None)
        if one.staff != staff:
            one = replace(one, resolved_at=None, cause=None, score=None)
        hers.append(one)
    return hers


_Duration = Callable[[Round], tuple[Instant, Instant] | None]


def _first(one: Round) -> tuple[Instant, Instant] | None:
    wanted = one.handed_at if one.bot else one.opened_at
    if one.opened_by != "customer" or wanted is None or one.answered_at is None:
        return None
    return wanted, one.answered_at


def _resolution(one: Round) -> tuple[Instant, Instant] | None:
    if one.cause != "staff" or one.resolved_at is None:
        return None
    return one.opened_at, one.resolved_at


def _spread(rounds: Sequence[Round], time: OpenTime, of: _Duration) -> Spread:
    taken = sorted(time.between(*span) for one in rounds if (span := of(one)) is not None)
    return Spread(len(taken), _rank(taken, 50), _rank(taken, 90))


def _rank(ordered: Sequence[int], percent: int) -> int | None:
    """The nearest rank: the least value that so many percent are not above."""
    return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else None


def _scores(rounds: Sequence[Round]) -> Scores:
    given = [one.score for one in rounds if one.score is not None]
    one, two, three, four, five = (given.count(score) for score in range(1, 6))
    mean = round(sum(given) / len(given), 2) if given else None
    return Scores(len(given), mean, (one, two, three, four, five))


def _day(at: Instant, zone: ZoneInfo) -> date:
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(zone).date()

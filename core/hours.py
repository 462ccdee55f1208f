"""When the shop answers: opening hours by the clocks of one place, as a value and its arithmetic.

A span belongs to the day on which it begins, and may run into the next one. A special date has its
own spans, whatever its weekday and the holidays say; a closed date has none.

The clocks of a place jump. A local time comes at the first instant at which they show it or a later
one: at the jump where it is left out, the first time where it comes twice. So what follows by the
clock follows in time, a break stays a break, and a span that is left out whole is no span.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from core.clock import Instant
from core.inputs import Input

MINUTE_MS = 60_000
DAY_MS = 86_400_000
DAY_MINUTES = 24 * 60

AHEAD_DAYS = 60
"""How far ahead an opening or a closing is looked for."""
WAIT_DAYS = 366
"""How far back open time is counted: no wait is told more exactly than "over a year"."""

SPANS = 6
"""Of one day."""
CLOSED = 100
SPECIAL = 100
NAME_LENGTH = 40

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Span(NamedTuple):
    """Minutes from the midnight with which the day began; `until` is over 1440 past the next."""

    since: int
    until: int


Spans = tuple[Span, ...]


class Closed(msgspec.Struct, frozen=True):
    """Days on which the shop does not open, both ends among them."""

    first: date
    last: date
    name: str


class Special(msgspec.Struct, frozen=True):
    """A date with spans of its own; with none it is closed."""

    on: date
    spans: Spans


class Hours(msgspec.Struct, frozen=True):
    """The hours of one place. `week` has seven days, Monday first."""

    time_zone: str
    week: tuple[Spans, ...]
    closed: tuple[Closed, ...] = ()
    special: tuple[Special, ...] = ()

    def is_open(self, at: Instant) -> bool:
        today = self._day(at)
        return any(since <= at < until for since, until in self._open(today, today))

    def next_opening(self, at: Instant) -> Instant | None:
        """From when on it is open: `at` itself where it is. None if not within 60 days."""
        today = self._day(at)
        for since, until in self._open(today, today + timedelta(AHEAD_DAYS)):
            if until > at:
                opens = max(since, at)
                return opens if opens <= at + AHEAD_DAYS * DAY_MS else None
        return None

    def opened_at(self, at: Instant) -> Instant | None:
        """Since when it is open; None where it is closed. Of days that touch, yesterday at most."""
        today = self._day(at)
        for since, until in self._open(today, today):
            if since <= at < until:
                return since
        return None

    def open_after(self, at: Instant, ms: int) -> Instant:
        """When it will have been open for `ms`, a day at most, from `at` on.

        Where it is not open for as long within two days of opening, the rest counts day and night.
        """
        begins = at if self.is_open(at) else self.next_opening(at)
        if begins is None:
            return at + ms
        end = begins
        for since, until in self.openings(begins, begins + 2 * DAY_MS):
            since = max(since, begins)
            if until <= since:
                continue
            if until - since >= ms:
                return since + ms
            ms -= until - since
            end = until
        return end + ms

    def openings(self, since: Instant, until: Instant) -> list[tuple[Instant, Instant]]:
        """When it is open between two instants, and a little around them: in order, apart."""
        return list(self._open(self._day(since), self._day(until)))

    def closes_at(self, at: Instant) -> Instant | None:
        """Until when it is open. None where it is closed, or not to close within 60 days."""
        today = self._day(at)
        for since, until in self._open(today, today + timedelta(AHEAD_DAYS)):
            if since <= at < until:
                return until if until <= at + AHEAD_DAYS * DAY_MS else None
        return None

    def open_ms(self, since: Instant, until: Instant) -> int:
        """Open milliseconds between two instants; 0 unless `until` is the later one.

        What lies more than 366 days before `until` is not counted.
        """
        if until <= since:
            return 0
        since = max(since, until - WAIT_DAYS * DAY_MS)
        return sum(
            max(0, min(ends, until) - max(begins, since))
            for begins, ends in self._open(self._day(since), self._day(until))
        )

    def as_json(self) -> dict[str, Any]:
        """As `HoursInput` takes it."""
        return {
            "time_zone": self.time_zone,
            "week": [_shown(spans) for spans in self.week],
            "closed": [
                {"from": one.first.isoformat(), "to": one.last.isoformat(), "name": one.name}
                for one in self.closed
            ],
            "special": [
                {"date": one.on.isoformat(), "spans": _shown(one.spans)} for one in self.special
            ],
        }

    def _day(self, at: Instant) -> date:
        """The date on which the clocks stand."""
        return (_EPOCH + timedelta(milliseconds=at)).astimezone(ZoneInfo(self.time_zone)).date()

    def _open(self, first: date, last: date) -> Iterator[tuple[Instant, Instant]]:
        """When it is open from the day `first` until the day `last`, in order.

        Spans that touch or overlap (one that runs past midnight, the next day's first) are one.
        The day before is looked at too, whose last span may go on, and the day after: clocks that
        were set back over midnight show the day before again (St. John's did at 0:01, until 2011).
        """
        zone = ZoneInfo(self.time_zone)
        begun: Instant | None = None
        ends: Instant = 0
        for day, spans in self._days(first - timedelta(1), last + timedelta(1)):
            for span in spans:
                since, until = _comes(zone, day, span.since), _comes(zone, day, span.until)
                if since == until:  # the clocks left it out
                    continue
                if begun is not None and since > ends:
                    yield begun, ends
                    begun = None
                if begun is None:
                    begun, ends = since, until
                ends = max(ends, until)
        if begun is not None:
            yield begun, ends

    def _days(self, first: date, last: date) -> Iterator[tuple[date, Spans]]:
        special = {one.on: one.spans for one in self.special}
        closed = [one for one in self.closed if one.first <= last and one.last >= first]
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            if day in special:
                yield day, special[day]
            elif not any(one.first <= day <= one.last for one in closed):
                yield day, self.week[day.weekday()]


def _comes(zone: ZoneInfo, day: date, minutes: int) -> Instant:
    """The first instant at which the clocks show the minute `minutes` of `day`, or a later one."""
    wall = datetime.combine(day, time(), zone) + timedelta(minutes=minutes)
    # Of a time that comes twice, `fold` 0 is the first; of one that is left out, it has the offset
    # from before the jump, and `fold` 1 the one from after it: PEP 495.
    early, late = _offset(wall), _offset(wall.replace(fold=1))
    shown = wall.replace(tzinfo=UTC)
    found = shown - early
    if early < late:
        before = shown - late
        while found - before > timedelta(seconds=1):  # clocks jump at whole seconds
            middle = before + timedelta(seconds=(found - before) // timedelta(seconds=2))
            if _shows(zone, middle) < shown:
                before = middle
            else:
                found = middle
    return (found - _EPOCH) // timedelta(milliseconds=1)


def _offset(wall: datetime) -> timedelta:
    return wall.utcoffset() or timedelta()


def _shows(zone: ZoneInfo, at: datetime) -> datetime:
    """What the clocks show at an instant, written as if it were UTC."""
    return at.astimezone(zone).replace(tzinfo=UTC)


# As they are written


_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _span(texts: Sequence[str]) -> Span:
    """What "22:00" to "02:00" means: an end that is not later is the next day's."""
    since, until = (_minutes(text) for text in texts)
    return Span(since, until if until > since else until + DAY_MINUTES)


def _shown(spans: Spans) -> list[list[str]]:
    return [[_clock(span.since), _clock(span.until)] for span in spans]


def _clock(minutes: int) -> str:
    if minutes > DAY_MINUTES:
        minutes -= DAY_MINUTES
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _time(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise ValueError("not HH:MM, 00:00 to 24:00")
    return text


def _a_date(text: str) -> str:
    try:
        if _DATE.fullmatch(text):
            date.fromisoformat(text)
            return text
    except ValueError:
        pass
    raise ValueError("not a date as 2026-12-31")


def _a_span(texts: list[str]) -> list[str]:
    since, until = texts
    if since == "24:00":
        raise _at(0, "a day begins with 00:00")
    if since == until:
        raise _at(1, "ends when it begins")
    return texts


def _in_order(spans: list[list[str]]) -> list[list[str]]:
    for index, (before, after) in enumerate(pairwise(spans), 1):
        if _span(after).since < _span(before).until:
            raise _at(index, "begins before the one before it ends")
    return spans


def _a_week(week: list[list[list[str]]]) -> list[list[list[str]]]:
    """Nothing runs into what the next day begins with; Monday comes after Sunday."""
    for index, today in enumerate(week):
        tomorrow = week[(index + 1) % 7]
        if today and tomorrow:
            late, early = _span(today[-1]), _span(tomorrow[0])
            if late.until - DAY_MINUTES > early.since:
                raise _at(index, "runs into the next day's hours", len(today) - 1)
    return week


def _at(index: int, why: str, *rest: int) -> ValidationError:
    """What is wrong with one entry of a list; raised in the list's validator."""
    fault = PydanticCustomError("hours", "{why}", {"why": why})
    place = InitErrorDetails(type=fault, loc=(index, *rest), input=None)
    return ValidationError.from_exception_data("hours", [place])


_Time = Annotated[str, AfterValidator(_time)]
_Date = Annotated[str, AfterValidator(_a_date)]
_Span = Annotated[list[_Time], Field(min_length=2, max_length=2), AfterValidator(_a_span)]
_Spans = Annotated[list[_Span], Field(max_length=SPANS), AfterValidator(_in_order)]


class ClosedInput(Input):
    """`from` to `to`, both closed."""

    first: _Date = Field(alias="from")
    last: _Date = Field(alias="to")
    name: Annotated[str, StringConstraints(max_length=NAME_LENGTH, strip_whitespace=True)] = ""

    @field_validator("last")
    @classmethod
    def _not_before(cls, last: str, info: ValidationInfo) -> str:
        if last < info.data.get("first", ""):
            raise ValueError("before it begins")
        return last


class SpecialInput(Input):
    """A date that has spans of its own."""

    date: _Date
    spans: _Spans


class HoursInput(Input):
    """Hours as an operator sends them. Times are "HH:MM"; an end may be "24:00"."""

    time_zone: Annotated[str, Field(max_length=64)]
    week: Annotated[list[_Spans], Field(min_length=7, max_length=7), AfterValidator(_a_week)]
    closed: Annotated[list[ClosedInput], Field(max_length=CLOSED)]
    special: Annotated[list[SpecialInput], Field(max_length=SPECIAL)]

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            # "right/…" counts leap seconds, and the others are names of this machine's own.
            if value.startswith(("right/", "posix")) or value in ("localtime", "Factory"):
                raise ValueError(value)
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):  # of no name, of no zone, of a folder of zones
            raise ValueError("no time zone is called so") from None
        return value

    @field_validator("special")
    @classmethod
    def _each_once(cls, special: list[SpecialInput]) -> list[SpecialInput]:
        seen: set[str] = set()
        for index, one in enumerate(special):
            if one.date in seen:
                raise _at(index, "this date has its hours already")
            seen.add(one.date)
        return special

    def hours(self) -> Hours:
        return Hours(
            self.time_zone,
            tuple(_spans(day) for day in self.week),
            tuple(
                Closed(date.fromisoformat(one.first), date.fromisoformat(one.last), one.name)
                for one in self.closed
            ),
            tuple(Special(date.fromisoformat(one.date), _spans(one.spans)) for one in self.special),
        )


def _spans(texts: list[list[str]]) -> Spans:
    return tuple(_span(span) for span in texts)

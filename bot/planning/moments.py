"""Instants as people read them, in their language and the shop's time zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time

from core.clock import Instant
from core.locales import Locale


def moment(at: Instant, now: Instant, locale: Locale, zone: str) -> str:
    """`星期一 10:00` within a week, `12月3日 10:00` beyond; the time alone today."""
    babel = locale.replace("-", "_")
    there = _local(at, zone)
    days = (there.date() - _local(now, zone).date()) / timedelta(days=1)
    time = _time(there, babel)
    if days == 0:
        return time
    if 0 < days < 7:
        return f"{format_date(there, 'EEEE', locale=babel)} {time}"
    return f"{_day(there, babel)} {time}"


def moments(found: Iterable[Instant], now: Instant, locale: Locale, zone: str) -> list[str]:
    """The same of several in order; a day is named with the first of its times alone."""
    told: list[str] = []
    named: date = _local(now, zone).date()
    for at in found:
        there = _local(at, zone)
        if there.date() == named:
            told.append(_time(there, locale.replace("-", "_")))
        else:
            told.append(moment(at, now, locale, zone))
        named = there.date()
    return told


def day(at: Instant, locale: Locale, zone: str) -> str:
    """`12月3日`, `Dec 3`."""
    return _day(_local(at, zone), locale.replace("-", "_"))


def _day(there: datetime, babel: str) -> str:
    return str(format_skeleton("MMMd", there, locale=babel))


def _time(there: datetime, babel: str) -> str:
    return format_time(there, "HH:mm", locale=babel)


def _local(at: Instant, zone: str) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))

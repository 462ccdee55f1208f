"""Instants as people read them, in their language and the shop's time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time

from core.clock import Instant
from core.locales import Locale


def moment(at: Instant, now: Instant, locale: Locale, zone: str) -> str:
    """`星期一 10:00` within a week, `12月3日 10:00` beyond; the time alone today."""
    babel = locale.replace("-", "_")
    there = _local(at, zone)
    days = (there.date() - _local(now, zone).date()) / timedelta(days=1)
    time = format_time(there, "HH:mm", locale=babel)
    if days == 0:
        return time
    if 0 < days < 7:
        return f"{format_date(there, 'EEEE', locale=babel)} {time}"
    return f"{_day(there, babel)} {time}"


def day(at: Instant, locale: Locale, zone: str) -> str:
    """`12月3日`, `Dec 3`."""
    return _day(_local(at, zone), locale.replace("-", "_"))


def _day(there: datetime, babel: str) -> str:
    return str(format_skeleton("MMMd", there, locale=babel))


def _local(at: Instant, zone: str) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))

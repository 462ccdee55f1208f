"""A booking as an entry in a calendar: RFC 5545, one event that is replaced with each change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from icalendar import Calendar, Event

from core.clock import Instant
from core.locales import Locale
from video.consult.booking.model import Booking

TYPE: Final = "text/calendar"

_CALLED: Final[dict[Locale, str]] = {
    "zh-Hant": "視訊諮詢",
    "zh-Hant-HK": "視像諮詢",
    "zh-Hans": "视频咨询",
    "en": "Video consultation",
}


def entry(booking: Booking, *, shop: str, link: str) -> bytes:
    """The file. Of what she typed it has nothing: a calendar is often shared."""
    cancelled = booking.state == "cancelled"
    event = Event()
    # Named the same for ever: with it and the number a calendar knows which it replaces.
    event.add("uid", f"{booking.id}@plusone")
    event.add("sequence", booking.sequence)
    event.add("dtstamp", _moment(booking.changed_at))
    event.add("created", _moment(booking.created_at))
    event.add("last-modified", _moment(booking.changed_at))
    event.add("dtstart", _moment(booking.starts_at))
    event.add("dtend", _moment(booking.ends_at))
    event.add("summary", f"{_CALLED[booking.locale]} · {shop}")
    event.add("description", link)
    event.add("location", link)
    if link.startswith("http"):
        event.add("url", link)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    calendar = Calendar()
    calendar.add("prodid", "-//plusone//bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method(booking))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def method(booking: Booking) -> str:
    """RFC 5546 §3.2."""
    return "CANCEL" if booking.state == "cancelled" else "PUBLISH"


def _moment(at: Instant) -> datetime:
    return datetime.fromtimestamp(at // 1000, UTC)

"""The booking as an entry in a calendar, read back as a calendar reads it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from icalendar import Calendar, Component
from pydantic import HttpUrl

from core.settings import Settings
from tests.video.consult.booking.shop import Shop, at
from video.consult.booking.model import Booking

NOON = at("2026-09-22 12:00")


@pytest.fixture
def shop(shop: Shop) -> Shop:
    settings = Settings(
        public_url=HttpUrl("https://live.example.com/"), shop_name="醬坊, 台北; 一店"
    )
    return Shop.over(shop.database, shop.clock, settings)


def read(shop: Shop, booking: Booking) -> tuple[Component, Component]:
    """The calendar and its one event."""
    octets = shop.bookings.calendar(booking)
    assert all(len(line) <= 75 for line in octets.split(b"\r\n"))
    calendar = Calendar.from_ical(octets)
    assert calendar["VERSION"] == "2.0"
    [event] = calendar.walk("VEVENT")
    assert calendar.errors == []
    assert event.errors == []
    return calendar, event


async def test_an_entry_says_when_and_where(shop: Shop) -> None:
    await shop.rep("mei")
    made, token = await shop.booked(NOON, 45, text="我媽媽的生日", topic="禮盒")
    calendar, event = read(shop, made)
    assert calendar["METHOD"] == "PUBLISH"
    assert event.decoded("DTSTART") == datetime(2026, 9, 22, 4, 0, tzinfo=UTC)
    assert event.decoded("DTEND") == datetime(2026, 9, 22, 4, 45, tzinfo=UTC)
    assert event["SUMMARY"] == "視訊諮詢 · 醬坊, 台北; 一店"
    assert event["URL"] == f"https://live.example.com/bookings/{token}"
    assert event["UID"] == f"{made.id}@plusone"
    assert (event["SEQUENCE"], event["STATUS"]) == (0, "CONFIRMED")


async def test_an_entry_has_nothing_of_what_she_typed(shop: Shop) -> None:
    await shop.rep("mei")
    made, _ = await shop.booked(NOON, text="我媽媽的生日", topic="禮盒")
    text = shop.bookings.calendar(made).decode()
    for typed in ("美玲", "mei@example.com", "我媽媽的生日", "禮盒"):
        assert typed not in text.replace("\r\n ", "")


async def test_a_change_replaces_the_entry(shop: Shop) -> None:
    await shop.rep("mei")
    made, token = await shop.booked(NOON)
    _, first = read(shop, made)
    moved = await shop.bookings.move(token, shop.move(at("2026-09-23 12:00")))
    calendar, second = read(shop, moved)
    assert second["UID"] == first["UID"]
    assert second["SEQUENCE"] == 1
    assert calendar["METHOD"] == "PUBLISH"
    assert second.decoded("DTSTART") == datetime(2026, 9, 23, 4, 0, tzinfo=UTC)
    calendar, last = read(shop, await shop.bookings.cancel(token))
    assert last["UID"] == first["UID"]
    assert (last["SEQUENCE"], last["STATUS"]) == (2, "CANCELLED")
    assert calendar["METHOD"] == "CANCEL"


@pytest.mark.parametrize("locale", ["zh-Hant", "zh-Hant-HK", "zh-Hans", "en"])
async def test_an_entry_is_in_her_language(shop: Shop, locale: str) -> None:
    await shop.rep("mei")
    made, _ = await shop.booked(NOON, locale=locale)
    called = {
        "zh-Hant": "視訊諮詢",
        "zh-Hant-HK": "視像諮詢",
        "zh-Hans": "视频咨询",
        "en": "Video consultation",
    }
    assert str(read(shop, made)[1]["SUMMARY"]).startswith(called[locale])

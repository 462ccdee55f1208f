"""A booked call from the link to its end: it rings at the rep who was booked, and is held."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.hours import MINUTE_MS
from tests.service import Browser
from tests.video.consult.house import Desk, House, open_house
from tests.video.consult.line import Line
from tests.waiting import until

ALWAYS = {"time_zone": "UTC", "week": [[["00:00", "24:00"]]] * 7, "closed": [], "special": []}


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(database_url, tmp_path) as house:
        yield house


async def books(house: House, booked: Desk) -> tuple[Browser, str]:
    """A customer who has booked this rep, five minutes before it begins."""
    set_ = await booked.browser.ask("PUT", "/api/staff/consult/availability", json=ALWAYS)
    assert set_.status == 200, set_.body
    guest = await house.guest()
    start = (await guest.get("/api/consult/slots?minutes=15")).json["slots"][0]
    body = {
        "starts_at": start,
        "minutes": 15,
        "locale": "zh-Hant",
        "name": "小美",
        "email": "mei@example.com",
        "text": "想送人",
        "request_id": "request-1",
    }
    token = (await guest.post("/api/consult/bookings", body)).json["token"]
    house.service.clock.advance(start - 5 * MINUTE_MS - house.service.clock.now())
    return guest, token


async def enters(house: House, booked: Desk) -> tuple[Line, str]:
    """She comes in by her link."""
    guest, token = await books(house, booked)
    entered = await guest.post(f"/api/bookings/{token}/call", {})
    assert entered.status == 200, entered.body
    customer = await house.line(guest)
    await customer.enter(entered.json["call"])
    return customer, token


async def answers(booked: Desk, customer: Line) -> None:
    ring: dict[str, Any] = await until(lambda: booked.line.board["rings"])
    assert ring["id"] == customer.call["id"]
    assert (ring["wanted"], ring["text"]) == (booked.id, "想送人")
    await booked.line.enter(ring["id"])
    await booked.line.does("answer")
    await until(lambda: customer.phase == "talking")


async def held(customer: Line, token: str) -> dict[str, Any]:
    """The booking as its page sees it, once it was held."""

    async def booking() -> dict[str, Any]:
        read = await customer.browser.get(f"/api/bookings/{token}")
        shown: dict[str, Any] = read.json["booking"]
        return shown

    found: dict[str, Any] = await until(booking, lambda now: now["state"] != "booked")
    assert found["state"] == "held"
    return found


async def test_a_booked_call_rings_at_whom_she_booked_and_is_held_when_they_talked(
    house: House,
) -> None:
    other, booked = await house.desk("an"), await house.desk("mei")
    customer, token = await enters(house, booked)
    await answers(booked, customer)
    assert other.line.board["rings"] is None
    await customer.does("hang_up")
    assert (await held(customer, token))["may"] == {"move": False, "cancel": False, "enter": False}
    again = await customer.browser.post(f"/api/bookings/{token}/call", {})
    assert (again.status, again.code) == (409, "held")


async def test_who_stands_in_line_comes_in_to_whom_she_booked(house: House) -> None:
    booked = await house.desk("mei")
    guest, token = await books(house, booked)
    in_line, waits = await house.asks(guest)
    await until(lambda: booked.line.board["rings"])
    entered = await guest.post(f"/api/bookings/{token}/call", {})
    assert entered.json["call"] != waits
    await until(lambda: in_line.phase == "ended")
    customer = await house.line(guest)
    await customer.enter(entered.json["call"])
    await until(lambda: (booked.line.board["rings"] or {}).get("id") == entered.json["call"])
    await answers(booked, customer)
    again = await guest.post(f"/api/bookings/{token}/call", {})
    assert again.json == entered.json, "she talks: that is hers"
    await customer.does("hang_up")
    await held(customer, token)


async def test_whose_line_broke_may_come_in_again_until_the_end(house: House) -> None:
    booked = await house.desk("mei")
    customer, token = await enters(house, booked)
    await answers(booked, customer)
    first = customer.call["id"]
    await customer.socket.disconnect()
    await until(lambda: booked.line.call["gone"]["customer"] is not None)
    house.service.clock.advance(91_000)
    await until(lambda: booked.line.phase == "ended")
    booking = await held(customer, token)
    assert (booking["call"], booking["may"]["enter"]) == (first, True)
    again = await customer.browser.post(f"/api/bookings/{token}/call", {})
    assert again.status == 200, again.body
    assert again.json["call"] != first
    house.service.clock.advance(20 * MINUTE_MS)
    assert not (await held(customer, token))["may"]["enter"]

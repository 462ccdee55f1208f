"""Bookings over HTTP, by the whole service: what pages send, and what strangers do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from core.clock import SystemClock
from core.hours import DAY_MS, MINUTE_MS
from core.identity.model import Role
from core.outbox import add
from tests.service import Browser, Service, serving, settings_for
from tests.waiting import until
from tests.web.forked import plusone
from video.consult.booking.kept import Kept
from video.consult.store import ENDED
from web import bookings
from web.keys import DATABASE

WEEK = {
    "time_zone": "Asia/Taipei",
    "week": [[["00:00", "24:00"]]] * 7,
    "closed": [],
    "special": [],
}


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(settings_for(database_url, tmp_path)) as service:
        yield service


@pytest.fixture
async def rep(service: Service) -> Browser:
    """One who may be booked at any time."""
    browser = await staff(service, "mei", Role.REP)
    reply = await browser.ask("PUT", "/api/staff/consult/availability", json=WEEK)
    assert (reply.status, reply.json) == (200, WEEK)
    return browser


@pytest.fixture
async def guest(service: Service) -> Browser:
    browser = await service.browser()
    await browser.become_guest()
    return browser


async def staff(service: Service, name: str, role: Role) -> Browser:
    await service.add_staff(f"{name}@example.com", role)
    browser = await service.browser()
    await browser.become_staff(f"{name}@example.com")
    return browser


async def slots(browser: Browser, **query: object) -> list[int]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    reply = await browser.get(f"/api/consult/slots?{asked}")
    assert reply.status == 200, reply.body
    assert reply.json["time_zone"] == "Asia/Taipei"
    found: list[int] = reply.json["slots"]
    return found


def body(starts_at: int, **rest: object) -> dict[str, Any]:
    return {
        "starts_at": starts_at,
        "minutes": 30,
        "topic": None,
        "locale": "zh-Hant",
        "name": "美玲",
        "email": "mei@example.com",
        "about": None,
        "text": None,
        "request_id": f"request-{starts_at}",
        **rest,
    }


async def booked(browser: Browser, starts_at: int, **rest: object) -> dict[str, Any]:
    reply = await browser.post("/api/consult/bookings", body(starts_at, **rest))
    assert reply.status == 201, reply.body
    found: dict[str, Any] = reply.json
    return found


async def test_a_time_is_chosen_booked_moved_and_cancelled(
    service: Service, rep: Browser, guest: Browser
) -> None:
    free = await slots(guest, minutes=30, days=2)
    made = await booked(guest, free[100], text="想送人")
    booking, token = made["booking"], made["token"]
    assert (booking["state"], booking["starts_at"], booking["text"]) == (
        "booked", free[100], "想送人"
    )  # fmt: skip
    assert booking["staff"]["name"] == "mei"
    assert booking["email"] == "mei@example.com"
    assert booking["may"] == {"move": True, "cancel": True, "enter": False}
    assert free[100] not in await slots(guest, minutes=30, days=2)
    own = (await guest.get("/api/consult/bookings")).json["bookings"]
    assert own == [booking | {"token": token}]

    # Whoever has the link, signed in or not.
    nobody = await service.browser()
    path = f"/api/bookings/{token}"
    read = (await nobody.get(path)).json
    assert read == {"booking": booking | {"email": None}, "time_zone": "Asia/Taipei"}
    move = {"starts_at": free[60], "request_id": "request-move"}
    moved = await nobody.ask("PATCH", path, json=move)
    assert moved.json["booking"]["starts_at"] == free[60]
    assert (await nobody.get(f"/api/bookings/{moved.json['token']}")).status == 200
    entry = await nobody.get(f"{path}/calendar.ics")
    assert entry.headers["Content-Type"].startswith("text/calendar")
    assert Calendar.from_ical(entry.body).walk("VEVENT")[0]["SEQUENCE"] == 1
    listed = (await rep.get("/api/staff/consult/bookings")).json["bookings"]
    assert [one["id"] for one in listed] == [booking["id"]]
    assert listed[0]["email"] == "mei@example.com"
    assert (await nobody.delete(path)).json["booking"]["state"] == "cancelled"
    assert (await nobody.delete(path)).status == 200


async def test_what_is_taken_is_told_with_others(
    service: Service, rep: Browser, guest: Browser
) -> None:
    start = (await slots(guest))[10]
    await booked(guest, start)
    other = await service.browser()
    await other.become_guest()
    reply = await other.post("/api/consult/bookings", body(start))
    assert (reply.status, reply.code) == (409, "slot_taken")
    assert len(reply.json["data"]["slots"]) == 6


async def test_a_rep_calls_off_and_the_customer_is_told(
    service: Service, rep: Browser, guest: Browser
) -> None:
    made = await booked(guest, (await slots(guest))[10])
    path = f"/api/staff/consult/bookings/{made['booking']['id']}"
    colleague = await staff(service, "an", Role.REP)
    assert (await colleague.delete(path)).status == 404
    assert (await rep.delete(path)).json["booking"]["state"] == "cancelled"
    notices = (await guest.get("/api/notices")).json["notices"]
    assert "需要取消" in notices[0]["subject"]


async def test_a_rep_is_written_to_by_the_address_of_her_account(
    service: Service, rep: Browser, guest: Browser
) -> None:
    await rep.ask("PUT", "/api/staff/rep", json={"languages": ["zh-Hans"]})
    await booked(guest, (await slots(guest))[10], topic="鍋具", email="guest@example.com")
    notices = (await guest.get("/api/notices")).json["notices"]
    [letter] = [one for one in notices if one["to"] == "mei@example.com"]
    assert "有人约你视频" in letter["subject"]
    assert "客人：美玲" in letter["text"]
    assert "主题：鍋具" in letter["text"]


async def test_she_comes_in_by_the_link_and_it_is_held_once_it_was_answered(
    service: Service, rep: Browser, guest: Browser
) -> None:
    start = (await slots(guest))[0]
    made = await booked(guest, start)
    her = (await guest.get("/api/session")).json["person"]["id"]
    path = f"/api/bookings/{made['token']}"
    early = await guest.post(f"{path}/call", {})
    assert (early.status, early.code) == (409, "too_early")
    service.clock.advance(start - 5 * MINUTE_MS - service.clock.now())
    nobody = await service.browser()
    assert (await nobody.post(f"{path}/call", {})).status == 401
    entered = await guest.post(f"{path}/call", {})
    assert entered.status == 200, entered.body
    call = entered.json["call"]
    assert (await guest.post(f"{path}/call", {})).json == {"call": call}
    summary = (await guest.get(f"/api/consult/calls/{call}/summary")).json
    assert summary["phase"] in ("waiting", "ringing")
    other = await service.browser()
    await other.become_guest("別人")
    refused = await other.post(f"{path}/call", {})
    assert (refused.status, refused.code) == (409, "taken")

    told = {"booking": made["booking"]["id"], "answered": True, "cause": "hung_up"}
    told |= {"call": call, "customer": her, "staff": None}

    await service.app[DATABASE].write(lambda c: add(c, ENDED, call, told))

    async def state() -> str:
        return str((await guest.get(path)).json["booking"]["state"])

    assert await until(state, lambda now: now != "booked") == "held"


async def test_the_lobby_says_whether_one_may_book(service: Service, guest: Browser) -> None:
    assert (await guest.get("/api/consult")).json["bookable"] is False
    browser = await staff(service, "mei", Role.OPERATOR)
    await browser.ask("PUT", "/api/staff/consult/availability", json=WEEK)
    assert (await guest.get("/api/consult")).json["bookable"] is True


async def test_old_bookings_are_removed_by_tidying(
    service: Service, rep: Browser, guest: Browser
) -> None:
    her = frozenset({(await guest.get("/api/session")).json["person"]["id"]})
    await booked(guest, (await slots(guest))[0])
    kept = Kept(service.app[DATABASE], service.clock)
    for days, left in ((700, 1), (40, 0)):
        service.clock.advance(days * DAY_MS)
        await bookings.forget_old(service.app)
        assert len(await kept.of(her)) == left


async def test_many_from_one_address_are_slowed_down(
    service: Service, rep: Browser, guest: Browser
) -> None:
    codes = {
        (await guest.post("/api/consult/bookings", body(0, request_id=f"request-{n}"))).code
        for n in range(25)
    }
    assert codes == {"slot_taken", "rate_limited"}


WRONG: list[tuple[str, str, object]] = [
    ("GET", "/api/consult/slots?minutes=20", None),
    ("GET", "/api/consult/slots?minutes=x", None),
    ("GET", "/api/consult/slots?days=15", None),
    ("GET", "/api/consult/slots?days=0", None),
    ("GET", "/api/consult/slots?from=-1", None),
    ("GET", "/api/consult/slots?from=999999999999999", None),
    ("GET", "/api/consult/slots?from=99999999999999999999999", None),
    ("GET", "/api/consult/slots?locale=de", None),
    ("GET", f"/api/consult/slots?topic={'x' * 25}", None),
    ("GET", "/api/consult/slots?topic=%00", None),
    ("GET", "/api/consult/slots?other=1", None),
    ("POST", "/api/consult/bookings", {}),
    ("POST", "/api/consult/bookings", []),
    ("POST", "/api/consult/bookings", body(900_001)),
    ("POST", "/api/consult/bookings", body(0, minutes=5)),
    ("POST", "/api/consult/bookings", body(0, name="\u202e")),
    ("POST", "/api/consult/bookings", body(0, email="a@b\r\nBcc: c@d.e")),
    ("POST", "/api/consult/bookings", body(0, text="x" * 501)),
    ("POST", "/api/consult/bookings", body(0, about={"product": "'; DROP TABLE"})),
    ("POST", "/api/consult/bookings", body(0, state="held")),
    ("POST", "/api/consult/bookings", body(0, request_id="")),
    ("PATCH", "/api/bookings/x", {"starts_at": 1, "request_id": "request-1"}),
    ("PATCH", "/api/bookings/x", {}),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_makes_no_sense_is_refused(service: Service, guest: Browser) -> None:
    for method, path, sent in WRONG:
        reply = await guest.ask(method, path, json=sent)
        assert (reply.status, reply.code) == (400, "bad_request"), (method, path, reply.body)
    for token in ("x", "%00", "..%2f..", "-".join(("0" * 26, "1", "A" * 32)), "é" * 100):
        for method, rest in (("GET", ""), ("DELETE", ""), ("GET", "/calendar.ics")):
            reply = await guest.ask(method, f"/api/bookings/{token}{rest}")
            assert reply.status == 404, (method, token, reply.body)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_reps_may_not_say_what_is_no_time(service: Service, rep: Browser) -> None:
    for wrong in ({}, WEEK | {"time_zone": "Nowhere"}, WEEK | {"week": []}, WEEK | {"more": 1}):
        reply = await rep.ask("PUT", "/api/staff/consult/availability", json=wrong)
        assert (reply.status, reply.code) == (400, "bad_request")
    assert (await rep.get("/api/staff/consult/availability")).json == WEEK
    for query in ("days=32", "days=x", "from=x"):
        assert (await rep.get(f"/api/staff/consult/bookings?{query}")).status == 400
    assert (await rep.delete("/api/staff/consult/bookings/x")).status == 400


async def test_what_she_booked_goes_out_and_is_blanked_by_the_command(
    service: Service, database_url: str, tmp_path: Path
) -> None:
    # The command goes by the clock on the wall.
    service.clock.advance(max(0, SystemClock().now() - service.clock.now()))
    rep = await staff(service, "an", Role.REP)
    await rep.ask("PUT", "/api/staff/consult/availability", json=WEEK)
    browser = await service.browser()
    her = await browser.become_customer("may@example.com")
    made = await booked(browser, (await slots(browser))[10], text="我媽媽的生日")
    (tmp_path / "none.toml").touch()
    environment = {
        "PLUSONE_DATABASE_URL": database_url,
        "PLUSONE_DATA_FOLDER": str(tmp_path),
        "PLUSONE_SECRET": "s" * 40,
        "PLUSONE_SETTINGS": str(tmp_path / "none.toml"),
    }

    async def command(*words: str) -> str:
        return (await asyncio.to_thread(plusone, environment, "customer", *words)).out

    [exported] = json.loads(await command("export", her))["bookings"]
    assert (exported["id"], exported["text"]) == (made["booking"]["id"], "我媽媽的生日")
    assert "bookings: 1;" in await command("erase", her, "--yes")
    [blanked] = json.loads(await command("export", her))["bookings"]
    assert (blanked["name"], blanked["email"], blanked["text"]) == (None, None, None)
    read = (await browser.get(f"/api/bookings/{made['token']}")).json["booking"]
    assert (read["state"], read["name"], read["text"]) == ("cancelled", None, None)
    notices = (await browser.get("/api/notices")).json["notices"]
    cancelled, booked_by = [one for one in notices if one["to"] == "an@example.com"]
    assert "美玲" in booked_by["text"]
    assert "客人取消了" in cancelled["subject"]
    assert "美玲" not in cancelled["text"]

"""Hours and replies as a browser sets them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.identity.model import Role
from tests.service import Browser, Service, serving, settings_for

HOURS, REPLIES = "/api/staff/hours", "/api/staff/replies"

WANTED: dict[str, Any] = {
    "time_zone": "Asia/Taipei",
    "week": [[["10:00", "12:30"], ["13:30", "21:30"]], *[[]] * 5, [["22:00", "02:00"]]],
    "closed": [{"from": "2026-12-25", "to": "2026-12-26", "name": "聖誕"}],
    "special": [{"date": "2026-12-31", "spans": [["10:00", "24:00"]]}],
}


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(settings_for(database_url, tmp_path, media_engine="none")) as service:
        yield service


async def signed_in(service: Service, role: Role) -> Browser:
    await service.add_staff(f"{role}@example.com", role)
    browser = await service.browser()
    await browser.become_staff(f"{role}@example.com")
    return browser


@pytest.fixture
async def operator(service: Service) -> Browser:
    return await signed_in(service, Role.OPERATOR)


@pytest.fixture
async def rep(service: Service) -> Browser:
    return await signed_in(service, Role.REP)


async def test_hours_are_null_until_an_operator_sets_them(operator: Browser, rep: Browser) -> None:
    reply = await rep.get(HOURS)
    assert (reply.status, reply.body) == (200, b"null")
    assert (await rep.ask("PUT", HOURS, json=WANTED)).status == 403
    reply = await operator.ask("PUT", HOURS, json=WANTED)
    assert (reply.status, reply.json) == (200, WANTED)
    assert (await rep.get(HOURS)).json == WANTED


async def test_a_wrong_field_is_named_and_nothing_is_set(operator: Browser) -> None:
    wrong = WANTED | {"week": [[["10:00", "12:30"], ["12:00", "21:30"]], *[[]] * 6]}
    reply = await operator.ask("PUT", HOURS, json=wrong)
    assert (reply.status, reply.code) == (400, "bad_request")
    assert list(reply.json["data"]["fields"]) == ["week.0.1"]
    assert (await operator.get(HOURS)).json is None


async def test_what_customers_are_told_follows_the_hours(
    operator: Browser, service: Service
) -> None:
    always = {"time_zone": "UTC", "week": [[]] * 7, "closed": [], "special": []}
    assert (await operator.ask("PUT", HOURS, json=always)).status == 200
    told = (await (await service.browser()).get("/api/chat")).json["hours"]
    closed = {"open": False, "since": None, "until": None, "opens_at": None}
    assert told == closed | {"always": False}


async def test_replies_are_added_changed_and_removed(operator: Browser, rep: Browser) -> None:
    assert (await rep.get(REPLIES)).json == {"replies": []}
    made = await rep.post(REPLIES, {"title": "問候", "text": "您好 {name}，我是 {staff}。"})
    assert made.status == 201
    id = made.json["id"]
    changed = await operator.ask("PATCH", f"{REPLIES}/{id}", json={"title": "招呼"})
    kept = {"id": id, "title": "招呼", "text": "您好 {name}，我是 {staff}。"}
    assert (changed.status, changed.json) == (200, kept)
    assert (await rep.get(REPLIES)).json == {"replies": [kept]}
    assert (await rep.delete(f"{REPLIES}/{id}")).status == 204
    assert (await rep.get(REPLIES)).json == {"replies": []}
    assert (await rep.delete(f"{REPLIES}/{id}")).code == "not_found"


async def test_a_reply_that_is_none_is_refused(rep: Browser) -> None:
    bodies: tuple[Any, ...] = (
        {}, [], None, {"title": "a"}, {"title": "a", "text": 7}, {"title": "a", "text": "\0"},
        {"title": "a", "text": "b", "id": "rpl_1"},
    )  # fmt: skip
    for body in bodies:
        assert (await rep.post(REPLIES, body)).status == 400, body
        reply = await rep.ask("PATCH", f"{REPLIES}/rpl_1", json=body)
        assert reply.status in (400, 404), body
    assert (await rep.get(REPLIES)).json == {"replies": []}

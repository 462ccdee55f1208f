"""Signing in and out through HTTP, as a browser does."""

from pathlib import Path

import pytest

from core.identity.model import Role
from tests.service import PASSWORD, Browser, Service, serving, settings_for
from web import session
from web.keys import LIMITS

MAY = "may@example.com"


async def who(browser: Browser) -> dict[str, object]:
    person: dict[str, object] = (await browser.get("/api/session")).json["person"]
    return person


async def test_nobody_is_nobody_and_is_told_of_the_shop(browser: Browser) -> None:
    reply = await browser.get("/api/session")
    assert reply.status == 200
    assert reply.json == {
        "person": {"kind": "nobody", "id": None, "name": None, "email": None, "roles": []},
        "shop": {
            "name": "阿禾醬坊",
            "currency": "TWD",
            "locale": "zh-Hant",
            "time_zone": "Asia/Taipei",
            "environment": "development",
        },
        "payments": ["pickup", "transfer", "card"],
        "card_is_test": True,
        "notices": True,
    }
    assert reply.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in reply.headers


async def test_a_name_makes_a_guest_and_another_name_renames_her(browser: Browser) -> None:
    guest = await browser.become_guest("小美")
    assert await who(browser) == {
        "kind": "guest", "id": guest, "name": "小美", "email": None, "roles": [],
    }  # fmt: skip
    assert await browser.become_guest("大美") == guest
    assert (await who(browser))["name"] == "大美"


async def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Browser) -> None:
    reply = await browser.post("/api/session/guest", {"name": "小美"})
    cookie = reply.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "Secure" not in cookie


async def test_a_guest_who_signs_in_keeps_her_id_and_gets_a_new_session(browser: Browser) -> None:
    guest = await browser.become_guest()
    before = browser.token
    assert await browser.become_customer(MAY) == guest
    assert browser.token != before
    assert (await who(browser))["kind"] == "customer"


async def test_a_guest_who_was_a_customer_elsewhere_is_her_again(service: Service) -> None:
    first, second = await service.browser(), await service.browser()
    customer = await first.become_customer(MAY)
    service.clock.advance(60_000)
    await second.become_guest()
    assert await second.become_customer(MAY) == customer


async def test_signing_out_ends_the_session_at_once(browser: Browser) -> None:
    await browser.become_guest()
    token = browser.token
    assert token
    assert (await browser.delete("/api/session")).status == 204
    assert (await who(browser))["kind"] == "nobody"
    browser.forge(token)
    assert (await who(browser))["kind"] == "nobody"


async def test_staff_sign_in_and_say_their_roles(service: Service, browser: Browser) -> None:
    await service.add_staff("h@example.com", Role.OPERATOR, Role.HOST)
    await browser.become_staff("h@example.com")
    person = await who(browser)
    assert person["kind"] == "staff"
    assert person["roles"] == ["host", "operator"]
    reply = await browser.post("/api/session/guest", {"name": "店長"})
    assert reply.code == "forbidden"


async def test_staff_who_type_a_wrong_password_are_told_so_and_then_to_wait(
    service: Service, browser: Browser
) -> None:
    await service.add_staff("h@example.com", Role.HOST)
    body = {"email": "h@example.com", "password": "another password"}
    for _ in range(5):
        assert (await browser.post("/api/session/staff", body)).code == "wrong_password"
    reply = await browser.post("/api/session/staff", body | {"password": PASSWORD})
    assert (reply.status, reply.code) == (429, "rate_limited")
    assert reply.json["retryable"] is True
    assert 0 < reply.json["data"]["retry_after_ms"] <= 15 * 60_000
    assert int(reply.headers["Retry-After"]) * 1000 >= reply.json["data"]["retry_after_ms"]


async def test_guessing_a_code_ends_after_five_tries(browser: Browser) -> None:
    await browser.post("/api/session/code", {"email": MAY})
    codes = []
    for number in range(6):
        body = {"email": MAY, "code": f"{number:06}"}
        reply = await browser.post("/api/session/verify", body)
        codes.append((reply.code, reply.json["data"].get("tries_left")))
    assert codes == [("wrong_code", left) for left in (4, 3, 2, 1, 0)] + [("code_expired", None)]


async def test_a_code_is_answered_alike_whether_or_not_she_is_known(
    service: Service, browser: Browser
) -> None:
    await (await service.browser()).become_customer(MAY)
    service.clock.advance(60_000)
    known = await browser.post("/api/session/code", {"email": MAY})
    unknown = await browser.post("/api/session/code", {"email": "june@example.com"})
    assert known.status == unknown.status == 202
    assert known.json | {"email": ""} == unknown.json | {"email": ""}
    now = service.clock.now()
    assert known.json == {
        "email": MAY, "expires_at": now + 600_000, "resend_at": now + 60_000,
    }  # fmt: skip


async def test_mail_speaks_the_pages_language_else_the_browsers(browser: Browser) -> None:
    await browser.post("/api/session/code", {"email": "a@example.com", "locale": "zh-Hans"})
    browser.headers["Accept-Language"] = "en-GB"
    await browser.post("/api/session/code", {"email": "b@example.com"})
    browser.headers["Accept-Language"] = "fr"
    await browser.post("/api/session/code", {"email": "c@example.com"})
    notices = (await browser.get("/api/notices")).json["notices"]
    subjects = [notice["subject"][7:] for notice in notices]
    assert subjects == [
        "是你的阿禾醬坊登入碼",
        "is your sign-in code for 阿禾醬坊",
        "是你的阿禾醬坊登录码",
    ]


async def test_mail_speaks_the_shops_language_to_who_asks_for_none_that_we_have(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with serving(settings_for(sqlite_url, tmp_path, locale="zh-Hans")) as service:
        browser = await service.browser()
        for number, asked in enumerate(("fr", "zh")):
            browser.headers["Accept-Language"] = asked
            await browser.post("/api/session/code", {"email": f"{number}@example.com"})
        notices = (await browser.get("/api/notices")).json["notices"]
        assert {notice["subject"][7:] for notice in notices} == {"是你的阿禾醬坊登录码"}


@pytest.mark.parametrize(
    "token", ["x", "A" * 43, "Zm9yZ2VkLWJ5LW5vYm9keS1zby1pdC1pcy1ub2JvZHk", "%00", "é" * 43]
)
async def test_a_forged_session_is_nobodys(browser: Browser, token: str) -> None:
    reply = await browser.ask("GET", "/api/session", headers={"Cookie": f"plusone={token}"})
    assert reply.json["person"]["kind"] == "nobody"


async def test_an_expired_session_is_nobodys(service: Service, browser: Browser) -> None:
    await browser.become_guest()
    service.clock.advance(31 * 24 * 3_600_000)
    assert (await who(browser))["kind"] == "nobody"


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("guest", {}, {"name"}),
        ("guest", {"name": 5}, {"name"}),
        ("guest", {"name": ""}, {"name"}),
        ("guest", {"name": "  "}, {"name"}),
        ("guest", {"name": "x" * 41}, {"name"}),
        ("guest", {"name": "x" * 1000}, {"name"}),
        ("guest", {"name": "x", "id": "cus_1"}, {"id"}),
        ("code", {"email": "nonsense"}, {"email"}),
        ("code", {"email": "a@example.com", "locale": "tlh"}, {"locale"}),
        ("verify", {"email": MAY, "code": "12345"}, {"code"}),
        ("verify", {"email": MAY, "code": 123456}, {"code"}),
        ("verify", {"email": "nonsense", "code": "123456"}, {"email"}),
        ("staff", {"email": MAY}, {"password"}),
        ("staff", {"email": MAY, "password": "x" * 300}, {"password"}),
        ("staff", {"email": [], "password": {}}, {"email", "password"}),
    ],
)
async def test_what_is_wrong_is_named_field_by_field(
    any_browser: Browser, path: str, body: object, fields: set[str]
) -> None:
    reply = await any_browser.post(f"/api/session/{path}", body)
    assert (reply.status, reply.code) == (400, "bad_request")
    assert set(reply.json["data"]["fields"]) == fields


async def test_a_name_is_kept_as_text(browser: Browser) -> None:
    name = "<img src=x onerror=1>"
    await browser.become_guest(name)
    assert (await who(browser))["name"] == name


async def test_new_guests_of_one_address_are_bounded(
    any_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = any_service.app[LIMITS]
    guests = limits.of("guests", session.GUESTS_PER_S, session.GUESTS_AT_ONCE)
    await guests.take("127.0.0.1", session.GUESTS_AT_ONCE)
    browser = await any_service.browser()
    reply = await browser.post("/api/session/guest", {"name": "小美"})
    assert (reply.status, reply.code) == (429, "rate_limited")
    any_service.clock.advance(reply.json["data"]["retry_after_ms"])
    await browser.become_guest()

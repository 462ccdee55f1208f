"""Coupons as pages meet them: a wallet, a quote, an order with what was taken off; and staff."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from commerce_bridge.embedded import demo
from core.identity.model import Role
from tests.commerce_bridge.test_http import a_guest, checkout, put_in_cart, staff
from tests.service import Browser, Service, serving, settings_for
from web.keys import DATABASE


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(settings_for(database_url, tmp_path)) as service:
        await demo.furnish(service.app[DATABASE], service.clock, "TWD")
        yield service


WELCOME: dict[str, Any] = {
    "code": "welcome",
    "title": "  見面\n禮 ",
    "kind": "fixed",
    "amount": 5_000,
}


async def created(operator: Browser, **changes: Any) -> dict[str, Any]:
    reply = await operator.post("/api/staff/coupons", WELCOME | changes)
    assert reply.status == 201, reply.body
    made: dict[str, Any] = reply.json
    return made


async def quoted(browser: Browser, cart: dict[str, Any], **asked: Any) -> dict[str, Any]:
    lines = [line["id"] for line in cart["lines"]]
    body = {"claims": [], "lines": lines, "fulfilment": "home", "coupons": [], "points": 0}
    reply = await browser.post("/api/checkout/quote", body | asked)
    assert reply.status == 200, reply.body
    found: dict[str, Any] = reply.json
    return found


async def test_a_coupon_goes_from_its_maker_to_an_order(service: Service) -> None:
    operator, browser = await staff(service, Role.OPERATOR), await a_guest(service)
    made = await created(operator)
    assert {name: made[name] for name in ("code", "title", "used", "reserved", "granted")} == {
        "code": "WELCOME",
        "title": "見面 禮",
        "used": 0,
        "reserved": 0,
        "granted": 0,
    }
    added = await browser.post("/api/coupons", {"code": "Ｗelcome"})
    assert added.status == 201
    hers = (await browser.get("/api/session")).json["person"]["id"]
    beside_her = await operator.get(f"/api/staff/loyalty/customers/{hers}")
    for found in (added, await browser.get("/api/coupons"), beside_her):
        assert found.json["coupons"] == [
            {
                "id": made["id"],
                "code": "WELCOME",
                "title": "見面 禮",
                "kind": "fixed",
                "amount": 5_000,
                "most": None,
                "minimum": 0,
                "ends_at": None,
                "tier": None,
                "show": None,
                "state": "usable",
                "why": None,
            }
        ]
    cart = (await put_in_cart(browser, "A01")).json
    offered = await quoted(browser, cart)
    assert [one["code"] for one in offered["offers"]] == ["WELCOME"]
    assert (offered["total"], offered["discounts"]) == (44_000, [])
    discount = {"coupon": made["id"], "code": "WELCOME", "title": "見面 禮", "amount": 5_000}
    assert await quoted(browser, cart, coupons=["welcome"]) == {
        "subtotal": 36_000,
        "discounts": [discount],
        "points": {"used": 0, "value": 0, "most": 0, "available": 0},
        "delivery_fee": 8_000,
        "total": 39_000,
        "earns": 0,
        "refused": [],
        "offers": [],
        "currency": "TWD",
    }
    asked = checkout(cart, coupons=["welcome"], expect_total=39_000, payment="transfer")
    placed = (await browser.post("/api/checkout", asked)).json["order"]
    assert (placed["total"], placed["discounts"]) == (39_000, [discount])
    assert placed["points"] == {"used": 0, "value": 0, "earns": 0, "earned_state": "none"}
    [listed] = (await operator.get("/api/staff/coupons")).json["coupons"]
    assert (listed["reserved"], listed["used"], listed["granted"]) == (1, 0, 1)
    seen = (await operator.get(f"/api/orders/{placed['id']}")).json
    assert seen["discounts"] == [discount]
    path = f"/api/staff/orders/{placed['id']}/confirm-payment"
    await operator.post(path, {"request_id": str(uuid.uuid4())})
    [listed] = (await operator.get("/api/staff/coupons")).json["coupons"]
    assert (listed["reserved"], listed["used"]) == (0, 1)
    [mine] = (await browser.get("/api/coupons")).json["coupons"]
    assert (mine["state"], mine["why"]) == ("used", "coupon_used")
    again = await browser.post("/api/coupons", {"code": "WELCOME"})
    assert (again.status, again.code) == (409, "coupon_refused")
    assert again.json["data"] == {"code": "WELCOME", "reason": "coupon_used"}


async def test_an_order_is_refused_where_its_coupon_is(service: Service) -> None:
    browser = await a_guest(service)
    cart = (await put_in_cart(browser, "A01")).json
    reply = await browser.post("/api/checkout", checkout(cart, coupons=["NONE-SUCH"]))
    assert (reply.status, reply.code) == (409, "coupon_refused")
    assert reply.json["data"] == {"code": "NONE-SUCH", "reason": "unknown_coupon"}
    reply = await browser.post("/api/checkout", checkout(cart, points=1))
    assert (reply.status, reply.code) == (409, "not_enough_points")
    assert reply.json["data"] == {"available": 0}
    assert len((await browser.get("/api/cart")).json["lines"]) == 1


async def test_who_guesses_codes_is_stopped_after_ten(service: Service) -> None:
    operator, browser = await staff(service, Role.OPERATOR), await a_guest(service)
    await created(operator)
    await created(operator, code="MINE")
    assert (await browser.post("/api/coupons", {"code": "mine"})).status == 201
    cart = (await put_in_cart(browser, "A01")).json
    # Wherever they are tried they count, each of them, and right ones do not.
    for number in range(2):
        codes = [f"GUESS-{number}-{more}" for more in range(4)]
        found = await quoted(browser, cart, coupons=["WELCOME", *codes])
        assert [one["reason"] for one in found["refused"]] == ["unknown_coupon"] * 4
        assert [one["code"] for one in found["discounts"]] == ["WELCOME"]
    assert (await browser.post("/api/coupons", {"code": "歡迎光臨"})).code == "coupon_refused"
    refused = await browser.post("/api/checkout", checkout(cart, coupons=["GUESS-9"]))
    assert refused.code == "coupon_refused"
    for path, body in (
        ("/api/coupons", {"code": "WELCOME"}),
        ("/api/checkout/quote", {"lines": [], "claims": [], "coupons": ["WELCOME"]}),
        ("/api/checkout", checkout(cart, coupons=["WELCOME"], expect_total=39_000)),
    ):
        late = await browser.post(path, body)
        assert (late.status, late.code) == (429, "rate_limited"), path
        assert 0 < late.json["data"]["retry_after_ms"] <= 600_000
    # What is hers already she does not guess, and nobody else is kept from anything.
    assert (await quoted(browser, cart, coupons=["MINE"]))["discounts"] != []
    other = await a_guest(service)
    assert (await other.post("/api/coupons", {"code": "WELCOME"})).status == 201
    service.clock.advance(600_000)
    assert (await browser.post("/api/coupons", {"code": "WELCOME"})).status == 201


BAD_COUPONS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"kind": "free"}, "kind"),
    ({"amount": 0}, "amount"),
    ({"amount": 5_050}, "amount"),
    ({"amount": 10**14}, "amount"),
    ({"amount": "5000"}, "amount"),
    ({"amount": 50.5}, "amount"),
    ({"kind": "percent", "amount": 101}, "amount"),
    ({"most": 1_000}, "most"),
    ({"kind": "percent", "amount": 10, "most": 1_050}, "most"),
    ({"minimum": -1}, "minimum"),
    ({"minimum": 50}, "minimum"),
    ({"code": "a_b"}, "code"),
    ({"code": "歡迎"}, "code"),
    ({"code": None}, "code"),
    ({"auto": True}, "code"),
    ({"title": " \n "}, "title"),
    ({"title": "x" * 61}, "title"),
    ({"per_customer": 0}, "per_customer"),
    ({"per_customer": 101}, "per_customer"),
    ({"uses": 0}, "uses"),
    ({"uses": True}, "uses"),
    ({"show": "'; --"}, "show"),
    ({"tier": "none-such"}, "tier"),
    ({"ends_at": 1}, "ends_at"),
    ({"starts_at": 2**52, "ends_at": 2**52}, "ends_at"),
    ({"starts_at": -1}, "starts_at"),
    ({"free": True}, "free"),
)


async def test_a_coupon_that_makes_no_sense_is_refused_field_by_field(service: Service) -> None:
    operator = await staff(service, Role.OPERATOR)
    for changes, field in BAD_COUPONS:
        reply = await operator.post("/api/staff/coupons", WELCOME | changes)
        assert (reply.status, reply.code) == (400, "bad_request"), changes
        assert list(reply.json["data"]["fields"]) == [field], changes
    assert (await operator.get("/api/staff/coupons")).json["coupons"] == []


async def test_a_code_is_one_coupons_and_a_given_one_gets_one_of_its_own(
    service: Service,
) -> None:
    operator = await staff(service, Role.OPERATOR)
    await created(operator)
    taken = await operator.post("/api/staff/coupons", WELCOME | {"code": "Wel come"})
    assert (taken.status, taken.code) == (409, "code_taken")
    given = await created(operator, code=None, granted_only=True)
    assert len(given["code"]) == 10
    assert (await created(operator, code=None, auto=True))["code"] is None


async def test_staff_change_what_people_do_not_rely_on(service: Service) -> None:
    operator, browser = await staff(service, Role.OPERATOR), await a_guest(service)
    made = await created(operator, ends_at=2**50, uses=5)
    path = f"/api/staff/coupons/{made['id']}"
    changed = await operator.ask(
        "PATCH", path, json={"title": "新名", "ends_at": None, "uses": None}
    )
    assert changed.json == made | {"title": "新名", "ends_at": None, "uses": None}
    assert (await operator.ask("PATCH", path, json={"active": False})).json["active"] is False
    stopped = await browser.post("/api/coupons", {"code": "WELCOME"})
    assert stopped.json["data"]["reason"] == "coupon_over"
    assert (await operator.ask("PATCH", path, json={})).json["active"] is False
    for wrong in ({"amount": 1}, {"active": None}, {"title": ""}, {"uses": 0}, {"ends_at": -1}):
        assert (await operator.ask("PATCH", path, json=wrong)).status == 400, wrong
    missing = await operator.ask("PATCH", "/api/staff/coupons/cpn_none", json={"active": True})
    assert missing.status == 404


BAD_QUOTES: tuple[dict[str, Any], ...] = (
    {"points": -1},
    {"points": 10**10},
    {"points": "1"},
    {"points": 1.5},
    {"coupons": ["X"] * 6},
    {"coupons": [""]},
    {"coupons": ["x" * 65]},
    {"coupons": [7]},
    {"coupons": "WELCOME"},
    {"fulfilment": "drone"},
    {"lines": ["x"] * 101},
    {"total": 1},
)


async def test_a_quote_of_the_wrong_shape_is_refused(service: Service) -> None:
    browser = await a_guest(service)
    cart = (await put_in_cart(browser, "A01")).json
    lines = [line["id"] for line in cart["lines"]]
    for wrong in BAD_QUOTES:
        reply = await browser.post("/api/checkout/quote", {"lines": lines} | wrong)
        assert (reply.status, reply.code) == (400, "bad_request"), wrong
        assert reply.json["data"]["fields"], wrong
    gone = await browser.post("/api/checkout/quote", {"lines": ["lin_none"]})
    assert (gone.status, gone.code) == (409, "cart_changed")
    gone = await browser.post("/api/checkout/quote", {"claims": ["shw_1.1"]})
    assert (gone.status, gone.code) == (409, "claim_expired")
    nothing = await browser.post("/api/checkout/quote", {"fulfilment": None})
    assert (nothing.json["subtotal"], nothing.json["total"]) == (0, 0)
    for code in ("", "x" * 65, 7, None, ["WELCOME"]):
        assert (await browser.post("/api/coupons", {"code": code})).status == 400


async def test_points_are_used_earned_and_told_with_the_order(service: Service) -> None:
    operator = await staff(service, Role.OPERATOR)
    browser = await service.browser()
    mei = await browser.become_customer("mei@example.test")
    rules = (await operator.get("/api/staff/loyalty/rules")).json
    put = {"version": rules["version"], "rules": rules["rules"] | {"on": True}}
    assert (await operator.ask("PUT", "/api/staff/loyalty/rules", json=put)).status == 200
    given = {"points": 60, "reason": "gift", "request_id": str(uuid.uuid4())}
    await operator.post(f"/api/staff/loyalty/customers/{mei}/corrections", given)
    cart = (await put_in_cart(browser, "A01")).json
    found = await quoted(browser, cart, points=500)
    assert found["points"] == {"used": 60, "value": 6_000, "most": 60, "available": 60}
    assert (found["total"], found["earns"]) == (38_000, 3)
    asked = checkout(cart, points=60, expect_total=38_000, payment="transfer")
    placed = (await browser.post("/api/checkout", asked)).json["order"]
    points = {"used": 60, "value": 6_000, "earns": 3}
    assert placed["points"] == points | {"earned_state": "expected"}

    async def act(name: str) -> None:
        path = f"/api/staff/orders/{placed['id']}/{name}"
        reply = await operator.post(path, {"request_id": str(uuid.uuid4())})
        assert reply.status == 200, reply.body

    async def state() -> Any:
        return (await browser.get(f"/api/orders/{placed['id']}")).json["points"]["earned_state"]

    await act("confirm-payment")
    assert await state() == "pending"
    [listed] = (await browser.get("/api/orders")).json["orders"]
    assert listed["points"] == points | {"earned_state": "pending"}
    service.clock.advance(7 * 86_400_000)
    assert await state() == "earned"
    await operator.become_staff("operator@shop.test")
    await act("refund")
    assert await state() == "undone"

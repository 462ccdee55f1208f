"""Points as browsers meet them: hers, a friend's, and what staff see and put right."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from commerce_bridge.commerce import COMMERCE
from commerce_bridge.embedded import demo
from commerce_bridge.loyalty import ledger
from commerce_bridge.loyalty.model import DAY_MS
from core.identity.model import Role
from tests.service import Browser, Reply, Service, serving, settings_for
from web.keys import DATABASE

RULES: dict[str, Any] = {
    "on": True,
    "earn": {"spend": 10_000, "points": 1},
    "channels": {"show": 200, "chat": 100, "call": 100, "shop": 100},
    "products": {},
    "shows": {},
    "return_days": 7,
    "expire_days": 365,
    "point_value": 100,
    "redeem": {"least": 1, "most_percent": 100},
    "transfer": {"on": True, "least": 2, "most_day": 50},
    "window_days": 365,
    "tiers": [
        {"key": "silver", "name": "銀", "from": 30_000, "multiplier": 120, "free_delivery": False},
        {"key": "gold", "name": "金", "from": 900_000, "multiplier": 200, "free_delivery": True},
    ],
}


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(settings_for(database_url, tmp_path)) as service:
        await demo.furnish(service.app[DATABASE], service.clock, "TWD")
        yield service
        assert await service.app[DATABASE].read(ledger.audit) == []


class Office:
    """The operator, and the customers whom she knows."""

    def __init__(self, service: Service, operator: Browser) -> None:
        self.service = service
        self.operator = operator

    async def put(self, version: int, **changes: Any) -> Reply:
        body = {"version": version, "rules": RULES | changes}
        return await self.operator.ask("PUT", "/api/staff/loyalty/rules", json=body)

    async def gives(self, customer: str, given: int, **changes: Any) -> Reply:
        body = {"points": given, "reason": "補償", "request_id": request(), **changes}
        path = f"/api/staff/loyalty/customers/{customer}/corrections"
        return await self.operator.post(path, body)

    async def customer(self, name: str, points: int = 0) -> Browser:
        browser = await self.service.browser()
        id = await browser.become_customer(f"{name}@example.test", name)
        if points:
            assert (await self.gives(id, points)).status == 200
        return browser


@pytest.fixture
async def office(service: Service) -> Office:
    await service.add_staff("boss@shop.test", Role.OPERATOR)
    operator = await service.browser()
    await operator.become_staff("boss@shop.test")
    office = Office(service, operator)
    assert (await office.put(0)).status == 200
    return office


def request() -> str:
    return str(uuid.uuid4())


async def offers(browser: Browser, friend: str, given: int, **changes: Any) -> Reply:
    body = {"to": friend, "points": given, "request_id": request(), **changes}
    return await browser.post("/api/loyalty/transfers", body)


async def answers(browser: Browser, id: str, how: str) -> Reply:
    body = {"request_id": request()}
    return await browser.post(f"/api/loyalty/transfers/{id}/{how}", body)


async def points_of(browser: Browser) -> tuple[int, int, int]:
    found = (await browser.get("/api/loyalty")).json["points"]
    return found["available"], found["pending"], found["held"]


async def test_a_shop_without_rules_says_so_and_proposes_some(service: Service) -> None:
    guest = await service.browser()
    await guest.become_guest()
    found = (await guest.get("/api/loyalty")).json
    assert found["on"] is False
    assert found["points"] == {
        "available": 0, "pending": 0, "held": 0, "expiring": [], "due_at": None,
    }  # fmt: skip
    assert (found["tier"], found["next"], found["tiers"]) == (None, None, [])
    await service.add_staff("host@shop.test", Role.HOST)
    host = await service.browser()
    await host.become_staff("host@shop.test")
    proposed = (await host.get("/api/staff/loyalty/rules")).json
    assert (proposed["version"], proposed["currency"]) == (0, "TWD")
    assert (proposed["rules"]["on"], proposed["rules"]["point_value"]) == (False, 100)
    assert proposed["rules"]["earn"] == {"spend": 10_000, "points": 1}


async def test_rules_are_changed_by_who_has_seen_the_last_ones(office: Office) -> None:
    read = (await office.operator.get("/api/staff/loyalty/rules")).json
    assert read == {"version": 1, "rules": RULES, "currency": "TWD"}
    changed = await office.put(1, return_days=14)
    assert changed.json == {"version": 2, "rules": RULES | {"return_days": 14}, "currency": "TWD"}
    late = await office.put(1, return_days=0)
    assert (late.status, late.code, late.json["data"]) == (409, "rules_changed", {"version": 2})


WRONG_RULES: list[tuple[dict[str, Any], str]] = [
    ({"point_value": 150}, "rules.point_value"),
    ({"point_value": 0}, "rules.point_value"),
    ({"return_days": 91}, "rules.return_days"),
    ({"return_days": 1.5}, "rules.return_days"),
    ({"expire_days": 29}, "rules.expire_days"),
    ({"earn": {"spend": 0, "points": 1}}, "rules.earn.spend"),
    ({"earn": {"spend": 1, "points": 1, "more": 1}}, "rules.earn.more"),
    ({"channels": {"show": -1}}, "rules.channels.show"),
    ({"channels": {"show": 1_001}}, "rules.channels.show"),
    ({"products": {"x": 100}}, "rules.products.x.[key]"),
    ({"products": {f"prd_{n:026}": 100 for n in range(201)}}, "rules.products"),
    ({"redeem": {"least": 1, "most_percent": 101}}, "rules.redeem.most_percent"),
    ({"transfer": {"on": "yes"}}, "rules.transfer.on"),
    ({"tiers": [RULES["tiers"][1], RULES["tiers"][0]]}, "rules"),
    ({"tiers": [RULES["tiers"][0], RULES["tiers"][1] | {"key": "silver"}]}, "rules"),
    ({"tiers": [RULES["tiers"][0] | {"key": "A B"}]}, "rules.tiers.0.key"),
    ({"tiers": [RULES["tiers"][0] | {"name": " "}]}, "rules.tiers.0.name"),
    ({"tiers": [RULES["tiers"][0] | {"name": "x" * 21}]}, "rules.tiers.0.name"),
    ({"tiers": [RULES["tiers"][0] | {"from": 10**14}]}, "rules.tiers.0.from"),
    ({"tiers": RULES["tiers"] * 3}, "rules.tiers"),
    ({"on": 1}, "rules.on"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_rules_that_make_no_sense_are_refused_by_field(office: Office) -> None:
    for changes, field in WRONG_RULES:
        refused = await office.put(1, **changes)
        assert (refused.status, refused.code) == (400, "bad_request"), changes
        assert list(refused.json["data"]["fields"]) == [field]
    assert (await office.operator.get("/api/staff/loyalty/rules")).json["version"] == 1


async def test_of_two_who_change_the_same_rules_one_is_told(office: Office) -> None:
    both = await asyncio.gather(office.put(1, return_days=1), office.put(1, return_days=2))
    assert sorted(one.status for one in both) == [200, 409]
    (late,) = (one for one in both if one.status == 409)
    assert (late.code, late.json["data"]) == ("rules_changed", {"version": 2})


async def test_a_paid_order_earns_and_she_sees_it_until_it_is_hers(office: Office) -> None:
    service = office.service
    anna = await office.customer("anna")
    number = await _buys(service, anna, office.operator)
    due_at = service.clock.now() + 7 * DAY_MS
    found = (await anna.get("/api/loyalty")).json
    assert (found["points"]["pending"], found["points"]["due_at"]) == (3, due_at)
    assert (found["spend"], found["tier"]) == (36_000, {"key": "silver", "name": "銀"})
    assert found["next"] == {"key": "gold", "name": "金", "from": 900_000, "missing": 864_000}
    assert found["benefits"] == {"multiplier": 120, "free_delivery": False}
    assert found["until"] == service.clock.now() + 365 * DAY_MS
    (row,) = (await anna.get("/api/loyalty/history")).json["rows"]
    assert (row["kind"], row["points"], row["order"]["number"]) == ("earn", 3, number)
    assert row["due_at"] == due_at
    (order,) = (await anna.get("/api/orders")).json["orders"]
    assert order["points"]["earned_state"] == "pending"
    # Rules that are changed meanwhile change nothing that was earned.
    assert (await office.put(1, return_days=14)).status == 200

    service.clock.advance(7 * DAY_MS - 1)
    await service.app[COMMERCE].sweep()
    assert await points_of(anna) == (0, 3, 0)
    service.clock.advance(1)
    await service.app[COMMERCE].sweep()
    assert await points_of(anna) == (3, 0, 0)
    assert (await anna.get("/api/loyalty")).json["points"]["due_at"] is None
    (row,) = (await anna.get("/api/loyalty/history")).json["rows"]
    assert (row["kind"], row["due_at"]) == ("earn", None)
    (order,) = (await anna.get("/api/orders")).json["orders"]
    assert order["points"]["earned_state"] == "earned"
    # The sweep has written it: it is not only worked out for who looks.
    written = select(ledger.loyalty_posting.c.kind).order_by(ledger.loyalty_posting.c.id)
    kinds = await service.app[DATABASE].read(lambda c: c.execute(written).scalars().all())
    assert kinds == ["earn", "mature"]


async def test_points_go_to_a_friend_when_both_want_it(office: Office) -> None:
    anna = await office.customer("anna", 100)
    made = await offers(anna, " Bella@Example.test ", 20)
    assert made.status == 201
    assert made.json["state"] == "offered"
    assert (made.json["to"], made.json["from"]) == ("bella@example.test", None)
    assert await points_of(anna) == (80, 0, 20)
    (letter,) = (
        one
        for one in (await anna.get("/api/notices")).json["notices"]
        if one["to"] == "bella@example.test"
    )
    assert "anna" in letter["subject"]
    assert "20" in letter["subject"]
    # She has no account yet: it waits for her address.
    bella = await office.customer("bella")
    (waiting,) = (await bella.get("/api/loyalty/transfers")).json["received"]
    assert (waiting["from"], waiting["to"], waiting["points"]) == ("anna", None, 20)
    for _ in range(2):
        taken = await answers(bella, waiting["id"], "accept")
        assert (taken.status, taken.json["state"]) == (200, "accepted")
    assert await points_of(bella) == (20, 0, 0)
    assert await points_of(anna) == (80, 0, 0)
    for browser, how in ((bella, "decline"), (anna, "withdraw")):
        over = await answers(browser, waiting["id"], how)
        assert (over.status, over.code) == (409, "transfer_over")
        assert over.json["data"] == {"state": "accepted"}
    (sent,) = (await anna.get("/api/loyalty/transfers")).json["sent"]
    assert sent["state"] == "accepted"
    rows = (await bella.get("/api/loyalty/history")).json["rows"]
    assert [(row["kind"], row["points"], row["with"]) for row in rows] == [("give", 20, "anna")]


async def test_an_offer_says_nothing_of_who_has_an_account(office: Office) -> None:
    anna = await office.customer("anna", 50)
    await office.customer("bella")
    known = (await offers(anna, "bella@example.test", 5)).json
    unknown = (await offers(anna, "nobody@example.test", 5)).json
    ours = {"id", "to"}
    assert {k: v for k, v in known.items() if k not in ours} == {
        k: v for k, v in unknown.items() if k not in ours
    }


async def test_what_cannot_be_given_is_refused_with_its_reason(office: Office) -> None:
    anna = await office.customer("anna", 30)
    to = "bella@example.test"
    few = await offers(anna, to, 1)
    assert (few.status, few.code) == (409, "transfer_limit")
    assert few.json["data"] == {"least": 2, "most_day": 50, "left_today": 50}
    none = await offers(anna, to, 31)
    assert (none.status, none.code, none.json["data"]) == (
        409, "not_enough_points", {"available": 30},
    )  # fmt: skip
    assert (await offers(anna, to, 51)).code == "transfer_limit"
    own = await offers(anna, "Anna@example.test", 5)
    assert (own.status, list(own.json["data"]["fields"])) == (400, ["to"])
    guest = await office.service.browser()
    await guest.become_guest()
    told = await offers(guest, to, 5)
    assert (told.status, told.code) == (403, "contact_needed")
    assert (await guest.get("/api/loyalty/transfers")).json == {"sent": [], "received": []}
    await office.put(1, transfer={"on": False})
    off = await offers(anna, to, 5)
    assert (off.status, off.code) == (409, "loyalty_off")
    assert await points_of(anna) == (30, 0, 0)


WRONG_OFFERS: list[tuple[dict[str, Any], str]] = [
    ({"to": "nobody"}, "to"),
    ({"to": "x" * 301}, "to"),
    ({"to": None}, "to"),
    ({"points": 0}, "points"),
    ({"points": -5}, "points"),
    ({"points": "5"}, "points"),
    ({"points": 5.0}, "points"),
    ({"points": 10**30}, "points"),
    ({"request_id": "short"}, "request_id"),
    ({"more": 1}, "more"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_senseless_offer_is_refused_by_field(office: Office) -> None:
    anna = await office.customer("anna", 30)
    for changes, field in WRONG_OFFERS:
        refused = await offers(anna, "bella@example.test", 5, **changes)
        assert (refused.status, refused.code) == (400, "bad_request"), changes
        assert list(refused.json["data"]["fields"]) == [field]
    assert await points_of(anna) == (30, 0, 0)


async def test_names_that_nothing_has_are_not_found(office: Office) -> None:
    anna = await office.customer("anna", 30)
    for id in ("trf_1", "x" * 4_000, "%20", "%00", "%F0%9F%98%80"):
        for how in ("accept", "decline", "withdraw"):
            refused = await answers(anna, id, how)
            assert (refused.status, refused.code) == (404, "not_found")
        assert (await office.gives(id, 5)).status == 404
        found = await office.operator.get(f"/api/staff/loyalty/customers/{id}")
        assert found.status == 404
    assert (await answers(anna, "trf_1", "steal")).status == 404
    for before in ("x", "-1", "1" * 16, "½", ""):
        refused = await anna.get(f"/api/loyalty/history?before={before}")
        assert (refused.status, list(refused.json["data"]["fields"])) == (400, ["before"])


async def test_history_is_read_page_by_page(office: Office) -> None:
    anna = await office.customer("anna")
    id = (await anna.get("/api/session")).json["person"]["id"]
    for number in range(32):
        await office.gives(id, number + 1)
    first = (await anna.get("/api/loyalty/history")).json
    assert [row["points"] for row in first["rows"]] == list(range(32, 2, -1))
    second = (await anna.get(f"/api/loyalty/history?before={first['next']}")).json
    assert [row["points"] for row in second["rows"]] == [2, 1]
    assert second["next"] is None


async def test_staff_see_where_a_customer_stands_and_put_it_right(office: Office) -> None:
    anna = await office.customer("anna")
    id = (await anna.get("/api/session")).json["person"]["id"]
    name = request()
    for _ in range(2):
        given = await office.gives(id, 40, reason=" 延遲出貨的補償 ", request_id=name)
        assert (given.status, given.json["points"]["available"]) == (200, 40)
    (row,) = given.json["history"]
    assert (row["kind"], row["points"], row["reason"]) == ("correct", 40, "延遲出貨的補償")
    assert given.json["coupons"] == []
    too_much = await office.gives(id, -41)
    assert (too_much.status, too_much.code) == (409, "not_enough_points")
    assert too_much.json["data"] == {"available": 40}
    taken = await office.gives(id, -40)
    assert taken.json["points"]["available"] == 0
    service = office.service
    await service.add_staff("rep@shop.test", Role.REP)
    rep = await service.browser()
    await rep.become_staff("rep@shop.test")
    assert (await rep.get(f"/api/staff/loyalty/customers/{id}")).json == taken.json
    mine = (await anna.get("/api/loyalty/history")).json["rows"]
    assert [row["reason"] for row in mine] == ["補償", "延遲出貨的補償"]


WRONG_CORRECTIONS: list[tuple[dict[str, Any], str]] = [
    ({"points": 0}, "points"),
    ({"points": 1_000_001}, "points"),
    ({"points": -1_000_001}, "points"),
    ({"points": True}, "points"),
    ({"reason": "  "}, "reason"),
    ({"reason": "x" * 201}, "reason"),
    ({"request_id": "!" * 8}, "request_id"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_senseless_correction_is_refused_by_field(office: Office) -> None:
    anna = await office.customer("anna")
    id = (await anna.get("/api/session")).json["person"]["id"]
    for changes, field in WRONG_CORRECTIONS:
        refused = await office.gives(id, 5, **changes)
        assert (refused.status, list(refused.json["data"]["fields"])) == (400, [field]), changes
    assert await points_of(anna) == (0, 0, 0)


async def test_a_guest_who_signs_in_keeps_her_points(office: Office) -> None:
    await office.customer("anna", 10)
    guest = await office.service.browser()
    id = await guest.become_guest()
    await office.gives(id, 7)
    office.service.clock.advance(61_000)
    known = await guest.become_customer("anna@example.test", "anna")
    assert known != id
    assert await points_of(guest) == (17, 0, 0)
    # The guest's id is hers now, for staff too.
    found = await office.gives(id, 1)
    assert found.json["points"]["available"] == 18


async def _buys(service: Service, browser: Browser, operator: Browser) -> str:
    """An order of NT$360 by transfer, found paid; returns its number."""
    products = (await browser.get("/api/products")).json["products"]
    variant = next(v["id"] for p in products for v in p["variants"] if v["sku"] == "A01")
    line = {"variant_id": variant, "quantity": 1, "request_id": request()}
    cart = (await browser.post("/api/cart/lines", line)).json
    body = {
        "request_id": request(),
        "claims": [],
        "lines": [one["id"] for one in cart["lines"]],
        "contact": {"name": "林小美", "phone": "0912345678", "email": "mei@example.test"},
        "fulfilment": {"kind": "home", "city": "台北市", "address": "松仁路 1 號"},
        "payment": "transfer",
        "expect_total": 36_000 + 8_000,
    }
    placed = await browser.post("/api/checkout", body)
    assert placed.status == 201, placed.body
    order = placed.json["order"]
    path = f"/api/staff/orders/{order['id']}/confirm-payment"
    paid = await operator.post(path, {"request_id": request()})
    assert paid.status == 200, paid.body
    return str(order["number"])

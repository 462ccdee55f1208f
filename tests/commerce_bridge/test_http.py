"""The shop as browsers meet it, from a product to a paid order."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from commerce_bridge.commerce import COMMERCE
from commerce_bridge.embedded import demo
from commerce_bridge.payments.test_provider import SIGNATURE
from core.identity.model import Role
from tests.service import Browser, Reply, Service, serving, settings_for
from web.keys import DATABASE


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(settings_for(database_url, tmp_path)) as service:
        await demo.furnish(service.app[DATABASE], service.clock, "TWD")
        yield service


async def a_guest(service: Service) -> Browser:
    browser = await service.browser()
    await browser.become_guest()
    return browser


async def staff(service: Service, role: Role) -> Browser:
    await service.add_staff(f"{role}@shop.test", role)
    browser = await service.browser()
    await browser.become_staff(f"{role}@shop.test")
    return browser


async def variant(browser: Browser, sku: str) -> str:
    products = (await browser.get("/api/products")).json["products"]
    return str(next(v["id"] for p in products for v in p["variants"] if v["sku"] == sku))


async def put_in_cart(browser: Browser, sku: str, quantity: int = 1) -> Reply:
    line = {
        "variant_id": await variant(browser, sku),
        "quantity": quantity,
        "request_id": str(uuid.uuid4()),
    }
    return await browser.post("/api/cart/lines", line)


def checkout(cart: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "request_id": str(uuid.uuid4()),
        "claims": [],
        "lines": [line["id"] for line in cart["lines"]],
        "contact": {"name": "林小美", "phone": "0912345678", "email": "mei@example.test"},
        "fulfilment": {"kind": "home", "city": "台北市", "address": "松仁路 1 號"},
        "payment": "card",
        "expect_total": cart["subtotal"] + 8_000,
        **changes,
    }


async def order(browser: Browser, **changes: Any) -> dict[str, Any]:
    cart = (await put_in_cart(browser, "A01")).json
    reply = await browser.post("/api/checkout", checkout(cart, **changes))
    assert reply.status == 201, reply.body
    placed: dict[str, Any] = reply.json
    return placed


async def test_products_are_for_everyone_to_see(service: Service) -> None:
    browser = await service.browser()
    products = (await browser.get("/api/products")).json["products"]
    assert [one["title"] for one in products][:2] == ["秋釀剝皮辣椒", "麻油辣豆腐乳"]
    oil = next(one for one in products if one["title"] == "手炒花椒辣油")
    assert oil["pictures"] == ["/demo/b01.svg"]
    assert oil["options"] == [{"name": "辣度", "values": ["小辣", "中辣", "大辣"]}]
    assert oil["variants"][0] == {
        "id": oil["variants"][0]["id"],
        "sku": "B01-S",
        "title": "小辣",
        "options": {"辣度": "小辣"},
        "price": 38_000,
        "compare_at": None,
        "picture": None,
        "available": 70,
    }
    one = (await browser.get(f"/api/products/{oil['id']}")).json
    stock = one.pop("stock")
    assert one == oil
    known = {place["id"] for place in stock["places"]}
    lying = [by_place for by_place in stock["pieces"].values() if by_place]
    assert lying
    # Not what lies in the warehouse.
    assert all(known >= set(by_place) for by_place in lying)
    assert (await browser.get("/api/products/prd_none")).code == "unknown_product"
    found = (await browser.get("/api/products?q=樹子")).json["products"]
    assert [one["title"] for one in found] == ["古早味樹子"]


async def test_who_advises_a_customer_sees_what_lies_where(service: Service) -> None:
    rep = await staff(service, Role.REP)
    oil = next(
        one for one in (await rep.get("/api/products?q=辣油")).json["products"] if one["variants"]
    )
    found = (await rep.get(f"/api/staff/products/{oil['id']}/stock")).json
    shop = service.app[COMMERCE].shop
    assert found["pieces"] == await shop.stock([one["id"] for one in oil["variants"]])
    assert [one["name"] for one in found["places"]] == [
        one.name for one in await shop.locations() if one.pickup or one.address
    ]
    assert (await rep.get("/api/staff/products/prd_none/stock")).code == "unknown_product"


async def test_a_cart_takes_lines_changes_and_loses_them(service: Service) -> None:
    browser = await a_guest(service)
    cart = (await put_in_cart(browser, "A01", 2)).json
    [line] = cart["lines"]
    assert (line["title"], line["quantity"], line["unit_price"]) == ("秋釀剝皮辣椒", 2, 36_000)
    assert (cart["subtotal"], cart["free_delivery_from"]) == (72_000, 99_900)
    assert [(one["kind"], one["fee"], one["free_from"]) for one in cart["deliveries"]] == [
        ("home", 8_000, 99_900),
        ("store", 6_000, 99_900),
        ("pickup", 0, None),
    ]
    assert [one["name"] for one in cart["deliveries"][2]["locations"]] == ["信義店", "板橋店"]
    path = f"/api/cart/lines/{line['id']}"
    changed = (await browser.ask("PATCH", path, json={"quantity": 5})).json
    assert changed["subtotal"] == 180_000
    assert (await browser.delete(path)).json["lines"] == []
    assert (await browser.delete(path)).status == 404
    assert (await browser.ask("PATCH", path, json={"quantity": 1})).status == 404


async def test_a_line_sent_twice_is_put_in_once(service: Service) -> None:
    browser = await a_guest(service)
    line = {
        "variant_id": await variant(browser, "A01"),
        "quantity": 2,
        "request_id": str(uuid.uuid4()),
    }
    await asyncio.gather(*(browser.post("/api/cart/lines", line) for _ in range(3)))
    [only] = (await browser.get("/api/cart")).json["lines"]
    assert only["quantity"] == 2


async def test_a_guest_who_signs_in_keeps_her_cart_and_orders(service: Service) -> None:
    first = await service.browser()
    await first.become_customer("mei@example.test")
    await put_in_cart(first, "A01", 98)
    browser = await a_guest(service)
    placed = await order(browser, payment="transfer")
    await put_in_cart(browser, "A01", 3)
    await put_in_cart(browser, "B02", 1)
    await browser.become_customer("mei@example.test")
    cart = (await browser.get("/api/cart")).json
    assert {line["title"]: line["quantity"] for line in cart["lines"]} == {
        "秋釀剝皮辣椒": 99,
        "古早味樹子": 1,
    }
    assert (await browser.get(f"/api/orders/{placed['order']['id']}")).status == 200


async def test_an_order_is_paid_on_the_test_page(service: Service) -> None:
    browser = await a_guest(service)
    placed = await order(browser)
    one = placed["order"]
    assert (one["state"], one["may"]) == ("awaiting_payment", {"cancel": True, "pay": True})
    assert one["contact"] == {
        "name": "林小美",
        "phone": "0912 345 678",
        "email": "mei@example.test",
    }
    session = placed["pay_url"].removeprefix("/pay/test/")
    page = (await browser.get(f"/api/pay/test/{session}")).json
    assert (page["number"], page["amount"], page["currency"]) == (one["number"], 44_000, "TWD")
    pressed = await browser.post(f"/api/pay/test/{session}", {"outcome": "paid"})
    assert pressed.json == {"return_url": f"/orders/{one['id']}"}
    paid = (await browser.get(f"/api/orders/{one['id']}")).json
    assert (paid["state"], paid["payment"]["state"]) == ("paid", "paid")
    assert [(event["act"], event["by"]) for event in paid["history"]] == [
        ("place", "customer"),
        ("pay", "system"),
    ]
    assert [one["id"] for one in (await browser.get("/api/orders")).json["orders"]] == [one["id"]]
    cart = (await browser.get("/api/cart")).json
    assert cart["remembered"]["contact"]["name"] == "林小美"
    assert cart["remembered"]["fulfilment"]["city"] == "台北市"


async def test_a_card_that_failed_may_be_tried_again(service: Service) -> None:
    browser = await a_guest(service)
    placed = await order(browser)
    order_id = placed["order"]["id"]
    again = await browser.post(f"/api/orders/{order_id}/pay")
    assert again.json == {"pay_url": placed["pay_url"]}
    session = placed["pay_url"].removeprefix("/pay/test/")
    await browser.post(f"/api/pay/test/{session}", {"outcome": "failed"})
    other = (await browser.post(f"/api/orders/{order_id}/pay")).json["pay_url"]
    assert other != placed["pay_url"]
    session = other.removeprefix("/pay/test/")
    await browser.post(f"/api/pay/test/{session}", {"outcome": "paid"})
    assert (await browser.get(f"/api/orders/{order_id}")).json["state"] == "paid"
    assert (await browser.post(f"/api/orders/{order_id}/pay")).code == "order_state"


async def test_a_call_of_the_provider_needs_its_signature_alone(service: Service) -> None:
    browser = await a_guest(service)
    placed = await order(browser)
    page = service.app[COMMERCE].test_page
    session = placed["pay_url"].removeprefix("/pay/test/")
    payment, _ = await page._find(session)
    provider = service.app[COMMERCE].paying.provider
    headers, body = provider.sign(payment.id, session, payment.amount, "paid")  # type: ignore[union-attr]
    path = "/api/payments/test/callback"
    server = await service.browser()
    server.headers = {"Content-Type": "application/json"}

    changed = json.loads(body) | {"minor": 1}
    bad = await server.ask("POST", path, data=json.dumps(changed).encode(), headers=headers)
    assert (bad.status, bad.code) == (403, "bad_signature")
    assert (await server.ask("POST", path, data=body)).code == "bad_signature"
    old = {SIGNATURE: headers[SIGNATURE].replace("t=", "t=x")}
    assert (await server.ask("POST", path, data=body, headers=old)).code == "bad_signature"
    assert (await server.ask("POST", "/api/payments/other/callback", data=body)).status == 404
    for _ in range(2):
        assert (await server.ask("POST", path, data=body, headers=headers)).status == 200
    shown = (await browser.get(f"/api/orders/{placed['order']['id']}")).json
    assert [event["act"] for event in shown["history"]] == ["place", "pay"]

    service.clock.advance(300_001)
    late = await server.ask("POST", path, data=body, headers=headers)
    assert late.code == "bad_signature"


async def test_an_order_is_its_customers_and_the_staffs_alone(service: Service) -> None:
    browser = await a_guest(service)
    order_id = (await order(browser, payment="transfer"))["order"]["id"]
    other = await a_guest(service)
    asked = {"request_id": str(uuid.uuid4())}
    assert (await other.get(f"/api/orders/{order_id}")).status == 404
    assert (await other.post(f"/api/orders/{order_id}/cancel", asked)).status == 404
    assert (await other.post(f"/api/orders/{order_id}/pay")).status == 404
    assert (await (await service.browser()).get(f"/api/orders/{order_id}")).status == 401
    rep = await staff(service, Role.REP)
    seen = (await rep.get(f"/api/orders/{order_id}")).json
    assert seen["customer"]["name"] == "林小美"
    ready = await rep.post(f"/api/staff/orders/{order_id}/confirm-payment", asked)
    assert ready.status == 403


async def test_staff_see_an_order_through(service: Service) -> None:
    browser = await a_guest(service)
    order_id = (await order(browser, payment="transfer"))["order"]["id"]
    operator = await staff(service, Role.OPERATOR)
    [listed] = (await operator.get("/api/staff/orders?state=awaiting_payment&q=林小")).json[
        "orders"
    ]
    assert listed["acts"] == ["confirm-payment", "cancel"]
    for act, state in (("confirm-payment", "paid"), ("ready", "ready"), ("hand-out", "handed_out")):
        body = {"request_id": str(uuid.uuid4()), "note": "末五碼 12345"}
        for _ in range(2):
            done = await operator.post(f"/api/staff/orders/{order_id}/{act}", body)
            assert (done.status, done.json["state"]) == (200, state)
    late = await operator.post(
        f"/api/staff/orders/{order_id}/cancel", {"request_id": str(uuid.uuid4())}
    )
    assert (late.status, late.code, late.json["data"]) == (
        409,
        "order_state",
        {"state": "handed_out"},
    )
    path = f"/api/staff/orders/{order_id}/steal"
    assert (await operator.post(path, {"request_id": str(uuid.uuid4())})).status == 404
    mine = (await browser.get(f"/api/orders/{order_id}")).json
    assert not any("note" in event for event in mine["history"])
    seen = (await operator.get(f"/api/orders/{order_id}")).json
    assert seen["history"][1]["note"] == "末五碼 12345"


FOUND_BY = ("林小美", "0912345678", "%2B886 912-345", "mei@EXAMPLE", "P-1001", "1001")


async def test_staff_find_an_order_by_what_a_customer_says(service: Service) -> None:
    browser = await a_guest(service)
    await order(browser)
    operator = await staff(service, Role.OPERATOR)
    for query in FOUND_BY:
        found = (await operator.get(f"/api/staff/orders?q={query}")).json["orders"]
        assert [one["number"] for one in found] == ["P-1001"], query
    for query in ("P-1002", "100%25_", "0987"):
        assert (await operator.get(f"/api/staff/orders?q={query}")).json["orders"] == [], query


MISSHAPEN: tuple[dict[str, Any], ...] = (
    {"expect_total": -1},
    {"expect_total": "44000"},
    {"payment": "cash"},
    {"fulfilment": {"kind": "drone"}},
    {"fulfilment": {"kind": "home", "city": "x", "address": "x" * 201}},
    {"fulfilment": {"kind": "store", "chain": "OK", "store_code": "'; --", "store_name": "x"}},
    {"contact": {"name": ["x"], "phone": "0912345678"}},
    {"lines": ["x"] * 101},
    {"request_id": "no"},
    {"discount": 100},
)


async def test_a_checkout_of_the_wrong_shape_is_refused_and_loses_nothing(
    service: Service,
) -> None:
    browser = await a_guest(service)
    cart = (await put_in_cart(browser, "A01")).json
    for changes in MISSHAPEN:
        reply = await browser.post("/api/checkout", {**checkout(cart), **changes})
        assert (reply.status, reply.code) == (400, "bad_request"), changes
        assert reply.json["data"]["fields"], changes
    assert len((await browser.get("/api/cart")).json["lines"]) == 1
    assert (await browser.get("/api/orders")).json["orders"] == []


async def test_a_quantity_is_a_whole_number_from_1_to_99(service: Service) -> None:
    browser = await a_guest(service)
    wanted = await variant(browser, "A01")
    for quantity in (0, -1, 100, 10**30, 1.5, "1", None, True):
        body = {"variant_id": wanted, "quantity": quantity, "request_id": str(uuid.uuid4())}
        assert (await browser.post("/api/cart/lines", body)).status == 400, quantity
    assert (await browser.get("/api/cart")).json["lines"] == []


async def test_what_a_customer_typed_comes_back_as_she_typed_it(service: Service) -> None:
    browser = await a_guest(service)
    typed = '<script>alert("1")</script>'
    placed = await order(
        browser,
        payment="transfer",
        note=typed,
        fulfilment={"kind": "home", "city": "台北市", "address": typed},
    )
    reply = await browser.get(f"/api/orders/{placed['order']['id']}")
    assert (reply.json["note"], reply.json["fulfilment"]["address"]) == (typed, typed)
    assert reply.headers["Content-Type"].startswith("application/json")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"

"""Points and tiers over HTTP: her own, and what staff look after."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from commerce_bridge.commerce import COMMERCE
from commerce_bridge.loyalty import view
from commerce_bridge.loyalty.coupons.routes import owned
from commerce_bridge.loyalty.points import PAGE
from commerce_bridge.loyalty.service import (
    CHANGE,
    LOYALTY,
    READ_CUSTOMERS,
    READ_RULES,
    Answer,
    Correction,
    Loyalty,
    Offer,
    RulesPut,
)
from core.errors import BadRequest
from core.http import CUSTOMERS, Routes, answer, json_body, person_of, staff
from core.locales import negotiate

routes = Routes()


def _loyalty(request: web.Request) -> Loyalty:
    return request.app[LOYALTY]


def _currency(request: web.Request) -> str:
    return request.app[COMMERCE].settings.currency


@routes.get("/api/loyalty", who=CUSTOMERS)
async def mine(request: web.Request) -> web.Response:
    found = await _loyalty(request).mine(person_of(request))
    return answer(view.account(found, _currency(request)))


@routes.get("/api/loyalty/history", who=CUSTOMERS)
async def history(request: web.Request) -> web.Response:
    """`{rows, next}`: `next` goes on, as `before`; null where nothing is older."""
    before = request.query.get("before")
    if before is not None and not (before.isascii() and before.isdigit() and len(before) < 16):
        raise BadRequest("Not a place in the list.", fields={"before": "a number"})
    rows = await _loyalty(request).history(
        person_of(request), None if before is None else int(before)
    )
    following = str(rows[-1].id) if len(rows) == PAGE else None
    return answer({"rows": view.history(rows), "next": following})


@routes.get("/api/loyalty/transfers", who=CUSTOMERS)
async def transfers(request: web.Request) -> web.Response:
    sent, received = await _loyalty(request).transfers(person_of(request))
    return answer(
        {"sent": [view.sent(one) for one in sent], "received": [view.received(x) for x in received]}
    )


@routes.post("/api/loyalty/transfers", who=CUSTOMERS)
async def offer(request: web.Request) -> web.Response:
    wanted = await json_body(request, Offer)
    asked = request.headers.get("Accept-Language", "")
    locale = negotiate(asked, request.app[COMMERCE].settings.locale)
    made = await _loyalty(request).offer(person_of(request), wanted, locale)
    return answer(view.sent(made), 201)


@routes.post("/api/loyalty/transfers/{id}/accept", who=CUSTOMERS)
async def accept(request: web.Request) -> web.Response:
    await json_body(request, Answer)
    done = await _loyalty(request).accept(person_of(request), request.match_info["id"])
    return answer(view.received(done))


@routes.post("/api/loyalty/transfers/{id}/decline", who=CUSTOMERS)
async def decline(request: web.Request) -> web.Response:
    await json_body(request, Answer)
    done = await _loyalty(request).decline(person_of(request), request.match_info["id"])
    return answer(view.received(done))


@routes.post("/api/loyalty/transfers/{id}/withdraw", who=CUSTOMERS)
async def withdraw(request: web.Request) -> web.Response:
    await json_body(request, Answer)
    done = await _loyalty(request).withdraw(person_of(request), request.match_info["id"])
    return answer(view.sent(done))


@routes.get("/api/staff/loyalty/rules", who=staff(*READ_RULES))
async def rules(request: web.Request) -> web.Response:
    """`{version, rules, currency}`; version 0 are no rules yet, only a proposal."""
    version, found = await _loyalty(request).rules(person_of(request))
    return answer(view.rules(version, found, _currency(request)))


@routes.put("/api/staff/loyalty/rules", who=staff(*CHANGE))
async def set_rules(request: web.Request) -> web.Response:
    wanted = await json_body(request, RulesPut)
    version, found = await _loyalty(request).set_rules(person_of(request), wanted)
    return answer(view.rules(version, found, _currency(request)))


@routes.get("/api/staff/loyalty/customers/{id}", who=staff(*READ_CUSTOMERS))
async def of_customer(request: web.Request) -> web.Response:
    return answer(await _of_customer(request))


@routes.post("/api/staff/loyalty/customers/{id}/corrections", who=staff(*CHANGE))
async def correct(request: web.Request) -> web.Response:
    """The customer as she stands after it."""
    wanted = await json_body(request, Correction)
    await _loyalty(request).correct(person_of(request), request.match_info["id"], wanted)
    return answer(await _of_customer(request))


async def _of_customer(request: web.Request) -> dict[str, Any]:
    customer, found, rows = await _loyalty(request).of_customer(
        person_of(request), request.match_info["id"]
    )
    coupons = await request.app[COMMERCE].coupons.mine(customer)
    return view.account(found, _currency(request)) | {
        "history": view.history(rows),
        "coupons": owned(coupons),
    }

"""Coupons over HTTP: a customer's wallet, and what staff make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from aiohttp import web
from msgspec import to_builtins
from pydantic import StringConstraints

from commerce_bridge import view
from commerce_bridge.commerce import COMMERCE
from commerce_bridge.loyalty.coupons.rules import Reason
from commerce_bridge.loyalty.coupons.service import (
    CHANGE_COUPONS,
    READ_COUPONS,
    CouponChanges,
    Coupons,
    NewCoupon,
    Owned,
)
from commerce_bridge.loyalty.coupons.store import Counted
from core.http import CUSTOMERS, Routes, answer, json_body, person_of, staff
from core.inputs import Input

routes = Routes()


class Code(Input):
    code: Annotated[str, StringConstraints(min_length=1, max_length=64)]


def _coupons(request: web.Request) -> Coupons:
    return request.app[COMMERCE].coupons


@routes.get("/api/coupons", who=CUSTOMERS)
async def mine(request: web.Request) -> web.Response:
    return answer({"coupons": owned(await _coupons(request).mine(person_of(request)))})


@routes.post("/api/coupons", who=CUSTOMERS)
async def add(request: web.Request) -> web.Response:
    """Put the coupon of a code in her wallet; answers with all that is in it."""
    body = await json_body(request, Code)
    found = await _coupons(request).add_code(person_of(request), body.code)
    return answer({"coupons": owned(found)}, 201)


@routes.get("/api/staff/coupons", who=staff(*READ_COUPONS))
async def every(request: web.Request) -> web.Response:
    found = await _coupons(request).all(person_of(request))
    return answer({"coupons": list(map(_counted, found))})


@routes.post("/api/staff/coupons", who=staff(*CHANGE_COUPONS))
async def create(request: web.Request) -> web.Response:
    body = await json_body(request, NewCoupon)
    return answer(_counted(await _coupons(request).create(person_of(request), body)), 201)


@routes.patch("/api/staff/coupons/{id}", who=staff(*CHANGE_COUPONS))
async def change(request: web.Request) -> web.Response:
    body = await json_body(request, CouponChanges)
    changed = await _coupons(request).change(person_of(request), request.match_info["id"], body)
    return answer(_counted(changed))


def owned(found: Sequence[Owned]) -> list[dict[str, Any]]:
    """A wallet as its customer sees it. `state`: what has not begun yet, or is for a tier that she
    has not reached, is `usable` all the same; `why` says so."""
    return [
        view.coupon(one.held.coupon) | {"state": _state(one.why), "why": one.why} for one in found
    ]


def _state(why: Reason | None) -> str:
    match why:
        case "coupon_used":
            return "used"
        case "coupon_over" | "coupon_gone":
            return "over"
        case _:
            return "usable"


def _counted(one: Counted) -> dict[str, Any]:
    counts = {"used": one.used, "reserved": one.reserved, "granted": one.granted}
    found: dict[str, Any] = to_builtins(one.coupon)
    return found | counts

"""The shop's HTTP face: products, cart, checkout, orders, and the card provider's calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from commerce_bridge import view
from commerce_bridge.cart.store import MOST_PIECES
from commerce_bridge.cart.whereabouts import Claimed
from commerce_bridge.checkout.model import CheckoutBody, QuoteBody
from commerce_bridge.commerce import COMMERCE, Commerce
from commerce_bridge.orders.model import Order, State
from commerce_bridge.orders.service import CHANGE_ORDERS, READ_ORDERS, STAFF_ACTS
from commerce_bridge.orders.store import PAGE
from commerce_bridge.port import Product, Shop
from core.errors import BadRequest, NotFound, TooLarge
from core.http import ANYONE, CUSTOMERS, Routes, answer, json_body, person_of, staff
from core.identity.model import Role
from core.ids import Id, RequestId
from core.inputs import Input
from core.locales import negotiate

CALLBACK_OCTETS = 64 * 1024
QUERY_LENGTH = 100

READERS = staff(*READ_ORDERS)
CHANGERS = staff(*CHANGE_ORDERS)
STOCKISTS = staff(Role.HOST, Role.OPERATOR)
ADVISERS = staff(Role.REP, Role.OPERATOR)

routes = Routes()


def _commerce(request: web.Request) -> Commerce:
    return request.app[COMMERCE]


@routes.get("/api/products", who=ANYONE)
async def products(request: web.Request) -> web.Response:
    found = await _commerce(request).shop.products(_query(request))
    return answer({"products": [view.product(one) for one in found]})


@routes.get("/api/products/{id}", who=ANYONE)
async def product(request: web.Request) -> web.Response:
    """With `stock`: what lies in places that customers know of; not what lies behind them."""
    shop = _commerce(request).shop
    found = await shop.product(request.match_info["id"])
    stock = await _stock(shop, found)
    known = {one["id"] for one in stock["places"]}
    stock["pieces"] = {
        variant: {place: n for place, n in by_place.items() if place in known}
        for variant, by_place in stock["pieces"].items()
    }
    return answer(view.product(found) | {"stock": stock})


@routes.get("/api/staff/products", who=STOCKISTS)
async def staff_products(request: web.Request) -> web.Response:
    found = await _commerce(request).shop.products(_query(request))
    return answer({"products": [view.product(one) for one in found]})


@routes.get("/api/staff/products/{id}/stock", who=ADVISERS)
async def stock_of(request: web.Request) -> web.Response:
    shop = _commerce(request).shop
    found = await shop.product(request.match_info["id"])
    return answer(await _stock(shop, found))


async def _stock(shop: Shop, found: Product) -> dict[str, Any]:
    """Where how many pieces of each variant lie, with the places that customers know of."""
    pieces = await shop.stock([one.id for one in found.variants])
    places = [one for one in await shop.locations() if one.pickup or one.address]
    return {"places": [{"id": one.id, "name": one.name} for one in places], "pieces": pieces}


class AddLine(Input):
    variant_id: Id
    quantity: Annotated[int, Field(ge=1, le=MOST_PIECES)]
    request_id: RequestId
    via: Claimed = "shop"


class ChangeLine(Input):
    quantity: Annotated[int, Field(ge=1, le=MOST_PIECES)]


@routes.get("/api/cart", who=CUSTOMERS)
async def cart(request: web.Request) -> web.Response:
    commerce = _commerce(request)
    found = await commerce.carts.get(person_of(request))
    return answer(view.cart(found, commerce.settings))


@routes.post("/api/cart/lines", who=CUSTOMERS)
async def add_line(request: web.Request) -> web.Response:
    body = await json_body(request, AddLine)
    person, commerce = person_of(request), _commerce(request)
    via = await commerce.carts.believed(person, body.via)
    found = await commerce.carts.add(
        person, body.variant_id, body.quantity, body.request_id, via=via
    )
    return answer(view.cart(found, commerce.settings))


@routes.patch("/api/cart/lines/{id}", who=CUSTOMERS)
async def change_line(request: web.Request) -> web.Response:
    body = await json_body(request, ChangeLine)
    commerce = _commerce(request)
    line_id = request.match_info["id"]
    found = await commerce.carts.set_quantity(person_of(request), line_id, body.quantity)
    return answer(view.cart(found, commerce.settings))


@routes.delete("/api/cart/lines/{id}", who=CUSTOMERS)
async def remove_line(request: web.Request) -> web.Response:
    commerce = _commerce(request)
    found = await commerce.carts.remove(person_of(request), request.match_info["id"])
    return answer(view.cart(found, commerce.settings))


class Asked(Input):
    request_id: RequestId


@routes.post("/api/checkout/quote", who=CUSTOMERS)
async def quote(request: web.Request) -> web.Response:
    """What an order would cost; what of it could not be had is told, and refuses nothing."""
    body = await json_body(request, QuoteBody)
    commerce = _commerce(request)
    found = await commerce.checkout.quote(person_of(request), body)
    return answer(view.quote(found, commerce.settings.currency))


@routes.post("/api/checkout", who=CUSTOMERS)
async def checkout(request: web.Request) -> web.Response:
    body = await json_body(request, CheckoutBody)
    commerce = _commerce(request)
    if body.locale is None:
        asked = request.headers.get("Accept-Language", "")
        spoken = negotiate(asked, commerce.settings.locale)
        body = body.model_copy(update={"locale": spoken})
    placed = await commerce.checkout.order(person_of(request), body)
    [shown] = await _shown(request, [placed.order])
    return answer({"order": shown, "pay_url": placed.pay_url}, 201)


@routes.get("/api/orders", who=CUSTOMERS)
async def orders(request: web.Request) -> web.Response:
    found = await _commerce(request).orders.mine(person_of(request))
    return answer({"orders": await _shown(request, found)})


@routes.get("/api/orders/{id}", who=CUSTOMERS | READERS)
async def order(request: web.Request) -> web.Response:
    person = person_of(request)
    found = await _commerce(request).orders.get(person, request.match_info["id"])
    [shown] = await _shown(request, [found], to_staff=person.is_staff)
    return answer(shown)


@routes.post("/api/orders/{id}/cancel", who=CUSTOMERS)
async def cancel(request: web.Request) -> web.Response:
    body = await json_body(request, Asked)
    done = await _commerce(request).orders.cancel(
        person_of(request), request.match_info["id"], body.request_id
    )
    [shown] = await _shown(request, [done])
    return answer(shown)


@routes.post("/api/orders/{id}/pay", who=CUSTOMERS)
async def pay(request: web.Request) -> web.Response:
    url = await _commerce(request).paying.pay(person_of(request), request.match_info["id"])
    return answer({"pay_url": url})


class StaffAct(Input):
    request_id: RequestId
    note: Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)] | None = None


@routes.get("/api/staff/orders", who=READERS)
async def staff_orders(request: web.Request) -> web.Response:
    before = request.query.get("before")
    if before is not None and not (before.isascii() and before.isdigit() and len(before) < 16):
        raise BadRequest("Not a place in the list.", fields={"before": "a number"})
    found = await _commerce(request).orders.all(
        person_of(request),
        states=_states(request),
        query=_query(request),
        before=None if before is None else int(before),
    )
    shown = await _shown(request, found, to_staff=True)
    return answer({"orders": shown, "next": found[-1].serial if len(found) == PAGE else None})


@routes.post("/api/staff/orders/{id}/{act}", who=CHANGERS)
async def staff_act(request: web.Request) -> web.Response:
    act = next((one for one in STAFF_ACTS if one == request.match_info["act"]), None)
    if act is None:
        raise NotFound("There is nothing here.")
    body = await json_body(request, StaffAct)
    done = await _commerce(request).orders.act(
        person_of(request), request.match_info["id"], act, body.request_id, body.note or None
    )
    [shown] = await _shown(request, [done], to_staff=True)
    return answer(shown)


class TestOutcome(Input):
    __test__ = False  # for pytest, which takes the name for a test's

    outcome: Literal["paid", "failed"]


@routes.post("/api/payments/{provider}/callback", who=ANYONE, cookie=False)
async def callback(request: web.Request) -> web.Response:
    """From the provider's servers: no cookie and no page of ours, but a signature."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > CALLBACK_OCTETS:
            raise TooLarge("The call is too large.", octets=CALLBACK_OCTETS)
    await _commerce(request).paying.receive(
        request.match_info["provider"], request.headers, bytes(body)
    )
    return answer({"ok": True})


@routes.get("/api/pay/test/{session}", who=ANYONE)
async def test_session(request: web.Request) -> web.Response:
    """What the test provider's page shows. Who knows the session's name was sent there."""
    return answer(await _commerce(request).test_page.show(request.match_info["session"]))


@routes.post("/api/pay/test/{session}", who=ANYONE)
async def test_outcome(request: web.Request) -> web.Response:
    body = await json_body(request, TestOutcome)
    url = await _commerce(request).test_page.press(request.match_info["session"], body.outcome)
    return answer({"return_url": url})


async def _shown(
    request: web.Request, orders: Sequence[Order], *, to_staff: bool = False
) -> list[view.Json]:
    commerce = _commerce(request)
    earned = await commerce.orders.earned(orders)
    now, settings = commerce.clock.now(), commerce.settings
    return [
        view.order(one, now, settings, earned=earned.get(one.id), staff=to_staff) for one in orders
    ]


def _query(request: web.Request) -> str:
    query = request.query.get("q", "")
    if len(query) > QUERY_LENGTH or "\0" in query:
        raise BadRequest("The query is too long.", fields={"q": f"at most {QUERY_LENGTH}"})
    return query


_STATES: tuple[State, ...] = (
    "awaiting_payment",
    "placed",
    "paid",
    "ready",
    "handed_out",
    "cancelled",
    "refunded",
    "lapsed",
)


def _states(request: web.Request) -> list[State]:
    """`?state=paid&state=ready` or `?state=paid,ready`; none for all."""
    asked = [one for value in request.query.getall("state", []) for one in value.split(",") if one]
    found = [state for state in _STATES if state in asked]
    if set(asked) - set(found):
        raise BadRequest("No such state.", fields={"state": ", ".join(_STATES)})
    return found

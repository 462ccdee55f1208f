"""Every HTTP route has its row in the table, and does to each kind of person what it says."""

import itertools
import uuid
from typing import Any, Protocol

import pytest

from core.http.routes import ROUTES
from core.identity import sessions
from core.identity.model import NOBODY
from core.identity.service import IDENTITY
from tests.access.table import HTTP, PEOPLE, Row, rows
from tests.chat import image
from tests.service import Browser, Service
from video.stream.routes import PICTURES
from web.keys import DATABASE
from web.knowledge import KNOWLEDGE

BODIES: dict[str, dict[str, Any]] = {
    "POST /api/session/guest": {"name": "小美"},
    "PATCH /api/cart/lines/{id}": {"quantity": 1},
    "PATCH /api/staff/coupons/{id}": {"uses": 0},
    "POST /api/orders/{id}/cancel": {"request_id": "request-1"},
    "POST /api/staff/orders/{id}/{act}": {"request_id": "request-1"},
    "POST /api/loyalty/transfers": {
        "to": "friend@example.com",
        "points": 1,
        "request_id": "request-1",
    },
    "POST /api/loyalty/transfers/{id}/accept": {"request_id": "request-1"},
    "POST /api/loyalty/transfers/{id}/decline": {"request_id": "request-1"},
    "POST /api/loyalty/transfers/{id}/withdraw": {"request_id": "request-1"},
}
"""Where it is not the route but the service that knows: a body that gets that far."""

LAST = ("host", "operator", "customer")
"""Those who may change what a row is about come after those who may not."""


def test_every_route_has_a_row_and_every_row_a_route(service: Service) -> None:
    routes = {
        f"{route.method} {route.resource.canonical}"
        for route in service.app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    assert routes == {row.name for row in rows(HTTP)}


def test_every_route_names_its_audience(service: Service) -> None:
    nameless = [
        str(route)
        for route in service.app.router.routes()
        if route not in service.app[ROUTES]
        and not (route.resource and route.resource.canonical == "/socket.io/")
    ]
    assert nameless == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_row_names_everybody(service: Service) -> None:
    with pytest.raises(ValueError, match="not a row"):
        rows(HTTP + "GET /api/new ok ok ok\n")
    with pytest.raises(ValueError, match="not a row"):
        rows(HTTP + "GET /api/new ok ok ok ok ok ok ok maybe\n")


async def test_each_person_gets_what_the_table_says(
    service: Service, browsers: dict[str, Browser]
) -> None:
    shop = Shop(browsers["customer"])
    stage = Stage(service, browsers["host"])
    talk = Talk(browsers["customer"])
    shelf = Shelf(service)
    face_to_face = FaceToFace(browsers["customer"])
    agenda = Agenda(service, browsers["rep"])
    purse = Purse(browsers["operator"], browsers["customer"], await service.browser())
    surprises = []
    for row in rows(HTTP):
        is_talk = "/chat" in row.name or "/conversations" in row.name
        maker: Maker = talk if is_talk else stage if "show" in row.name else shop
        if "/consult/calls/{id}" in row.name:
            maker = face_to_face
        if "/api/" in row.name and "/bookings/{" in row.name:
            maker = agenda
        if "/loyalty/" in row.name:
            maker = purse
        is_article = "/articles" in row.name or "{slug}" in row.name
        address = await (shelf if is_article else maker).address(row)
        for who in sorted(PEOPLE, key=LAST_OF.__getitem__):
            service.clock.advance(1_000)
            browser = browsers[who]
            if " /api/session" in row.name:
                browser = await again(service, browser)
            body = BODIES.get(row.name, {})
            method = row.name.split()[0]
            reply = await browser.ask(method, address, json=None if method == "GET" else body)
            outcome = str(reply.status) if reply.status in (401, 403, 404) else "ok"
            if reply.status >= 500 or outcome != row.outcomes[who]:
                surprises.append(f"{row.name}: {who} got {reply.status} {reply.body[:120]!r}")
    assert surprises == []


LAST_OF = {who: LAST.index(who) + 1 if who in LAST else 0 for who in PEOPLE}


async def again(service: Service, browser: Browser) -> Browser:
    """Another browser with a session of the same person: it is going to become another's."""
    copy = await service.browser()
    identity = service.app[IDENTITY]
    person = await identity.person_for(browser.token)
    if person != NOBODY:
        now = service.clock.now()
        copy.forge(
            await service.app[DATABASE].write(
                lambda c: sessions.begin(c, person, identity.lifetimes, now)
            )
        )
    return copy


class Maker(Protocol):
    async def address(self, row: Row) -> str: ...


class Stage:
    """Makes what a row about a show's picture is about."""

    def __init__(self, service: Service, host: Browser) -> None:
        self._service = service
        self._host = host

    async def address(self, row: Row) -> str:
        """The row's path, its parts filled in."""
        path = row.name.split()[1]
        if "{" not in path:
            return path
        made = await self._host.post("/api/staff/shows", {"title": "開賣", "starts_at": 1})
        show = str(made.json["id"])
        if path.endswith("/replay"):
            for news in ("ready", "ended"):
                await self._service.app[PICTURES].happened(show, news)
        return path.format(id=show, show=show, session="x1", file="low.m3u8")


class Talk:
    """Makes what a row about a conversation is about."""

    def __init__(self, customer: Browser) -> None:
        self._customer = customer

    async def address(self, row: Row) -> str:
        """The row's path, its parts filled in."""
        path = row.name.split()[1]
        if "/pictures/{id}" in path:
            file = image.file(image.plain())
            sent = await self._customer.ask("POST", "/api/chat/pictures", data=file)
            return path.format(id=sent.json["picture"]["id"])
        begun = await self._customer.post("/api/chat", {})
        path = path.format(id=begun.json["conversation"])
        return f"{path}?offset=5" if path.endswith("/before") else path


class FaceToFace:
    """Makes what a row about a call is about."""

    def __init__(self, customer: Browser) -> None:
        self._customer = customer

    async def address(self, row: Row) -> str:
        """The row's path, its parts filled in."""
        asked = await self._customer.post("/api/consult/calls", {"locale": "en"})
        return row.name.split()[1].format(id=asked.json["call"])


class Agenda:
    """Makes what a row about a booking is about: one of somebody else's, with the rep."""

    def __init__(self, service: Service, rep: Browser) -> None:
        self._service = service
        self._rep = rep

    async def address(self, row: Row) -> str:
        """The row's path, its parts filled in."""
        always = {"time_zone": "UTC", "week": [[["00:00", "24:00"]]] * 7}
        hours = always | {"closed": [], "special": []}
        await self._rep.ask("PUT", "/api/staff/consult/availability", json=hours)
        guest = await self._service.browser()
        await guest.become_guest()
        body = {
            "starts_at": (await guest.get("/api/consult/slots")).json["slots"][20],
            "minutes": 30,
            "locale": "en",
            "name": "美玲",
            "email": "guest@example.com",
            "request_id": "request-1",
        }
        made = (await guest.post("/api/consult/bookings", body)).json
        return row.name.split()[1].format(token=made["token"], id=made["booking"]["id"])


class Purse:
    """Makes what a row about points is about: an offer to the customer, or one of hers."""

    def __init__(self, operator: Browser, customer: Browser, friend: Browser) -> None:
        self._operator = operator
        self._customer = customer
        self._friend = friend

    async def address(self, row: Row) -> str:
        """The row's path, its parts filled in."""
        path = row.name.split()[1]
        hers = (await self._customer.get("/api/session")).json["person"]["id"]
        if "/transfers/{id}" not in path:
            return path.format(id=hers)
        rules = {"on": True, "earn": {"spend": 10_000, "points": 1}, "point_value": 100}
        version = (await self._operator.get("/api/staff/loyalty/rules")).json["version"]
        body = {"version": version, "rules": rules}
        await self._operator.ask("PUT", "/api/staff/loyalty/rules", json=body)
        known = (await self._friend.get("/api/session")).json["person"]["id"]
        friend = known or await self._friend.become_customer("friend@example.com")
        for id in (hers, friend):
            given = {"points": 10, "reason": "try", "request_id": str(uuid.uuid4())}
            await self._operator.post(f"/api/staff/loyalty/customers/{id}/corrections", given)
        withdrawn = path.endswith("/withdraw")
        sender, receiver = (self._customer, "friend") if withdrawn else (self._friend, "customer")
        offer = {"to": f"{receiver}@example.com", "points": 5, "request_id": str(uuid.uuid4())}
        made = await sender.post("/api/loyalty/transfers", offer)
        assert made.status == 201, made.body
        return path.format(id=made.json["id"])


class Shelf:
    """Makes what a row about an article is about."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def address(self, row: Row) -> str:
        """The row's path, its parts filled in."""
        file = "slug,locale,title,body,published\nreturns,zh-Hant,退貨,七天內。,yes\n"
        await self._service.app[KNOWLEDGE].take(file.encode(), "test")
        return row.name.split()[1].format(slug="returns", locale="zh-Hant")


class Shop:
    """Makes what a row is about: a line, an order, a payment of the customer's."""

    def __init__(self, customer: Browser) -> None:
        self._customer = customer
        self._numbers = itertools.count(1)

    async def address(self, row: Row) -> str:
        """The row's path, its parts filled in."""
        path = row.name.split()[1]
        parts = {"name": "a.js" if "assets" in path else "a01.svg", "act": "ready"}
        parts["provider"] = "test"
        if "/cart/lines/{id}" in path:
            parts["id"] = await self._line()
        elif path.startswith(("/api/orders/{id}", "/api/staff/orders/{id}", "/api/pay/")):
            parts["id"], parts["session"] = await self._order()
        elif "{product}" in path:
            parts["product"] = (await self._product())["id"]
        elif path in ("/api/products/{id}", "/api/staff/products/{id}/stock"):
            parts["id"] = (await self._product())["id"]
        else:
            parts["id"] = parts["session"] = parts["token"] = "x1"
        return path.format(**parts)

    async def _product(self) -> dict[str, Any]:
        products: list[dict[str, Any]] = (await self._customer.get("/api/products")).json[
            "products"
        ]
        return products[0]

    async def _line(self) -> str:
        variant = (await self._product())["variants"][0]
        body = {"variant_id": variant["id"], "quantity": 1, "request_id": str(uuid.uuid4())}
        reply = await self._customer.post("/api/cart/lines", body)
        assert reply.status == 200, reply.body
        return str(reply.json["lines"][-1]["id"])

    async def _order(self) -> tuple[str, str]:
        """An order that waits for a card, and the payment's session."""
        line = await self._line()
        cart = (await self._customer.get("/api/cart")).json
        pickup = next(one for one in cart["deliveries"] if one["kind"] == "pickup")
        body = {
            "request_id": str(uuid.uuid4()),
            "claims": [],
            "lines": [line],
            "contact": {"name": "美玲", "phone": "0912345678", "email": "customer@example.com"},
            "fulfilment": {"kind": "pickup", "location": pickup["locations"][0]["id"]},
            "payment": "card",
            "expect_total": next(one["unit_price"] for one in cart["lines"] if one["id"] == line)
            + pickup["fee"],
        }
        reply = await self._customer.post("/api/checkout", body)
        assert reply.status == 201, reply.body
        return str(reply.json["order"]["id"]), str(reply.json["pay_url"]).rsplit("/", 1)[-1]

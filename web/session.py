"""`/api/session`: who one is, and how one becomes somebody."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import StringConstraints

from commerce_bridge.checkout.service import payment_methods
from core.errors import RateLimited
from core.http import ANYONE, COOKIE, Routes, answer, client_address, is_https, json_body, person_of
from core.identity.model import (
    EMAIL_LENGTH,
    NAME_LENGTH,
    NOBODY,
    PASSWORD_LENGTH,
    Person,
)
from core.identity.service import IDENTITY
from core.identity.staff import STAFF
from core.inputs import Input
from core.locales import Locale, negotiate
from core.notices import NOTICES
from web.keys import LIMITS, SETTINGS

routes = Routes()

GUESTS_AT_ONCE = 2_000
GUESTS_PER_S = 5.0
"""From one network address: when a show opens, a mobile carrier's customers come by the thousand
and share few addresses."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=4 * NAME_LENGTH)]
Email = Annotated[str, StringConstraints(min_length=3, max_length=EMAIL_LENGTH)]


class GuestName(Input):
    name: Name


class CodeWanted(Input):
    """`locale` is the page's language; without it the browser's counts."""

    email: Email
    locale: Locale | None = None


class CodeTyped(Input):
    email: Email
    code: Annotated[str, StringConstraints(pattern=r"^\s*[0-9]{6}\s*$", max_length=20)]
    name: Name | None = None


class StaffSignIn(Input):
    email: Email
    password: Annotated[str, StringConstraints(min_length=1, max_length=PASSWORD_LENGTH[1])]


@routes.get("/api/session", who=ANYONE)
async def read_session(request: web.Request) -> web.Response:
    return answer(_session(request, person_of(request)))


@routes.post("/api/session/guest", who=ANYONE)
async def become_guest(request: web.Request) -> web.Response:
    body = await json_body(request, GuestName)
    if person_of(request) == NOBODY:
        guests = request.app[LIMITS].of("guests", GUESTS_PER_S, GUESTS_AT_ONCE)
        wait_ms = await guests.take(client_address(request))
        if wait_ms is not None:
            raise RateLimited("Many new guests come from there.", retry_after_ms=wait_ms)
    person, token = await request.app[IDENTITY].become_guest(person_of(request), body.name)
    return _as(request, person, token)


@routes.post("/api/session/code", who=ANYONE)
async def send_code(request: web.Request) -> web.Response:
    body = await json_body(request, CodeWanted)
    asked = request.headers.get("Accept-Language", "")
    locale = body.locale or negotiate(asked, request.app[SETTINGS].locale)
    sent = await request.app[IDENTITY].send_code(body.email, client_address(request), locale)
    return answer(sent, 202)


@routes.post("/api/session/verify", who=ANYONE)
async def verify(request: web.Request) -> web.Response:
    body = await json_body(request, CodeTyped)
    person, token = await request.app[IDENTITY].verify(
        person_of(request),
        body.email,
        body.code.strip(),
        address=client_address(request),
        name=body.name,
        token=request.cookies.get(COOKIE),
    )
    return _as(request, person, token)


@routes.post("/api/session/staff", who=ANYONE)
async def sign_in_staff(request: web.Request) -> web.Response:
    body = await json_body(request, StaffSignIn)
    person, token = await request.app[STAFF].sign_in(
        body.email, body.password, client_address(request), request.cookies.get(COOKIE)
    )
    return _as(request, person, token)


@routes.delete("/api/session", who=ANYONE)
async def sign_out(request: web.Request) -> web.Response:
    await request.app[IDENTITY].sign_out(request.cookies.get(COOKIE))
    response = web.Response(status=204)
    response.del_cookie(COOKIE, path="/", secure=is_https(request), httponly=True, samesite="Lax")
    return response


def _as(request: web.Request, person: Person, token: str | None) -> web.Response:
    """The session as it now is, and the browser's new token if there is one."""
    response = answer(_session(request, person))
    if token is not None:
        response.set_cookie(
            COOKIE,
            token,
            max_age=request.app[IDENTITY].cookie_age_s(person),
            path="/",
            secure=is_https(request),
            httponly=True,
            samesite="Lax",
        )
    return response


def _session(request: web.Request, person: Person) -> dict[str, Any]:
    settings = request.app[SETTINGS]
    return {
        "person": {
            "kind": person.kind,
            "id": person.id,
            "name": person.name,
            "email": person.email,
            "roles": sorted(person.roles),
        },
        "shop": {
            "name": settings.shop_name,
            "currency": settings.currency,
            "locale": settings.locale,
            "time_zone": settings.time_zone,
            "environment": settings.environment,
        },
        "payments": payment_methods(settings),
        "card_is_test": settings.card_provider == "test",
        "notices": request.app[NOTICES].shown,
    }

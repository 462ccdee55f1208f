"""Bookings over HTTP: what is free, her own, what a link leads to, and the shop's people's."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web
from msgspec import to_builtins

from core.errors import RateLimited
from core.hours import HoursInput
from core.http import ANYONE, CUSTOMERS, Routes, answer, client_address, json_body, person_of, staff
from core.inputs import read_as
from core.limits import SharedLimiter
from video.consult.booking.calendar import TYPE, method
from video.consult.booking.commands import Book, Enter, ListAsked, Move, Named, SlotsAsked
from video.consult.booking.service import BOOKINGS, REPS

PER_S: Final = 1 / 60
AT_ONCE: Final = 20
"""Bookings made or moved from one network address: each writes a letter to whatever was typed."""

BOOKERS = web.AppKey("bookers", SharedLimiter)
ZONE = web.AppKey("booking_zone", str)
"""The shop's time zone."""

routes = Routes()


@routes.get("/api/consult/slots", who=ANYONE)
async def slots(request: web.Request) -> web.Response:
    """`{slots, time_zone}`: when a consultation of so many minutes may begin."""
    asked = read_as(SlotsAsked, _query(request))
    found = await request.app[BOOKINGS].slots(person_of(request), asked)
    return answer({"slots": found, "time_zone": request.app[ZONE]})


@routes.post("/api/consult/bookings", who=CUSTOMERS)
async def book(request: web.Request) -> web.Response:
    """`{booking, token}`."""
    wanted = await json_body(request, Book)
    await _count(request)
    bookings = request.app[BOOKINGS]
    made = await bookings.book(person_of(request), wanted)
    [shown] = await bookings.shown([made], email=True)
    return answer({"booking": shown, "token": bookings.token(made)}, 201)


@routes.get("/api/consult/bookings", who=CUSTOMERS)
async def own(request: web.Request) -> web.Response:
    """`{bookings}`: hers, each with its `token`."""
    bookings = request.app[BOOKINGS]
    found = await bookings.own(person_of(request))
    shown = await bookings.shown(found, email=True)
    return answer(
        {
            "bookings": [
                to_builtins(one) | {"token": bookings.token(booking)}
                for one, booking in zip(shown, found, strict=True)
            ]
        }
    )


@routes.get("/api/bookings/{token}", who=ANYONE)
async def by_token(request: web.Request) -> web.Response:
    """`{booking, time_zone}`, for whoever has the link."""
    bookings = request.app[BOOKINGS]
    [shown] = await bookings.shown([await bookings.by_token(_token(request))], email=False)
    return answer({"booking": shown, "time_zone": request.app[ZONE]})


@routes.patch("/api/bookings/{token}", who=ANYONE)
async def move(request: web.Request) -> web.Response:
    """`{booking, token}`: at another time, with another link."""
    wanted = await json_body(request, Move)
    await _count(request)
    bookings = request.app[BOOKINGS]
    moved = await bookings.move(_token(request), wanted)
    [shown] = await bookings.shown([moved], email=False)
    return answer({"booking": shown, "token": bookings.token(moved)})


@routes.delete("/api/bookings/{token}", who=ANYONE)
async def cancel(request: web.Request) -> web.Response:
    """`{booking}`, cancelled."""
    bookings = request.app[BOOKINGS]
    [shown] = await bookings.shown([await bookings.cancel(_token(request))], email=False)
    return answer({"booking": shown})


@routes.get("/api/bookings/{token}/calendar.ics", who=ANYONE)
async def calendar(request: web.Request) -> web.Response:
    """For her calendar; read again after a change, it changes what is there."""
    bookings = request.app[BOOKINGS]
    booking = await bookings.by_token(_token(request))
    return web.Response(
        body=bookings.calendar(booking),
        headers={
            "Content-Type": f"{TYPE}; charset=utf-8; method={method(booking)}",
            "Content-Disposition": 'attachment; filename="consultation.ics"',
            "Cache-Control": "no-store",
        },
    )


@routes.post("/api/bookings/{token}/call", who=CUSTOMERS)
async def enter(request: web.Request) -> web.Response:
    """`{call}`: hers, from ten minutes before until the end."""
    await json_body(request, Enter)
    return answer({"call": await request.app[BOOKINGS].enter(person_of(request), _token(request))})


@routes.get("/api/staff/consult/availability", who=staff(*REPS))
async def availability(request: web.Request) -> web.Response:
    """Hers, as hours are written; null as long as she has not said."""
    found = await request.app[BOOKINGS].availability(person_of(request))
    return answer(None if found is None else found.as_json())


@routes.put("/api/staff/consult/availability", who=staff(*REPS))
async def set_availability(request: web.Request) -> web.Response:
    body = await json_body(request, HoursInput)
    found = await request.app[BOOKINGS].set_availability(person_of(request), body)
    return answer(found.as_json())


@routes.get("/api/staff/consult/bookings", who=staff(*REPS))
async def listed(request: web.Request) -> web.Response:
    """`{bookings, time_zone}`: a rep's own, an operator's everybody's."""
    asked = read_as(ListAsked, _query(request))
    bookings = request.app[BOOKINGS]
    found = await bookings.listed(person_of(request), asked)
    shown = await bookings.shown(found, email=True)
    return answer({"bookings": shown, "time_zone": request.app[ZONE]})


@routes.delete("/api/staff/consult/bookings/{id}", who=staff(*REPS))
async def call_off(request: web.Request) -> web.Response:
    """`{booking}`, cancelled by the shop."""
    id = read_as(Named, {"id": request.match_info["id"]}).id
    bookings = request.app[BOOKINGS]
    done = await bookings.call_off(person_of(request), id)
    [shown] = await bookings.shown([done], email=True)
    return answer({"booking": shown})


async def _count(request: web.Request) -> None:
    """Raises RateLimited."""
    retry_after_ms = await request.app[BOOKERS].take(client_address(request))
    if retry_after_ms is not None:
        raise RateLimited("Too many bookings.", retry_after_ms=retry_after_ms)


def _token(request: web.Request) -> str:
    return request.match_info["token"]


def _query(request: web.Request) -> dict[str, Any]:
    """The query, its numbers as numbers."""
    return {
        name: int(text)
        if name in ("minutes", "from", "days")
        and text.isascii()
        and text.isdecimal()
        and len(text) <= 15
        else text
        for name, text in request.query.items()
    }

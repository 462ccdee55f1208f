"""Calls over HTTP: how one begins, what one came to, what its two see beside it. The rest is the
socket's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field, StringConstraints

from core.http import ANYONE, CUSTOMERS, Routes, answer, json_body, person_of, staff
from core.identity.model import Person, require
from core.inputs import Input, read_as
from core.locales import Locale
from video.consult import commands as c
from video.consult.board import BOARD
from video.consult.service import CALLS, REPS, Wish
from video.consult.state import CallState
from video.consult.sums import SUMS

Json = dict[str, Any]
CART = web.AppKey[Callable[[str], Awaitable[Json]]]("call_cart")
"""The cart of a customer, as far as both of a call see it."""
PANE = web.AppKey[Callable[[CallState], Awaitable[Json]]]("call_pane")
"""What is known of the customer of a call, from all of the product."""
INVITED = web.AppKey[Callable[[Person, str], Awaitable[tuple[Person, str]]]]("call_invited")
"""The customer of a conversation that a rep may see, and the language she reads."""
BOOKABLE = web.AppKey[list[Callable[[], Awaitable[bool]]]]("call_bookable")
"""Asked whether a call may be booked for another time."""

routes = Routes()

Topic = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\n\r]*$"),
]
_Conversation = Annotated[str, StringConstraints(pattern=r"^cnv_[0-9A-Z]{26}$")]


class Asked(Input):
    locale: Locale
    topic: Topic | None = None
    about: c.About | None = None
    text: c.ShortText | None = None


class Inviting(Input):
    conversation: _Conversation
    about: c.About | None = None


class Days(Input):
    days: Annotated[int, Field(ge=1, le=365)] = 30


class Nothing(Input):
    pass


class _Named(Input):
    id: c.Call


@routes.get("/api/consult", who=ANYONE)
async def lobby(request: web.Request) -> web.Response:
    """`{open, opens_at, desks, free, waiting, least_ms, most_ms, call, topics, bookable}`."""
    shown = await request.app[CALLS].lobby(person_of(request))
    bookable = any([await may() for may in request.app[BOOKABLE]])
    return answer(shown | {"bookable": bookable})


@routes.post("/api/consult/calls", who=CUSTOMERS)
async def ask(request: web.Request) -> web.Response:
    """`{call}`: a new one, or with 200 the one that is open already."""
    asked = await json_body(request, Asked)
    about = None if asked.about is None else asked.about.told()
    wish = Wish(asked.locale, asked.topic, about, asked.text)
    call, fresh = await request.app[CALLS].ask(person_of(request), wish)
    return answer({"call": call}, 201 if fresh else 200)


@routes.get("/api/consult/calls/{id}/summary", who=CUSTOMERS | staff(*REPS))
async def summary(request: web.Request) -> web.Response:
    """What a call came to, without the words of it."""
    return answer(await request.app[CALLS].summary(person_of(request), _call(request)))


@routes.get("/api/consult/calls/{id}/cart", who=CUSTOMERS | staff(*REPS))
async def cart(request: web.Request) -> web.Response:
    """The cart that both see while they talk."""
    state = await request.app[CALLS].talking(person_of(request), _call(request))
    return answer(await request.app[CART](state.customer))


@routes.get("/api/consult/calls/{id}/customer", who=staff(*REPS))
async def customer(request: web.Request) -> web.Response:
    """What the call's rep sees of its customer; of one who is to be called back, every rep."""
    state = await request.app[CALLS].advised(person_of(request), _call(request))
    return answer(await request.app[PANE](state))


@routes.get("/api/staff/consult/board", who=staff(*REPS))
async def board(request: web.Request) -> web.Response:
    """`{rings, mine, waiting, callbacks, there}`."""
    return answer(await request.app[BOARD].of(person_of(request)))


@routes.post("/api/staff/consult/calls", who=staff(*REPS))
async def invite(request: web.Request) -> web.Response:
    """`{call}`: the invitation; with 200 the one that stands already."""
    asked = await json_body(request, Inviting)
    rep = require(person_of(request), *REPS)
    whom, locale = await request.app[INVITED](rep, asked.conversation)
    about = None if asked.about is None else asked.about.told()
    call, fresh = await request.app[CALLS].invite(rep, whom, locale=locale, about=about)
    return answer({"call": call}, 201 if fresh else 200)


@routes.post("/api/staff/consult/calls/{id}/called-back", who=staff(*REPS))
async def called_back(request: web.Request) -> web.Response:
    """Nothing is left to do for her who wanted to be called back."""
    await json_body(request, Nothing)
    await request.app[CALLS].called_back(person_of(request), _call(request))
    return web.Response(status=204)


@routes.get("/api/staff/consult/figures", who=staff(*REPS))
async def figures(request: web.Request) -> web.Response:
    """Of the last days; see `video.consult.figures`."""
    query: dict[str, int | str] = {
        name: int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else text
        for name, text in request.query.items()
    }
    return answer(await request.app[SUMS].of(person_of(request), read_as(Days, query).days))


def _call(request: web.Request) -> str:
    return read_as(_Named, {"id": request.match_info["id"]}).id

"""Shows over HTTP: lists for everyone, making them for the staff. The rest is the socket's."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from core.http import ANYONE, Routes, answer, json_body, person_of, staff
from core.inputs import Input, read_as
from live.commands import Tier, Title, When
from live.events import Rules
from live.replay import Replay
from live.service import MODERATORS, RUNNERS, Shows

SHOWS = web.AppKey("shows", Shows)
REPLAY = web.AppKey("replay", Replay)

LISTED_ENDED = 20
"""Ended shows that everyone is shown, the newest first."""

routes = Routes()


class NewRules(Input):
    strictness: Literal["exact", "contains"] = "exact"
    max_quantity: Annotated[int, Field(ge=1, le=9_999)] = 99
    repeat: Literal["add", "replace"] = "add"


class NewShow(Input):
    """A show to come. Its poster is a picture that this service serves."""

    title: Title
    host_name: Title | None = None
    starts_at: When | None = None
    poster: Annotated[str, StringConstraints(pattern=r"^/[\w./-]{1,200}$")] | None = None
    rules: NewRules = NewRules()
    tier: Tier | None = None


class Asked(Input):
    at_ms: When = 0
    after: Annotated[int, Field(ge=0, le=10**9)] | None = None


class _Named(Input):
    id: Annotated[str, StringConstraints(pattern=r"^shw_[0-9A-Z]{26}$")]


@routes.get("/api/shows", who=ANYONE)
async def list_shows(request: web.Request) -> web.Response:
    shows = await request.app[SHOWS].listed(person_of(request))
    return answer(
        {
            "live": [show for show in shows if show["status"] == "live"],
            "scheduled": [show for show in shows if show["status"] == "scheduled"],
            "ended": [show for show in shows if show["status"] == "ended"][:LISTED_ENDED],
        }
    )


@routes.get("/api/staff/shows", who=staff(*MODERATORS))
async def list_staff_shows(request: web.Request) -> web.Response:
    return answer({"shows": await request.app[SHOWS].listed(person_of(request))})


@routes.post("/api/staff/shows", who=staff(*RUNNERS))
async def create_show(request: web.Request) -> web.Response:
    person = person_of(request)
    new = await json_body(request, NewShow)
    show_id = await request.app[SHOWS].create(
        person,
        title=new.title,
        host_name=new.host_name or person.name or "",
        poster=new.poster,
        starts_at=new.starts_at,
        rules=_rules(new.rules),
        tier=new.tier,
    )
    return answer({"id": show_id}, 201)


@routes.get("/api/shows/{id}/moments", who=ANYONE)
async def moments(request: web.Request) -> web.Response:
    """When what happened in a show that is over: `{moments}`."""
    found = await request.app[REPLAY].moments(person_of(request), _show(request))
    return answer({"moments": found})


@routes.get("/api/shows/{id}/told", who=ANYONE)
async def told(request: web.Request) -> web.Response:
    """What was told in a show that is over, around `at_ms` or `after` an offset."""
    replay, person, show = request.app[REPLAY], person_of(request), _show(request)
    asked = read_as(Asked, {name: _number(text) for name, text in request.query.items()})
    if asked.after is not None:
        return answer(await replay.onward(person, show, asked.after))
    return answer(await replay.around(person, show, asked.at_ms))


def _show(request: web.Request) -> str:
    return read_as(_Named, {"id": request.match_info["id"]}).id


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else text


def _rules(new: NewRules) -> Rules:
    chosen: dict[str, Any] = new.model_dump()
    return Rules(**chosen)

"""Reps over HTTP: their profiles, and how well customers are answered."""

from __future__ import annotations

from typing import Literal

from aiohttp import web
from msgspec.structs import asdict

from chat.commands import Staff
from chat.reps import PROFILES, SETS_OTHERS, ProfileInput
from chat.routes import CHATS, INBOX
from chat.service import REPS
from chat.sums import SUMS
from core.http import Routes, answer, json_body, person_of, staff
from core.inputs import Input, read_as

routes = Routes()


class Asked(Input):
    days: Literal[7, 30, 90] = 7


class _Named(Input):
    id: Staff


@routes.get("/api/staff/rep", who=staff(*REPS))
async def own(request: web.Request) -> web.Response:
    """`{languages, skills, most, away}`: hers."""
    return answer(await request.app[PROFILES].own(person_of(request)))


@routes.put("/api/staff/rep", who=staff(*REPS))
async def set_own(request: web.Request) -> web.Response:
    """Her profile as it is then; what is left out stays."""
    wanted = await json_body(request, ProfileInput)
    return answer(await request.app[PROFILES].set_own(person_of(request), wanted))


@routes.get("/api/staff/reps", who=staff(*SETS_OTHERS))
async def all_reps(request: web.Request) -> web.Response:
    """`{reps}`: everybody's profile, with `busy` conversations of hers that are open."""
    here = set(request.app[INBOX].here)
    reps = await request.app[CHATS].reps()
    standing = await request.app[PROFILES].standing([one.own_id for one in reps])
    shown = [
        {
            "id": one.id,
            "name": one.name,
            "here": one.id in here,
            "busy": standing[one.own_id].busy,
            **asdict(standing[one.own_id].profile),
        }
        for one in reps
    ]
    return answer({"reps": shown})


@routes.put("/api/staff/reps/{id}", who=staff(*SETS_OTHERS))
async def set_rep(request: web.Request) -> web.Response:
    """The profile of a colleague; what is left out stays."""
    id = read_as(_Named, {"id": request.match_info["id"]}).id
    wanted = await json_body(request, ProfileInput)
    return answer(await request.app[PROFILES].set_of(person_of(request), id, wanted))


@routes.get("/api/staff/figures", who=staff(*REPS))
async def all_figures(request: web.Request) -> web.Response:
    """Of the last 7, 30 or 90 days; see `chat.sums`."""
    query = {
        name: int(text) if text.isdecimal() and len(text) < 4 else text
        for name, text in request.query.items()
    }
    days = read_as(Asked, query).days
    return answer(await request.app[SUMS].of(person_of(request), days))

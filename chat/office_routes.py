"""Opening hours and ready replies over HTTP, for staff."""

from __future__ import annotations

from aiohttp import web

from chat.office import READ_HOURS, REPLIERS, SET_HOURS, NewReply, Office, ReplyChange
from core.hours import HoursInput
from core.http import Routes, answer, json_body, person_of, staff

OFFICE = web.AppKey("office", Office)

routes = Routes()


@routes.get("/api/staff/hours", who=staff(*READ_HOURS))
async def hours(request: web.Request) -> web.Response:
    found = await request.app[OFFICE].hours_now(person_of(request))
    return answer(None if found is None else found.as_json())


@routes.put("/api/staff/hours", who=staff(*SET_HOURS))
async def set_hours(request: web.Request) -> web.Response:
    body = await json_body(request, HoursInput)
    found = await request.app[OFFICE].set_hours(person_of(request), body)
    return answer(found.as_json())


@routes.get("/api/staff/replies", who=staff(*REPLIERS))
async def replies(request: web.Request) -> web.Response:
    return answer({"replies": await request.app[OFFICE].replies(person_of(request))})


@routes.post("/api/staff/replies", who=staff(*REPLIERS))
async def add_reply(request: web.Request) -> web.Response:
    body = await json_body(request, NewReply)
    made = await request.app[OFFICE].add_reply(person_of(request), body)
    return answer({"id": made.id}, 201)


@routes.patch("/api/staff/replies/{id}", who=staff(*REPLIERS))
async def change_reply(request: web.Request) -> web.Response:
    body = await json_body(request, ReplyChange)
    office, id = request.app[OFFICE], request.match_info["id"]
    return answer(await office.change_reply(person_of(request), id, body))


@routes.delete("/api/staff/replies/{id}", who=staff(*REPLIERS))
async def remove_reply(request: web.Request) -> web.Response:
    await request.app[OFFICE].remove_reply(person_of(request), request.match_info["id"])
    return web.Response(status=204)

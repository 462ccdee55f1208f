"""Pictures of conversations over HTTP: sent as they are, shown as they were drawn anew."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from chat import commands as c
from chat.pictures import OCTETS, Pictures
from chat.service import REPS
from core.http import CUSTOMERS, Routes, answer, person_of, staff
from core.http.body import octets
from core.inputs import Input, read_as
from core.tools import Card

CHAT_PICTURES = web.AppKey("chat_pictures", Pictures)

ANSWERED_S = 80
"""A slow line has 45 s for 10 MB, and it may be the sixteenth that is drawn."""

_HEADERS = {
    # Nothing in it ever changes; a day, and not for ever, since it may be erased.
    "Cache-Control": "private, max-age=86400, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": 'inline; filename="picture.webp"',
}

routes = Routes()


class _Talk(Input):
    id: c.Conversation


class _Shown(Input):
    id: c.Picture


@routes.post("/api/chat/pictures", who=CUSTOMERS, within_s=ANSWERED_S)
async def put_own(request: web.Request) -> web.Response:
    """`{picture: {id, width, height}}`: the body is the file, a JPEG, PNG or WebP."""
    read = partial(octets, request, OCTETS)
    return _taken(await request.app[CHAT_PICTURES].put_own(person_of(request), read))


@routes.post("/api/staff/conversations/{id}/pictures", who=staff(*REPS), within_s=ANSWERED_S)
async def put(request: web.Request) -> web.Response:
    """The same, of a rep."""
    conversation = read_as(_Talk, {"id": request.match_info["id"]}).id
    read = partial(octets, request, OCTETS)
    return _taken(await request.app[CHAT_PICTURES].put(person_of(request), conversation, read))


@routes.get("/api/chat/pictures/{id}", who=CUSTOMERS | staff(*REPS))
async def large(request: web.Request) -> web.Response:
    return await _file(request, small=False)


@routes.get("/api/chat/pictures/{id}/small", who=CUSTOMERS | staff(*REPS))
async def small(request: web.Request) -> web.Response:
    return await _file(request, small=True)


def _taken(card: Card) -> web.Response:
    picture = {"id": card.id, "width": card.width, "height": card.height}
    return answer({"picture": picture}, 201)


async def _file(request: web.Request, *, small: bool) -> web.Response:
    id = read_as(_Shown, {"id": request.match_info["id"]}).id
    file = await request.app[CHAT_PICTURES].get(person_of(request), id, small=small)
    return web.Response(body=file, content_type="image/webp", headers=_HEADERS)

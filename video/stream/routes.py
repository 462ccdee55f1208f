"""Pictures over HTTP: for viewers, for hosts, and for the media engine."""

from __future__ import annotations

import hmac
import re
from typing import Annotated, Final, Literal

from aiohttp import hdrs, web
from pydantic import BaseModel, ConfigDict, Field

from core.errors import Forbidden, NotFound
from core.http import ANYONE, Routes, answer, json_body, person_of, staff
from core.inputs import read_as
from video.stream.service import SENDERS, Asked, Pictures

PICTURES = web.AppKey("pictures", Pictures)
TOKENS = web.AppKey("media_tokens", tuple[str, ...])
"""What an engine may prove itself with."""

_Text = Annotated[str, Field(max_length=2_000)]

_SHOW = re.compile(r"shw_[0-9A-Z]{26}")

routes = Routes()


class AskedBody(BaseModel):
    """MediaMTX's question; a newer version of it may ask more."""

    model_config = ConfigDict(frozen=True, strict=True)

    action: _Text
    path: _Text
    user: _Text = ""
    password: _Text = ""
    token: _Text = ""
    ip: _Text = ""
    protocol: _Text = ""
    id: _Text | None = ""
    query: _Text = ""


class EventBody(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    path: _Text
    event: Literal["ready", "away", "ended", "recording_failed", "recording"]


@routes.get("/api/shows/{id}/picture", who=ANYONE)
async def watched(request: web.Request) -> web.Response:
    return answer(await request.app[PICTURES].watched(person_of(request), _show(request)))


@routes.get("/api/staff/shows/{id}/picture", who=staff(*SENDERS))
async def sent(request: web.Request) -> web.Response:
    return answer(await request.app[PICTURES].sent(person_of(request), _show(request)))


@routes.post("/api/staff/shows/{id}/picture/key", who=staff(*SENDERS))
async def rotate(request: web.Request) -> web.Response:
    return answer(await request.app[PICTURES].rotate(person_of(request), _show(request)))


@routes.delete("/api/staff/shows/{id}/replay", who=staff(*SENDERS))
async def delete_replay(request: web.Request) -> web.Response:
    await request.app[PICTURES].delete_replay(person_of(request), _show(request))
    return web.Response(status=204)


@routes.post("/api/media/authorise", who=ANYONE, cookie=False)
async def authorise(request: web.Request) -> web.Response:
    _check_engine(request)
    body = await json_body(request, AskedBody)
    await request.app[PICTURES].authorise(Asked(**body.model_dump()))
    return web.Response(status=204)


@routes.post("/api/media/events", who=ANYONE, cookie=False)
async def events(request: web.Request) -> web.Response:
    _check_engine(request)
    if request.content_type == "application/json":
        body = await json_body(request, EventBody)
    else:  # a server's hook that knows nothing but an address to call
        body = read_as(EventBody, {k: v for k, v in request.query.items() if k != "token"})
    await request.app[PICTURES].happened(body.path, body.event)
    return web.Response(status=204)


_PREFIX: Final = "Bearer "


def _check_engine(request: web.Request) -> None:
    """Raises Forbidden unless it is an engine of ours that calls."""
    header = request.headers.get(hdrs.AUTHORIZATION, "")
    sent_ = header.removeprefix(_PREFIX) if header.startswith(_PREFIX) else ""
    given = (sent_ or request.query.get("token", "")).encode(errors="surrogateescape")
    known = [hmac.compare_digest(given, one.encode()) for one in request.app[TOKENS]]
    if not any(known):
        raise Forbidden("Only a media engine may ask this.")


def _show(request: web.Request) -> str:
    show = request.match_info["id"]
    if _SHOW.fullmatch(show) is None:
        raise NotFound("There is no such show.")
    return show

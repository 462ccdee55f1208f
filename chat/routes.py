"""Conversations over HTTP: whose they are, the queues, what lies further back. The rest is the
socket's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field, StringConstraints

from chat import commands as c
from chat.inbox import Inbox
from chat.reps import PROFILES
from chat.service import REPS, Chats
from chat.store import Queue, Row
from core.http import ANYONE, CUSTOMERS, Routes, answer, json_body, person_of, staff
from core.inputs import Input, read_as

CHATS = web.AppKey("chats", Chats)
INBOX = web.AppKey("inbox", Inbox)
SHOWN = web.AppKey[Callable[[Sequence[Row]], Awaitable[list[dict[str, Any]]]]]("shown")
PANE = web.AppKey[Callable[[str], Awaitable[dict[str, Any]]]]("pane")
"""What is known of the customer of a conversation, from all of the product."""

routes = Routes()


class Begin(Input):
    pass


class Asked(Input):
    queue: Queue = "waiting"
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    before: Annotated[int, Field(ge=0, le=10**14)] | None = None


class Further(Input):
    offset: Annotated[int, Field(ge=1, le=10**9)]


class _Named(Input):
    id: c.Conversation


@routes.get("/api/chat", who=ANYONE)
async def own(request: web.Request) -> web.Response:
    """`{conversation, unread, hours, bot}`: hers, if there is one, whether somebody is there, and
    whether a bot answers first."""
    chats = request.app[CHATS]
    found = await chats.own(person_of(request))
    conversation, unread = found or (None, 0)
    shown = {"conversation": conversation, "unread": unread, "hours": await chats.opening()}
    return answer(shown | {"bot": chats.bot})


@routes.post("/api/chat", who=ANYONE)
async def begin(request: web.Request) -> web.Response:
    """`{conversation}`: hers, made if she has none. For guests and customers."""
    await json_body(request, Begin)
    return answer({"conversation": await request.app[CHATS].begin(person_of(request))})


@routes.get("/api/chat/before", who=CUSTOMERS)
async def own_before(request: web.Request) -> web.Response:
    """`{lines, more}` of her own conversation before `offset`."""
    further = read_as(Further, _query(request))
    lines, more = await request.app[CHATS].own_before(person_of(request), further.offset)
    return answer({"lines": lines, "more": more})


@routes.get("/api/staff/conversations", who=staff(*REPS))
async def listed(request: web.Request) -> web.Response:
    """`{conversations, counts}`: a page of a queue."""
    asked = read_as(Asked, _query(request))
    rows, counts = await request.app[CHATS].listed(
        person_of(request), asked.queue, words=asked.q, before=asked.before
    )
    return answer({"conversations": await request.app[SHOWN](rows), "counts": counts})


@routes.get("/api/staff/conversations/{id}/customer", who=staff(*REPS))
async def customer(request: web.Request) -> web.Response:
    """What a rep sees of the customer beside the thread."""
    conversation = read_as(_Named, {"id": request.match_info["id"]}).id
    await request.app[CHATS].enter(person_of(request), conversation)
    return answer(await request.app[PANE](conversation))


@routes.get("/api/staff/conversations/{id}/before", who=staff(*REPS))
async def before(request: web.Request) -> web.Response:
    """`{lines, more}` of a conversation before `offset`."""
    conversation = read_as(_Named, {"id": request.match_info["id"]}).id
    further = read_as(Further, _query(request))
    lines, more = await request.app[CHATS].before(person_of(request), conversation, further.offset)
    return answer({"lines": lines, "more": more})


@routes.get("/api/staff/colleagues", who=staff(*REPS))
async def colleagues(request: web.Request) -> web.Response:
    """`{staff}`: to whom a conversation may be handed, whose desk is open, who is away, and what
    they speak and know."""
    here = set(request.app[INBOX].here)
    reps = await request.app[CHATS].reps()
    standing = await request.app[PROFILES].standing([one.own_id for one in reps])
    shown = [
        {
            "id": one.id,
            "name": one.name,
            "roles": sorted(one.roles),
            "here": one.id in here,
            "away": standing[one.own_id].profile.away,
            "languages": standing[one.own_id].profile.languages,
            "skills": standing[one.own_id].profile.skills,
        }
        for one in reps
    ]
    return answer({"staff": shown})


def _query(request: web.Request) -> dict[str, int | str]:
    return {
        name: int(text)
        if name in ("before", "offset") and text.isascii() and text.isdecimal() and len(text) <= 15
        else text
        for name, text in request.query.items()
    }

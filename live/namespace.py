"""`/live`: a person in one show's room.

A handler checks the shape of what came, calls one function of the service and acknowledges what
came of it. What happens in the room goes out through the room's log; see `docs/developers/wire.md`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import socketio
from aiohttp import web
from pydantic import BaseModel, Field

from core.clock import Clock
from core.errors import BadRequest
from core.http import COOKIE
from core.identity.model import NOBODY, Person
from core.identity.service import Identity
from core.inputs import Input, read_as
from core.limits import Limiter
from core.rooms.broadcast import FanOut
from core.rooms.events import Position
from core.rooms.room import Answer
from core.rooms.sockets import RoomServer
from live import commands as c
from live.audience import Audience
from live.service import Shows, reader_of

NAMESPACE = "/live"

HEARTS_PER_S, HEARTS_AT_ONCE = 10.0, 60
"""Hearts of one socket that count; the rest were tapped for joy."""

_Model = TypeVar("_Model", bound=BaseModel)
_ShowId = Annotated[str, Field(pattern=r"^shw_[0-9A-Z]{26}$")]


class Since(Input):
    epoch: Annotated[str, Field(max_length=40)]
    offset: Annotated[int, Field(ge=0, le=10**12)]
    at_ms: Annotated[int, Field(ge=0, le=10**14)]


class Join(Input):
    show: _ShowId
    since: Since | None = None


class Heart(Input):
    count: Annotated[int, Field(ge=1, le=20)] = 1


@dataclass(slots=True)
class _Guest:
    """One socket: who is behind it, by which token, and the show that it follows."""

    person: Person
    token: str | None
    show: str | None = None


class LiveNamespace(socketio.AsyncNamespace):
    """Sockets on shows' pages."""

    def __init__(
        self,
        server: RoomServer,
        fan_out: FanOut,
        shows: Shows,
        identity: Identity,
        audience: Audience,
        clock: Clock,
    ) -> None:
        super().__init__(NAMESPACE)
        self._rooms_server = server
        self._fan_out = fan_out
        self._shows = shows
        self._identity = identity
        self._audience = audience
        self._clock = clock
        self._hearts = Limiter(HEARTS_PER_S, HEARTS_AT_ONCE, clock=clock)
        self._guests: dict[str, _Guest] = {}

    async def on_connect(self, sid: str, environ: dict[str, Any], _auth: object = None) -> None:
        request: web.Request = environ["aiohttp.request"]
        token = request.cookies.get(COOKIE)
        self._guests[sid] = _Guest(await self._identity.person_for(token), token)

    async def on_disconnect(self, sid: str, _reason: str = "") -> None:
        self._guests.pop(sid, None)
        self._fan_out.leave(sid)

    async def on_join(self, sid: str, data: object = None) -> dict[str, Any]:
        """Follow a show: `{whole}` or `{missed}`, and the time by our clock."""
        guest = self._guest(sid)
        join = read_as(Join, data)
        room = await self._shows.enter(guest.person, join.show)
        since = join.since
        position = Position(since.epoch, since.offset, since.at_ms) if since else None
        joined = await self._fan_out.join(room, sid, reader_of(guest.person), position)
        guest.show = join.show
        self._audience.changed(join.show)
        reply: dict[str, Any] = {"ok": True, "now_ms": self._clock.now()}
        if joined.whole is not None:
            return reply | {"whole": joined.whole}
        return reply | {"missed": joined.missed}

    async def on_comment(self, sid: str, data: object = None) -> dict[str, Any]:
        return await self._as(sid, c.SendComment, data, self._shows.comment)

    async def on_claim(self, sid: str, data: object = None) -> dict[str, Any]:
        return await self._as(sid, c.SendClaim, data, self._shows.claim)

    async def on_give_back(self, sid: str, data: object = None) -> dict[str, Any]:
        return await self._as(sid, c.SendGiveBack, data, self._shows.give_back)

    async def on_run(self, sid: str, data: object = None) -> dict[str, Any]:
        return await self._as(sid, c.SendRun, data, self._shows.run)

    async def on_moderate(self, sid: str, data: object = None) -> dict[str, Any]:
        return await self._as(sid, c.SendModerate, data, self._shows.moderate)

    async def on_heart(self, sid: str, data: object = None) -> dict[str, Any]:
        guest = self._guest(sid)
        heart = read_as(Heart, {} if data is None else data)
        if guest.show is not None and self._hearts.take(sid, heart.count) is None:
            self._audience.hearts(guest.show, heart.count)
        return {"ok": True}

    async def recheck(self) -> None:
        """Look again at who everybody is; whoever has become another is to connect anew."""
        known = {guest.token: guest.person for guest in self._guests.values() if guest.token}
        changed = await self._identity.changed({t: p for t, p in known.items() if p != NOBODY})
        for sid, guest in list(self._guests.items()):
            if guest.token in changed:
                await self._rooms_server.disconnect(sid, namespace=NAMESPACE)

    async def _as(
        self,
        sid: str,
        model: type[_Model],
        data: object,
        do: Callable[[Person, str, _Model], Awaitable[Answer]],
    ) -> dict[str, Any]:
        """Read `data`, have it done, and say what came of it."""
        # No await before `do`: the room's queue is to hold commands in the order they came in.
        guest = self._guest(sid)
        if guest.show is None:
            raise BadRequest("Join a show first.", code="not_joined")
        answer = await do(guest.person, guest.show, read_as(model, data))
        return {
            "ok": True,
            "first": answer.first,
            "last": answer.last,
            "repeated": answer.repeated,
            "events": answer.events,
        }

    def _guest(self, sid: str) -> _Guest:
        guest = self._guests.get(sid)
        if guest is None:
            raise BadRequest("Connect first.")
        return guest

"""What the sockets of all kinds of rooms do alike: who sits there, the room she follows, commands.

A namespace of a feature adds its own events. Each checks the shape of what came, calls one function
of the service and acknowledges what came of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeVar

import socketio
from aiohttp import web
from pydantic import BaseModel, Field

from core.clock import Clock
from core.errors import BadRequest
from core.http import COOKIE
from core.identity.model import NOBODY, Person
from core.identity.service import Identity
from core.inputs import Input, read_as
from core.rooms.broadcast import FanOut
from core.rooms.events import Position, Reader
from core.rooms.room import Answer, Room
from core.rooms.sockets import RoomServer

_Model = TypeVar("_Model", bound=BaseModel)


class Since(Input):
    """What a client that joins again has already."""

    epoch: Annotated[str, Field(max_length=40)]
    offset: Annotated[int, Field(ge=0, le=10**12)]
    at_ms: Annotated[int, Field(ge=0, le=10**14)]


@dataclass(slots=True)
class Guest:
    """One socket: who is behind it, by which token, and the room that it follows."""

    person: Person
    token: str | None
    room: str | None = None


class RoomNamespace(socketio.AsyncNamespace):
    """Sockets that follow one room each."""

    FOLLOWED: ClassVar[str]
    """What such a room is called."""

    def __init__(
        self, server: RoomServer, fan_out: FanOut, identity: Identity, clock: Clock
    ) -> None:
        super().__init__(fan_out.namespace)
        self._rooms_server = server
        self._fan_out = fan_out
        self._identity = identity
        self._clock = clock
        self._guests: dict[str, Guest] = {}

    async def on_connect(self, sid: str, environ: dict[str, Any], _auth: object = None) -> None:
        request: web.Request = environ["aiohttp.request"]
        token = request.cookies.get(COOKIE)
        self._guests[sid] = Guest(await self._identity.person_for(token), token)

    async def on_disconnect(self, sid: str, _reason: str = "") -> None:
        self._guests.pop(sid, None)
        self._fan_out.leave(sid)

    async def recheck(self) -> None:
        """Look again at who everybody is; whoever has become another is to connect anew."""
        known = {guest.token: guest.person for guest in self._guests.values() if guest.token}
        changed = await self._identity.changed({t: p for t, p in known.items() if p != NOBODY})
        for sid, guest in list(self._guests.items()):
            if guest.token in changed:
                await self._rooms_server.disconnect(sid, namespace=self.namespace)

    async def _follow(
        self, sid: str, room: Room[Any], reader: Reader, since: Since | None
    ) -> dict[str, Any]:
        """Follow `room` in the place of the one before: `{whole}` or `{missed}`, and the time."""
        guest = self._guest(sid)
        position = Position(since.epoch, since.offset, since.at_ms) if since else None
        joined = await self._fan_out.join(room, sid, reader, position)
        guest.room = room.id
        reply: dict[str, Any] = {"ok": True, "now_ms": self._clock.now()}
        if joined.whole is not None:
            return reply | {"whole": joined.whole}
        return reply | {"missed": joined.missed}

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
        if guest.room is None:
            raise BadRequest(f"Join a {self.FOLLOWED} first.", code="not_joined")
        answer = await do(guest.person, guest.room, read_as(model, data))
        return {
            "ok": True,
            "first": answer.first,
            "last": answer.last,
            "repeated": answer.repeated,
            "events": answer.events,
        }

    def _guest(self, sid: str) -> Guest:
        guest = self._guests.get(sid)
        if guest is None:
            raise BadRequest("Connect first.")
        return guest

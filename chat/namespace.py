"""`/chat`: a person in one conversation, and reps at their desks.

A handler checks the shape of what came, calls one function of the service and acknowledges what
came of it. What happens in a conversation goes out through its log; see `docs/developers/wire.md`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import socketio
from aiohttp import web
from pydantic import BaseModel, Field

from chat import commands as c
from chat.inbox import Inbox
from chat.service import REPS, Chats, reader_of
from core.clock import Clock
from core.errors import BadRequest
from core.http import COOKIE
from core.identity.model import NOBODY, Person, require
from core.identity.service import Identity
from core.inputs import Input, read_as
from core.limits import Limiter
from core.rooms.broadcast import FanOut
from core.rooms.events import Position
from core.rooms.room import Answer
from core.rooms.sockets import RoomServer

NAMESPACE = "/chat"

TYPING_PER_S, TYPING_AT_ONCE = 1.0, 3
"""Of one socket; more says nothing new."""

_Model = TypeVar("_Model", bound=BaseModel)


class Since(Input):
    epoch: Annotated[str, Field(max_length=40)]
    offset: Annotated[int, Field(ge=0, le=10**12)]
    at_ms: Annotated[int, Field(ge=0, le=10**14)]


class Join(Input):
    conversation: c.Conversation
    since: Since | None = None


class Nothing(Input):
    pass


@dataclass(slots=True)
class _Guest:
    """One socket: who is behind it, by which token, and the conversation that it follows."""

    person: Person
    token: str | None
    conversation: str | None = None


class ChatNamespace(socketio.AsyncNamespace):
    """Sockets of chats and desks."""

    def __init__(
        self,
        server: RoomServer,
        fan_out: FanOut,
        chats: Chats,
        inbox: Inbox,
        identity: Identity,
        clock: Clock,
    ) -> None:
        super().__init__(NAMESPACE)
        self._rooms_server = server
        self._fan_out = fan_out
        self._chats = chats
        self._inbox = inbox
        self._identity = identity
        self._clock = clock
        self._typing = Limiter(TYPING_PER_S, TYPING_AT_ONCE, clock=clock)
        self._guests: dict[str, _Guest] = {}

    async def on_connect(self, sid: str, environ: dict[str, Any], _auth: object = None) -> None:
        request: web.Request = environ["aiohttp.request"]
        token = request.cookies.get(COOKIE)
        self._guests[sid] = _Guest(await self._identity.person_for(token), token)

    async def on_disconnect(self, sid: str, _reason: str = "") -> None:
        self._guests.pop(sid, None)
        self._fan_out.leave(sid)
        self._inbox.close(sid)

    async def on_join(self, sid: str, data: object = None) -> dict[str, Any]:
        """Follow a conversation in the place of the one before: `{whole}` or `{missed}`."""
        guest = self._guest(sid)
        join = read_as(Join, data)
        room = await self._chats.enter(guest.person, join.conversation)
        since = join.since
        position = Position(since.epoch, since.offset, since.at_ms) if since else None
        joined = await self._fan_out.join(room, sid, reader_of(guest.person), position)
        guest.conversation = join.conversation
        reply: dict[str, Any] = {"ok": True, "now_ms": self._clock.now()}
        if joined.whole is not None:
            return reply | {"whole": joined.whole}
        return reply | {"missed": joined.missed}

    async def on_say(self, sid: str, data: object = None) -> dict[str, Any]:
        return await self._as(sid, c.SendSay, data, self._chats.say)

    async def on_read(self, sid: str, data: object = None) -> dict[str, Any]:
        return await self._as(sid, c.SendRead, data, self._chats.read)

    async def on_rate(self, sid: str, data: object = None) -> dict[str, Any]:
        return await self._as(sid, c.SendRate, data, self._chats.rate)

    async def on_act(self, sid: str, data: object = None) -> dict[str, Any]:
        return await self._as(sid, c.SendAct, data, self._chats.act)

    async def on_typing(self, sid: str, data: object = None) -> dict[str, Any]:
        """For the eye alone: it may be lost, and is not kept."""
        guest = self._guest(sid)
        read_as(Nothing, {} if data is None else data)
        if guest.conversation is not None and self._typing.take(sid) is None:
            side = "staff" if guest.person.is_staff else "customer"
            told = {"side": side, "name": guest.person.name}
            self._fan_out.pulse(guest.conversation, "typing", told)
        return {"ok": True}

    async def on_watch(self, sid: str, data: object = None) -> dict[str, Any]:
        """Have the list of conversations told as it changes. For reps."""
        guest = self._guest(sid)
        read_as(Nothing, {} if data is None else data)
        self._inbox.open(sid, require(guest.person, *REPS).own_id)
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
        if guest.conversation is None:
            raise BadRequest("Join a conversation first.", code="not_joined")
        answer = await do(guest.person, guest.conversation, read_as(model, data))
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

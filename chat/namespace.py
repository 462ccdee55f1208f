"""`/chat`: a person in one conversation, and reps at their desks.

What happens in a conversation goes out through its log; see `docs/developers/wire.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chat import commands as c
from chat.inbox import Inbox
from chat.service import REPS, Chats, reader_of
from core.clock import Clock
from core.identity.model import require
from core.identity.service import Identity
from core.inputs import Input, read_as
from core.limits import Limiter
from core.rooms.broadcast import FanOut
from core.rooms.namespace import RoomNamespace, Since
from core.rooms.sockets import RoomServer

NAMESPACE = "/chat"

TYPING_PER_S, TYPING_AT_ONCE = 1.0, 3
"""Of one socket; more says nothing new."""


class Join(Input):
    conversation: c.Conversation
    since: Since | None = None


class Nothing(Input):
    pass


class ChatNamespace(RoomNamespace):
    """Sockets of chats and desks."""

    FOLLOWED = "conversation"

    def __init__(
        self,
        server: RoomServer,
        fan_out: FanOut,
        chats: Chats,
        inbox: Inbox,
        identity: Identity,
        clock: Clock,
        types: Callable[[str], None] = lambda _conversation: None,
    ) -> None:
        """`types` is told in which conversation a customer is writing."""
        super().__init__(server, fan_out, identity, clock)
        self._types = types
        self._chats = chats
        self._inbox = inbox
        self._typing = Limiter(TYPING_PER_S, TYPING_AT_ONCE, clock=clock)

    async def on_disconnect(self, sid: str, _reason: str = "") -> None:
        await super().on_disconnect(sid, _reason)
        self._inbox.close(sid)

    async def on_join(self, sid: str, data: object = None) -> dict[str, Any]:
        """Follow a conversation."""
        guest = self._guest(sid)
        join = read_as(Join, data)
        room = await self._chats.enter(guest.person, join.conversation)
        return await self._follow(sid, room, reader_of(guest.person), join.since)

    async def on_say(self, sid: str, data: object = None) -> dict[str, Any]:
        return await self._as(sid, c.SendSay, data, self._chats.say)

    async def on_press(self, sid: str, data: object = None) -> dict[str, Any]:
        return await self._as(sid, c.SendPress, data, self._chats.press)

    async def on_undo(self, sid: str, data: object = None) -> dict[str, Any]:
        return await self._as(sid, c.SendUndo, data, self._chats.undo)

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
        if guest.room is not None and self._typing.take(sid) is None:
            side = "staff" if guest.person.is_staff else "customer"
            if side == "customer":
                self._types(guest.room)
            told = {"side": side, "name": guest.person.name}
            self._fan_out.pulse(guest.room, "typing", told)
        return {"ok": True}

    async def on_watch(self, sid: str, data: object = None) -> dict[str, Any]:
        """Have the list of conversations told as it changes. For reps."""
        guest = self._guest(sid)
        read_as(Nothing, {} if data is None else data)
        self._inbox.open(sid, require(guest.person, *REPS).own_id)
        return {"ok": True}

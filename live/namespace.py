"""`/live`: a person in one show's room.

What happens in the room goes out through the room's log; see `docs/developers/wire.md`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from core.clock import Clock
from core.errors import Forbidden
from core.identity.service import Identity
from core.inputs import Input, read_as
from core.limits import Limiter
from core.rooms.broadcast import FanOut
from core.rooms.namespace import RoomNamespace, Since
from core.rooms.sockets import RoomServer
from live import commands as c
from live.audience import Audience
from live.service import Shows, reader_of

NAMESPACE = "/live"

HEARTS_PER_S, HEARTS_AT_ONCE = 10.0, 60
"""Hearts of one socket that count; the rest were tapped for joy."""

_ShowId = Annotated[str, Field(pattern=r"^shw_[0-9A-Z]{26}$")]


class Join(Input):
    show: _ShowId
    since: Since | None = None


class Heart(Input):
    count: Annotated[int, Field(ge=1, le=20)] = 1


class LiveNamespace(RoomNamespace):
    """Sockets on shows' pages."""

    FOLLOWED = "show"

    def __init__(
        self,
        server: RoomServer,
        fan_out: FanOut,
        shows: Shows,
        identity: Identity,
        audience: Audience,
        clock: Clock,
    ) -> None:
        super().__init__(server, fan_out, identity, clock)
        self._shows = shows
        self._audience = audience
        self._hearts = Limiter(HEARTS_PER_S, HEARTS_AT_ONCE, clock=clock)

    async def on_join(self, sid: str, data: object = None) -> dict[str, Any]:
        """Follow a show."""
        guest = self._guest(sid)
        join = read_as(Join, data)
        try:
            room = await self._shows.enter(guest.person, join.show)
        except Forbidden:
            if guest.room == join.show:  # it has become the members'
                self._fan_out.leave(sid)
                guest.room = None
            raise
        # Nothing else is awaited before she has her place: she is let in to what she is told.
        reply = await self._follow(sid, room, reader_of(guest.person), join.since)
        self._audience.changed(join.show)
        return reply

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
        if guest.room is not None and self._hearts.take(sid, heart.count) is None:
            self._audience.hearts(guest.room, heart.count)
        return {"ok": True}

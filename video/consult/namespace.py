"""`/consult`: the two of a call, and reps at their desks.

What happens in a call goes out through its log, to its two people alone; what their pages say to
each other to find a way between them is passed on and not kept. See `docs/developers/wire.md`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from core.clock import Clock
from core.errors import BadRequest, Conflict, NotFound, RateLimited
from core.identity.model import require
from core.identity.service import Identity
from core.ids import new_id
from core.inputs import Input, read_as
from core.limits import Limiter
from core.rooms.broadcast import FanOut, write
from core.rooms.events import Logged
from core.rooms.namespace import Guest, RoomNamespace, Since
from core.rooms.room import Room
from core.rooms.sockets import RoomServer
from core.rooms.wire import Wire
from video.consult import commands as c
from video.consult.board import Board
from video.consult.events import CallJoined, Side
from video.consult.lobby import Lobby
from video.consult.post import Post
from video.consult.presence import Presence
from video.consult.seats import Held
from video.consult.service import REPS, Calls, is_of, reader_of, side_of
from video.consult.signals import Place, Signal, Switchboard, counted
from video.consult.state import CallState

NAMESPACE = "/consult"

CARTS_PER_S, CARTS_AT_ONCE = 1.0, 5
ICE_PER_S, ICE_AT_ONCE = 0.5, 20


class Join(Input):
    call: c.Call
    since: Since | None = None


class SendDo(c.SendDo):
    """`call`: the one that a rep answers or declines without following it yet."""

    call: c.Call | None = None


class Nothing(Input):
    pass


class ConsultNamespace(RoomNamespace):
    """Sockets of calls and desks."""

    FOLLOWED = "call"

    def __init__(
        self,
        server: RoomServer,
        fan_out: FanOut,
        calls: Calls,
        board: Board,
        lobby: Lobby,
        presence: Presence,
        post: Post,
        identity: Identity,
        clock: Clock,
        joined: Callable[[str], None] = lambda _call: None,
    ) -> None:
        """`joined` is told which call somebody has begun to follow."""
        super().__init__(server, fan_out, identity, clock)
        self._calls = calls
        self._board = board
        self._lobby = lobby
        self._presence = presence
        self._post = post
        self._joined = joined
        self._switchboard = Switchboard(clock, self._write, NAMESPACE)
        self._held: dict[str, Held] = {}
        self._doors: dict[str, _Door] = {}
        self._carts = Limiter(CARTS_PER_S, CARTS_AT_ONCE, clock=clock)
        self._ice = Limiter(ICE_PER_S, ICE_AT_ONCE, clock=clock)
        post.arrived, post.apart = self._arrived, self._apart
        presence.missed = self._sit_again

    async def on_disconnect(self, sid: str, _reason: str = "") -> None:
        self._stand_up(sid)
        guest = self._guests.get(sid)
        await super().on_disconnect(sid, _reason)
        if guest is not None and guest.room is not None:
            self._close_door(guest.room)
        self._board.close(sid)
        self._lobby.close(sid)

    async def on_join(self, sid: str, data: object = None) -> dict[str, Any]:
        """Follow a call of one's own."""
        guest = self._guest(sid)
        join = read_as(Join, data)
        room = await self._calls.enter(guest.person, join.call)
        before = guest.room
        reply = await self._follow(sid, room, reader_of(guest.person), join.since)
        if not is_of(guest.person, room.committed.state):  # it rang elsewhere meanwhile
            self._show_out(sid)
            raise NotFound("There is no such call.")
        if before is not None and before != room.id:
            self._stand_up(sid)
            self._close_door(before)
        door = self._doors.get(room.id)
        if door is None or door.room is not room:
            if door is not None:
                door.close()
            self._doors[room.id] = _Door(room, self._happened, self._ended)
        self._joined(room.id)
        return reply

    async def on_sit(self, sid: str, data: object = None) -> dict[str, Any]:
        """Be the page of one's side from now on."""
        guest = self._guest(sid)
        call, sent = guest.room, read_as(c.SendSit, data)
        reply = await self._as(sid, c.SendSit, data, self._calls.sit)
        if reply["first"] is None or call is None:  # it is over: nobody sits there any more
            return reply
        side = side_of(guest.person)
        held = Held(call, side, sent.seat, reply["first"])
        self._sat(sid, guest, held)
        return reply

    async def on_do(self, sid: str, data: object = None) -> dict[str, Any]:
        """Do something in the call."""
        guest = self._guest(sid)
        sent = read_as(SendDo, data)
        if sent.call is None or sent.call == guest.room:
            return await self._as(sid, SendDo, data, self._calls.act)
        if not isinstance(sent.do, (c.Answer, c.Decline)):
            raise BadRequest("Join the call first.", code="not_joined")
        require(guest.person, *REPS)
        answer = await self._calls.act(guest.person, sent.call, sent)
        return {"ok": True, "first": answer.first, "last": answer.last, "events": answer.events}

    async def on_signal(self, sid: str, data: object = None) -> dict[str, Any]:
        """Say something to the page opposite; it may be lost, and is not kept."""
        # No await before it is written: what a page says arrives in the order in which it says it.
        guest = self._guest(sid)
        self._switchboard.count(sid)
        signal = read_as(Signal, data)
        place = self._switchboard.of(sid)
        if place is None or place.seat != signal.seat or place.call != guest.room:
            raise Conflict("Sit down first.", code="not_seated")
        to = self._opposite(place, signal.to)
        if to is None:
            return {"ok": True, "delivered": False}
        told = msgspec.json.encode(signal.told())
        counted(signal, len(told))
        if not self._switchboard.deliver(to, told):
            await self._post.send(to, told)
        return {"ok": True, "delivered": True}

    async def on_ice(self, sid: str, data: object = None) -> dict[str, Any]:
        """The servers that find a way to the page opposite."""
        guest = self._guest(sid)
        read_as(Nothing, {} if data is None else data)
        if guest.room is None:
            raise BadRequest("Join a call first.", code="not_joined")
        self._limited(self._ice, sid)
        found = await self._calls.ice(guest.person, guest.room)
        return {"ok": True, "servers": found.servers, "expires_at": found.expires_at}

    async def on_watch(self, sid: str, data: object = None) -> dict[str, Any]:
        """Have the board told as it changes: `{board}` as it is now. For reps."""
        guest = self._guest(sid)
        read_as(Nothing, {} if data is None else data)
        staff = require(guest.person, *REPS).own_id
        return {"ok": True, "board": await self._board.open(sid, staff)}

    async def on_lobby(self, sid: str, data: object = None) -> dict[str, Any]:
        """Have the line told as it changes: `{lobby}` as it is now. For anybody."""
        self._guest(sid)
        read_as(Nothing, {} if data is None else data)
        return {"ok": True, "lobby": await self._lobby.open(sid)}

    async def on_cart(self, sid: str, data: object = None) -> dict[str, Any]:
        """The customer's cart was changed elsewhere: both pages look at it anew."""
        guest = self._guest(sid)
        read_as(Nothing, {} if data is None else data)
        if guest.room is not None and self._carts.take(sid) is None:
            self._fan_out.pulse(guest.room, "cart", {})
        return {"ok": True}

    # Seats

    def _sat(self, sid: str, guest: Guest, held: Held) -> None:
        if self._guests.get(sid) is not guest or guest.room != held.call:
            self._presence.went(held)  # the socket has gone while its seat was taken
            return
        if (state := self._state(held.call)) is not None:
            now = state.seat(held.side)
            if now.joined is not None and now.joined > held.joined:
                return  # a newer page of hers was faster
        self._held[sid] = held
        self._switchboard.sit(sid, Place(held.call, held.side, held.seat))
        self._presence.came(held)

    async def _sit_again(self, held: Held) -> None:
        """The page is here, and was taken for lost: while this process was held up, say."""
        sid = next((sid for sid, one in self._held.items() if one == held), None)
        guest = self._guests.get(sid or "")
        if sid is None or guest is None:
            return
        state = await self._calls.state(held.call)
        if state.over or state.seat(held.side).page is not None or not is_of(guest.person, state):
            return
        sit = c.SendSit(request_id=new_id("sit"), seat=held.seat)
        answer = await self._calls.sit(guest.person, held.call, sit)
        if answer.first is not None:
            self._sat(sid, guest, Held(held.call, held.side, held.seat, answer.first))

    def _limited(self, limiter: Limiter, sid: str) -> None:
        wait_ms = limiter.take(sid)
        if wait_ms is not None:
            raise RateLimited("Too much at once.", retry_after_ms=wait_ms)

    def _opposite(self, place: Place, to: str) -> Place | None:
        """Where the page opposite sits, if it goes by the name `to` and they talk."""
        state = self._state(place.call)
        if state is None or state.phase != "talking":
            raise Conflict("Nobody is talking.", code="not_talking")
        other: Side = "staff" if place.side == "customer" else "customer"
        if state.seat(place.side).page != place.seat:
            raise Conflict("Another page of yours is there.", code="not_seated")
        return Place(place.call, other, to) if state.seat(other).page == to else None

    def _state(self, call: str) -> CallState | None:
        door = self._doors.get(call)
        known = None if door is None else door.room.known
        return None if known is None else known.state

    def _stand_up(self, sid: str) -> None:
        """The page of this socket has gone from its seat."""
        self._switchboard.leave(sid)
        held = self._held.pop(sid, None)
        if held is not None:
            self._presence.went(held)

    # Who follows

    def _happened(self, room: Room[CallState], events: Sequence[Logged]) -> None:
        """After each event: a page in whose place another came holds nothing, and who has no part
        in the call any more is told nothing further."""
        state = room.committed.state
        for one in events:
            if isinstance(one.event, CallJoined):
                self._step_back(room.id, one.event.side, one.offset)
        for sid, guest in list(self._guests.items()):
            if guest.room == room.id and not is_of(guest.person, state):
                self._show_out(sid)
        self._close_door(room.id)

    def _step_back(self, call: str, side: Side, joined: int) -> None:
        for sid, held in list(self._held.items()):
            if (held.call, held.side) == (call, side) and held.joined < joined:
                del self._held[sid]
                self._switchboard.leave(sid)
                self._presence.moved(held)

    def _show_out(self, sid: str) -> None:
        guest = self._guests[sid]
        call, guest.room = guest.room, None
        self._stand_up(sid)
        self._fan_out.leave(sid)
        self._write(sid, Wire(NAMESPACE, "passed", msgspec.json.encode({"call": call})))

    def _close_door(self, call: str) -> None:
        if all(guest.room != call for guest in self._guests.values()):
            door = self._doors.pop(call, None)
            if door is not None:
                door.close()

    def _ended(self, room: Room[CallState]) -> None:
        door = self._doors.get(room.id)
        if door is not None and door.room is room:
            del self._doors[room.id]

    # What is written

    def _arrived(self, to: Place, told: bytes) -> None:
        self._switchboard.deliver(to, told)

    def _write(self, sid: str, wire: Wire) -> None:
        socket = self._rooms_server.socket_of(sid, NAMESPACE)
        if socket is not None:
            write(socket, wire)

    def _apart(self) -> list[Place]:
        """Seats here of calls in which they talk and the page opposite is at another process."""
        held = self._switchboard.held
        with_both = Counter(place.call for place in held)
        return [
            place
            for place in held
            if with_both[place.call] == 1
            and (state := self._state(place.call)) is not None
            and state.phase == "talking"
        ]


class _Door:
    """Looks after each event of a room who may still follow it. See `core.rooms.room.Subscriber`.

    It hears of an event before the frame that holds it goes out.
    """

    def __init__(
        self,
        room: Room[CallState],
        look: Callable[[Room[CallState], Sequence[Logged]], None],
        over: Callable[[Room[CallState]], None],
    ) -> None:
        self.room = room
        self._look = look
        self._over = over
        room.subscribers.append(self)

    def happened(self, room: Room[Any], events: Sequence[Logged]) -> None:
        self._look(room, events)

    def ended(self, room: Room[Any]) -> None:
        self._over(room)

    def close(self) -> None:
        if self in self.room.subscribers:
            self.room.subscribers.remove(self)

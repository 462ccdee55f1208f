"""From a room to its sockets: one frame a tick, encoded once, written to every socket.

A frame covers a span of the log, `from` its first offset `to` its last, and holds those events of
the span that its reader may see. Who has private events in the span gets a frame of her own, staff
share one, and all others share the public one. Readers that do not keep up are left behind: they
get no more frames, are told `catch_up` once what they had waiting is gone, and join again. So are
all but staff whom an event of the span shuts out: they get nothing of it before they were let in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from prometheus_client import Counter, Gauge

from core.errors import Unavailable
from core.rooms.engine import RoomSocket
from core.rooms.events import PUBLIC, Logged, Position, Reader
from core.rooms.frames import Frames, Parcel
from core.rooms.relay import InProcessRelay, Relay, Topic
from core.rooms.room import Room
from core.rooms.sockets import RoomServer
from core.rooms.wire import Wire

_sent = Counter("plusone_frames_sent_total", "Frames written to sockets.")
_bytes = Counter("plusone_frames_sent_bytes_total", "Bytes of frames written to sockets.")
_behind = Counter("plusone_sockets_left_behind_total", "Times that a socket was left behind.")
_members = Gauge("plusone_room_sockets", "Sockets that follow a room.")
_LOOKED_AT = 25
"""Sockets between two looks at the clock."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a fan-out treats its sockets."""

    tick_s: float = 0.15
    """From one frame of a room to the next, at least; a quiet room's frame goes out at once."""
    share: float = 0.5
    """Of the loop's time, that the frames of one room may take: a crowd must not take it whole."""
    slice: int = 500
    """Sockets written to before the loop may do something else, at most."""
    slice_s: float = 0.005
    """How long that may take: frames of some hundred kilobytes, or of one person alone, cost."""
    unsent: int = 256 * 1024
    """Bytes unsent past which a socket is left behind."""
    drained: int = 4 * 1024
    """Bytes unsent below which a socket that was left behind is told to catch up."""
    queued: int = 64
    """Frames waiting for a client that polls, past which it is left behind."""
    behind_s: float = 30
    """How long a socket may stay behind before it is closed."""
    watch_s: float = 0.25
    """How often sockets that are behind are looked at."""


class _Pulse(msgspec.Struct, frozen=True, array_like=True, gc=False):
    room: str
    event: str
    body: bytes
    """JSON."""


class Joined(msgspec.Struct, frozen=True):
    """What a socket that joined is told: all of the room, or what it missed; never both."""

    whole: msgspec.Raw | None
    missed: msgspec.Raw | None


class Member:
    """One socket in one room. `since` is the offset up to which it had everything when it joined.

    How to write to its WebSocket is kept here, for each object that a frame to a crowd has to look
    at costs as much as all that is done with it.
    """

    __slots__ = (
        "behind_since", "deflates", "left", "reader", "sid", "since", "socket", "told", "transport",
    )  # fmt: skip

    def __init__(self, sid: str, socket: RoomSocket, reader: Reader, since: int) -> None:
        self.sid = sid
        self.socket = socket
        self.reader = reader
        self.since = since
        self.behind_since: float | None = None
        self.told = False
        self.left = False
        self.transport: asyncio.Transport | None = None
        self.deflates = False

    def find_transport(self) -> asyncio.Transport | None:
        """That of its WebSocket, from now on, once there is one; None while the client polls."""
        self.transport, self.deflates = self.socket.transport, self.socket.deflates
        return self.transport

    @property
    def unsent(self) -> int:
        """Bytes, or for a client that polls packets, that wait for this reader."""
        transport = self.socket.transport
        return self.socket.queue.qsize() if transport is None else transport.get_write_buffer_size()


class FanOut:
    """All rooms' sockets of one namespace."""

    def __init__(
        self,
        server: RoomServer,
        namespace: str,
        pace: Pace | None = None,
        *,
        relay: Relay | None = None,
    ) -> None:
        """`relay`: by which pulses reach those who follow at other processes."""
        self.namespace = namespace
        self._pulses = Topic(relay or InProcessRelay(), f"pulse {namespace}", _Pulse)
        self._pulses.hear(self._pulsed)
        self.pace = pace or Pace()
        self._server = server
        self._channels: dict[str, Channel] = {}
        self._channel_of: dict[str, Channel] = {}
        self._behind: set[Member] = set()
        self._fell_behind = asyncio.Event()
        self._watch = asyncio.get_running_loop().create_task(self._watch_behind())

    async def join(
        self, room: Room[Any], sid: str, reader: Reader, since: Position | None = None
    ) -> Joined:
        """Have `sid` follow `room`, in place of any room that it followed before.

        What is returned is whole together with the frames that follow, in this order, if the caller
        answers with it before it awaits anything else: snapshot and place in the stream are taken
        in one step of the loop. Raises NotFound and Unavailable.
        """
        await room.loaded()
        missed = await room.missed(since, reader) if since is not None else None
        # No await from here on: what was missed reaches exactly to the committed head.
        socket = self._server.socket_of(sid, self.namespace)
        if socket is None:
            raise Unavailable("The socket has gone.")
        self.leave(sid)
        channel = self._channels.get(room.id)
        if channel is None or channel.room is not room:
            if channel is not None:
                channel.ended(channel.room)
            channel = self._channels[room.id] = Channel(self, room)
        channel.add(Member(sid, socket, reader, room.committed.head))
        self._channel_of[sid] = channel
        return Joined(None, missed) if missed is not None else Joined(room.snapshot(reader), None)

    def leave(self, sid: str) -> None:
        """Have `sid` follow nothing."""
        channel = self._channel_of.pop(sid, None)
        if channel is not None:
            channel.drop(sid)
            if not channel.members:
                self.forget(channel)

    def viewers(self, room_id: str) -> int:
        """Sockets of this process that follow the room, staff's left out."""
        channel = self._channels.get(room_id)
        return 0 if channel is None else len(channel.members) - len(channel.staff)

    def is_followed(self, room_id: str) -> bool:
        """Whether any socket of this process follows the room, a member of staff's too."""
        return room_id in self._channels

    def pulse(self, room_id: str, event: str, data: object) -> None:
        """Send something ephemeral to all who follow the room, with the next frame.

        A newer one takes the place of one with the same name that has not gone out. Sockets that
        are behind miss it, and those at other processes where the relay is away.
        """
        pulse = _Pulse(room_id, event, msgspec.json.encode(data))
        self._pulsed(pulse)
        self._pulses.cast(pulse)

    def pulse_here(self, room_id: str, event: str, data: object) -> None:
        """As `pulse`, to sockets of this process alone: what each process finds out by itself."""
        self._pulsed(_Pulse(room_id, event, msgspec.json.encode(data)))

    def _pulsed(self, pulse: _Pulse) -> None:
        channel = self._channels.get(pulse.room)
        if channel is not None:
            channel.pulse(Wire(self.namespace, pulse.event, pulse.body))

    async def close(self) -> None:
        """Send nothing more."""
        tasks = [self._watch, *(channel.task for channel in self._channels.values())]
        for channel in list(self._channels.values()):
            self.forget(channel)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # What channels tell

    def forget(self, channel: Channel) -> None:
        """`channel` has nobody left, or its room has left memory."""
        channel.stop()
        if self._channels.get(channel.room.id) is channel:
            del self._channels[channel.room.id]

    def left_behind(self, member: Member) -> None:
        """`member` gets no frames until it joins again."""
        if member.behind_since is None:
            member.behind_since = asyncio.get_running_loop().time()
            self._behind.add(member)
            self._fell_behind.set()
            _behind.inc()

    async def _watch_behind(self) -> None:
        catch_up = Wire(self.namespace, "catch_up", b"{}")
        while True:
            await self._fell_behind.wait()
            for count, member in enumerate(list(self._behind), 1):
                self._look_at(member, catch_up)
                if count % self.pace.slice == 0:
                    await asyncio.sleep(0)
            if self._behind:
                await asyncio.sleep(self.pace.watch_s)
            else:
                self._fell_behind.clear()

    def _look_at(self, member: Member, catch_up: Wire) -> None:
        socket = member.socket
        if member.left or socket.closed or member.behind_since is None:
            self._behind.discard(member)
            return
        if asyncio.get_running_loop().time() - member.behind_since > self.pace.behind_s:
            self._behind.discard(member)
            socket.cut("behind")
        elif not member.told:
            drained = self.pace.drained if socket.transport is not None else 0
            if member.unsent <= drained:
                member.told = True
                write(socket, catch_up)


class Channel:
    """One room's sockets, and the task that sends them frames."""

    def __init__(self, fan: FanOut, room: Room[Any]) -> None:
        self.room = room
        self.members: dict[str, Member] = {}
        self.staff: set[Member] = set()
        self._fan = fan
        self._persons: dict[str, set[Member]] = {}
        self._sent = room.committed.head
        self._replaced = False
        self._pulses: dict[str, Wire] = {}
        self._woken = asyncio.Event()
        room.subscribers.append(self)
        self.task = asyncio.get_running_loop().create_task(self._run(), name=f"frames {room.id}")

    def add(self, member: Member) -> None:
        self.members[member.sid] = member
        if member.reader.staff:
            self.staff.add(member)
        else:
            for person in member.reader.ids:
                self._persons.setdefault(person, set()).add(member)
        _members.inc()

    def drop(self, sid: str) -> None:
        member = self.members.pop(sid)
        member.left = True
        self.staff.discard(member)
        for person in member.reader.ids:
            if (sockets := self._persons.get(person)) is not None:
                sockets.discard(member)
                if not sockets:
                    del self._persons[person]
        _members.dec()

    def pulse(self, wire: Wire) -> None:
        self._pulses[wire.event] = wire
        self._woken.set()

    def happened(self, room: Room[Any], events: Sequence[Logged]) -> None:
        """The room has moved on; what to, is read from its tail when the frame is made."""
        self._replaced = self._replaced or not events
        self._woken.set()

    def ended(self, room: Room[Any]) -> None:
        """The room has left memory: those who follow it join again."""
        self._lose()
        self._fan.forget(self)

    def stop(self) -> None:
        if self in self.room.subscribers:
            self.room.subscribers.remove(self)
        self.task.cancel()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        last = ended = -self._fan.pace.tick_s
        while True:
            await self._woken.wait()
            pace = self._fan.pace
            rest = (ended - last) * (1 / pace.share - 1)
            pause = max(last + pace.tick_s, ended + rest) - loop.time()
            if pause > 0:
                await asyncio.sleep(pause)
            self._woken.clear()
            last = loop.time()
            try:
                await self._send()
            except Exception:
                # Who got it knows, who did not finds the gap: the room must not fall silent.
                _log.exception("room.frame_failed", room=self.room.id)
                self._lose()
            ended = loop.time()

    def _lose(self) -> None:
        """Nobody can be told what happened in between: all shall catch up."""
        for member in self.members.values():
            self._fan.left_behind(member)

    def _shut(self, offset: int) -> None:
        """Who joined before this offset was let in to something else, and has to join again."""
        for member in self.members.values():
            if member.since < offset and not member.reader.staff:
                self._fan.left_behind(member)

    async def _send(self) -> None:
        """Send what happened since the last frame, and pulses, to all who follow, in slices.

        While slices go out nothing else is sent to these sockets by this channel, so that every
        socket gets its frames in order. Who joins meanwhile is not among the receivers.
        """
        now, start = self.room.committed, self._sent
        pulses = list(self._pulses.values())
        self._pulses.clear()
        events = None if self._replaced else self.room.tail.between(start, now.head)
        self._sent, self._replaced = now.head, False
        if events is None:
            self._lose()
            return
        if shut := max((one.offset for one, _ in events if one.event.shuts()), default=0):
            self._shut(shut)
        receivers = list(self.members.values())
        span = (now.epoch, start, now.head, now.at_ms)
        frames = Frames(self._fan.namespace, span, events, pulses)
        apart = self._who_sees_more(frames.audiences)
        pace, loop = self._fan.pace, asyncio.get_running_loop()
        some = min(pace.slice, _LOOKED_AT)
        written, begun = 0, loop.time()
        sent = octets = 0
        for first in range(0, len(receivers), some):
            if written >= pace.slice or (written and loop.time() - begun > pace.slice_s):
                await asyncio.sleep(0)
                written, begun = 0, loop.time()
            to, size = self._write(receivers[first : first + some], frames, apart)
            sent, octets, written = sent + to, octets + size, written + some
        _sent.inc(sent)
        _bytes.inc(octets)

    def _write(
        self, receivers: Iterable[Member], frames: Frames, apart: Collection[Member]
    ) -> tuple[int, int]:
        """Returns to how many sockets it was given, and how many bytes were written."""
        start, public, most = frames.start, frames.public, self._fan.pace.unsent
        sent = octets = 0
        for member in receivers:
            if member.left or member.behind_since is not None:
                continue
            if apart and member in apart:
                parcel = frames.of(max(member.since, start), member.reader)
            elif member.since <= start:
                parcel = public
            else:
                parcel = frames.of(member.since, PUBLIC)
            transport = member.transport or member.find_transport()
            if transport is None:
                sent += self._put(member, parcel)
            elif transport.get_write_buffer_size() > most:
                self._fan.left_behind(member)
            elif not transport.is_closing():
                written = parcel.deflated if member.deflates else parcel.octets
                transport.write(written)
                octets += len(written)
                sent += 1
        return sent, octets

    def _put(self, member: Member, parcel: Parcel) -> bool:
        """Have it wait until the client next polls; whether there was room for it."""
        if member.socket.queue.qsize() + len(parcel.wires) > self._fan.pace.queued:
            self._fan.left_behind(member)
            return False
        for wire in parcel.wires:
            member.socket.put(wire.packet)
        return True

    def _who_sees_more(self, audiences: Collection[str]) -> set[Member]:
        """Those who see more than everyone does of what happened for `audiences`."""
        if not audiences:
            return set()
        return self.staff.union(*(self._persons.get(one, ()) for one in audiences))


def write(socket: RoomSocket, wire: Wire) -> None:
    """Send `wire` to one socket."""
    if socket.transport is not None:
        socket.write(wire.websocket)
    else:
        socket.put(wire.packet)

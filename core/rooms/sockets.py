"""The Socket.IO server: what comes in is checked before a handler sees it, what a handler raises is
told in the one form that every face has.

Each event that a client sends is acknowledged with what its handler returns, or with
`{"ok": false, "error": {code, message, retryable, data}}`. An event has one argument, or none: then
its handler is given None.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import engineio
import msgspec
import socketio
import structlog
from aiohttp import web
from engineio import packet as engine_packet
from prometheus_client import Counter
from socketio import packet
from socketio.exceptions import ConnectionRefusedError

from core.errors import BadRequest, InternalError, PlusOneError, RateLimited, TooLarge, Unavailable
from core.ids import new_id
from core.rooms.engine import (
    BAD_DATA,
    POLICY,
    UNSENT_AT_MOST,
    RoomEngine,
    RoomSocket,
)
from core.rooms.wire import text_frame

MAX_BYTES = 16 * 1024
"""The longest message that a client may send."""
IN_FLIGHT = 64
"""Events of one socket that may be in the making; the next is refused."""
REFUSALS = 200
"""Events refused to one socket within `REFUSALS_S`; past them it is closed."""
REFUSALS_S = 10
AWAY_AT_ONCE = 500
"""Sockets that are told to come back between two looks at anything else."""
COME_LATE_S = 1.0
"""How late who was told to come back may go."""

RESERVED = frozenset({"connect", "connect_error", "disconnect"})
"""Handlers that the server calls. A client that names one as its event is refused."""

Admit = Callable[[str], RateLimited | None]
"""Asked for each event, with the socket's own key, before anything looks at the event: None to let
it pass, or the error that its sender is told."""

_EVENT = f"{engine_packet.MESSAGE}{packet.EVENT}"
_events = Counter("plusone_socket_events_total", "Events from clients.", ["outcome"])
_handled = _events.labels("handled")
_log = structlog.get_logger(__name__)


class Codec:
    """JSON for python-socketio: `msgspec.Raw` is taken over as it is, depth is bounded."""

    @staticmethod
    def dumps(data: object, **_: object) -> str:
        return msgspec.json.encode(data).decode()

    @staticmethod
    def loads(data: str) -> Any:
        """Raises msgspec.DecodeError, and RecursionError for what is nested a thousand deep."""
        return msgspec.json.decode(data)


class RoomPacket(packet.Packet):
    """A Socket.IO packet without attachments: nothing of ours is binary."""

    uses_binary_events = False
    json = Codec


class RoomManager(socketio.AsyncManager):
    """Knows who is connected to which namespace. Of Socket.IO's own rooms nobody enters any."""

    def basic_disconnect(self, sid: str, namespace: str, **_: object) -> None:
        """Forget a socket that has gone.

        Stock looks for it in every room, and each socket is a room: of 5,000 who were cut off at
        once each was looked for in 5,000, which held the loop for seconds just when all came back.
        """
        for room in (None, sid):
            if room in self.rooms.get(namespace, {}):
                self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            waiting = pending.get(namespace, [])
            if sid in waiting:
                waiting.remove(sid)
                if not waiting:
                    del pending[namespace]


class RoomServer(socketio.AsyncServer):
    """The Socket.IO server of all namespaces; made by `socket_server`."""

    eio: RoomEngine

    def __init__(self, admit: Admit | None, **options: Any) -> None:
        super().__init__(serializer=RoomPacket, client_manager=RoomManager(), **options)
        self._admit = admit
        self._handling: set[asyncio.Task[None]] = set()
        self.eio.at_once = self._handle_at_once

    def _engineio_server_class(self) -> type[engineio.AsyncServer]:
        return RoomEngine

    def socket_of(self, sid: str, namespace: str) -> RoomSocket | None:
        """The session beneath the namespace's `sid`; None when it has ended."""
        eio_sid = self.manager.eio_sid_from_sid(sid, namespace)
        socket = self.eio.sockets.get(eio_sid) if eio_sid is not None else None
        return socket if isinstance(socket, RoomSocket) else None

    async def send_away(self, within_s: float) -> None:
        """Ask all clients to come back, each at a moment of its own within so many seconds.

        Until then they are served as ever. Returns when all have gone, or when their time is over.
        """
        for namespace in self.namespace_handlers:
            said = msgspec.json.encode(["come_back", {"within_ms": round(within_s * 1000)}])
            event = f"{packet.EVENT}{namespace},".encode() + said
            frame = text_frame(f"{engine_packet.MESSAGE}".encode() + event)
            members = list(self.manager.get_participants(namespace, None))
            for number, (_sid, eio_sid) in enumerate(members, 1):
                socket = self.eio.sockets.get(eio_sid)
                if isinstance(socket, RoomSocket) and socket.transport is not None:
                    socket.write(frame)
                elif isinstance(socket, RoomSocket):
                    socket.put(engine_packet.Packet(engine_packet.MESSAGE, event.decode()))
                if number % AWAY_AT_ONCE == 0:
                    await asyncio.sleep(0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s + COME_LATE_S):
                await self.eio.deserted()

    async def close(self) -> None:
        """End all sockets so that their clients come back, and all handlers."""
        await self.eio.close()
        for task in self._handling:
            task.cancel()
        await asyncio.gather(*self._handling, return_exceptions=True)

    async def _trigger_event(self, event: str, namespace: str, *args: object) -> Any:
        try:
            return await super()._trigger_event(event, namespace, *args)
        except PlusOneError as error:
            if event != "connect":
                raise
            raise ConnectionRefusedError(error.message, error.as_json()) from error

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        # Of all that engineio puts in there only the request is of use, and it lives anyway.
        await super()._handle_eio_connect(eio_sid, {"aiohttp.request": environ["aiohttp.request"]})

    async def _handle_connect(self, eio_sid: str, namespace: str | None, data: object) -> None:
        await super()._handle_connect(eio_sid, namespace, data)
        if eio_sid not in self.eio.sockets:
            # It ended while it was being let in, when nobody was told so.
            await self._handle_disconnect(eio_sid, namespace, self.reason.TRANSPORT_CLOSE)

    async def _handle_eio_message(self, eio_sid: str, data: str | bytes) -> None:
        socket = self.eio.sockets.get(eio_sid)
        if not isinstance(socket, RoomSocket) or not isinstance(data, str):
            return
        try:
            await self._take(socket, data)
        except Exception as error:
            _failed(socket, error)

    def _handle_at_once(self, socket: RoomSocket, text: str) -> bool:
        """Take an event in the step of the loop in which it came: nothing is ahead of it."""
        if not text.startswith(_EVENT) or socket.closed:
            return False
        try:
            self._take_event(socket, RoomPacket(encoded_packet=text[1:]))
        except RecursionError:
            return False  # seldom: whoever waits for packets refuses it
        except Exception as error:
            _failed(socket, error)
        return True

    async def _take(self, socket: RoomSocket, data: str) -> None:
        try:
            pkt = RoomPacket(encoded_packet=data)
        except RecursionError:
            self._refuse_deep(socket, data)
            return
        if pkt.packet_type == packet.EVENT:
            self._take_event(socket, pkt)
        elif pkt.packet_type == packet.CONNECT:
            await self._handle_connect(socket.sid, pkt.namespace, pkt.data)
        elif pkt.packet_type == packet.DISCONNECT:
            await self._handle_disconnect(socket.sid, pkt.namespace, self.reason.CLIENT_DISCONNECT)
        else:
            # Attachments are taken of nobody, and nothing of ours asks to be acknowledged.
            raise ValueError("a packet that clients do not send here")

    def _take_event(self, socket: RoomSocket, pkt: packet.Packet) -> None:
        namespace = pkt.namespace or "/"
        name = pkt.data[0] if isinstance(pkt.data, list) and pkt.data else None
        if not isinstance(name, str):
            raise ValueError("an event has no name")
        sid = self.manager.sid_from_eio_sid(socket.sid, namespace)
        if sid is None or not self.manager.is_connected(sid, namespace):
            return
        refusal = self._refusal(socket, namespace, name, len(pkt.data) - 1)
        if refusal is not None:
            self._refuse(socket, pkt, refusal)
            return
        socket.in_flight += 1
        task = asyncio.get_running_loop().create_task(self._handle(socket, sid, pkt))
        self._handling.add(task)
        task.add_done_callback(self._handling.discard)

    def _refusal(
        self, socket: RoomSocket, namespace: str, name: str, arguments: int
    ) -> PlusOneError | None:
        limited = self._admit(socket.sid) if self._admit is not None else None
        if limited is not None:
            return limited
        if socket.in_flight >= IN_FLIGHT:
            return RateLimited("Too much at once.", retry_after_ms=1000)
        handler = self.namespace_handlers.get(namespace)
        if name in RESERVED or not (
            hasattr(handler, f"on_{name}") or name in self.handlers.get(namespace, ())
        ):
            return BadRequest("There is no such event.")
        return None if arguments <= 1 else BadRequest("An event has one argument.")

    def _refuse(self, socket: RoomSocket, pkt: packet.Packet, error: PlusOneError) -> None:
        _events.labels("refused").inc()
        now = asyncio.get_running_loop().time()
        if now - socket.refusals_since > REFUSALS_S:
            socket.refusals, socket.refusals_since = 0, now
        socket.refusals += 1
        if socket.refusals > REFUSALS:
            socket.end(POLICY, "flood")
        elif pkt.id is not None:
            self._acknowledge(socket, pkt, refused(error))

    def _refuse_deep(self, socket: RoomSocket, data: str) -> None:
        """Refuse an event whose JSON the decoder gave up on: its head alone is read."""
        head, bracket, _ = data.partition("[")
        pkt = RoomPacket(encoded_packet=head) if bracket else None
        if pkt is None or pkt.packet_type != packet.EVENT or pkt.data is not None:
            raise ValueError("nested too deeply")
        self._refuse(socket, pkt, TooLarge("The request is nested too deeply."))

    async def _handle(self, socket: RoomSocket, sid: str, pkt: packet.Packet) -> None:
        name, argument = pkt.data[0], pkt.data[1] if len(pkt.data) == 2 else None
        try:
            reply = await self._handler(pkt.namespace or "/", name)(sid, argument)
            _handled.inc()
        except PlusOneError as error:
            _events.labels("refused").inc()
            reply = refused(error)
        except Exception:
            _events.labels("failed").inc()
            incident = new_id("inc")
            _log.exception("socket.event_failed", incident=incident)
            reply = refused(InternalError(incident))
        except asyncio.CancelledError:
            self._acknowledge(socket, pkt, refused(Unavailable("The service is leaving.")))
            raise
        finally:
            socket.in_flight -= 1
        self._acknowledge(socket, pkt, reply)

    def _handler(self, namespace: str, name: str) -> Callable[[str, object], Awaitable[Any]]:
        """Who handles the event; straight, since python-socketio looks for it anew each time."""
        handler = getattr(self.namespace_handlers.get(namespace), f"on_{name}", None)
        return handler or self.handlers[namespace][name]

    def _acknowledge(self, socket: RoomSocket, pkt: packet.Packet, reply: object) -> None:
        if pkt.id is None:
            return
        body = b"%d[%s]" % (pkt.id, msgspec.json.encode(reply))
        if pkt.namespace not in (None, "/"):
            body = f"{pkt.namespace},".encode() + body
        if socket.transport is not None:
            socket.write(text_frame(b"43" + body))
        else:
            socket.put(engine_packet.Packet(engine_packet.MESSAGE, "3" + body.decode()))


def _failed(socket: RoomSocket, error: Exception) -> None:
    """End a socket whose message could not even be refused."""
    if isinstance(error, (ValueError, msgspec.DecodeError)):
        _events.labels("garbage").inc()
        socket.end(BAD_DATA, "garbage")
    else:
        _log.exception("socket.failed", incident=new_id("inc"), exc_info=error)
        socket.cut("failed")


def refused(error: PlusOneError) -> dict[str, Any]:
    """How a client is told of `error` in an acknowledgement."""
    return {"ok": False, "error": error.as_json()}


def socket_server(
    *,
    allowed_origins: Callable[[str, web.Request], bool],
    address_of: Callable[[web.Request], str] = lambda request: request.remote or "",
    admit: Admit | None = None,
    per_address: int = 50,
    max_bytes: int = MAX_BYTES,
    unsent_at_most: int = UNSENT_AT_MOST,
    ping_interval_s: float = 25,
    ping_timeout_s: float = 20,
) -> RoomServer:
    """A Socket.IO server for aiohttp (`attach` it to an application, `close` it at the end).

    `allowed_origins(origin, request)` decides which pages may open a socket; a client that is no
    browser sends no origin and passes. `address_of` names the network address by which at most
    `per_address` sessions are counted ("" is not counted). No cookie is set or read here.
    """

    def allowed(origin: str, environ: dict[str, Any]) -> bool:
        return allowed_origins(origin, environ["aiohttp.request"])

    return RoomServer(
        admit,
        async_mode="aiohttp",
        cors_allowed_origins=allowed,
        cors_credentials=False,
        cookie=None,
        ping_interval=ping_interval_s,
        ping_timeout=ping_timeout_s,
        max_http_buffer_size=max_bytes,
        http_compression=False,
        namespaces=None,
        address_of=address_of,
        per_address=per_address,
        unsent_at_most=unsent_at_most,
    )

"""Engine.IO beneath the sockets: sessions that write straight to their WebSocket.

Stock engineio puts what it sends into a queue for each session, which a task of its own writes.
Here a session that has a WebSocket has neither: whatever is sent is handed to the transport at
once and in order, and nothing ever waits for a slow reader. The queue is left to clients that poll,
or that are changing from polling to a WebSocket. One timer a session does what stock leaves to two
tasks and a sweep over all sessions. Names private to engineio are used, so its version is pinned
exactly, and tests/interop fails when they move.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import engineio
from aiohttp import web
from engineio import exceptions, packet
from engineio.async_drivers.aiohttp import WebSocket
from engineio.async_socket import AsyncSocket
from engineio.packet import Packet
from prometheus_client import Counter as Figure
from prometheus_client import Gauge

from core.rooms.websocket import Incoming, Violation, accept
from core.rooms.wire import close_frame, text_frame

UNSENT_AT_MOST = 1024 * 1024
"""Bytes that may wait for one reader; past them its connection is cut."""
QUEUED_AT_MOST = 256
"""Packets that may wait for one client that polls; past them its session ends."""
MESSAGES_AHEAD = 64
"""Messages of one WebSocket that may wait to be handled; past them no more is read from it."""
PACKETS_AT_ONCE = 16
"""Packets in one POST, as engineio itself limits them."""

COME_BACK = 1012
"""WebSocket close code "service restart": clients connect again."""
BAD_DATA = 1007
POLICY = 1008

_CONTROL = {
    "1": Packet(packet.CLOSE),
    "2probe": Packet(packet.PING, "probe"),
    "3": Packet(packet.PONG),
    "5": Packet(packet.UPGRADE),
    "6": Packet(packet.NOOP),
}

_open = Gauge("plusone_sockets_open", "Engine.IO sessions.")
_ended = Figure("plusone_sockets_cut_total", "Sessions that the server ended.", ["reason"])


class Garbage(OSError):
    """What came is no Engine.IO. An OSError, as every end of a connection is to engineio."""


def read_packet(text: object) -> Packet:
    """The packet that a client sent; raises Garbage.

    Stock decoding tries any message as JSON, with a depth that only the interpreter's stack ends.
    """
    if isinstance(text, str):
        if text[:1] == "4" and text[1:2].isdecimal() and text[1:2].isascii():
            return Packet(packet.MESSAGE, text[1:])
        if (control := _CONTROL.get(text)) is not None:
            return control
    raise Garbage("not an Engine.IO packet")


class RoomSocket(AsyncSocket):
    """One Engine.IO session."""

    server: RoomEngine
    transport: asyncio.Transport | None = None
    """Where to write; None while the client polls, and when the session is over."""
    address: str = ""
    deflates: bool = False
    """Whether the WebSocket takes compressed messages."""
    in_flight: int = 0
    """Events that are being handled."""
    refusals: int = 0
    """Events refused since `refusals_since` (the loop's time)."""
    refusals_since: float = 0.0
    _timer: asyncio.TimerHandle | None = None

    @classmethod
    def adopt(cls, socket: AsyncSocket, address: str) -> RoomSocket:
        """Make a session of engineio, which offers no other way in, one of ours."""
        socket.__class__ = cls
        if not isinstance(socket, cls):
            raise TypeError("a session is of another class")
        socket.address = address
        return socket

    # Out

    async def send(self, pkt: Packet) -> None:
        self.put(pkt)

    def put(self, pkt: Packet) -> None:
        """Send `pkt`, now or when the client next polls; never waits."""
        if self.closed:
            return
        if self.transport is not None:
            encoded = pkt.encode()
            if isinstance(encoded, str):
                self.write(text_frame(encoded.encode()))
        elif self.queue.qsize() < QUEUED_AT_MOST:
            self.queue.put_nowait(pkt)
        elif not self.closing:
            self.cut("queue")

    def write(self, frame: bytes) -> None:
        """Write a whole WebSocket frame; cuts off a reader for whom too much is waiting."""
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size() > self.server.unsent_at_most:
            self.cut("unsent")
        else:
            transport.write(frame)

    def cut(self, reason: str) -> None:
        """End the connection at once, unsent data and all; the client comes back by itself."""
        _ended.labels(reason).inc()
        if self.transport is not None:
            self.transport.abort()
        else:
            self._close_later(self.server.reason.TRANSPORT_CLOSE)

    def end(self, code: int, reason: str) -> None:
        """End the connection after what was sent, with a WebSocket close code."""
        _ended.labels(reason).inc()
        self._end(code)
        if self.transport is None:
            self._close_later(self.server.reason.TRANSPORT_CLOSE)

    def _end(self, code: int) -> None:
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size():
            transport.abort()  # whoever does not read would not read the goodbye either
        else:
            transport.write(close_frame(code))
            transport.close()

    def _close_later(self, reason: str) -> None:
        self.server.own(self.close(wait=False, abort=True, reason=reason))

    async def close(
        self, wait: bool = True, abort: bool = False, reason: str | None = None
    ) -> None:
        """End the session; `wait` is not heeded, since nobody knows how long a reader takes."""
        if self.closed or self.closing:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.server.left(self)
        await super().close(wait=False, abort=abort, reason=reason)
        self._end(COME_BACK)
        self.transport = None
        self.queue.put_nowait(None)  # ends a poll that is waiting
        self.server.sockets.pop(self.sid, None)

    # Whether anybody is there

    def schedule_ping(self) -> None:
        """The client is there; ask again in a while. A second PONG to one PING changes nothing."""
        if self.last_ping is None or self.closed or self.closing:
            return
        self.last_ping = None
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_later(self.server.ping_interval, self._ask)

    def _ask(self) -> None:
        loop = asyncio.get_running_loop()
        self.last_ping = loop.time()
        self._timer = loop.call_later(self.server.ping_timeout, self._gone)
        self.put(Packet(packet.PING))

    def _gone(self) -> None:
        _ended.labels("ping").inc()
        if self.transport is not None:
            self.transport.abort()
        self._close_later(self.server.reason.PING_TIMEOUT)

    async def check_ping_timeout(self) -> bool:
        """The timer does this."""
        return not self.closed

    # In

    async def receive(self, pkt: Packet) -> None:
        if pkt.packet_type == packet.MESSAGE:
            await self.server.handlers["message"](self.sid, pkt.data)
        elif pkt.packet_type == packet.PONG:
            self.schedule_ping()
        elif pkt.packet_type == packet.CLOSE:
            await self.close(wait=False, abort=True, reason=self.server.reason.CLIENT_DISCONNECT)
        elif pkt.packet_type not in (packet.NOOP, packet.UPGRADE):
            raise Garbage("a packet out of place")

    async def handle_post_request(self, environ: dict[str, Any]) -> None:
        """What a client that polls sends; raises ContentTooLongError."""
        length = int(environ.get("CONTENT_LENGTH", "0"))
        if length > self.server.max_http_buffer_size:
            raise exceptions.ContentTooLongError
        body = await environ["wsgi.input"].read(length)
        try:
            texts = body.decode().split("\x1e")
            if len(texts) > PACKETS_AT_ONCE:
                raise Garbage("too many packets")
            for pkt in [read_packet(text) for text in texts]:
                await self.receive(pkt)
        except (Garbage, UnicodeDecodeError):
            _ended.labels("garbage").inc()
            await self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_ERROR)

    async def _upgrade_websocket(self, environ: dict[str, Any]) -> object:
        if not self._still_polls:
            return self.server._bad_request("The session has a WebSocket already")
        polls = self.connected
        try:
            return await self.server._async["websocket"](self._websocket_handler, self.server)(
                environ
            )
        finally:
            if not (polls and self._still_polls):
                await self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)

    @property
    def _still_polls(self) -> bool:
        return not (self.upgraded or self.upgrading)

    async def _websocket_handler(self, ws: WebSocket) -> None:
        """Read until the connection ends."""
        if not isinstance(ws, RoomWebSocket):
            raise TypeError("a WebSocket is of another class")
        try:
            if self.connected and not await self._upgrade(ws):
                return
            self.connected = self.upgraded = True
            self.transport, self.deflates = ws.transport, ws.deflates
            while not self.queue.empty():
                if (pkt := self.queue.get_nowait()) is not None:
                    self.put(pkt)
            ws.at_once = partial(self.server.at_once, self)
            while not self.closed:
                await self.receive(await ws.next_packet())
        except Garbage:
            self.end(BAD_DATA, "garbage")
        except Violation as error:
            self.end(error.code, "garbage")
        except OSError:
            pass  # the connection has ended; that is what this loop waits for

    async def _upgrade(self, ws: RoomWebSocket) -> bool:
        """Change from polling: both sides probe the WebSocket, then all goes there.

        See the Engine.IO protocol, "Upgrade". Meanwhile what is sent stays in the queue.
        """
        self.upgrading = True
        try:
            if (await ws.next_packet()).packet_type != packet.PING:
                return False
            ws.transport.write(text_frame(b"3probe"))
            self.queue.put_nowait(Packet(packet.NOOP))  # ends a poll that is waiting
            return (await ws.next_packet()).packet_type == packet.UPGRADE and not self.closed
        finally:
            self.upgrading = False


class RoomWebSocket(WebSocket):
    """The WebSocket beneath a session: what comes in waits here until the session asks for it."""

    transport: asyncio.Transport
    deflates: bool = False
    at_once: Callable[[str], bool] | None = None
    """Asked for each message that nothing is ahead of: True if that was all there is to do."""

    async def __call__(self, environ: dict[str, Any]) -> web.StreamResponse:
        request: web.Request = environ["aiohttp.request"]
        response, self.deflates = accept(request)
        try:
            await response.prepare(request)
        except ConnectionResetError:
            return response  # a page that was left at once; nobody is there to be told
        transport = request.transport
        if transport is None:
            raise ConnectionResetError("the client has gone")
        self.transport = transport
        self._came: deque[str] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._end: OSError | None = None
        incoming = Incoming(
            transport,
            self._received,
            self._ended,
            max_bytes=self.server.max_http_buffer_size,
            deflates=self.deflates,
        )
        # Of a parser aiohttp wants `feed_data` and `feed_eof`, whatever its class.
        request.protocol.set_parser(incoming)  # type: ignore[arg-type]
        request.protocol.keep_alive(False)
        await self.handler(self)
        if not transport.is_closing() and transport.get_write_buffer_size():
            transport.abort()  # aiohttp would wait for a reader who may never read
        return response

    async def next_packet(self) -> Packet:
        """The next packet. Raises Garbage, Violation, another OSError at the connection's end."""
        while not self._came:
            if self._end is not None:
                raise self._end
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        text = self._came.popleft()
        if not self._came:
            self.transport.resume_reading()
        return read_packet(text)

    def _received(self, text: str) -> None:
        if not self._came and self._waiting and self.at_once is not None and self.at_once(text):
            return
        self._came.append(text)
        if len(self._came) >= MESSAGES_AHEAD:
            self.transport.pause_reading()
        self._wake()

    def _ended(self, error: Violation | None) -> None:
        self._end = error or ConnectionResetError("the connection has ended")
        self._wake()

    @property
    def _waiting(self) -> bool:
        return self._waiter is not None and not self._waiter.done()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class RoomEngine(engineio.AsyncServer):
    """The Engine.IO server: sessions of ours, not too many of them for one address."""

    def __init__(
        self,
        *,
        address_of: Callable[[web.Request], str],
        per_address: int,
        unsent_at_most: int,
        **options: Any,
    ) -> None:
        super().__init__(monitor_clients=False, **options)
        self._async = {**self._async, "websocket": RoomWebSocket}
        self._address_of = address_of
        self._per_address = per_address
        self._addresses: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._one_left = asyncio.Event()
        self.unsent_at_most = unsent_at_most
        self.at_once: Callable[[RoomSocket, str], bool] = lambda _socket, _text: False
        """Handles a message that needs no waiting for anything; see `RoomWebSocket.at_once`."""

    def own(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` as a task that is known until it ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def left(self, socket: RoomSocket) -> None:
        """Count a session no longer."""
        _open.dec()
        self._addresses[socket.address] -= 1
        if not self._addresses[socket.address]:
            del self._addresses[socket.address]
        self._one_left.set()

    async def deserted(self) -> None:
        """Wait until there is no session."""
        while self._addresses:
            self._one_left.clear()
            await self._one_left.wait()

    async def close(self) -> None:
        """End every session in a way that makes its client come back; wait for what goes on."""
        for socket in list(self.sockets.values()):
            if isinstance(socket, RoomSocket):
                socket.end(COME_BACK, "leaving")
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _handle_connect(
        self, environ: dict[str, Any], transport: str, jsonp_index: int | None = None
    ) -> Any:
        address = self._address_of(environ["aiohttp.request"])
        if address and self._addresses[address] >= self._per_address:
            _ended.labels("address").inc()
            return {
                "status": "429 TOO MANY REQUESTS",
                "headers": [("Content-Type", "text/plain")],
                "response": b"Too many connections from one address",
            }
        return await super()._handle_connect(environ, transport, jsonp_index)

    async def _trigger_event(self, event: str, *args: Any, **options: Any) -> Any:
        if event == "connect":
            sid, environ = args
            address = self._address_of(environ["aiohttp.request"])
            RoomSocket.adopt(self.sockets[sid], address)
            self._addresses[address] += 1
            _open.inc()
        return await super()._trigger_event(event, *args, **options)

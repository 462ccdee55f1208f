"""Auctions served over real sockets, and a viewer who can be as slow or as rude as a test likes."""

import asyncio
import itertools
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol, Self

import aiohttp
import msgspec
import socketio
from aiohttp import web

from core.errors import Forbidden
from core.rooms.broadcast import FanOut, Pace
from core.rooms.events import Position, Reader
from core.rooms.kind import Command
from core.rooms.rooms import Rooms
from core.rooms.sockets import RoomServer, socket_server
from tests.core.rooms.auction import Bid, Say
from tests.core.rooms.conftest import ROOM

NAMESPACE = "/auction"


class AuctionNamespace(socketio.AsyncNamespace):
    """Who connects says who she is: `{id, staff}`; it is a toy."""

    def __init__(self, rooms: Rooms, fan_out: FanOut, server: RoomServer) -> None:
        super().__init__(NAMESPACE)
        self.gone: deque[str] = deque(maxlen=100)
        self._rooms = rooms
        self._fan_out = fan_out
        self._server = server
        self._who: dict[str, Reader] = {}

    async def on_connect(self, sid: str, _environ: dict[str, Any], auth: Any = None) -> None:
        who = auth or {}
        if who.get("id") == "nobody":
            raise Forbidden("Not you.", why="a test")
        ids = frozenset({who["id"]}) if "id" in who else frozenset()
        self._who[sid] = Reader(ids, bool(who.get("staff")))

    async def on_disconnect(self, sid: str, reason: str = "") -> None:
        self.gone.append(reason)
        self._who.pop(sid, None)
        self._fan_out.leave(sid)

    async def on_join(self, sid: str, data: Any) -> dict[str, Any]:
        room = self._rooms.room(data.get("room", ROOM), "auction")
        since = msgspec.convert(data["since"], Position) if data.get("since") else None
        joined = await self._fan_out.join(room, sid, self._who[sid], since)
        return {"ok": True, "whole": joined.whole, "missed": joined.missed}

    async def on_say(self, sid: str, data: Any) -> dict[str, Any]:
        return await self._tell(sid, data, Say(data["text"]))

    async def on_bid(self, sid: str, data: Any) -> dict[str, Any]:
        return await self._tell(sid, data, Bid(data["amount"]))

    async def on_echo(self, _sid: str, data: Any) -> Any:
        return data

    async def on_break(self, _sid: str, _data: Any) -> None:
        raise ZeroDivisionError("a handler is broken")

    async def on_wait(self, _sid: str, _data: Any) -> None:
        await asyncio.Event().wait()

    async def _tell(self, sid: str, data: Any, body: Any) -> dict[str, Any]:
        room = self._rooms.room(data.get("room", ROOM), "auction")
        reader = self._who[sid]
        command = Command(min(reader.ids, default="nobody"), data["request_id"], body)
        answer = await room.answer(await room.submit(command), reader)
        return {
            "ok": True,
            "first": answer.first,
            "last": answer.last,
            "repeated": answer.repeated,
            "events": answer.events,
        }


class At(Protocol):
    """Where auctions are served."""

    @property
    def url(self) -> str: ...


class Served:
    """One process that serves auctions."""

    def __init__(
        self, server: RoomServer, fan_out: FanOut, namespace: AuctionNamespace, port: int
    ) -> None:
        self.server = server
        self.fan_out = fan_out
        self.namespace = namespace
        self.port = port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def serving(
    rooms: Rooms, *, pace: Pace | None = None, port: int = 0, **options: Any
) -> AsyncIterator[Served]:
    """Serve `rooms`; `options` are those of `socket_server`."""
    options.setdefault("allowed_origins", lambda _origin, _request: True)
    options.setdefault("address_of", lambda _request: "")
    server = socket_server(**options)
    fan_out = FanOut(server, NAMESPACE, pace)
    namespace = AuctionNamespace(rooms, fan_out, server)
    server.register_namespace(namespace)
    app = web.Application()
    server.attach(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    try:
        yield Served(server, fan_out, namespace, runner.addresses[0][1])
    finally:
        await fan_out.close()
        await server.close()
        await runner.cleanup()


class Viewer:
    """A Socket.IO client by hand, over a WebSocket, that shows all it gets."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.told: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.pongs = True
        self._acks: dict[int, asyncio.Future[Any]] = {}
        self._ids = itertools.count(1)
        self._connected: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def at(cls, served: At, **who: Any) -> AsyncIterator[Self]:
        """Connect as `who` (`id`, `staff`)."""
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(
                f"{served.url}/socket.io/?EIO=4&transport=websocket", max_msg_size=0
            ) as ws,
        ):
            viewer = cls(ws)
            viewer.go_on()
            await ws.send_str(f"40{NAMESPACE},{json.dumps(who)}")
            await asyncio.wait_for(viewer._connected, 20)
            try:
                yield viewer
            finally:
                await viewer.pause()

    async def join(self, since: dict[str, Any] | None = None) -> dict[str, Any]:
        """Follow the auction."""
        reply: dict[str, Any] = await self.call("join", {"since": since})
        assert reply["ok"], reply
        return reply

    def go_on(self) -> None:
        """Read."""
        self._reading = asyncio.get_running_loop().create_task(self._read())

    async def pause(self) -> None:
        """Read no more."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def closed(self) -> int | None:
        """Wait until the connection has ended; its close code."""
        if self._reading is not None:
            await asyncio.wait_for(asyncio.shield(self._reading), 20)
        return self.ws.close_code

    async def call(self, event: str, data: Any = None) -> Any:
        """Send an event and return what it is acknowledged with."""
        number = next(self._ids)
        answer = self.expect(number)
        await self.ws.send_str(f"42{NAMESPACE},{number}{json.dumps([event, data])}")
        return await asyncio.wait_for(answer, 20)

    def expect(self, number: int) -> asyncio.Future[Any]:
        """What the event sent under `number` will be acknowledged with."""
        self._acks[number] = answer = asyncio.get_running_loop().create_future()
        return answer

    async def next(self, event: str) -> Any:
        """The next thing told as `event`; others before it are passed over."""
        while True:
            name, data = await asyncio.wait_for(self.told.get(), 20)
            if name == event:
                return data

    async def _read(self) -> None:
        async for message in self.ws:
            text = message.data
            if text == "2" and self.pongs:
                await self.ws.send_str("3")
            elif text.startswith((f"40{NAMESPACE},", f"44{NAMESPACE},")):
                kind, _, body = text.partition(",")
                self._connected.set_result((kind[:2], json.loads(body)))
            elif text.startswith(f"42{NAMESPACE},"):
                name, data = json.loads(text.partition(",")[2])
                self.told.put_nowait((name, data))
            elif text.startswith(f"43{NAMESPACE},"):
                number, _, body = text.partition(",")[2].partition("[")
                self._acks.pop(int(number)).set_result(json.loads(f"[{body}")[0])

    @property
    async def connected(self) -> Any:
        """(`40` or `44`, what came with it)."""
        return await self._connected


class Poller:
    """An Engine.IO client by hand that polls."""

    def __init__(self, served: Served, session: aiohttp.ClientSession) -> None:
        self._url = f"{served.url}/socket.io/?EIO=4&transport=polling"
        self._session = session

    async def begin(self) -> None:
        [opened] = await self.poll()
        self._url += f"&sid={json.loads(opened[1:])['sid']}"

    async def open(self) -> None:
        await self.begin()
        await self.send(f"40{NAMESPACE},")
        assert (await self.poll())[0].startswith(f"40{NAMESPACE}")

    async def poll(self) -> list[str]:
        async with self._session.get(self._url) as response:
            body = await response.text()
            return body.split("\x1e") if response.status == 200 else [str(response.status)]

    async def send(self, *texts: str) -> int:
        async with self._session.post(self._url, data="\x1e".join(texts)) as response:
            return response.status

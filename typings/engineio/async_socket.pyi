import asyncio
from typing import Any

from .async_drivers.aiohttp import WebSocket
from .async_server import AsyncServer
from .packet import Packet

class AsyncSocket:
    server: AsyncServer
    sid: str
    queue: asyncio.Queue[Packet | None]
    last_ping: float | None
    connected: bool
    upgrading: bool
    upgraded: bool
    closing: bool
    closed: bool
    session: dict[str, Any]
    def __init__(self, server: AsyncServer, sid: str) -> None: ...
    async def poll(self) -> list[Packet]: ...
    async def receive(self, pkt: Packet) -> None: ...
    async def check_ping_timeout(self) -> bool: ...
    async def send(self, pkt: Packet) -> None: ...
    async def close(
        self, wait: bool = True, abort: bool = False, reason: str | None = None
    ) -> None: ...
    def schedule_ping(self) -> None: ...
    async def _websocket_handler(self, ws: WebSocket) -> None: ...

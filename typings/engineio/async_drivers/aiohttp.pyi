from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp.web import StreamResponse, WebSocketResponse
from engineio.async_server import AsyncServer

class WebSocket:
    handler: Callable[[WebSocket], Awaitable[None]]
    server: AsyncServer
    environ: dict[str, Any]
    _sock: WebSocketResponse
    def __init__(
        self, handler: Callable[[WebSocket], Awaitable[None]], server: AsyncServer
    ) -> None: ...
    async def __call__(self, environ: dict[str, Any]) -> StreamResponse: ...
    async def close(self) -> None: ...
    async def send(self, message: str | bytes | bytearray) -> None: ...
    async def wait(self) -> str | bytes: ...

from collections.abc import Callable
from logging import Logger
from typing import Any

from aiohttp.web import Application

from .async_socket import AsyncSocket
from .packet import Packet

class AsyncServer:
    class reason:
        SERVER_DISCONNECT: str
        CLIENT_DISCONNECT: str
        PING_TIMEOUT: str
        TRANSPORT_CLOSE: str
        TRANSPORT_ERROR: str

    sockets: dict[str, AsyncSocket]
    handlers: dict[str, Callable[..., Any]]
    logger: Logger
    ping_interval: float
    ping_timeout: float
    max_http_buffer_size: int
    start_service_task: bool
    _async: dict[str, Any]
    def attach(self, app: Application, engineio_path: str = "engine.io") -> None: ...
    def on(self, event: str, handler: Callable[..., Any] | None = None) -> Any: ...
    def transport(self, sid: str) -> str: ...
    async def send(self, sid: str, data: object) -> None: ...
    async def send_packet(self, sid: str, pkt: Packet) -> None: ...
    async def disconnect(self, sid: str | None = None) -> None: ...
    async def handle_request(self, *args: Any, **kwargs: Any) -> Any: ...
    async def shutdown(self) -> None: ...
    async def _trigger_event(self, event: str, *args: object, **kwargs: object) -> Any: ...
    def _get_socket(self, sid: str) -> AsyncSocket: ...

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from logging import Logger
from typing import Any, TypeVar, overload

import engineio
from aiohttp.web import Application
from engineio import packet as eio_packet

from .async_manager import AsyncManager
from .async_namespace import AsyncNamespace
from .packet import Packet

_Handler = TypeVar("_Handler", bound=Callable[..., Any])

class AsyncServer:
    reason: type[engineio.AsyncServer.reason]
    eio: engineio.AsyncServer
    manager: AsyncManager
    manager_initialized: bool
    packet_class: type[Packet]
    environ: dict[str, dict[str, Any]]
    handlers: dict[str, dict[str, Callable[..., Any]]]
    namespace_handlers: dict[str, AsyncNamespace]
    not_handled: object
    logger: Logger
    def __init__(
        self,
        client_manager: AsyncManager | None = None,
        logger: bool | Logger = False,
        json: Any = None,
        async_handlers: bool = True,
        namespaces: list[str] | str | None = None,
        *,
        serializer: str | type[Packet] = "default",
        always_connect: bool = False,
        engineio_logger: bool | Logger = False,
        async_mode: str | None = None,
        ping_interval: float | tuple[float, float] = 25,
        ping_timeout: float = 20,
        max_http_buffer_size: int = 1_000_000,
        allow_upgrades: bool = True,
        http_compression: bool = True,
        compression_threshold: int = 1024,
        cookie: str | dict[str, Any] | None = None,
        cors_allowed_origins: str | list[str] | Callable[..., bool] | None = None,
        cors_credentials: bool = True,
        monitor_clients: bool | None = None,
        transports: list[str] | None = None,
    ) -> None: ...
    def attach(self, app: Application, socketio_path: str = "socket.io") -> None: ...
    @overload
    def on(
        self, event: str, handler: None = None, namespace: str | None = None
    ) -> Callable[[_Handler], _Handler]: ...
    @overload
    def on(self, event: str, handler: Callable[..., Any], namespace: str | None = None) -> None: ...
    def register_namespace(self, namespace_handler: AsyncNamespace) -> None: ...
    def rooms(self, sid: str, namespace: str | None = None) -> list[str]: ...
    def transport(self, sid: str, namespace: str | None = None) -> str: ...
    def get_environ(self, sid: str, namespace: str | None = None) -> dict[str, Any] | None: ...
    async def emit(
        self,
        event: str,
        data: object = None,
        to: str | list[str] | None = None,
        room: str | list[str] | None = None,
        skip_sid: str | list[str] | None = None,
        namespace: str | None = None,
        callback: Callable[..., object] | None = None,
        ignore_queue: bool = False,
    ) -> None: ...
    async def call(
        self,
        event: str,
        data: object = None,
        to: str | None = None,
        sid: str | None = None,
        namespace: str | None = None,
        timeout: float = 60,
        ignore_queue: bool = False,
    ) -> Any: ...
    async def enter_room(self, sid: str, room: str, namespace: str | None = None) -> None: ...
    async def leave_room(self, sid: str, room: str, namespace: str | None = None) -> None: ...
    async def close_room(self, room: str, namespace: str | None = None) -> None: ...
    async def get_session(self, sid: str, namespace: str | None = None) -> dict[str, Any]: ...
    async def save_session(
        self, sid: str, session: dict[str, Any], namespace: str | None = None
    ) -> None: ...
    def session(
        self, sid: str, namespace: str | None = None
    ) -> AbstractAsyncContextManager[dict[str, Any]]: ...
    async def disconnect(
        self, sid: str, namespace: str | None = None, ignore_queue: bool = False
    ) -> None: ...
    async def shutdown(self) -> None: ...
    def start_background_task(
        self, target: Callable[..., Awaitable[object]], *args: object, **kwargs: object
    ) -> asyncio.Task[Any]: ...
    async def _send_packet(self, eio_sid: str, pkt: Packet) -> None: ...
    async def _send_eio_packet(self, eio_sid: str, eio_pkt: eio_packet.Packet) -> None: ...
    async def _handle_connect(self, eio_sid: str, namespace: str | None, data: object) -> None: ...
    async def _handle_disconnect(
        self, eio_sid: str, namespace: str | None, reason: str | None = None
    ) -> None: ...
    async def _handle_event(
        self, eio_sid: str, namespace: str | None, id: int | None, data: list[Any]
    ) -> None: ...
    async def _handle_event_internal(
        self,
        server: AsyncServer,
        sid: str,
        eio_sid: str,
        data: list[Any],
        namespace: str,
        id: int | None,
    ) -> None: ...
    async def _trigger_event(self, event: str, namespace: str, *args: object) -> Any: ...
    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None: ...
    async def _handle_eio_message(self, eio_sid: str, data: str | bytes) -> None: ...
    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None: ...
    def _engineio_server_class(self) -> type[engineio.AsyncServer]: ...

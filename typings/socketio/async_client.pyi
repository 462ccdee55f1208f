from collections.abc import Callable, Mapping, Sequence
from logging import Logger
from typing import Any, TypeVar, overload

import engineio
from aiohttp import ClientSession

_Handler = TypeVar("_Handler", bound=Callable[..., Any])

class AsyncClient:
    connected: bool
    namespaces: dict[str, str]
    eio: engineio.AsyncClient
    handlers: dict[str, dict[str, Callable[..., Any]]]
    def __init__(
        self,
        reconnection: bool = True,
        reconnection_attempts: int = 0,
        reconnection_delay: float = 1,
        reconnection_delay_max: float = 5,
        randomization_factor: float = 0.5,
        logger: bool | Logger = False,
        serializer: str = "default",
        json: Any = None,
        handle_sigint: bool = True,
        *,
        request_timeout: float = 5,
        http_session: ClientSession | None = None,
        ssl_verify: bool = True,
        websocket_extra_options: dict[str, Any] | None = None,
        engineio_logger: bool | Logger = False,
    ) -> None: ...
    @overload
    def on(
        self, event: str, handler: None = None, namespace: str | None = None
    ) -> Callable[[_Handler], _Handler]: ...
    @overload
    def on(self, event: str, handler: Callable[..., Any], namespace: str | None = None) -> None: ...
    async def connect(
        self,
        url: str | Callable[[], str],
        headers: Mapping[str, str] | Callable[[], Mapping[str, str]] = ...,
        auth: object = None,
        transports: Sequence[str] | None = None,
        namespaces: str | Sequence[str] | None = None,
        socketio_path: str = "socket.io",
        wait: bool = True,
        wait_timeout: float = 1,
        retry: bool = False,
    ) -> None: ...
    async def wait(self) -> None: ...
    async def emit(
        self,
        event: str,
        data: object = None,
        namespace: str | None = None,
        callback: Callable[..., object] | None = None,
    ) -> None: ...
    async def call(
        self,
        event: str,
        data: object = None,
        namespace: str | None = None,
        timeout: float = 60,
    ) -> Any: ...
    async def disconnect(self) -> None: ...
    async def shutdown(self) -> None: ...
    def get_sid(self, namespace: str | None = None) -> str | None: ...
    def transport(self) -> str: ...

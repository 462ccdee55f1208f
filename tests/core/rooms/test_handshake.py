"""A WebSocket's handshake with somebody who is gone before its end."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import AsyncMock, Mock

from aiohttp.client_exceptions import ClientConnectionResetError
from aiohttp.test_utils import make_mocked_request

from core.rooms.engine import RoomWebSocket


async def test_a_page_that_is_left_during_the_handshake_is_no_error() -> None:
    gone = ClientConnectionResetError("Cannot write to closing transport")
    writer = Mock(write_headers=AsyncMock(side_effect=gone), send_headers=Mock(side_effect=gone))
    headers = {
        "Host": "shop.test",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    request = make_mocked_request("GET", "/socket.io/", headers=headers, writer=writer)
    handler = AsyncMock()
    socket = RoomWebSocket(handler, cast("Any", SimpleNamespace(max_http_buffer_size=1_000)))
    await socket({"aiohttp.request": request})
    handler.assert_not_awaited()

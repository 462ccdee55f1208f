"""The server's side of a WebSocket (RFC 6455) whose messages are compressed each by itself.

aiohttp's own wakes a task for each message, and keeps 40 KiB for each socket that has ever sent one
compressed (RFC 7692), so that it could not be switched on for thousands of viewers. Here a message
is handed over in the step of the loop in which it came, and neither side keeps anything from one
message to the next (`no_context_takeover`): what comes is decompressed by an object that goes with
it, and what goes out to many is compressed once for all of them.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import zlib
from collections.abc import Callable

from aiohttp import web

from core.rooms.wire import close_frame, control_frame

PROTOCOL, BAD_DATA, TOO_BIG = 1002, 1007, 1009
"""Close codes (RFC 6455 §7.4.1)."""

UNREAD_AT_MOST = 64 * 1024
"""Bytes that a client may leave unread and still have its pings answered."""

_CONTINUATION, _TEXT, _BINARY, _CLOSE, _PING, _PONG = 0, 1, 2, 8, 9, 10
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_DEFLATE = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
_WITHOUT = ("server_no_context_takeover", "client_no_context_takeover")
_MAY_HAVE = ("client_max_window_bits",)


class Violation(OSError):
    """The client broke the protocol; `code` is the close code that says how."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def accept(request: web.Request) -> tuple[web.StreamResponse, bool]:
    """The answer to an opening handshake, and whether messages may come and go compressed.

    Raises HTTPBadRequest, HTTPUpgradeRequired.
    """
    key = request.headers.get("Sec-WebSocket-Key", "")
    try:
        if len(base64.b64decode(key, validate=True)) != 16:
            raise web.HTTPBadRequest(text="The WebSocket key is of another length.")
    except binascii.Error:
        raise web.HTTPBadRequest(text="The WebSocket key is none.") from None
    if request.headers.get("Sec-WebSocket-Version") != "13":
        raise web.HTTPUpgradeRequired(headers={"Sec-WebSocket-Version": "13"})
    proof = hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()
    response = web.StreamResponse(
        status=101,
        headers={
            "Upgrade": "websocket",
            "Connection": "upgrade",
            "Sec-WebSocket-Accept": base64.b64encode(proof).decode(),
        },
    )
    response.force_close()
    deflates = any(map(_may_deflate, request.headers.getall("Sec-WebSocket-Extensions", [])))
    if deflates:
        response.headers["Sec-WebSocket-Extensions"] = _DEFLATE
    return response, deflates


def _may_deflate(extensions: str) -> bool:
    """Whether one of these offers can be taken up as we do it (RFC 7692 §7.1)."""
    return any(_is_offer(offer.split(";")) for offer in extensions.split(","))


def _is_offer(words: list[str]) -> bool:
    name, *parameters = (word.strip().lower() for word in words)
    # A smaller window for what we send would have to be asked of the compressor: declined.
    return name == "permessage-deflate" and all(
        parameter in _WITHOUT or parameter.partition("=")[0] in _MAY_HAVE
        for parameter in parameters
    )


class Incoming:
    """What comes in on one WebSocket; aiohttp feeds it.

    `received` is called with each message as it comes, `ended` once, with a Violation or with None
    when the connection is over. Pings and the closing handshake are answered.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        received: Callable[[str], None],
        ended: Callable[[Violation | None], None],
        *,
        max_bytes: int,
        deflates: bool,
    ) -> None:
        self._transport = transport
        self._received = received
        self._ended = ended
        self._max_bytes = max_bytes
        self._deflates = deflates
        self._rest = b""
        self._parts: list[bytes] = []
        self._size = 0
        self._compressed = False
        self._begun = False
        self._over = False

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Take `data` in; (False, b"") always, as aiohttp wants to know if it may go on."""
        try:
            self._take(self._rest + data if self._rest else data)
        except Violation as error:
            self._end(error)
        return False, b""

    def feed_eof(self) -> None:
        self._end(None)

    def _end(self, error: Violation | None) -> None:
        if not self._over:
            self._over = True
            self._rest = b""
            self._parts.clear()
            self._ended(error)

    def _take(self, data: bytes) -> None:
        at, end = 0, len(data)
        while end - at >= 2 and not self._over:
            size, start = data[at + 1] & 0x7F, at + 2
            if size >= 126:
                length = 2 if size == 126 else 8
                if end - start < length:
                    break
                size = int.from_bytes(data[start : start + length], "big")
                start += length
            if not data[at + 1] & 0x80:
                raise Violation(PROTOCOL, "a client masks what it sends")
            if size > self._max_bytes:
                raise Violation(TOO_BIG, "a frame is too long")
            if end - start < 4 + size:
                break
            mask, payload = data[start : start + 4], data[start + 4 : start + 4 + size]
            self._frame(data[at], _unmasked(payload, mask))
            at = start + 4 + size
        self._rest = b"" if self._over else data[at:]

    def _frame(self, head: int, payload: bytes) -> None:
        opcode, final, reserved = head & 0x0F, head & 0x80, head & 0x70
        if opcode >= _CLOSE:
            if not final or reserved or len(payload) > 125:
                raise Violation(PROTOCOL, "a control frame is out of shape")
            self._control(opcode, payload)
            return
        if opcode == _CONTINUATION:
            if not self._begun or reserved:
                raise Violation(PROTOCOL, "nothing to continue")
        elif opcode == _BINARY:
            raise Violation(BAD_DATA, "not text")
        elif opcode != _TEXT or self._begun or (reserved and not self._is_deflated(reserved)):
            raise Violation(PROTOCOL, "a frame out of place")
        else:
            self._begun, self._compressed = True, bool(reserved)
        self._size += len(payload)
        if self._size > self._max_bytes:
            raise Violation(TOO_BIG, "a message is too long")
        if payload:  # so that they are bounded in number too
            self._parts.append(payload)
        if final:
            whole = payload if self._size == len(payload) else b"".join(self._parts)
            self._parts.clear()
            self._begun, self._size = False, 0
            self._received(self._text(whole))

    def _is_deflated(self, reserved: int) -> bool:
        return self._deflates and reserved == 0x40

    def _text(self, payload: bytes) -> str:
        if self._compressed:
            payload = self._inflated(payload)
        try:
            return payload.decode()
        except UnicodeDecodeError:
            raise Violation(BAD_DATA, "not UTF-8") from None

    def _inflated(self, payload: bytes) -> bytes:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            whole = inflate.decompress(payload + b"\x00\x00\xff\xff", self._max_bytes + 1)
        except zlib.error:
            raise Violation(BAD_DATA, "not deflated") from None
        if len(whole) > self._max_bytes:
            raise Violation(TOO_BIG, "a message is too long")
        return whole

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            # Whoever asks for ever and never reads is to fill nobody's memory.
            unread = self._transport.get_write_buffer_size()
            if unread < UNREAD_AT_MOST and not self._transport.is_closing():
                self._transport.write(control_frame(_PONG, payload))
        elif opcode == _CLOSE:
            if not self._transport.is_closing():
                code = int.from_bytes(payload[:2], "big") if len(payload) >= 2 else 1000
                self._transport.write(close_frame(code if 1000 <= code < 5000 else PROTOCOL))
                # The session may end for its own reasons too: nothing is said after a goodbye.
                self._transport.close()
            self._end(None)
        elif opcode != _PONG:
            raise Violation(PROTOCOL, "an unknown frame")


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    if mask == b"\0\0\0\0" or not size:
        return payload
    key = (mask * (size // 4 + 1))[:size]
    unmasked = int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")
    return unmasked.to_bytes(size, "little")

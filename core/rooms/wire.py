"""One Socket.IO event, encoded once, in the forms that its receivers' transports take."""

from __future__ import annotations

import zlib

import msgspec
from engineio import packet

_TEXT = 0x81
_DEFLATED_TEXT = 0xC1
_CLOSE = 8

WORTH_DEFLATING = 512
"""Bytes; compressing less would save nobody anything."""


def text_frame(payload: bytes) -> bytes:
    """An unmasked WebSocket text frame, whole (RFC 6455 §5.2)."""
    return _frame(_TEXT, payload)


def deflated_frame(payload: bytes) -> bytes:
    """The same, compressed by itself (RFC 7692 §7.2.1): for those who have agreed to that.

    Level 1: a busy room's frame becomes twenty times smaller in half a millisecond.
    """
    compressor = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    octets = compressor.compress(payload) + compressor.flush(zlib.Z_SYNC_FLUSH)
    return _frame(_DEFLATED_TEXT, octets[:-4])


def _frame(head: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes((head, size)) + payload
    if size < 65_536:
        return bytes((head, 126)) + size.to_bytes(2, "big") + payload
    return bytes((head, 127)) + size.to_bytes(8, "big") + payload


def control_frame(opcode: int, payload: bytes) -> bytes:
    """A WebSocket control frame of at most 125 bytes (RFC 6455 §5.5)."""
    return bytes((0x80 | opcode, len(payload))) + payload


def close_frame(code: int) -> bytes:
    """A WebSocket close frame (RFC 6455 §5.5.1, codes §7.4)."""
    return control_frame(_CLOSE, code.to_bytes(2, "big"))


class Wire:
    """An event on its way to many sockets. `body` is its one argument as JSON."""

    __slots__ = ("_deflated", "_packet", "_payload", "event", "websocket")

    def __init__(self, namespace: str, event: str, body: bytes) -> None:
        self.event = event
        # Engine.IO's 4 is a message, Socket.IO's 2 an event.
        self._payload = b"42%s,[%s,%s]" % (namespace.encode(), msgspec.json.encode(event), body)
        self._packet: packet.Packet | None = None
        self._deflated: bytes | None = None
        self.websocket = text_frame(self._payload)

    @property
    def deflated(self) -> bytes:
        """For WebSockets that take compressed messages; as it is where that is not worth it."""
        if self._deflated is None:
            worth = len(self._payload) >= WORTH_DEFLATING
            self._deflated = deflated_frame(self._payload) if worth else self.websocket
        return self._deflated

    @property
    def packet(self) -> packet.Packet:
        """For the queues of sockets that poll; one for all, since it keeps its encoded form."""
        if self._packet is None:
            self._packet = packet.Packet(packet.MESSAGE, self._payload[1:].decode())
        return self._packet

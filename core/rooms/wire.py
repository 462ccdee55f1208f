"""One Socket.IO event, encoded once, in the forms that its receivers' transports take."""

from __future__ import annotations

import msgspec
from engineio import packet

_FIN_TEXT = 0x81
_FIN_CLOSE = 0x88


def text_frame(payload: bytes) -> bytes:
    """An unmasked WebSocket text frame, whole (RFC 6455 §5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((_FIN_TEXT, size)) + payload
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def close_frame(code: int) -> bytes:
    """A WebSocket close frame (RFC 6455 §5.5.1, codes §7.4)."""
    return bytes((_FIN_CLOSE, 2)) + code.to_bytes(2, "big")


class Wire:
    """An event on its way to many sockets. `body` is its one argument as JSON."""

    __slots__ = ("_packet", "_payload", "event", "websocket")

    def __init__(self, namespace: str, event: str, body: bytes) -> None:
        self.event = event
        # Engine.IO's 4 is a message, Socket.IO's 2 an event.
        self._payload = b"42%s,[%s,%s]" % (namespace.encode(), msgspec.json.encode(event), body)
        self._packet: packet.Packet | None = None
        self.websocket = text_frame(self._payload)

    @property
    def packet(self) -> packet.Packet:
        """For the queues of sockets that poll; one for all, since it keeps its encoded form."""
        if self._packet is None:
            self._packet = packet.Packet(packet.MESSAGE, self._payload[1:].decode())
        return self._packet

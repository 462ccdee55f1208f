"""The WebSocket protocol as it comes in, byte by byte if need be (RFC 6455, RFC 7692)."""

from __future__ import annotations

import asyncio
import zlib
from typing import cast

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from core.rooms.websocket import (
    BAD_DATA,
    PROTOCOL,
    TOO_BIG,
    UNREAD_AT_MOST,
    Incoming,
    Violation,
    accept,
)
from core.rooms.wire import Wire, deflated_frame, text_frame

MASK = b"\x01\xfe\x80\x7f"
MOST = 1_000


class Transport:
    """Keeps what is written to it; `unread` bytes of it wait for whoever never reads."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.unread = 0
        self.closed = False

    def get_write_buffer_size(self) -> int:
        return self.unread

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


class End:
    """A server's end of a connection."""

    def __init__(self, *, deflates: bool = True) -> None:
        self.transport = Transport()
        self.texts: list[str] = []
        self.ends: list[Violation | None] = []
        transport = cast("asyncio.Transport", self.transport)
        self.incoming = Incoming(
            transport, self.texts.append, self.ends.append, max_bytes=MOST, deflates=deflates
        )

    def take(self, *frames: bytes) -> End:
        self.incoming.feed_data(b"".join(frames))
        return self

    @property
    def code(self) -> int | None:
        (end,) = self.ends
        return None if end is None else end.code


def masked(head: int, payload: bytes, mask: bytes = MASK) -> bytes:
    size = len(payload)
    if size < 126:
        lead = bytes((head, 0x80 | size))
    elif size < 65_536:
        lead = bytes((head, 0x80 | 126)) + size.to_bytes(2, "big")
    else:
        lead = bytes((head, 0x80 | 127)) + size.to_bytes(8, "big")
    return lead + mask + bytes(octet ^ mask[i % 4] for i, octet in enumerate(payload))


def said(text: str) -> bytes:
    return masked(0x81, text.encode())


def deflated(payload: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (compressor.compress(payload) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


@given(
    st.lists(st.text(max_size=200), max_size=5),
    st.integers(1, 40),
    st.binary(min_size=4, max_size=4),
)
def test_messages_come_whole_however_they_are_cut(
    texts: list[str], piece: int, mask: bytes
) -> None:
    end = End()
    octets = b"".join(masked(0x81, text.encode(), mask) for text in texts)
    for start in range(0, len(octets), piece):
        end.incoming.feed_data(octets[start : start + piece])
    assert end.texts == texts
    assert end.ends == []


def test_who_never_reads_is_answered_no_pings() -> None:
    end = End()
    end.transport.unread = UNREAD_AT_MOST
    end.take(masked(0x89, b"there?"))
    assert end.transport.written == []
    end.transport.unread = 0
    end.take(masked(0x89, b"there?"))
    assert len(end.transport.written) == 1


def test_a_message_may_come_in_fragments_with_a_ping_between() -> None:
    end = End().take(
        masked(0x01, "你".encode()[:2]),
        masked(0x89, b"there?"),
        masked(0x00, b""),
        masked(0x80, "你".encode()[2:] + b"!"),
        said("next"),
    )
    assert end.texts == ["你!", "next"]
    assert end.transport.written == [b"\x8a\x06there?"]


def test_compressed_messages_are_read_each_by_itself() -> None:
    first, second = deflated(b"42 one one one"), deflated(b"42 two two two")
    end = End().take(masked(0xC1, first), masked(0x41, second[:5]), masked(0x80, second[5:]))
    assert end.texts == ["42 one one one", "42 two two two"]


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([text_frame(b"not masked")], PROTOCOL),
        ([masked(0x80, b"continues nothing")], PROTOCOL),
        ([masked(0x01, b"a"), masked(0x81, b"b")], PROTOCOL),
        ([masked(0xA1, b"a reserved bit")], PROTOCOL),
        ([masked(0x01, b"a"), masked(0xC0, b"compressed in the middle")], PROTOCOL),
        ([masked(0x83, b"an unknown opcode")], PROTOCOL),
        ([masked(0x8B, b"an unknown control")], PROTOCOL),
        ([masked(0x09, b"a ping in parts")], PROTOCOL),
        ([masked(0x89, b"a" * 126)], PROTOCOL),
        ([masked(0x82, b"binary")], BAD_DATA),
        ([masked(0x81, b"\xff\xfe")], BAD_DATA),
        ([masked(0xC1, b"not deflated")], BAD_DATA),
        ([masked(0x81, b"a" * (MOST + 1))], TOO_BIG),
        ([masked(0x81, b"a" * (MOST + 1))[:6]], TOO_BIG),
        ([masked(0x01, b"a" * 600), masked(0x80, b"a" * 600)], TOO_BIG),
        ([masked(0xC1, deflated(b"a" * 1_000_000))], TOO_BIG),
    ],
)
def test_who_breaks_the_protocol_is_told_by_the_code(frames: list[bytes], code: int) -> None:
    end = End().take(*frames, said("too late"))
    assert end.code == code
    assert end.texts == []


def test_what_was_not_agreed_upon_is_refused() -> None:
    assert End(deflates=False).take(masked(0xC1, deflated(b"a"))).code == PROTOCOL


def test_a_close_is_answered_and_ends_it_once() -> None:
    end = End().take(masked(0x88, b"\x03\xe9bye"), said("too late"))
    end.incoming.feed_eof()
    assert end.code is None
    assert end.transport.written == [b"\x88\x02\x03\xe9"]
    assert end.transport.closed


def test_empty_fragments_without_end_take_no_memory() -> None:
    end = End().take(masked(0x01, b"a"), *[masked(0x00, b"")] * 1_000)
    assert len(end.incoming._parts) == 1


def request(**headers: str) -> web.Request:
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    return make_mocked_request("GET", "/", headers=upgrade | headers)


def test_the_handshake_is_the_one_of_the_standard() -> None:
    response, deflates = accept(request())
    assert response.status == 101
    assert response.headers["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert not deflates


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        ("permessage-deflate; client_max_window_bits", True),
        ("permessage-deflate", True),
        ("x-webkit-deflate-frame, permessage-deflate; client_max_window_bits=10", True),
        ("permessage-deflate; server_max_window_bits=10, permessage-deflate", True),
        ("permessage-deflate; server_max_window_bits=10", False),
        ("permessage-deflate; unheard_of", False),
        ("permessage-bzip2", False),
    ],
)
def test_compression_is_agreed_upon_as_offered_or_not_at_all(offered: str, taken: bool) -> None:
    response, deflates = accept(request(**{"Sec-WebSocket-Extensions": offered}))
    assert deflates is taken
    assert ("Sec-WebSocket-Extensions" in response.headers) is taken


@pytest.mark.parametrize("key", ["", "short", "dGhlIHNhbXBsZQ==", "!" * 24])
def test_a_handshake_without_a_key_is_refused(key: str) -> None:
    with pytest.raises(web.HTTPBadRequest):
        accept(request(**{"Sec-WebSocket-Key": key}))


def test_another_version_is_told_ours() -> None:
    with pytest.raises(web.HTTPUpgradeRequired):
        accept(request(**{"Sec-WebSocket-Version": "8"}))


def test_a_frame_for_many_is_compressed_once_and_a_short_one_never() -> None:
    frame = Wire("/live", "frame", b'{"events":[' + b'{"text":"+1"},' * 500 + b"0]}")
    assert frame.deflated is frame.deflated
    assert frame.deflated[0] == 0xC1
    assert len(frame.deflated) < len(frame.websocket) / 20
    short = Wire("/live", "pulse", b"{}")
    assert short.deflated is short.websocket


@given(st.binary(max_size=2_000))
def test_what_goes_out_compressed_is_what_went_in(payload: bytes) -> None:
    frame = deflated_frame(payload)
    start = {126: 4, 127: 10}.get(frame[1], 2)
    inflate = zlib.decompressobj(-15)
    assert inflate.decompress(frame[start:] + b"\0\0\xff\xff") == payload

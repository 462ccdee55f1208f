"""Fragmented MP4, taken apart again (ISO/IEC 14496-12)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple


class Taken(NamedTuple):
    """One sample as a player finds it: `at` and `duration` in ticks of its track."""

    at: int
    duration: int
    data: bytes
    is_key: bool


class Fragment(NamedTuple):
    sequence: int
    tracks: dict[int, list[Taken]]


def boxes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(kind, what is in it) of each box; they have to fill `data` exactly."""
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        assert 8 <= size <= len(data) - at
        yield kind.decode(), data[at + 8 : at + size]
        at += size


def inside(data: bytes, *path: str) -> bytes:
    """What is in the box at `path`, the first of its kind on each floor."""
    for kind in path:
        data = next(body for name, body in boxes(data) if name == kind)
    return data


def fragments(data: bytes) -> list[Fragment]:
    """Every `moof` of `data`, its samples fetched from where it says that they are."""
    found, at = [], 0
    for kind, body in boxes(data):
        if kind == "moof":
            found.append(_fragment(data, at, body))
        at += 8 + len(body)
    return found


def _fragment(data: bytes, moof: int, body: bytes) -> Fragment:
    tracks = {}
    for kind, traf in boxes(body):
        if kind == "traf":
            flags, track = struct.unpack(">II", inside(traf, "tfhd"))
            assert flags == 0x02_0000, "offsets are counted from the moof"
            version, at = struct.unpack(">IQ", inside(traf, "tfdt"))
            assert version == 1 << 24
            tracks[track] = list(_run(data, moof, inside(traf, "trun"), at))
    [sequence] = struct.unpack(">I", inside(body, "mfhd")[4:])
    return Fragment(sequence, tracks)


def _run(data: bytes, moof: int, trun: bytes, at: int) -> Iterator[Taken]:
    flags, count, offset = struct.unpack_from(">IIi", trun)
    assert flags == 0x701
    assert len(trun) == 12 + 12 * count
    begin = moof + offset
    for number in range(count):
        duration, size, sample = struct.unpack_from(">III", trun, 12 + 12 * number)
        depends = sample >> 24 & 3
        assert (depends == 2) is not (sample >> 16 & 1), "a sync sample depends on no other"
        yield Taken(at, duration, data[begin : begin + size], depends == 2)
        begin += size
        at += duration

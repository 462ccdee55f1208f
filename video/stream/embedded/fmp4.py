"""Fragmented MP4 (ISO/IEC 14496-12), as CMAF wants it: one `moof` and `mdat` for each part.

PyAV writes the initialisation segment. Parts are written here, because FFmpeg's fragmenting modes
give neither exact boundaries nor the duration of a fragment's last sample.
"""

from __future__ import annotations

import errno
import fractions
import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import av

VIDEO, AUDIO = 1, 2
"""Track ids."""
VIDEO_RATE: Final = 90_000
AUDIO_RATE: Final = 48_000
AUDIO_BITS: Final = 96_000
AAC_SAMPLES: Final = 1_024

_KEY, _DELTA = 0x0200_0000, 0x0101_0000  # sample flags, 8.8.3.1: depends on no other; on others


@dataclass(frozen=True, slots=True)
class Sample:
    """`at` and `duration` in ticks of its track."""

    data: bytes
    at: int
    duration: int
    is_key: bool = True


@dataclass(frozen=True, slots=True)
class Init:
    """An initialisation segment, and the picture's size that it declares."""

    data: bytes
    width: int
    height: int


def fragment(sequence: int, video: Sequence[Sample], audio: Sequence[Sample]) -> bytes:
    """One part: `moof` and `mdat`. `sequence` counts parts, from 1."""
    tracks = [(track, some) for track, some in ((VIDEO, video), (AUDIO, audio)) if some]
    head = len(_moof(sequence, tracks, [0] * len(tracks)))
    offsets = []
    at = head + 8
    for _, some in tracks:
        offsets.append(at)
        at += sum(len(one.data) for one in some)
    data = b"".join(one.data for _, some in tracks for one in some)
    return _moof(sequence, tracks, offsets) + _box(b"mdat", data)


def _moof(
    sequence: int, tracks: Sequence[tuple[int, Sequence[Sample]]], offsets: Sequence[int]
) -> bytes:
    fragments = (
        _box(
            b"traf",
            _full(b"tfhd", 0, 0x02_0000, struct.pack(">I", track)),  # default-base-is-moof
            _full(b"tfdt", 1, 0, struct.pack(">Q", some[0].at)),
            # data offset, and of each sample its duration, size and flags
            _full(b"trun", 0, 0x701, struct.pack(">Ii", len(some), offset), *map(_entry, some)),
        )
        for (track, some), offset in zip(tracks, offsets, strict=True)
    )
    return _box(b"moof", _full(b"mfhd", 0, 0, struct.pack(">I", sequence)), *fragments)


def _entry(one: Sample) -> bytes:
    return struct.pack(">III", one.duration, len(one.data), _KEY if one.is_key else _DELTA)


def _box(kind: bytes, *parts: bytes) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, parts)), kind) + b"".join(parts)


def _full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *parts)


def init(key_frame: bytes) -> Init:
    """The initialisation segment for pictures like `key_frame` (Annex B) with sound beside them.

    Decodes that one picture for its size; takes some milliseconds. Raises av.FFmpegError.
    """
    decoder = av.VideoCodecContext.create("h264", "r")
    frame = next(iter([*decoder.decode(av.Packet(key_frame)), *decoder.decode(None)]), None)
    if frame is None:
        raise av.InvalidDataError(errno.ENODATA, "a key frame without a picture")
    sink = io.BytesIO()
    flags = "frag_keyframe+empty_moov+delay_moov+default_base_moof"
    options = {"movflags": flags, "video_track_timescale": str(VIDEO_RATE)}
    with av.open(sink, "w", format="mp4", options=options) as muxer:
        rate = fractions.Fraction(1, VIDEO_RATE)
        picture = muxer.add_mux_stream(
            "h264", rate=30, width=frame.width, height=frame.height, time_base=rate
        )
        sound = muxer.add_stream("aac", rate=AUDIO_RATE, layout="stereo")
        sound.bit_rate = AUDIO_BITS
        for number in range(3):
            muxer.mux(sound.encode(silence(number * AAC_SAMPLES)))
        packet = av.Packet(key_frame)
        packet.stream, packet.time_base = picture, rate
        packet.pts = packet.dts = 0
        packet.duration, packet.is_keyframe = 3_000, True
        muxer.mux(packet)
    return Init(_declaring(sink.getvalue()), frame.width, frame.height)


def silence(at: int, samples: int = AAC_SAMPLES, form: str = "fltp") -> av.AudioFrame:
    """Silence at the sample `at`; new frames hold whatever was in memory."""
    frame = av.AudioFrame(format=form, layout="stereo", samples=samples)
    frame.sample_rate, frame.pts = AUDIO_RATE, at
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return frame


def _declaring(file: bytes) -> bytes:
    """The boxes of `file` that say what is in it, without what is in it."""
    found, at = b"", 0
    while at < len(file):
        size, kind = struct.unpack_from(">I4s", file, at)
        if kind in (b"ftyp", b"moov"):
            found += file[at : at + size]
        at += size
    return found

"""A few seconds of moving picture and sound, made once, for hosts that have no camera."""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import cast

import av

RATE = 30
WIDTH, HEIGHT = 320, 180
SOUNDS = 50
"""Packets of sound a second, of 20 ms each."""

_OPTIONS = {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"}


def write(file: Path, *, seconds: int = 4, key_every: int = RATE, codec: str = "libx264") -> Path:
    """A clip in MPEG-TS: H.264 (or another `codec`) and Opus, its brightness telling the time."""
    with av.open(str(file), "w", format="mpegts") as out:
        picture = cast("av.VideoStream", out.add_stream(codec, rate=RATE))
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        picture.bit_rate = 300_000
        picture.options = {**_OPTIONS, "g": str(key_every)}
        sound = out.add_stream("libopus", rate=48_000, layout="stereo")
        for number in range(seconds * RATE):
            out.mux(picture.encode(_frame(number, WIDTH, HEIGHT)))
        for number in range(seconds * SOUNDS):
            out.mux(sound.encode(_sound(number)))
        out.mux(picture.encode(None))
        out.mux(sound.encode(None))
    return file


@cache
def pictures(
    count: int, *, width: int = WIDTH, height: int = HEIGHT, key_every: int = RATE
) -> tuple[bytes, ...]:
    """So many encoded pictures as RTP would bring them: Annex B, a key frame with its sets."""
    encoder = av.VideoCodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.framerate, encoder.time_base = Fraction(RATE), Fraction(1, RATE)
    encoder.options = {**_OPTIONS, "g": str(key_every)}
    packets = [packet for n in range(count) for packet in encoder.encode(_frame(n, width, height))]
    packets += encoder.encode(None)
    assert len(packets) == count
    return tuple(bytes(packet) for packet in packets)


@cache
def sounds(count: int, *, loud_from: int | None = None) -> tuple[bytes, ...]:
    """So many packets of Opus, 20 ms each: silence, and a tone from one of them on."""
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "stereo", "flt"
    quiet = count + 1 if loud_from is None else loud_from
    packets = [
        packet
        for number in range(count + 1)
        for packet in encoder.encode(_sound(number, loud=number >= quiet))
    ]
    return tuple(bytes(packet) for packet in packets[:count])


def _frame(number: int, width: int, height: int) -> av.VideoFrame:
    frame = av.VideoFrame(width, height, "yuv420p")
    frame.planes[0].update(bytes([16 + number % 200]) * frame.planes[0].buffer_size)
    for plane in frame.planes[1:]:
        plane.update(bytes([128]) * plane.buffer_size)
    frame.pts, frame.time_base = number, Fraction(1, RATE)
    return frame


def number_of(frame: av.VideoFrame) -> int:
    """Which picture of its clip a decoded one is; one of the first 200."""
    return bytes(frame.planes[0])[0] - 16


def _sound(number: int, *, loud: bool = False) -> av.AudioFrame:
    frame = av.AudioFrame(format="flt", layout="stereo", samples=960)
    frame.sample_rate, frame.pts = 48_000, number * 960
    waves = [math.sin(at * math.tau * 1_000 / 48_000) / 2 if loud else 0.0 for at in range(960)]
    both = [wave for wave in waves for _ in range(2)]
    frame.planes[0].update(struct.pack(f"<{len(both)}f", *both))
    return frame

"""A few seconds of moving picture and sound, made once, for hosts that have no camera."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import cast

import av

RATE = 30
WIDTH, HEIGHT = 320, 180


def write(file: Path, *, seconds: int = 4, key_every: int = RATE, codec: str = "libx264") -> Path:
    """A clip in MPEG-TS: H.264 (or another `codec`) and Opus, its brightness telling the time."""
    with av.open(str(file), "w", format="mpegts") as out:
        picture = cast("av.VideoStream", out.add_stream(codec, rate=RATE))
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        picture.bit_rate = 300_000
        picture.options = {
            "preset": "ultrafast", "tune": "zerolatency", "profile": "baseline",
            "g": str(key_every),
        }  # fmt: skip
        sound = out.add_stream("libopus", rate=48_000, layout="stereo")
        for number in range(seconds * RATE):
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
            luma = bytes([16 + number % 200]) * (frame.planes[0].line_size * HEIGHT)
            frame.planes[0].update(luma)
            for plane in frame.planes[1:]:
                plane.update(bytes([128]) * plane.buffer_size)
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            out.mux(picture.encode(frame))
        for number in range(seconds * 50):
            tone = av.AudioFrame(format="flt", layout="stereo", samples=960)
            tone.sample_rate, tone.pts = 48_000, number * 960
            for channel in tone.planes:
                channel.update(bytes(channel.buffer_size))
            out.mux(sound.encode(tone))
        out.mux(picture.encode(None))
        out.mux(sound.encode(None))
    return file

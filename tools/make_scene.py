"""Makes `web/demo/scene.m2ts`: the demo's host, moving. Eight seconds that end where they begin.

Draws `web/ui/public/demo/host.svg` in Chromium, picture by picture, and encodes what it sees. To be
run again when the drawing changes:

    python -m tools.make_scene
"""

from __future__ import annotations

import asyncio
import math
import struct
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av
from av.video.frame import PictureType
from playwright.async_api import Page, async_playwright

from tools.doctor import chromium

ROOT = Path(__file__).parents[1]
DRAWING = ROOT / "web/ui/public/demo/host.svg"
SCENE = ROOT / "web/demo/scene.m2ts"

SECONDS, RATE = 8, 15
WIDTH, HEIGHT = 480, 1040
SOUND_RATE, PACKET = 48_000, 960

# Moves what the drawing has, by `t` in turns of the whole scene.
MOVE = """(t) => {
  const turn = (times, shift = 0) => Math.sin(2 * Math.PI * (times * t + shift));
  const svg = document.querySelector('svg');
  const all = (selector) => [...svg.querySelectorAll(selector)];
  const set = (one, how) => one && one.setAttribute('transform', how);
  const face = all('g').find((g) => g.id === 'face')
    ?? Object.assign(svg.querySelector('g[transform="translate(0 0)"]'), { id: 'face' });
  set(face, `translate(${1.5 * turn(2)} ${2 * turn(3)}) rotate(${1.2 * turn(2, 0.1)} 197 330)`);
  const blink = [0.21, 0.24, 0.62, 0.9].some((at) => Math.abs(t - at) < 0.009);
  for (const eye of all('ellipse[rx="4.6"]')) {
    const [x, y] = [eye.getAttribute('cx'), eye.getAttribute('cy')];
    set(eye, `translate(${x} ${y}) scale(1 ${blink ? 0.12 : 1}) translate(${-x} ${-y})`);
  }
  const talks = t < 0.44 || (t > 0.55 && t < 0.86);
  const open = talks ? 0.55 + 0.45 * Math.abs(turn(13)) : 0.8;
  for (const d of ['M179 305', 'M181.5 306.5', 'M188 322']) {
    const how = `translate(0 305) scale(1 ${open}) translate(0 -305)`;
    set(svg.querySelector(`path[d^="${d}"]`), how);
  }
  const jar = all('g').find((g) => g.id === 'jar')
    ?? Object.assign(svg.querySelector('g[transform^="rotate(-5"]'), { id: 'jar' });
  const hands = all('g').find((g) => g.id === 'hands')
    ?? Object.assign(svg.querySelector('g[transform="translate(0 25)"]'), { id: 'hands' });
  const lift = 5 * turn(1, 0.2), tilt = -5 + 2.5 * turn(1);
  set(jar, `translate(0 ${lift}) rotate(${tilt} 197 480)`);
  set(hands, `translate(0 ${25 + lift}) rotate(${tilt + 5} 197 520)`);
  for (const d of ['M330 60', 'M292 190c2-24 16-36 38-36s', 'M292 190c2-24 16-36 38-36 4']) {
    set(svg.querySelector(`path[d^="${d}"]`), `rotate(${1.6 * turn(1, 0.4)} 330 40)`);
  }
  set(svg.querySelector('ellipse[cx="330"]'), `rotate(${1.6 * turn(1, 0.4)} 330 40)`);
}"""


async def pictures() -> list[bytes]:
    """PNG images, one for each picture of the scene."""
    program = chromium()
    if program is None:
        raise SystemExit("Chromium is missing: `make doctor` says what to install.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        await page.set_content(
            "<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>"
            + DRAWING.read_text(encoding="utf-8").replace(
                "<svg ", '<svg preserveAspectRatio="xMidYMid slice" ', 1
            )
        )
        found = [await _drawn(page, number) for number in range(SECONDS * RATE)]
        await browser.close()
    return found


async def _drawn(page: Page, number: int) -> bytes:
    await page.evaluate(MOVE, number / (SECONDS * RATE))
    return await page.screenshot(type="png")


def sound(number: int) -> bytes:
    """One packet's samples: two soft bells in a quiet room, stereo, 32-bit floats."""
    samples = []
    for i in range(PACKET):
        at = (number * PACKET + i) / SOUND_RATE
        level = 0.0
        for begun, pitch in ((0.5, 660.0), (0.9, 880.0), (4.5, 587.3), (4.9, 784.0)):
            past = (at - begun) % SECONDS
            level += 0.05 * math.exp(-2.2 * past) * math.sin(2 * math.pi * pitch * past)
        samples += [level, level]
    return struct.pack(f"<{len(samples)}f", *samples)


def encode(images: list[bytes]) -> None:
    with av.open(str(SCENE), "w", format="mpegts") as out:
        picture = out.add_stream("libx264", rate=RATE)
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        picture.options = {
            "preset": "veryslow", "profile": "baseline", "crf": "26", "bf": "0", "g": str(RATE),
            "keyint_min": str(RATE), "sc_threshold": "0",
        }  # fmt: skip
        voice = out.add_stream("libopus", rate=SOUND_RATE, layout="stereo")
        voice.bit_rate = 32_000
        for number, image in enumerate(images):
            frame = _frame(image)
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            out.mux(picture.encode(frame))
        out.mux(picture.encode(None))
        for number in range(SECONDS * SOUND_RATE // PACKET):
            heard = av.AudioFrame(format="flt", layout="stereo", samples=PACKET)
            heard.sample_rate, heard.pts = SOUND_RATE, number * PACKET
            heard.planes[0].update(sound(number))
            out.mux(voice.encode(heard))
        out.mux(voice.encode(None))


def _frame(image: bytes) -> av.VideoFrame:
    with av.open(BytesIO(image), "r") as container:
        frame: Any = next(container.decode(video=0))
    shown: av.VideoFrame = frame.reformat(width=WIDTH, height=HEIGHT, format="yuv420p")
    shown.pict_type = PictureType.NONE  # a PNG is a whole picture, and need not be one in the clip
    return shown


if __name__ == "__main__":
    encode(asyncio.run(pictures()))

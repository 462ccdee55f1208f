"""Files of pictures, as people and attackers send them."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image


def plain(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Its left half is red (dark, where there are no colours), its right half is light."""
    colours: dict[str, tuple[Any, Any]] = {
        "RGB": ((200, 0, 0), (240, 240, 240)),
        "RGBA": ((200, 0, 0, 255), (240, 240, 240, 0)),
        "L": (40, 240),
        "LA": ((40, 255), (240, 0)),
        "1": (0, 1),
        "I;16": (40 * 256, 240 * 256),
        "CMYK": ((0, 255, 255, 55), (0, 0, 0, 15)),
    }
    left, right = colours[mode]
    image = Image.new(mode, (width, height), right)
    if width > 1:
        image.paste(Image.new(mode, (width // 2, height), left))
    return image


def file(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, packed: bytes, *more: bytes) -> bytes:
    """A PNG in grey that says it is so large, with whatever it holds."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", head), *more, chunk(b"IDAT", packed), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def vp8x(width: int, height: int) -> bytes:
    """A WebP whose head says that it is so large."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size
    return b"RIFF" + struct.pack("<I", len(body)) + body

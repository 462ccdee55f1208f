"""Draws one picture anew: `python -m chat.picture_drawing`, a process for each file.

A file from a stranger is opened here and nowhere else: the process has bounds on memory and time,
no secrets, and may write no file. Standard input is the file; standard output a line of JSON,
`{"refused": CODE}` or `{"width", "height", "large", "small"}` (the last two in octets), and the two
new files after it. Nothing of the old file is in them but what is seen of its first frame.
"""

from __future__ import annotations

import io
import json
import os
import sys
import warnings

from PIL import Image, ImageCms, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
PIXELS = 40_000_000
LARGE, SMALL = 2_048, 480
"""The longest side of what is made."""
SCANS = 50
"""Of a progressive JPEG: encoders write some ten, and each is as much work as the whole picture."""
MEMORY = 1 << 30
CPU_S = 10

_QUALITY = 82
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes an orientation (Exif 2.32, tag 274)."""
_ORIENTATION = 274


class Refused(Exception):
    """With the code that the person is told."""


def kind_of(raw: bytes) -> str | None:
    """Which of `FORMATS` a file says it is by its first octets; None for any other."""
    if raw.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "WEBP"
    return None


def draw(raw: bytes) -> tuple[int, int, bytes, bytes]:
    """Width, height, and the file in two sizes, as WebP in sRGB. Raises Refused."""
    kind = kind_of(raw)
    if kind is None:
        raise Refused("not_a_picture")
    if kind == "JPEG" and raw.count(b"\xff\xda") > SCANS:
        raise Refused("picture_broken")
    if kind == "WEBP" and _webp_pixels(raw) > PIXELS:  # Pillow would lay out its frame to know
        raise Refused("picture_too_large")
    Image.MAX_IMAGE_PIXELS = PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(raw), formats=(kind,)) as opened:
            large = _drawn(opened)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Refused("picture_too_large") from error
    except UnidentifiedImageError as error:
        raise Refused("not_a_picture") from error
    small = large.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return large.width, large.height, _file(large), _file(small)


def _webp_pixels(raw: bytes) -> int:
    """What a WebP's head says of its size (RFC 9649 §2.5 to 2.7); 0 where it says nothing."""
    chunk, head = raw[12:16], raw[20:30]
    if len(head) < 10:
        return 0
    if chunk == b"VP8X":
        return (1 + int.from_bytes(head[4:7], "little")) * (
            1 + int.from_bytes(head[7:10], "little")
        )
    if chunk == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (1 + (bits & 0x3FFF)) * (1 + (bits >> 14 & 0x3FFF))
    wide, high = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    return (wide & 0x3FFF) * (high & 0x3FFF)


def _drawn(opened: Image.Image) -> Image.Image:
    profile = opened.info.get("icc_profile")
    # A JPEG is read as small as will do.
    opened.draft(None, (3 * LARGE // 2, 3 * LARGE // 2))
    opened.load()
    turn = _TURNS.get(opened.getexif().get(_ORIENTATION, 1))
    image = _resizable(opened)
    image.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = _in_srgb(image, profile)
    return image if turn is None else image.transpose(turn)


def _resizable(image: Image.Image) -> Image.Image:
    """In a form whose neighbouring pixels can be mixed."""
    if image.mode.startswith("I"):  # 16 bits of grey
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("RGBA", "CMYK"):
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """As RGB or RGBA. Of a profile that is broken, or for another kind of picture, nothing is
    taken: viewers do the same."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            own, srgb = (
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
            )
            changed = ImageCms.profileToProfile(image, own, srgb, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            changed = None
        if changed is not None:
            return changed
    return image.convert(mode)


def _file(image: Image.Image) -> bytes:
    image.info = {}  # else what was known of the old file is written into the new one
    file = io.BytesIO()
    image.save(file, "WEBP", quality=_QUALITY, method=3)
    return file.getvalue()


def _bound() -> None:
    """From here on: so much memory and time, no file, and after everybody else."""
    if sys.platform == "win32":
        return
    import resource

    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.nice(5)


def main() -> None:
    _bound()
    raw, out = sys.stdin.buffer.read(), sys.stdout.buffer
    try:
        width, height, large, small = draw(raw)
    except Refused as refused:
        out.write(json.dumps({"refused": str(refused)}).encode() + b"\n")
        return
    except MemoryError:
        out.write(b'{"refused": "picture_too_large"}\n')
        return
    except Exception:  # decoders raise whatever they like
        out.write(b'{"refused": "picture_broken"}\n')
        return
    head = {"width": width, "height": height, "large": len(large), "small": len(small)}
    out.write(json.dumps(head).encode() + b"\n" + large + small)


if __name__ == "__main__":
    main()

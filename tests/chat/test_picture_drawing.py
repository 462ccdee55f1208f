"""What becomes of the file of a picture: drawn anew, or refused, whatever somebody put into it."""

from __future__ import annotations

import asyncio
import io
import os
import random
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from chat.picture_artist import AT_ONCE, Artist, Drawn
from chat.picture_drawing import PIXELS, SCANS, Refused, draw, kind_of
from core.errors import BadRequest
from tests.chat import image

RED, LIGHT = (200, 0, 0), (240, 240, 240)


def near(seen: tuple[int, ...], wanted: tuple[int, ...], by: int = 12) -> bool:
    return all(abs(one - other) <= by for one, other in zip(seen, wanted, strict=True))


def pixel(picture: Image.Image, x: int, y: int) -> tuple[int, ...]:
    found = picture.getpixel((x, y))
    assert isinstance(found, tuple)
    return found


async def drawn(raw: bytes) -> Drawn:
    return await Artist().draw(raw)


async def refused(raw: bytes) -> str:
    with pytest.raises(BadRequest) as caught:
        await drawn(raw)
    return caught.value.error_code


# What is taken


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_picture_is_drawn_in_two_sizes_as_webp(kind: str) -> None:
    made = await drawn(image.file(image.plain(3_000, 1_500), kind))
    large, small = image.opened(made.large), image.opened(made.small)
    assert (made.width, made.height) == large.size == (2_048, 1_024)
    assert small.size == (480, 240)
    assert large.format == small.format == "WEBP"
    assert near(pixel(large, 100, 100), RED)
    assert near(pixel(small, 400, 100), LIGHT)


async def test_a_small_picture_stays_as_large_as_it_is() -> None:
    made = await drawn(image.file(image.plain(1, 7)))
    assert image.opened(made.large).size == image.opened(made.small).size == (1, 7)


@pytest.mark.parametrize("size", [(8_000, 3), (3, 8_000)])
async def test_a_long_strip_keeps_a_side_of_a_pixel(size: tuple[int, int]) -> None:
    made = await drawn(image.file(image.plain(*size)))
    assert {made.width, made.height} == {2_048, 1}


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("L", "PNG"), ("L", "JPEG"), ("1", "PNG"), ("I;16", "PNG"), ("CMYK", "JPEG")],
)
async def test_other_kinds_of_colour_become_srgb(mode: str, kind: str) -> None:
    large = image.opened((await drawn(image.file(image.plain(mode=mode), kind))).large)
    dark = {"1": (0, 0, 0), "CMYK": RED}.get(mode, (40, 40, 40))
    light = {"1": (255, 255, 255)}.get(mode, LIGHT)
    assert large.mode == "RGB"
    assert near(pixel(large, 10, 20), dark)
    assert near(pixel(large, 50, 20), light)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "RGB", "L"])
async def test_what_shines_through_goes_on_to(mode: str) -> None:
    if mode == "P":
        pale = image.plain().convert("P", palette=Image.Palette.ADAPTIVE)
        raw = image.file(pale, transparency=pale.getpixel((50, 20)))
    elif mode in ("RGB", "L"):  # one colour of them
        raw = image.file(image.plain(mode=mode), transparency=LIGHT if mode == "RGB" else 240)
    else:
        raw = image.file(image.plain(mode=mode))
    large = image.opened((await drawn(raw)).large)
    assert large.mode == "RGBA"
    assert pixel(large, 10, 20)[3] == 255
    assert pixel(large, 50, 20)[3] == 0


async def test_colours_of_another_profile_are_seen_as_they_were() -> None:
    # A profile whose red is sRGB's blue.
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    table = {srgb[at : at + 4]: at + 4 for at in range(132, 132 + 12 * 20, 12)}
    red, blue = table[b"rXYZ"], table[b"bXYZ"]
    swapped = bytearray(srgb)
    swapped[red : red + 4], swapped[blue : blue + 4] = srgb[blue : blue + 4], srgb[red : red + 4]
    raw = image.file(image.plain(), icc_profile=bytes(swapped))
    large = image.opened((await drawn(raw)).large)
    assert near(pixel(large, 10, 20), (0, 0, 200))
    assert "icc_profile" not in large.info


@pytest.mark.parametrize("profile", [b"no profile", b"\0" * 400])
async def test_a_broken_profile_spoils_nothing(profile: bytes) -> None:
    raw = image.file(image.plain(), icc_profile=profile)
    assert near(pixel(image.opened((await drawn(raw)).large), 10, 20), RED)


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_it_is_turned_as_the_camera_said(orientation: int) -> None:
    upright = image.plain(60, 40)
    upright.paste((0, 0, 200), (0, 20, 60, 40))  # below; above, the left is red
    lying = {
        1: upright,
        2: upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.transpose(Image.Transpose.ROTATE_180),
        4: upright.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Image.Transpose.TRANSPOSE),
        6: upright.transpose(Image.Transpose.ROTATE_90),
        7: upright.transpose(Image.Transpose.TRANSVERSE),
        8: upright.transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    exif = Image.Exif()
    exif[274] = orientation
    made = await drawn(image.file(lying, "JPEG", exif=exif, quality=95))
    large = image.opened(made.large)
    assert (made.width, made.height) == large.size == (60, 40)
    assert near(pixel(large, 10, 10), RED, 30)
    assert near(pixel(large, 50, 10), LIGHT, 30)
    assert near(pixel(large, 30, 30), (0, 0, 200), 40)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_where_and_with_what_it_was_taken_is_gone(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (25.0, 2.0, 30.0), 29: "2026:01:01"})
    options: dict[str, Any] = {"exif": exif}
    if kind == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Comment", "SECRET NOTE")
        notes.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>SECRET NOTE</x:xmpmeta>")
        options["pnginfo"] = notes
    else:
        options["xmp"] = b"<x:xmpmeta>SECRET NOTE</x:xmpmeta>"
        if kind == "JPEG":
            options["comment"] = b"SECRET NOTE"
    raw = image.file(image.plain(), kind, **options)
    assert b"Secret Camera" in raw
    assert b"SECRET NOTE" in raw or kind == "PNG"
    assert 0x8825 in image.opened(raw).getexif()
    made = await drawn(raw + b"SECRET TAIL")
    for file in (made.large, made.small):
        assert not [
            word for word in (b"Secret", b"SECRET", b"EXIF", b"XMP", b"ICC") if word in file
        ]
        seen = image.opened(file)
        assert len(seen.getexif()) == 0
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(seen.info)


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
async def test_of_what_moves_the_first_frame_is_taken(kind: str) -> None:
    later = Image.new("RGB", (60, 40), (0, 200, 0))
    raw = image.file(
        image.plain(), kind, save_all=True, append_images=[later], duration=100, loop=0
    )
    assert image.opened(raw).n_frames == 2  # type: ignore[attr-defined]
    large = image.opened((await drawn(raw)).large)
    assert getattr(large, "n_frames", 1) == 1
    assert near(pixel(large, 10, 20), RED)


# What is refused


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7\n",
        b"PK\x03\x04" + b"\0" * 100,
        image.file(image.plain(), "GIF"),
        b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)",
        image.file(image.plain(), "BMP"),
        image.file(image.plain(), "TIFF"),
        image.file(image.plain(), "AVIF"),
        b"\0\0\0\x18ftypheic" + b"\0" * 40,
        b"RIFF\x10\0\0\0WAVEfmt ",
    ],
)
async def test_what_is_no_jpeg_png_or_webp_is_refused_by_what_it_is(raw: bytes) -> None:
    assert await refused(raw) == "not_a_picture"


async def test_a_page_behind_a_pictures_first_octets_is_no_picture() -> None:
    page = b"<script>alert(1)</script>"
    for head in (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBPVP8 "):
        assert (await refused(head + page * 20)).startswith(("not_a", "picture_"))


async def test_nothing_of_a_page_that_is_a_picture_too_is_left() -> None:
    page = b"*/=1;alert(1)//<script>alert(1)</script>"
    for raw in (
        image.file(image.plain(), "JPEG", comment=page) + page,
        image.file(image.plain(), "PNG") + page,
    ):
        made = await drawn(raw)
        assert b"script" not in made.large + made.small


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
async def test_half_a_file_is_no_picture(kind: str, share: float) -> None:
    noise = Image.effect_noise((400, 300), 90).convert("RGB")
    raw = image.file(noise, kind)
    code = await refused(raw[: int(len(raw) * share)])
    assert code in ("picture_broken", "not_a_picture")


@pytest.mark.parametrize(
    "raw",
    [
        image.png(30_000, 30_000, zlib.compress(b"\0" * 1_000)),
        image.png(PIXELS + 1, 1, zlib.compress(b"\0")),
        image.png(2**31 - 1, 2**31 - 1, zlib.compress(b"\0")),
        image.vp8x(16_000, 16_000),
        image.vp8x(2**24, 2**24),
    ],
)
async def test_what_says_it_has_more_pixels_is_not_even_begun(raw: bytes) -> None:
    with pytest.raises(Refused, match="picture_too_large"):
        draw(raw)
    assert await refused(raw) == "picture_too_large"


async def test_a_jpeg_of_more_pixels_is_refused() -> None:
    raw = bytearray(image.file(image.plain(64, 64, "L"), "JPEG"))
    at = raw.index(b"\xff\xc0") + 5
    raw[at : at + 4] = b"\xff\x00\xff\x00"
    assert await refused(bytes(raw)) == "picture_too_large"


async def test_what_unpacks_to_gigabytes_is_stopped_at_the_size_it_says() -> None:
    packer, packed = zlib.compressobj(9), bytearray()
    for _ in range(4_000):
        packed += packer.compress(b"\0" * 1_000_000)
    packed += packer.flush()
    assert len(packed) < 10_000_000
    made = await drawn(image.png(100, 100, bytes(packed)))
    assert (made.width, made.height) == (100, 100)


async def test_a_note_that_unpacks_to_gigabytes_is_refused() -> None:
    packer, packed = zlib.compressobj(9), bytearray()
    for _ in range(2_000):
        packed += packer.compress(b"A" * 1_000_000)
    packed += packer.flush()
    note = image.chunk(b"zTXt", b"Comment\0\0" + bytes(packed))
    profile = image.chunk(b"iCCP", b"icc\0\0" + bytes(packed))
    for part in (note, profile):
        raw = image.png(8, 8, zlib.compress(b"\0" * 72), part)
        try:
            made = await drawn(raw)
        except BadRequest:
            continue
        assert len(made.large) < 1_000


async def test_a_jpeg_of_endless_scans_is_refused() -> None:
    raw = image.file(image.plain(), "JPEG", progressive=True)
    scan = raw.index(b"\xff\xda")
    assert raw.count(b"\xff\xda") < SCANS
    assert await refused(raw[:scan] + raw[scan:-2] * SCANS + raw[-2:]) == "picture_broken"


async def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.picture_artist.DRAWN_S", 0.001)
    assert await refused(image.file(image.plain())) == "picture_broken"


async def test_no_more_than_some_are_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    artist, open_, most = Artist(), 0, 0
    asked = artist._asked

    async def counted(raw: bytes) -> tuple[int | None, bytes]:
        nonlocal open_, most
        open_ += 1
        most = max(most, open_)
        try:
            return await asked(raw)
        finally:
            open_ -= 1

    monkeypatch.setattr(artist, "_asked", counted)
    raw = image.file(image.plain())
    made = await asyncio.gather(*(artist.draw(raw) for _ in range(2 * AT_ONCE + 1)))
    assert len(made) == 2 * AT_ONCE + 1
    assert most == AT_ONCE


async def test_the_process_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    given_to: list[dict[str, str]] = []
    create = asyncio.create_subprocess_exec

    async def watched(*words: str, env: dict[str, str], **more: Any) -> asyncio.subprocess.Process:
        given_to.append(env)
        return await create(*words, env=env, **more)

    monkeypatch.setenv("PLUSONE_SECRET", "s" * 40)
    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    await drawn(image.file(image.plain()))
    assert "PLUSONE_SECRET" in os.environ
    assert "PLUSONE_SECRET" not in given_to[0]


_SEEDS = [image.file(image.plain(), kind) for kind in ("JPEG", "PNG", "WEBP")]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(_SEEDS), st.integers(0, 2**32), st.integers(1, 12))
def test_a_spoilt_file_is_drawn_or_refused(seed: bytes, chance: int, spoilt: int) -> None:
    """In this process: what a decoder raises is the other's to catch, so any error is right, but
    what comes out is a picture."""
    raw, random_ = bytearray(seed), random.Random(chance)
    for _ in range(spoilt):
        raw[random_.randrange(len(raw))] = random_.randrange(256)
    try:
        width, height, large, _ = draw(bytes(raw))
    except (Refused, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return
    with Image.open(io.BytesIO(large)) as again:
        assert again.size == (width, height)


@given(st.binary(max_size=40))
def test_any_octets_have_a_kind_or_none(raw: bytes) -> None:
    assert kind_of(raw) in (None, "JPEG", "PNG", "WEBP")

"""Fragmented MP4: what is written, read back box by box."""

from __future__ import annotations

import struct

import av
import pytest

from tests.video.stream import clip
from tests.video.stream.boxes import boxes, fragments, inside
from video.stream.embedded.fmp4 import AUDIO, VIDEO, Sample, fragment, init, silence
from video.stream.embedded.h264 import AccessUnit

PICTURES = [Sample(b"key frame", 90_000, 3_000), Sample(b"delta", 93_000, 3_600, is_key=False)]
SOUNDS = [Sample(b"aac", 48_000, 1_024), Sample(b"more", 49_024, 1_024)]


def test_a_part_is_one_moof_and_one_mdat() -> None:
    data = fragment(7, PICTURES, SOUNDS)
    assert [kind for kind, _ in boxes(data)] == ["moof", "mdat"]
    assert inside(data, "mdat") == b"key framedeltaaacmore"


def test_every_sample_is_where_the_part_says_with_its_time_and_kind() -> None:
    [part] = fragments(fragment(7, PICTURES, SOUNDS))
    assert part.sequence == 7
    assert part.tracks == {
        VIDEO: [(90_000, 3_000, b"key frame", True), (93_000, 3_600, b"delta", False)],
        AUDIO: [(48_000, 1_024, b"aac", True), (49_024, 1_024, b"more", True)],
    }


def test_parts_one_after_the_other_are_a_file() -> None:
    data = fragment(1, PICTURES, SOUNDS) + fragment(2, SOUNDS[:1], [])
    assert [part.sequence for part in fragments(data)] == [1, 2]
    assert fragments(data)[1].tracks[VIDEO][0].data == b"aac"


@pytest.mark.parametrize(
    ("pictures", "sounds", "tracks"), [(PICTURES, [], {VIDEO}), ([], SOUNDS, {AUDIO})]
)
def test_a_track_that_has_nothing_is_not_mentioned(
    pictures: list[Sample], sounds: list[Sample], tracks: set[int]
) -> None:
    [part] = fragments(fragment(1, pictures, sounds))
    assert part.tracks.keys() == tracks


def test_a_show_may_last_for_days() -> None:
    at = 90_000 * 86_400 * 3
    assert at > 1 << 32
    [part] = fragments(fragment(1, [Sample(b"late", at, 3_000)], []))
    assert part.tracks[VIDEO][0].at == at


def test_an_init_declares_picture_and_sound_and_holds_neither() -> None:
    key = clip.pictures(1)[0]
    made = init(key)
    assert (made.width, made.height) == (clip.WIDTH, clip.HEIGHT)
    assert [kind for kind, _ in boxes(made.data)] == ["ftyp", "moov"]
    moov = inside(made.data, "moov")
    tracks = [body for kind, body in boxes(moov) if kind == "trak"]
    assert [struct.unpack_from(">I", inside(one, "tkhd"), 12)[0] for one in tracks] == [
        VIDEO,
        AUDIO,
    ]
    assert [inside(one, "mdia", "hdlr")[8:12] for one in tracks] == [b"vide", b"soun"]
    rates = [struct.unpack_from(">I", inside(one, "mdia", "mdhd"), 12)[0] for one in tracks]
    assert rates == [90_000, 48_000]
    described = inside(tracks[0], "mdia", "minf", "stbl", "stsd")
    for parameters in AccessUnit.of(key).sets:
        assert parameters in described


def test_a_broken_key_frame_is_an_error_that_is_expected() -> None:
    *sets, _, _ = AccessUnit.of(clip.pictures(1)[0]).units
    with pytest.raises(av.FFmpegError):
        init(b"".join(b"\0\0\0\1" + one for one in (*sets, b"\x65garbage")))


def test_so_is_a_key_frame_that_shows_nothing() -> None:
    key = bytearray(clip.pictures(1)[0])
    key[4 + 7] = 1  # in its parameters: another size than what was encoded
    assert AccessUnit.of(bytes(key)).begins
    with pytest.raises(av.FFmpegError):
        init(bytes(key))


@pytest.mark.parametrize("form", ["fltp", "s16"])
def test_silence_is_zero_whatever_was_in_memory(form: str) -> None:
    for _ in range(20):
        frame = silence(512, 777, form)
        assert (frame.pts, frame.samples) == (512, 777)
        assert not any(any(bytes(plane)) for plane in frame.planes)

"""Access units: what is in a picture, and whether anybody can begin with it."""

import struct

import pytest

from tests.video.stream import clip
from video.stream.embedded.h264 import AccessUnit, is_key

SPS, PPS, IDR, SLICE, SEI, DELIMITER = (
    bytes([kind, 1, 2, 3]) for kind in (0x67, 0x68, 0x65, 0x41, 0x06, 0x09)
)
LONG, SHORT = b"\0\0\0\1", b"\0\0\1"


def joined(*units: bytes, start: bytes = LONG) -> bytes:
    return b"".join(start + unit for unit in units)


@pytest.mark.parametrize("start", [LONG, SHORT])
def test_units_lie_between_start_codes_of_either_length(start: bytes) -> None:
    unit = AccessUnit.of(joined(DELIMITER, SPS, PPS, IDR, start=start))
    assert unit.units == (DELIMITER, SPS, PPS, IDR)
    assert unit.sets == (SPS, PPS)
    assert unit.is_key


def test_zeros_at_the_end_of_a_unit_belong_to_nobody() -> None:
    unit = AccessUnit.of(LONG + SPS + b"\0\0" + LONG + PPS + b"\0" + SHORT + IDR + b"\0\0\0")
    assert unit.units == (SPS, PPS, IDR)


def test_zeros_within_a_unit_stay() -> None:
    assert AccessUnit.of(LONG + b"\x65\0\0\3\1").units == (b"\x65\0\0\3\1",)


def test_what_comes_before_the_first_start_code_is_nothing() -> None:
    assert AccessUnit.of(b"\x65\x65" + LONG + SLICE).units == (SLICE,)


@pytest.mark.parametrize("data", [b"", b"\0", LONG, LONG + SHORT, b"\x65abc"])
def test_nothing_is_no_picture(data: bytes) -> None:
    unit = AccessUnit.of(data)
    assert unit.units == ()
    assert not unit.is_key
    assert not unit.begins
    assert unit.sample == unit.annex_b == b""
    assert not is_key(data)


@pytest.mark.parametrize(
    ("units", "begins"),
    [
        ((SPS, PPS, IDR), True),
        ((PPS, SPS, SEI, IDR, IDR), True),
        ((SPS, IDR), False),
        ((PPS, IDR), False),
        ((IDR,), False),
        ((SPS, PPS, SLICE), False),
        ((SPS, PPS), False),
    ],
)
def test_a_decoder_begins_with_a_key_frame_and_both_its_parameter_sets(
    units: tuple[bytes, ...], begins: bool
) -> None:
    assert AccessUnit.of(joined(*units)).begins is begins


def test_a_sample_has_lengths_for_start_codes_and_leaves_the_sets_to_the_init() -> None:
    sample = AccessUnit.of(joined(DELIMITER, SPS, PPS, SEI, IDR)).sample
    assert sample == b"".join(struct.pack(">I", len(unit)) + unit for unit in (SEI, IDR))


def test_annex_b_holds_all_that_came() -> None:
    unit = AccessUnit.of(joined(SPS, PPS, IDR, start=SHORT))
    assert unit.annex_b == joined(SPS, PPS, IDR)


def test_key_frames_are_told_from_others_without_taking_them_apart() -> None:
    for data in (
        *(joined(SPS, PPS, SEI, IDR), joined(SLICE), joined(SEI, SLICE), joined(SPS, PPS)),
        *clip.pictures(clip.RATE + 1),
    ):
        assert is_key(data) is AccessUnit.of(data).is_key


def test_what_looks_like_a_key_frame_within_another_picture_is_none() -> None:
    assert not is_key(joined(SLICE) + SHORT + b"\x65")


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_a_picture_that_is_cut_off_is_no_key_frame(cut: int) -> None:
    assert not is_key((LONG + IDR)[:cut])

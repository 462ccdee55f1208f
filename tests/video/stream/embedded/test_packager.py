"""Frames into parts and segments, as players find them."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence
from pathlib import Path

import av
import pytest

from tests.video.stream import clip
from tests.video.stream.boxes import Fragment, Taken, fragments
from video.stream.embedded.fmp4 import AAC_SAMPLES, AUDIO, AUDIO_RATE, VIDEO, VIDEO_RATE
from video.stream.embedded.h264 import AccessUnit
from video.stream.embedded.packager import Packager
from video.stream.embedded.playlist import Part, Segment

AT_MS = 1_790_000_000_000
FRAME_S = 1 / clip.RATE
SOUND_S = 1 / clip.SOUNDS


class Taker:
    """A sink that keeps all it gets, and holds the packager to the order that it promises."""

    def __init__(self) -> None:
        self.inits: dict[str, bytes] = {}
        self.segments: list[Segment] = []
        self.parts: list[tuple[int, Part, bytes]] = []

    def begun(self, name: str, data: bytes) -> None:
        assert name not in self.inits
        self.inits[name] = data

    def packed(self, segment: Segment, part: Part, data: bytes) -> None:
        assert segment.init in self.inits
        assert segment.parts[-1] is part
        assert not segment.done
        if self.segments:
            assert segment.number == self.segments[-1].number + 1
        self.parts.append((segment.number, part, data))

    def finished(self, segment: Segment) -> None:
        assert segment.done
        assert segment.parts
        self.segments.append(segment)

    def of(self, segment: Segment) -> list[Fragment]:
        data = b"".join(data for number, _, data in self.parts if number == segment.number)
        return fragments(data)

    def track(self, track: int, *segments: Segment) -> list[Taken]:
        """All samples of these segments; of all of them where none is named."""
        return [
            sample
            for segment in segments or self.segments
            for part in self.of(segment)
            for sample in part.tracks.get(track, [])
        ]


class Desk:
    """A packager that is fed as a host's connection would."""

    def __init__(self, *, number: int = 0, follows: bool = False) -> None:
        self.taker = Taker()
        self.packager = Packager(
            self.taker, number=number, follows=follows, segment_s=1.0, part_s=0.2
        )

    async def show(self, pictures: Sequence[bytes], at: float, *, sound: bool = True) -> float:
        """Show these from `at` on, at the clip's rate, with their sound; returns when they end."""
        sounds = iter(clip.sounds(1_000))
        heard_at = at
        for number, picture in enumerate(pictures):
            now = at + number * FRAME_S
            await self.packager.picture(picture, now, AT_MS + round(now * 1000))
            while sound and heard_at < now + FRAME_S:
                self.packager.sound(next(sounds), heard_at)
                heard_at += SOUND_S
        return at + len(pictures) * FRAME_S


def without_gaps(samples: Sequence[Taken]) -> bool:
    return all(one.at + one.duration == two.at for one, two in itertools.pairwise(samples))


def written(taker: Taker, folder: Path) -> Path:
    """All that was packed after the first init, as a file that players open."""
    file = folder / "all.mp4"
    file.write_bytes(b"".join([taker.inits["init0.mp4"], *(data for *_, data in taker.parts)]))
    return file


def onset(frame: av.AudioFrame) -> int | None:
    """The first sample of a frame that is loud."""
    plane = frame.planes[0]
    waves = struct.unpack_from(f"<{frame.samples}f", plane)
    return next((number for number, wave in enumerate(waves) if abs(wave) > 0.1), None)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_segments_begin_with_key_frames_and_last_from_one_to_the_next(desk: Desk) -> None:
    await desk.show(clip.pictures(90), 0.0)
    desk.packager.end()
    segments = desk.taker.segments
    assert [one.number for one in segments] == [0, 1, 2]
    assert [one.seconds for one in segments] == pytest.approx([1.0] * 3)
    assert [one.at_ms for one in segments] == [AT_MS, AT_MS + 1000, AT_MS + 2000]
    for one in segments:
        pictures = desk.taker.track(VIDEO, one)
        assert pictures[0].is_key
        assert pictures[0].at == one.number * VIDEO_RATE
        assert len(pictures) == clip.RATE


async def test_key_frames_that_come_more_often_do_not_make_shorter_segments(desk: Desk) -> None:
    await desk.show(clip.pictures(60, key_every=6), 0.0)
    desk.packager.end()
    assert [one.seconds for one in desk.taker.segments] == pytest.approx([1.0, 1.0])


async def test_a_segment_waits_for_a_key_frame_however_long(desk: Desk) -> None:
    await desk.show(clip.pictures(100, key_every=75), 0.0)
    desk.packager.end()
    assert [one.seconds for one in desk.taker.segments] == pytest.approx([2.5, 25 * FRAME_S])


async def test_pictures_are_passed_on_untouched_each_as_long_as_until_the_next(desk: Desk) -> None:
    given = clip.pictures(60)
    await desk.show(given, 0.0)
    desk.packager.end()
    taken = desk.taker.track(VIDEO)
    assert [one.data for one in taken] == [AccessUnit.of(one).sample for one in given]
    assert [one.is_key for one in taken] == [AccessUnit.of(one).is_key for one in given]
    assert without_gaps(taken)
    assert taken[-1].at + taken[-1].duration == 2 * VIDEO_RATE


async def test_an_uneven_rate_of_pictures_is_kept(desk: Desk) -> None:
    times = [0.0, 0.010, 0.090, 0.093, 0.4, 1.0]
    for at, picture in zip(times, clip.pictures(60)[:6], strict=True):
        await desk.packager.picture(picture, at, AT_MS)
    desk.packager.end()
    assert [one.at for one in desk.taker.track(VIDEO)] == [round(t * VIDEO_RATE) for t in times]


async def test_two_pictures_of_one_time_follow_each_other_all_the_same(desk: Desk) -> None:
    for picture in clip.pictures(60)[:3]:
        await desk.packager.picture(picture, 0.0, AT_MS)
    desk.packager.end()
    taken = desk.taker.track(VIDEO)
    assert [one.duration > 0 for one in taken] == [True] * 3
    assert without_gaps(taken)


async def test_parts_come_while_the_segment_is_open_and_make_it_up(desk: Desk) -> None:
    pictures = clip.pictures(60)
    await desk.show(pictures[:16], 0.0)
    assert [part.name for _, part, _ in desk.taker.parts] == ["seg0.0.m4s", "seg0.1.m4s"]
    assert desk.taker.segments == []
    await desk.show(pictures[16:], 16 * FRAME_S)
    desk.packager.end()
    for segment in desk.taker.segments:
        assert sum(part.seconds for part in segment.parts) == pytest.approx(segment.seconds)
        assert [part.begins for part in segment.parts] == [True] + [False] * 4
        for part, found in zip(segment.parts, desk.taker.of(segment), strict=True):
            ticks = sum(one.duration for one in found.tracks[VIDEO])
            assert ticks / VIDEO_RATE == pytest.approx(part.seconds, abs=1e-4)
    found_parts = [part for segment in desk.taker.segments for part in desk.taker.of(segment)]
    assert [part.sequence for part in found_parts] == list(range(1, 11))


async def test_a_part_is_never_longer_than_players_are_told(desk: Desk) -> None:
    """`playlist.live` promises a tenth of a second more than is aimed at."""
    await desk.show(clip.pictures(90), 0.0)
    desk.packager.end()
    assert max(part.seconds for _, part, _ in desk.taker.parts) <= 0.3


async def test_sound_is_as_long_as_the_picture_and_has_no_gaps(desk: Desk) -> None:
    await desk.show(clip.pictures(90), 0.0)
    desk.packager.end()
    heard = desk.taker.track(AUDIO)
    assert without_gaps(heard)
    assert {one.duration for one in heard} == {AAC_SAMPLES}
    assert heard[0].at == 0
    assert sum(one.duration for one in heard) == pytest.approx(3 * AUDIO_RATE, rel=0.03)


@pytest.mark.parametrize("begins_s", [0.0, 0.123, 7.7])
async def test_sound_is_heard_when_it_was_made(desk: Desk, tmp_path: Path, begins_s: float) -> None:
    """The encoder is one frame late, and begins with one of its own."""
    pictures = clip.pictures(60)
    await desk.packager.picture(pictures[0], begins_s, AT_MS)
    for number, packet in enumerate(clip.sounds(50, loud_from=25)):
        desk.packager.sound(packet, begins_s + number * SOUND_S)
    await desk.packager.picture(pictures[1], begins_s + 1.0, AT_MS)
    desk.packager.end()
    with av.open(str(written(desk.taker, tmp_path))) as container:
        loud = next(
            (frame.time or 0) + first / AUDIO_RATE
            for frame in container.decode(audio=0)
            if (first := onset(frame)) is not None
        )
    # Opus itself is 6.5 ms late, which nobody sees on a face.
    assert loud == pytest.approx(begins_s + 0.5, abs=0.015)


async def test_before_the_first_picture_there_is_no_sound(desk: Desk) -> None:
    for number, packet in enumerate(clip.sounds(10)):
        desk.packager.sound(packet, number * SOUND_S)
    await desk.show(clip.pictures(31), 5.0)
    desk.packager.end()
    assert desk.taker.track(AUDIO)[0].at == 5 * AUDIO_RATE - AAC_SAMPLES, "the encoder's own"


@pytest.mark.parametrize("missing_s", [0.15, 0.4, 1.0, 3.0])
async def test_missing_sound_is_made_up_for_with_silence(desk: Desk, missing_s: float) -> None:
    at = await desk.show(clip.pictures(30), 0.0)
    gap = round(missing_s / FRAME_S)
    quiet = (clip.pictures(30) * 4)[:gap]
    at = await desk.show(quiet, at, sound=False)
    at = await desk.show(clip.pictures(30), at)
    desk.packager.end()
    heard = desk.taker.track(AUDIO)
    assert without_gaps(heard)
    ends = heard[-1].at + heard[-1].duration
    assert ends / AUDIO_RATE == pytest.approx(at, abs=0.1)


async def test_a_host_without_a_sound_is_heard_as_silence(desk: Desk) -> None:
    await desk.show(clip.pictures(90), 0.0, sound=False)
    desk.packager.end()
    heard = desk.taker.track(AUDIO)
    assert heard
    assert without_gaps(heard)
    assert heard[-1].at / AUDIO_RATE == pytest.approx(3.0, abs=0.6)


async def test_sound_that_sets_in_after_silence_goes_on_from_it(desk: Desk) -> None:
    at = await desk.show(clip.pictures(75, key_every=30), 0.0, sound=False)
    await desk.show(clip.pictures(90, key_every=30)[75:], at)
    await desk.show(clip.pictures(30), at + 15 * FRAME_S)
    desk.packager.end()
    assert without_gaps(desk.taker.track(AUDIO))


async def test_a_jitter_of_sound_leaves_no_trace(desk: Desk) -> None:
    pictures = clip.pictures(60)
    await desk.packager.picture(pictures[0], 0.0, AT_MS)
    for number, packet in enumerate(clip.sounds(40)):
        early = 0.03 * (number % 3 - 1)
        desk.packager.sound(packet, max(number * SOUND_S + early, 0.0))
    await desk.packager.picture(pictures[1], 0.9, AT_MS)
    desk.packager.end()
    heard = desk.taker.track(AUDIO)
    assert without_gaps(heard)
    assert heard[-1].at + AAC_SAMPLES <= 0.8 * AUDIO_RATE


async def test_another_picture_size_is_a_discontinuity_with_an_init_of_its_own(desk: Desk) -> None:
    at = await desk.show(clip.pictures(45), 0.0)
    await desk.show(clip.pictures(31, width=160, height=90), at)
    desk.packager.end()
    first, second, third, fourth = desk.taker.segments
    assert [one.init for one in desk.taker.segments] == ["init0.mp4"] * 2 + ["init2.mp4"] * 2
    assert [one.fresh for one in desk.taker.segments] == [False, False, True, False]
    assert (first.seconds, second.seconds) == pytest.approx((1.0, 0.5))
    assert third.seconds == pytest.approx(1.0)
    assert fourth.seconds == pytest.approx(FRAME_S)
    assert without_gaps(desk.taker.track(VIDEO))
    assert desk.taker.inits["init0.mp4"] != desk.taker.inits["init2.mp4"]


async def test_parameters_that_come_again_are_no_new_beginning(desk: Desk) -> None:
    await desk.show(clip.pictures(90), 0.0)
    assert list(desk.taker.inits) == ["init0.mp4"]


async def test_a_key_frame_without_its_parameters_begins_a_segment_but_no_show(desk: Desk) -> None:
    pictures = list(clip.pictures(90))
    *_, first, second = AccessUnit.of(pictures[30]).units
    pictures[30] = b"".join(b"\0\0\0\1" + unit for unit in (first, second))
    await desk.show(pictures[30:60], 0.0)
    assert desk.taker.inits == {}
    await desk.show(pictures, 1.0)
    desk.packager.end()
    assert [one.seconds for one in desk.taker.segments] == pytest.approx([1.0] * 3)


async def test_nothing_is_shown_until_somebody_could_begin(desk: Desk) -> None:
    pictures = clip.pictures(60)
    await desk.show(pictures[7:], 0.0)
    desk.packager.end()
    [segment] = desk.taker.segments
    assert desk.taker.track(VIDEO, segment)[0].data == AccessUnit.of(pictures[30]).sample
    assert segment.at_ms == AT_MS + round(23 * FRAME_S * 1000)
    assert not segment.fresh, "there was nothing before it"


async def test_a_new_sender_goes_on_where_another_one_stopped(desk: Desk) -> None:
    await desk.show(clip.pictures(40), 0.0)
    desk.packager.begin_anew()
    await desk.show(clip.pictures(60)[3:], 10.0)
    desk.packager.end()
    one, two, three = desk.taker.segments
    assert [one.number, two.number, three.number] == [0, 1, 2]
    assert two.seconds == pytest.approx(10 * FRAME_S)
    assert (two.fresh, three.fresh) == (False, True)
    assert three.init == "init2.mp4"
    assert three.at_ms == AT_MS + 10_900
    pictures, heard = desk.taker.track(VIDEO, three), desk.taker.track(AUDIO, three)
    assert pictures[0].is_key
    assert pictures[0].at == round(10.9 * VIDEO_RATE)
    assert heard[0].at / AUDIO_RATE == pytest.approx(10.9, abs=0.04)


async def test_beginning_anew_without_anything_between_makes_no_empty_segment(desk: Desk) -> None:
    for _ in range(3):
        desk.packager.begin_anew()
    await desk.show(clip.pictures(20), 0.0)
    for _ in range(3):
        desk.packager.begin_anew()
    desk.packager.end()
    assert [one.number for one in desk.taker.segments] == [0]


@pytest.mark.parametrize("follows", [False, True])
async def test_the_first_segment_is_a_break_where_others_were_kept_before(follows: bool) -> None:
    desk = Desk(number=57, follows=follows)
    await desk.show(clip.pictures(40), 0.0)
    desk.packager.end()
    first, second = desk.taker.segments
    assert (first.number, first.name, first.init) == (57, "seg57.m4s", "init57.mp4")
    assert (first.fresh, second.fresh) == (follows, False)


async def test_an_init_is_called_after_the_first_segment_that_needs_it(desk: Desk) -> None:
    """So what was called once is never called so again, whoever sent before."""
    for begun in (0.0, 10.0, 20.0):
        await desk.show(clip.pictures(40), begun)
        desk.packager.begin_anew()
    assert list(desk.taker.inits) == ["init0.mp4", "init2.mp4", "init4.mp4"]


async def test_broken_frames_are_told_and_the_next_key_frame_is_a_new_beginning(
    desk: Desk,
) -> None:
    key = bytearray(clip.pictures(1)[0])
    key[4 + 7] = 1
    with pytest.raises(av.FFmpegError):
        await desk.packager.picture(bytes(key), 0.0, AT_MS)
    desk.packager.begin_anew()
    await desk.show(clip.pictures(20), 0.1)
    with pytest.raises(av.FFmpegError):
        desk.packager.sound(b"\xff" * 50, 0.7)
    desk.packager.begin_anew()
    await desk.show(clip.pictures(20), 1.0)
    desk.packager.end()
    assert [one.fresh for one in desk.taker.segments] == [False, True]


async def test_a_player_decodes_what_was_packed(desk: Desk, tmp_path: Path) -> None:
    at = await desk.show(clip.pictures(60), 0.0)
    await desk.show(clip.pictures(30), at + 0.5)
    desk.packager.end()
    file = written(desk.taker, tmp_path)
    with av.open(str(file)) as container:
        pictures = list(container.decode(video=0))
    assert len(pictures) == 90
    assert {(one.width, one.height) for one in pictures} == {(clip.WIDTH, clip.HEIGHT)}
    with av.open(str(file)) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert samples / AUDIO_RATE == pytest.approx(3.5, abs=0.15)

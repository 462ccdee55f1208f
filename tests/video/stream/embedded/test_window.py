"""The live end: what players ask for, and what they may wait for."""

from __future__ import annotations

import asyncio

import pytest

from video.stream.embedded.playlist import Part, Segment
from video.stream.embedded.window import KEPT, Window

FOR_EVER_S = 60
"""Longer than a test may take: whoever waits in vain fails it."""


class Show:
    """A packager's part: segments of two parts each."""

    def __init__(self) -> None:
        self.window = Window(segment_s=1.0, part_s=0.5)
        self._number = 0
        self._init = 0
        self.segment: Segment | None = None

    def begin(self, *, fresh: bool = False) -> None:
        if fresh or not self._init:
            self._init += 1
            self.window.begun(f"init{self._init}.mp4", b"init %d" % self._init)
        self.segment = Segment(self._number, f"init{self._init}.mp4", 0, fresh)
        self._number += 1

    def part(self) -> str:
        assert self.segment is not None
        name = f"seg{self.segment.number}.{len(self.segment.parts)}.m4s"
        part = Part(name, 0.5, not self.segment.parts)
        self.segment.parts.append(part)
        self.window.packed(self.segment, part, name.encode())
        return name

    def finish(self) -> Segment:
        assert self.segment is not None
        self.segment.seconds, self.segment.done = 1.0, True
        self.window.finished(self.segment)
        return self.segment

    def whole(self, *, fresh: bool = False) -> Segment:
        self.begin(fresh=fresh)
        self.part()
        self.part()
        return self.finish()


@pytest.fixture
def show() -> Show:
    return Show()


def test_a_part_can_be_had_while_its_segment_is_open(show: Show) -> None:
    show.begin()
    name = show.part()
    assert show.window.file(name) == name.encode()
    assert show.window.file("init1.mp4") == b"init 1"
    assert show.window.file("seg0.m4s") is None


def test_a_whole_segment_is_its_parts(show: Show) -> None:
    show.whole()
    assert show.window.file("seg0.m4s") == b"seg0.0.m4sseg0.1.m4s"


def test_nothing_can_be_played_before_a_segment_is_whole(show: Show) -> None:
    assert show.window.is_empty
    show.begin()
    show.part()
    assert show.window.is_empty
    show.finish()
    assert not show.window.is_empty


def test_both_playlists_are_of_the_same_segments(show: Show) -> None:
    show.whole()
    show.begin()
    show.part()
    low, whole = (show.window.playlist(low_latency=low) for low in (True, False))
    assert "seg0.m4s" in low
    assert "seg0.m4s" in whole
    assert "seg1.0.m4s" in low
    assert "seg1" not in whole


async def test_who_asks_for_a_part_waits_for_it(show: Show) -> None:
    show.begin()
    show.part()
    waiting = asyncio.create_task(show.window.reaches(0, 1, at_most_s=FOR_EVER_S))
    await asyncio.sleep(0)
    assert not waiting.done()
    show.part()
    assert await waiting


async def test_who_asks_for_a_segment_waits_for_all_of_it(show: Show) -> None:
    show.begin()
    waiting = asyncio.create_task(show.window.reaches(0, None, at_most_s=FOR_EVER_S))
    for _ in range(2):
        show.part()
        await asyncio.sleep(0)
        assert not waiting.done()
    show.finish()
    assert await waiting


async def test_who_asks_for_the_next_segment_s_part_waits_across_the_border(show: Show) -> None:
    show.whole()
    waiting = asyncio.create_task(show.window.reaches(1, 0, at_most_s=FOR_EVER_S))
    await asyncio.sleep(0)
    assert not waiting.done()
    show.begin()
    show.part()
    assert await waiting


async def test_a_part_that_its_segment_never_had_is_there_when_the_segment_is_whole(
    show: Show,
) -> None:
    """A player hints at a part, and a key frame came early (RFC 8216bis, 6.2.5.2)."""
    show.begin()
    show.part()
    waiting = asyncio.create_task(show.window.reaches(0, 7, at_most_s=FOR_EVER_S))
    await asyncio.sleep(0)
    show.finish()
    assert await waiting


@pytest.mark.parametrize("part", [None, 0, 1])
async def test_what_is_there_already_is_not_waited_for(show: Show, part: int | None) -> None:
    show.whole()
    show.whole()
    for number in (0, 1):
        assert await show.window.reaches(number, part, at_most_s=0)


@pytest.mark.parametrize("ahead", [2, 3, 1_000_000])
async def test_what_no_player_can_know_of_is_refused_at_once(show: Show, ahead: int) -> None:
    show.whole()
    assert not await show.window.reaches(0 + ahead + 1, None, at_most_s=FOR_EVER_S)


async def test_what_does_not_come_is_waited_for_only_so_long(show: Show) -> None:
    show.whole()
    assert not await show.window.reaches(1, None, at_most_s=0.01)
    assert not await Window(segment_s=1.0, part_s=0.2).reaches(0, 0, at_most_s=0.01)


async def test_many_wait_for_one_part(show: Show) -> None:
    show.begin()
    waiting = [
        asyncio.create_task(show.window.reaches(0, 0, at_most_s=FOR_EVER_S)) for _ in range(50)
    ]
    await asyncio.sleep(0)
    show.part()
    assert all(await asyncio.gather(*waiting))


def test_old_segments_leave_with_their_parts(show: Show) -> None:
    for _ in range(KEPT + 3):
        show.whole()
    window = show.window
    for name in ("seg0.m4s", "seg0.0.m4s", "seg0.1.m4s", "seg1.m4s"):
        assert window.file(name) is None
    assert window.file("seg2.m4s") is not None
    assert window.file("init1.mp4") is not None
    assert "#EXT-X-MEDIA-SEQUENCE:2\n" in window.playlist(low_latency=True)


def test_an_init_leaves_with_the_last_segment_that_needs_it(show: Show) -> None:
    show.whole()
    show.whole(fresh=True)
    for _ in range(KEPT):
        assert show.window.file("init1.mp4") is not None
        show.whole()
    assert show.window.file("init1.mp4") is None
    assert show.window.file("init2.mp4") is not None


def test_discontinuities_that_leave_are_counted(show: Show) -> None:
    show.whole()
    for _ in range(3):
        show.whole(fresh=True)
    for _ in range(KEPT - 1):
        show.whole()
    text = show.window.playlist(low_latency=True)
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:1\n" in text
    assert text.count("#EXT-X-DISCONTINUITY\n") == 2


def test_a_long_show_fills_no_memory(show: Show) -> None:
    for number in range(500):
        show.whole(fresh=number % 50 == 0)
    assert len(show.window._files) <= (KEPT + 1) * 3 + 2

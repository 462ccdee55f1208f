"""A host's connection: her two RTP clocks as one time of ours, and when she is asked for what."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.video.stream import clip
from tests.waiting import until
from video.stream.embedded import source as module
from video.stream.embedded.feed import RATES
from video.stream.embedded.source import ASTRAY_S, SenderClock, Source
from video.stream.embedded.tap import Report

NTP = 3_900_000_000.0
"""What a sender's own clock shows, in seconds since 1900."""


def rtp(kind: str, seconds: float) -> int:
    """The RTP time `seconds` after each kind's own, arbitrary beginning."""
    return {"video": 4_000_000_000, "audio": 77}[kind] + round(seconds * RATES[kind])


@pytest.fixture
def clock() -> SenderClock:
    return SenderClock()


def test_each_kind_begins_when_its_first_frame_came(clock: SenderClock) -> None:
    assert clock.at("video", rtp("video", 0), 100.0) == pytest.approx(100.0)
    assert clock.at("audio", rtp("audio", 0), 100.3) == pytest.approx(100.3)


def test_the_network_s_jitter_does_not_move_a_frame(clock: SenderClock) -> None:
    clock.at("video", rtp("video", 0), 100.0)
    for number, late in enumerate([0.0, 0.2, 0.05, 1.0, 0.0], start=1):
        at = clock.at("video", rtp("video", number / 30), 100.0 + number / 30 + late)
        assert at == pytest.approx(100.0 + number / 30)


def test_sound_is_moved_to_where_its_sender_says_it_belongs(clock: SenderClock) -> None:
    """Both were taken at once; the sound came 300 ms later."""
    clock.at("video", rtp("video", 0), 100.0)
    clock.at("audio", rtp("audio", 0), 100.3)
    clock.told("video", NTP + 1.0, rtp("video", 1.0))
    clock.told("audio", NTP + 1.5, rtp("audio", 1.5))
    assert clock.at("audio", rtp("audio", 2.0), 102.3) == pytest.approx(102.0)
    assert clock.at("video", rtp("video", 2.0), 102.0) == pytest.approx(102.0)


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_one_kind_s_report_alone_moves_nothing(clock: SenderClock, kind: str) -> None:
    clock.at("video", rtp("video", 0), 100.0)
    clock.at("audio", rtp("audio", 0), 100.3)
    clock.told(kind, NTP, rtp(kind, 0))
    assert clock.at("audio", rtp("audio", 1.0), 101.3) == pytest.approx(101.3)
    assert clock.at("video", rtp("video", 1.0), 101.0) == pytest.approx(101.0)


def test_reports_before_the_first_frame_of_a_kind_wait_for_it(clock: SenderClock) -> None:
    clock.told("video", NTP, rtp("video", 0))
    clock.told("audio", NTP, rtp("audio", 0))
    assert clock.at("video", rtp("video", 0), 100.0) == pytest.approx(100.0)
    assert clock.at("audio", rtp("audio", 0), 100.3) == pytest.approx(100.0)


def test_sound_is_moved_once_and_then_goes_on(clock: SenderClock) -> None:
    """A sender's clock is corrected now and then, and sound must not jump with it."""
    clock.at("video", rtp("video", 0), 100.0)
    clock.at("audio", rtp("audio", 0), 100.1)
    for drift in (0.0, 0.05, -0.05):
        clock.told("video", NTP + 1.0, rtp("video", 1.0))
        clock.told("audio", NTP + 1.0 + drift, rtp("audio", 1.0))
        assert clock.at("audio", rtp("audio", 2.0), 102.1) == pytest.approx(102.0)


def test_reports_across_a_step_of_the_sender_s_clock_move_nothing(clock: SenderClock) -> None:
    """Sound moved by as much would be astray, and so set anew with every frame."""
    clock.at("video", rtp("video", 0), 100.0)
    clock.at("audio", rtp("audio", 0), 100.1)
    clock.told("video", NTP, rtp("video", 0))
    clock.told("audio", NTP + 3_600, rtp("audio", 0))
    assert clock.at("audio", rtp("audio", 1.0), 101.1) == pytest.approx(101.1)
    assert not clock.is_astray("audio", rtp("audio", 1.0), 101.1)
    clock.told("video", NTP + 3_602, rtp("video", 2.0))
    assert clock.at("audio", rtp("audio", 2.0), 102.1) == pytest.approx(102.0)


def test_a_time_that_stands_still_or_jumps_is_of_no_use(clock: SenderClock) -> None:
    clock.at("video", rtp("video", 0), 100.0)
    for astray_s, told in ((0.0, False), (ASTRAY_S - 0.1, False), (ASTRAY_S + 0.1, True)):
        assert clock.is_astray("video", rtp("video", 1.0), 101.0 + astray_s) is told
        assert clock.is_astray("video", rtp("video", 1.0), 101.0 - astray_s) is told


def test_a_kind_that_has_not_begun_is_not_astray(clock: SenderClock) -> None:
    clock.at("video", rtp("video", 0), 100.0)
    assert not clock.is_astray("audio", rtp("audio", 50), 100.0)


# The connection


class Listener:
    """Keeps what came."""

    def __init__(self) -> None:
        self.came_at: list[tuple[str, float, bool]] = []
        self.jumps = 0

    def came(self, _source: Source, kind: str, _data: bytes, at: float, *, key: bool) -> None:
        self.came_at.append((kind, at, key))

    def jumped(self, _source: Source) -> None:
        self.jumps += 1

    def left(self, _source: Source) -> None:
        raise AssertionError("nobody left")


class Tap:
    """Stands for a tapped receiver."""

    def __init__(self) -> None:
        self.report: Report | None = None
        self.asked = 0

    def unwrapped(self, time_: int) -> int:
        return time_

    async def ask_for_key_frame(self) -> None:
        self.asked += 1


class Line:
    """A source without a network: its frames come when a test says so."""

    def __init__(self) -> None:
        self.listener = Listener()
        self.source = Source(self.listener, (), 0.01)
        self.taps: Any = {"video": Tap(), "audio": Tap()}
        self.source._taps = self.taps

    def brings(self, kind: str, seconds: float, data: bytes = b"frame") -> None:
        """A frame of `seconds` after its kind's beginning, just now."""
        self.source._came(kind, data, rtp(kind, seconds))


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    line = Line()
    yield line
    await line.source.close()


async def test_frames_are_told_by_their_time_and_whether_a_picture_begins(line: Line) -> None:
    key, delta = clip.pictures(2)
    now = time.monotonic()
    line.brings("video", 0.0, key)
    line.brings("video", 1 / 30, delta)
    line.brings("audio", 0.0)
    (_, first, is_key), (_, second, is_other), (kind, _, _) = line.listener.came_at
    assert first == pytest.approx(now, abs=1)
    assert second - first == pytest.approx(1 / 30)
    assert (is_key, is_other, kind) == (True, False, "audio")
    assert line.source.pictures == 2
    assert line.source.octets == len(key) + len(delta) + len(b"frame")


@pytest.mark.parametrize("jump_s", [10, -10])
async def test_a_sender_whose_time_jumps_begins_anew_once(line: Line, jump_s: float) -> None:
    for number in range(3):
        line.brings("video", 100 + number / 30)
    for number in range(3):
        line.brings("video", 100 + jump_s + number / 30)
    assert line.listener.jumps == 1
    times = [at for _, at, _ in line.listener.came_at]
    assert max(times) - min(times) < 1, "on our clock nothing jumped"


async def test_reports_that_make_no_sense_are_no_jump(line: Line) -> None:
    """A sender that has no clock says zero (RFC 3550, 6.4.1)."""
    line.taps["video"].report = Report(0.0, rtp("video", 0))
    line.taps["audio"].report = Report(0.0, rtp("audio", 500))
    for number in range(10):
        line.brings("video", number / 30)
        line.brings("audio", number / 50)
    assert line.listener.jumps == 0


async def test_many_who_lost_a_picture_ask_for_one_key_frame(line: Line) -> None:
    for _ in range(50):
        line.source.ask_for_key_frame()
    await asyncio.sleep(0)
    assert line.taps["video"].asked == 1
    assert line.taps["audio"].asked == 0


async def test_a_key_frame_is_asked_for_at_every_segment(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ASKED_AGAIN_S", 60.0)
    line.source._asking = asyncio.create_task(line.source._ask_regularly())
    await until(lambda: line.taps["video"].asked >= 3)


async def test_of_a_connection_that_is_closed_nothing_is_asked(line: Line) -> None:
    await line.source.close()
    line.source.ask_for_key_frame()
    await asyncio.sleep(0)
    assert line.taps["video"].asked == 0

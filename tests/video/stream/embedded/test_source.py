"""A sender's two RTP clocks as one time of ours."""

from __future__ import annotations

import pytest

from video.stream.embedded.feed import RATES
from video.stream.embedded.source import ASTRAY_S, SenderClock

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

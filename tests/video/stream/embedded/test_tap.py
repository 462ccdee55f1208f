"""Frames past aiortc's decoder: untouched, in times that only grow, and by names that are private.

The names are looked at one by one, so that a new version of aiortc says which of them has moved.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
from collections.abc import AsyncIterator, Iterable
from typing import Any

import aioice.ice
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtp import RtcpSenderInfo

from tests.video.stream import clip
from tests.waiting import until
from video.stream.embedded import peer
from video.stream.embedded.feed import Feed
from video.stream.embedded.h264 import AccessUnit
from video.stream.embedded.tap import Report, Tap, Unwrapped

WRAP = 1 << 32
STARTED_S = 30


@contextlib.asynccontextmanager
async def connection() -> AsyncIterator[RTCPeerConnection]:
    made = RTCPeerConnection(RTCConfiguration([]))
    try:
        yield made
    finally:
        await made.close()


# Times


def test_times_that_wrap_only_grow() -> None:
    times = Unwrapped()
    assert times.map(WRAP - 100) == WRAP - 100
    assert times.map(50) == WRAP + 50
    assert times.map(WRAP - 1) == WRAP - 1, "late, and from before"
    assert times.map(3_000) == WRAP + 3_000


def test_times_that_wrap_again_and_again_only_grow() -> None:
    times, at = Unwrapped(), 123
    for _ in range(20):
        assert times.map(at % WRAP) == at
        at += WRAP // 3


def test_a_report_s_time_is_found_near_the_newest_frame() -> None:
    times = Unwrapped()
    times.map(WRAP - 100)
    times.map(100)
    assert times.near(WRAP - 50) == WRAP - 50
    assert times.near(200) == WRAP + 200
    assert times.map(300) == WRAP + 300, "looking does not move the time"


def test_a_report_before_the_first_frame_is_taken_as_it_is() -> None:
    assert Unwrapped().near(77) == 77


# Names that are private to aiortc and aioice


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("_RTCRtpReceiver__decoder_queue", queue.Queue),
        ("_RTCRtpReceiver__timestamp_mapper", object),
        ("_RTCRtpReceiver__remote_streams", dict),
        ("_RTCRtpReceiver__rtx_ssrc", dict),
    ],
)
@pytest.mark.parametrize("media", ["audio", "video"])
async def test_a_receiver_still_has_what_is_tapped(name: str, kind: type, media: str) -> None:
    async with connection() as made:
        receiver = made.addTransceiver(media, direction="recvonly").receiver
        assert isinstance(getattr(receiver, name), kind)


@pytest.mark.parametrize("name", ["_handle_rtcp_packet", "_send_rtcp_pli"])
async def test_a_receiver_still_hears_and_sends_reports(name: str) -> None:
    async with connection() as made:
        receiver = made.addTransceiver("video", direction="recvonly").receiver
        assert asyncio.iscoroutinefunction(getattr(receiver, name))


async def test_a_receiver_s_times_are_still_mapped_one_by_one() -> None:
    async with connection() as made:
        receiver: Any = made.addTransceiver("video", direction="recvonly").receiver
        assert receiver._RTCRtpReceiver__timestamp_mapper.map(7) == 0


def test_frames_and_reports_still_have_their_parts() -> None:
    frame = JitterFrame(data=b"frame", timestamp=7)
    assert (frame.data, frame.timestamp) == (b"frame", 7)
    report = RtcpSenderInfo(ntp_timestamp=1, rtp_timestamp=2, packet_count=3, octet_count=4)
    assert (report.ntp_timestamp, report.rtp_timestamp) == (1, 2)


async def test_a_sender_still_asks_its_encoder_for_a_key_frame_by_this_name() -> None:
    async with connection() as made:
        sender: Any = made.addTransceiver("video", direction="sendonly").sender
        assert callable(sender._send_keyframe)


@pytest.mark.usefixtures("loopback")
async def test_aioice_still_asks_this_function_for_the_machine_s_addresses() -> None:
    peer.listen_on(["127.0.0.7"])
    assert aioice.ice.get_host_addresses(use_ipv4=True, use_ipv6=False) == ["127.0.0.7"]
    async with connection() as made:
        made.addTransceiver("audio")
        await made.setLocalDescription(await made.createOffer())
        assert " 127.0.0.7 " in made.localDescription.sdp


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(
    ("machine", "offered"), [(["10.0.0.9"], ["10.0.0.9"]), ([], ["127.0.0.1"])]
)
def test_with_no_address_chosen_the_machine_s_own_are_offered(
    monkeypatch: pytest.MonkeyPatch, machine: list[str], offered: list[str]
) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda *_: machine)
    peer.listen_on([])
    assert aioice.ice.get_host_addresses(use_ipv4=True, use_ipv6=True) == offered


# All of it together


class Line:
    """One who sends, one who taps, and what came over."""

    def __init__(self) -> None:
        self.came: dict[str, list[tuple[str, bytes, int]]] = {"video": [], "audio": []}
        self.taps: dict[str, Tap] = {}
        self.feeds = {kind: Feed(kind, self.lost) for kind in ("video", "audio")}
        self.asked = asyncio.Event()
        self._moved = asyncio.Event()

    def lost(self) -> None:
        raise AssertionError("the feed was too slow")

    async def connect(self, sender: RTCPeerConnection, receiver: RTCPeerConnection) -> None:
        for kind, feed in self.feeds.items():
            transceiver = sender.addTransceiver(feed, direction="sendonly")
            transceiver.setCodecPreferences(peer.codecs(kind))
            private: Any = transceiver.sender
            private._send_keyframe = self.asked.set
        await sender.setLocalDescription(await sender.createOffer())
        await receiver.setRemoteDescription(sender.localDescription)
        for transceiver in receiver.getTransceivers():
            self.taps[transceiver.kind] = self._tapped(transceiver.kind, transceiver.receiver)
        await receiver.setLocalDescription(await receiver.createAnswer())
        await sender.setRemoteDescription(receiver.localDescription)

    def _tapped(self, kind: str, receiver: Any) -> Tap:
        def came(codec: str, data: bytes, at: int) -> None:
            self.came[kind].append((codec, data, at))
            self._moved.set()

        return Tap(receiver, came)

    async def send(self, pictures: tuple[bytes, ...], sounds: tuple[bytes, ...]) -> None:
        """Send these and wait until all have come; one picture more pushes out the last."""
        async with asyncio.timeout(STARTED_S):
            for number, picture in enumerate(pictures):
                self.feeds["video"].put(picture, number / clip.RATE, is_key=number == 0)
            for number, sound in enumerate(sounds):
                self.feeds["audio"].put(sound, number / clip.SOUNDS, is_key=True)
            while len(self.came["video"]) < len(pictures) - 1:
                self._moved.clear()
                await self._moved.wait()


def units(pictures: Iterable[bytes]) -> list[tuple[bytes, ...]]:
    """What RTP carries: it knows no start codes, of which there are two lengths."""
    return [AccessUnit.of(one).units for one in pictures]


@pytest.fixture
async def line(loopback: None) -> AsyncIterator[Line]:
    async with connection() as sender, connection() as receiver:
        line = Line()
        await line.connect(sender, receiver)
        yield line


async def test_frames_come_as_they_were_encoded_with_the_times_they_had(line: Line) -> None:
    pictures = clip.pictures(45)
    await line.send(pictures, clip.sounds(60, loud_from=0))
    came = line.came["video"]
    assert {codec for codec, _, _ in came} == {"H264"}
    assert {codec for codec, _, _ in line.came["audio"]} == {"opus"}
    assert units(data for _, data, _ in came) == units(pictures[: len(came)])
    first = came[0][2]
    assert [at - first for _, _, at in came] == [3_000 * number for number in range(len(came))]
    heard = [data for _, data, _ in line.came["audio"]]
    assert heard == list(clip.sounds(60, loud_from=0))[: len(heard)]


async def test_a_key_frame_that_is_asked_for_is_asked_of_the_sender(line: Line) -> None:
    await line.send(clip.pictures(10), ())
    assert not line.asked.is_set()
    await line.taps["video"].ask_for_key_frame()
    async with asyncio.timeout(STARTED_S):
        await line.asked.wait()


async def test_a_sender_s_report_tells_its_clock_beside_the_rtp_time(line: Line) -> None:
    await line.send(clip.pictures(10), clip.sounds(30))
    await until(lambda: all(tap.report for tap in line.taps.values()))
    for kind, tap in line.taps.items():
        report = tap.report
        assert isinstance(report, Report)
        newest = line.came[kind][-1][2]
        assert abs(tap.unwrapped(report.rtp) - newest) < 90_000
        assert report.ntp > 3_900_000_000, "seconds since 1900"

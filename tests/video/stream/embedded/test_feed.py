"""What one viewer is sent: it begins with a key frame, and nothing waits for ever."""

from __future__ import annotations

import asyncio

import pytest
from aiortc.mediastreams import MediaStreamError

from video.stream.embedded.feed import WAITING, Feed


class Asked:
    """Counts how often a key frame is asked for."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def video(asked: Asked) -> Feed:
    return Feed("video", asked)


async def taken(feed: Feed) -> bytes:
    async with asyncio.timeout(5):
        return bytes(await feed.recv())


async def test_a_picture_begins_with_a_key_frame(video: Feed) -> None:
    for number in range(3):
        video.put(b"delta", number / 30, is_key=False)
    video.put(b"key", 0.1, is_key=True)
    video.put(b"delta after", 0.2, is_key=False)
    assert [await taken(video), await taken(video)] == [b"key", b"delta after"]


async def test_sound_begins_at_once(asked: Asked) -> None:
    feed = Feed("audio", asked)
    feed.put(b"opus", 0.5, is_key=False)
    assert await taken(feed) == b"opus"


@pytest.mark.parametrize(("kind", "rate"), [("video", 90_000), ("audio", 48_000)])
async def test_frames_carry_the_show_s_time_in_their_kind_s_rate(
    asked: Asked, kind: str, rate: int
) -> None:
    feed = Feed(kind, asked)
    feed.put(b"frame", 12.5, is_key=True)
    packet = await feed.recv()
    assert packet.pts == packet.dts == 12.5 * rate
    assert packet.time_base.denominator == rate


async def test_who_waits_is_given_the_next_frame(video: Feed) -> None:
    waiting = asyncio.create_task(taken(video))
    await asyncio.sleep(0)
    assert not waiting.done()
    video.put(b"key", 0.0, is_key=True)
    assert await waiting == b"key"


async def test_a_connection_that_takes_nothing_loses_all_and_begins_anew(
    video: Feed, asked: Asked
) -> None:
    video.put(b"key", 0.0, is_key=True)
    for number in range(1, WAITING["video"]):
        video.put(b"delta", number / 30, is_key=False)
    assert asked.times == 0
    video.put(b"one too many", 2.0, is_key=False)
    assert asked.times == 1
    video.put(b"builds on what was lost", 2.1, is_key=False)
    video.put(b"key again", 2.2, is_key=True)
    assert await taken(video) == b"key again"


async def test_a_key_frame_that_is_one_too_many_is_the_new_beginning(video: Feed) -> None:
    for number in range(WAITING["video"]):
        video.put(b"old", number / 30, is_key=True)
    video.put(b"key", 2.0, is_key=True)
    assert await taken(video) == b"key"


async def test_what_waits_has_an_end(asked: Asked) -> None:
    for kind in ("video", "audio"):
        feed = Feed(kind, asked)
        for number in range(10_000):
            feed.put(b"frame", number / 30, is_key=number % 30 == 0)
        assert len(feed._frames) <= WAITING[kind]


async def test_after_another_sender_comes_only_a_key_frame_will_do(video: Feed) -> None:
    video.put(b"key", 0.0, is_key=True)
    video.broken_off()
    video.put(b"delta of the other one", 0.1, is_key=False)
    video.put(b"key of the other one", 0.2, is_key=True)
    assert [await taken(video), await taken(video)] == [b"key", b"key of the other one"]


async def test_sound_goes_on_across_senders(asked: Asked) -> None:
    feed = Feed("audio", asked)
    feed.broken_off()
    feed.put(b"opus", 0.1, is_key=True)
    assert await taken(feed) == b"opus"


async def test_a_feed_that_is_stopped_ends_for_whoever_waits(video: Feed) -> None:
    waiting = asyncio.create_task(video.recv())
    await asyncio.sleep(0)
    video.stop()
    with pytest.raises(MediaStreamError):
        await waiting
    with pytest.raises(MediaStreamError):
        await video.recv()

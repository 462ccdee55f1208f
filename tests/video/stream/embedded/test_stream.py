"""One show's picture: who sends, who is waited for, and what goes on whoever does."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from core.clock import ManualClock
from tests.video.stream import clip
from tests.waiting import until
from video.stream.embedded import stream as module
from video.stream.embedded.feed import Feed
from video.stream.embedded.h264 import AccessUnit, is_key
from video.stream.embedded.packager import Packager
from video.stream.embedded.shelf import Shelf
from video.stream.embedded.source import Source
from video.stream.embedded.stream import Pace, Stream
from video.stream.embedded.viewer import Viewer

SHOW = "shw_01K6ZZZZZZZZZZZZZZZZZZZZZZ"


class Host:
    """Stands for a connection whose frames come when a test says so."""

    def __init__(self, stream: Stream) -> None:
        self.pictured_at = time.monotonic()
        self.closed = False
        self.asked = 0
        self._stream = stream
        self._next_at = 0.0

    @property
    def source(self) -> Source:
        return cast("Source", self)

    def ask_for_key_frame(self) -> None:
        self.asked += 1

    def shows(self, *pictures: bytes) -> None:
        """One after the other at the clip's rate, from now on or after those before."""
        self.pictured_at = now = time.monotonic()
        at = max(now, self._next_at)
        for picture in pictures:
            self._stream.came(self.source, "video", picture, at, key=is_key(picture))
            at += 1 / clip.RATE
        self._next_at = at

    async def close(self) -> None:
        self.closed = True


class Watcher:
    """Stands for a viewer's connection."""

    def __init__(self) -> None:
        self.asked = 0
        self.closed = False
        self.feeds = {kind: Feed(kind, self._ask) for kind in ("video", "audio")}

    def _ask(self) -> None:
        self.asked += 1

    @property
    def viewer(self) -> Viewer:
        return cast("Viewer", self)

    @property
    def gets(self) -> list[bytes]:
        """The pictures that wait for it."""
        return [bytes(packet) for packet in self.feeds["video"]._frames]

    async def close(self) -> None:
        self.closed = True


class Stage:
    """A stream at work, and what is told of it."""

    def __init__(self, shelf: Shelf, pace: Pace) -> None:
        self.news: list[str] = []
        self.clock = ManualClock()
        self.stream = Stream(SHOW, shelf, self.clock, pace, self._told)
        self.task = asyncio.create_task(self.stream.run())

    def _told(self, show: str, news: str) -> None:
        assert show == SHOW
        self.news.append(news)

    def host(self) -> Host:
        """Another one, who sends from now on."""
        host = Host(self.stream)
        self.stream.sends(host.source)
        return host

    async def says(self, *news: str) -> None:
        await until(lambda: self.news, list(news).__eq__)

    async def ended(self) -> None:
        async with asyncio.timeout(30):
            await self.task


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKED_S", 0.01)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@contextlib.asynccontextmanager
async def staged(shelf: Shelf, *, grace_s: float = 60.0) -> AsyncIterator[Stage]:
    stage = Stage(shelf, Pace(grace_s=grace_s))
    try:
        yield stage
    finally:
        stage.stream.end()
        await asyncio.wait([stage.task], timeout=30)
        stage.task.cancel()


@pytest.fixture
async def stage(shelf: Shelf) -> AsyncIterator[Stage]:
    async with staged(shelf) as stage:
        yield stage


async def test_a_picture_is_on_once_one_has_come(stage: Stage) -> None:
    host = stage.host()
    assert stage.news == []
    host.shows(*clip.pictures(2))
    assert stage.news == ["ready"]


async def test_a_host_who_leaves_is_away_and_on_again_when_she_is_back(stage: Stage) -> None:
    host = stage.host()
    host.shows(*clip.pictures(2))
    stage.stream.left(host.source)
    assert stage.news == ["ready", "away"]
    await until(lambda: host.closed)
    stage.host().shows(*clip.pictures(2))
    assert stage.news == ["ready", "away", "ready"]


async def test_a_host_who_falls_silent_is_away(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SILENT_S", 0.05)
    host = stage.host()
    host.shows(*clip.pictures(2))
    await stage.says("ready", "away")
    assert not host.closed, "her line may come back"
    host.shows(*clip.pictures(2))
    assert stage.news == ["ready", "away", "ready"]


async def test_a_host_who_does_not_come_back_is_waited_for_only_so_long(shelf: Shelf) -> None:
    async with staged(shelf, grace_s=0.05) as stage:
        host = stage.host()
        host.shows(*clip.pictures(2))
        stage.stream.left(host.source)
        await stage.ended()
        assert stage.news == ["ready", "away", "ended"]


async def test_a_connection_that_shows_nothing_ends_by_itself(shelf: Shelf) -> None:
    async with staged(shelf, grace_s=0.05) as stage:
        host = stage.host()
        await stage.ended()
        assert stage.news == ["ended"]
        assert host.closed


async def test_whoever_sends_last_is_the_one_who_is_shown(stage: Stage) -> None:
    watcher = Watcher()
    stage.stream.add(watcher.viewer)
    first = stage.host()
    first.shows(clip.pictures(2)[0])
    second = Host(stage.stream)
    assert stage.stream.sends(second.source) is first.source
    first.shows(*clip.pictures(31)[1:])
    stage.stream.left(first.source)
    assert stage.news == ["ready"], "it was not she who left"
    second.shows(clip.pictures(31)[30])
    assert watcher.gets == [clip.pictures(31)[0], clip.pictures(31)[30]]


async def test_viewers_are_sent_what_came_untouched(stage: Stage) -> None:
    watcher = Watcher()
    stage.stream.add(watcher.viewer)
    stage.host().shows(*clip.pictures(10))
    assert watcher.gets == list(clip.pictures(10))


async def test_after_a_break_viewers_begin_anew_with_a_key_frame(stage: Stage) -> None:
    watcher = Watcher()
    stage.stream.add(watcher.viewer)
    all_ = clip.pictures(62)
    host = stage.host()
    host.shows(*all_[:5])
    stage.stream.jumped(host.source)
    host.shows(*all_[5:32])
    assert watcher.gets == [*all_[:5], *all_[30:32]]


async def test_parameters_that_are_sent_once_are_given_to_every_key_frame(stage: Stage) -> None:
    watcher = Watcher()
    stage.stream.add(watcher.viewer)
    first, second = clip.pictures(31)[0], clip.pictures(31)[30]
    unit = AccessUnit.of(second)
    bare = b"".join(b"\0\0\0\1" + one for one in unit.units if one not in unit.sets)
    stage.host().shows(first, bare)
    assert AccessUnit.of(watcher.gets[1]).sets == AccessUnit.of(first).sets
    assert AccessUnit.of(watcher.gets[1]).begins


async def test_a_viewer_who_goes_is_closed_and_gets_nothing_more(stage: Stage) -> None:
    watcher = Watcher()
    stage.stream.add(watcher.viewer)
    stage.stream.drop(watcher.viewer)
    stage.stream.drop(watcher.viewer)
    stage.host().shows(*clip.pictures(3))
    assert watcher.gets == []
    await until(lambda: watcher.closed)


async def test_a_viewer_s_lost_picture_is_asked_of_the_host(stage: Stage) -> None:
    stage.stream.ask_for_key_frame()
    host = stage.host()
    stage.stream.ask_for_key_frame()
    assert host.asked == 1


async def test_at_the_end_all_is_kept_and_everybody_is_closed(stage: Stage, shelf: Shelf) -> None:
    watcher = Watcher()
    stage.stream.add(watcher.viewer)
    host = stage.host()
    host.shows(*clip.pictures(75))
    stage.stream.end()
    await stage.ended()
    assert stage.news == ["ready", "ended"]
    assert [round(one.seconds, 2) for one in shelf.kept(SHOW)] == [1.0, 1.0, 0.5]
    assert host.closed
    assert watcher.closed


async def test_a_show_that_goes_on_after_its_end_is_kept_behind_what_was(shelf: Shelf) -> None:
    for _ in range(2):
        async with staged(shelf) as stage:
            stage.host().shows(*clip.pictures(31))
    kept = shelf.kept(SHOW)
    assert [one.fresh for one in kept] == [False, False, True, False]
    assert [one.number for one in kept] == [kept[0].number + after for after in range(4)]


@pytest.mark.parametrize("keeps", [True, False])
async def test_no_name_is_ever_given_twice(shelf: Shelf, keeps: bool) -> None:
    """They are in caches for ever, and a process may have died before it kept anything."""
    names: set[str] = set()
    clock = ManualClock()
    for _ in range(3):
        if not keeps:
            shelf.remove(SHOW)
        stream = Stream(SHOW, shelf, clock, Pace(), lambda *_: None, keeps=keeps)
        task = asyncio.create_task(stream.run())
        host = Host(stream)
        stream.sends(host.source)
        host.shows(*clip.pictures(75))
        stream.end()
        async with asyncio.timeout(30):
            await task
        found = set(stream.window._files)
        assert len(found) > 10
        assert found.isdisjoint(names)
        names |= found
        clock.advance(75 * 1000 // clip.RATE)


async def test_numbers_are_small_enough_for_every_player(stage: Stage) -> None:
    stage.host().shows(*clip.pictures(35))
    text = await until(
        lambda: stage.stream.window.playlist(low_latency=False), lambda text: "seg" in text
    )
    number = int(text.partition("#EXT-X-MEDIA-SEQUENCE:")[2].split()[0])
    assert 0 < number < 1 << 31


@pytest.mark.parametrize("refuses", ["not a folder", "a folder that cannot be read"])
async def test_a_disk_that_is_gone_stops_the_keeping_and_nothing_else(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refuses: str
) -> None:
    if refuses == "not a folder":
        (tmp_path / SHOW).write_bytes(b"")
    else:

        def refused(_show: str) -> int:
            raise PermissionError

        monkeypatch.setattr(shelf, "resumed", refused)
        monkeypatch.setattr(shelf, "_folder", Path("/proc/nowhere"))
    monkeypatch.setattr(module, "FLUSHED_S", 0.1)
    async with staged(shelf) as stage:
        stage.host().shows(*clip.pictures(62))
        await until(lambda: "recording_failed" in stage.news)
        await until(lambda: not stage.stream.window.is_empty)


@pytest.mark.parametrize("frames", [1, module.FRAMES + 1])
async def test_a_fault_of_the_packager_ends_the_stream_so_that_another_one_begins(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, frames: int
) -> None:
    """It used to go on without a live playlist, and could not be ended any more."""

    async def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Packager, "picture", broken)
    host = stage.host()
    for _ in range(frames):
        host.shows(*clip.pictures(1))
    with pytest.raises(ZeroDivisionError):
        await stage.ended()
    assert host.closed


async def test_broken_frames_are_left_out_and_the_show_goes_on(stage: Stage) -> None:
    host = stage.host()
    broken = bytearray(clip.pictures(1)[0])
    broken[4 + 7] = 1
    host.shows(bytes(broken))
    stage.stream.came(host.source, "audio", b"", time.monotonic(), key=False)
    host.shows(*clip.pictures(62))
    stage.stream.came(host.source, "audio", b"\xff" * 40, time.monotonic(), key=False)
    host.shows(*clip.pictures(62))
    await until(lambda: not stage.stream.window.is_empty)
    stage.stream.end()
    await stage.ended()


async def test_a_packager_that_is_behind_leaves_pictures_out_until_a_key_frame(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    went_on = asyncio.Event()
    packed: list[bytes] = []

    async def slow(_packager: Packager, data: bytes, *_: Any) -> None:
        await went_on.wait()
        packed.append(data)

    monkeypatch.setattr(Packager, "picture", slow)
    host = stage.host()
    key, delta = clip.pictures(2)
    host.shows(key)
    await until(stage.stream._frames.empty)
    for _ in range(module.FRAMES + 5):
        host.shows(delta)
    went_on.set()
    await until(stage.stream._frames.empty)
    host.shows(delta)
    host.shows(key, delta)
    await until(lambda: packed[-2:], [key, delta].__eq__)
    assert packed == [key, *[delta] * module.FRAMES, key, delta]

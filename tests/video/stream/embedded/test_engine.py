"""All shows of a process: who may join, who makes way, and what is left when they go."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from core.clock import SystemClock
from core.errors import Forbidden, NotFound, PlusOneError, Unavailable
from tests.video.stream import clip
from tests.video.stream.watcher import Watcher
from tests.waiting import until
from video.stream.embedded import engine as module
from video.stream.embedded import peer
from video.stream.embedded import stream as stream_module
from video.stream.embedded import viewer as viewer_module
from video.stream.embedded.engine import Engine, Full, Limits, NoPicture
from video.stream.embedded.feed import Feed
from video.stream.embedded.h264 import is_key
from video.stream.embedded.sdp import BadOffer, NotTaken
from video.stream.embedded.shelf import Shelf
from video.stream.embedded.source import Source
from video.stream.embedded.stream import Pace

pytestmark = pytest.mark.usefixtures("loopback")


def show(number: int = 0) -> str:
    return f"shw_{number:026d}"


class Host:
    """A connection that sends by WebRTC what a test gives it."""

    def __init__(self) -> None:
        self.feeds = {kind: Feed(kind, lambda: None) for kind in ("video", "audio")}
        self._peer = RTCPeerConnection(RTCConfiguration([]))
        self._sending: asyncio.Task[None] | None = None
        for kind, feed in self.feeds.items():
            transceiver = self._peer.addTransceiver(feed, direction="sendonly")
            transceiver.setCodecPreferences(peer.codecs(kind))

    async def offer(self) -> str:
        await self._peer.setLocalDescription(await self._peer.createOffer())
        return self._peer.localDescription.sdp

    async def take(self, answer: str) -> None:
        await self._peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        self._sending = asyncio.create_task(self._send())

    async def _send(self) -> None:
        begun = asyncio.get_running_loop().time()
        number = 0
        while True:
            for picture in clip.pictures(60):
                at = number / clip.RATE
                await asyncio.sleep(begun + at - asyncio.get_running_loop().time())
                self.feeds["video"].put(picture, at, is_key=is_key(picture))
                self.feeds["audio"].put(clip.sounds(1)[0], at, is_key=True)
                number += 1

    async def close(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
        await self._peer.close()


class House:
    """An engine, and everybody who is connected to it."""

    def __init__(self, folder: Path, stack: contextlib.AsyncExitStack) -> None:
        self.news: list[tuple[str, str]] = []
        self.shelf = Shelf(folder)
        limits = Limits(viewers=2, pace=Pace(grace_s=30))
        self.engine = Engine(
            self.shelf, SystemClock(), limits, lambda show, news: self.news.append((show, news))
        )
        self._stack = stack
        stack.push_async_callback(self.engine.close)

    async def host(self, show: str = show()) -> tuple[Host, str]:
        """One who sends, and the name of her session."""
        host = Host()
        self._stack.push_async_callback(host.close)
        name, _, answer = await self.engine.publish(show, await host.offer())
        await host.take(answer)
        return host, name

    async def watcher(
        self, show: str = show(), *, connects: bool = True, ticket: str = ""
    ) -> tuple[Watcher, str]:
        """One who watches, and the name of her session."""
        watcher = Watcher()
        self._stack.push_async_callback(watcher.close)
        offer = await watcher.offer()
        if not connects:  # as Chromium says it: it may have addresses to tell later
            offer = offer.replace("a=end-of-candidates\r\n", "")
        name, _, answer = await self.engine.watch(show, offer, ticket)
        if connects:
            await watcher.take(answer)
        return watcher, name


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "LOOKED_S", 0.02)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with contextlib.AsyncExitStack() as stack:
        yield House(tmp_path, stack)


async def test_a_host_is_seen_and_what_she_sends_is_kept(house: House) -> None:
    await house.host()
    watcher, _ = await house.watcher()
    await watcher.sees(30)
    stream = house.engine.stream(show())
    await until(lambda: not stream.window.is_empty)
    assert house.news == [(show(), "ready")]
    house.engine.end(show())
    await until(lambda: house.news[-1], (show(), "ended").__eq__)
    await until(lambda: house.shelf.kept(show()))


async def test_a_show_that_nobody_sends_has_no_picture(house: House) -> None:
    for _ in range(2):
        with pytest.raises(NoPicture):
            house.engine.stream(show())
        with pytest.raises(NoPicture):
            await house.watcher()
    assert house.engine.watching == 0


async def test_as_many_may_watch_as_there_are_places(house: House) -> None:
    await house.host()
    names = [(await house.watcher())[1] for _ in range(2)]
    with pytest.raises(Full) as caught:
        await house.watcher()
    assert caught.value.retryable
    await house.engine.unwatch(show(), names[0])
    await house.watcher()
    assert house.engine.watching == 2


async def test_whoever_never_connects_loses_her_place(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser does not say which address is its last, so the connection never fails by itself."""
    monkeypatch.setattr(viewer_module, "CONNECTED_S", 0.2)
    await house.host()
    names = [(await house.watcher(connects=False))[1] for _ in range(2)]
    await until(lambda: house.engine.watching, (0).__eq__)
    for name in names:
        with pytest.raises(NotFound):
            house.engine.viewer(show(), name)


async def test_whoever_has_connected_keeps_her_place(house: House) -> None:
    await house.host()
    watcher, name = await house.watcher()
    await watcher.sees(1)
    house.engine.viewer(show(), name).of._given_up()
    assert house.engine.watching == 1


async def test_a_watcher_whose_line_breaks_is_noticed(house: House) -> None:
    await house.host()
    watcher, name = await house.watcher()
    await watcher.sees(1)
    await watcher.close()
    await until(lambda: house.engine.watching, (0).__eq__)
    with pytest.raises(NotFound):
        house.engine.viewer(show(), name)


async def test_who_may_watch_no_longer_is_put_out_and_nobody_else(house: House) -> None:
    await house.host()
    (_, first), (_, second) = [
        await house.watcher(connects=False, ticket=ticket) for ticket in ("1.old", "1.new")
    ]
    asked: list[tuple[str, str]] = []
    refused: PlusOneError = Unavailable("away")

    async def may_watch(show: str, ticket: str) -> None:
        asked.append((show, ticket))
        if ticket == "1.old":
            raise refused

    await house.engine.look_again(may_watch)
    assert sorted(asked) == [(show(), "1.new"), (show(), "1.old")]
    assert house.engine.watching == 2, "while nobody can be asked all stay"
    refused = Forbidden("no")
    await house.engine.look_again(may_watch)
    assert house.engine.watching == 1
    assert house.engine.viewer(show(), second).ticket == "1.new"
    with pytest.raises(NotFound):
        house.engine.viewer(show(), first)


@pytest.mark.parametrize("offer", ["garbage", ""])
async def test_an_offer_that_is_none_takes_no_place(house: House, offer: str) -> None:
    await house.host()
    for _ in range(5):
        with pytest.raises(BadOffer):
            await house.engine.watch(show(), offer)
    assert house.engine.watching == 0


async def test_a_host_who_comes_again_takes_her_own_place(house: House) -> None:
    _, first = await house.host()
    watcher, _ = await house.watcher()
    await watcher.sees(1)
    _, second = await house.host()
    with pytest.raises(NotFound):
        house.engine.source(show(), first)
    assert house.engine.source(show(), second).show == show()
    seen = watcher.frames["video"]
    await watcher.sees(seen + 30)
    assert house.news == [(show(), "ready")], "the picture was on all the while"


async def test_of_hosts_who_take_over_from_each_other_at_once_the_last_one_has_a_session(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.host()
    slow = house.engine.stream(show()).source
    reached, let = asyncio.Event(), asyncio.Event()
    close = Source.close

    async def closes(source: Source) -> None:
        if source is slow:
            reached.set()
            await let.wait()
        await close(source)

    monkeypatch.setattr(Source, "close", closes)
    second = asyncio.create_task(house.host())
    await reached.wait()
    _, third = await house.host()
    let.set()
    _, name = await second
    assert house.engine.source(show(), third).of is house.engine.stream(show()).source
    with pytest.raises(NotFound):
        house.engine.source(show(), name)


async def test_a_host_who_says_goodbye_is_away(house: House) -> None:
    _, name = await house.host()
    await until(lambda: house.news, [(show(), "ready")].__eq__)
    await house.engine.unpublish(show(), name)
    await until(lambda: house.news[-1], (show(), "away").__eq__)
    with pytest.raises(NotFound):
        await house.engine.unpublish(show(), name)


async def test_a_host_whose_line_breaks_is_away(house: House) -> None:
    host, _ = await house.host()
    await until(lambda: house.news, [(show(), "ready")].__eq__)
    await host.close()
    await until(lambda: house.news[-1], (show(), "away").__eq__)


async def test_a_session_of_one_show_is_none_of_another(house: House) -> None:
    _, sends = await house.host(show(1))
    await house.host(show(2))
    _, watches = await house.watcher(show(1))
    for looked_up in (
        lambda: house.engine.source(show(2), sends),
        lambda: house.engine.viewer(show(2), watches),
        lambda: house.engine.viewer(show(1), sends),
        lambda: house.engine.source(show(1), watches),
    ):
        with pytest.raises(NotFound):
            looked_up()


async def test_shows_do_not_hear_of_each_other(house: House) -> None:
    _, one = await house.host(show(1))
    await house.host(show(2))
    watcher, _ = await house.watcher(show(2))
    await watcher.sees(1)
    await house.engine.unpublish(show(1), one)
    seen = watcher.frames["video"]
    await watcher.sees(seen + 10)
    assert (show(2), "away") not in house.news


async def test_there_is_an_end_to_shows_that_are_sent_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SENDERS", 1)
    await house.host(show(1))
    with pytest.raises(Unavailable):
        await house.host(show(2))
    await house.host(show(1))


async def test_a_host_who_may_not_send_leaves_the_one_who_does_alone(house: House) -> None:
    await house.host()
    watcher, _ = await house.watcher()
    await watcher.sees(1)
    other = Host()
    offer = (await other.offer()).replace("H264", "VP8")
    await other.close()
    with pytest.raises(NotTaken):
        await house.engine.publish(show(), offer)
    seen = watcher.frames["video"]
    await watcher.sees(seen + 10)


async def test_an_offer_that_is_refused_begins_no_show(house: House) -> None:
    with pytest.raises(BadOffer):
        await house.engine.publish(show(), "garbage")
    with pytest.raises(NoPicture):
        house.engine.stream(show())


async def test_deleting_ends_the_picture_first_and_leaves_no_file(
    house: House, tmp_path: Path
) -> None:
    await house.host()
    await until((tmp_path / show() / "list.jsonl").exists)
    await house.engine.forget(show())
    assert not (tmp_path / show()).exists()
    assert house.news[-1] == (show(), "ended")
    with pytest.raises(NoPicture):
        house.engine.stream(show())
    await house.engine.forget(show())


async def test_a_host_comes_back_after_the_end_and_begins_anew(house: House) -> None:
    await house.host()
    await until(lambda: house.news, [(show(), "ready")].__eq__)
    house.engine.end(show())
    await house.host()
    await until(lambda: house.news, [(show(), one) for one in ("ready", "ended", "ready")].__eq__)


async def test_a_host_whose_show_ends_while_she_connects_is_told_to_come_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken by a stream that had ended, she sent for ever and was seen by nobody."""
    closed: list[Source] = []
    answer, close = Source.answer, Source.close

    async def ends_meanwhile(source: Source, offer: str) -> str:
        found = await answer(source, offer)
        house.engine.end(show())
        await until(lambda: not house.engine._running)
        return found

    async def noted(source: Source) -> None:
        await close(source)
        closed.append(source)

    monkeypatch.setattr(Source, "answer", ends_meanwhile)
    monkeypatch.setattr(Source, "close", noted)
    with pytest.raises(Unavailable):
        await house.host()
    assert len(set(closed)) == 1


async def test_one_whose_show_ends_while_she_connects_leaves_nothing_behind(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = viewer_module.Viewer.answer

    async def ends_meanwhile(viewer: Any, offer: str) -> str:
        found = await answer(viewer, offer)
        house.engine.end(show())
        await until(lambda: not house.engine._running)
        return found

    await house.host()
    monkeypatch.setattr(viewer_module.Viewer, "answer", ends_meanwhile)
    with pytest.raises(NoPicture):
        await house.watcher()
    assert house.engine._viewers == {}


@pytest.mark.parametrize("step", ["take", "answered"])
async def test_one_whose_show_ends_while_her_answer_is_made_is_told_so(
    house: House, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Her connection is closed between two steps of making it."""
    go_on = getattr(peer, step)

    async def ends_before(*given: Any) -> Any:
        house.engine.end(show())
        await until(lambda: not house.engine._running)
        return await go_on(*given)

    await house.host()
    monkeypatch.setattr(peer, step, ends_before)
    with pytest.raises(NoPicture):
        await house.watcher()
    assert house.engine._viewers == {}

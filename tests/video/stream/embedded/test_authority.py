"""The service as the media process knows it: asked, believed for a moment, told until it hears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from aiohttp import web

from core.clock import ManualClock
from core.errors import Forbidden, Unavailable
from tests.servers import free_port
from tests.waiting import until
from video.stream.embedded import authority as module
from video.stream.embedded.authority import NEWS_WAITING, Authority, Link

SHOW, OTHER = "shw_01K6ZZZZZZZZZZZZZZZZZZZZZA", "shw_01K6ZZZZZZZZZZZZZZZZZZZZZB"
TOKEN = "a token"


class Service:
    """Answers as it is told to, and keeps what it was asked."""

    def __init__(self) -> None:
        self.port = free_port()
        self.asked: list[dict[str, Any]] = []
        self.news: list[tuple[str, str]] = []
        self.answers: Iterator[int] = iter(())
        """The next statuses; after them all goes well."""
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/api/media/authorise", self._authorise)
        app.router.add_post("/api/media/events", self._events)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _authorise(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        self.asked.append(await request.json())
        return web.Response(status=next(self.answers, 204))

    async def _events(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        status = next(self.answers, 204)
        if status == 204:
            told = await request.json()
            self.news.append((told["path"], told["event"]))
        return web.Response(status=status)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    await service.start()
    yield service
    await service.stop()


@pytest.fixture
async def authority(service: Service) -> AsyncIterator[Authority]:
    link = Link((f"http://127.0.0.1:{service.port}",), TOKEN)
    authority = Authority(link, ManualClock())
    task = asyncio.create_task(authority.run())
    yield authority
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await authority.close()


async def test_the_question_has_mediamtx_s_form(service: Service, authority: Authority) -> None:
    await authority.may_publish(SHOW, "a key", "192.0.2.7")
    await authority.may_read(SHOW, "", "hls", "192.0.2.8")
    await authority.may_play_back(SHOW, "1.a-_", "192.0.2.9")
    form = {"user": "", "password": "", "id": "", "query": "", "path": SHOW}
    assert service.asked == [
        form | {"action": "publish", "token": "a key", "protocol": "webrtc", "ip": "192.0.2.7"},
        form | {"action": "read", "token": "", "protocol": "hls", "ip": "192.0.2.8"},
        form
        | {"action": "playback", "token": "", "protocol": "hls", "ip": "192.0.2.9"}
        | {"query": "ticket=1.a-_"},
    ]


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_no_means_no(service: Service, authority: Authority, status: int) -> None:
    service.answers = iter([status] * 3)
    with pytest.raises(Forbidden):
        await authority.may_publish(SHOW, "a key", "")
    with pytest.raises(Forbidden):
        await authority.may_read(SHOW, "", "hls", "")
    with pytest.raises(Forbidden):
        await authority.may_play_back(SHOW, "", "")


@pytest.mark.parametrize("status", [301, 400, 429, 500, 503])
async def test_anything_else_means_later(
    service: Service, authority: Authority, status: int
) -> None:
    service.answers = iter([status, status])
    with pytest.raises(Unavailable):
        await authority.may_publish(SHOW, "a key", "")
    with pytest.raises(Unavailable):
        await authority.may_read(SHOW, "", "hls", "")
    await authority.may_read(SHOW, "", "hls", "")


async def test_so_does_a_service_that_is_away(service: Service, authority: Authority) -> None:
    await service.stop()
    with pytest.raises(Unavailable):
        await authority.may_publish(SHOW, "a key", "")
    with pytest.raises(Unavailable):
        await authority.may_read(SHOW, "", "hls", "")


async def test_players_ask_many_times_and_the_service_is_asked_once(
    service: Service, authority: Authority
) -> None:
    service.answers = iter([204, 403])
    for _ in range(50):
        await authority.may_read(SHOW, "", "hls", "")
        with pytest.raises(Forbidden):
            await authority.may_read(OTHER, "", "hls", "")
    assert [asked["path"] for asked in service.asked] == [SHOW, OTHER]


async def test_an_answer_is_believed_for_a_moment_only(
    service: Service, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    await authority.may_read(SHOW, "", "hls", "")
    monkeypatch.setattr(module, "BELIEVED_S", -1)
    service.answers = iter([403])
    with pytest.raises(Forbidden):
        await authority.may_read(SHOW, "", "hls", "")
    assert len(authority._believed) == 1


async def test_a_ticket_is_asked_about_by_itself(
    service: Service, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.answers = iter([403, 204, 403])
    for _ in range(3):
        with pytest.raises(Forbidden):
            await authority.may_read(SHOW, "", "hls", "")
        await authority.may_read(SHOW, "1.good", "hls", "")
        with pytest.raises(Forbidden):
            await authority.may_read(SHOW, "1.forged", "webrtc", "")
    queries = ["", "ticket=1.good", "ticket=1.forged"]
    assert [asked["query"] for asked in service.asked] == queries

    monkeypatch.setattr(module, "BELIEVED", 2)
    await authority.may_read(SHOW, "1.newest", "hls", "")
    assert list(authority._believed) == [(SHOW, "1.forged"), (SHOW, "1.newest")]


async def test_a_key_is_asked_about_each_time(service: Service, authority: Authority) -> None:
    await authority.may_publish(SHOW, "a key", "")
    service.answers = iter([403])
    with pytest.raises(Forbidden):
        await authority.may_publish(SHOW, "a key", "")


async def test_news_are_told_in_order(service: Service, authority: Authority) -> None:
    authority.tell(SHOW, "ready")
    authority.tell(OTHER, "ready")
    authority.tell(SHOW, "away")
    await until(lambda: service.news, [(SHOW, "ready"), (OTHER, "ready"), (SHOW, "away")].__eq__)


async def test_news_that_were_not_heard_are_told_again_before_any_other(
    service: Service, authority: Authority
) -> None:
    service.answers = iter([503, 500])
    authority.tell(SHOW, "ready")
    authority.tell(SHOW, "away")
    await until(lambda: service.news, [(SHOW, "ready"), (SHOW, "away")].__eq__)


async def test_news_wait_for_a_service_that_is_away(service: Service, authority: Authority) -> None:
    await service.stop()
    authority.tell(SHOW, "ready")
    authority.tell(SHOW, "ended")
    await until(authority._news.qsize, (1).__eq__)
    await service.start()
    await until(lambda: service.news, [(SHOW, "ready"), (SHOW, "ended")].__eq__)


async def test_news_that_are_refused_are_not_told_again(
    service: Service, authority: Authority
) -> None:
    service.answers = iter([404])
    authority.tell(SHOW, "ready")
    authority.tell(OTHER, "ready")
    await until(lambda: service.news, [(OTHER, "ready")].__eq__)


async def test_of_more_news_than_may_wait_the_oldest_go(
    service: Service, authority: Authority
) -> None:
    for number in range(NEWS_WAITING + 10):
        authority.tell(f"shw_{number:026d}", "ready")
    await until(lambda: len(service.news), NEWS_WAITING.__eq__)
    assert service.news[0] == (f"shw_{10:026d}", "ready")


async def test_any_process_of_the_service_will_do(service: Service) -> None:
    """A worker that is started again is asked no question meanwhile, and no news is lost."""
    other = Service()
    await other.start()
    link = Link(tuple(f"http://127.0.0.1:{one.port}" for one in (service, other)), TOKEN)
    authority = Authority(link, ManualClock())
    telling = asyncio.create_task(authority.run())
    await authority.may_publish(SHOW, "1", "")
    authority.tell(SHOW, "ready")
    await until(lambda: len(service.news), (1).__eq__)

    await service.stop()
    await authority.may_publish(SHOW, "2", "")
    authority.tell(SHOW, "away")
    await until(lambda: len(other.news), (1).__eq__)

    await service.start()
    await other.stop()
    await authority.may_publish(SHOW, "3", "")
    authority.tell(SHOW, "ended")
    await until(lambda: len(service.news), (2).__eq__)
    assert [asked["token"] for asked in service.asked] == ["1", "3"]
    assert other.news == [(SHOW, "away")]

    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)
    await authority.close()

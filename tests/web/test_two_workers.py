"""Two processes that serve one shop over PostgreSQL and Redis: whoever is at one meets whoever is
at the other."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from pydantic import SecretStr

from chat import assign, inbox
from chat.routes import INBOX
from core import redis_limits
from core.clock import ManualClock
from core.errors import InternalError
from core.identity.model import Role
from live import audience
from tests.chat.conftest import House as Chat
from tests.chat.line import Line as ChatLine
from tests.servers import RedisServer
from tests.service import Browser, serving, settings_for
from tests.video.consult.house import House as Consult
from tests.viewers import Viewer
from tests.waiting import until
from video.consult import mailbox, post
from web import rooms, session
from web.rooms import RELAY


@dataclass
class Worker:
    """One of the two."""

    chat: Chat
    consult: Consult

    async def same(self, browser: Browser) -> Browser:
        """Whoever uses `browser`, at this process."""
        mine = await self.chat.service.browser()
        assert browser.token
        mine.forge(browser.token)
        return mine

    async def viewer(self, browser: Browser) -> Viewer:
        stack = self.chat.stack
        viewer = Viewer(browser, await stack.enter_async_context(aiohttp.ClientSession()))
        await viewer.connect()
        stack.push_async_callback(viewer.socket.disconnect)
        return viewer

    @property
    def hears(self) -> bool:
        return self.chat.service.app[RELAY].heard_since is not None


@contextlib.asynccontextmanager
async def two_workers(
    database: str, redis: RedisServer, folder: Path
) -> AsyncIterator[tuple[Worker, Worker]]:
    clock = ManualClock()
    made = settings_for(
        database,
        folder,
        redis_url=SecretStr(redis.url),
        secret=SecretStr(uuid4().hex * 2),  # at one Redis, installations are told apart by it
        media_engine="none",
    )
    async with contextlib.AsyncExitStack() as stack:
        services = [await stack.enter_async_context(serving(made, clock)) for _ in range(2)]
        lines = await stack.enter_async_context(contextlib.AsyncExitStack())
        one, other = (Worker(Chat(each, lines), Consult(each, lines)) for each in services)
        await until(lambda: one.hears and other.hears)
        yield one, other


@pytest.fixture
async def workers(
    postgres_url: str, redis_server: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Worker, Worker]]:
    """Nothing is found by looking now and then: what arrives was told."""
    for module in (inbox, assign):
        monkeypatch.setattr(module, "LOOKED_S", 3_600)
    monkeypatch.setattr(rooms, "RECHECK_S", 3_600)
    monkeypatch.setattr(rooms, "RECHECK_PAUSE_S", 0)
    monkeypatch.setattr(audience, "PULSE_S", 0.2)
    monkeypatch.setattr(post, "HEARD_S", 0)
    monkeypatch.setattr(redis_limits, "WAIT_S", 20)  # a busy machine is no lost Redis
    async with two_workers(postgres_url, redis_server, tmp_path) as both:
        yield both


Both = tuple[Worker, Worker]


async def test_a_desk_at_one_gets_what_a_customer_at_the_other_says(workers: Both) -> None:
    one, other = workers
    desk = await other.chat.at_desk(await other.chat.staff("ji", Role.REP))
    customer, conversation = await one.chat.asks("還有貨嗎？")
    await until(lambda: desk.inbox.get(conversation))
    assert desk.counts["waiting"] == 1
    await desk.join(conversation)
    await desk.acts("take")
    await desk.says("有的")
    await until(lambda: customer.texts == ["還有貨嗎？", "有的"])
    await customer.says("太好了")
    await until(lambda: desk.texts[-1] == "太好了")
    await customer.ask("typing")
    await until(lambda: desk.typing)
    await desk.ask("typing")
    await until(lambda: "staff" in [told["side"] for told in customer.typing])


async def test_whose_desk_is_open_at_one_is_there_for_the_other_at_once(workers: Both) -> None:
    one, other = workers
    here = one.chat.service.app[INBOX]
    watching = await one.chat.at_desk(await one.chat.staff("wen", Role.REP))
    rep = await other.chat.staff("ji", Role.REP)
    desk = await other.chat.at_desk(rep)
    own = (await rep.get("/api/session")).json["person"]["id"]
    await until(lambda: own in here.here)
    await until(lambda: own in watching.here)
    assert (await rep.ask("PUT", "/api/staff/rep", json={"away": True})).status == 200
    await until(lambda: watching.away == [own])
    await desk.socket.disconnect()
    await until(lambda: own not in here.here)
    await until(lambda: own not in watching.here)


async def test_who_signs_out_at_one_is_nobody_at_the_other(workers: Both) -> None:
    one, other = workers
    customer = await one.chat.guest()
    line, _ = await other.chat.asks("你好", await other.same(customer))
    assert (await customer.delete("/api/session")).status == 204
    await until(lambda: not line.socket.connected)
    again = await other.chat.service.browser()
    assert (await again.get("/api/session")).json["person"]["kind"] == "nobody"


async def test_all_viewers_and_hearts_are_counted_at_both(workers: Both) -> None:
    one, other = workers
    studio = await one.chat.staff("host", Role.HOST)
    show = (await studio.post("/api/staff/shows", {"title": "開賣"})).json["id"]
    host = await one.viewer(studio)
    assert (await host.ask("join", {"show": show}))["ok"]
    await host.do("run", {"do": {"type": "show.go_live"}}, "show.live")
    viewers = [await at.viewer(await at.chat.guest()) for at in (one, one, other)]
    pulses: list[list[dict[str, Any]]] = [[] for _ in viewers]
    for viewer, told in zip(viewers, pulses, strict=True):
        viewer.socket.on("pulse", told.append, namespace="/live")
        assert (await viewer.ask("join", {"show": show}))["ok"]
    await until(lambda: all(told and told[-1]["viewers"] == 3 for told in pulses))
    for who, told in ((viewers[0], pulses[2]), (viewers[2], pulses[1])):
        # Again and again: of two pulses within one frame's time only the newer goes out.
        told.clear()
        await until(
            partial(who.ask, "heart", {}),
            lambda _: any(one["hearts"] for one in told),  # noqa: B023
        )
    await viewers[1].socket.disconnect()
    await until(lambda: all(pulses[i] and pulses[i][-1]["viewers"] == 2 for i in (0, 2)))


async def test_new_guests_of_one_address_are_counted_by_both_together(
    workers: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "GUESTS_AT_ONCE", 3)
    monkeypatch.setattr(session, "GUESTS_PER_S", 1 / 3600)
    answers = []
    for at in (*workers, *workers):
        browser = await at.chat.service.browser()
        answers.append((await browser.post("/api/session/guest", {"name": "小美"})).status)
    assert answers == [200, 200, 200, 429]


async def _talk(one: Worker, other: Worker) -> tuple[Any, Any]:
    """A customer at one talks with a rep at the other; their lines."""
    desk = await other.consult.desk("ji")
    customer, call = await one.consult.asks()
    await until(lambda: (desk.line.board["rings"] or {}).get("id") == call)
    await desk.line.enter(call)
    await desk.line.does("answer")
    await until(lambda: customer.phase == "talking")
    await until(lambda: all(customer.call["seats"].values()))
    await until(lambda: all(desk.line.call["seats"].values()))
    return customer, desk.line


def _numbered(line: Any) -> list[int]:
    return [said["candidates"][0]["sdpMLineIndex"] for said in line.signals]


async def _signals(says: Any, to: Any, count: int = 15) -> None:
    """What is said arrives, in its order."""
    for number in range(count):
        candidate = {"candidate": "candidate:1", "sdpMLineIndex": number}
        assert (await says.signal(to, candidates=[candidate]))["delivered"]
    await until(lambda: _numbered(to) == list(range(count)))
    to.signals.clear()


async def test_the_two_of_a_call_find_each_other_over_both(
    workers: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise InternalError("the database is no letter-box while others are heard")

    monkeypatch.setattr(mailbox, "put", never)
    customer, rep = await _talk(*workers)
    await _signals(customer, rep)
    await _signals(rep, customer)
    assert (await customer.ask("cart"))["ok"]
    await until(lambda: (customer.carts, rep.carts) == (1, 1))


async def test_without_redis_all_of_it_comes_a_little_later(
    postgres_url: str,
    own_redis_server: RedisServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(post, "HEARD_S", 0)
    async with two_workers(postgres_url, own_redis_server, tmp_path) as (one, other):
        customer, rep = await _talk(one, other)
        watches = await other.chat.at_desk(await other.chat.staff("wen", Role.REP))
        own_redis_server.kill()
        await until(lambda: not (one.hears or other.hears))
        await _signals(customer, rep)
        await _signals(rep, customer)
        asker, conversation = await one.chat.asks("還有貨嗎？")
        await until(lambda: watches.inbox.get(conversation))
        await watches.join(conversation)
        await watches.acts("take")
        await asker.says("哈囉")
        await until(_says(watches, "哈囉"))
        own_redis_server.start()
        await until(lambda: one.hears and other.hears)
        await _signals(customer, rep)
        await asker.says("在嗎")
        await until(_says(watches, "在嗎"))


def _says(line: ChatLine, text: str) -> Callable[[], bool]:
    return lambda: line.texts[-1] == text

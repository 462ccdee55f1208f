"""The demo's host and viewers, who put up with what a person meets."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Connection

from commerce_bridge.embedded import catalogue, demo, stock
from core.identity.model import Role
from core.rooms.namespace import RoomNamespace
from tests.service import PASSWORD, Service
from web.demo import crowd, picture
from web.demo.client import Client, Refused
from web.demo.host import ALLOTMENTS, Host
from web.keys import CLOCK, DATABASE

CHANCE = random.Random(1)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "PAUSE_S", (0.0, 0.0))


async def sell_out(service: Service) -> None:
    def unit(connection: Connection) -> None:
        places = catalogue.locations(connection)
        variants = [v.id for one in catalogue.products(connection) for v in one.variants]
        nothing = {(place.id, variant): 0 for place in places for variant in variants}
        stock.count(connection, nothing, key="sold out", at=service.clock.now())

    await service.app[DATABASE].write(unit)


async def test_a_show_begins_although_nothing_is_left_to_sell(any_service: Service) -> None:
    await demo.furnish(any_service.app[DATABASE], any_service.app[CLOCK], "TWD")
    await sell_out(any_service)
    await any_service.add_staff("host@demo.test", Role.HOST)
    async with Host(any_service.address) as host:
        show = await host.begin("host@demo.test", PASSWORD)
        await host.join(show)
        assert host.show["status"] == "live"
        assert len(host.show["items"]) == len(ALLOTMENTS)


async def test_a_service_that_is_busy_is_waited_for(
    any_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = RoomNamespace.on_connect

    async def late(self: RoomNamespace, *given: Any) -> None:
        await asyncio.sleep(1.2)
        await connect(self, *given)

    await any_service.add_staff("host@demo.test", Role.HOST)
    async with Client(any_service.address) as host:
        await host.post("/api/session/staff", {"email": "host@demo.test", "password": PASSWORD})
        show = (await host.post("/api/staff/shows", {"title": "夜場"}))["id"]
        monkeypatch.setattr(RoomNamespace, "on_connect", late)
        await host.join(show)
        assert host.show["id"] == show


class Refusals:
    """Refuses the first calls, then tells the test that somebody came again."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error or Refused("rate_limited", "Come again later.")
        self.calls = 0
        self.came_again = asyncio.Event()

    async def __call__(self, *_: object, **__: object) -> Any:
        self.calls += 1
        if self.calls > 2:
            self.came_again.set()
            await asyncio.Event().wait()
        raise self.error

    async def survived_by(self, work: Awaitable[object]) -> None:
        """Run `work` until it has come again; raises what it ends with before."""
        works = asyncio.ensure_future(work)
        waits = asyncio.ensure_future(self.came_again.wait())
        async with asyncio.timeout(20):
            await asyncio.wait({works, waits}, return_when=asyncio.FIRST_COMPLETED)
        waits.cancel()
        works.cancel()
        if works.done():
            works.result()


async def nothing(*_: object, **__: object) -> None:
    pass


@pytest.mark.parametrize("refused", ["post", "join"])
async def test_a_viewer_who_is_refused_comes_again(
    monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    refusals = Refusals()
    monkeypatch.setattr(Client, "post", nothing)
    monkeypatch.setattr(Client, refused, refusals)
    await refusals.survived_by(crowd._viewer("http://127.0.0.1:1", "shw_1", "小美", CHANCE))


async def test_a_host_who_is_refused_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = Refusals()
    monkeypatch.setattr(Host, "keep_going", refusals)
    await refusals.survived_by(crowd._host(Host("http://127.0.0.1:1"), CHANCE))


@pytest.mark.parametrize(
    "error", [Refused("unavailable", "Come again later."), TimeoutError(), aiohttp.ClientOSError()]
)
async def test_a_picture_whose_key_is_not_to_be_had_just_now_is_sent_later(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    refusals = Refusals(error)
    monkeypatch.setattr(picture, "AGAIN_S", 0)
    monkeypatch.setattr(Host, "get", refusals)
    host = Host("http://127.0.0.1:1")
    await refusals.survived_by(picture.send(host, "http://127.0.0.1:1", "shw_1", ()))
    assert refusals.came_again.is_set()


async def test_a_host_who_is_refused_at_the_beginning_begins_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refusals = Refusals()
    monkeypatch.setattr(Host, "begin", refusals)
    await refusals.survived_by(crowd.attend("http://127.0.0.1:1", "h@demo.test", PASSWORD, ()))


async def test_a_host_who_begins_again_makes_no_second_show(
    any_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await demo.furnish(any_service.app[DATABASE], any_service.app[CLOCK], "TWD")
    await any_service.add_staff("host@demo.test", Role.HOST)
    run: Callable[..., Awaitable[Any]] = Host.run

    async def refuse(host: Host, **do: Any) -> Any:
        if do["type"] == "show.go_live":
            raise Refused("unavailable", "Come again later.")
        return await run(host, **do)

    async with Host(any_service.address) as host:
        with monkeypatch.context() as patched:
            patched.setattr(Host, "run", refuse)
            with pytest.raises(Refused):
                await host.begin("host@demo.test", PASSWORD)
        show = await host.begin("host@demo.test", PASSWORD)
        [listed] = (await host.get("/api/staff/shows"))["shows"]
        assert (listed["id"], listed["status"]) == (show, "live")

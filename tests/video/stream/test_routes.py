"""What a media engine asks and tells the service, whichever engine it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from core.identity.model import Role
from tests.live.members import open_club
from tests.service import Browser, Reply, Service, serving, settings_for
from tests.video.stream.studio import said_raw
from video.stream.routes import TOKENS
from web.keys import DATABASE

TOKEN = "the token of an engine elsewhere"
AUTHORISE, EVENTS = "/api/media/authorise", "/api/media/events"
NO_SHOW = "shw_00000000000000000000000000"


@pytest.fixture
async def service(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    settings = settings_for(
        sqlite_url,
        tmp_path,
        media_engine="external",
        media_token=SecretStr(TOKEN),
        media_hls_url="https://media.example.com/{path}/index.m3u8",
    )
    async with serving(settings) as service:
        yield service


@pytest.fixture
async def host(service: Service) -> Browser:
    await service.add_staff("host@example.com", Role.HOST)
    host = await service.browser()
    await host.become_staff("host@example.com")
    return host


@pytest.fixture
async def show(host: Browser) -> str:
    made = await host.post("/api/staff/shows", {"title": "開賣", "starts_at": 1})
    return str(made.json["id"])


class Engine:
    """Another media server, as the service knows it."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    async def asks(self, path: str, body: Any, token: str = TOKEN, **headers: str) -> Reply:
        given = {"Authorization": f"Bearer {token}"} | headers
        return await self._browser.ask("POST", path, json=body, headers=given)


@pytest.fixture
async def engine(service: Service) -> Engine:
    return Engine(await service.browser())


def asked(show: str, **more: Any) -> dict[str, Any]:
    """MediaMTX's question, as its version 1.9 asks it."""
    return {
        "user": "", "password": "", "token": "", "ip": "192.0.2.7", "action": "read",
        "path": show, "protocol": "hls", "id": None, "query": "", "userAgent": "x",
    } | more  # fmt: skip


async def test_an_engine_elsewhere_asks_as_mediamtx_does(
    engine: Engine, host: Browser, show: str
) -> None:
    key = (await host.get(f"/api/staff/shows/{show}/picture")).json["key"]
    for more, status in (
        ({}, 204),
        ({"action": "playback"}, 403),
        ({"action": "publish", "token": key}, 204),
        ({"action": "publish", "query": f"key={key}", "protocol": "rtmp"}, 204),
        ({"action": "publish", "token": "wrong"}, 403),
        ({"action": "publish"}, 403),
        ({"action": "api"}, 403),
        ({"path": NO_SHOW}, 403),
        ({"path": "../x"}, 403),
        ({"path": ""}, 403),
    ):
        reply = await engine.asks(AUTHORISE, asked(show, **more))
        assert reply.status == status, more


async def test_an_engine_elsewhere_asks_for_members_as_mediamtx_does(
    service: Service, engine: Engine, host: Browser
) -> None:
    await open_club(service.app[DATABASE], service.clock.now())
    new = {"title": "銀卡專場", "starts_at": 1, "tier": "silver"}
    show = str((await host.post("/api/staff/shows", new)).json["id"])
    anybody = await service.browser()
    refused = await anybody.get(f"/api/shows/{show}/picture")
    assert (refused.status, refused.code) == (403, "not_allowed")
    for protocol in ("webrtc", "hls", "rtsp"):
        assert (await engine.asks(AUTHORISE, asked(show, protocol=protocol))).status == 403

    hls = str((await host.get(f"/api/shows/{show}/picture")).json["hls"])
    address, _, query = hls.partition("?")
    assert address == f"https://media.example.com/{show}/index.m3u8"
    reply = await engine.asks(AUTHORISE, asked(show, query=query))
    assert reply.status == 204


async def test_what_is_no_question_is_not_answered(engine: Engine, show: str) -> None:
    bodies: tuple[Any, ...] = (
        {}, [], None, {"action": "read"}, asked(show, path=7), asked(show, action=None),
        asked(show, token="x" * 3_000),
    )  # fmt: skip
    for body in bodies:
        reply = await engine.asks(AUTHORISE, body)
        assert (reply.status, reply.code) == (400, "bad_request"), body


async def test_an_engine_tells_what_happens(engine: Engine, host: Browser, show: str) -> None:
    for event, state in (("ready", "on"), ("away", "away"), ("ready", "on"), ("ended", "off")):
        assert (await engine.asks(EVENTS, {"path": show, "event": event})).status == 204
        sent = await host.get(f"/api/staff/shows/{show}/picture")
        assert sent.json["state"] == state
        watched = await host.get(f"/api/shows/{show}/picture")
        assert watched.json["state"] == state


async def test_a_hook_that_knows_nothing_but_an_address_tells_by_it(
    service: Service, host: Browser, show: str
) -> None:
    anybody = await service.browser()
    query = f"?path={show}&event=ready&token={TOKEN.replace(' ', '%20')}"
    assert (await anybody.ask("POST", EVENTS + query)).status == 204
    sent = await host.get(f"/api/staff/shows/{show}/picture")
    assert sent.json["state"] == "on"


async def test_news_that_are_none_are_refused(engine: Engine, show: str) -> None:
    for body, status in (
        ({"path": NO_SHOW, "event": "ready"}, 404),
        ({"path": show, "event": "on"}, 400),
        ({"path": show}, 400),
        ({"event": "ready"}, 400),
    ):
        assert (await engine.asks(EVENTS, body)).status == status, body


@pytest.mark.parametrize("path", [AUTHORISE, EVENTS])
async def test_only_an_engine_asks_and_tells(
    service: Service, engine: Engine, host: Browser, show: str, path: str
) -> None:
    body = asked(show) | {"event": "ready"}
    for headers in (
        {"Authorization": ""},
        {"Authorization": "Bearer "},
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": "Bearer 鑰匙"},
    ):
        assert (await engine.asks(path, body, **headers)).status == 403, headers
    assert (await host.post(path, body)).status == 403, "not even staff"
    assert (await host.post(f"{path}?token=wrong", body)).status == 403
    said = await said_raw(
        service.address,
        f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".encode(),
        b"Content-Type: application/json\r\nContent-Length: 2\r\n",
        b"Authorization: Bearer \xff\r\n\r\n{}",
    )
    assert said.startswith(b"HTTP/1.1 403 ")


async def test_each_engine_has_a_token_of_its_own(
    service: Service, engine: Engine, show: str
) -> None:
    embedded, external = service.app[TOKENS]
    assert external == TOKEN
    assert len(embedded) >= 64
    assert (await engine.asks(AUTHORISE, asked(show), embedded)).status == 204


async def test_without_a_token_for_it_no_engine_elsewhere_is_believed(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with serving(settings_for(sqlite_url, tmp_path, media_engine="none")) as service:
        assert len(service.app[TOKENS]) == 1
        engine = Engine(await service.browser())
        assert (await engine.asks(AUTHORISE, asked(NO_SHOW), "")).status == 403


@pytest.mark.parametrize("show", ["x", "shw_", NO_SHOW[:-1], NO_SHOW + "0", "..%2f", "%00"])
async def test_what_is_no_show_has_no_picture(host: Browser, show: str) -> None:
    for ask in (
        host.get(f"/api/shows/{show}/picture"),
        host.get(f"/api/staff/shows/{show}/picture"),
        host.post(f"/api/staff/shows/{show}/picture/key"),
        host.delete(f"/api/staff/shows/{show}/replay"),
    ):
        reply = await ask
        assert (reply.status, reply.code) == (404, "not_found")

"""Clients that are slow, and requests that wait: what the engine's HTTP does with them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from core.clock import ManualClock
from core.errors import Forbidden, Unavailable
from tests.video.stream import clip
from tests.video.stream.studio import said_raw
from video.stream.embedded import faces
from video.stream.embedded.authority import Authority
from video.stream.embedded.engine import Engine, Limits
from video.stream.embedded.packager import Packager
from video.stream.embedded.shelf import Shelf
from video.stream.embedded.stream import Stream

SHOW = "shw_01K6ZZZZZZZZZZZZZZZZZZZZZA"


class Everybody:
    """An authority that lets all in, or those with a ticket that it knows, or is away."""

    def __init__(self) -> None:
        self.away = False
        self.known: str | None = None

    async def may_publish(self, _show: str, _key: str, _address: str) -> None:
        self._asked()

    async def may_read(self, _show: str, ticket: str, _protocol: str, _address: str) -> None:
        self._asked(ticket)

    async def may_play_back(self, _show: str, ticket: str, _address: str) -> None:
        self._asked(ticket)

    def _asked(self, ticket: str | None = None) -> None:
        if self.away:
            raise Unavailable("away")
        if self.known is not None and ticket is not None and ticket != self.known:
            raise Forbidden("not so")


class Face:
    def __init__(self, engine: Engine, authority: Everybody, address: str) -> None:
        self.engine = engine
        self.authority = authority
        self.address = address

    async def stream(self) -> Stream:
        """A show that is sent, of which nothing has come yet."""
        return await self.engine._stream_for(SHOW)


@pytest.fixture
async def face(tmp_path: Path) -> AsyncIterator[Face]:
    authority = Everybody()
    engine = Engine(Shelf(tmp_path), ManualClock(), Limits(), lambda *_: None)
    app = faces.app()
    app[faces.ENGINE], app[faces.AUTHORITY] = engine, cast("Authority", authority)
    app[faces.TOKEN], app[faces.SEGMENT_S] = "a token", 1.0
    runner = web.AppRunner(app, lingering_time=0.1, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield Face(engine, authority, f"http://127.0.0.1:{runner.addresses[0][1]}")
    await runner.cleanup()
    await engine.close()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:
        yield http


async def packed(stream: Stream, pictures: int) -> None:
    """Put so many pictures into the live window."""
    packager = Packager(stream.window, number=5, follows=False, segment_s=1.0, part_s=0.2)
    for number, picture in enumerate(clip.pictures(60)[:pictures]):
        await packager.picture(picture, number / clip.RATE, 0)


@pytest.mark.parametrize("way", ["whip", "whep"])
async def test_a_client_that_dribbles_its_offer_is_cut_off(
    face: Face, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(faces, "READ_S", 0.2)
    head = (
        f"POST /media/{SHOW}/{way} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer key\r\n"
        "Content-Type: application/sdp\r\nContent-Length: 5000\r\n\r\n"
    )
    said = await said_raw(face.address, head.encode(), b"v", b"=", b"0")
    assert said.startswith(b"HTTP/1.1 400 ")
    assert b'"code":"bad_request"' in said


async def test_so_is_one_that_dribbles_further_addresses(
    face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faces, "READ_S", 0.2)
    monkeypatch.setattr(Engine, "source", lambda *_: None)
    monkeypatch.setattr(faces, "_trickle", lambda request, _: faces._body(request, faces.FRAGMENT))
    head = (
        f"PATCH /media/{SHOW}/whip/x HTTP/1.1\r\nHost: x\r\n"
        f"Content-Type: {faces.FRAGMENT}\r\nContent-Length: 5000\r\n\r\n"
    )
    said = await said_raw(face.address, head.encode(), b"a=")
    assert said.startswith(b"HTTP/1.1 400 ")


async def test_while_the_service_is_away_nobody_is_let_in(
    face: Face, http: aiohttp.ClientSession
) -> None:
    face.authority.away = True
    headers = {"Content-Type": "application/sdp", "Authorization": "Bearer key"}
    for method, path in (("POST", "whip"), ("POST", "whep"), ("GET", "hls/low.m3u8")):
        url = f"{face.address}/media/{SHOW}/{path}"
        data = b"v=0" if method == "POST" else None
        async with http.request(method, url, data=data, headers=headers) as response:
            assert response.status == 503
            assert (await response.json())["retryable"]


async def test_a_show_without_a_whole_segment_has_no_playlist_yet(
    face: Face, http: aiohttp.ClientSession
) -> None:
    stream = await face.stream()
    url = f"{face.address}/media/{SHOW}/hls/low.m3u8"
    for pictures in (0, 20):
        await packed(stream, pictures)
        async with http.get(url) as response:
            assert response.status == 404
            assert (await response.json())["code"] == "no_picture"


async def test_a_reload_is_answered_when_what_it_waits_for_has_come(
    face: Face, http: aiohttp.ClientSession
) -> None:
    stream = await face.stream()
    await packed(stream, 31)

    async def reloaded(query: str) -> str:
        url = f"{face.address}/media/{SHOW}/hls/low.m3u8?{query}"
        async with http.get(url) as response:
            assert response.status == 200
            return await response.text()

    there = await reloaded("_HLS_msn=5")
    assert "seg5.m4s" in there
    waiting = asyncio.create_task(reloaded("_HLS_msn=6&_HLS_part=0"))
    await packed_on(stream)
    assert "seg6.0.m4s" in await waiting


async def packed_on(stream: Stream) -> None:
    packager = Packager(stream.window, number=6, follows=True, segment_s=1.0, part_s=0.2)
    for number, picture in enumerate(clip.pictures(60)[:20]):
        await packager.picture(picture, 2 + number / clip.RATE, 0)


async def test_a_playlist_leads_to_files_with_what_it_was_asked_for_with(
    face: Face, http: aiohttp.ClientSession
) -> None:
    stream = await face.stream()
    await packed(stream, 31)
    await packed_on(stream)
    until = face.engine.clock.now() + 60_000
    face.authority.known = ticket = f"{until}.{'t' * 32}"
    base = f"{face.address}/media/{SHOW}/hls/"

    async def got(file: str) -> tuple[int, str, bytes]:
        async with http.get(base + file) as response:
            kept = response.headers.get("Cache-Control", "")
            return response.status, kept, await response.read()

    for wrong in ("", "?ticket=", f"?ticket={ticket[:-1]}", f"?ticket={until}.{'x' * 32}"):
        for file in ("low.m3u8", "index.m3u8", "seg5.m4s", "init5.mp4", "replay.m3u8"):
            assert (await got(file + wrong))[0] == 403, file + wrong

    for playlist in ("low.m3u8", "index.m3u8"):
        status, _, text = await got(f"{playlist}?ticket={ticket}&_HLS_msn=5&_HLS_part=0")
        assert status == 200
        lines = text.decode().splitlines()
        files = [line for line in lines if not line.startswith("#")]
        files += [uri for line in lines for uri in re.findall('URI="([^"]+)"', line)]
        there = [file for file in files if not file.startswith("seg6.")]
        assert len(there) > 1, text
        for file in there:
            status, kept, body = await got(file)
            assert (status, kept) == (200, "public, max-age=60"), file
            assert body


async def test_what_is_no_ticket_is_not_written_into_a_playlist(
    face: Face, http: aiohttp.ClientSession
) -> None:
    await packed(await face.stream(), 31)
    for junk in ("x", "1.%22%0A", "1." + "a" * 33, "%F0%9F%8E%9F"):
        url = f"{face.address}/media/{SHOW}/hls/low.m3u8?ticket={junk}"
        async with http.get(URL(url, encoded=True)) as response:
            assert response.status == 200
            assert "ticket" not in await response.text(), junk


async def test_a_reload_that_waits_in_vain_may_be_asked_for_again(
    face: Face, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Players give up on any other answer, and a host's line may be slow for a while."""
    monkeypatch.setattr(faces, "HELD_S", 0.05)
    await packed(await face.stream(), 31)
    async with http.get(f"{face.address}/media/{SHOW}/hls/low.m3u8?_HLS_msn=6") as response:
        assert response.status == 503
        assert (await response.json())["retryable"]


async def test_a_part_that_does_not_come_is_not_there(
    face: Face, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faces, "HELD_S", 0.05)
    await packed(await face.stream(), 31)
    async with http.get(f"{face.address}/media/{SHOW}/hls/seg6.0.m4s") as response:
        assert response.status == 404


async def test_a_fault_of_ours_tells_its_number_and_nothing_else(
    face: Face, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(Engine, "stream", broken)
    async with http.get(f"{face.address}/media/{SHOW}/hls/low.m3u8") as response:
        assert response.status == 500
        told = await response.json()
    assert told["code"] == "internal"
    assert told["data"].keys() == {"incident"}
    assert "secret" not in str(told)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/media/{SHOW}/whip"),
        ("PUT", f"/media/{SHOW}/whep"),
        ("POST", f"/media/{SHOW}/hls/low.m3u8"),
        ("GET", "/"),
        ("GET", "/media"),
        ("GET", f"/media/{SHOW}/hls/"),
        ("POST", "/control"),
    ],
)
async def test_what_is_not_done_here_is_said_in_the_one_shape(
    face: Face, http: aiohttp.ClientSession, method: str, path: str
) -> None:
    async with http.request(method, face.address + path) as response:
        assert response.status in (404, 405)
        assert (await response.json()).keys() == {"code", "message", "retryable", "data"}

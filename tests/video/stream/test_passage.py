"""What browsers ask of the media process, passed on whole and bounded."""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

import aiohttp
import pytest
from aiohttp import web

from core.http import answers
from tests.video.stream.studio import said_raw
from video.stream import passage

SEGMENT = b"s" * 16_000_000
"""More than all the buffers between them hold."""


class Engine(NamedTuple):
    """Stands for the process: where it listens, and how to reach it."""

    reached: str
    http: aiohttp.ClientSession


async def _described(request: web.Request) -> web.Response:
    body = await request.read()
    headers = {"Location": "/media/x/whip/1", "Server": "inner", "Accept-Post": "application/sdp"}
    return web.Response(body=body, status=201, headers=headers)


async def _half(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"half")
    return response


async def _torn(request: web.Request) -> web.StreamResponse:
    response = await _half(request)
    assert request.transport is not None
    request.transport.abort()
    return response


async def _slow(request: web.Request) -> web.StreamResponse:
    response = await _half(request)
    await asyncio.Event().wait()
    return response


async def _segment(_request: web.Request) -> web.Response:
    return web.Response(body=SEGMENT, headers={"Cache-Control": "max-age=60"})


async def _served(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    return runner, f"http://{host}:{port}"


@pytest.fixture
async def service() -> AsyncIterator[str]:
    """Where a service listens that has the passage alone."""
    inner = web.Application()
    inner.router.add_post("/media/{show}/whip", _described)
    inner.router.add_get("/media/{show}/hls/torn.m4s", _torn)
    inner.router.add_get("/media/{show}/hls/slow.m4s", _slow)
    inner.router.add_get("/media/{show}/hls/{file}", _segment)
    behind, reached = await _served(inner)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1)) as http:
        outer = web.Application(middlewares=[answers.errors, answers.within_time])
        outer[passage.ENGINE_PROCESS] = Engine(reached, http)  # type: ignore[misc]
        outer.router.add_route("*", "/media/{rest:.*}", passage.passed_on)
        before, address = await _served(outer)
        yield address
        await before.cleanup()
    await behind.cleanup()


async def test_a_description_that_comes_in_pieces_is_passed_on_whole(service: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b"v=0\r\n", b"o=- 1 1\r\n", b"s=-\r\n"):
            yield piece
            await asyncio.sleep(0.05)

    async with aiohttp.ClientSession() as client:
        answer = await client.post(f"{service}/media/x/whip", data=pieces())
        assert (answer.status, await answer.read()) == (201, b"v=0\r\no=- 1 1\r\ns=-\r\n")


async def test_only_headers_that_are_meant_for_browsers_come_back(service: str) -> None:
    async with aiohttp.ClientSession() as client:
        answer = await client.post(f"{service}/media/x/whip", data=b"v=0\r\n")
        assert answer.headers["Location"] == "/media/x/whip/1"
        assert answer.headers["Accept-Post"] == "application/sdp"
        assert answer.headers["Server"] != "inner"


async def test_what_is_too_large_is_not_passed_on(service: str) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"a" * 4_096

    async with aiohttp.ClientSession() as client:
        for data in (b"a" * 70_000, endless()):
            answer = await client.post(f"{service}/media/x/whip", data=data)
            assert answer.status == 413
            assert (await answer.json())["data"] == {"octets": 65_536}


async def test_a_viewer_on_a_slow_line_gets_her_whole_segment(service: str) -> None:
    async with aiohttp.ClientSession(read_bufsize=1_024) as client:
        answer = await client.get(f"{service}/media/x/hls/s1.m4s")
        first = await answer.content.readexactly(1_000)
        await asyncio.sleep(1.5)  # longer than the engine may take for what it is asked otherwise
        assert first + await answer.read() == SEGMENT


async def test_an_engine_that_dies_in_the_middle_breaks_off_and_says_nothing_more(
    service: str,
) -> None:
    """A second answer would become a part of the segment, and be kept as such for ever."""
    said = await said_raw(service, b"GET /media/x/hls/torn.m4s HTTP/1.1\r\nHost: x\r\n\r\n")
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"Content-Length: 1000" in head
    assert body == b"half"


async def test_so_does_a_segment_that_takes_too_long(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "HANDLER_S", 0.5)
    said = await said_raw(service, b"GET /media/x/hls/slow.m4s HTTP/1.1\r\nHost: x\r\n\r\n")
    assert said.partition(b"\r\n\r\n")[2] == b"half"

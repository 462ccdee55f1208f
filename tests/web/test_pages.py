"""The built pages, as files that browsers may keep or have to ask for."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from core.clock import ManualClock
from core.http import ground
from core.settings import Settings
from web import pages
from web.keys import CLOCK

Client = TestClient[web.Request, web.Application]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Built pages: one file for each kind, an asset, a picture, and what is not to be seen."""
    built = tmp_path / "static"
    for kind in (*pages.PAGES.values(), "not-found"):
        (built / f"{kind}.html").parent.mkdir(parents=True, exist_ok=True)
        (built / f"{kind}.html").write_text(f"<title>{kind}</title>")
    for name in ("assets/show-4f2a.js", "demo/a01.svg", "favicon.svg", ".vite/manifest.json"):
        (built / name).parent.mkdir(exist_ok=True)
        (built / name).write_text(name)
    (tmp_path / "secret").write_text("hunter2")
    return built


@pytest.fixture
async def stack() -> AsyncIterator[contextlib.AsyncExitStack]:
    async with contextlib.AsyncExitStack() as stack:
        yield stack


async def open_pages(stack: contextlib.AsyncExitStack, folder: Path) -> Client:
    app = web.Application()
    app[CLOCK] = ManualClock()
    ground(app, Settings(secret=SecretStr("s" * 40)), b"k" * 32)
    pages.join(app, folder)
    return await stack.enter_async_context(TestClient(TestServer(app)))


@pytest.fixture
async def client(stack: contextlib.AsyncExitStack, folder: Path) -> Client:
    return await open_pages(stack, folder)


@pytest.mark.parametrize(("path", "kind"), pages.PAGES.items())
async def test_each_address_shows_its_kind_of_page(client: Client, path: str, kind: str) -> None:
    address = re.sub(r"\{\w+\}", "x1", path)
    async with client.get(address) as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        assert response.headers["Cache-Control"] == "no-cache"
        assert await response.text() == f"<title>{kind}</title>"
        tag = response.headers["ETag"]
    async with client.get(address, headers={"If-None-Match": tag}) as response:
        assert response.status == 304


async def test_a_camera_is_for_those_who_show_something(client: Client) -> None:
    may = {}
    for path, kind in pages.PAGES.items():
        async with client.get(re.sub(r"\{\w+\}", "x1", path)) as response:
            may[kind] = "camera=(self), microphone=(self)" in response.headers["Permissions-Policy"]
    assert {kind for kind, camera in may.items() if camera} == {"consult", "desk", "studio"}


async def test_what_is_named_after_its_content_is_kept_for_ever(client: Client) -> None:
    async with client.get("/assets/show-4f2a.js") as response:
        assert response.status == 200
        assert response.content_type.endswith("/javascript")
        assert "immutable" in response.headers["Cache-Control"]
    async with client.get("/demo/a01.svg") as response:
        assert response.content_type == "image/svg+xml"
        assert "immutable" not in response.headers["Cache-Control"]
    async with client.get("/favicon.svg") as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/shows",
        "/shows/",
        "/shows/a/b",
        "/assets/nothing.js",
        "/assets/../../secret",
        "/assets/%2e%2e/%2e%2e/secret",
        "/assets/..%2f..%2fsecret",
        "/assets/%2fetc%2fpasswd",
        "/demo/../../secret",
        "/.vite/manifest.json",
        "/home.html",
        "/%00",
    ],
)
async def test_any_other_address_is_the_page_for_those_who_got_lost(
    client: Client, path: str
) -> None:
    reply = await raw(client.server.port or 0, path)
    assert reply.startswith("HTTP/1.1 404 ")
    assert reply.endswith("<title>not-found</title>")
    assert "hunter2" not in reply


async def raw(port: int, path: str) -> str:
    """What is answered to `path` as it stands: no client tidies it up on its way."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET {path} HTTP/1.1", "Host: x", "Accept: text/html", "Connection: close", "", ""
    writer.write("\r\n".join(head).encode())
    reply = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    return reply


async def test_a_script_that_is_lost_is_told_so_in_json(client: Client) -> None:
    for path in ("/nowhere", "/api/nowhere"):
        async with client.get(path, headers={"Accept": "*/*"}) as response:
            assert response.status == 404
            assert (await response.json())["code"] == "not_found"
    async with client.get("/api/nowhere", headers={"Accept": "text/html"}) as response:
        assert (await response.json())["code"] == "not_found"


async def test_pages_that_are_not_built_are_said_to_be_so(
    stack: contextlib.AsyncExitStack, tmp_path: Path
) -> None:
    client = await open_pages(stack, tmp_path / "missing")
    for path in ("/", "/nowhere"):
        async with client.get(path, headers={"Accept": "text/html"}) as response:
            assert response.status == 503
            assert "make setup" in await response.text()


async def test_all_that_a_page_asks_for_at_once_is_found_by_a_service_that_was_never_asked(
    stack: contextlib.AsyncExitStack, folder: Path
) -> None:
    names = [f"part-{number}.js" for number in range(20)]
    for name in names:
        (folder / "assets" / name).write_text(name)
    client = await open_pages(stack, folder)

    async def status(name: str) -> int:
        async with client.get(f"/assets/{name}") as response:
            return response.status

    assert await asyncio.gather(*map(status, names)) == [200] * len(names)


async def test_pages_that_are_built_anew_are_found(
    stack: contextlib.AsyncExitStack, folder: Path
) -> None:
    client = await open_pages(stack, folder)
    async with client.get("/assets/show-9c1b.js") as response:
        assert response.status == 404
    (folder / "assets/show-9c1b.js").write_text("new")
    clock = client.server.app[CLOCK]  # type: ignore[attr-defined]
    async with client.get("/assets/show-9c1b.js") as response:
        assert response.status == 404
    clock.advance(1_000)
    async with client.get("/assets/show-9c1b.js") as response:
        assert response.status == 200


async def test_a_page_is_shown_to_who_has_a_cookie_without_looking_at_it(client: Client) -> None:
    async with client.get("/", headers={"Cookie": "plusone=" + "A" * 43}) as response:
        assert response.status == 200

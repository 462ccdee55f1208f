"""Bodies and errors: bounded coming in, one shape going out."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import structlog
from aiohttp import web

from core.errors import Conflict, RateLimited
from core.http import ANYONE, Routes, answer
from core.http import answers as limits
from core.http.body import BODY_OCTETS
from tests.core.http.conftest import Client, Open, page


async def send(
    client: Client, body: bytes, content_type: str = "application/json"
) -> tuple[int, str]:
    headers = page(client, **{"Content-Type": content_type})
    async with client.post("/api/notes", data=body, headers=headers) as response:
        return response.status, (await response.json()).get("code", "")


def nested(levels: int) -> bytes:
    return b'{"text":' + b"[" * levels + b"]" * levels + b"}"


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b"", (400, "bad_request")),
        (b"{", (400, "bad_request")),
        (b"text=hello", (400, "bad_request")),
        (b"[]", (400, "bad_request")),
        (b"null", (400, "bad_request")),
        (b'"text"', (400, "bad_request")),
        (b'{"text": 5}', (400, "bad_request")),
        (b'{"text": "a", "more": 1}', (400, "bad_request")),
        (b'{"text": "\\u0000"}', (400, "bad_request")),
        (b'{"text": "\\ud800"}', (400, "bad_request")),
        (b'{"text": "\xff\xfe"}', (400, "bad_request")),
        (b'{"text": NaN}', (400, "bad_request")),
        (b'{"text": 1e999}', (400, "bad_request")),
        (b'{"text": ' + b"1" * 5_000 + b"}", (400, "bad_request")),
        (nested(16), (400, "bad_request")),
        (nested(17), (413, "too_large")),
        (nested(30_000), (413, "too_large")),
        (b'{"text": "' + b"x" * BODY_OCTETS + b'"}', (413, "too_large")),
    ],
)
async def test_what_is_no_good_is_refused_with_its_reason(
    client: Client, body: bytes, refusal: tuple[int, str]
) -> None:
    assert await send(client, body) == refusal


async def test_only_json_is_taken(client: Client) -> None:
    good = b'{"text": "hello"}'
    assert await send(client, good) == (201, "")
    assert await send(client, good, "application/json; charset=utf-8") == (201, "")
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert await send(client, good, content_type) == (400, "bad_request")


async def test_a_body_that_does_not_say_its_size_is_bounded_too(client: Client) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b" " * 1024

    headers = page(client, **{"Content-Type": "application/json"})
    async with client.post("/api/notes", data=endless(), headers=headers) as response:
        assert response.status == 413


async def test_the_largest_body_passes(client: Client) -> None:
    body = json.dumps({"text": "x" * (BODY_OCTETS - 12)}).encode()
    assert len(body) == BODY_OCTETS
    assert await send(client, body) == (201, "")


async def test_what_is_not_there_is_said_in_the_same_shape(client: Client) -> None:
    async with client.get("/api/nowhere") as response:
        assert response.status == 404
        body = await response.json()
    assert set(body) == {"code", "message", "retryable", "data"}
    assert body["code"] == "not_found"
    async with client.delete("/api/anyone", headers=page(client)) as response:
        assert response.status == 405
        assert (await response.json())["code"] == "method_not_allowed"
        assert "GET" in response.headers["Allow"]


async def test_a_fault_of_ours_shows_its_number_and_nothing_else(client: Client) -> None:
    with structlog.testing.capture_logs() as logs:
        async with client.get("/api/broken/hunter2") as response:
            assert response.status == 500
            body = await response.json()
    assert body["code"] == "internal"
    assert body["retryable"] is False
    assert "hunter2" not in str(body)
    failed = next(entry for entry in logs if entry["event"] == "http.failed")
    assert failed["incident"] == body["data"]["incident"]
    assert failed["exc_info"]


def failing(error: Exception) -> Routes:
    routes = Routes()

    @routes.get("/api/failing", who=ANYONE)
    async def handler(_request: web.Request) -> web.Response:
        raise error

    return routes


async def test_an_error_of_the_tree_keeps_its_code_and_data(open_client: Open) -> None:
    error = Conflict("Expired.", code="claim_expired", claims=["clm_1"])
    client = await open_client(failing(error))
    async with client.get("/api/failing") as response:
        assert response.status == 409
        assert await response.json() == {
            "code": "claim_expired",
            "message": "Expired.",
            "retryable": False,
            "data": {"claims": ["clm_1"]},
        }


async def test_who_is_too_fast_is_told_when_again(open_client: Open) -> None:
    client = await open_client(failing(RateLimited("Too fast.", retry_after_ms=1_200)))
    async with client.get("/api/failing") as response:
        assert response.status == 429
        assert response.headers["Retry-After"] == "2"


async def test_a_handler_that_takes_too_long_is_stopped(
    open_client: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HANDLER_S", 0.01)
    stopped = asyncio.Event()
    routes = Routes()

    @routes.get("/api/slow", who=ANYONE)
    async def handler(_request: web.Request) -> web.Response:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return answer({})

    client = await open_client(routes)
    async with client.get("/api/slow") as response:
        assert response.status == 503
        assert (await response.json())["retryable"] is True
    assert stopped.is_set()


async def test_a_time_limit_inside_a_handler_is_a_fault_of_ours(open_client: Open) -> None:
    client = await open_client(failing(TimeoutError("inner")))
    async with client.get("/api/failing") as response:
        assert (await response.json())["code"] == "internal"


async def test_a_redirect_is_no_error(open_client: Open) -> None:
    client = await open_client(failing(web.HTTPSeeOther("/elsewhere")))
    with structlog.testing.capture_logs() as logs:
        async with client.get("/api/failing", allow_redirects=False) as response:
            assert response.status == 303
            assert response.headers["Location"] == "/elsewhere"
    assert logs[-1]["status"] == 303

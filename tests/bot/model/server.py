"""A server of language models as OpenAI's protocol has it, which does what a test tells it."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Reply = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]


@dataclass
class ModelServer:
    """`replies` are given one after the other, the last one again and again."""

    url: str = ""
    replies: list[Reply] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    """The bodies of the requests."""
    keys: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    """Requests that are not for a model: telemetry."""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody hung up on an answer that never ended."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        self.keys.append(request.headers.get("Authorization", ""))
        reply = self.replies[min(len(self.asked), len(self.replies)) - 1]
        try:
            return await reply(request, self.asked[-1])
        except (asyncio.CancelledError, ConnectionError):
            self.left.set()
            raise

    async def wonder(self, request: web.Request) -> web.Response:
        self.elsewhere.append(request.path)
        return web.json_response({})

    def sent(self) -> str:
        """All that was ever asked, as text."""
        return json.dumps(self.asked, ensure_ascii=False)


@asynccontextmanager
async def serving(*replies: Reply) -> AsyncIterator[ModelServer]:
    server = ModelServer(replies=list(replies))
    app = web.Application(client_max_size=10**7)
    app.router.add_post("/v1/chat/completions", server.answer)
    app.router.add_route("*", "/{path:.*}", server.wonder)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    server.url = f"http://127.0.0.1:{port}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()


_ids = itertools.count(1)


def _chunk(delta: dict[str, Any], number: int, finish: str | None = None) -> bytes:
    tree = {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "scripted",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    return f"data: {json.dumps(tree)}\n\n".encode()


async def _begun(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    return response


def says(*pieces: str, pause_s: float = 0.0, dies: bool = False, hangs: bool = False) -> Reply:
    """Streams `pieces`; then is done, or dies on the wire, or says no more and does not end."""

    async def reply(request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
        number = next(_ids)
        response = await _begun(request)
        await response.write(_chunk({"role": "assistant", "content": ""}, number))
        for piece in pieces:
            await response.write(_chunk({"content": piece}, number))
            await asyncio.sleep(pause_s)
        if hangs:
            await asyncio.Event().wait()
        if dies:
            assert request.transport is not None
            request.transport.abort()
            return response
        await response.write(_chunk({}, number, "stop"))
        await response.write(b"data: [DONE]\n\n")
        return response

    return reply


def calls(*calls: tuple[str, Any], text: str = "") -> Reply:
    """Calls tools with arguments; a text of arguments goes as it is."""

    async def reply(request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
        number = next(_ids)
        response = await _begun(request)
        if text:
            await response.write(_chunk({"role": "assistant", "content": text}, number))
        for place, (name, args) in enumerate(calls):
            written = args if isinstance(args, str) else json.dumps(args)
            head = {"name": name, "arguments": ""}
            first = {"index": place, "id": f"call-{number}-{place}", "type": "function"}
            await response.write(_chunk({"tool_calls": [{**first, "function": head}]}, number))
            for half in (written[: len(written) // 2], written[len(written) // 2 :]):
                rest = {"index": place, "function": {"arguments": half}}
                await response.write(_chunk({"tool_calls": [rest]}, number))
        await response.write(_chunk({}, number, "tool_calls"))
        await response.write(b"data: [DONE]\n\n")
        return response

    return reply


def fails(status: int, **headers: str) -> Reply:
    async def reply(_request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
        error = {"error": {"message": "scripted", "type": "scripted", "code": None}}
        return web.json_response(error, status=status, headers=headers)

    return reply


def silent() -> Reply:
    async def reply(_request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    return reply


def raw(*pieces: bytes, content_type: str = "text/event-stream", forever: bool = False) -> Reply:
    async def reply(request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": content_type})
        await response.prepare(request)
        endless: Iterable[bytes] = itertools.cycle(pieces) if forever else pieces
        for piece in endless:
            await response.write(piece)
        return response

    return reply


def endless(piece: str) -> Reply:
    """Says the same without an end."""

    async def reply(request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
        number = next(_ids)
        response = await _begun(request)
        while True:
            await response.write(_chunk({"content": piece}, number))

    return reply

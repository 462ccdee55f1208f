"""What browsers ask of the embedded engine, passed on to its process.

A proxy in front may send `/media/` there straight; then nothing comes by here.
"""

from __future__ import annotations

from typing import Final

import aiohttp
from aiohttp import hdrs, web

from core.errors import Unavailable
from core.http import ANYONE, Routes
from core.http.body import octets
from core.http.routes import Handler
from video.stream.process import EngineReach

ENGINE_PROCESS = web.AppKey("engine_process", EngineReach)

_SENT: Final = (hdrs.CONTENT_TYPE, hdrs.AUTHORIZATION, hdrs.IF_MATCH, hdrs.RANGE)
_ANSWERED: Final = (
    hdrs.CONTENT_TYPE, hdrs.CONTENT_LENGTH, hdrs.CONTENT_RANGE, hdrs.LOCATION, hdrs.ETAG,
    hdrs.CACHE_CONTROL, "Accept-Post",
)  # fmt: skip
_PIECE: Final = 64 * 1024
_TIMES: Final = aiohttp.ClientTimeout(sock_read=10)
"""The engine may be silent no longer; a viewer on a slow line may take all of a handler's time."""

routes = Routes()


async def passed_on(request: web.Request) -> web.StreamResponse:
    """The engine's answer, whatever it is. Raises Unavailable, TooLarge."""
    process = request.app[ENGINE_PROCESS]
    body = await octets(request)
    headers = {name: request.headers[name] for name in _SENT if name in request.headers}
    url = process.reached + request.raw_path
    try:
        async with process.http.request(
            *(request.method, url),
            data=body or None,
            headers=headers,
            allow_redirects=False,
            timeout=_TIMES,
        ) as answer:
            return await _repeated(request, answer)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unavailable("The picture cannot be had just now.") from error


async def _repeated(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    kept = {name: answer.headers[name] for name in _ANSWERED if name in answer.headers}
    response = web.StreamResponse(status=answer.status, headers=kept)
    await response.prepare(request)
    try:
        async for piece in answer.content.iter_chunked(_PIECE):
            await response.write(piece)
        await response.write_eof()
    except BaseException:
        # An error told now would become a part of a segment, and stay in caches for ever.
        if request.transport is not None:
            request.transport.abort()
        raise
    return response


def _all(path: str, *methods: str) -> Handler:
    handler: Handler = passed_on
    for method in methods:
        handler = getattr(routes, method)(path, who=ANYONE, cookie=False)(handler)
    return handler


for _way in ("whip", "whep"):
    _all(f"/media/{{show}}/{_way}", "post", "options")
    _all(f"/media/{{show}}/{_way}/{{session}}", "patch", "delete")
_all("/media/{show}/hls/{file}", "get")

"""What browsers ask of the embedded engine, passed on to its process.

A proxy in front may send `/media/` there straight; then nothing comes by here.
"""

from __future__ import annotations

from typing import Final

import aiohttp
from aiohttp import hdrs, web

from core.errors import TooLarge, Unavailable
from core.http import ANYONE, Routes
from core.http.routes import Handler
from video.stream.process import EngineProcess

ENGINE_PROCESS = web.AppKey("engine_process", EngineProcess)

MOST_OCTETS: Final = 64 * 1024
"""Of what is sent there: descriptions of sessions."""
_SENT: Final = (hdrs.CONTENT_TYPE, hdrs.AUTHORIZATION, hdrs.IF_MATCH, hdrs.RANGE)
_ANSWERED: Final = (
    hdrs.CONTENT_TYPE, hdrs.CONTENT_LENGTH, hdrs.CONTENT_RANGE, hdrs.LOCATION, hdrs.ETAG,
    hdrs.CACHE_CONTROL, "Accept-Post",
)  # fmt: skip
_PIECE: Final = 64 * 1024

routes = Routes()


async def passed_on(request: web.Request) -> web.StreamResponse:
    """The engine's answer, whatever it is. Raises Unavailable, TooLarge."""
    process = request.app[ENGINE_PROCESS]
    if (request.content_length or 0) > MOST_OCTETS:
        raise TooLarge("The request is too large.", octets=MOST_OCTETS)
    body = await request.content.read(MOST_OCTETS + 1) if request.can_read_body else None
    if body is not None and len(body) > MOST_OCTETS:
        raise TooLarge("The request is too large.", octets=MOST_OCTETS)
    headers = {name: request.headers[name] for name in _SENT if name in request.headers}
    url = process.reached + request.raw_path
    try:
        async with process.http.request(
            request.method, url, data=body, headers=headers, allow_redirects=False
        ) as answer:
            kept = {name: answer.headers[name] for name in _ANSWERED if name in answer.headers}
            response = web.StreamResponse(status=answer.status, headers=kept)
            await response.prepare(request)
            async for piece in answer.content.iter_chunked(_PIECE):
                await response.write(piece)
            await response.write_eof()
            return response
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unavailable("The picture cannot be had just now.") from error


def _all(path: str, *methods: str) -> Handler:
    handler: Handler = passed_on
    for method in methods:
        handler = getattr(routes, method)(path, who=ANYONE, cookie=False)(handler)
    return handler


for _way in ("whip", "whep"):
    _all(f"/media/{{show}}/{_way}", "post", "options")
    _all(f"/media/{{show}}/{_way}/{{session}}", "patch", "delete")
_all("/media/{show}/hls/{file}", "get")

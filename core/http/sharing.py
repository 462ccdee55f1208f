"""Pages of other origins that the settings allow to call the API (CORS, Fetch standard §3.2)."""

from aiohttp import hdrs, web

from core.http.guard import OWN_HEADER, SOCKETS
from core.http.peer import PEERS
from core.http.routes import Handler

_ASKED_AGAIN_S = 600


@web.middleware
async def preflight(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a browser that asks whether such a page may call."""
    asked = request.method == "OPTIONS" and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
    if not asked or request.path.startswith(SOCKETS) or not _is_allowed(request):
        return await handler(request)
    return web.Response(
        status=204,
        headers={
            hdrs.ACCESS_CONTROL_ALLOW_METHODS: "GET, POST, PATCH, PUT, DELETE",
            hdrs.ACCESS_CONTROL_ALLOW_HEADERS: f"Content-Type, {OWN_HEADER}",
            hdrs.ACCESS_CONTROL_MAX_AGE: str(_ASKED_AGAIN_S),
        },
    )


def share(request: web.Request, response: web.StreamResponse) -> None:
    """Let such a page read the answer."""
    if not request.app[PEERS].origins.further or request.path.startswith(SOCKETS):
        return
    response.headers.add(hdrs.VARY, hdrs.ORIGIN)
    if _is_allowed(request):
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = request.headers[hdrs.ORIGIN]
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS] = "true"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"


def _is_allowed(request: web.Request) -> bool:
    return request.headers.get(hdrs.ORIGIN, "") in request.app[PEERS].origins.further

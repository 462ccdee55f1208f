"""The headers that make browsers careful with what we send."""

from collections.abc import Sequence

from aiohttp import web

from core.http.peer import is_https
from core.http.sharing import share
from core.http.watch import REQUEST

_YEAR_S = 365 * 24 * 3600

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "X-Frame-Options": "DENY",
}


def policy(sockets: str | None, media: Sequence[str] = ()) -> str:
    """The Content-Security-Policy: nothing inline, nothing of others but pictures.

    `sockets` is the service's own `wss://` origin, named for browsers whose `'self'` leaves
    WebSockets out. Products' pictures may lie elsewhere, and one that is about to be sent is the
    page's own (`blob:`); `media` are the origins of an external media engine.
    """
    connected = " ".join(("'self'", *([sockets] if sockets else []), *media))
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob: https:",
            "font-src 'self'",
            " ".join(("media-src 'self' blob:", *media)),
            f"connect-src {connected}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """For `on_response_prepare`: so that files, errors and sockets have them too."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "plusone"
    response.headers.setdefault("Content-Security-Policy", request.app[POLICY])
    if REQUEST in request:
        response.headers["X-Request-Id"] = request[REQUEST]
    if is_https(request):
        response.headers["Strict-Transport-Security"] = f"max-age={_YEAR_S}"
    share(request, response)


POLICY = web.AppKey("policy", str)

"""Before a handler runs: who asks, whether a page of ours made her browser ask, whether she may."""

from aiohttp import web

from core.errors import BadRequest, Forbidden, NotFound
from core.http.peer import PEERS, is_https
from core.http.routes import ROUTES, Handler
from core.identity.model import NOBODY, Person
from core.identity.service import IDENTITY

COOKIE = "plusone"
"""The cookie that holds a session's token."""

OWN_HEADER = "X-Plusone"
"""What only a script can send, and one of another origin only after asking (CSRF)."""

SOCKETS = "/socket.io/"
"""Sockets check origin, person and commands by themselves."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_PERSON = web.RequestKey("person", Person)


def person_of(request: web.Request) -> Person:
    """Who asks; `NOBODY` where the route reads no cookie."""
    person: Person = request.get(_PERSON, NOBODY)
    return person


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.match_info.http_exception is not None or request.path.startswith(SOCKETS):
        return await handler(request)
    route = request.app[ROUTES].get(request.match_info.route)
    if route is None:
        raise Forbidden("Nobody has said whom this is for.")
    if route.cookie:
        if request.method not in _SAFE:
            _check_origin(request)
        request[_PERSON] = await request.app[IDENTITY].person_for(request.cookies.get(COOKIE))
    route.who.admit(person_of(request))
    _check_address(request)
    return await handler(request)


def _check_address(request: web.Request) -> None:
    """Refuse what no database takes as text; bodies are looked through by `core.inputs`."""
    if "\0" in request.path:
        raise NotFound("There is nothing here.")
    if "\0" in request.query_string:
        raise BadRequest("Text may not hold NUL.")


def _check_origin(request: web.Request) -> None:
    """Refuse what a page of another origin may have made a signed-in browser send."""
    if request.headers.get(OWN_HEADER) != "1":
        raise Forbidden(f"The header {OWN_HEADER}: 1 is missing.")
    origin = request.headers.get("Origin", "")
    scheme = "https" if is_https(request) else "http"
    if not request.app[PEERS].origins.allow(origin, request.host, scheme):
        raise Forbidden("This page may not do that here.")

"""Around a handler: its time limit, and every error in the one shape."""

import asyncio
import math
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from core.errors import BadRequest, InternalError, NotFound, PlusOneError, TooLarge, Unavailable
from core.http.body import answer
from core.http.guard import SOCKETS
from core.http.routes import ROUTES, Handler
from core.ids import new_id

HANDLER_S = 20
"""Longer than any database or outside call may take; shorter than a person's patience."""

ErrorPage = Callable[[web.Request, PlusOneError], Awaitable[web.StreamResponse]]
ERROR_PAGE = web.AppKey[ErrorPage]("error_page")
"""Shows an error to a person who opened an address, if the application has a way to."""

log = structlog.get_logger(__name__)


class MethodNotAllowed(PlusOneError):
    """The path exists, but not with this method."""

    code = "method_not_allowed"
    status = 405


@web.middleware
async def within_time(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.path.startswith(SOCKETS):
        return await handler(request)
    route = request.app.get(ROUTES, {}).get(request.match_info.route)
    within_s = HANDLER_S if route is None or route.within_s is None else route.within_s
    try:
        async with asyncio.timeout(within_s) as limit:
            return await handler(request)
    except TimeoutError as error:
        if limit.expired():
            raise Unavailable("This took too long.") from error
        raise


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        allow = error.headers.get("Allow")
        response = await _shown(request, _ours(error))
        if allow:
            response.headers["Allow"] = allow
        return response
    except PlusOneError as error:
        return await _shown(request, error)
    except (ConnectionError, asyncio.CancelledError):
        raise
    except Exception:
        # The last fence before the client: whatever it is, she learns its number alone.
        incident = new_id("inc")
        log.exception("http.failed", incident=incident)
        return await _shown(request, InternalError(incident))


def _ours(error: web.HTTPException) -> PlusOneError:
    if error.status == 404:
        return NotFound("There is nothing here.")
    if error.status == 405:
        return MethodNotAllowed("This is not done here.")
    if error.status == 413:
        return TooLarge("The request is too large.")
    return BadRequest(error.reason)


async def _shown(request: web.Request, error: PlusOneError) -> web.StreamResponse:
    page = request.app.get(ERROR_PAGE)
    opened = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
    if page is not None and opened and not request.path.startswith("/api/"):
        return await page(request, error)
    response = answer(error.as_json(), error.status)
    retry_after_ms = error.data.get("retry_after_ms")
    if retry_after_ms is not None:
        response.headers["Retry-After"] = str(math.ceil(retry_after_ms / 1000))
    return response

"""What is kept of a request: one line in the log and two figures, nothing of the person."""

import secrets
import time

import structlog
from aiohttp import hdrs, web

from core import metrics
from core.http.guard import SOCKETS, person_of
from core.http.peer import PEERS, client_address
from core.http.routes import Handler

REQUEST = web.RequestKey("request", str)

log = structlog.get_logger(__name__)


@web.middleware
async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Name the request, and write down how it went.

    The route's pattern is logged, never the path or the query, which may hold what is secret or
    personal; the address only as a keyed hash.
    """
    request[REQUEST] = name = secrets.token_hex(8)
    # There are some forty, and each that a client tried would be a figure of its own for ever.
    method = request.method if request.method in hdrs.METH_ALL else "other"
    began = time.monotonic()
    status = 499  # the client went away, as nginx counts it
    with structlog.contextvars.bound_contextvars(request=name):
        try:
            response = await handler(request)
            status = response.status
        except web.HTTPException as redirect:
            status = redirect.status
            raise
        finally:
            route = _pattern(request)
            took = time.monotonic() - began
            metrics.http_requests.labels(method, route, str(status)).inc()
            if not request.path.startswith(SOCKETS):
                metrics.http_seconds.labels(route).observe(took)
            log.info(
                "http",
                method=method,
                route=route,
                status=status,
                ms=round(took * 1000, 1),
                who=person_of(request).kind,
                address=request.app[PEERS].hidden(client_address(request)),
            )
    return response


def _pattern(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "-"

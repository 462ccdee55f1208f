"""Lays the ground under an application."""

from aiohttp import web

from core.http.answers import errors, within_time
from core.http.guard import guard
from core.http.headers import POLICY, add_headers, policy
from core.http.peer import PEERS, Peers
from core.http.routes import ROUTES
from core.http.sharing import preflight
from core.http.watch import watch
from core.settings import Settings


def ground(app: web.Application, settings: Settings, log_key: bytes) -> None:
    """Give `app` everything that happens around handlers; `IDENTITY` joins it at start-up.

    `log_key` hides addresses in the log.
    """
    app[ROUTES] = {}
    app[PEERS] = peers = Peers(settings, log_key)
    own = peers.origins.own
    app[POLICY] = policy(own.replace("http", "ws", 1) if own else None, settings.media_origins)
    app.middlewares.extend((watch, errors, preflight, within_time, guard))
    app.on_response_prepare.append(add_headers)

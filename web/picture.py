"""Shows' pictures, opened and closed as a part of the application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from yarl import URL

from core.errors import NotFound
from core.secret import Secret
from core.settings import Settings
from live.routes import SHOWS
from live.store import SHOW_ENDED
from video.stream import passage, routes
from video.stream.engine import MediaEngine
from video.stream.keys import Keys
from video.stream.passage import ENGINE_PROCESS
from video.stream.process import EngineElsewhere, EngineProcess
from video.stream.routes import PICTURES, TOKENS
from video.stream.service import PICTURE_CHANGED, Pictures
from video.stream.tickets import Tickets
from web.keys import CLOCK, DATABASE, OUTBOX, SECRET, SETTINGS
from web.tasks import running


def attach(app: web.Application) -> None:
    """Make the routes part of `app`, before it starts."""
    routes.routes.join(app)
    passage.routes.join(app)


async def pictures(app: web.Application) -> AsyncIterator[None]:
    """After the shows, and before the outbox hands over: each tells the other by it."""
    settings, secret = app[SETTINGS], app[SECRET]
    embedded = token(secret)
    external = settings.media_token.get_secret_value()
    app[TOKENS] = (embedded, external) if external else (embedded,)
    clock = app[CLOCK]
    process = app.get(ENGINE_PROCESS)
    if process is None:
        process = app[ENGINE_PROCESS] = EngineProcess(settings, clock, embedded, lambda: gone())
    app[PICTURES] = made = Pictures(
        app[DATABASE],
        clock,
        MediaEngine.of(settings),
        Keys(secret.key("stream keys")),
        Tickets(secret.key("picture tickets")),
        app[SHOWS],
        process if settings.media_engine == "embedded" else Uncontrolled(),
    )

    async def gone() -> None:
        await made.engine_gone()

    async def changed(told: dict[str, Any]) -> None:
        try:
            await app[SHOWS].picture_changed(told)
        except NotFound:
            return  # the show was removed meanwhile

    app[OUTBOX].subscribe(PICTURE_CHANGED, changed)
    app[OUTBOX].subscribe(SHOW_ENDED, made.show_ended)
    yield


async def forget_old(app: web.Application) -> None:
    """Delete the replays that have been kept for long enough."""
    await app[PICTURES].forget_old(app[SETTINGS].replay_days)


def engine_elsewhere(app: web.Application) -> EngineElsewhere:
    """Have `app` know, before it starts, that another process runs the embedded engine."""
    made = app[ENGINE_PROCESS] = EngineElsewhere(token(app[SECRET]))
    return made


@asynccontextmanager
async def engine(app: web.Application, address: str = "") -> AsyncIterator[None]:
    """Have the embedded engine at hand, if it is the one.

    It is run here, for a service that listens at `address`, unless another process does.
    """
    settings: Settings = app[SETTINGS]
    if settings.media_engine != "embedded":
        yield
        return
    match app[ENGINE_PROCESS]:
        case EngineProcess() as process:
            work = process.run(from_here(address))
        case EngineElsewhere() as elsewhere:
            work = elsewhere.run()
        case _:
            raise TypeError("an engine of another kind")
    async with running(work, "media engine"):
        yield


def token(secret: Secret) -> str:
    """What the embedded engine and the service prove themselves with to each other."""
    return secret.key("embedded media engine").hex()


def from_here(address: str) -> str:
    """`address` as this machine reaches it."""
    url = URL(address)
    return str(url.with_host("127.0.0.1")) if url.host in ("0.0.0.0", "::") else address  # noqa: S104


class Uncontrolled:
    """An external engine: it ends by itself what nobody sends, and keeps what it likes."""

    async def end(self, show: str) -> None:
        return

    async def forget(self, show: str) -> None:
        return

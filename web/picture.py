"""Shows' pictures, opened and closed as a part of the application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from yarl import URL

from core.errors import NotFound
from core.settings import Settings
from live.routes import SHOWS
from live.store import SHOW_ENDED
from video.stream import passage, routes
from video.stream.engine import MediaEngine
from video.stream.keys import Keys
from video.stream.passage import ENGINE_PROCESS
from video.stream.process import EngineProcess
from video.stream.routes import PICTURES, TOKENS
from video.stream.service import PICTURE_CHANGED, Pictures
from web.keys import CLOCK, DATABASE, OUTBOX, SECRET, SETTINGS
from web.tasks import running


def attach(app: web.Application) -> None:
    """Make the routes part of `app`, before it starts."""
    routes.routes.join(app)
    passage.routes.join(app)


async def pictures(app: web.Application) -> AsyncIterator[None]:
    """After the shows, and before the outbox hands over: each tells the other by it."""
    settings, secret = app[SETTINGS], app[SECRET]
    embedded = secret.key("embedded media engine").hex()
    external = settings.media_token.get_secret_value()
    app[TOKENS] = (embedded, external) if external else (embedded,)
    clock = app[CLOCK]
    app[ENGINE_PROCESS] = process = EngineProcess(settings, clock, embedded, lambda: gone())
    app[PICTURES] = made = Pictures(
        app[DATABASE],
        clock,
        MediaEngine.of(settings),
        Keys(secret.key("stream keys")),
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


@asynccontextmanager
async def engine(app: web.Application, address: str) -> AsyncIterator[None]:
    """Have the embedded engine run, if it is the one, for a service that listens at `address`."""
    settings: Settings = app[SETTINGS]
    if settings.media_engine != "embedded":
        yield
        return
    async with running(app[ENGINE_PROCESS].run(_from_here(address)), "media engine"):
        yield


def _from_here(address: str) -> str:
    """`address` as this machine reaches it."""
    url = URL(address)
    return str(url.with_host("127.0.0.1")) if url.host in ("0.0.0.0", "::") else address  # noqa: S104


class Uncontrolled:
    """An external engine: it ends by itself what nobody sends, and keeps what it likes."""

    async def end(self, show: str) -> None:
        return

    async def forget(self, show: str) -> None:
        return

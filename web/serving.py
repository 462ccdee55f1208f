"""Runs the application as a process: loop, listening, and an orderly end."""

import asyncio
import gc
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

import structlog
from aiohttp import web

import migrations
from core import logs
from core.settings import Settings
from web import picture
from web.app import build_app

T = TypeVar("T")

GRACE_S = 10
"""How long answers under way may take at the end; sockets are told to come back at once."""

BACKLOG = 2_048
"""Connections that may wait to be taken: a show's viewers come all at once."""

log = structlog.get_logger(__name__)


def serve(settings: Settings, beside: Callable[[str], Awaitable[None]] | None = None) -> int:
    """Migrate, serve until SIGTERM or SIGINT, and end in order; the process's exit status.

    `beside` is called with the service's address once it listens, and cancelled at the end.
    """
    logs.set_up(settings)
    migrations.upgrade(settings.database)
    app = build_app(settings)
    return run_loop(_serve(app, settings, beside))


def run_loop(main: Coroutine[object, object, T]) -> T:
    """Run `main` on the loop that we serve with."""
    if sys.platform == "win32":
        return asyncio.run(main)
    import uvloop

    return uvloop.run(main)


async def _serve(
    app: web.Application,
    settings: Settings,
    beside: Callable[[str], Awaitable[None]] | None,
) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=GRACE_S)
    try:
        await runner.setup()
        site = web.TCPSite(runner, settings.host, settings.port, backlog=BACKLOG)
        await site.start()
        address = _address(runner)
        calm_collector()
        log.info("serving", address=address)
        async with picture.engine(app, address):
            await until_one_ends(stop.wait(), *([] if beside is None else [beside(address)]))
        log.info("stopping")
    finally:
        await runner.cleanup()
    return 0


async def until_one_ends(*works: Awaitable[object]) -> None:
    """Run `works` side by side until one of them has ended; raises what it raised.

    None of them outlives this, also where it is cancelled itself.
    """
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()


def _address(runner: web.AppRunner) -> str:
    host, port = runner.addresses[0][:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def calm_collector() -> None:
    """Collect garbage in small bites, and seldom all of it: what lives here lives long.

    A pass over 50,000 young objects held the loop for 50 ms, and a full one stops every socket.
    """
    gc.set_threshold(10_000, 100, 100)
    gc.collect()
    gc.freeze()

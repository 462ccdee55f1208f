"""The media process: `python -m video.stream.embedded.server`, started by the service.

What it needs to know comes as one line of JSON on its standard input (`Start`); it answers with one
line on its standard output, `{"port": …}`, once it listens. It ends when its standard input does:
whoever started it is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import msgspec
import structlog
from aiohttp import web

from core import logs
from core.clock import SystemClock
from core.settings import Settings
from video.stream.embedded import faces, peer
from video.stream.embedded.authority import Authority, Link
from video.stream.embedded.engine import Engine, Limits
from video.stream.embedded.shelf import Shelf
from video.stream.embedded.start import Start
from video.stream.embedded.stream import Pace

BACKLOG = 1_024
LOOKS_S = 10.0
"""How often it is asked whether those who watch by WebRTC still may: their connections last."""

log = structlog.get_logger(__name__)


async def serve(start: Start) -> None:
    """Serve until the service has gone or says so."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    leash = asyncio.create_task(_until_alone(stop))
    peer.listen_on(start.addresses)
    pace = Pace(grace_s=start.grace_s)
    clock = SystemClock(start.uptime_zero)
    authority = Authority(Link(start.services, start.token), clock)
    limits = Limits(start.viewers, start.servers, start.announced, start.keeps, pace)
    engine = Engine(Shelf(Path(start.folder)), clock, limits, authority.tell)
    telling = asyncio.create_task(authority.run(), name="news")
    looking = asyncio.create_task(_look_again(engine, authority), name="viewers")
    app = faces.app()
    app[faces.ENGINE], app[faces.AUTHORITY] = engine, authority
    app[faces.TOKEN], app[faces.SEGMENT_S] = start.token, pace.segment_s
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, start.host, start.port, backlog=BACKLOG).start()
        with contextlib.suppress(BrokenPipeError):  # the service was killed: stdin ends too
            os.write(sys.stdout.fileno(), b'{"port": %d}\n' % runner.addresses[0][1])
        await stop.wait()
    finally:
        await engine.close()
        await runner.cleanup()
        tasks = (telling, looking, leash)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await authority.close()


async def _look_again(engine: Engine, authority: Authority) -> None:
    async def may_watch(show: str, ticket: str) -> None:
        await authority.may_read(show, ticket, "webrtc", "")

    while True:
        await asyncio.sleep(LOOKS_S)
        await engine.look_again(may_watch)


async def _until_alone(stop: asyncio.Event) -> None:
    """Nothing is ever sent here after the first line: it ends with whoever holds the other end."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    with contextlib.closing(transport):
        while await reader.read(1_024):
            pass
    stop.set()


def main() -> int:
    start = msgspec.json.decode(sys.stdin.buffer.readline(), type=Start)
    logs.set_up(Settings())
    if sys.platform == "win32":
        asyncio.run(serve(start))
    else:
        import uvloop

        uvloop.run(serve(start))
    return 0


if __name__ == "__main__":
    sys.exit(main())

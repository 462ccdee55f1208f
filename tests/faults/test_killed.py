"""`kill -9` in the middle of a flood: what was acknowledged is there, nothing is there twice."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp

from core.clock import SystemClock
from core.db import Database
from core.rooms.events import PUBLIC
from core.rooms.kind import Command
from core.rooms.rooms import Rooms
from tests.core.rooms.auction import AuctionKind, Say
from tests.core.rooms.conftest import ROOM
from tests.core.rooms.served import Viewer
from tests.faults.ledger import Ledger
from tests.servers import free_port

SENDERS = 8
EACH = 100
AHEAD = 20
"""Requests that a sender sends without waiting for the answers to those before."""
KILLS = 3


class Place:
    """Where the process listens, whichever process that is."""

    def __init__(self, url: str) -> None:
        self.database_url = url
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.up = asyncio.Event()

    @asynccontextmanager
    async def process(self) -> AsyncIterator[Process]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.faults.auction_server", self.database_url, str(self.port)),
            stdout=PIPE,
        )
        try:
            assert process.stdout is not None
            assert await asyncio.wait_for(process.stdout.readline(), 60) == b"ready\n"
            self.up.set()
            yield process
        finally:
            self.up.clear()
            if process.returncode is None:
                process.kill()
            await process.wait()


class Sender:
    """A page that sends what was not answered again, under the same names."""

    def __init__(self, name: str, place: Place, ledger: Ledger) -> None:
        self.name = name
        self._place = place
        self._ledger = ledger
        self._open = [f"{name}-request-{number}" for number in range(EACH)]
        for request_id in self._open:
            ledger.sent[request_id] = f"the only {request_id}"

    async def run(self) -> None:
        while self._open:
            await self._place.up.wait()
            try:
                async with Viewer.at(self._place, id=self.name) as viewer:
                    await self._send(viewer)
            except (aiohttp.ClientError, OSError, TimeoutError):
                continue  # the process was killed: the next one is there soon

    async def again(self) -> None:
        """Send all once more, as a page does that never got the answers."""
        self._open = [name for name in self._ledger.sent if name.startswith(f"{self.name}-")]
        await self.run()

    async def _send(self, viewer: Viewer) -> None:
        await viewer.join()
        while self._open:
            names = self._open[:AHEAD]
            calls = [asyncio.ensure_future(self._one(viewer, name)) for name in names]
            closed = asyncio.ensure_future(viewer.closed())
            try:
                for call in calls:
                    await asyncio.wait({call, closed}, return_when=asyncio.FIRST_COMPLETED)
                    if not call.done():
                        raise ConnectionResetError("the process was killed")
                    await call
            finally:
                for task in (*calls, closed):
                    task.cancel()
                await asyncio.gather(*calls, closed, return_exceptions=True)

    async def _one(self, viewer: Viewer, name: str) -> None:
        reply = await viewer.call("say", {"request_id": name, "text": self._ledger.sent[name]})
        if reply["ok"]:
            self._ledger.acknowledge(name, reply["first"])
            self._open.remove(name)
        else:
            assert reply["error"]["retryable"]


async def test_what_was_acknowledged_outlives_a_killed_process_and_nothing_is_doubled(
    database_url: str,
) -> None:
    async with Database.open(database_url) as database:
        rooms = Rooms(database, SystemClock(), [AuctionKind()])
        first = Command("host", "first", Say("welcome"))
        await rooms.create("auction", ROOM, first, PUBLIC)
        await rooms.close()

    ledger, place = Ledger(), Place(database_url)
    senders = [Sender(f"p{number}", place, ledger) for number in range(SENDERS)]
    async with AsyncExitStack() as stack:
        group = await stack.enter_async_context(asyncio.TaskGroup())
        floods = [group.create_task(sender.run()) for sender in senders]
        for kill in range(KILLS):
            enough = len(ledger.sent) * (kill + 1) // (KILLS + 1)
            async with place.process() as process:
                while len(ledger.acknowledged) < enough:  # noqa: ASYNC110 (nobody tells)
                    await asyncio.sleep(0.001)
                assert not all(flood.done() for flood in floods)
                process.send_signal(signal.SIGKILL)
                await process.wait()
        async with place.process():
            await asyncio.gather(*floods)
            await asyncio.gather(*(sender.again() for sender in senders))
    async with Database.open(database_url) as database:
        await ledger.check(database, ROOM)

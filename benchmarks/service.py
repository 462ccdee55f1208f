"""plusone itself, as a process with settings of its own, and a show that sells one item.

The people are written into the database by the functions with which identity itself writes them:
how fast a thousand guests sign in is not what is measured here. All else goes through the service's
own sockets and routes.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import aiohttp
import socketio
from sqlalchemy import Connection

import migrations
from benchmarks.figures import say
from benchmarks.processes import cpu_s, family, rss_kib
from commerce_bridge.embedded import catalogue, stock
from commerce_bridge.embedded.model import ProductDraft, VariantDraft
from core.clock import SystemClock
from core.db import Database
from core.identity import sessions, store
from core.identity.model import Person, Role
from core.identity.sessions import Lifetimes
from core.money import Money
from core.settings import Settings
from tests.servers import free_port, is_free

STARTED_S = 60
PIECES = 900_000
"""Allotted to the item: more than any run can claim."""
CODE = "A01"


class Process:
    """A server in a process of its own, with what it costs; used as a context."""

    def __init__(self, command: Sequence[str], port: int, environment: dict[str, str]) -> None:
        self.port = port
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command],
            stdin=subprocess.DEVNULL,
            cwd=Path(__file__).parents[1],
            env=os.environ | environment,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(30)

    async def answers(self, path: str, port: int | None = None) -> None:
        """Wait until a GET of `path` is answered. Raises RuntimeError if the process ended."""
        address = f"http://127.0.0.1:{port or self.port}"
        end = time.monotonic() + STARTED_S
        async with aiohttp.ClientSession() as http:
            while True:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"the server did not start: {self._process.args!r}")
                try:
                    async with http.get(address + path) as response:
                        if response.status < 500:
                            return
                except aiohttp.ClientError:
                    time.sleep(0.1)  # noqa: ASYNC251 - nothing else goes on here

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def rss_kib(self) -> int:
        """Memory in use now, in KiB; of all that it started too."""
        return rss_kib(*family(self.pid))

    @property
    def cpu_s(self) -> float:
        """Processor time used so far, in seconds; of all that it started and that still runs."""
        return cpu_s(*family(self.pid))


class Service(Process):
    """The service; `settings` are further ones, as in the environment without `PLUSONE_`."""

    def __init__(
        self, database_url: str, folder: Path, *, workers: int = 1, **settings: object
    ) -> None:
        port = _ports_from(workers)
        values = {
            "DATABASE_URL": database_url,
            "DATA_FOLDER": folder,
            "PORT": port,
            "SOCKETS_PER_ADDRESS": 100_000,
            "EVENTS_PER_S": 100_000,
            "LOG_LEVEL": "warning",
            **settings,
        }
        environment = {f"PLUSONE_{name}": str(value) for name, value in values.items()}
        command = ["web.command_line", "serve"]
        if workers > 1:
            command += ["--workers", str(workers)]
        super().__init__(command, port, environment)
        self.database_url = database_url
        self.ports = range(port, port + workers)
        """One for each worker."""


def _ports_from(count: int) -> int:
    """The first of so many free ports that follow one another."""
    while True:
        first = free_port()
        if all(is_free(port) for port in range(first + 1, first + count)):
            return first


class People:
    """Those who are in the database before the service starts: tokens, and what is for sale."""

    def __init__(
        self, host: str, reps: list[str], guests: list[str], product: str, variant: str
    ) -> None:
        self.host = host
        self.reps = reps
        self.guests = guests
        self.product = product
        self.variant = variant


async def prepare(url: str, guests: int, *, reps: int = 0) -> People:
    """Migrate the database at `url` and write a host, `reps`, `guests` and one product into it."""
    await asyncio.to_thread(migrations.upgrade, url)
    lifetimes = Lifetimes(Settings(database_url=url))
    now = SystemClock().now()

    def unit(connection: Connection) -> People:
        def staff(name: str, role: Role) -> str:
            own = store.put_staff(connection, f"{name.lower()}@example.test", name, "!", now)
            store.put_roles(connection, own, [role])
            person = Person("staff", own, frozenset({own}), name, None, frozenset({role}))
            return sessions.begin(connection, person, lifetimes, now)

        host = staff("Host", Role.HOST)
        answering = [staff(f"Rep{number}", Role.REP) for number in range(reps)]
        tokens = []
        for number in range(guests):
            guest = store.add_customer(connection, f"Guest {number}", None, now)
            tokens.append(sessions.begin(connection, guest, lifetimes, now))
        return People(host, answering, tokens, *_goods(connection, now))

    async with Database.open(url, pool=1) as database:
        return await database.write(unit)


def _goods(connection: Connection, now: int) -> tuple[str, str]:
    """(product, variant) of which there is enough."""
    variant = VariantDraft("SAUCE-1", {}, Money(28_800, "TWD"))
    draft = ProductDraft("sauce", "麻辣醬", "", (), (variant,))
    variant_id = catalogue.put_product(connection, draft, now)["SAUCE-1"]
    product = catalogue.products(connection)[0].id
    location = catalogue.put_location(connection, "Store-room")
    stock.count(connection, {(location, variant_id): PIECES}, key="bench", at=now)
    return product, variant_id


class Host:
    """The host of one show, through the service's own routes and sockets."""

    def __init__(self, client: socketio.AsyncClient, show: str) -> None:
        self._client = client
        self.show = show

    async def run(self, **do: Any) -> list[dict[str, Any]]:
        """Have `do` done; returns the events that came of it. Raises RuntimeError when refused."""
        asked = {"request_id": uuid4().hex, "do": do}
        answer = await self._client.call("run", asked, namespace="/live", timeout=30)
        if not answer["ok"]:
            raise RuntimeError(f"refused: {answer}")
        events: list[dict[str, Any]] = answer["events"]
        return events

    async def look(self) -> dict[str, Any]:
        """The whole show as it is now."""
        answer = await self._client.call("join", {"show": self.show}, namespace="/live", timeout=30)
        if not answer["ok"]:
            raise RuntimeError(f"refused: {answer}")
        whole: dict[str, Any] = answer["whole"]
        return whole

    async def open_item(self, people: People) -> None:
        """Go live with one item, `CODE`, that does not run out."""
        await self.run(type="show.go_live")
        variant = {"variant_id": people.variant, "allotment": PIECES}
        added = await self.run(
            type="item.add",
            product=people.product,
            code=CODE,
            price=28_800,
            variants=[variant],
        )
        await self.run(type="item.open", item=added[0]["data"]["item"]["id"])


@asynccontextmanager
async def hosted(service: Service, people: People) -> AsyncIterator[Host]:
    """A new show with its one item open, and its host, who is in its room."""
    for port in service.ports:
        await service.answers("/readyz", port)
    address = f"http://127.0.0.1:{service.port}"
    cookie = {"Cookie": f"plusone={people.host}"}
    async with aiohttp.ClientSession(headers={**cookie, "X-Plusone": "1"}) as http:
        async with http.post(
            f"{address}/api/staff/shows", json={"title": "Bench"}, headers={"Origin": address}
        ) as response:
            made = await response.json()
        if "id" not in made:
            raise RuntimeError(f"no show was made: {made}")
        client = socketio.AsyncClient(handle_sigint=False)
        await client.connect(
            address,
            headers={**cookie, "Origin": address},
            transports=["websocket"],
            namespaces=["/live"],
            wait_timeout=10,
        )
        try:
            host = Host(client, made["id"])
            await host.look()
            await host.open_item(people)
            say(f"  a show is open at {address}")
            yield host
        finally:
            await client.disconnect()

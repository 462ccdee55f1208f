"""A show served by processes of their own: people in its database, and phones that claim."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import socketio
from sqlalchemy import Connection

from commerce_bridge.embedded import catalogue, stock
from commerce_bridge.embedded.model import ProductDraft, VariantDraft
from core.clock import SystemClock
from core.db import Database
from core.http import COOKIE
from core.identity import sessions, store
from core.identity.model import Person, Role
from core.identity.sessions import Lifetimes
from core.money import Money
from core.rooms.events import Logged
from core.rooms.history import read_events
from core.settings import Settings
from live.kind import ShowKind
from live.namespace import NAMESPACE
from tests.servers import free_port

ANSWER_S = 120
START_S = 90
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class People:
    """Session tokens, and what is for sale."""

    host: str
    rep: str
    guests: dict[str, str]
    """By the guest's id."""
    product: str
    variant: str


async def people(url: str, customers: int, *, pieces: int = 1_000) -> People:
    """Write a host, a rep, so many customers and a product of one variant into the database."""
    now = SystemClock().now()
    lifetimes = Lifetimes(Settings(database_url=url))

    def unit(connection: Connection) -> People:
        def staff(email: str, name: str, role: Role) -> str:
            own = store.put_staff(connection, email, name, "!", now)
            store.put_roles(connection, own, [role])
            person = Person("staff", own, frozenset({own}), name, None, frozenset({role}))
            return sessions.begin(connection, person, lifetimes, now)

        host = staff("host@example.test", "阿禾", Role.HOST)
        rep = staff("rep@example.test", "小芳", Role.REP)
        guests = {}
        for number in range(customers):
            guest = store.add_customer(connection, f"客 {number}", None, now)
            guests[guest.own_id] = sessions.begin(connection, guest, lifetimes, now)
        draft = ProductDraft(
            "sauce", "麻辣醬", "", (), (VariantDraft("S-1", {}, Money(28_800, "TWD")),)
        )
        variant = catalogue.put_product(connection, draft, now)["S-1"]
        product = catalogue.products(connection)[0].id
        place = catalogue.put_location(connection, "網路倉")
        stock.count(connection, {(place, variant): pieces}, key="counted", at=now)
        return People(host, rep, guests, product, variant)

    async with Database.open(url, pool=1) as database:
        return await database.write(unit)


@dataclass(frozen=True)
class Served:
    """The service in a process of its own."""

    address: str
    process: subprocess.Popen[bytes]

    async def ready(self, http: aiohttp.ClientSession) -> str:
        """Wait until it answers; returns its address."""
        async with asyncio.timeout(START_S):
            while True:
                assert self.process.poll() is None, "the service did not start"
                with contextlib.suppress(aiohttp.ClientError):
                    async with http.get(f"{self.address}/readyz") as response:
                        if response.status == 200:
                            return self.address
                await asyncio.sleep(0.05)

    def kill(self) -> None:
        """`kill -9`; returns when it is gone."""
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def served(
    url: str, folder: Path, *options: str, port: int | None = None, bot: bool = False
) -> Iterator[Served]:
    """A process over the database at `url`; `options` are those of `tests.races.serve`."""
    port = port or free_port()
    settings = {
        "DATABASE_URL": url,
        "DATA_FOLDER": str(folder),
        "PORT": str(port),
        "SECRET": "s" * 40,
        "SOCKETS_PER_ADDRESS": "1000",
        "EVENTS_PER_S": "1000",
        "MEDIA_ENGINE": "none",
        "BOT": str(bot),
        "LOG_LEVEL": "error",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.races.serve", *options],
        stdin=subprocess.DEVNULL,
        cwd=ROOT,
        env=os.environ | {f"PLUSONE_{name}": value for name, value in settings.items()},
    )
    try:
        yield Served(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.asynccontextmanager
async def internet() -> AsyncIterator[aiohttp.ClientSession]:
    """What all phones of a test go through: any number of connections, and no cookies."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(ANSWER_S),
    ) as http:
        yield http


class Phone:
    """One person's socket at one of the processes."""

    def __init__(self, http: aiohttp.ClientSession, token: str) -> None:
        # Past the session's cookie jar, which all phones share.
        cookie = {"headers": {"Cookie": f"{COOKIE}={token}"}}
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.socket = socketio.AsyncClient(
            http_session=http,
            reconnection=False,
            handle_sigint=False,
            websocket_extra_options=cookie,
        )
        self.socket.on("disconnect", self._lost, namespace=NAMESPACE)

    async def connect(self, address: str, show: str) -> dict[str, Any]:
        """Connect, and follow the show; returns what is told of it.

        Raises ConnectionError where nobody listens.
        """
        try:
            await self.socket.connect(
                address,
                headers={"Origin": address},
                namespaces=[NAMESPACE],
                transports=["websocket"],
                wait_timeout=ANSWER_S,
            )
        except socketio.exceptions.ConnectionError as error:
            raise ConnectionError(str(error)) from error
        joined = await self.ask("join", {"show": show})
        assert joined["ok"], joined
        return joined

    async def ask(self, event: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer. Raises ConnectionError where the line is lost before, or TimeoutError."""
        call = asyncio.ensure_future(
            self.socket.call(event, body, namespace=NAMESPACE, timeout=ANSWER_S)
        )
        try:
            await asyncio.wait({call, self._gone}, return_when=asyncio.FIRST_COMPLETED)
            if not call.done():
                raise ConnectionError("the line was lost")
            answer: dict[str, Any] = call.result()
        except socketio.exceptions.TimeoutError as error:
            raise TimeoutError from error
        except socketio.exceptions.SocketIOError as error:
            raise ConnectionError(str(error)) from error
        finally:
            call.cancel()
        return answer

    async def leave(self) -> None:
        await self.socket.disconnect()

    async def _lost(self, *_: object) -> None:
        if not self._gone.done():
            self._gone.set_result(None)


async def open_show(
    http: aiohttp.ClientSession, address: str, people: People, *, pieces: int
) -> str:
    """A live show with one item on sale, of so many pieces; returns its id."""
    headers = {"Origin": address, "X-Plusone": "1", "Cookie": f"{COOKIE}={people.host}"}
    async with http.post(
        f"{address}/api/staff/shows", json={"title": "夜場"}, headers=headers
    ) as response:
        show = str((await response.json())["id"])
    host = Phone(http, people.host)
    await host.connect(address, show)

    async def run(**do: Any) -> list[dict[str, Any]]:
        answer = await host.ask("run", {"request_id": uuid4().hex, "do": do})
        assert answer["ok"], answer
        events: list[dict[str, Any]] = answer["events"]
        return events

    await run(type="show.go_live")
    variant = {"variant_id": people.variant, "allotment": pieces}
    added = await run(
        type="item.add", product=people.product, code="A01", price=28_800, variants=[variant]
    )
    await run(type="item.open", item=added[0]["data"]["item"]["id"])
    await host.leave()
    return show


async def log_of(url: str, show: str) -> list[Logged]:
    """All that the database holds of a show's log."""
    async with Database.open(url, pool=1) as database:
        return await database.read(
            lambda conn: read_events(conn, ShowKind(), show, after=0, limit=10_000)
        )

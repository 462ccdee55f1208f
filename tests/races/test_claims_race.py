"""Two hundred customers and fifty pieces, over two processes that serve one show."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import socketio
from sqlalchemy import Connection

from commerce_bridge import claims as cart
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
from live import events as e
from live.kind import ShowKind
from live.namespace import NAMESPACE
from tests.servers import PostgresServer, free_port

CUSTOMERS = 200
PIECES = 50
ANSWER_S = 120
START_S = 90


@dataclass(frozen=True)
class People:
    """Session tokens, and what is for sale."""

    host: str
    guests: list[str]
    product: str
    variant: str


async def _people(url: str) -> People:
    """Write a host, the customers and one product into the database."""
    now = SystemClock().now()
    lifetimes = Lifetimes(Settings(database_url=url))

    def unit(connection: Connection) -> People:
        staff = store.put_staff(connection, "host@example.test", "阿禾", "!", now)
        store.put_roles(connection, staff, [Role.HOST])
        host = Person("staff", staff, frozenset({staff}), "阿禾", None, frozenset({Role.HOST}))
        guests = []
        for number in range(CUSTOMERS):
            guest = store.add_customer(connection, f"客 {number}", None, now)
            guests.append(sessions.begin(connection, guest, lifetimes, now))
        draft = ProductDraft(
            "sauce", "麻辣醬", "", (), (VariantDraft("S-1", {}, Money(28_800, "TWD")),)
        )
        variant = catalogue.put_product(connection, draft, now)["S-1"]
        product = catalogue.products(connection)[0].id
        place = catalogue.put_location(connection, "網路倉")
        stock.count(connection, {(place, variant): 1_000}, key="race", at=now)
        return People(sessions.begin(connection, host, lifetimes, now), guests, product, variant)

    async with Database.open(url, pool=1) as database:
        return await database.write(unit)


@dataclass(frozen=True)
class _Served:
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


@contextlib.contextmanager
def _process(url: str, folder: Path, *options: str) -> Iterator[_Served]:
    """The service in a process of its own."""
    port = free_port()
    settings = {
        "DATABASE_URL": url,
        "DATA_FOLDER": str(folder),
        "PORT": str(port),
        "SECRET": "s" * 40,
        "SOCKETS_PER_ADDRESS": "1000",
        "LOG_LEVEL": "error",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.races.serve", *options],
        stdin=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        env=os.environ | {f"PLUSONE_{name}": value for name, value in settings.items()},
    )
    try:
        yield _Served(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Phone:
    """One person's socket at one of the processes."""

    def __init__(self, http: aiohttp.ClientSession, token: str) -> None:
        # Past the session's cookie jar, which all phones share.
        cookie = {"headers": {"Cookie": f"{COOKIE}={token}"}}
        self.socket = socketio.AsyncClient(
            http_session=http,
            reconnection=False,
            handle_sigint=False,
            websocket_extra_options=cookie,
        )

    async def connect(self, address: str, show: str) -> None:
        await self.socket.connect(
            address,
            headers={"Origin": address},
            namespaces=[NAMESPACE],
            transports=["websocket"],
            wait_timeout=ANSWER_S,
        )
        joined = await self.ask("join", {"show": show})
        assert joined["ok"], joined

    async def ask(self, event: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer; one that never comes is no good one either."""
        try:
            answer: dict[str, Any] = await self.socket.call(
                event, body, namespace=NAMESPACE, timeout=ANSWER_S
            )
        except socketio.exceptions.TimeoutError:
            return {"ok": False, "events": []}
        return answer


class Race:
    """A show with one item of `PIECES` pieces, open, at two processes."""

    def __init__(self, http: aiohttp.ClientSession, addresses: list[str], people: People) -> None:
        self.http = http
        self.addresses = addresses
        self.people = people
        self.show = ""
        self._phones: list[Phone] = []

    async def open_show(self) -> None:
        address = self.addresses[0]
        headers = {
            "Origin": address, "X-Plusone": "1", "Cookie": f"{COOKIE}={self.people.host}",
        }  # fmt: skip
        async with self.http.post(
            f"{address}/api/staff/shows", json={"title": "夜場"}, headers=headers
        ) as response:
            self.show = (await response.json())["id"]
        host = await self.phone(0, self.people.host)
        await self._run(host, type="show.go_live")
        variant = {"variant_id": self.people.variant, "allotment": PIECES}
        added = await self._run(
            host,
            type="item.add",
            product=self.people.product,
            code="A01",
            price=28_800,
            variants=[variant],
        )
        await self._run(host, type="item.open", item=added[0]["data"]["item"]["id"])

    async def _run(self, host: Phone, **do: Any) -> list[dict[str, Any]]:
        answer = await host.ask("run", {"request_id": uuid4().hex, "do": do})
        assert answer["ok"], answer
        events: list[dict[str, Any]] = answer["events"]
        return events

    async def phone(self, process: int, token: str) -> Phone:
        phone = Phone(self.http, token)
        await phone.connect(self.addresses[process], self.show)
        self._phones.append(phone)
        return phone

    async def everyone_claims(self) -> list[list[dict[str, Any]]]:
        """Each customer says +1 at both processes, as one request; both answers of each.

        One process hears them in one order, the other in the reverse, all at once.
        """
        phones = [
            [await self.phone(process, token) for process in (0, 1)] for token in self.people.guests
        ]

        def says(process: int, number: int) -> Coroutine[Any, Any, dict[str, Any]]:
            said = {"request_id": f"request-{number}", "text": "+1"}
            return phones[number][process].ask("comment", said)

        here = [says(0, number) for number in range(CUSTOMERS)]
        there = [says(1, number) for number in reversed(range(CUSTOMERS))]
        answers = await asyncio.gather(*here, *there)
        return [[answers[number], answers[-1 - number]] for number in range(CUSTOMERS)]

    async def leave(self) -> None:
        for phone in self._phones:
            await phone.socket.disconnect()


@contextlib.asynccontextmanager
async def _race(url: str, folder: Path, *options: str) -> AsyncIterator[Race]:
    people = await _people(url)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(ANSWER_S),
    ) as http:
        with _process(url, folder) as host, contextlib.ExitStack() as stack:
            race = Race(http, [await host.ready(http)], people)
            await race.open_show()
            await race.leave()
            # The race is between two processes that have only just opened the show.
            both = [stack.enter_context(_process(url, folder, *options)) for _ in "ab"]
            race.addresses = [await one.ready(http) for one in both]
            yield race
            await race.leave()


async def _log(url: str, show: str) -> list[Logged]:
    async with Database.open(url, pool=1) as database:
        return await database.read(
            lambda conn: read_events(conn, ShowKind(), show, after=0, limit=10_000)
        )


def _claims(answers: list[dict[str, Any]]) -> list[str]:
    """Ids of what the answers say is held."""
    return [
        event["data"]["claim"]
        for answer in answers
        if answer["ok"]
        for event in answer["events"]
        if event["type"] == "claim.held"
    ]


async def test_fifty_pieces_go_to_the_first_fifty_of_two_hundred(
    postgres_url: str, tmp_path: Path
) -> None:
    async with _race(postgres_url, tmp_path) as race:
        answers = await race.everyone_claims()
        show = race.show
    for both in answers:
        assert [answer["ok"] for answer in both] == [True, True], both
        assert sorted(answer["repeated"] for answer in both) == [False, True]
        assert both[0]["first"] == both[1]["first"]
        assert both[0]["events"] == both[1]["events"]
    told = {claim for both in answers for claim in _claims(both)}
    assert len(told) == PIECES

    log = await _log(postgres_url, show)
    assert [logged.offset for logged in log] == list(range(1, len(log) + 1))
    spoken = [logged.event for logged in log if isinstance(logged.event, e.CommentPosted)]
    held = [logged.event for logged in log if isinstance(logged.event, e.ClaimHeld)]
    waiting = [logged.event for logged in log if isinstance(logged.event, e.ClaimWaiting)]
    order = [event.by for event in spoken]
    assert len(set(order)) == len(order) == CUSTOMERS
    assert [event.by for event in held] == order[:PIECES]
    assert [event.by for event in waiting] == order[PIECES:]
    assert [event.place for event in waiting] == list(range(1, CUSTOMERS - PIECES + 1))
    assert {event.claim for event in held} == told

    async with Database.open(postgres_url, pool=1) as database:
        rows = await database.read(lambda conn: conn.execute(cart.cart_claim.select()).all())
        assert {row.claim_id for row in rows} == told
        assert await database.read(stock.audit) == []


async def test_without_the_rooms_lock_more_is_promised_than_there_is(
    postgres_url: str, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    # The keys of what a batch writes are a second guard: two events cannot have one place in the
    # log, nor two claims one id. They go too.
    name = postgres_url.rpartition("/")[2]
    for table in ("room_event", "room_content", "room_command", "cart_claim"):
        postgres_server.sql(f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}", name)
    async with _race(postgres_url, tmp_path, str(CUSTOMERS)) as race:
        answers = await race.everyone_claims()
    ends = Counter(one.get("error", {}).get("code", one["ok"]) for both in answers for one in both)
    assert sum(bool(_claims(both)) for both in answers) > PIECES, ends

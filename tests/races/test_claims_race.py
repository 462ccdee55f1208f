"""Two hundred customers and fifty pieces, over two processes that serve one show."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

from commerce_bridge import claims as cart
from commerce_bridge.embedded import stock
from core.db import Database
from live import events as e
from tests.servers import PostgresServer
from tests.show_process import People, Phone, internet, log_of, open_show, people, served

CUSTOMERS = 200
PIECES = 50


class Race:
    """A show with one item of `PIECES` pieces, open, at two processes."""

    def __init__(
        self, http: aiohttp.ClientSession, addresses: list[str], people: People, show: str
    ) -> None:
        self.http = http
        self.addresses = addresses
        self.people = people
        self.show = show
        self._phones: list[Phone] = []

    async def _phone(self, process: int, token: str) -> Phone:
        phone = Phone(self.http, token)
        await phone.connect(self.addresses[process], self.show)
        self._phones.append(phone)
        return phone

    async def everyone_claims(self) -> list[list[dict[str, Any]]]:
        """Each customer says +1 at both processes, as one request; both answers of each.

        One process hears them in one order, the other in the reverse, all at once.
        """
        phones = [
            [await self._phone(process, token) for process in (0, 1)]
            for token in self.people.guests.values()
        ]

        async def says(process: int, number: int) -> dict[str, Any]:
            """The answer; one that never comes is no good one either."""
            said = {"request_id": f"request-{number}", "text": "+1"}
            try:
                return await phones[number][process].ask("comment", said)
            except (TimeoutError, ConnectionError):
                return {"ok": False, "events": []}

        here = [says(0, number) for number in range(CUSTOMERS)]
        there = [says(1, number) for number in reversed(range(CUSTOMERS))]
        answers = await asyncio.gather(*here, *there)
        return [[answers[number], answers[-1 - number]] for number in range(CUSTOMERS)]

    async def leave(self) -> None:
        for phone in self._phones:
            await phone.leave()


@contextlib.asynccontextmanager
async def _race(url: str, folder: Path, *options: str) -> AsyncIterator[Race]:
    everybody = await people(url, CUSTOMERS)
    async with internet() as http:
        with served(url, folder) as host, contextlib.ExitStack() as stack:
            show = await open_show(http, await host.ready(http), everybody, pieces=PIECES)
            # The race is between two processes that have only just opened the show.
            both = [stack.enter_context(served(url, folder, *options)) for _ in "ab"]
            race = Race(http, [await one.ready(http) for one in both], everybody, show)
            yield race
            await race.leave()


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

    log = await log_of(postgres_url, show)
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

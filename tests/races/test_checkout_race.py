"""A claim that two want at once has one fate, whoever is first.

Each race is run at one service on each database, and at two services over one PostgreSQL, where a
customer's page and her phone are at different ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from commerce_bridge.commerce import COMMERCE
from commerce_bridge.orders.model import CARD_GRACE_MS
from commerce_bridge.rooms import ClaimedLine
from core.rooms.events import Logged, Reader
from core.rooms.kind import Command
from core.rooms.room import Answer, Room
from core.rooms.rooms import Rooms
from live import commands as c
from live import events as e
from live import orders
from live.orders import ShowClaims
from live.store import SHOW
from tests.races.evening import PIECES, Customer, Evening, evening_at
from tests.service import Reply
from web.rooms import ROOMS

CUSTOMERS = 8
HOLD_S = 60
CARD_MS = 15 * 60_000 + CARD_GRACE_MS
REFUSED = {"claim_in_payment", "claim_expired"}
"""What the second to come is told: before the first has her order, and after."""


@pytest.fixture(params=["sqlite", "postgres", "two services"])
def street(request: pytest.FixtureRequest) -> tuple[str, int]:
    """A database, and how many services there are over it."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return request.getfixturevalue(fixture), 2 if request.param == "two services" else 1


@pytest.fixture
async def evening(street: tuple[str, int], tmp_path: Path) -> AsyncIterator[Evening]:
    async with evening_at(*street, tmp_path) as evening:
        yield evening


def types(events: Sequence[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


class Bell:
    """Rings when the first claim in a show is being paid for."""

    def __init__(self, evening: Evening, show: str) -> None:
        self.rung = asyncio.Event()
        for service in evening.services:
            service.app[ROOMS].room(show, SHOW).subscribers.append(self)

    def happened(self, _room: Room[Any], events: Sequence[Logged]) -> None:
        if any(isinstance(one.event, e.ClaimPaying) for one in events):
            self.rung.set()

    def ended(self, _room: Room[Any]) -> None:
        return


async def test_a_claim_is_ordered_or_cancelled_by_comment_and_never_both(
    evening: Evening,
) -> None:
    show = await evening.show(CUSTOMERS)
    customers = await evening.customers(CUSTOMERS)
    claims = [await one.claims(show) for one in customers]
    bell = Bell(evening, show)

    async def cancels(number: int, who: Customer) -> list[str]:
        """Every other one at once, the others when somebody is paying already."""
        if number % 2:
            await bell.rung.wait()
        return types(await who.says(show, "A01取消"))

    async def race(number: int, who: Customer, claim: str) -> tuple[Reply, list[str]]:
        return await asyncio.gather(who.checks_out([claim]), cancels(number, who))

    pairs = zip(customers, claims, strict=True)
    done = await asyncio.gather(*(race(n, *pair) for n, pair in enumerate(pairs)))
    ordered = set()
    for claim, (reply, said) in zip(claims, done, strict=True):
        if reply.status == 201:
            assert "claim.refused" in said
            assert "claim.given_back" not in said
            ordered.add(claim)
        else:
            assert (reply.status, reply.code) == (409, "claim_expired")
            assert "claim.given_back" in said
    assert ordered
    assert (await evening.settled()).keys() == ordered
    assert set((await evening.state(show)).claims) == ordered


async def test_a_claim_is_ordered_or_expires_and_never_both(evening: Evening) -> None:
    show = await evening.show(CUSTOMERS, hold_s=HOLD_S)
    customers = await evening.customers(CUSTOMERS)
    claims = [await one.claims(show) for one in customers]
    bell = Bell(evening, show)
    over_at = evening.clock.now() + HOLD_S * 1_000

    async def race(number: int, who: Customer, claim: str) -> Reply:
        """When the first is paying, time is over for those who are not; two come after that."""
        if number >= CUSTOMERS - 2:
            await bell.rung.wait()
            # Once: twice as long, and a sweep gives up the checkouts that are being made.
            evening.clock.advance(over_at - evening.clock.now())
        return await who.checks_out([claim], at=number)

    pairs = zip(customers, claims, strict=True)
    done = await asyncio.gather(*(race(n, *pair) for n, pair in enumerate(pairs)))
    ordered = set()
    for claim, reply in zip(claims, done, strict=True):
        if reply.status == 201:
            ordered.add(claim)
        else:
            assert (reply.status, reply.code) == (409, "claim_expired")
    assert ordered
    assert not ordered.intersection(claims[-2:])
    assert (await evening.settled()).keys() == ordered
    assert set((await evening.state(show)).claims) == ordered


async def test_a_claim_that_is_ordered_twice_at_once_is_one_order(evening: Evening) -> None:
    show = await evening.show(CUSTOMERS)
    customers = await evening.customers(CUSTOMERS)
    claims = [await one.claims(show) for one in customers]

    async def race(who: Customer, claim: str) -> list[Reply]:
        ways = enumerate(("card", "transfer", "transfer"))
        return await asyncio.gather(
            *(who.checks_out([claim], at=at, payment=payment) for at, payment in ways)
        )

    done = await asyncio.gather(*(race(*pair) for pair in zip(customers, claims, strict=True)))
    for replies in done:
        assert sorted(reply.status for reply in replies) == [201, 409, 409]
        assert {reply.code for reply in replies if reply.status == 409} <= REFUSED
    ordered = await evening.settled()
    made = [reply.json["order"] for replies in done for reply in replies if reply.status == 201]
    assert sorted(ordered.values()) == sorted(one["id"] for one in made)

    # Cards that are never paid free what they held, and nothing else.
    by_card = {one["id"] for one in made if one["payment"]["method"] == "card"}
    evening.clock.advance(CARD_MS)
    await asyncio.gather(*(service.app[COMMERCE].sweep() for service in evening.services))
    left = await evening.settled()
    assert left == {claim: order for claim, order in ordered.items() if order not in by_card}
    assert set((await evening.state(show)).claims) == left.keys()


async def two_tabs(
    evening: Evening, customers: Sequence[Customer], shows: tuple[str, str]
) -> list[list[Reply]]:
    """Each orders her claims of both shows twice at once, named in opposite order."""

    async def race(who: Customer) -> list[Reply]:
        claims = [await who.claims(show) for show in shows]
        named = enumerate((claims, claims[::-1]))
        return await asyncio.gather(*(who.checks_out(one, at=at) for at, one in named))

    return await asyncio.gather(*(race(who) for who in customers))


async def test_orders_that_name_two_shows_in_opposite_order_are_one_order(
    evening: Evening,
) -> None:
    shows = (await evening.show(CUSTOMERS), await evening.show(CUSTOMERS))
    done = await two_tabs(evening, await evening.customers(CUSTOMERS), shows)
    for replies in done:
        assert sorted(reply.status for reply in replies) == [201, 409]
        assert next(one.code for one in replies if one.status == 409) in REFUSED
    ordered = await evening.settled()
    assert len(ordered) == 2 * CUSTOMERS
    assert len(set(ordered.values())) == CUSTOMERS


async def test_an_item_opens_while_its_sauce_is_ordered(evening: Evening) -> None:
    """Ten pieces are left for the opening and for eight who want one beside their claim."""
    show = await evening.show(PIECES - 10)
    item = await evening.add(show, "B02", 6)
    customers = await evening.customers(CUSTOMERS)
    wanted = [
        ([await one.claims(show)], [await one.puts_in_cart(evening.variant)]) for one in customers
    ]
    ordering = [
        who.checks_out(*of, at=number)
        for number, (who, of) in enumerate(zip(customers, wanted, strict=True))
    ]
    opened, done = await asyncio.gather(evening.opens(show, item), asyncio.gather(*ordering))
    short = [number for number, reply in enumerate(done) if reply.status != 201]
    assert {done[number].code for number in short} <= {"out_of_stock"}
    await evening.settled()
    state = await evening.state(show)
    (there,) = state.items[item].variants
    assert opened["ok"] == (state.items[item].status == "open") == bool(there.allotment)
    left = await evening.pieces_at("loc_")
    assert left + there.allotment + CUSTOMERS - len(short) == 10
    assert not (left and short), "somebody was refused what was there"

    # Whoever got no second piece still has her claim, and orders that alone.
    again = [await customers[number].checks_out(wanted[number][0], at=number) for number in short]
    assert [reply.status for reply in again] == [201] * len(short)
    assert len(await evening.settled()) == CUSTOMERS


async def test_without_payment_being_begun_a_claim_is_both_ordered_and_cancelled(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, cancelled = asyncio.Event(), asyncio.Event()

    async def only_looks(
        _self: ShowClaims, _who: object, _order: str, claims: Sequence[str], _until: object
    ) -> list[ClaimedLine]:
        state = await evening.state(show)
        looked.set()
        await cancelled.wait()
        return [orders._line(state, None, claim) for claim in claims]  # type: ignore[arg-type]

    monkeypatch.setattr(ShowClaims, "begin_payment", only_looks)
    show = await evening.show(1)
    who = await evening.customer(1)
    ordering = asyncio.ensure_future(who.checks_out([await who.claims(show)]))
    await looked.wait()
    said = types(await who.says(show, "A01取消"))
    cancelled.set()
    assert (await ordering).status == 201
    assert "claim.given_back" in said
    with pytest.raises(AssertionError):
        await evening.settled()


async def test_without_one_order_of_shows_two_tabs_can_both_be_refused(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = asyncio.Barrier(2)
    begun: set[str] = set()
    tell = Rooms.tell

    def as_named(claims: Sequence[str]) -> dict[str, list[str]]:
        return {claim.partition(".")[0]: [claim] for claim in claims}

    async def meets(self: Rooms, room: str, kind: str, command: Command, reader: Reader) -> Answer:
        answer = await tell(self, room, kind, command, reader)
        if isinstance(command.body.do, c.BeginPayment) and command.body.do.order not in begun:
            begun.add(command.body.do.order)
            await met.wait()
        return answer

    monkeypatch.setattr(orders, "_by_show", as_named)
    monkeypatch.setattr(Rooms, "tell", meets)
    shows = (await evening.show(1), await evening.show(1))
    [replies] = await two_tabs(evening, [await evening.customer(1)], shows)
    assert [reply.code for reply in replies] == ["claim_in_payment"] * 2
    assert await evening.settled() == {}

"""What always holds in a show, as two processes on one database serve it, whatever people do.

The rules by themselves have a machine of their own (`test_show_machine`); here the same laws are
asked of the log and the carts as they were committed, and the shop's stock besides.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Coroutine
from typing import Any, ClassVar

import msgspec
import pytest
import uvloop
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from commerce_bridge import claims as cart
from commerce_bridge import rooms as told
from commerce_bridge.cart.store import merge
from commerce_bridge.embedded import stock
from commerce_bridge.rooms import ClaimExpired, ClaimInPayment
from core import outbox
from core.clock import ManualClock
from core.db import Database
from core.errors import PlusOneError
from core.identity.model import Person
from core.rooms.events import PUBLIC, Position, Reader
from core.rooms.history import read_events
from core.rooms.room import Answer
from live import commands as c
from live import stored
from live.evolve import evolve
from live.kind import ShowKind
from live.service import actor_of, reader_of
from live.state import Claim, Slot, Wait
from tests.live import laws
from tests.live.house import (
    ANNA,
    BEN,
    CARA,
    HOST,
    MODERATOR,
    RED,
    WHITE,
    Goods,
    guest,
    opened,
)

MINUTE = 60_000
ERIN = guest("erin", CARA)
"""A customer who was here as the guest Cara before she signed in."""
VIEWERS = (ANNA, BEN, CARA, ERIN)
READERS = {
    "public": PUBLIC,
    "a guest": reader_of(ANNA),
    "a customer with two ids": reader_of(ERIN),
    "staff": Reader(HOST.aliases | {HOST.own_id}, staff=True),
}
COMMENTS = (
    "+1", "A01+1", "A01+2", "a01 三個", f"B02{RED}+1", f"{RED}+2 {WHITE}+1", "A01取消", "A01-1",
    "B02取消", f"候補B02{WHITE}+2", "好可愛", "Z99+1", "C03+3", "C03取消",
)  # fmt: skip
KIND = ShowKind()

who = st.sampled_from(VIEWERS)
some = st.integers(0, 50)
pieces = st.integers(1, 4)
process = st.integers(0, 1)


class ServiceMachine(RuleBasedStateMachine):
    """A show with three items of few pieces, at two processes; each act goes to one of them."""

    url: ClassVar[str]
    goods: ClassVar[Goods]

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._stack = contextlib.AsyncExitStack()
        self.clock = ManualClock()
        self.laws = laws.Laws()
        self.state = KIND.initial("")
        """As the log alone makes it."""
        self.seen = 0
        self.views: list[dict[str, Any]] = []
        self.requests: list[tuple[Any, Answer]] = []
        self.orders: dict[str, list[str]] = {}
        self._numbers = itertools.count(1)

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    def teardown(self) -> None:
        self.do(self._stack.aclose())
        self._runner.close()

    @initialize(limit=st.sampled_from((None, 1, 3)), listed=st.booleans())
    def begin(self, limit: int | None, listed: bool) -> None:
        self.do(self._begin(limit, listed))

    async def _begin(self, limit: int | None, listed: bool) -> None:
        enter = self._stack.enter_async_context
        self.database = await enter(Database.open(self.url, pool=3))
        self.houses = [await enter(opened(self.database, self.clock)) for _ in "ab"]
        house = self.houses[0]
        self.show = await house.create(live=False)
        self.state = KIND.initial(self.show)
        await house.run(self.show, "show.go_live", "the-first-request")
        for code, planned, of in (
            ("A01", {RED: 2}, {"limit": limit, "hold_s": 60}),
            ("B02", {RED: 2, WHITE: 1}, {"hold_s": 120}),
            ("C03", {WHITE: 3}, {"limit": limit, "waiting_list": listed, "countdown_s": 600}),
        ):
            await house.sell(self.show, self.goods, planned, code=code, **of)
        await self._agree()
        # Most of it is gone, and some wait: from here on nearly every act concerns somebody else.
        for number in range(len(self.state.order) + 1):
            for at, by in enumerate((ANNA, BEN)):
                await self._presses(at, by, self.slot(number), 2, wait=False)()
        await self._agree()

    async def _attempt(self, work: Any, by: Person | None = None) -> None:
        """Let somebody do something; being refused is part of life, a fault is not."""
        before = laws.taken(self.state, actor_of(by)) if by else {}
        try:
            answer = await work()
        except PlusOneError as error:
            if error.status >= 500:
                raise
        else:
            self.requests.append((work, answer))
        await self._agree()
        if by:
            laws.check_limits(self.state, actor_of(by), before)

    def attempt(self, work: Any, by: Person | None = None) -> None:
        self.do(self._attempt(work, by))

    def request(self) -> str:
        return f"{self.show[-8:]}-{next(self._numbers)}"

    def slot(self, number: int) -> Slot:
        slots = [(i, one.key) for i in self.state.order for one in self.state.items[i].variants]
        return slots[number % len(slots)]

    # What viewers do

    def _says(self, at: int, by: Person, text: str) -> Any:
        sent = c.SendComment(request_id=self.request(), text=text)
        return lambda other=at: self.houses[other].shows.comment(by, self.show, sent)

    def _presses(self, at: int, by: Person, slot: Slot, quantity: int, *, wait: bool) -> Any:
        body = {"item": slot[0], "variant": slot[1], "quantity": quantity}
        action: Any = "wait" if wait else "add"
        sent = c.SendClaim.model_validate({"request_id": self.request(), "action": action, **body})
        return lambda other=at: self.houses[other].shows.claim(by, self.show, sent)

    @rule(at=process, by=who, text=st.sampled_from(COMMENTS))
    def says(self, at: int, by: Person, text: str) -> None:
        self.attempt(self._says(at, by, text), by)

    @rule(at=process, by=who, number=some, quantity=pieces, wait=st.booleans())
    def presses(self, at: int, by: Person, number: int, quantity: int, wait: bool) -> None:
        self.attempt(self._presses(at, by, self.slot(number), quantity, wait=wait), by)

    @rule(crowd=st.lists(st.tuples(process, who, some, pieces), min_size=3, max_size=8))
    def several_press_at_once(self, crowd: list[tuple[int, Person, int, int]]) -> None:
        async def all_of_them() -> None:
            asked = [
                self._presses(at, by, self.slot(number), quantity, wait=False)
                for at, by, number, quantity in crowd
            ]
            done = await asyncio.gather(*(work() for work in asked), return_exceptions=True)
            for one in done:
                assert isinstance(one, Answer) or (
                    isinstance(one, PlusOneError) and one.status < 500
                ), one
            await self._agree()

        self.do(all_of_them())

    @rule(at=process, by=who, number=some, quantity=st.none() | pieces)
    def gives_back(self, at: int, by: Person, number: int, quantity: int | None) -> None:
        """Of her own mostly, seldom of another's."""
        held: dict[str, Claim | Wait] = {**self.state.claims, **self.state.waits}
        mine = [one for one in held if held[one].by in by.aliases]
        if held:
            chosen = sorted(mine if mine and number else held)
            one = chosen[number % len(chosen)]
            kind = "wait" if one in self.state.waits else "claim"
            body = {"request_id": self.request(), kind: one, "quantity": quantity}
            sent = c.SendGiveBack.model_validate(body)
            self.attempt(
                lambda other=at: self.houses[other].shows.give_back(by, self.show, sent), by
            )

    # What the shop does

    @rule(at=process, by=who, number=some)
    def begins_to_pay(self, at: int, by: Person, number: int) -> None:
        mine = sorted(one.id for one in self.state.claims.values() if one.by in by.aliases)
        chosen = mine[: 1 + number % 3]
        if not chosen:
            return
        order = f"ord_{self.request()}"
        self.orders[order] = chosen
        free = all(self.state.claims[one].state == "held" for one in chosen)

        async def pay() -> None:
            until = self.clock.now() + 15 * MINUTE
            try:
                await self.houses[at].claims.begin_payment(by, order, chosen, until)
            except (ClaimExpired, ClaimInPayment):
                assert not free
            await self._agree()
            paying = {one.id for one in self.state.claims.values() if one.order == order}
            assert paying == (set(chosen) if free else set())

        self.do(pay())

    @rule(number=some, fate=st.sampled_from(("placed", "failed", "lapsed", "cancelled")))
    def the_shop_tells(self, number: int, fate: str) -> None:
        """It is heard when the post comes."""
        if not self.orders:
            return
        order = sorted(self.orders)[number % len(self.orders)]
        message: dict[str, Any] = {"order": order, "claims": self.orders[order]}
        topic = {"placed": told.ORDER_PLACED, "cancelled": told.ORDER_CANCELLED}.get(fate)
        if topic is None:
            topic, message["cause"] = told.ORDER_RELEASED, fate
        if fate != "placed":
            del self.orders[order]
        self.do(self.database.write(lambda conn: outbox.add(conn, topic, order, message)))

    @rule(at=process)
    def the_post_comes(self, at: int) -> None:
        """Then the shop has given the show just what the show says that it has."""

        async def post() -> None:
            await self.houses[at].hand_over()
            await self._agree()
            assert await self._given() == {
                slot: sum(one.allotment for one in item.variants if one.key == slot[1])
                for item in self.state.items.values()
                for slot in ((item.id, one.key) for one in item.variants)
            }

        self.do(post())

    @rule()
    def a_guest_turns_out_to_be_a_customer(self) -> None:
        async def sign_in() -> None:
            await self.houses[0].hand_over()

            def unit(connection: Any) -> None:
                merge(connection, CARA.own_id, ERIN.own_id)
                merged = {"from": CARA.own_id, "to": ERIN.own_id}
                outbox.add(connection, "customer.merged", ERIN.own_id, merged)

            await self.database.write(unit)
            await self.houses[1].hand_over()
            await self._agree()

        self.do(sign_in())

    # What staff do

    def runs(self, at: int, type_: str, **fields: Any) -> None:
        body = {"request_id": self.request(), "do": {"type": type_, **fields}}
        sent = c.SendRun.model_validate(body)
        self.attempt(lambda other=at: self.houses[other].shows.run(HOST, self.show, sent))

    def moderates(self, at: int, type_: str, **fields: Any) -> None:
        body = {"request_id": self.request(), "do": {"type": type_, **fields}}
        sent = c.SendModerate.model_validate(body)
        self.attempt(lambda other=at: self.houses[other].shows.moderate(MODERATOR, self.show, sent))

    @rule(at=process, number=some, allotment=st.integers(0, 6))
    def the_host_allots(self, at: int, number: int, allotment: int) -> None:
        item, key = self.slot(number)
        self.runs(at, "item.allot", item=item, variant=key, allotment=allotment)

    @rule(at=process, number=some)
    def the_host_closes_or_opens(self, at: int, number: int) -> None:
        item = self.state.items[self.slot(number)[0]]
        self.runs(at, "item.close" if item.status == "open" else "item.open", item=item.id)

    @rule(at=process, number=some, limit=st.none() | pieces, price=st.sampled_from((100, 28_800)))
    def the_host_changes(self, at: int, number: int, limit: int | None, price: int) -> None:
        self.runs(at, "item.change", item=self.slot(number)[0], limit=limit, price=price)

    @rule(at=process, person=who, number=some, quantity=pieces)
    def a_moderator_adds(self, at: int, person: Person, number: int, quantity: int) -> None:
        item, key = self.slot(number)
        of = {"person": person.own_id, "item": item, "variant": key, "quantity": quantity}
        self.moderates(at, "claim.add", **of)

    @rule(at=process, number=some, quantity=st.integers(0, 4))
    def a_moderator_mends(self, at: int, number: int, quantity: int) -> None:
        if held := sorted((*self.state.claims, *self.state.waits)):
            one = held[number % len(held)]
            if one in self.state.waits:
                self.moderates(at, "wait.cancel", wait=one)
            elif quantity:
                self.moderates(at, "claim.change", claim=one, quantity=quantity)
            else:
                self.moderates(at, "claim.cancel", claim=one)

    @rule(at=process, number=some, what=st.sampled_from(("hide", "restore")))
    def a_moderator_reads(self, at: int, number: int, what: str) -> None:
        if comments := self.state.latest_comments():
            offset = comments[-1 - number % len(comments)].offset
            self.moderates(at, f"comment.{what}", comment=offset)

    @rule(at=process, person=who, what=st.sampled_from(("block", "unblock")))
    def a_moderator_judges(self, at: int, person: Person, what: str) -> None:
        self.moderates(at, f"person.{what}", person=person.own_id)

    @rule(at=process, really=st.integers(0, 9))
    def the_show_ends(self, at: int, really: int) -> None:
        if really == 9:
            self.runs(at, "show.end")

    # What happens by itself

    @rule(ms=st.sampled_from((1, 20_000, MINUTE, 3 * MINUTE, 11 * MINUTE)))
    def time_passes(self, ms: int) -> None:
        self.clock.advance(ms)
        self.do(self._agree())

    @rule(at=process, number=some)
    def somebody_asks_again(self, at: int, number: int) -> None:
        """Whoever never got her answer; and the other process gives the same."""
        if not self.requests:
            return
        work, first = self.requests[number % len(self.requests)]

        async def again() -> None:
            answer = await work(at)
            if first.first is not None:
                assert (answer.repeated, answer.first, answer.last) == (
                    True, first.first, first.last
                )  # fmt: skip
            await self._agree()

        self.do(again())

    @rule(at=process, number=some)
    def somebody_comes_back(self, at: int, number: int) -> None:
        """Who was away is sent what she missed, and sees what a newcomer sees."""
        if self.views:
            then = self.views[-1 - number % len(self.views)]
            self.do(self._check_views(at, then))

    @rule(at=process)
    def a_process_starts_anew(self, at: int) -> None:
        async def start() -> None:
            await self.houses[at].rooms.close()
            self.houses[at] = await self._stack.enter_async_context(
                opened(self.database, self.clock)
            )
            await self._agree()

        self.do(start())

    # What holds after each of these

    async def _agree(self) -> None:
        """Have both processes read on, and compare them with the log, the laws with it, and carts.

        By a request that was made long ago, which changes nothing but what is due.
        """
        for house in self.houses:
            again = await house.run(self.show, "show.go_live", "the-first-request")
            assert again.repeated
        log = await self.database.read(
            lambda conn: read_events(conn, KIND, self.show, after=self.seen, limit=10_000)
        )
        for logged in log:
            self.seen += 1
            assert logged.offset == self.seen
            self.laws.hear(logged.event)
            self.state = evolve(self.state, logged)
        self.laws.check(self.state)
        for house in self.houses:
            assert stored.dump(await house.show(self.show)) == stored.dump(self.state)
        aliases = frozenset().union(*(one.aliases for one in VIEWERS))
        rows = await self.database.read(lambda conn: cart.of(conn, aliases))
        laws.check_carts(self.state, [row for row in rows if row["show"] == self.show])
        assert await self.database.read(stock.audit) == []

    async def _given(self) -> dict[Slot, int]:
        """Pieces at the show's places in the shop."""
        level = stock.stock_level.c
        places = self.state.places
        query = stock.stock_level.select().where(level.place.in_(list(places.values())))
        rows = await self.database.read(lambda conn: conn.execute(query).all())
        there = {row.place: row.quantity for row in rows}
        return {slot: there.get(place, 0) for slot, place in places.items()}

    async def _check_views(self, at: int, then: dict[str, Any]) -> dict[str, Any]:
        """Each kind of person, who saw `then`, catches up; returns what they see now."""
        room = await self.houses[at].room(self.show)
        seen: dict[str, Any] = {}
        for name, reads in READERS.items():
            now = seen[name] = msgspec.json.decode(room.snapshot(reads))
            if name in then:
                view = then[name]
                since = Position(view["epoch"], view["offset"], view["at_ms"])
                missed = await room.missed(since, reads)
                assert missed is not None
                laws.check_view(view, msgspec.json.decode(missed)["events"], now)
        return seen

    @invariant()
    def a_snapshot_and_what_came_since_are_the_next(self) -> None:
        before = self.views[-1] if self.views else {}
        self.views.append(self.do(self._check_views(len(self.views) % 2, before)))


@pytest.mark.timeout(600)
def test_what_always_holds_at_two_processes(database_url: str) -> None:
    class Here(ServiceMachine):
        url = database_url
        goods = asyncio.run(_furnished(database_url))

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


async def _furnished(url: str) -> Goods:
    """The shop's goods, enough for all the shows."""
    async with Database.open(url, pool=1) as database, opened(database, ManualClock()) as house:
        return await house.furnish(1_000)

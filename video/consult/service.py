"""What people do in calls. Each checks who may, before anything else.

A call is its two people's alone: to everybody else, other reps and operators too, there is no such
call. What is done is put into the room's queue before the first await: the order in which it came
in is the order in which it is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import msgspec
from aiohttp import web
from msgspec.structs import asdict
from sqlalchemy import Connection

from core.clock import Clock, Instant
from core.db import Database
from core.errors import Conflict, Forbidden, NotFound, RateLimited, Unavailable
from core.identity.model import Person, Role, require, require_customer
from core.ids import new_id
from core.limits import Limits
from core.outbox import Outbox
from core.rooms.events import Reader
from core.rooms.history import RoomTime
from core.rooms.kind import Command
from core.rooms.room import Answer, Room
from core.rooms.rooms import Rooms
from core.tools import Change
from video.consult import commands as c
from video.consult import store, taken, view
from video.consult.desks import Desks, desks
from video.consult.estimate import Wait, estimates
from video.consult.events import About, Side
from video.consult.kept import Kept
from video.consult.seats import Held
from video.consult.state import CallState
from video.consult.store import CALL, PREFIX, QUEUED, CallRow
from video.consult.turn import Ice, Turn

REPS = (Role.REP, Role.OPERATOR)
"""Who talks to customers."""

ACTS_PER_S, ACTS_AT_ONCE = 2.0, 40
"""Of one person in one call."""
ASKS_PER_S, ASKS_AT_ONCE = 1 / 20, 6
"""Of one customer: each makes a room, and rings at somebody."""
RECENT = 50
"""The newest calls, by whose lengths it is told how long one waits."""
CALLBACKS = 50
WAITING = 100
"""Those who wait that reps see, and that are told how long."""
TRIES = 3
PAGE = 100

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Rep(msgspec.Struct, frozen=True, kw_only=True):
    """A rep who takes calls now."""

    id: str
    name: str
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()


class Colleagues(Protocol):
    """What is asked about reps."""

    async def there(self) -> list[Rep]:
        """Those whose desks are open and who are not away."""
        ...

    async def topics(self) -> list[str]:
        """What customers may say that they want to talk about."""
        ...


class Goods(Protocol):
    """What may be shown in a call, and put into the cart."""

    async def exists(self, product: str) -> None:
        """Raises NotFound with `unknown_product` for what is not for sale."""
        ...

    async def change(self, kind: str, variant: str, quantity: int) -> Change:
        """A change of a cart, by the name that customers know. Raises NotFound."""
        ...


class Opening(Protocol):
    """When somebody should be there."""

    async def opening(self) -> dict[str, Any]:
        """`{open, opens_at, …}`."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """What a customer wants to talk about; `wanted`: the rep whom she has booked."""

    locale: str
    topic: str | None = None
    about: About | None = None
    text: str | None = None
    booking: str | None = None
    wanted: str | None = None


class Queued(msgspec.Struct, frozen=True):
    """A place among those who wait, from 1, and how long that takes; None: nobody can say."""

    call: str
    place: int
    wait: Wait | None
    desks: Desks


class Calls(Kept):
    """The calls of this installation."""

    def __init__(
        self,
        database: Database,
        rooms: Rooms,
        clock: Clock,
        turn: Turn,
        colleagues: Colleagues,
        goods: Goods,
        opening: Opening,
        pace: c.Pace,
        limits: Limits | None = None,
    ) -> None:
        super().__init__(database, rooms, clock)
        # As rooms do, whose events are compared with it: a process's own clock may be another.
        self._time = RoomTime(clock)
        self._turn = turn
        self._colleagues = colleagues
        self._goods = goods
        self._opening = opening
        self._pace = pace
        limits = Limits(clock) if limits is None else limits
        self._acts = limits.of("calls: acts", ACTS_PER_S, ACTS_AT_ONCE)
        self._asks = limits.of("calls: asked", ASKS_PER_S, ASKS_AT_ONCE)

    def join(self, outbox: Outbox) -> None:
        """Hear what the sign-in tells."""
        outbox.subscribe("customer.merged", self._merged)

    # How it begins

    async def lobby(self, person: Person) -> dict[str, Any]:
        """What a page shows before a call: the line, her own open call, and what one may talk
        about."""
        own = await self.own(person)
        return await self.line() | {
            "call": None if own is None else own.id,
            "topics": await self._colleagues.topics(),
        }

    async def line(self) -> dict[str, Any]:
        """What everybody may know of it: whether it is open, how many desks are open and free, how
        many wait, and how long one more would. `free`: somebody could answer her now."""
        opening = await self._opening.opening()
        there = await self._colleagues.there()
        busy = await self._database.read(store.busy)
        waiting = await self._database.read(store.waiting)
        # The free ones are rung for who waits already; who is rung for takes up another.
        before = await self._database.read(partial(store.waiting, phases=("waiting",)))
        now = desks([one.id for one in there], busy)
        return {
            "open": opening["open"],
            "opens_at": opening["opens_at"],
            "desks": asdict(now),
            "free": now.free > before,
            "waiting": waiting,
            **_told_wait((await self._estimates(there, waiting + 1))[-1]),
        }

    async def own(self, person: Person) -> CallRow | None:
        """Her call that is not over."""
        if not person.is_customer:
            return None
        return await self._database.read(partial(store.open_of, ids=person.aliases))

    async def talked_since(self, ids: Collection[str], at: Instant) -> bool:
        """Whether she, by all `ids` that count as hers, talks or did so since then."""
        return await self._database.read(partial(store.talked_since, ids=ids, at=at))

    async def ask(self, person: Person, wish: Wish) -> tuple[str, bool]:
        """Her open call, made if she has none, and whether it was. Raises RateLimited.

        For a rep whom she has booked she leaves the line in which she still stands.
        """
        customer = require_customer(person)
        asked = c.Ask(
            customer,
            wish.locale,
            about=wish.about,
            topic=wish.topic,
            text=wish.text,
            booking=wish.booking,
            wanted=wish.wanted,
        )
        for _ in range(TRIES):
            count, own = await self._database.read(partial(_calls_of, ids=person.aliases))
            if own is not None:
                if wish.booking in (None, own.booking) or own.phase not in QUEUED:
                    return own.id, False
                await self._told(person, own.id, "booked", c.Withdraw())
                continue
            _limited(await self._asks.take(person.own_id))
            call = id_of(customer, count)
            try:
                await self._rooms.create(
                    CALL, call, self._command(person, "ask", asked), reader_of(person)
                )
            except Conflict:  # another page of hers was faster, or a rep who invites her
                continue
            return call, True
        raise Unavailable("Your calls change all the time.")

    async def invite(
        self,
        person: Person,
        customer: Person,
        *,
        locale: str,
        about: About | None = None,
        topic: str | None = None,
    ) -> tuple[str, bool]:
        """Ask a customer to talk; the invitation, and whether it is new.

        Raises Conflict: `in_a_call` where the rep is in one, `has_call` where the customer is.
        """
        staff = require(person, *REPS).own_id
        count, own = await self._database.read(partial(_calls_of, ids=customer.aliases))
        if own is not None:
            if own.phase == "invited" and own.staff == staff:
                return own.id, False
            raise Conflict("She has a call already.", code="has_call", phase=own.phase)
        holds_ms = self._pace.invite_ms
        invite = c.Invite(customer.own_id, customer.name, locale, holds_ms, about, topic)
        call = id_of(customer.own_id, count)
        if not await self._take(staff, call):
            raise Conflict("You are in another call.", code="in_a_call")
        try:
            command = self._command(person, "invite", invite)
            await self._rooms.create(CALL, call, command, reader_of(person))
        except Conflict:
            raise Conflict("She has a call already.", code="has_call") from None
        finally:
            await self._let_go(staff, call)
        return call, True

    # Who may

    async def enter(self, person: Person, call: str) -> Room[CallState]:
        """The room of a call that is `person`'s. Raises NotFound for everybody else."""
        return await self._allowed(call, partial(is_of, person))

    async def talking(self, person: Person, call: str) -> CallState:
        """The same of a call in which they talk. Raises NotFound, Conflict."""
        state = (await self.enter(person, call)).committed.state
        if state.phase != "talking":
            raise Conflict("Nobody is talking.", code="not_talking")
        return state

    async def advised(self, rep: Person, call: str) -> CallState:
        """The call whose customer a rep may look at: hers, and of one who is to be called back any
        rep's. Raises NotFound, Forbidden."""
        require(rep, *REPS)
        room = await self._allowed(call, lambda state: is_of(rep, state) or state.wants_callback)
        return room.committed.state

    async def summary(self, person: Person, call: str) -> dict[str, Any]:
        """What a call came to, without the words of it: hers, or to any rep. Raises NotFound."""
        reads = person.has(*REPS)
        room = await self._allowed(
            call, lambda state: reads or not state.ids.isdisjoint(person.aliases)
        )
        state = room.committed.state
        notes = view.personal(state, Reader(staff=True))["staff"] if reads else {}
        return {
            "id": state.id,
            "phase": state.phase,
            "cause": state.cause,
            "customer": state.customer,
            "name": state.name,
            "staff": None if state.staff is None else {"id": state.staff, "name": state.staff_name},
            "asked_at": state.asked_at,
            "answered_at": state.answered_at,
            "ended_at": state.ended_at,
            "until": state.until,
            "cards": list(state.shown),
            "changes": [view.changed(one) for one in state.changes],
            "orders": [asdict(one) for one in state.orders],
            "rated": None if state.rated is None else asdict(state.rated),
            "text": state.text,
            **notes,
        }

    async def ice(self, person: Person, call: str) -> Ice:
        """The servers for her side of a call that is not over. Raises NotFound, Conflict."""
        state = (await self.enter(person, call)).committed.state
        if state.over:
            raise Conflict("The call is over.", code="call_over", cause=state.cause)
        return self._turn.servers(call, side_of(person), self._clock.now())

    # What both sides do

    async def sit(self, person: Person, call: str, sent: c.SendSit) -> Answer:
        """Take one's side's seat. Raises NotFound."""
        sit = c.Sit(sent.seat)
        answer = await self._told(person, call, sent.request_id, sit)
        if answer.repeated:
            state = self._room(call).committed.state
            if state.seat(side_of(person)).page is None and not state.over:
                # She sat, and her line broke before she heard so: she is here again.
                return await self._told(person, call, new_id("sit"), sit)
        return answer

    def act(self, person: Person, call: str, sent: c.SendDo) -> Awaitable[Answer]:
        """Do something in a call. Raises what `rules` does, and RateLimited."""
        # Nothing is waited for here: what is done keeps the order in which it came.
        _limited(self._acts.take_now(f"{person.id} {call}"))
        match sent.do:
            case c.Show() | c.Change():
                return self._with_goods(person, call, sent)
            case c.Answer():
                return self._answer(person, call, sent.request_id)
        return self._told(person, call, sent.request_id, sent.do)

    async def _with_goods(self, person: Person, call: str, sent: c.SendDo) -> Answer:
        """What is named is looked up first."""
        await self.enter(person, call)
        do: Any = sent.do
        if isinstance(do, c.Show):
            await self._goods.exists(do.product)
            do = c.Shown(do.product)
        else:
            do = c.DoChange(await self._goods.change(do.kind, do.variant, do.quantity))
        return await self._told(person, call, sent.request_id, do)

    async def _answer(self, person: Person, call: str, request_id: str) -> Answer:
        staff = require(person, *REPS).own_id
        free = await self._take(staff, call)
        try:
            answering = c.Answering(person.name or "", elsewhere=not free)
            return await self._told(person, call, request_id, answering)
        finally:
            if free:
                await self._let_go(staff, call)

    async def called_back(self, person: Person, call: str) -> None:
        """Nothing is left to do for her who wanted to be called back. Raises Conflict, NotFound."""
        require(person, *REPS)
        await self._told(person, call, "called-back", c.CalledBack())

    # What goes on by itself

    async def ring(self, call: str, rep: Rep) -> bool:
        """Let a call that waits ring at `rep`; False where somebody was faster."""
        if not await self._take(rep.id, call):
            return False
        try:
            room = self._room(call)
            await room.loaded()
            ring = c.Ring(rep.id, rep.name, self._pace.ring_ms)
            # Two processes that see the same let it ring once.
            await self._system(call, f"ring-{room.committed.head}", ring)
            return room.committed.state.staff == rep.id
        finally:
            await self._let_go(rep.id, call)

    async def passed(self, call: str, staff: str) -> None:
        """The desk is closed at which it rings."""
        head = (await self._loaded(call)).committed.head
        await self._system(call, f"passed-{head}", c.Passed(staff, "gone"))

    async def left(self, held: Held) -> None:
        """A page has gone away; nothing, where it came back by another socket."""
        left = c.Left(held.side, held.seat, held.joined)
        await self._system(held.call, f"left-{held.joined}", left)

    async def became(self, call: str, became: c.Became) -> None:
        """Say what became of a change that was asked for, or of its undoing."""
        what = "undone" if became.undone else "made"
        await self._system(call, f"{what}-{became.of}", became)

    async def ordered(self, ids: Collection[str], ordered: c.Ordered) -> None:
        """She bought something: told in the call in which she talked then, if she did."""
        at = self._clock.now() if ordered.placed_at is None else ordered.placed_at
        call = await self._database.read(partial(store.talking_at, ids=ids, at=at))
        if call is not None:
            await self._system(call, f"{ordered.order}-placed", ordered)

    async def state(self, call: str) -> CallState:
        """What is committed of a call, for what the product does by itself."""
        return (await self._loaded(call)).committed.state

    async def now(self) -> Instant:
        """The time of calls: the database's, where it has one."""
        return await self._database.read(self._time.now)

    # Who waits

    async def queue(self) -> list[CallRow]:
        """Those who wait for a rep, the longest waiting first."""
        return await self._database.read(partial(store.queue, limit=WAITING))

    async def busy(self) -> dict[str, str]:
        """Reps whom a call takes up, and which."""
        return await self._database.read(store.busy)

    async def called_at(self, staff: Collection[str]) -> dict[str, Instant]:
        """When each of these last had a call, answered or not."""
        return await self._database.read(partial(store.called_at, staff=staff))

    async def places(self, rows: Sequence[CallRow], there: Sequence[Rep]) -> list[Queued]:
        """The places of those who wait, and how long each waits."""
        if not rows:
            return []
        waits = await self._estimates(there, len(rows))
        now = desks([one.id for one in there], await self.busy())
        return [
            Queued(row.id, place, wait, now)
            for place, (row, wait) in enumerate(zip(rows, waits, strict=True), 1)
        ]

    async def _estimates(self, there: Sequence[Rep], waiting: int) -> list[Wait | None]:
        since = await self._database.read(store.taken_since)
        recent = await self._database.read(partial(store.lengths, limit=RECENT))
        now = await self.now()
        talking = [max(0, now - at) for at in since.values()]
        reps = len(since.keys() | {one.id for one in there})
        return estimates(waiting, reps, talking, recent)

    async def callbacks(self) -> list[CallRow]:
        """Those who are to be called back."""
        return await self._database.read(partial(store.callbacks, limit=CALLBACKS))

    async def taking(self) -> list[CallRow]:
        """The calls that take a rep up."""
        return await self._database.read(store.taking)

    async def _merged(self, told: dict[str, Any]) -> None:
        guest, customer = told["from"], told["to"]
        for call in await self.all_of([guest]):
            await self._system(call, f"{guest}-merged", c.Merge(guest, customer))

    # How

    async def _take(self, staff: str, call: str) -> bool:
        def unit(connection: Connection) -> bool:
            return taken.take(connection, staff, call, self._time.now(connection))

        return await self._database.write(unit)

    async def _let_go(self, staff: str, call: str) -> None:
        await self._database.write(partial(taken.let_go, staff=staff, call=call))

    def _told(self, person: Person, call: str, request_id: str, do: Any) -> Awaitable[Answer]:
        command = self._command(person, request_id, do)
        room = self._room(call)
        return self._answered(room, room.submit(command), reader_of(person))

    async def _answered(
        self, room: Room[CallState], outcome: Awaitable[Any], reader: Reader
    ) -> Answer:
        return await room.answer(await outcome, reader)

    def _command(self, person: Person, request_id: str, do: Any) -> Command:
        return Command(person.own_id, request_id, c.Act(actor_of(person), do), person.aliases)

    async def _allowed(self, call: str, may: Callable[[CallState], bool]) -> Room[CallState]:
        """The room of a call that one `may` look at. Raises NotFound for everybody else."""
        room = await self._loaded(call)
        if not may(room.committed.state):
            await room.caught_up()  # it may have become hers by another process just now
            if not may(room.committed.state):
                raise NotFound("There is no such call.")
        return room

    async def _loaded(self, call: str) -> Room[CallState]:
        room = self._room(call)
        await room.loaded()
        return room


def _limited(wait_ms: int | None) -> None:
    if wait_ms is not None:
        raise RateLimited("Too much at once.", retry_after_ms=wait_ms)


def _calls_of(connection: Any, ids: Collection[str]) -> tuple[int, CallRow | None]:
    # Counted first: what is made in between is found as her open one then.
    count = store.count_of(connection, ids)
    return count, store.open_of(connection, ids)


def id_of(customer: str, number: int) -> str:
    """The id of a customer's call after so many others: the same to all who make it at once."""
    digest = hashlib.sha256(f"{customer} {number}".encode()).digest()
    value = int.from_bytes(digest) >> (len(digest) * 8 - 130)
    letters = (_ALPHABET[value >> (5 * place) & 31] for place in range(26))
    return f"{PREFIX}_{''.join(letters)}"


def _told_wait(wait: Wait | None) -> dict[str, int | None]:
    return {
        "least_ms": None if wait is None else wait.least_ms,
        "most_ms": None if wait is None else wait.most_ms,
    }


def queued_json(one: Queued) -> dict[str, Any]:
    """`{place, least_ms, most_ms, desks}`, as a page is told it."""
    return {"place": one.place, **_told_wait(one.wait), "desks": asdict(one.desks)}


def side_of(person: Person) -> Side:
    return "staff" if person.is_staff else "customer"


def is_of(person: Person, state: CallState) -> bool:
    """Whether a call is hers: its customer's, or the rep's who is rung, invites or talks."""
    if person.is_staff:
        return person.has(*REPS) and person.id is not None and state.staff == person.id
    return not state.ids.isdisjoint(person.aliases)


def actor_of(person: Person) -> c.Actor:
    """Raises NotSignedIn, and Forbidden for staff who do not talk to customers."""
    own_id = person.own_id
    if person.is_staff and not person.has(*REPS):
        raise Forbidden("This is not among your roles.")
    return c.Actor(own_id, person.name or "", side_of(person), person.aliases)


def reader_of(person: Person) -> Reader:
    return Reader(person.aliases, staff=person.has(*REPS))


CALLS = web.AppKey("calls", Calls)

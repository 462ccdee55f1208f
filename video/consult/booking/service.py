"""Bookings: made, moved, cancelled, and come in to when their time has come.

Whoever books is locked first, then the reps who may get it, by their hours. So nobody has two
bookings at once, and of two who want the last free quarter the second is told; the quarters' key
stands behind that on either database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, Protocol

import msgspec
import structlog
from aiohttp import web
from msgspec.structs import replace
from sqlalchemy import Connection

from core.clock import Clock, Instant
from core.db import Database
from core.errors import Conflict, NotFound
from core.hours import DAY_MS, MINUTE_MS, Hours, HoursInput
from core.identity import store as people
from core.identity.model import Person, Role, require, require_customer
from core.ids import new_id
from video.consult.booking import slots, store
from video.consult.booking.calendar import entry
from video.consult.booking.commands import Book, ListAsked, Move, SlotsAsked
from video.consult.booking.letters import Letter, Letters
from video.consult.booking.links import KEPT_MS, Links, no_booking
from video.consult.booking.model import EARLY_MS, Booking, May, may, next_reminder
from video.consult.booking.rep_letters import RepLetters
from video.consult.booking.slots import Rep
from video.consult.events import About

REPS: Final = (Role.REP, Role.OPERATOR)
MOST_OPEN: Final = 3
"""Bookings that one customer has ahead of her: they keep reps from others."""
NEAREST: Final = 6
"""Times that are offered instead of one that is taken."""
NEAR_MS: Final = 7 * DAY_MS

log = structlog.get_logger(__name__)


class Reps(Protocol):
    """Those who may be booked, by what they speak and know."""

    async def all(self) -> Sequence[Rep]: ...


class Calling(Protocol):
    """Where calls are made."""

    async def ask_booked(self, person: Person, booking: Booking) -> str:
        """The call of a booked customer, for the rep whom she booked: a new one, unless it is open
        already or she talks, or is invited to, in another."""
        ...


class SlotTaken(Conflict):
    """`data.slots`: the nearest times that are free."""

    code = "slot_taken"


class Taken(Conflict):
    """Somebody else came in by this link."""

    code = "taken"


class Shown(msgspec.Struct, frozen=True):
    """A booking as those see it who may."""

    id: str
    state: str
    starts_at: Instant
    ends_at: Instant
    topic: str | None
    locale: str
    staff: dict[str, str | None]
    name: str | None
    email: str | None
    about: About | None
    text: str | None
    call: str | None
    may: May


class Bookings:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        reps: Reps,
        calling: Calling,
        letters: Letters,
        rep_letters: RepLetters,
        links: Links,
        *,
        shop: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._reps = reps
        self._calling = calling
        self._letters = letters
        self._rep_letters = rep_letters
        self._links = links
        self._shop = shop

    # When

    async def availability(self, person: Person) -> Hours | None:
        """When she, a rep, may be booked; None as long as she has not said."""
        staff = require(person, *REPS).own_id
        return await self._database.read(partial(store.hours_of, staff=staff))

    async def set_availability(self, person: Person, wanted: HoursInput) -> Hours:
        """In place of all that she said before. What is booked stays booked."""
        staff = require(person, *REPS).own_id
        hours = wanted.hours()
        now = self._clock.now()
        await self._database.write(partial(store.put_hours, staff=staff, hours=hours, now=now))
        log.info("availability.set", by=staff)
        return hours

    async def bookable(self) -> bool:
        """Whether anybody may be booked at all."""
        staff = sorted(rep.id for rep in await self._reps.all())
        return await self._database.read(partial(store.available, staff=staff))

    async def slots(self, person: Person, asked: SlotsAsked) -> list[Instant]:
        """When something may begin, in order; for a customer, where she has nothing else."""
        since = self._clock.now() if asked.since is None else asked.since
        aliases = person.aliases if person.is_customer else frozenset[str]()
        return await self._free(
            since, since + asked.days * DAY_MS, asked.minutes, asked.topic, asked.locale, aliases
        )

    # By her

    async def book(self, person: Person, wanted: Book) -> Booking:
        """Book; sent again, it is the same booking.

        Raises SlotTaken (`data.slots`), and Conflict `too_many_bookings`.
        """
        customer = require_customer(person)
        reps = await self._reps.all()
        made = await self._database.write(partial(self._book, customer, wanted, reps))
        if made is None:
            raise await self._taken(
                wanted.starts_at, wanted.minutes, wanted.topic, wanted.locale, person.aliases
            )
        return made

    async def own(self, person: Person) -> list[Booking]:
        """All of hers that are kept, by when they begin."""
        require_customer(person)
        find = partial(store.of_customer, customers=person.aliases)
        return await self._database.read(find)

    async def by_token(self, token: str) -> Booking:
        """Raises NotFound where it leads nowhere (any more)."""
        now = self._clock.now()
        id = self._links.read(token, now)
        found = await self._database.read(partial(store.one, id=id))
        if found is None or now >= found.ends_at + KEPT_MS:
            raise no_booking()
        return found

    async def move(self, token: str, wanted: Move) -> Booking:
        """To another time, with the same rep where she is free then; sent again, it is moved once.

        Raises SlotTaken, NotFound, and Conflict `cancelled` or `too_late`.
        """
        booking = await self.by_token(token)
        reps = await self._reps.all()
        moved = await self._database.write(partial(self._move, booking, wanted, reps))
        if moved is None:
            find = partial(people.find_customer, id=booking.customer)
            aliases = (await self._database.read(find))[0].aliases
            raise await self._taken(
                wanted.starts_at,
                booking.minutes,
                booking.topic,
                booking.locale,
                aliases,
                but=booking.id,
            )
        return moved

    async def cancel(self, token: str) -> Booking:
        """By her; once. Raises NotFound, and Conflict `too_late`."""
        booking = await self.by_token(token)
        reps = await self._by_id()

        def unit(connection: Connection) -> Booking:
            now = self._clock.now()
            found = _locked(connection, booking)
            if found.state == "cancelled":
                return found
            if not may(found, now).cancel:
                raise _too_late()
            store.cancel(connection, found, "customer", now)
            ended = self._told_of_end(connection, found.id, "booking_cancelled", reps)
            rep = reps.get(ended.staff)
            self._rep_letters.tell(connection, "rep_booking_cancelled", ended, rep)
            return ended

        return await self._database.write(unit)

    async def enter(self, person: Person, token: str) -> str:
        """The call of her booking, from ten minutes before until its end.

        Once it was held, only where a line broke: she goes on with what was begun.

        Raises Taken where somebody else came in by this link, NotFound, and Conflict `cancelled`,
        `held`, `too_early` or `over`.
        """
        customer = require_customer(person)
        booking = await self.by_token(token)

        def claim(connection: Connection) -> Booking:
            now = self._clock.now()
            found = _locked(connection, booking)
            if found.state == "cancelled":
                raise _cancelled()
            if now < found.starts_at - EARLY_MS:
                opens_at = found.starts_at - EARLY_MS
                raise Conflict("It is too early.", code="too_early", opens_at=opens_at)
            if now >= found.ends_at:
                raise Conflict("It is over.", code="over")
            if found.state == "held" and not store.lost(connection, [found]):
                raise Conflict("It was held.", code="held")
            if not store.claim_entrance(connection, found.id, customer, person.aliases):
                raise Taken("Somebody else came in by this link.")
            return found

        # First whose it is, then the call: two who come at once do not both get one.
        claimed = await self._database.write(claim)
        call = await self._calling.ask_booked(person, claimed)
        await self._database.write(lambda c: store.change(c, claimed.id, call=call))
        return call

    def token(self, booking: Booking) -> str:
        return self._links.token(booking.id, booking.ends_at)

    def calendar(self, booking: Booking) -> bytes:
        """The booking as an entry in a calendar."""
        link = self._letters.link(booking.id, booking.ends_at)
        return entry(booking, shop=self._shop, link=link)

    # By the shop's people

    async def listed(self, person: Person, asked: ListAsked) -> list[Booking]:
        """What goes on or begins in those days: a rep's own, an operator's everybody's."""
        staff = require(person, *REPS).own_id
        since = self._clock.now() if asked.since is None else asked.since
        whose = None if person.has(Role.OPERATOR) else staff
        until = since + asked.days * DAY_MS
        return await self._database.read(lambda c: store.of_staff(c, whose, since, until))

    async def call_off(self, person: Person, id: str) -> Booking:
        """Cancel what is booked with her, or as an operator with anybody; once.

        She is written to where a colleague does it. Raises NotFound, and Conflict `too_late` once
        somebody came in or it is over.
        """
        staff = require(person, *REPS).own_id
        reps = await self._by_id()

        def unit(connection: Connection) -> Booking:
            now = self._clock.now()
            found = store.one(connection, id)
            if found is not None:
                found = _locked(connection, found)
            if found is None or not (found.staff == staff or person.has(Role.OPERATOR)):
                raise no_booking()
            if found.state == "cancelled":
                return found
            if found.entered_by is not None or now >= found.ends_at:
                raise _too_late()
            store.cancel(connection, found, "staff", now)
            ended = self._told_of_end(connection, found.id, "booking_called_off", reps)
            if ended.staff != staff:
                rep = reps.get(ended.staff)
                self._rep_letters.tell(connection, "rep_booking_called_off", ended, rep)
            return ended

        done = await self._database.write(unit)
        log.info("booking.called_off", booking=id, by=staff)
        return done

    # From elsewhere

    async def call_ended(self, booking: str, *, answered: bool) -> None:
        """Told of every call that was booked: it was held if somebody answered."""
        if answered:
            await self._database.write(partial(store.hold, id=booking))

    async def shown(self, found: Sequence[Booking], *, email: bool) -> list[Shown]:
        """With names and what may be done; the address for herself and the shop's people only."""
        reps, now = await self._by_id() if found else {}, self._clock.now()
        lost: set[str] = set()
        if any(one.state == "held" and now < one.ends_at for one in found):
            lost = await self._database.read(partial(store.lost, bookings=found))
        return [
            Shown(
                one.id,
                one.state,
                one.starts_at,
                one.ends_at,
                one.topic,
                one.locale,
                {"id": one.staff, "name": _name(reps, one.staff)},
                one.name,
                one.email if email else None,
                one.about,
                one.text,
                one.call,
                may(one, now, lost=one.id in lost),
            )
            for one in found
        ]

    # Units

    def _book(
        self, customer: str, wanted: Book, reps: Sequence[Rep], connection: Connection
    ) -> Booking | None:
        """None where nobody is free then, or she has something else."""
        now = self._clock.now()
        aliases = _customer(connection, customer).aliases
        known = store.by_request(connection, aliases, wanted.request_id)
        if known is not None:
            return known
        ends_at = wanted.starts_at + wanted.minutes * MINUTE_MS
        ahead = store.open_of(connection, aliases, now)
        if len(ahead) >= MOST_OPEN:
            raise Conflict(
                "There are as many bookings as one may have.",
                code="too_many_bookings",
                most=MOST_OPEN,
            )
        if slots.overlaps(((since, until) for _, since, until in ahead), wanted.starts_at, ends_at):
            return None
        rep = _chosen(connection, reps, wanted.starts_at, ends_at, wanted.topic, wanted.locale, now)
        if rep is None:
            return None
        made = Booking(
            id=new_id("bkg"),
            customer=customer,
            staff=rep.id,
            state="booked",
            starts_at=wanted.starts_at,
            ends_at=ends_at,
            topic=wanted.topic,
            locale=wanted.locale,
            name=wanted.name,
            email=wanted.email,
            about=None if wanted.about is None else wanted.about.told(),
            text=wanted.text,
            created_at=now,
            changed_at=now,
            remind_at=next_reminder(wanted.starts_at, now),
        )
        store.add(connection, made, wanted.request_id)
        self._letters.tell(connection, "booking_made", made, rep.name)
        self._rep_letters.tell(connection, "rep_booking_made", made, rep)
        return made

    def _move(
        self, booking: Booking, wanted: Move, reps: Sequence[Rep], connection: Connection
    ) -> Booking | None:
        """None where nobody is free then, or she has something else."""
        now = self._clock.now()
        aliases = _customer(connection, booking.customer).aliases
        found = _again(connection, booking.id)
        if found.moved_by == wanted.request_id:
            return found
        if found.state == "cancelled":
            raise _cancelled()
        if not may(found, now).move:
            raise _too_late()
        if found.starts_at == wanted.starts_at:
            return found
        starts_at = wanted.starts_at
        ends_at = starts_at + found.ends_at - found.starts_at
        ahead = store.open_of(connection, aliases, now)
        others = ((since, until) for id, since, until in ahead if id != found.id)
        if slots.overlaps(others, starts_at, ends_at):
            return None
        rep = _chosen(
            connection, reps, starts_at, ends_at, found.topic, found.locale, now, instead_of=found
        )
        if rep is None:
            return None
        moved = replace(
            found,
            staff=rep.id,
            starts_at=starts_at,
            ends_at=ends_at,
            changed_at=now,
            sequence=found.sequence + 1,
            moved_by=wanted.request_id,
            remind_at=next_reminder(starts_at, now),
        )
        store.move(connection, moved)
        self._letters.tell(connection, "booking_moved", moved, rep.name)
        if rep.id == found.staff:
            self._rep_letters.tell(
                connection, "rep_booking_moved", moved, rep, before=found.starts_at
            )
        else:
            before = next((one for one in reps if one.id == found.staff), None)
            self._rep_letters.tell(connection, "rep_booking_passed", found, before)
            self._rep_letters.tell(connection, "rep_booking_made", moved, rep)
        return moved

    def _told_of_end(
        self, connection: Connection, id: str, letter: Letter, reps: Mapping[str, Rep]
    ) -> Booking:
        ended = _again(connection, id)
        self._letters.tell(connection, letter, ended, _name(reps, ended.staff))
        return ended

    async def _free(
        self,
        since: Instant,
        until: Instant,
        minutes: int,
        topic: str | None,
        locale: str | None,
        aliases: frozenset[str],
        *,
        but: str | None = None,
    ) -> list[Instant]:
        reps = await self._reps.all()
        now = self._clock.now()

        def query(connection: Connection) -> list[Instant]:
            ahead = store.open_of(connection, aliases, now) if aliases else []
            desks = store.desks(connection, reps, since, until + DAY_MS, but=but)
            return slots.starts(
                _suitable(desks, topic, locale),
                minutes,
                since=since,
                until=until,
                now=now,
                own=[(begins, ends) for id, begins, ends in ahead if id != but],
            )

        return await self._database.read(query)

    async def _taken(
        self,
        wanted: Instant,
        minutes: int,
        topic: str | None,
        locale: str | None,
        aliases: frozenset[str],
        *,
        but: str | None = None,
    ) -> SlotTaken:
        # What is not booked yet may be in a year: nearest to it is the last of what may be booked.
        now = self._clock.now()
        about = min(max(wanted, now), now + slots.AHEAD_MS)
        free = await self._free(
            about - NEAR_MS, about + NEAR_MS, minutes, topic, locale, aliases, but=but
        )
        return SlotTaken("This time is taken.", slots=slots.nearest(free, wanted, NEAREST))

    async def _by_id(self) -> dict[str, Rep]:
        return {rep.id: rep for rep in await self._reps.all()}


def _name(reps: Mapping[str, Rep], id: str) -> str | None:
    return reps[id].name if id in reps else None


def _chosen(
    connection: Connection,
    reps: Sequence[Rep],
    starts_at: Instant,
    ends_at: Instant,
    topic: str | None,
    locale: str | None,
    now: Instant,
    *,
    instead_of: Booking | None = None,
) -> Rep | None:
    """Who is to have it, locked until the commit; None where nobody is free."""
    but = None if instead_of is None else instead_of.id
    desks = store.desks(connection, reps, starts_at, ends_at, but=but, lock=True)
    free = [
        desk
        for desk in _suitable(desks, topic, locale)
        if slots.is_free(desk, starts_at, ends_at, now)
    ]
    booked = store.around(connection, [desk.rep.id for desk in free], starts_at, but=but)
    first = None if instead_of is None else instead_of.staff
    found = slots.fewest(free, booked, starts_at, locale=locale, first=first)
    return None if found is None else found.rep


def _suitable(
    desks: Sequence[slots.Desk], topic: str | None, locale: str | None
) -> list[slots.Desk]:
    ids = {rep.id for rep in slots.suitable([desk.rep for desk in desks], topic, locale)}
    return [desk for desk in desks if desk.rep.id in ids]


def _customer(connection: Connection, id: str) -> Person:
    """The customer of an id or an alias, locked until the commit: she does one thing at a time."""
    found = people.read_customer(connection, id)
    if found is None:
        raise NotFound("There is no such customer.")
    return found


def _locked(connection: Connection, booking: Booking) -> Booking:
    """As it is once nobody else changes it."""
    _customer(connection, booking.customer)
    return _again(connection, booking.id)


def _again(connection: Connection, id: str) -> Booking:
    found = store.one(connection, id)
    if found is None:
        raise no_booking()
    return found


def _cancelled() -> Conflict:
    return Conflict("It was cancelled.", code="cancelled")


def _too_late() -> Conflict:
    return Conflict("It cannot be changed any more.", code="too_late")


BOOKINGS = web.AppKey("bookings", Bookings)

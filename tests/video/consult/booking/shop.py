"""A shop whose reps may be booked: what the tests of bookings stand on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from core.clock import Instant, ManualClock
from core.db import Database
from core.hours import HoursInput
from core.identity import store as people
from core.identity.model import Person, Role
from core.inputs import read_as
from core.notices import Notices
from core.settings import Settings
from video.consult.booking import store
from video.consult.booking.commands import Book, Move
from video.consult.booking.kept import Kept
from video.consult.booking.letters import Letters
from video.consult.booking.links import Links
from video.consult.booking.model import Booking
from video.consult.booking.reminders import Reminders
from video.consult.booking.rep_letters import RepLetters
from video.consult.booking.service import Bookings
from video.consult.booking.slots import Rep

TAIPEI = ZoneInfo("Asia/Taipei")
KEY = b"a key of 32 octets, for trying.."
NOON_TO_TWO = [["12:00", "14:00"]]


def at(text: str, zone: ZoneInfo = TAIPEI) -> Instant:
    """`2026-09-22 10:00` by a zone's clocks."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * 1000


NOW = at("2026-09-21 09:00")
"""A Monday."""


def weekly(spans: Sequence[Sequence[str]], zone: str = "Asia/Taipei", **rest: Any) -> HoursInput:
    """The same hours on each day of the week."""
    week = [[list(span) for span in spans] for _ in range(7)]
    tree = {"time_zone": zone, "week": week, "closed": [], "special": []}
    return read_as(HoursInput, tree | rest)


class Roster:
    """Reps by name: `mei` is `stf_mei`."""

    def __init__(self) -> None:
        self.reps: dict[str, Rep] = {}

    async def all(self) -> Sequence[Rep]:
        return list(self.reps.values())


class Phone:
    """Notes who came in."""

    def __init__(self) -> None:
        self.asked: list[tuple[str | None, str]] = []

    async def ask_booked(self, person: Person, booking: Booking) -> str:
        self.asked.append((person.id, booking.id))
        return f"cll_{len(self.asked)}"


@dataclass
class Shop:
    database: Database
    clock: ManualClock
    notices: Notices
    letters: Letters
    rep_letters: RepLetters
    bookings: Bookings
    roster: Roster
    phone: Phone
    links: Links
    requests: list[str] = field(default_factory=list)

    @staticmethod
    def over(database: Database, clock: ManualClock, settings: Settings) -> Shop:
        notices = Notices(database, clock, settings)
        links = Links(KEY)
        letters = Letters(notices, settings, links)
        rep_letters = RepLetters(notices, settings)
        roster, phone = Roster(), Phone()
        bookings = Bookings(
            database,
            clock,
            roster,
            phone,
            letters,
            rep_letters,
            links,
            shop=settings.shop_name,
        )
        return Shop(database, clock, notices, letters, rep_letters, bookings, roster, phone, links)

    @property
    def kept(self) -> Kept:
        return Kept(self.database, self.clock)

    async def erase(self, person: Person) -> int:
        """As `plusone customer erase`; returns how many bookings."""
        return await self.kept.erase(person.aliases, self.roster, self.rep_letters)

    def reminders(self) -> Reminders:
        return Reminders(self.database, self.clock, self.letters, self.roster)

    async def rep(
        self,
        name: str,
        hours: HoursInput | None = None,
        *,
        languages: tuple[str, ...] = (),
        skills: tuple[str, ...] = (),
        roles: tuple[Role, ...] = (Role.REP,),
        email: str | None = None,
    ) -> Person:
        """A rep who may be booked from 12 to 14 by default; without an address nobody writes to
        her."""
        person = Person("staff", f"stf_{name}", name=name, roles=frozenset(roles))
        self.roster.reps[person.own_id] = Rep(person.own_id, name, languages, skills, email)
        await self.bookings.set_availability(person, hours or weekly(NOON_TO_TWO))
        return person

    async def customer(self, name: str = "美玲") -> Person:
        now = self.clock.now()
        return await self.database.write(lambda c: people.add_customer(c, name, None, now))

    def book(self, starts_at: Instant, minutes: int = 30, **rest: Any) -> Book:
        self.requests.append(f"request-{len(self.requests)}")
        tree = {
            "starts_at": starts_at,
            "minutes": minutes,
            "locale": "zh-Hant",
            "name": "美玲",
            "email": "mei@example.com",
            "request_id": self.requests[-1],
        }
        return read_as(Book, tree | rest)

    def move(self, starts_at: Instant) -> Move:
        self.requests.append(f"request-{len(self.requests)}")
        return Move(starts_at=starts_at, request_id=self.requests[-1])

    async def booked(
        self, starts_at: Instant, minutes: int = 30, *, by: Person | None = None, **rest: Any
    ) -> tuple[Booking, str]:
        """A booking and its link's token."""
        person = by or await self.customer()
        made = await self.bookings.book(person, self.book(starts_at, minutes, **rest))
        return made, self.bookings.token(made)

    async def quarters(self) -> list[tuple[str, Instant, str]]:
        """All that are taken."""

        def query(connection: Connection) -> list[tuple[str, Instant, str]]:
            rows = connection.execute(select(store.consult_quarter)).all()
            return sorted((row.staff, row.at, row.booking) for row in rows)

        return await self.database.read(query)

    async def subjects(self) -> list[str]:
        """Of letters, the first one first."""
        return [one.subject for one in reversed(await self.notices.latest())]

"""Bookings of consultations, opened and closed as a part of the application: with the shop's reps,
and the calls that customers come in to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from aiohttp import web

from chat.reps import PROFILES
from chat.reps import Reps as Profiles
from core.identity.model import Person
from core.identity.staff import STAFF, StaffAccounts
from core.notices import NOTICES
from video.consult.booking import routes
from video.consult.booking.kept import Kept
from video.consult.booking.letters import Letters
from video.consult.booking.links import PURPOSE, Links
from video.consult.booking.model import Booking
from video.consult.booking.reminders import Reminders
from video.consult.booking.rep_letters import RepLetters
from video.consult.booking.routes import BOOKERS, ZONE
from video.consult.booking.service import BOOKINGS, REPS, Bookings
from video.consult.booking.slots import Rep
from video.consult.routes import BOOKABLE
from video.consult.service import CALLS, Wish
from video.consult.store import ENDED
from web.keys import CLOCK, DATABASE, LIMITS, OUTBOX, SECRET, SETTINGS
from web.tasks import kept_going


def attach(app: web.Application) -> None:
    """Make the routes part of `app`, before it starts."""
    app[ZONE] = app[SETTINGS].time_zone
    routes.routes.join(app)


async def bookings(app: web.Application) -> AsyncIterator[None]:
    """After the reps and the calls, and before the outbox hands over."""
    database, clock, settings = app[DATABASE], app[CLOCK], app[SETTINGS]
    app[BOOKERS] = app[LIMITS].of("bookings", routes.PER_S, routes.AT_ONCE)
    links = Links(app[SECRET].key(PURPOSE))
    letters = Letters(app[NOTICES], settings, links)
    reps = BookedReps(app[STAFF], app[PROFILES])
    rep_letters = RepLetters(app[NOTICES], settings)
    app[BOOKINGS] = made = Bookings(
        database,
        clock,
        reps,
        _Calling(app),
        letters,
        rep_letters,
        links,
        shop=settings.shop_name,
    )

    app[BOOKABLE].append(made.bookable)

    async def ended(told: dict[str, Any]) -> None:
        if told["booking"] is not None:
            await made.call_ended(told["booking"], answered=told["answered"])

    app[OUTBOX].subscribe(ENDED, ended)
    async with kept_going(Reminders(database, clock, letters, reps).run, "reminders"):
        yield


async def forget_old(app: web.Application) -> None:
    """Remove bookings that have been over for longer than the settings keep them."""
    kept_ms = app[SETTINGS].retention_days * 86_400_000
    await Kept(app[DATABASE], app[CLOCK]).forget_old(app[CLOCK].now() - kept_ms)


class BookedReps:
    """See `video.consult.booking.service.Reps`."""

    def __init__(self, staff: StaffAccounts, profiles: Profiles) -> None:
        self._staff = staff
        self._profiles = profiles

    async def all(self) -> Sequence[Rep]:
        staff = [one for one in await self._staff.all() if one.has(*REPS)]
        standing = await self._profiles.standing([one.own_id for one in staff])
        return [
            Rep(
                one.own_id,
                one.name or "",
                standing[one.own_id].profile.languages,
                standing[one.own_id].profile.skills,
                one.email,
            )
            for one in staff
        ]


class _Calling:
    """See `video.consult.booking.service.Calling`."""

    def __init__(self, app: web.Application) -> None:
        self._app = app

    async def ask_booked(self, person: Person, booking: Booking) -> str:
        wish = Wish(
            booking.locale,
            topic=booking.topic,
            about=booking.about,
            text=booking.text,
            booking=booking.id,
            wanted=booking.staff,
        )
        call, _ = await self._app[CALLS].ask(person, wish)
        return call

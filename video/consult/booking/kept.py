"""What is kept of a customer's bookings, and its end: for `plusone customer`, and for tidying."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from msgspec.structs import replace
from sqlalchemy import Connection

from core.clock import Clock, Instant
from core.db import Database
from core.identity import store as people
from video.consult.booking import store
from video.consult.booking.model import Booking
from video.consult.booking.rep_letters import RepLetters
from video.consult.booking.service import Reps


class Kept:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def of(self, customers: Collection[str]) -> list[Booking]:
        """All of hers, by when they begin."""
        return await self._database.read(partial(store.of_customer, customers=customers))

    async def erase(self, customers: Collection[str], reps: Reps, letters: RepLetters) -> int:
        """Blank what she typed, and give back what is still ahead; returns how many bookings.

        Whoever of `reps` had what is given back is told by one of `letters`, without her name.
        Nothing is written to her: there is no address any more.
        """
        by_id = {rep.id: rep for rep in await reps.all()}

        def unit(connection: Connection) -> int:
            now = self._clock.now()
            if customers:
                # By whichever of her ids: until the commit she moves nothing.
                people.read_customer(connection, min(customers))
            found = store.of_customer(connection, customers)
            for one in found:
                if one.state == "booked" and one.ends_at > now:
                    store.cancel(connection, one, "staff", now)
                    nameless, rep = replace(one, name=None), by_id.get(one.staff)
                    letters.tell(connection, "rep_booking_cancelled", nameless, rep)
                store.blank(connection, one.id)
            return len(found)

        return await self._database.write(unit)

    async def forget_old(self, before: Instant) -> None:
        """Remove what was over before `before`."""
        await self._database.write(partial(store.forget, before=before))

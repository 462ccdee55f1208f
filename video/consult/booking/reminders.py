"""Reminds customers of what they booked: a day before, and an hour before, each once."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog
from sqlalchemy import Connection

from core.clock import Clock
from core.db import Database
from core.errors import PlusOneError
from video.consult.booking import store
from video.consult.booking.letters import Letters
from video.consult.booking.model import Booking, next_reminder
from video.consult.booking.service import Reps

SWEEP_S = 15
"""How late a reminder may be."""
AT_ONCE = 100

log = structlog.get_logger(__name__)


class Reminders:
    """`run` is its one task, at every process: whoever notes it first writes."""

    def __init__(self, database: Database, clock: Clock, letters: Letters, reps: Reps) -> None:
        self._database = database
        self._clock = clock
        self._letters = letters
        self._reps = reps

    async def run(self) -> None:
        """Remind until cancelled."""
        while True:
            try:
                while await self.sweep() == AT_ONCE:
                    pass
            except PlusOneError as error:  # the database is away: nothing is lost, only later
                log.warning("reminders.unavailable", code=error.error_code)
            except Exception:
                # Whatever it is, it must not end the task: the next round tries again.
                log.exception("reminders.failed")
            await asyncio.sleep(SWEEP_S)

    async def sweep(self) -> int:
        """Remind of all that is due now; returns how many were, at most 100."""
        now = self._clock.now()
        due = await self._database.read(lambda c: store.due(c, now, AT_ONCE))
        names = {rep.id: rep.name for rep in await self._reps.all()} if due else {}
        for booking in due:
            staff = names.get(booking.staff)
            await self._database.write(partial(self._remind, booking=booking, staff=staff))
        return len(due)

    def _remind(self, connection: Connection, booking: Booking, staff: str | None) -> None:
        now = self._clock.now()
        if booking.remind_at is None:
            return
        then = next_reminder(booking.starts_at, now)
        noted = store.reminded(connection, booking.id, booking.remind_at, then)
        # After a long standstill both may be due, which is one letter; or it is over.
        if noted and now < booking.starts_at:
            self._letters.tell(connection, "booking_reminder", booking, staff)

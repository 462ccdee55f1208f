"""What a booking is, and what may still be done with it. Pure."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from core.clock import Instant
from core.hours import DAY_MS, MINUTE_MS
from core.locales import Locale
from video.consult.events import About

State = Literal["booked", "cancelled", "held"]
"""`held`: somebody of the shop answered its call."""
Ender = Literal["customer", "staff"]

EARLY_MS: Final = 10 * MINUTE_MS
"""How long before its time she may come in."""
REMINDED_MS: Final = (DAY_MS, 60 * MINUTE_MS)
"""How long before its time she is reminded."""


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """One booking. `name` and `email` are None where they were blanked."""

    id: str
    customer: str
    staff: str
    state: State
    starts_at: Instant
    ends_at: Instant
    topic: str | None
    locale: Locale
    name: str | None
    email: str | None
    about: About | None
    text: str | None
    created_at: Instant
    changed_at: Instant
    sequence: int = 0
    """How often it was changed since it was made (RFC 5545 §3.8.7.4)."""
    moved_by: str | None = None
    """The request that moved it last."""
    cancelled_by: Ender | None = None
    remind_at: Instant | None = None
    """When she is reminded next."""
    entered_by: str | None = None
    """Who came in by its link, before the call is there."""
    call: str | None = None

    @property
    def minutes(self) -> int:
        return (self.ends_at - self.starts_at) // MINUTE_MS


class May(msgspec.Struct, frozen=True):
    move: bool
    cancel: bool
    enter: bool


def may(booking: Booking, now: Instant, *, lost: bool = False) -> May:
    """What she may do with it now. `lost`: its call was held, until a line broke."""
    waits = booking.state == "booked" and booking.entered_by is None
    changes = waits and now < booking.starts_at
    goes_on = booking.state == "booked" or (booking.state == "held" and lost)
    enters = goes_on and booking.starts_at - EARLY_MS <= now < booking.ends_at
    return May(changes, changes, enters)


def next_reminder(starts_at: Instant, now: Instant) -> Instant | None:
    """When she is reminded next of what begins at `starts_at`; None when not any more."""
    return min((at for ms in REMINDED_MS if (at := starts_at - ms) > now), default=None)

"""What a call is, between two events: one immutable value."""

from __future__ import annotations

from typing import Literal

import msgspec

from core.clock import Instant
from core.tools import Change
from video.consult.events import About, EndCause, PassCause, Phase, Side

SHOWN = 50
"""Products shown that are remembered."""
CHANGES = 100
SAID = 200
ORDERS = 50
PASSES = 50
"""Rings that nobody answered that are remembered."""

ChangeState = Literal["asked", "done", "refused", "undoing", "undone", "kept"]
"""`kept`: undoing it failed."""


class Pass(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A ring that `staff` has not answered."""

    staff: str
    at_ms: Instant
    cause: PassCause


class Seat(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a side's page is. `page`: the name that it made for itself; None: none is there.

    `joined`: the event by which it came, or None where none ever did. `gone_at`: since when it is
    missed; None where it is there, or where nobody expects it yet.
    """

    page: str | None = None
    joined: int | None = None
    gone_at: Instant | None = None


class CallCard(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The product that both see now."""

    offset: int
    product: str
    by: Side


class Changed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A change of the customer's cart, and what became of it; `staff` where a rep asked."""

    offset: int
    at_ms: Instant
    by: Side
    staff: str | None
    name: str | None
    change: Change
    state: ChangeState = "asked"
    code: str | None = None


class Words(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    offset: int
    at_ms: Instant
    side: Side
    by: str
    name: str | None
    text: str | None


class Notes(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    staff: str
    at_ms: Instant
    text: str | None


class Bought(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    id: str
    number: str
    total: int
    currency: str


class Rating(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    score: int
    text: str | None


class CallState(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one call."""

    id: str
    customer: str = ""
    ids: frozenset[str] = frozenset()
    """All ids under which the customer is known here."""
    name: str | None = None
    name_at: int = 0
    """The event that holds the name she goes by."""
    phase: Phase = "new"
    by: Side = "customer"
    """Who wanted to talk."""
    asked_at: Instant = 0
    locale: str = ""
    about: About | None = None
    topic: str | None = None
    text: str | None = None
    text_at: int | None = None
    """The event that holds what it is about."""
    booking: str | None = None
    wanted: str | None = None
    staff: str | None = None
    """Who is rung, invites, or talks; of a call that is over, who did one of the last two."""
    staff_name: str | None = None
    until: Instant | None = None
    """Of the ring, or of the invitation."""
    left_by: tuple[Pass, ...] = ()
    """The rings that nobody answered, oldest first."""
    answered_at: Instant | None = None
    ended_at: Instant | None = None
    cause: EndCause | None = None
    ended_by: Literal["customer", "staff", "system"] | None = None
    called_back_at: Instant | None = None
    """When it was noted that she was called back."""
    customer_seat: Seat = Seat()
    staff_seat: Seat = Seat()
    card: CallCard | None = None
    shown: tuple[str, ...] = ()
    changes: tuple[Changed, ...] = ()
    said: tuple[Words, ...] = ()
    notes: Notes | None = None
    orders: tuple[Bought, ...] = ()
    rated: Rating | None = None

    @property
    def over(self) -> bool:
        return self.phase == "ended"

    @property
    def wants_callback(self) -> bool:
        """It is left to staff to call her back."""
        return self.cause == "callback" and self.called_back_at is None

    def seat(self, side: Side) -> Seat:
        return self.customer_seat if side == "customer" else self.staff_seat

    def change(self, offset: int) -> Changed | None:
        """The change that was asked for at an offset, as long as it is among the newest."""
        return next((one for one in self.changes if one.offset == offset), None)

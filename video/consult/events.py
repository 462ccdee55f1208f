"""Everything that can happen in a call, as its log records it.

What people typed and the names they go by lie beside the log. Nobody but the two of a call follows
its room; what is for staff alone, the customer of the call is not told.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from core.clock import Instant
from core.rooms.events import Event
from core.rooms.events import PersonMerged as PersonMerged
from core.rooms.events import TalkErased as TalkErased
from core.tools import Change

Side = Literal["customer", "staff"]
Phase = Literal["new", "waiting", "ringing", "invited", "talking", "ended"]
"""`new`: before its first event, which nobody sees."""
PassCause = Literal["declined", "timeout", "gone"]
"""Why a rep who was rung has not answered: she said no, said nothing, or closed her desk."""
EndCause = Literal["hung_up", "left", "lost", "callback", "chat", "declined", "unanswered"]
"""After talking `hung_up`; the customer `left` before; somebody's page was gone for too long
(`lost`); she wants a `callback`, or went to the `chat`; an invitation was `declined`, or came to
nothing (`unanswered`)."""


class About(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a customer was looking at when she asked, by ids."""

    show: str | None = None
    item: str | None = None
    product: str | None = None


class CallAsked(Event, frozen=True, kw_only=True):
    """A customer wants to talk, or a rep wants to talk to her. Content: her name, and what it is
    about. `wanted`: the rep it is meant for, who was booked or who invites."""

    TYPE = "call.asked"
    customer: str
    by: Side
    locale: str
    about: About | None = None
    topic: str | None = None
    booking: str | None = None
    wanted: str | None = None


class CallInvited(Event, frozen=True, kw_only=True):
    """`staff` asks the customer to talk, until `until`. Content: the rep's name."""

    TYPE = "call.invited"
    staff: str
    until: Instant


class CallRung(Event, frozen=True, kw_only=True):
    """It rings at `staff`, until `until`. Content: the rep's name."""

    TYPE = "call.rung"
    staff: str
    until: Instant


class CallUnanswered(Event, frozen=True, kw_only=True):
    """`staff` has not answered; the customer waits on."""

    TYPE = "call.unanswered"
    staff: str
    cause: PassCause


class CallAnswered(Event, frozen=True, kw_only=True):
    """They talk: `staff` picked up, or the customer accepted her invitation. Content: the rep's
    name."""

    TYPE = "call.answered"
    staff: str


class CallJoined(Event, frozen=True, kw_only=True):
    """A page took the side's seat; an older page of that side steps back."""

    TYPE = "call.joined"
    side: Side
    seat: str


class CallLeft(Event, frozen=True, kw_only=True):
    """The page that had the side's seat has gone away."""

    TYPE = "call.left"
    side: Side
    seat: str


class CardShown(Event, frozen=True, kw_only=True):
    """Both see this product now."""

    TYPE = "card.shown"
    product: str
    by: Side


class CardHidden(Event, frozen=True, kw_only=True):
    TYPE = "card.hidden"
    by: Side


class ChangeAsked(Event, frozen=True, kw_only=True):
    """The customer's cart is to be changed; `staff`: the rep who does it for her. Content: the name
    of who asked."""

    TYPE = "change.asked"
    change: Change
    by: Side
    staff: str | None = None


class ChangeMade(Event, frozen=True, kw_only=True):
    """The change that was asked for at `of` was made; with `code` it was not, and why."""

    TYPE = "change.made"
    of: int
    code: str | None = None


class ChangeUndoAsked(Event, frozen=True, kw_only=True):
    """Somebody wants the change that was asked for at `of` undone."""

    TYPE = "change.undo_asked"
    of: int
    by: Side


class ChangeUndone(Event, frozen=True, kw_only=True):
    """As `ChangeMade`, of its undoing."""

    TYPE = "change.undone"
    of: int
    code: str | None = None


class CallSaid(Event, frozen=True, kw_only=True, rename={"from_": "from"}):
    """Something was written during the call, for its two people alone. Content: text and name."""

    TYPE = "call.said"
    from_: Side
    by: str


class NoteWritten(Event, frozen=True, kw_only=True):
    """Among staff. Content: all of the rep's notes, in place of what they were."""

    TYPE = "note.written"
    staff: str


class OrderPlaced(Event, frozen=True, kw_only=True):
    """The customer bought something during the call."""

    TYPE = "order.placed"
    order: str
    number: str
    total: int
    currency: str


class CallEnded(Event, frozen=True, kw_only=True):
    """It is over. Content, where she wants to be called back: what about."""

    TYPE = "call.ended"
    cause: EndCause
    by: Literal["customer", "staff", "system"]


class CallbackDone(Event, frozen=True, kw_only=True):
    """`staff` has called her back, or found that nothing is left to do."""

    TYPE = "callback.done"
    staff: str


class CallRated(Event, frozen=True, kw_only=True):
    """What the customer thinks of it: 1 (bad) to 5 (good). Content: her words."""

    TYPE = "call.rated"
    score: int


EVENTS: dict[str, type[Event]] = {
    event.TYPE: event
    for event in (
        CallAsked, CallInvited, CallRung, CallUnanswered, CallAnswered, CallJoined, CallLeft,
        CardShown, CardHidden, ChangeAsked, ChangeMade, ChangeUndoAsked, ChangeUndone, CallSaid,
        NoteWritten, OrderPlaced, CallEnded, CallbackDone, CallRated, PersonMerged, TalkErased,
    )
}  # fmt: skip

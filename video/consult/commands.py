"""What people may ask of a call: validated where it comes in, then trusted.

`Act` is what a room is told: who asks, and for what.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from pydantic import AfterValidator, Field, StringConstraints

from core.clock import Instant
from core.ids import RequestId
from core.inputs import Input
from core.rooms.upkeep import EraseTalk as EraseTalk
from core.rooms.upkeep import Merge as Merge
from core.tools import Change as ShopChange
from video.consult.events import About as AboutEvent
from video.consult.events import PassCause, Side

TEXT_LENGTH = 2_000
NOTES_LENGTH = 4_000
ABOUT_LENGTH = 500


def _visible(text: str) -> str:
    if not text.strip():
        raise ValueError("nothing is written")
    return text


Call = Annotated[str, StringConstraints(pattern=r"^cll_[0-9A-Z]{26}$")]
SeatName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
"""Made by a page for itself, at random."""
Offset = Annotated[int, Field(ge=1, le=10**9)]
Product = Annotated[str, StringConstraints(pattern=r"^prd_[0-9A-Z]{26}$")]
Variant = Annotated[str, StringConstraints(pattern=r"^var_[0-9A-Z]{26}$")]
Text = Annotated[
    str, StringConstraints(min_length=1, max_length=TEXT_LENGTH), AfterValidator(_visible)
]
ShortText = Annotated[
    str, StringConstraints(min_length=1, max_length=ABOUT_LENGTH), AfterValidator(_visible)
]


class About(Input):
    show: Annotated[str, StringConstraints(pattern=r"^shw_[0-9A-Z]{26}$")] | None = None
    item: Annotated[str, StringConstraints(pattern=r"^i[0-9]{1,9}$")] | None = None
    product: Product | None = None

    def told(self) -> AboutEvent | None:
        """As events have it; None where nothing is named."""
        named = self.model_dump()
        return AboutEvent(**named) if any(named.values()) else None


# What both sides do


class Say(Input):
    type: Literal["say"]
    text: Text


class HangUp(Input):
    type: Literal["hang_up"]


class Change(Input):
    """Of the customer's cart."""

    type: Literal["change"]
    kind: Literal["cart.add", "cart.remove"]
    variant: Variant
    quantity: Annotated[int, Field(ge=1, le=20)]


class Undo(Input):
    """Of the change that was asked for at `offset`."""

    type: Literal["undo"]
    offset: Offset


class Show(Input):
    type: Literal["show"]
    product: Product


class Hide(Input):
    type: Literal["hide"]


class Decline(Input):
    """Of a customer: the invitation. Of a rep: the ring."""

    type: Literal["decline"]


# What customers do


class Leave(Input):
    """She waits no more."""

    type: Literal["leave"]


class Callback(Input):
    """She waits no more, and wants to be called back."""

    type: Literal["callback"]
    text: ShortText | None = None


class Chat(Input):
    """She waits no more, and writes instead."""

    type: Literal["chat"]


class Accept(Input):
    """The invitation."""

    type: Literal["accept"]


class Rate(Input):
    type: Literal["rate"]
    score: Annotated[int, Field(ge=1, le=5)]
    text: Text | None = None


# What reps do


class Answer(Input):
    type: Literal["answer"]


class Note(Input):
    """All of her notes; an empty text clears them."""

    type: Literal["note"]
    text: Annotated[str, StringConstraints(max_length=NOTES_LENGTH)]


class CalledBack(Input):
    type: Literal["called_back"] = "called_back"


Do = Annotated[
    Say | HangUp | Change | Undo | Show | Hide | Decline | Leave | Callback | Chat | Accept | Rate
    | Answer | Note | CalledBack,
    Field(discriminator="type"),
]  # fmt: skip


# The frames they come in


class SendSit(Input):
    request_id: RequestId
    seat: SeatName


class SendDo(Input):
    request_id: RequestId
    do: Do


# What the service itself asks


@dataclass(frozen=True, slots=True)
class Ask:
    """A customer wants to talk: the first thing in a room. `wanted`: the rep she has booked."""

    customer: str
    locale: str
    about: AboutEvent | None = None
    topic: str | None = None
    text: str | None = None
    booking: str | None = None
    wanted: str | None = None


@dataclass(frozen=True, slots=True)
class Invite:
    """The rep who does this wants to talk to `customer`, whom staff know as `name`: the first thing
    in a room. It holds for `ms`."""

    customer: str
    name: str | None
    locale: str
    ms: int
    about: AboutEvent | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Ring:
    """Let it ring for `ms` at `staff`, who goes by `name`, if the customer waits."""

    staff: str
    name: str
    ms: int


@dataclass(frozen=True, slots=True)
class Passed:
    """It has rung at `staff` long enough, if it still does."""

    staff: str
    cause: PassCause


@dataclass(frozen=True, slots=True)
class Answering:
    """`Answer` with the name that the rep goes by; `elsewhere`: she is in another call already."""

    name: str
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The customer is called elsewhere: she waits no more, if she still does."""


@dataclass(frozen=True, slots=True)
class Sit:
    """`SendSit`: the page `seat` is where this side is from now on."""

    seat: str


@dataclass(frozen=True, slots=True)
class Left:
    """The page `seat` has gone away. `joined`: the event by which its socket had come; where
    another came since, under whatever name, nobody has left."""

    side: Side
    seat: str
    joined: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """`Show` of a product that exists."""

    product: str


@dataclass(frozen=True, slots=True)
class DoChange:
    """`Change` by the name that customers know."""

    change: ShopChange


@dataclass(frozen=True, slots=True)
class Became:
    """What became of the change that was asked for at `of`, or of its undoing."""

    of: int
    undone: bool
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Ordered:
    """The customer bought something, at `placed_at`; None: now. What she bought during the call is
    heard of a little later."""

    order: str
    number: str
    total: int
    currency: str
    placed_at: Instant | None = None


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How long things may take, in ms: a ring, an invitation, and the way back of a customer who
    waits (`grace_ms`) or of either of two who talk (`talk_grace_ms`)."""

    ring_ms: int = 20_000
    invite_ms: int = 5 * 60_000
    grace_ms: int = 60_000
    talk_grace_ms: int = 90_000


class Actor(msgspec.Struct, frozen=True):
    """Who asks. `ids` are all ids that count as hers."""

    id: str
    name: str
    side: Side
    ids: frozenset[str] = frozenset()


SYSTEM = Actor("system", "", "staff", frozenset({"system"}))
"""The service itself."""


class Act(msgspec.Struct, frozen=True):
    by: Actor
    do: Any

"""What people may ask of a conversation: validated where it comes in, then trusted.

`Act` is what a room is told: who asks, and for what.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field, StringConstraints, field_validator, model_validator

from chat.events import Side
from core.clock import Instant
from core.ids import RequestId
from core.inputs import Input

MESSAGE_LENGTH = 2_000
TAGS = 10

Conversation = Annotated[str, StringConstraints(pattern=r"^cnv_[0-9A-Z]{26}$")]
Staff = Annotated[str, StringConstraints(pattern=r"^stf_[0-9A-Z]{26}$")]
Offset = Annotated[int, Field(ge=1, le=10**9)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=MESSAGE_LENGTH)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]


class About(Input):
    show: Annotated[str, StringConstraints(pattern=r"^shw_[0-9A-Z]{26}$")] | None = None
    item: Annotated[str, StringConstraints(pattern=r"^i[0-9]{1,9}$")] | None = None
    product: Annotated[str, StringConstraints(pattern=r"^prd_[0-9A-Z]{26}$")] | None = None


class Say(Input):
    """Something written, a product that is shown, or both."""

    text: Words | None = None
    product: Annotated[str, StringConstraints(pattern=r"^prd_[0-9A-Z]{26}$")] | None = None
    about: About | None = None

    @field_validator("text")
    @classmethod
    def _visible(cls, text: str | None) -> str | None:
        if text is not None and not text.strip():
            raise ValueError("nothing is written")
        return text

    @model_validator(mode="after")
    def _something(self) -> Say:
        if self.text is None and self.product is None:
            raise ValueError("nothing is said")
        return self


class Read(Input):
    upto: Offset


class Rate(Input):
    score: Annotated[int, Field(ge=1, le=5)]
    text: Words | None = None


# What reps do


class Take(Input):
    """`from` is who has it as far as the rep sees; None for nobody."""

    type: Literal["take"]
    from_: Annotated[Staff | None, Field(alias="from")] = None


class Transfer(Input):
    """To a colleague, or back to those who wait."""

    type: Literal["transfer"]
    to: Staff | None = None


class Resolve(Input):
    type: Literal["resolve"]


class Note(Input):
    type: Literal["note"]
    text: Words


class SetTags(Input):
    type: Literal["tag"]
    tags: Annotated[list[Tag], Field(max_length=TAGS)]


Do = Annotated[Take | Transfer | Resolve | Note | SetTags, Field(discriminator="type")]


# The frames they come in


class SendSay(Say):
    request_id: RequestId


class SendRead(Read):
    request_id: RequestId


class SendRate(Rate):
    request_id: RequestId


class SendAct(Input):
    request_id: RequestId
    do: Do


# What the service itself asks


@dataclass(frozen=True, slots=True)
class Create:
    customer: str


@dataclass(frozen=True, slots=True)
class Said:
    """`Say` with what the service knows of the time: see `events.MessageSent`."""

    say: Say
    answer_by: Instant | None = None
    idle_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What to tell the customer of the round: when somebody is there again (None: now), and her
    place among those who wait, from 1."""

    round: int
    opens_at: Instant | None
    place: int


@dataclass(frozen=True, slots=True)
class Taking:
    """`Take` with the time until which who takes it may leave a question unanswered."""

    take: Take
    answer_by: Instant | None = None


@dataclass(frozen=True, slots=True)
class HandTo:
    """`Transfer` with the name by which the colleague goes, and her time for an answer."""

    to: str
    name: str
    answer_by: Instant | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    from_: str
    to: str


@dataclass(frozen=True, slots=True)
class EraseTalk:
    """Blank what `person` typed for good; with None, what everybody did."""

    person: str | None


class Actor(msgspec.Struct, frozen=True):
    """Who asks. `ids` are all ids that count as hers; `leads`: she may act on what others have."""

    id: str
    name: str
    side: Side
    ids: frozenset[str] = frozenset()
    leads: bool = False


SYSTEM = Actor("system", "", "staff", frozenset({"system"}), leads=True)
"""The service itself."""


class Act(msgspec.Struct, frozen=True):
    by: Actor
    do: Any

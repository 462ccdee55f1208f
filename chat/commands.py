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
from core.locales import Locale
from core.rooms.upkeep import EraseTalk as EraseTalk
from core.rooms.upkeep import Merge as Merge
from core.tools import Button, Card, HandoverReason
from core.tools import Change as ShopChange

MESSAGE_LENGTH = 2_000
TAGS = 10
PRODUCTS = 5
"""That one message shows."""

Conversation = Annotated[str, StringConstraints(pattern=r"^cnv_[0-9A-Z]{26}$")]
Staff = Annotated[str, StringConstraints(pattern=r"^stf_[0-9A-Z]{26}$")]
Offset = Annotated[int, Field(ge=1, le=10**9)]
Product = Annotated[str, StringConstraints(pattern=r"^prd_[0-9A-Z]{26}$")]
Order = Annotated[str, StringConstraints(pattern=r"^ord_[0-9A-Z]{26}$")]
Picture = Annotated[str, StringConstraints(pattern=r"^pic_[0-9A-Z]{26}$")]
Variant = Annotated[str, StringConstraints(pattern=r"^var_[0-9A-Z]{26}$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=MESSAGE_LENGTH)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]


class About(Input):
    show: Annotated[str, StringConstraints(pattern=r"^shw_[0-9A-Z]{26}$")] | None = None
    item: Annotated[str, StringConstraints(pattern=r"^i[0-9]{1,9}$")] | None = None
    product: Product | None = None


class Drafted(Input):
    """Of the bot's draft to her messages up to `upto`, what it would show but for goods, by ids."""

    upto: Offset
    cards: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=80)]],
        Field(min_length=1, max_length=PRODUCTS),
    ]


class Say(Input):
    """Something written, something that is shown, or both; `products` and what a rep takes over of
    what the bot `drafted` go with either."""

    text: Words | None = None
    product: Product | None = None
    products: Annotated[list[Product], Field(max_length=PRODUCTS)] = Field(default_factory=list)
    order: Order | None = None
    picture: Picture | None = None
    drafted: Drafted | None = None
    about: About | None = None
    locale: Locale | None = None
    """In which a customer's page speaks to her."""

    @field_validator("text")
    @classmethod
    def _visible(cls, text: str | None) -> str | None:
        if text is not None and not text.strip():
            raise ValueError("nothing is written")
        return text

    @model_validator(mode="after")
    def _something(self) -> Say:
        shown = [one for one in (self.product, self.order, self.picture) if one is not None]
        if self.text is None and not shown and not self.products and self.drafted is None:
            raise ValueError("nothing is said")
        if len(shown) > 1:
            raise ValueError("one thing is shown at a time")
        return self


class Press(Input):
    """The button `key` of the message at `offset`."""

    offset: Offset
    key: Annotated[str, StringConstraints(min_length=1, max_length=20)]


class Undo(Input):
    """Of the change that was asked for at `offset`."""

    offset: Offset


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


class PutInCart(Input):
    """For the customer, who may undo it."""

    type: Literal["cart"]
    variant: Variant
    quantity: Annotated[int, Field(ge=1, le=20)]


Do = Annotated[Take | Transfer | Resolve | Note | SetTags | PutInCart, Field(discriminator="type")]


# The frames they come in


class SendSay(Say):
    request_id: RequestId


class SendPress(Press):
    request_id: RequestId


class SendUndo(Undo):
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
    """`Say` with what the service knows: what is shown, the time (see `events.MessageSent`), and
    whether the bot is there to answer a new round."""

    say: Say
    cards: tuple[Card, ...] = ()
    answer_by: Instant | None = None
    idle_at: Instant | None = None
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Pressing:
    """`Press` with what `Said` has."""

    press: Press
    answer_by: Instant | None = None
    bot: bool = False


@dataclass(frozen=True, slots=True)
class BotSays:
    """What the bot answers to her messages up to `upto` of a round; with `confirm`, she said yes to
    what was proposed. `handover` leaves it to people, from `callback_at` where nobody is there.
    What it is not `sure` of is no draft for anybody.
    """

    round: int
    upto: int
    text: str
    intent: str
    locale: str
    sure: bool = True
    cards: tuple[Card, ...] = ()
    buttons: tuple[Button, ...] = ()
    proposal: ShopChange | None = None
    expires_at: Instant | None = None
    confirm: bool = False
    handover: HandoverReason | None = None
    callback_at: Instant | None = None
    idle_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class BotLeaves:
    """There is no bot any more, or it cannot answer: people go on with the round."""

    round: int
    cause: Literal["off", "failed"]


@dataclass(frozen=True, slots=True)
class DoFor:
    """A rep changes something for the customer."""

    change: ShopChange


@dataclass(frozen=True, slots=True)
class Became:
    """What became of the change that was asked for at `of`, or of its undoing."""

    of: int
    undone: bool
    code: str | None = None


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
class Assign:
    """Give the round, while it waits, to `staff`, with her name and her time for an answer."""

    round: int
    staff: str
    name: str
    answer_by: Instant | None = None


@dataclass(frozen=True, slots=True)
class Give:
    """To `staff`, who talks with the customer elsewhere: all but what a colleague has."""

    staff: str
    name: str
    answer_by: Instant | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Show `card` without a word of anybody; see `events.CardPosted`."""

    card: Card
    unread: bool
    idle_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class EraseOld:
    """Blank what everybody typed, where the talk is over and nobody has said more since then."""

    before: Instant


@dataclass(frozen=True, slots=True)
class HandTo:
    """`Transfer` with the name by which the colleague goes, and her time for an answer."""

    to: str
    name: str
    answer_by: Instant | None = None


class Actor(msgspec.Struct, frozen=True):
    """Who asks. `ids` are all ids that count as hers; `leads`: she may act on what others have."""

    id: str
    name: str
    side: Side
    ids: frozenset[str] = frozenset()
    leads: bool = False


BOT = Actor("bot", "", "staff", frozenset({"bot"}))
SYSTEM = Actor("system", "", "staff", frozenset({"system"}), leads=True)
"""The service itself."""


class Act(msgspec.Struct, frozen=True):
    by: Actor
    do: Any

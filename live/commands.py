"""What people, and the shop, may ask of a show: validated where it comes in, then trusted.

`Act` is what a room is told: who asks, and for what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field, StringConstraints, field_validator

from core.clock import Instant
from core.ids import RequestId
from core.inputs import Input
from core.money import MAX_MINOR
from core.rooms.upkeep import EraseTalk as EraseTalk
from core.rooms.upkeep import Merge as Merge
from live import plus_one
from live.events import Granted, PictureState, Role

COMMENT_LENGTH = 500
ITEMS = 200
VARIANTS = 60
PIECES = 1_000_000

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
ItemId = Annotated[str, StringConstraints(pattern=r"^i[0-9]{1,9}$")]
Key = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=12)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
Held = Annotated[str, StringConstraints(pattern=r"^shw_[0-9A-Z]{26}\.[0-9]{1,9}$")]
PersonId = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,4}_[0-9A-Z]{26}$")]
Offset = Annotated[int, Field(ge=1, le=10**9)]
Tier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$")]
EarlyS = Annotated[int, Field(ge=1, le=3_600)]
Minor = Annotated[int, Field(ge=0, le=MAX_MINOR)]
Pieces = Annotated[int, Field(ge=1, le=PIECES)]
When = Annotated[int, Field(ge=0, le=10**14)]


# What viewers ask


class Comment(Input):
    text: Annotated[str, StringConstraints(min_length=1, max_length=COMMENT_LENGTH)]

    @field_validator("text")
    @classmethod
    def _something(cls, text: str) -> str:
        if not text.strip() or "\0" in text:
            raise ValueError("an empty comment")
        return text


class Claim(Input):
    """The +1 button, and the chips that correct a comment."""

    item: ItemId
    variant: Key | None = None
    quantity: Annotated[int, Field(ge=1, le=9_999)]
    action: Literal["add", "wait"] = "add"


class GiveBack(Input):
    """Give back a claim, or leave the waiting list; all of it, or `quantity` pieces."""

    claim: Held | None = None
    wait: Held | None = None
    quantity: Annotated[int, Field(ge=1, le=9_999)] | None = None


# What the host asks


class GoLive(Input):
    type: Literal["show.go_live"]


class End(Input):
    type: Literal["show.end"]


class ChangeShow(Input):
    """New values of what is given. A `tier` of "" lets everyone in again."""

    type: Literal["show.change"]
    title: Title | None = None
    host_name: Title | None = None
    starts_at: When | None = None
    replay_sells: bool | None = None
    tier: Tier | Literal[""] | None = None


class NewVariant(Input):
    variant_id: PersonId
    key: Key | None = None
    title: Annotated[str, StringConstraints(max_length=80)] = ""
    words: Annotated[list[Annotated[list[Word], Field(max_length=20)]], Field(max_length=5)] = (
        Field(default_factory=list)
    )
    allotment: Annotated[int, Field(ge=0, le=PIECES)]


class AddItem(Input):
    type: Literal["item.add"]
    product: PersonId
    code: Code
    title: Title | None = None
    price: Minor
    compare_at: Minor | None = None
    limit: Annotated[int, Field(ge=1, le=9_999)] | None = None
    verified_only: bool = False
    hold_s: Annotated[int, Field(ge=60, le=7 * 86_400)] = 1_800
    waiting_list: bool = True
    countdown_s: Annotated[int, Field(ge=5, le=86_400)] | None = None
    tier: Tier | None = None
    early_s: EarlyS | None = None
    variants: Annotated[list[NewVariant], Field(min_length=1, max_length=VARIANTS)]


class ChangeItem(Input):
    """New values of those fields that are given.

    None takes a limit, a former price, or what is for members away.
    """

    type: Literal["item.change"]
    item: ItemId
    title: Title | None = None
    price: Minor | None = None
    compare_at: Minor | None = None
    limit: Annotated[int, Field(ge=1, le=9_999)] | None = None
    verified_only: bool | None = None
    hold_s: Annotated[int, Field(ge=60, le=7 * 86_400)] | None = None
    tier: Tier | None = None
    early_s: EarlyS | None = None


class Allot(Input):
    type: Literal["item.allot"]
    item: ItemId
    variant: Key | None = None
    allotment: Annotated[int, Field(ge=0, le=PIECES)]


class OpenItem(Input):
    type: Literal["item.open"]
    item: ItemId
    countdown_s: Annotated[int, Field(ge=5, le=86_400)] | None = None


class CloseItem(Input):
    type: Literal["item.close"]
    item: ItemId


class MoveItem(Input):
    type: Literal["item.move"]
    item: ItemId
    before: ItemId | None = None


class RemoveItem(Input):
    type: Literal["item.remove"]
    item: ItemId


class PinItem(Input):
    type: Literal["item.pin"]
    item: ItemId | None = None


class Countdown(Input):
    type: Literal["item.countdown"]
    item: ItemId
    until: When | None = None


class OpenGift(Input):
    """A give-away: the first `most` who write the keyword and nothing else get the coupon.

    `guests` may win too: one who says another name counts as another.
    """

    type: Literal["gift.open"]
    keyword: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    coupon: PersonId
    title: Title | None = None
    most: Annotated[int, Field(ge=1, le=10_000)]
    guests: bool = False


class CloseGift(Input):
    type: Literal["gift.close"]


Run = Annotated[
    GoLive | End | ChangeShow | AddItem | ChangeItem | Allot | OpenItem | CloseItem | MoveItem
    | RemoveItem | PinItem | Countdown | OpenGift | CloseGift,
    Field(discriminator="type"),
]  # fmt: skip


# What moderators ask


class HideComment(Input):
    type: Literal["comment.hide"]
    comment: Offset


class RestoreComment(Input):
    type: Literal["comment.restore"]
    comment: Offset


class PinComment(Input):
    type: Literal["comment.pin"]
    comment: Offset | None = None


class Mute(Input):
    type: Literal["person.mute"]
    person: PersonId
    seconds: Annotated[int, Field(ge=1, le=30 * 86_400)] | None = None


class Unmute(Input):
    type: Literal["person.unmute"]
    person: PersonId


class Block(Input):
    type: Literal["person.block"]
    person: PersonId


class Unblock(Input):
    type: Literal["person.unblock"]
    person: PersonId


class SlowMode(Input):
    type: Literal["slow_mode.set"]
    seconds: Annotated[int, Field(ge=0, le=3_600)]


class SetWords(Input):
    type: Literal["words.set"]
    words: Annotated[list[Word], Field(max_length=200)]


class Announce(Input):
    type: Literal["announce"]
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = None


class AddClaim(Input):
    """Claim for a viewer by hand, as she would have."""

    type: Literal["claim.add"]
    person: PersonId
    item: ItemId
    variant: Key | None = None
    quantity: Annotated[int, Field(ge=1, le=9_999)]


class ChangeClaim(Input):
    type: Literal["claim.change"]
    claim: Held
    quantity: Annotated[int, Field(ge=1, le=9_999)]


class CancelClaim(Input):
    type: Literal["claim.cancel"]
    claim: Held


class CancelWait(Input):
    type: Literal["wait.cancel"]
    wait: Held


Moderate = Annotated[
    HideComment | RestoreComment | PinComment | Mute | Unmute | Block | Unblock | SlowMode
    | SetWords | Announce | AddClaim | ChangeClaim | CancelClaim | CancelWait,
    Field(discriminator="type"),
]  # fmt: skip


# The frames they come in


class SendComment(Comment):
    request_id: RequestId


class SendClaim(Claim):
    request_id: RequestId


class SendGiveBack(GiveBack):
    request_id: RequestId


class SendRun(Input):
    request_id: RequestId
    do: Run


class SendModerate(Input):
    request_id: RequestId
    do: Moderate


# What the service itself asks, on behalf of the shop, the sign-in, and the clock


@dataclass(frozen=True, slots=True)
class Create:
    title: str
    currency: str
    host_name: str
    poster: str | None
    starts_at: Instant | None
    rules: Any
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class NewItem:
    """`AddItem` with what the shop says of the product."""

    do: AddItem
    title: str
    picture: str | None
    variant_titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewGift:
    """`OpenGift` with what the coupon is called; None where there is none to give."""

    do: OpenGift
    coupon_title: str | None


@dataclass(frozen=True, slots=True)
class Ask:
    """Put on record that the shop will be asked for what is missing to `wanted` pieces in all.

    `wanted` is by the keys of the item's variants. Where the shop still owes an answer, as after a
    crash, that question stands and is asked again.
    """

    item: str
    wanted: Mapping[str | None, int]


@dataclass(frozen=True, slots=True)
class Place:
    """The shop's answers: `grant` is how often it had answered for the variant before."""

    item: str
    answers: tuple[tuple[int, Granted], ...]


@dataclass(frozen=True, slots=True)
class BeginPayment:
    order: str
    claims: tuple[str, ...]
    until: Instant


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    order: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderReleased:
    order: str
    claims: tuple[str, ...]
    cause: Literal["failed", "lapsed"]


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    order: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleViewers:
    count: int


@dataclass(frozen=True, slots=True)
class ShowPicture:
    state: PictureState


class Read(msgspec.Struct, frozen=True):
    """A comment with what the grammar made of it under `vocabulary`, done before its turn.

    Both are None where the show was not in memory yet; then its turn reads it.
    """

    comment: Comment
    vocabulary: plus_one.Vocabulary | None = None
    parsed: plus_one.Parsed | None = None


class Actor(msgspec.Struct, frozen=True):
    """Who asks. `id` is a customer's or a member of staff's, `name` is what others see.

    `ids` are all ids that count as hers, her own included. `verified`: she has shown that an
    e-mail address is hers. `tiers`: keys and names of the tiers that she has, or may give (staff:
    all), as the shop's ledger has it in the very transaction; empty where nobody asks for it.
    """

    id: str
    name: str
    role: Role = "viewer"
    ids: frozenset[str] = frozenset()
    verified: bool = False
    tiers: tuple[tuple[str, str], ...] = ()

    def tier_name(self, key: str) -> str | None:
        """What a tier that she has is called; None for one that she has not."""
        return next((name for own, name in self.tiers if own == key), None)

    @property
    def is_staff(self) -> bool:
        return self.role != "viewer"


SYSTEM = Actor("system", "", "host", frozenset({"system"}))
"""The service itself."""


class Act(msgspec.Struct, frozen=True):
    by: Actor
    do: Any

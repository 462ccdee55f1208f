"""What a show is, between two events: one immutable value.

Maps are `immutables.Map` (hash tries that share what did not change), so that a batch can work on
a draft while readers keep the committed state, at the price of a few microseconds an event.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec
from immutables import Map

from core.clock import Instant
from live import plus_one
from live.deadlines import Deadlines
from live.events import (
    ClaimRefused,
    CommentUnread,
    Item,
    PictureState,
    Role,
    Rules,
    ShowStatus,
    Variant,
)
from live.recent import Recent

COMMENTS = 100
"""Comments that a newcomer sees."""
RECORDS = 200
"""Claims and refusals that staff see."""
REFUSALS = 20
"""Refusals, and unread comments, that their writer sees again."""
WINS = 20
"""Of one person, that she sees again."""
WINNERS = 200
"""That staff see."""
SAMPLES = 720
"""Samples of the viewer count kept for the curve: two hours of one every 10 seconds."""

Slot = tuple[str, str | None]
"""An item's id and a variant's key."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What came of a claim in a comment. `later` is what became of it since.

    A place in the waiting list gets the `claim` too that was last made of it.
    """

    kind: str
    item: str
    variant: str | None
    quantity: int
    claim: str | None = None
    wait: str | None = None
    place: int | None = None
    later: str | None = None


class Comment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    offset: int
    at_ms: Instant
    by: str
    role: Role
    name: str | None
    text: str | None
    hidden: bool = False
    """Not to be shown: a moderator hid it, or what was typed was erased."""
    restored: int | None = None
    """The newest event that gave it back after it was hidden."""
    outcomes: tuple[Outcome, ...] = ()


class Claim(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Pieces granted to one person. `until` is the deadline of a hold or of a payment."""

    id: str
    offset: int
    at_ms: Instant
    by: str
    name: str | None
    item: str
    variant: str | None
    quantity: int
    price: int
    state: Literal["held", "paying", "sold"]
    until: Instant
    comment: int | None
    order: str | None = None
    hold_until: Instant = 0
    """The deadline of the hold, which comes back when a payment fails."""
    extended: bool = False
    """A failed payment has lengthened the hold once."""


class Wait(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A place in the waiting list, for `quantity` pieces still missing."""

    id: str
    offset: int
    at_ms: Instant
    by: str
    name: str | None
    item: str
    variant: str | None
    quantity: int
    comment: int | None


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line of the studio's list of claims."""

    kind: str
    offset: int
    at_ms: Instant
    by: str
    name: str | None
    item: str | None = None
    variant: str | None = None
    quantity: int | None = None
    claim: str | None = None
    wait: str | None = None
    reason: str | None = None
    comment: int | None = None
    typed: str | None = None
    """The comment that led to this, if it could still be read then; hidden with it."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A claim that was refused, as its writer was told."""

    offset: int
    at_ms: Instant
    event: ClaimRefused


class Unread(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A comment with pieces that became no claim, as its writer was told.

    `typed` has the pieces, a line for each; None where there are none, or they were erased.
    """

    offset: int
    at_ms: Instant
    event: CommentUnread
    typed: str | None


class Gift(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A give-away that is open. `won` is how many have won so far."""

    id: str
    keyword: str
    coupon: str
    title: str
    most: int
    guests: bool = True
    won: int = 0


class Win(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one person has won; she was the `number`th."""

    gift: str
    coupon: str
    title: str
    number: int
    offset: int


class Winner(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line of the studio's list of who won."""

    gift: str
    title: str
    by: str
    name: str | None
    number: int
    at_ms: Instant


class Standing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What moderation decided about one person. `muted_until`: 0 not muted, None without end."""

    name: str | None = None
    muted_until: Instant | None = 0
    blocked: bool = False


class Totals(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Sums over the show; pieces, and minor units at each claim's own price."""

    claims: int = 0
    held: int = 0
    held_minor: int = 0
    sold: int = 0
    sold_minor: int = 0
    expired: int = 0
    waiting: int = 0
    viewers: int = 0
    viewers_peak: int = 0


class Show(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one show."""

    id: str
    title: str = ""
    currency: str = "TWD"
    host_name: str = ""
    poster: str | None = None
    status: ShowStatus = "draft"
    starts_at: Instant | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    rules: Rules = Rules()
    picture: PictureState = "off"
    replay_sells: bool = True
    """What the shop still has of the items may be ordered from the replay."""
    tier: str | None = None
    """A members' show: for those who have this tier."""
    tier_name: str | None = None

    items: Map[str, Item] = Map()
    order: tuple[str, ...] = ()
    menu: tuple[plus_one.Item, ...] = ()
    """What the grammar knows of the items; the same object until an item changes in that."""
    asked: Map[Slot, int] = Map()
    """Pieces that the shop was asked for and has not answered yet."""
    grants: Map[Slot, int] = Map()
    """How often the shop has answered; names the next asking."""
    places: Map[Slot, str] = Map()
    """Where the shop keeps what it granted."""
    pinned_item: str | None = None

    claims: Map[str, Claim] = Map()
    waits: Map[str, Wait] = Map()
    queues: Map[Slot, tuple[str, ...]] = Map()
    taken: Map[tuple[str, str], int] = Map()
    """Pieces that count toward a limit, by person and item: held, in payment, sold, waiting."""
    claims_of: Map[str, tuple[str, ...]] = Map()
    waits_of: Map[str, tuple[str, ...]] = Map()
    deadlines: Deadlines | None = None

    said: Recent[int] = Recent(COMMENTS)
    """Offsets of the comments that a newcomer sees."""
    comments: Map[int, Comment] = Map()
    """By offset; a few that have left the list may still be among them."""
    pinned_comment: Comment | None = None
    announcement: tuple[int, str] | None = None
    spoke: Map[str, Instant] = Map()
    standings: Map[str, Standing] = Map()
    merged: Map[str, str] = Map()
    """Ids under which somebody was known before, and the one that stays."""
    slow_mode_s: int = 0
    words: tuple[str, ...] = ()
    records: Recent[Record] = Recent(RECORDS)
    refusals: Map[str, tuple[Refusal, ...]] = Map()
    unread: Map[str, tuple[Unread, ...]] = Map()
    gift: Gift | None = None
    gift_won: Map[str, int] = Map()
    """Who has won the give-away that is open."""
    gift_refused: Map[str, str] = Map()
    """By person, the last give-away of which she was told that she cannot win it as she is."""
    wins: Map[str, tuple[Win, ...]] = Map()
    winners: Recent[Winner] = Recent(WINNERS)
    totals: Totals = Totals()
    samples: tuple[tuple[Instant, int], ...] = ()

    def run_down(self) -> Iterator[Item]:
        """The items in their order."""
        return (self.items[item_id] for item_id in self.order)

    def comment(self, offset: int | None) -> Comment | None:
        """The comment of this offset; None if it is not among those that a newcomer sees."""
        if offset is None or (oldest := self.said.oldest) is None or offset < oldest:
            return None
        return self.comments.get(offset)

    def latest_comments(self) -> list[Comment]:
        """The comments that a newcomer sees, oldest first."""
        return [self.comments[offset] for offset in self.said]

    def known_as(self, person: str) -> str:
        """The id under which what `person` has is kept."""
        return self.merged.get(person, person)


def menu_of(show: Show) -> tuple[plus_one.Item, ...]:
    """The items as the grammar reads them."""
    return tuple(
        plus_one.Item(
            code=item.code,
            open=item.status == "open",
            variants=tuple(
                plus_one.Variant(key=variant.key, words=variant.words)
                for variant in item.variants
                if variant.key is not None
            ),
        )
        for item in show.run_down()
    )


def rules_of(show: Show) -> plus_one.Rules:
    """How the grammar reads the show's comments."""
    rules = show.rules
    return plus_one.Rules(
        strictness=rules.strictness, max_quantity=rules.max_quantity, repeat=rules.repeat
    )


def variant_of(item: Item, key: str | None) -> Variant | None:
    """The variant that `key` names in `item`."""
    return next((variant for variant in item.variants if variant.key == key), None)

"""Everything that can happen in a show, as its log records it.

Offsets of comments are their names; a claim's or wait's id is the show's id, a dot, and the offset
of the event that made it. Amounts are minor units of the show's currency.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from core.clock import Instant
from core.rooms.events import Event
from core.rooms.events import PersonMerged as PersonMerged
from core.rooms.events import TalkErased as TalkErased

ShowStatus = Literal["draft", "scheduled", "live", "ended"]
ItemStatus = Literal["ready", "open", "closed"]
Cause = Literal["cancelled", "expired", "staff", "lapsed", "order_cancelled", "closed"]
Role = Literal["viewer", "host", "moderator"]
PictureState = Literal["off", "on", "away"]


class Variant(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is sold: an item's one choice, or the item itself where `key` is None.

    `planned` pieces will be asked of the shop when the item opens; `allotment` is what it granted;
    `held` (in payment included), `sold` and `waiting` are pieces.
    """

    key: str | None
    title: str
    words: tuple[tuple[str, ...], ...]
    variant_id: str
    planned: int
    allotment: int = 0
    held: int = 0
    sold: int = 0
    waiting: int = 0

    @property
    def free(self) -> int:
        """Pieces that nobody holds, has bought, or was promised."""
        return self.allotment - self.held - self.sold


class Item(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line of the run-down. `limit` is pieces per customer, None for no limit.

    `verified_only`: for customers whose e-mail address is known to be theirs, not for guests.
    `tier`: for members of that tier and of those above it alone; with `early_s` only for so many
    seconds after it opens. `tier_name` is what the tier was called when that was decided.
    """

    id: str
    code: str
    title: str
    picture: str | None
    product: str
    status: ItemStatus = "ready"
    price: int
    compare_at: int | None = None
    limit: int | None = None
    verified_only: bool = False
    hold_s: int
    waiting_list: bool = True
    countdown_s: int | None = None
    countdown_until: Instant | None = None
    opened_at: Instant | None = None
    tier: str | None = None
    tier_name: str | None = None
    early_s: int | None = None
    variants: tuple[Variant, ...]


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How comments are read in this show."""

    strictness: Literal["exact", "contains"] = "exact"
    max_quantity: int = 99
    repeat: Literal["add", "replace"] = "add"


class Rejected(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A piece of a comment that was meant as a claim and is none, with what might be meant.

    The piece itself was typed by a person, so it lies beside the log; see `CommentUnread`.
    """

    reason: str
    item: str | None = None
    code: str | None = None
    quantity: int | None = None
    nearest: tuple[Suggestion, ...] = ()


class Suggestion(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    item: str
    code: str
    variant: str | None = None


class Pieces(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """So many pieces of one variant of an item."""

    variant: str | None
    quantity: int


class Granted(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the shop granted when it was asked for one variant, and where it keeps that."""

    variant: str | None
    quantity: int
    place: str


# The show


class ShowCreated(Event, frozen=True, kw_only=True):
    TYPE = "show.created"
    title: str
    currency: str
    host_name: str
    poster: str | None
    starts_at: Instant | None
    rules: Rules
    tier: str | None = None
    tier_name: str | None = None
    staff: str


class ShowChanged(Event, frozen=True, kw_only=True):
    """None: as it was. A `tier` of "" makes a members' show one for everyone again."""

    TYPE = "show.changed"
    title: str | None = None
    host_name: str | None = None
    starts_at: Instant | None = None
    replay_sells: bool | None = None
    tier: str | None = None
    tier_name: str | None = None
    staff: str

    def shuts(self) -> bool:
        return bool(self.tier)


class ShowLive(Event, frozen=True, kw_only=True):
    TYPE = "show.live"
    staff: str


class ShowEnded(Event, frozen=True, kw_only=True):
    TYPE = "show.ended"
    staff: str


class ViewersSampled(Event, frozen=True, kw_only=True):
    TYPE = "viewers.sampled"
    count: int


class PictureChanged(Event, frozen=True, kw_only=True):
    """`away`: the sender's line broke, and she is waited for."""

    TYPE = "picture.changed"
    state: PictureState


# The run-down


class ItemAdded(Event, frozen=True, kw_only=True):
    TYPE = "item.added"
    item: Item
    staff: str


class ItemChanged(Event, frozen=True, kw_only=True):
    """New values of those fields that are named in `changed`."""

    TYPE = "item.changed"
    item: str
    changed: tuple[str, ...]
    title: str | None = None
    price: int | None = None
    compare_at: int | None = None
    limit: int | None = None
    verified_only: bool | None = None
    hold_s: int | None = None
    tier: str | None = None
    tier_name: str | None = None
    early_s: int | None = None
    staff: str


class ItemsMoved(Event, frozen=True, kw_only=True):
    TYPE = "item.moved"
    items: tuple[str, ...]
    staff: str


class ItemRemoved(Event, frozen=True, kw_only=True):
    TYPE = "item.removed"
    item: str
    staff: str


class ItemOpened(Event, frozen=True, kw_only=True):
    """`allotments`: what each variant has in all now, in the order of the item's variants."""

    TYPE = "item.opened"
    item: str
    allotments: tuple[int, ...]
    countdown_until: Instant | None
    staff: str


class ItemClosed(Event, frozen=True, kw_only=True):
    TYPE = "item.closed"
    item: str
    staff: str | None
    """None: its countdown ran out, or the show ended."""


class ItemAllotted(Event, frozen=True, kw_only=True):
    """The allotment is now `allotment`; `back` pieces of it go back to the shop.

    `planned` is what it is to be in all, and what the shop will be asked for when the item opens.
    """

    TYPE = "item.allotted"
    item: str
    variant: str | None
    allotment: int
    planned: int
    back: int = 0
    staff: str | None


class ItemAsked(Event, frozen=True, kw_only=True):
    """The shop is being asked for pieces: on record before it is, so that a crash loses none."""

    TYPE = "item.asked"
    item: str
    asked: tuple[Pieces, ...]
    staff: str


class ItemPlaced(Event, frozen=True, kw_only=True):
    """The shop's answer. What it granted shows in an `ItemAllotted` for each variant."""

    TYPE = "item.placed"
    item: str
    granted: tuple[Granted, ...]


class ItemPinned(Event, frozen=True, kw_only=True):
    TYPE = "item.pinned"
    item: str | None
    staff: str


class ItemCountdown(Event, frozen=True, kw_only=True):
    TYPE = "item.countdown"
    item: str
    until: Instant | None
    staff: str


# Comments and claims


class CommentPosted(Event, frozen=True, kw_only=True):
    TYPE = "comment.posted"
    by: str
    role: Role


class CommentUnread(Event, frozen=True, kw_only=True):
    """To the writer: what looked like a claim and was none. `quiet` is an item to offer her.

    The event's content has the pieces as she typed them, a line for each of `rejections`.
    `comment` is None where the comment itself is not shown (she is muted, slow mode is on).
    """

    TYPE = "comment.unread"
    by: str
    comment: int | None
    rejections: tuple[Rejected, ...]
    quiet: str | None


class ClaimHeld(Event, frozen=True, kw_only=True):
    """Granted. With `wait`, what a waiter got; `wait_left` pieces are still waited for."""

    TYPE = "claim.held"
    claim: str
    by: str
    item: str
    variant: str | None
    quantity: int
    price: int
    until: Instant
    comment: int | None
    wait: str | None = None
    wait_left: int | None = None
    staff: str | None = None


class ClaimWaiting(Event, frozen=True, kw_only=True):
    TYPE = "claim.waiting"
    wait: str
    by: str
    item: str
    variant: str | None
    quantity: int
    place: int
    comment: int | None
    staff: str | None = None


class ClaimRefused(Event, frozen=True, kw_only=True):
    """`staff` asked for it in her name; then it is theirs to know, not hers.

    `tier` is the name of the tier that she would have to have, where that is the reason.
    """

    TYPE = "claim.refused"
    by: str
    item: str | None
    variant: str | None
    quantity: int | None
    reason: str
    comment: int | None
    tier: str | None = None
    staff: str | None = None


class ClaimGivenBack(Event, frozen=True, kw_only=True):
    """`quantity` pieces of a claim are free again, `remaining` are still hers.

    `sold`: they were an order's by then; else they were held, or in payment. `comment` is what
    she gave them back by, None where it was a button, a deadline, or somebody else.
    """

    TYPE = "claim.given_back"
    claim: str
    by: str
    item: str
    variant: str | None
    quantity: int
    remaining: int
    price: int
    sold: bool
    cause: Cause
    comment: int | None = None
    staff: str | None = None


class WaitLeft(Event, frozen=True, kw_only=True):
    """`quantity` pieces are no longer waited for, `remaining` still are.

    `comment` is what she left by, if it was one.
    """

    TYPE = "wait.left"
    wait: str
    by: str
    item: str
    variant: str | None
    quantity: int
    remaining: int
    cause: Cause
    comment: int | None = None
    staff: str | None = None


class ClaimPaying(Event, frozen=True, kw_only=True):
    TYPE = "claim.paying"
    by: str
    claim: str
    order: str
    until: Instant


class ClaimReleased(Event, frozen=True, kw_only=True):
    """No longer in payment: held again, until `until`."""

    TYPE = "claim.released"
    by: str
    claim: str
    until: Instant


class ClaimSold(Event, frozen=True, kw_only=True):
    TYPE = "claim.sold"
    claim: str
    by: str
    item: str
    variant: str | None
    quantity: int
    price: int


# Give-aways


class GiftOpened(Event, frozen=True, kw_only=True):
    """The first `most` people whose whole comment is `keyword` win the coupon.

    `guests` may be among them; they could in all that were opened before anybody was asked.
    """

    TYPE = "gift.opened"
    gift: str
    keyword: str
    coupon: str
    title: str
    most: int
    guests: bool = True
    staff: str


class GiftWon(Event, frozen=True, kw_only=True):
    """To her, and staff. She was the `number`th."""

    TYPE = "gift.won"
    gift: str
    by: str
    coupon: str
    title: str
    number: int


class GiftRefused(Event, frozen=True, kw_only=True):
    """To her, and staff, once for each give-away: she said the keyword and may not win yet."""

    TYPE = "gift.refused"
    gift: str
    by: str
    reason: Literal["sign_in"]


class GiftCounted(Event, frozen=True, kw_only=True):
    TYPE = "gift.counted"
    gift: str
    left: int


class GiftClosed(Event, frozen=True, kw_only=True):
    TYPE = "gift.closed"
    gift: str
    won: int
    staff: str | None
    """None: all of them are won, or the show ended."""


# Moderation


class CommentHidden(Event, frozen=True, kw_only=True):
    """`restored` is the newest event that gave the comment back: it has the words too."""

    TYPE = "comment.hidden"
    comment: int
    restored: int | None = None
    staff: str

    def withholds(self) -> tuple[int, ...]:
        return (self.comment,) if self.restored is None else (self.comment, self.restored)


class CommentRestored(Event, frozen=True, kw_only=True):
    """Carries the comment's name and text once more, for those who were told to drop it."""

    TYPE = "comment.restored"
    comment: int
    staff: str

    def restores(self) -> tuple[int, ...]:
        return (self.comment,)


class CommentPinned(Event, frozen=True, kw_only=True):
    TYPE = "comment.pinned"
    comment: int | None
    staff: str


class AnnouncementMade(Event, frozen=True, kw_only=True):
    TYPE = "announcement.made"
    on: bool
    staff: str


class PersonMuted(Event, frozen=True, kw_only=True):
    TYPE = "person.muted"
    person: str
    until: Instant | None
    staff: str


class PersonUnmuted(Event, frozen=True, kw_only=True):
    TYPE = "person.unmuted"
    person: str
    staff: str


class PersonBlocked(Event, frozen=True, kw_only=True):
    TYPE = "person.blocked"
    person: str
    staff: str


class PersonUnblocked(Event, frozen=True, kw_only=True):
    TYPE = "person.unblocked"
    person: str
    staff: str


class SlowModeSet(Event, frozen=True, kw_only=True):
    TYPE = "slow_mode.set"
    seconds: int
    staff: str


class WordsSet(Event, frozen=True, kw_only=True):
    TYPE = "words.set"
    words: tuple[str, ...]
    staff: str


EVENTS: dict[str, type[Event]] = {
    event.TYPE: event
    for event in (
        ShowCreated, ShowChanged, ShowLive, ShowEnded, ViewersSampled, PictureChanged,
        ItemAdded, ItemChanged, ItemsMoved, ItemRemoved, ItemOpened, ItemClosed, ItemAllotted,
        ItemAsked, ItemPlaced, ItemPinned, ItemCountdown,
        CommentPosted, CommentUnread, ClaimHeld, ClaimWaiting, ClaimRefused, ClaimGivenBack,
        WaitLeft, ClaimPaying, ClaimReleased, ClaimSold, PersonMerged,
        CommentHidden, CommentRestored, CommentPinned, AnnouncementMade,
        GiftOpened, GiftWon, GiftRefused, GiftCounted, GiftClosed,
        PersonMuted, PersonUnmuted, PersonBlocked, PersonUnblocked, SlowModeSet, WordsSet,
        TalkErased,
    )
}  # fmt: skip

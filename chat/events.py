"""Everything that can happen in a conversation, as its log records it.

What people typed and the names they go by lie beside the log. Offsets of messages are their names.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from core.clock import Instant
from core.rooms.events import Event
from core.rooms.events import PersonMerged as PersonMerged
from core.rooms.events import TalkErased as TalkErased
from core.tools import Button, Card, Change, HandoverReason

Side = Literal["customer", "staff"]
Speaker = Literal["customer", "staff", "bot"]
Control = Literal["new", "bot", "queued", "human", "resolved"]
"""Who answers: nobody yet, the bot, whoever takes it, the one who has it, nobody any more."""


class About(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a customer was looking at when she asked, by ids."""

    show: str | None = None
    item: str | None = None
    product: str | None = None


class ConversationCreated(Event, frozen=True, kw_only=True):
    TYPE = "conversation.created"
    customer: str


class ConversationOpened(Event, frozen=True, kw_only=True):
    """A new round: somebody has spoken who had nothing open."""

    TYPE = "conversation.opened"
    round: int
    by: Side
    about: About | None = None
    bot: bool = False
    """The bot answers first."""


class ConversationPromised(Event, frozen=True, kw_only=True):
    """What a customer was told who waits: so many are before her, and when somebody is there.

    `opens_at` is None where somebody should be there now.
    """

    TYPE = "conversation.promised"
    opens_at: Instant | None
    place: int


class Pressed(msgspec.Struct, frozen=True, gc=False):
    """The button `key` of the message at `offset`."""

    offset: int
    key: str


class MessageSent(Event, frozen=True, kw_only=True, rename={"from_": "from"}):
    """Something was said, shown, or both.

    `locale`: that of the customer's page. `answer_by`: when somebody else is to take over who has
    not answered this customer's message;
    `idle_at`: when the round ends by itself if she says nothing more. Of the bot: `upto` is her
    newest message that it answers, `intent` what it took it for, and `proposal` may be confirmed
    before `expires_at`.
    """

    TYPE = "message.sent"
    from_: Speaker
    by: str
    cards: tuple[Card, ...] = ()
    about: About | None = None
    locale: str | None = None
    answer_by: Instant | None = None
    idle_at: Instant | None = None
    pressed: Pressed | None = None
    upto: int | None = None
    intent: str | None = None
    buttons: tuple[Button, ...] = ()
    proposal: Change | None = None
    expires_at: Instant | None = None


class CardPosted(Event, frozen=True, kw_only=True):
    """Something is shown that nobody said: what became of a call, or an invitation to one.

    `unread`: it is news to the customer. `idle_at`: when the round that a person has ends by
    itself, where nothing else has said so.
    """

    TYPE = "card.posted"
    card: Card
    by: Literal["system"] = "system"
    unread: bool = False
    idle_at: Instant | None = None


class MessagesRead(Event, frozen=True, kw_only=True):
    """That side has read all up to the event `upto`."""

    TYPE = "messages.read"
    side: Side
    upto: int


class ConversationTaken(Event, frozen=True, kw_only=True):
    """`staff` answers from now on; a question that waits, until `answer_by`.

    `assigned`: the service gave it to her; she did not take it herself.
    """

    TYPE = "conversation.taken"
    staff: str
    answer_by: Instant | None = None
    assigned: bool = False


class ConversationReleased(Event, frozen=True, kw_only=True):
    """`staff` has it no more; where it was handed `to` a colleague, she has taken it next."""

    TYPE = "conversation.released"
    staff: str
    cause: Literal["transfer", "unanswered"]
    to: str | None = None


class ConversationHandedOver(Event, frozen=True, kw_only=True):
    """The bot leaves it to a person: now, or where nobody is there at `callback_at`, and goes on
    until then. `callback`: it was promised for now; `off`: there is no bot any more."""

    TYPE = "conversation.handed_over"
    cause: HandoverReason | Literal["callback", "off"]
    callback_at: Instant | None = None


class HandoverPacked(Event, frozen=True, kw_only=True):
    """Among staff: what the bot knows of what she wants; `intents` and `cards` oldest first."""

    TYPE = "handover.packed"
    cause: HandoverReason
    locale: str
    intents: tuple[str, ...]
    cards: tuple[Card, ...]


class BotDrafted(Event, frozen=True, kw_only=True):
    """Among staff: what the bot would have said to her messages up to `upto`."""

    TYPE = "bot.drafted"
    upto: int
    cards: tuple[Card, ...] = ()


class ChangeAsked(Event, frozen=True, kw_only=True):
    """A change is to be made for the customer: she confirmed the proposal of the message `of`, or
    `staff` does it for her."""

    TYPE = "change.asked"
    change: Change
    of: int | None = None
    staff: str | None = None


class ChangeMade(Event, frozen=True, kw_only=True):
    """The change that was asked for at `of` was made; with `code` it was not, and why."""

    TYPE = "change.made"
    of: int
    code: str | None = None


class ChangeUndoAsked(Event, frozen=True, kw_only=True):
    """She wants the change that was asked for at `of` undone."""

    TYPE = "change.undo_asked"
    of: int


class ChangeUndone(Event, frozen=True, kw_only=True):
    """As `ChangeMade`, of its undoing."""

    TYPE = "change.undone"
    of: int
    code: str | None = None


class ConversationResolved(Event, frozen=True, kw_only=True):
    """The round is over; `staff` is None where nobody had anything more to say."""

    TYPE = "conversation.resolved"
    staff: str | None
    cause: Literal["staff", "idle"]


class ConversationRated(Event, frozen=True, kw_only=True):
    """What the customer thinks of the round that is over: 1 (bad) to 5 (good)."""

    TYPE = "conversation.rated"
    score: int


class NoteAdded(Event, frozen=True, kw_only=True):
    """Among staff."""

    TYPE = "note.added"
    staff: str


class TagsSet(Event, frozen=True, kw_only=True):
    """Among staff."""

    TYPE = "tags.set"
    tags: tuple[str, ...]
    staff: str


EVENTS: dict[str, type[Event]] = {
    event.TYPE: event
    for event in (
        ConversationCreated, ConversationOpened, ConversationPromised, MessageSent, CardPosted,
        MessagesRead, ConversationTaken, ConversationReleased, ConversationHandedOver,
        ConversationResolved, ConversationRated, HandoverPacked, BotDrafted, ChangeAsked,
        ChangeMade, ChangeUndoAsked, ChangeUndone, NoteAdded, TagsSet, PersonMerged, TalkErased,
    )
}  # fmt: skip

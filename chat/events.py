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

Side = Literal["customer", "staff"]
Control = Literal["new", "queued", "human", "resolved"]
"""Who answers: nobody yet, whoever takes it, the one who has it, nobody any more."""


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


class ConversationPromised(Event, frozen=True, kw_only=True):
    """What a customer was told who waits: so many are before her, and when somebody is there.

    `opens_at` is None where somebody should be there now.
    """

    TYPE = "conversation.promised"
    opens_at: Instant | None
    place: int


class MessageSent(Event, frozen=True, kw_only=True, rename={"from_": "from"}):
    """`answer_by`: when somebody else is to take over who has not answered this customer's message;
    `idle_at`: when the round ends by itself if she says nothing more.
    """

    TYPE = "message.sent"
    from_: Side
    by: str
    product: str | None = None
    about: About | None = None
    answer_by: Instant | None = None
    idle_at: Instant | None = None


class MessagesRead(Event, frozen=True, kw_only=True):
    """That side has read all up to the event `upto`."""

    TYPE = "messages.read"
    side: Side
    upto: int


class ConversationTaken(Event, frozen=True, kw_only=True):
    """`staff` answers from now on; a question that waits, until `answer_by`."""

    TYPE = "conversation.taken"
    staff: str
    answer_by: Instant | None = None


class ConversationReleased(Event, frozen=True, kw_only=True):
    """`staff` has it no more; where it was handed `to` a colleague, she has taken it next."""

    TYPE = "conversation.released"
    staff: str
    cause: Literal["transfer", "unanswered"]
    to: str | None = None


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
        ConversationCreated, ConversationOpened, ConversationPromised, MessageSent, MessagesRead,
        ConversationTaken, ConversationReleased, ConversationResolved, ConversationRated,
        NoteAdded, TagsSet, PersonMerged, TalkErased,
    )
}  # fmt: skip

"""What a conversation is, between two events: one immutable value."""

from __future__ import annotations

import msgspec

from chat.events import About, Control, Pressed, Side, Speaker
from core.clock import Instant
from core.tools import Button, Card, Change

LINES = 200
"""Lines of the thread that a newcomer sees at once; older ones are read back from the log."""
NOTES = 100
LEFT = 50
"""Those who left one round; nobody's shop has as many."""


class Line(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line of the thread. `kind` says which of the fields count; see `view`."""

    offset: int
    at_ms: Instant
    kind: str
    side: Speaker | None = None
    by: str | None = None
    name: str | None = None
    text: str | None = None
    cards: tuple[Card, ...] = ()
    buttons: tuple[Button, ...] = ()
    pressed: Pressed | None = None
    intent: str | None = None
    change: Change | None = None
    state: str | None = None
    """Of a change: `asked`, `done`, `refused`, `undoing`, `undone`, `kept` (undoing failed)."""
    code: str | None = None
    expires_at: Instant | None = None
    about: About | None = None
    round: int | None = None
    cause: str | None = None
    to: str | None = None
    assigned: bool = False
    opens_at: Instant | None = None
    place: int | None = None
    unread: bool = False
    """Of what was posted: it is news to the customer."""


class Note(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    offset: int
    at_ms: Instant
    staff: str
    name: str | None
    text: str | None


class Rating(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    score: int
    text: str | None


class Promise(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    opens_at: Instant | None
    place: int


class Proposal(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What she may still confirm: the bot's message at `offset` proposed it."""

    offset: int
    change: Change
    expires_at: Instant


class Draft(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    upto: int
    text: str | None
    cards: tuple[Card, ...]


class Packet(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a rep is handed by the bot."""

    cause: str
    locale: str
    intents: tuple[str, ...]
    cards: tuple[Card, ...]


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one conversation.

    `waiting_since`: when the customer's oldest message came that nobody has answered.
    """

    id: str
    customer: str = ""
    ids: frozenset[str] = frozenset()
    """All ids under which she is known here."""
    name: str | None = None
    name_at: int = 0
    """The event that holds the name she goes by."""
    control: Control = "new"
    staff: str | None = None
    staff_name: str | None = None
    left_by: tuple[str, ...] = ()
    """Who gave it back, or left it unanswered, since staff last answered in this round."""
    round: int = 0
    opened_at: Instant | None = None
    waiting_since: Instant | None = None
    answered_at: Instant | None = None
    """When somebody first answered in this round."""
    resolved_at: Instant | None = None
    answer_by: Instant | None = None
    idle_at: Instant | None = None
    about: About | None = None
    locale: str | None = None
    """In which her page spoke to her last."""
    asked_upto: int = 0
    """Her newest message."""
    bot_upto: int = 0
    """Her newest message that the bot has answered."""
    proposal: Proposal | None = None
    handed_at: Instant | None = None
    """When the bot left this round to people."""
    callback_at: Instant | None = None
    packet: Packet | None = None
    draft: Draft | None = None
    promised: Promise | None = None
    rated: Rating | None = None
    read_customer: int = 0
    read_staff: int = 0
    lines: tuple[Line, ...] = ()
    more: bool = False
    """There are older lines than those."""
    tags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def last_message(self) -> Line | None:
        return next((line for line in reversed(self.lines) if line.kind == "message"), None)

    def unread(self, side: Side) -> int:
        """What this side has not read of what is news to it; as many as `LINES` at most."""
        read = self.read_customer if side == "customer" else self.read_staff
        return sum(1 for line in self.lines if line.offset > read and _is_news(line, side))

    def line(self, offset: int) -> Line | None:
        """The line at an offset, as long as it is among the newest."""
        return next((line for line in reversed(self.lines) if line.offset == offset), None)


def _is_news(line: Line, side: Side) -> bool:
    """Whether a line is news to that side: what the bot answers is none to staff."""
    if line.kind == "posted":
        return side == "customer" and line.unread
    speaker = line.side
    heard = speaker != side and not (side == "staff" and speaker == "bot")
    return line.kind == "message" and heard

"""What the assistant sees of a conversation, and what it may do next. Values alone."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from core.clock import Instant
from core.locales import Locale
from core.tools import Button as Button
from core.tools import Card, Change
from core.tools import HandoverReason as Reason

Role = Literal["customer", "bot", "staff"]

CALLS = 6
"""Tools that one answer may call."""
MOST_PRICED: Final = 99
"""Pieces of one product whose price is worked out."""


class Said(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One message; `pressed`: the `means` of the button that it came from; `intent`: what the bot
    took the customer for when it said this (`other` where it did not understand)."""

    offset: int
    role: Role
    text: str
    cards: tuple[Card, ...] = ()
    buttons: tuple[Button, ...] = ()
    pressed: str | None = None
    intent: str | None = None


class Open(msgspec.Struct, frozen=True, gc=False):
    """A proposal that the customer may still confirm: of the bot's message at `offset`."""

    offset: int
    change: Change


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation as far as it matters: the messages of this round, newest last.

    `locale` is the page's; what she writes says more. `staffed`: somebody is there now, else from
    `opens_at` (None: nobody knows). `callback_at`: when she is promised an answer by a person.
    """

    locale: Locale
    shop: str
    currency: str
    now: Instant
    said: tuple[Said, ...]
    product: str | None = None
    """What she was looking at when she asked."""
    item: str | None = None
    """And what that was called in the show."""
    proposal: Open | None = None
    staffed: bool = True
    opens_at: Instant | None = None
    callback_at: Instant | None = None
    drafts: bool = False
    """A person answers: what is said is for her to use, and as if she said it."""
    guest: bool = True
    """She has no account, so nothing is known of her but this browser."""


class Call(msgspec.Struct, frozen=True):
    """Ask a tool."""

    tool: str
    args: dict[str, Any]


class Done(msgspec.Struct, frozen=True):
    """A tool that was asked, and what it said; `failed` where it could not."""

    call: Call
    data: dict[str, Any]
    cards: tuple[Card, ...] = ()
    proposal: Change | None = None
    failed: bool = False


class Say(msgspec.Struct, frozen=True, kw_only=True):
    """What the bot says, and with it offers, proposes or asks for.

    `intent`: what it took her for. `confirm`: she said yes to the open proposal. `handover`: a
    person goes on from here. `locale`: the language it speaks.
    """

    text: str
    intent: str
    locale: Locale
    cards: tuple[Card, ...] = ()
    buttons: tuple[Button, ...] = ()
    proposal: Change | None = None
    confirm: bool = False
    handover: Reason | None = None
    tool: str | None = None
    """The tool whose answer it tells: for evaluation."""

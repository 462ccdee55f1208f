"""What may be asked of a feature in words: each tool reads, or proposes, for one person.

Features export tools; the assistant calls them. Who asks comes from the conversation and never from
what was said in it. A tool changes nothing: it may return a proposal, which the person confirms and
code carries out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from core.clock import Instant
from core.identity.model import Person
from core.inputs import Input
from core.locales import Locale

CardKind = Literal["product", "order", "article", "image", "call", "consult"]
"""`call`: a call face to face, by its id; `consult`: the ways to one, now or booked."""
ChangeKind = Literal["cart.add", "cart.remove", "order.cancel"]
ButtonKind = Literal["say", "confirm", "decline", "handover"]
HandoverReason = Literal["asked", "missed", "feelings", "policy", "failed"]
"""Why a person is to go on: she asked for one, was not understood, is upset, it is not for a bot,
something is broken."""


class Card(msgspec.Struct, frozen=True, gc=False):
    """Something that is shown beside words, by its id; pages ask for the rest.

    `title` is for whoever cannot look it up: an article's, an order's number.
    """

    kind: CardKind
    id: str
    title: str | None = None
    width: int | None = None
    height: int | None = None
    """Of an image, in pixels: the page keeps its place free."""


class Button(msgspec.Struct, frozen=True, gc=False):
    """What the customer may press instead of writing; `label` is then what she said.

    `means` is what the planner takes it for: an intent (`intent:returns`), a product
    (`product:prd_…`), a variant (`variant:var_…`), an article (`article:slug`).
    """

    key: str
    label: str
    kind: ButtonKind = "say"
    means: str | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What could be done for a customer: `variant` and `quantity` of the cart, or an `order`.

    `title` names it as the customer knows it.
    """

    kind: ChangeKind
    title: str
    variant: str | None = None
    quantity: int | None = None
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom a tool is called, and how she reads."""

    person: Person
    locale: Locale
    now: Instant


@dataclass(frozen=True, slots=True)
class Found:
    """What a tool found: JSON values, things to show, and what it proposes."""

    data: dict[str, Any]
    cards: tuple[Card, ...] = ()
    proposal: Change | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """`description` tells a language model what it is for; `takes` is validated before `run`."""

    name: str
    description: str
    takes: type[Input]
    run: Callable[[Asker, Any], Awaitable[Found]]

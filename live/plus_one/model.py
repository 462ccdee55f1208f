"""What goes into the grammar and what comes out of it."""

from __future__ import annotations

from typing import Literal

import msgspec

Strictness = Literal["exact", "contains"]
Repeat = Literal["add", "replace"]
Action = Literal["add", "cancel", "wait"]
Reason = Literal[
    "question",
    "not_an_order",
    "quantity_out_of_range",
    "unknown_item",
    "item_closed",
    "ambiguous_item",
    "needs_variant",
    "unknown_variant",
    "replace_not_supported",
]


class Variant(msgspec.Struct, frozen=True, gc=False):
    """One variant of an item: `words` gives, for each of its options, the words that mean it."""

    key: str
    words: tuple[tuple[str, ...], ...]


class Item(msgspec.Struct, frozen=True, gc=False):
    """An item of the show. `code` is letters and digits, digits alone, or a word."""

    code: str
    open: bool
    variants: tuple[Variant, ...] = ()


class Rules(msgspec.Struct, frozen=True, gc=False):
    """How a show wants comments read.

    `max_quantity` holds for one claim. `repeat` says what a second claim of the same thing does; it
    is the show's to apply, the parser does not look at it.
    """

    strictness: Strictness = "exact"
    max_quantity: int = 99
    repeat: Repeat = "add"


class Claim(msgspec.Struct, frozen=True, gc=False):
    """A piece of a comment that stands.

    `code` and `variant` (a variant's key) are as the show wrote them; `variant` is None where the
    item has none, and where all of an item is given back. `quantity` is 1 to `max_quantity`, or
    None for a cancel of everything. `note` is the name on the line of a list that was passed on.
    """

    code: str
    variant: str | None
    quantity: int | None
    action: Action
    note: str | None = None


class Rejection(msgspec.Struct, frozen=True, gc=False):
    """A piece of a comment that failed, and why.

    `text` is the piece as typed, `code` the item's if it is known, `quantity` what was asked for.
    `nearest` is what may have been meant, best first: for `unknown_item` at most three codes of
    open items, for `ambiguous_item` the codes of the open items in question, for `needs_variant`
    and `unknown_variant` the keys of the variants that fit what was said.
    """

    text: str
    reason: Reason
    code: str | None = None
    quantity: int | None = None
    nearest: tuple[str, ...] = ()


class Parsed(msgspec.Struct, frozen=True, gc=False):
    """What a comment means. `chatter` is a comment with neither claims nor rejections.

    `quiet_chip` is the code of an open item that was named without becoming a claim: worth the
    question "order A01?", and no more. Only in `exact`.
    """

    claims: tuple[Claim, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    chatter: bool = True
    quiet_chip: str | None = None

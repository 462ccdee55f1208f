"""What a turn means: an intent, and the products, numbers and orders that go with it."""

from __future__ import annotations

from typing import Final

import msgspec

from bot.planning.guards import Guard

ABOUT_PRODUCTS: Final = frozenset({"product_info", "price", "stock", "cart_add"})


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    intent: str
    text: str
    """What she wrote, folded, without greetings: for searching."""
    about: frozenset[str] = frozenset()
    """What its words are about (`bot/data/concepts.toml`)."""
    choices: tuple[str, ...] = ()
    """Intents that it may have been, the likeliest first."""
    products: tuple[str, ...] = ()
    """The products that she may mean, by name or by pointing: one where it is clear."""
    named: bool = False
    """She named a food, whether or not there is one."""
    quantity: int | None = None
    order: str | None = None
    variant: str | None = None
    """The variant on a button that she pressed."""
    article: str | None = None
    guard: Guard | None = None
    plain: bool = False
    """She said yes or no and nothing else, or pressed it: only such a yes confirms anything."""

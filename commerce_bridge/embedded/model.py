"""Products as they are to be, and whether their variants fit each other: pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from core.errors import BadRequest
from core.money import Money

MOST_VARIANTS = 100
"""Variants of one product."""


class VariantDraft(msgspec.Struct, frozen=True):
    """A variant as it is to be; the SKU says which it is."""

    sku: str
    options: dict[str, str]
    price: Money
    compare_at: Money | None = None
    picture: str | None = None


class ProductDraft(msgspec.Struct, frozen=True):
    """A product as it is to be; the handle, a short name for good, says which it is."""

    handle: str
    title: str
    description: str
    pictures: tuple[str, ...]
    variants: tuple[VariantDraft, ...]


def check_choices(choices: Mapping[str, Mapping[str, str]]) -> None:
    """Raises BadRequest where a product's variants (options by SKU) do not fit each other."""
    if len(choices) > MOST_VARIANTS:
        raise BadRequest("A product has too many variants.", code="too_many_variants")
    if len({tuple(choice) for choice in choices.values()}) > 1:
        raise BadRequest("The variants have different options.", code="options_differ")
    if len({tuple(choice.items()) for choice in choices.values()}) < len(choices):
        raise BadRequest("Two variants have the same options.", code="options_repeat")

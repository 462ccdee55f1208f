"""Tools about what is sold and where: `search_products`, `product`, `stock`, `places` and so on.

Names come from the catalogue, prices and stock from the shop, read when they are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from bot.products import Products
from bot.talk import MOST_PRICED
from bot.tools.written import LONG, SHORT, TITLE, Json, amount, cut, place
from commerce_bridge import delivery
from commerce_bridge.port import Location, Product, Shop, UnknownProduct, Variant
from core.inputs import Input
from core.locales import Locale
from core.money import Money
from core.settings import Settings
from core.tools import Asker, Card, Found, Tool

PLACES: Final = 30
VARIANTS_OF_A_PLACE: Final = 20

Ref = Annotated[str, StringConstraints(min_length=1, max_length=64)]
"""An id that a model may have made up: an unknown one is missing, not wrong."""
ProductRef = Annotated[Ref, Field(description="A product's id, as another tool told it.")]
VariantRef = Annotated[Ref, Field(description="A variant's id, as another tool told it.")]


class Search(Input):
    words: Annotated[str, StringConstraints(max_length=100)] = Field(
        default="",
        description="A name, a code, an ingredient or a use, in any language, as the customer said"
        " it. Empty: the shop's first products.",
    )
    limit: Annotated[int, Field(ge=1, le=5, description="How many at most.")] = 3


class OneProduct(Input):
    product: ProductRef
    quantity: Annotated[int, Field(ge=1, le=MOST_PRICED)] | None = Field(
        default=None, description="How many pieces, to be told what so many cost."
    )


class StockOf(Input):
    product: ProductRef
    variant: VariantRef | None = Field(
        default=None, description="Only this variant of it. Left out: all of them."
    )


class Nothing(Input):
    """No arguments."""


def catalogue_tools(shop: Shop, products: Products, settings: Settings) -> list[Tool]:
    """`settings`: which deliveries there are, and what they cost."""

    async def search_products(asker: Asker, asked: Search) -> Found:
        catalogue = await products.known()
        if asked.words.strip():
            hits = catalogue.search(asked.words, asked.limit)
        else:
            hits = [(one, 1.0) for one in catalogue.all()[: asked.limit]]
        now = await shop.variants([variant.id for one, _ in hits for variant in one.variants])
        found = [
            (one, variants, score)
            for one, score in hits
            if (variants := [now[v.id] for v in one.variants if v.id in now])
        ]
        return Found(
            {
                "products": [
                    {**_listed(one, variants, asker.locale), "score": round(score, 4)}
                    for one, variants, score in found
                ]
            },
            tuple(_card(one) for one, _, _ in found),
        )

    async def product(asker: Asker, asked: OneProduct) -> Found:
        try:
            found = await shop.product(asked.product)
        except UnknownProduct:
            return Found({"missing": True})
        data = {
            "id": found.id,
            "title": cut(found.title, TITLE),
            "description": cut(found.description, LONG),
            "variants": [_variant(one, asked.quantity, asker.locale) for one in found.variants],
        }
        return Found(data, (_card(found),))

    async def stock(_asker: Asker, asked: StockOf) -> Found:
        try:
            found = await shop.product(asked.product)
        except UnknownProduct:
            return Found({"missing": True})
        variants = [one for one in found.variants if asked.variant in (None, one.id)]
        if not variants:
            return Found({"missing": True})
        pieces = await shop.stock([one.id for one in variants])
        data = {
            "id": found.id,
            "title": cut(found.title, TITLE),
            "locations": [
                {**place(where), "variants": _at(where, variants, pieces)}
                for where in _open_to_all(await shop.locations())
            ],
            "online": sum(one.available for one in variants),
        }
        return Found(data, (_card(found),))

    async def places(_asker: Asker, _asked: Nothing) -> Found:
        found = _open_to_all(await shop.locations())
        return Found({"locations": [place(one) for one in found]})

    async def deliveries(asker: Asker, _asked: Nothing) -> Found:
        fetched = any(one.pickup for one in await shop.locations())

        def said(minor: int) -> Json:
            return amount(Money(minor, settings.currency), asker.locale)

        offered = [
            {
                "kind": rule.kind,
                "fee": said(rule.fee),
                "free_from": None if rule.free_from is None else said(rule.free_from),
            }
            for rule in delivery.rules(settings)
            if rule.kind != "pickup" or fetched
        ]
        return Found({"deliveries": offered})

    return [
        Tool(
            "search_products",
            "Finds what the shop sells by words: name, code, ingredient, taste or use. Gives the"
            " best ones first, with price and stock as they are now. Nothing found means that the"
            " shop does not sell it.",
            Search,
            search_products,
        ),
        Tool(
            "product",
            "Tells all about one product: its description, and each variant with its price and"
            " what is left of it. With a quantity also what so many of a variant cost together,"
            " before coupons, points and delivery.",
            OneProduct,
            product,
        ),
        Tool(
            "stock",
            "Tells how many pieces of a product there are in each of the shop's places, and how"
            " many can be ordered online.",
            StockOf,
            stock,
        ),
        Tool(
            "places",
            "Lists the shop's places, with addresses, opening hours, and whether orders can be"
            " picked up there.",
            Nothing,
            places,
        ),
        Tool(
            "deliveries",
            "Lists the ways in which orders are delivered, what each costs, and from which amount"
            " on it is free.",
            Nothing,
            deliveries,
        ),
    ]


def _listed(one: Product, variants: Sequence[Variant], locale: Locale) -> Json:
    prices = sorted((variant.price for variant in variants), key=lambda money: money.minor)
    available = sum(variant.available for variant in variants)
    return {
        "id": one.id,
        "title": cut(one.title, TITLE),
        "description": cut(one.description, SHORT),
        "price": amount(prices[0], locale),
        "price_to": None if prices[-1] == prices[0] else amount(prices[-1], locale),
        "available": available,
        "sold_out": not available,
        "variants": len(variants),
    }


def _variant(one: Variant, pieces: int | None, locale: Locale) -> Json:
    """`pieces`: None where it was not asked what so many cost."""
    total = {} if pieces is None else {"total": amount(one.price * pieces, locale)}
    return {
        "id": one.id,
        "sku": one.sku,
        "title": cut(one.title, TITLE),
        "price": amount(one.price, locale),
        **total,
        "compare_at": None if one.compare_at is None else amount(one.compare_at, locale),
        "available": one.available,
        "sold_out": not one.available,
    }


def _at(
    where: Location, variants: Sequence[Variant], pieces: dict[str, dict[str, int]]
) -> list[Json]:
    there = [
        {
            "id": one.id,
            "title": cut(one.title, TITLE),
            "pieces": pieces.get(one.id, {}).get(where.id, 0),
        }
        for one in variants
    ]
    if len(there) > VARIANTS_OF_A_PLACE:  # what is not there, nobody comes for
        there = [one for one in there if one["pieces"]][:VARIANTS_OF_A_PLACE]
    return there


def _open_to_all(locations: Sequence[Location]) -> list[Location]:
    """Those where a customer can go: a store-room has no address and hands nothing out."""
    return [one for one in locations if one.pickup or one.address][:PLACES]


def _card(one: Product) -> Card:
    return Card("product", one.id, title=cut(one.title, TITLE))

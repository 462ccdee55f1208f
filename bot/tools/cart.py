"""Tools about her cart: `cart`, `propose_add`, `propose_remove`."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from bot.tools.catalogue import Nothing, VariantRef
from bot.tools.written import TITLE, Json, amount, cut, named
from commerce_bridge.cart.service import Cart, Carts
from commerce_bridge.cart.store import CartLine
from commerce_bridge.embedded.catalogue import Named
from commerce_bridge.port import Product, Shop, UnknownProduct, Variant
from core.inputs import Input
from core.locales import Locale
from core.money import Money
from core.tools import Asker, Card, Change, Found, Tool

LINES: Final = 50
CARDS: Final = 5
MOST_AT_ONCE: Final = 20


class Add(Input):
    variant: VariantRef
    quantity: Annotated[int, Field(ge=1, le=MOST_AT_ONCE, description="How many to put in.")] = 1


class Remove(Input):
    variant: VariantRef


def cart_tools(shop: Shop, carts: Carts, currency: str) -> list[Tool]:
    """`currency`: the shop's."""

    async def cart(asker: Asker, _asked: Nothing) -> Found:
        found = await carts.get(asker.person)
        lines = found.lines[:LINES]
        data = {
            "lines": [_line(line, of, asker.locale) for line, of in lines],
            "subtotal": amount(Money(found.subtotal, currency), asker.locale),
            "claims": len(found.claims),
        }
        products = {of.variant.product_id: of.title for _, of in lines}
        cards = [Card("product", id, title=cut(title, TITLE)) for id, title in products.items()]
        return Found(data, tuple(cards[:CARDS]))

    async def propose_add(asker: Asker, asked: Add) -> Found:
        found = await _of(shop, asked.variant)
        if found is None:
            return Found({"refused": "unknown_product", "available": 0})
        product, variant = found
        cards = (Card("product", product.id, title=cut(product.title, TITLE)),)
        in_cart = (await carts.get(asker.person)).pieces(variant.id)
        if variant.available < in_cart + asked.quantity:
            refused = "not_enough" if variant.available else "out_of_stock"
            data = {"refused": refused, "available": variant.available, "in_cart": in_cart}
            return Found(data, cards)
        data = {
            "title": cut(product.title, TITLE),
            "variant_title": cut(variant.title, TITLE),
            "quantity": asked.quantity,
            "price": amount(variant.price, asker.locale),
            "available": variant.available,
        }
        change = Change(
            kind="cart.add",
            title=cut(named(product.title, variant.title), TITLE),
            variant=variant.id,
            quantity=asked.quantity,
        )
        return Found(data, cards, change)

    async def propose_remove(asker: Asker, asked: Remove) -> Found:
        found = await carts.get(asker.person)
        quantity = found.pieces(asked.variant)
        if not quantity:
            return Found({"refused": "not_in_cart"})
        of = _named_in(found, asked.variant)
        change = Change(
            kind="cart.remove",
            title=cut(named(of.title, of.variant.title), TITLE),
            variant=asked.variant,
            quantity=quantity,
        )
        data = {
            "title": cut(of.title, TITLE),
            "variant_title": cut(of.variant.title, TITLE),
            "quantity": quantity,
        }
        card = Card("product", of.variant.product_id, title=cut(of.title, TITLE))
        return Found(data, (card,), change)

    return [
        Tool(
            "cart",
            "Tells what the customer has put in her cart, and how many +1 claims are held for her"
            " beside that. The subtotal is of both.",
            Nothing,
            cart,
        ),
        Tool(
            "propose_add",
            "Proposes to put pieces of a variant in the customer's cart, at the shop's price."
            " Nothing is put in until she confirms it.",
            Add,
            propose_add,
        ),
        Tool(
            "propose_remove",
            "Proposes to take a variant out of the customer's cart. Nothing is taken out until she"
            " confirms it.",
            Remove,
            propose_remove,
        ),
    ]


async def _of(shop: Shop, variant: str) -> tuple[Product, Variant] | None:
    """A variant for sale and its product."""
    found = (await shop.variants([variant])).get(variant)
    if found is None:
        return None
    try:
        return await shop.product(found.product_id), found
    except UnknownProduct:  # taken off in this moment
        return None


def _line(line: CartLine, of: Named, locale: Locale) -> Json:
    return {
        "id": line.id,
        "variant": line.variant_id,
        "title": cut(of.title, TITLE),
        "variant_title": cut(of.variant.title, TITLE),
        "quantity": line.quantity,
        "price": amount(of.variant.price, locale),
        "available": of.variant.available if of.for_sale else 0,
    }


def _named_in(cart: Cart, variant: str) -> Named:
    return next(of for line, of in cart.lines if line.variant_id == variant)

"""A customer's cart, whole."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from commerce_bridge import claims, delivery
from commerce_bridge.cart import store
from commerce_bridge.cart.store import CartLine
from commerce_bridge.cart.whereabouts import Claimed, Whereabouts
from commerce_bridge.claims import ClaimRow
from commerce_bridge.delivery import DeliveryRule
from commerce_bridge.embedded import catalogue
from commerce_bridge.embedded.catalogue import Named
from commerce_bridge.loyalty.rules import Channel
from commerce_bridge.orders import store as orders
from commerce_bridge.orders.model import SentTo
from commerce_bridge.port import Location, OutOfStock, UnknownProduct
from core.clock import Clock
from core.db import Database
from core.errors import NotFound
from core.identity.model import Person, require_customer
from core.settings import Settings


class Cart(msgspec.Struct, frozen=True):
    """What one person may order now, and what the page needs to let her."""

    claims: list[ClaimRow]
    lines: list[tuple[CartLine, Named]]
    rules: tuple[DeliveryRule, ...]
    locations: list[Location]
    """Those where orders can be fetched."""
    remembered: SentTo | None
    """What she need not type again, from her last order."""

    @property
    def subtotal(self) -> int:
        held = sum(row["quantity"] * row["unit_price"] for row in self.claims)
        own = sum(line.quantity * named.variant.price.minor for line, named in self.lines)
        return held + own

    def pieces(self, variant_id: str) -> int:
        """How many of a variant she put in herself."""
        return sum(line.quantity for line, _ in self.lines if line.variant_id == variant_id)


class Carts:
    """`whereabouts` says where customers were; without it they were on the shop's own pages."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        whereabouts: Whereabouts | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._whereabouts = whereabouts
        self._rules = delivery.rules(settings)

    async def get(self, person: Person) -> Cart:
        require_customer(person)
        return await self._database.read(lambda c: self._load(c, person))

    async def add(
        self,
        person: Person,
        variant_id: str,
        quantity: int,
        request_id: str,
        *,
        whole: bool = False,
        via: Channel = "shop",
    ) -> Cart:
        """Put more of a variant in; the same request puts it in once.

        `via`: where she is, by what the house knows, not by what her page says (see `believed`).

        Raises UnknownProduct, CartFull, and OutOfStock where there is none at all; with `whole`
        where the shop has not as many as would then be in the cart.
        """
        customer = require_customer(person)

        def unit(connection: Connection) -> Cart:
            now = self._clock.now()
            # Before the stock is looked at: what was put in already, is.
            if not store.begins(connection, customer, person.aliases, request_id, now):
                return self._load(connection, person)
            wanted = catalogue.variants(connection, [variant_id]).get(variant_id)
            if wanted is None:
                raise UnknownProduct("There is no such variant for sale.")
            store.add(connection, customer, variant_id, quantity, now, via)
            cart = self._load(connection, person)
            needed = cart.pieces(variant_id) if whole else 1
            if wanted.available < needed:
                raise OutOfStock(
                    "There are not as many left.", variants={variant_id: wanted.available}
                )
            return cart

        return await self._database.write(unit)

    async def believed(self, person: Person, claimed: Claimed) -> Claimed:
        """Where she is, if her page says `claimed`: who is not there is in the shop, and no less
        welcome."""
        if claimed == "shop" or self._whereabouts is None:
            return "shop"
        return claimed if await self._whereabouts.was(person, claimed) else "shop"

    async def take(
        self, person: Person, variant_id: str, quantity: int, request_id: str, *, least: int = 1
    ) -> Cart:
        """Take up to `quantity` pieces of a variant out; the same request takes them out once.

        Raises NotInCart where there are fewer than `least`.
        """
        customer = require_customer(person)

        def unit(connection: Connection) -> Cart:
            now = self._clock.now()
            if store.begins(connection, customer, person.aliases, request_id, now):
                store.take(connection, person.aliases, variant_id, quantity, least=least)
            return self._load(connection, person)

        return await self._database.write(unit)

    async def set_quantity(self, person: Person, line_id: str, quantity: int) -> Cart:
        """Raises NotFound, BadRequest."""
        require_customer(person)

        def unit(connection: Connection) -> Cart:
            store.set_quantity(connection, person.aliases, line_id, quantity)
            return self._load(connection, person)

        return await self._database.write(unit)

    async def remove(self, person: Person, line_id: str) -> Cart:
        """Take a line out. Raises NotFound."""
        require_customer(person)

        def unit(connection: Connection) -> Cart:
            if not store.remove(connection, person.aliases, [line_id]):
                raise NotFound("There is no such line in the cart.")
            return self._load(connection, person)

        return await self._database.write(unit)

    def _load(self, connection: Connection, person: Person) -> Cart:
        lines = store.lines(connection, person.aliases)
        named = catalogue.named(connection, [line.variant_id for line in lines])
        pickup = any(rule.kind == "pickup" for rule in self._rules)
        places = [one for one in catalogue.locations(connection) if one.pickup] if pickup else []
        return Cart(
            claims=claims.of(connection, person.aliases),
            lines=[(line, named[line.variant_id]) for line in lines],
            rules=tuple(rule for rule in self._rules if rule.kind != "pickup" or places),
            locations=places,
            remembered=orders.last_sent_to(connection, person.aliases),
        )

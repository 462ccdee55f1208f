"""Wishes: what a customer would like to have, and a letter when she can.

She is written to, where her e-mail address is known, when an item of what she wishes for is opened
in a show, once for each item, and when it is in stock again, once for each product and time.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any, Final

import msgspec
from aiohttp import web
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    String,
    Table,
    delete,
    func,
    select,
    update,
)

from commerce_bridge.embedded import catalogue
from commerce_bridge.embedded.stock import STOCK_BACK
from commerce_bridge.loyalty import tiers
from commerce_bridge.loyalty.rules import Channel
from commerce_bridge.loyalty.rules import rules as rules_in_force
from commerce_bridge.loyalty.wish_letters import ITEM_OPENED, LETTERS, STOCK_IS_BACK
from commerce_bridge.port import Product, UnknownProduct
from commerce_bridge.rooms import CLAIMABLE
from commerce_bridge.sql import among
from core.clock import Clock, Instant
from core.db import Database, insert_new, metadata
from core.errors import Conflict
from core.identity.model import Person, require_customer
from core.identity.sessions import aliases_of
from core.identity.tables import customer as people
from core.identity.tables import customer_alias
from core.ids import Id
from core.inputs import Input
from core.locales import Locale
from core.notices import Notices
from core.outbox import Outbox
from core.settings import Settings

MOST: Final = 200
"""Wishes of one customer."""
AT_ONCE = 200
"""Customers written to in one transaction."""
TOLD_KEPT_MS = 90 * 86_400_000

wish = Table(
    "wish",
    metadata,
    Column("customer", String(40), primary_key=True),
    Column("product", String(40), primary_key=True),
    Column("variant", String(40)),
    Column("via", String(4), nullable=False),
    Column("locale", String(20), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index(None, "product"),
)
"""A `variant` where it is that one only."""

wish_told = Table(
    "wish_told",
    metadata,
    Column("key", String(240), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Index(None, "at"),
)
"""What somebody was written already: `{customer} {what}`."""


class Put(Input):
    via: Channel = "shop"
    variant: Id | None = None


class TooManyWishes(Conflict):
    """Her list is full; `data.most` is how many it holds."""

    code = "too_many_wishes"


class Wish(msgspec.Struct, frozen=True):
    product: Product
    variant: str | None
    via: Channel
    at: Instant


class Claimable(msgspec.Struct):
    """Payload of `CLAIMABLE`. `tier` where only members of it may claim."""

    show: str
    show_title: str
    item: str
    product: str
    title: str
    tier: str | None


class Back(msgspec.Struct):
    """Payload of `STOCK_BACK`; `key` names the movement that brought them."""

    key: str
    variants: list[str]


class Wishes:
    """`join` subscribes to what shows and the stock tell."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, notices: Notices
    ) -> None:
        self._database = database
        self._clock = clock
        self._site = str(settings.public_url or "").rstrip("/")
        self._notices = notices
        for name, texts in LETTERS.items():
            notices.add_template(name, texts)

    def join(self, outbox: Outbox) -> None:
        outbox.subscribe(CLAIMABLE, self._opened)
        outbox.subscribe(STOCK_BACK, self._back)

    # Her own

    async def mine(self, person: Person) -> list[Wish]:
        """What is for sale of what she wishes for, the newest first."""
        require_customer(person)

        def query(connection: Connection) -> list[Wish]:
            rows = connection.execute(
                select(wish)
                .where(among(connection, wish.c.customer, person.aliases))
                .order_by(wish.c.at.desc(), wish.c.product)
                .limit(MOST)
            ).all()
            found = catalogue.of_ids(connection, [row.product for row in rows])
            return [
                Wish(found[row.product], row.variant, row.via, row.at)
                for row in rows
                if row.product in found
            ]

        return await self._database.read(query)

    async def put(self, person: Person, product: str, wanted: Put, locale: Locale) -> None:
        """Wish for a product; again changes nothing but the variant. `locale` is the letters'.

        Raises UnknownProduct, TooManyWishes.
        """
        customer = require_customer(person)
        now = self._clock.now()

        def unit(connection: Connection) -> None:
            found = catalogue.product(connection, product)
            if wanted.variant not in {None, *(one.id for one in found.variants)}:
                raise UnknownProduct("The product has no such variant for sale.")
            changed = connection.execute(
                update(wish)
                .where(
                    among(connection, wish.c.customer, person.aliases), wish.c.product == product
                )
                .values(variant=wanted.variant, locale=locale)
            )
            if changed.rowcount:
                return
            if _count(connection, person.aliases) >= MOST:
                raise TooManyWishes("The list is full.", most=MOST)
            connection.execute(
                insert_new(connection, wish).values(
                    customer=customer,
                    product=product,
                    variant=wanted.variant,
                    via=wanted.via,
                    locale=locale,
                    at=now,
                )
            )

        await self._database.write(unit)

    async def drop(self, person: Person, product: str) -> None:
        """Wish for it no more; nothing where she did not."""
        require_customer(person)

        def unit(connection: Connection) -> None:
            connection.execute(
                delete(wish).where(
                    among(connection, wish.c.customer, person.aliases), wish.c.product == product
                )
            )

        await self._database.write(unit)

    async def forget_old(self) -> None:
        """Forget who was told what once nobody will be told it again."""
        before = self._clock.now() - TOLD_KEPT_MS
        old = delete(wish_told).where(wish_told.c.at < before)
        await self._database.write(lambda connection: connection.execute(old))

    # What is heard

    async def _opened(self, message: Any) -> None:
        """An item may be claimed: write to those who wish for it, and may."""
        told = msgspec.convert(message, Claimable)
        values = {"title": told.title, "show": told.show_title}
        link = f"{self._site}/shows/{told.show}" if self._site else ""
        await self._write_to_all(
            told.product,
            what=f"item {told.show}.{told.item}",
            letter=ITEM_OPENED,
            values=values | {"link": link},
            tier=told.tier,
        )

    async def _back(self, message: Any) -> None:
        """Variants are there again."""
        told = msgspec.convert(message, Back)

        def query(connection: Connection) -> dict[str, tuple[Product, list[str]]]:
            known = catalogue.variants(connection, told.variants)
            products = catalogue.of_ids(connection, {one.product_id for one in known.values()})
            return {
                product.id: (product, [v.id for v in product.variants if v.id in known])
                for product in products.values()
            }

        link = f"{self._site}/account" if self._site else ""
        for id, (product, variants) in (await self._database.read(query)).items():
            others = [one for one in product.variants if one.id not in variants]
            await self._write_to_all(
                id,
                # One movement may bring many products back, each with a letter of its own.
                what=f"stock {told.key} {id}",
                letter=STOCK_IS_BACK,
                values={"title": product.title, "link": link},
                variants=variants,
                # Who would take any has not missed it as long as there was another.
                any_variant=not any(one.available for one in others),
            )

    async def _write_to_all(
        self,
        product: str,
        *,
        what: str,
        letter: str,
        values: dict[str, str],
        tier: str | None = None,
        variants: Collection[str] | None = None,
        any_variant: bool = True,
    ) -> None:
        """Write a letter to all who wish for `product`, each once for `what`.

        `variants`: to those alone who wish for one of them, or, with `any_variant`, for whichever.
        """
        after = ""
        while True:
            page = partial(
                self._write_to_some,
                product=product,
                after=after,
                what=what,
                letter=letter,
                values=values,
                tier=tier,
                variants=variants,
                any_variant=any_variant,
            )
            last = await self._database.write(page)
            if last is None:
                return
            after = last

    def _write_to_some(
        self,
        connection: Connection,
        product: str,
        after: str,
        what: str,
        letter: str,
        values: dict[str, str],
        tier: str | None,
        variants: Collection[str] | None,
        any_variant: bool,
    ) -> str | None:
        """Write to those that follow the customer `after`; returns the last, None at the end."""
        # What a guest wished for in the moment in which she signed in is left under her old id.
        owner = func.coalesce(customer_alias.c.customer, wish.c.customer)
        rows = connection.execute(
            select(
                wish.c.customer,
                wish.c.variant,
                wish.c.locale,
                people.c.id,
                people.c.email,
                people.c.name,
            )
            .select_from(
                wish.outerjoin(customer_alias, customer_alias.c.alias == wish.c.customer).join(
                    people, people.c.id == owner
                )
            )
            .where(
                wish.c.product == product,
                wish.c.customer > after,
                people.c.email.is_not(None),
            )
            .order_by(wish.c.customer)
            .limit(AT_ONCE)
        ).all()
        now = self._clock.now()
        wanted = [row for row in rows if _meant(row.variant, variants, any_variant)]
        if tier is not None:
            rules = rules_in_force(connection)
            least = rules.rank_of(tier)
            also = aliases_of(connection, [row.id for row in wanted])
            known = {row.id: {row.id} | also.get(row.id, set()) for row in wanted}
            ranks = tiers.tiers_of(connection, rules, known, now)
            wanted = [row for row in wanted if least and ranks[row.id] >= least]
        for row in wanted:
            new = insert_new(connection, wish_told).values(key=f"{row.id} {what}", at=now)
            if connection.execute(new.returning(wish_told.c.key)).first() is not None:
                said = values | {"name": row.name or row.email}
                self._notices.send(connection, row.email, letter, row.locale, said)
        return rows[-1].customer if len(rows) == AT_ONCE else None


def merge(connection: Connection, from_id: str, to_id: str) -> None:
    """For `Identity.merge_hooks`: the guest's wishes become the customer's, as far as they fit."""
    # What this deletes, it moves; and another page of hers may wish for the same in this moment.
    hers = connection.execute(
        delete(wish).where(wish.c.customer == from_id).returning(*wish.c)
    ).all()
    there = set(
        connection.execute(select(wish.c.product).where(wish.c.customer == to_id)).scalars()
    )
    newest = sorted(hers, key=lambda row: -row.at)
    new = [row for row in newest if row.product not in there][: max(0, MOST - len(there))]
    if new:
        rows = [row._asdict() | {"customer": to_id} for row in new]
        connection.execute(insert_new(connection, wish), rows)


def listed(connection: Connection, ids: Collection[str]) -> list[dict[str, Any]]:
    """A person's wishes as they are kept."""
    mine = among(connection, wish.c.customer, ids)
    rows = connection.execute(select(wish).where(mine).order_by(wish.c.at, wish.c.product))
    return [dict(row) for row in rows.mappings()]


def erase(connection: Connection, ids: Collection[str]) -> int:
    """Forget a person's wishes; returns how many there were."""
    return connection.execute(delete(wish).where(among(connection, wish.c.customer, ids))).rowcount


def _count(connection: Connection, ids: Collection[str]) -> int:
    query = select(func.count()).select_from(wish)
    return connection.execute(query.where(among(connection, wish.c.customer, ids))).scalar_one()


def _meant(wished: str | None, variants: Collection[str] | None, any_variant: bool) -> bool:
    if variants is None:
        return True
    return any_variant if wished is None else wished in variants


WISHES = web.AppKey("wishes", Wishes)
"""The wishes of an application's customers."""

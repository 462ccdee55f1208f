"""What the rest of the product may ask of a shop, whichever shop it is.

A show does not sell the shop's stock directly: it takes an *allotment* out of what the shop may
sell, grants claims against that by itself, and gives back what was not sold. So a claim never waits
for a shop, and the shop never oversells because of a show.

Every write takes `key`, chosen by the caller: the same call under the same key has its effect once
and gets the same answer again. Besides the errors named at each method, all of them may raise
`core.errors.Unavailable` (nothing was done) and `core.errors.OutcomeUnknown` (call again with the
same key, or ask `find_order`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from core.clock import Instant
from core.errors import Conflict, NotFound
from core.money import Money


class OutOfStock(Conflict):
    """Not as much there as was asked for; `data.variants` says what is: `{variant_id: pieces}`."""

    code = "out_of_stock"


class UnknownProduct(NotFound):
    """No such product or variant, or it is not for sale any more."""

    code = "unknown_product"


class UnknownPlace(NotFound):
    """No such allotment."""

    code = "unknown_place"


class UnknownOrder(NotFound):
    """The shop has no order of this reference."""

    code = "unknown_order"


class Caps(msgspec.Struct, frozen=True):
    """What a shop can and cannot do; the product adapts to it and says so to the operator."""

    live_price: bool
    """A price of the show's own is honoured; else the shop's price is what is paid."""
    own_checkout: bool
    """Orders are committed from here; else the buyer pays on the shop's page."""
    serial_commit: bool
    """The shop races against itself: at most one commit in flight per variant."""
    exact_allotment: bool
    """`allot` cannot race with the shop's own buyers; else what was granted must be verified."""


class Option(msgspec.Struct, frozen=True):
    """What a buyer chooses, such as 顏色 with 紅 and 白."""

    name: str
    values: tuple[str, ...]


class Variant(msgspec.Struct, frozen=True):
    """What is bought: one product in one choice of its options."""

    id: str
    product_id: str
    sku: str
    title: str
    """The choice in words (`紅 / M`); empty where the product has no options."""
    options: dict[str, str]
    price: Money
    compare_at: Money | None
    """A former price, shown struck out; None where there is none."""
    picture: str | None
    available: int
    """Pieces that may be bought or allotted now, over all locations."""


class Product(msgspec.Struct, frozen=True):
    id: str
    title: str
    description: str
    """Plain text."""
    pictures: tuple[str, ...]
    """Addresses, the main picture first; may be empty."""
    options: tuple[Option, ...]
    variants: tuple[Variant, ...]


class Location(msgspec.Struct, frozen=True):
    """Where the shop keeps stock, and perhaps hands out."""

    id: str
    name: str
    address: str
    hours: str
    pickup: bool
    """Buyers may fetch their orders here."""


class Allotment(msgspec.Struct, frozen=True):
    """What a show got for one variant of one item by one call of `allot`."""

    place: str
    """Where it lies: one place for each (show, item, variant), however often it is raised."""
    variant_id: str
    granted: int
    """Pieces granted by this call, 0 to what was asked."""


class Buyer(msgspec.Struct, frozen=True):
    name: str
    phone: str
    email: str | None


class SaleLine(msgspec.Struct, frozen=True):
    variant_id: str
    quantity: int
    unit_price: Money
    place: str | None = None
    """The allotment that the pieces come from; None takes them from the shop's own stock."""


class OrderDraft(msgspec.Struct, frozen=True):
    """An order as the shop is to record it. All amounts have one currency."""

    lines: tuple[SaleLine, ...]
    delivery_fee: Money
    buyer: Buyer
    location: str | None = None
    """Where it will be fetched: stock lying there is taken first. None for delivery."""


class ShopOrder(msgspec.Struct, frozen=True):
    ref: str
    """The shop's own name for it."""
    key: str
    state: Literal["prepared", "committed", "cancelled"]
    checkout_url: str | None = None
    """Where the buyer must pay, for shops without `own_checkout`."""


class Change(msgspec.Struct, frozen=True):
    """Something is different: read `ref` anew. A hint, perhaps given twice, never the truth."""

    kind: Literal["product", "stock", "order"]
    ref: str
    """A product's id, a variant's id, or an order's reference."""
    at: Instant


class Shop(Protocol):
    """A shop: the embedded one, or a platform behind an adapter."""

    @property
    def caps(self) -> Caps: ...

    async def products(self, query: str = "", *, limit: int = 200) -> list[Product]:
        """Products for sale in the shop's order; with `query`, those whose title or SKU has it."""
        ...

    async def product(self, product_id: str) -> Product:
        """One product. Raises UnknownProduct."""
        ...

    async def variants(self, variant_ids: Sequence[str]) -> dict[str, Variant]:
        """Those of them that are for sale, read now."""
        ...

    async def locations(self) -> list[Location]: ...

    async def stock(self, variant_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        """Pieces by variant and location; a location without any may be missing."""
        ...

    async def allot(
        self, key: str, variant_id: str, quantity: int, *, show: str, item: str
    ) -> Allotment:
        """Take up to `quantity` (> 0) pieces out of sale, for `item` of `show`.

        Grants what is there, which may be less or nothing. To raise an allotment, call again with
        another key: it is added to the same place. Raises UnknownProduct.
        """
        ...

    async def give_back(self, key: str, place: str, quantity: int) -> int:
        """Put up to `quantity` (> 0) pieces of an allotment on sale again, where they came from.

        Returns how many were put back: never more than lie there. Raises UnknownPlace.
        """
        ...

    async def prepare_order(self, key: str, draft: OrderDraft) -> ShopOrder:
        """Record an order without any effect on stock. Raises UnknownProduct, UnknownPlace."""
        ...

    async def commit_order(self, key: str, ref: str) -> ShopOrder:
        """Take the pieces of a prepared order, all or none.

        Raises OutOfStock, UnknownOrder, and Conflict where it was cancelled.
        """
        ...

    async def cancel_order(self, key: str, ref: str) -> ShopOrder:
        """Undo an order; what it took lies again where it came from. Raises UnknownOrder."""
        ...

    async def find_order(self, key: str) -> ShopOrder | None:
        """The order that `prepare_order` made under `key`; None proves that there is none."""
        ...

    async def changes(self, since: Instant) -> list[Change]:
        """What changed at `since` or later, oldest first.

        A change is dated by the start of its transaction: ask from a minute before the last answer.
        """
        ...

"""What the shop needs of the rooms in which claims live, and what it tells them.

`live` implements `ClaimRooms`, and tells of items that were opened; the shop never imports it.
Before payment the shop asks the rooms, by a call; afterwards it tells them through the outbox, one
topic for each fate of an order, with the order's id as the key, so that what is told of one order
arrives in order and at least once. Handlers must take a repeat, and an order that they never heard
of, as nothing to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol, TypedDict

import msgspec

from core.clock import Instant
from core.errors import Conflict

if TYPE_CHECKING:
    from core.identity.model import Person

CLAIMABLE = "item.opened"
"""An item of a show was opened: `{show, show_title, item, product, title, tier}`; `tier` is the key
of the tier whose members alone may claim it, if it is so for good."""
ORDER_PLACED = "order.placed"
"""Placed and paid later (at pick-up, by transfer): the hold ends, the claims are sold."""
ORDER_PAID = "order.paid"
"""Paid. May follow `order.placed`; then there is nothing more to do."""
ORDER_RELEASED = "order.released"
"""Never paid, or never made: the claims are no longer in payment (nor sold by `order.placed`)."""
ORDER_CANCELLED = "order.cancelled"
"""Cancelled or refunded after it was placed."""


class OrderTold(TypedDict):
    """Payload of `order.placed`, `order.paid` and `order.cancelled`."""

    order: str
    claims: list[str]
    """Ids of the claims in it, of one show, of several or of none; their pieces of stock have moved
    already: out of the allotment when the order was made, back into it when it was released or
    cancelled."""


class OrderReleased(OrderTold):
    """Payload of `order.released`."""

    cause: Literal["failed", "lapsed"]
    """failed: no order came of it; lapsed: it was not paid in time."""


class ClaimedLine(msgspec.Struct, frozen=True):
    """A claim as it becomes an order's line: what the show promised, at the show's price."""

    claim: str
    show: str
    item: str
    code: str
    title: str
    variant_id: str
    variant_title: str
    picture: str | None
    quantity: int
    unit_price: int
    """Minor units of the shop's currency."""
    place: str
    """The allotment's place, as `Shop.allot` named it."""


class ClaimExpired(Conflict):
    """`data.claims`: those that are not the customer's any more (expired, given back, sold)."""

    code = "claim_expired"


class ClaimInPayment(Conflict):
    """`data.claims`: those that another order is paying for."""

    code = "claim_in_payment"


class ClaimRooms(Protocol):
    async def begin_payment(
        self, customer: Person, order: str, claims: Sequence[str], until: Instant
    ) -> list[ClaimedLine]:
        """Put `claims` (of one room or several, locked one after the other) in payment for `order`.

        A claim in payment neither expires nor can be cancelled by a comment. Repeated for the same
        order it changes nothing and answers the same, in the order of `claims`. `until` is shown to
        the customer; the shop, not the room, acts on it. Raises ClaimExpired or ClaimInPayment and
        may then have begun for some: the shop releases the order through the outbox.
        """
        ...

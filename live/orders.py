"""Claims between a show and the shop: what the shop asks of rooms, and what it tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from commerce_bridge import rooms as told
from commerce_bridge.rooms import ClaimedLine, ClaimExpired
from core.clock import Instant
from core.db import Database
from core.identity.model import Person
from core.outbox import Outbox
from core.rooms.events import Reader
from core.rooms.kind import Command
from core.rooms.rooms import Rooms
from live import commands as c
from live import store
from live.service import actor_of
from live.state import Show, variant_of
from live.store import SHOW

_SHOP = Reader(staff=True)


class ShowClaims:
    """See `commerce_bridge.rooms.ClaimRooms`; also hears the outbox for the shows."""

    def __init__(self, database: Database, rooms: Rooms) -> None:
        self._database = database
        self._rooms = rooms

    def join(self, outbox: Outbox) -> None:
        """Hear what the shop and the sign-in tell."""
        outbox.subscribe(told.ORDER_PLACED, self._placed)
        outbox.subscribe(told.ORDER_PAID, self._placed)
        outbox.subscribe(told.ORDER_RELEASED, self._released)
        outbox.subscribe(told.ORDER_CANCELLED, self._cancelled)
        outbox.subscribe("customer.merged", self._merged)

    async def begin_payment(
        self, customer: Person, order: str, claims: Sequence[str], until: Instant
    ) -> list[ClaimedLine]:
        """See the protocol. Rooms are locked one after the other, never two at once."""
        lines: dict[str, ClaimedLine] = {}
        actor = actor_of(customer)
        for show_id, ids in _by_show(claims).items():
            act = c.Act(actor, c.BeginPayment(order, tuple(ids), until))
            command = Command(customer.id or "", f"{order}-begin", act, customer.aliases)
            await self._rooms.tell(show_id, SHOW, command, _SHOP)
            show: Show = self._rooms.room(show_id, SHOW).committed.state
            lines.update((claim_id, _line(show, order, claim_id)) for claim_id in ids)
        return [lines[claim_id] for claim_id in claims]

    async def _placed(self, message: Any) -> None:
        for show_id, ids in _by_show(message["claims"]).items():
            do = c.OrderPlaced(message["order"], tuple(ids))
            await self._tell(show_id, f"{message['order']}-placed", do)

    async def _released(self, message: Any) -> None:
        for show_id, ids in _by_show(message["claims"]).items():
            do = c.OrderReleased(message["order"], tuple(ids), message["cause"])
            await self._tell(show_id, f"{message['order']}-released", do)

    async def _cancelled(self, message: Any) -> None:
        for show_id, ids in _by_show(message["claims"]).items():
            do = c.OrderCancelled(message["order"], tuple(ids))
            await self._tell(show_id, f"{message['order']}-cancelled", do)

    async def _merged(self, message: Any) -> None:
        guest, customer = message["from"], message["to"]
        for show_id in await self._database.read(lambda conn: store.shows_of(conn, guest)):
            await self._tell(show_id, f"{guest}-merged", c.Merge(guest, customer))

    async def _tell(self, show_id: str, request_id: str, do: Any) -> None:
        command = Command(c.SYSTEM.id, request_id, c.Act(c.SYSTEM, do))
        await self._rooms.tell(show_id, SHOW, command, _SHOP)


def _by_show(claims: Sequence[str]) -> dict[str, list[str]]:
    """Claims by the show that their ids name, in the shows' order."""
    shows: dict[str, list[str]] = {}
    for claim_id in claims:
        shows.setdefault(claim_id.partition(".")[0], []).append(claim_id)
    return dict(sorted(shows.items()))


def _line(show: Show, order: str, claim_id: str) -> ClaimedLine:
    claim = show.claims.get(claim_id)
    if claim is None or claim.order != order:
        # Begun before under this order's name, and released or given back since.
        raise ClaimExpired("It is not held for you any more.", claims=[claim_id])
    item = show.items[claim.item]
    variant = variant_of(item, claim.variant)
    if variant is None:
        raise ClaimExpired("It is not held for you any more.", claims=[claim_id])
    return ClaimedLine(
        claim=claim.id,
        show=show.id,
        item=item.id,
        code=item.code,
        title=item.title,
        variant_id=variant.variant_id,
        variant_title=variant.title,
        picture=item.picture,
        quantity=claim.quantity,
        unit_price=claim.price,
        place=show.places[item.id, variant.key],
    )

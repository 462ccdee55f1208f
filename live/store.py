"""What is looked up about shows from outside their rooms: their list, carts, stock to return.

Written in the transaction of the batch that made it so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, cast

import msgspec
from sqlalchemy import BigInteger, Column, Connection, Integer, String, Table, Text, select
from sqlalchemy.dialects import postgresql, sqlite

from commerce_bridge import claims as cart
from commerce_bridge.rooms import CLAIMABLE
from core import outbox
from core.clock import Instant
from core.db import any_of, metadata
from core.rooms.events import Logged
from core.rooms.tables import room, room_command, room_content, room_event
from live import events as e
from live.commands import SYSTEM
from live.events import ShowStatus
from live.perks import Perks, Tiers
from live.state import Claim, Show, variant_of

show_table = Table(
    "show",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("title", Text, nullable=False),
    Column("status", String(10), nullable=False, index=True),
    Column("host_name", Text, nullable=False),
    Column("poster", Text),
    Column("starts_at", BigInteger),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("items", Integer, nullable=False),
    Column("viewers", Integer, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("tier", String(20)),
    Column("tier_name", Text),
)

SHOW = "show"
"""The kind of room that a show is."""

ALLOTMENT_BACK = "allotment.back"
"""Outbox: `{key, place, quantity}` goes back to the shop."""
ALLOTMENT_ASKED = "allotment.asked"
"""Outbox: `{show, item}` ended while the shop still owed it an answer."""
SHOW_ENDED = "show.ended"
"""Outbox: `{show}` is over."""
RETENTION = "retention"
"""The request by which all that was typed in a show is blanked, when it was kept long enough."""

_LISTED = (
    e.ShowCreated, e.ShowChanged, e.ShowLive, e.ShowEnded, e.ItemAdded, e.ItemRemoved,
    e.ViewersSampled,
)  # fmt: skip
_CLAIMED = (e.ClaimGivenBack, e.ClaimPaying, e.ClaimReleased, e.ClaimSold)


def project(
    connection: Connection,
    room_id: str,
    logged: Sequence[Logged],
    show: Show,
    perks: Perks,
) -> None:
    """Bring the list of shows, the carts and the outbox up to `show`, the state after `logged`.

    Who won a give-away has its coupon with the same commit.
    """
    granted: set[str] = set()
    changed: dict[str, None] = {}
    listed = False
    for one in logged:
        event = one.event
        if isinstance(event, e.ClaimHeld):
            granted.add(event.claim)
            changed[event.claim] = None
        elif isinstance(event, _CLAIMED):
            changed[event.claim] = None
        elif isinstance(event, e.PersonMerged):
            changed.update(dict.fromkeys(show.claims_of.get(event.to, ())))
        elif isinstance(event, _LISTED):
            listed = True
            if isinstance(event, e.ShowEnded):
                # A key of its own: what goes back to the shop waits for nobody who hears of this.
                outbox.add(connection, SHOW_ENDED, f"{room_id}.ended", {"show": room_id})
                for item in sorted({item for item, _ in show.asked}):
                    outbox.add(
                        connection, ALLOTMENT_ASKED, room_id, {"show": room_id, "item": item}
                    )
        elif isinstance(event, e.GiftWon):
            key = f"gift {room_id}.{one.offset}"
            perks.grant(connection, event.coupon, event.by, key=key, now=one.at_ms)
        elif isinstance(event, e.ItemOpened):
            # A key of its own: who wishes for it is told when there is time.
            of = _tier(show, show.items[event.item], perks.tiers(connection))
            outbox.add(connection, CLAIMABLE, f"{room_id}.wishes", _opened(show, event.item, of))
        elif isinstance(event, e.ItemAllotted) and event.back:
            place = show.places[event.item, event.variant]
            back = {"key": f"{room_id}.{one.offset}", "place": place, "quantity": event.back}
            outbox.add(connection, ALLOTMENT_BACK, room_id, back)
    if changed:
        kept = [_cart_row(show, claim) for one in changed if (claim := show.claims.get(one))]
        cart.add(connection, [row for row in kept if row["claim_id"] in granted])
        cart.put(connection, [row for row in kept if row["claim_id"] not in granted])
        cart.drop(connection, [claim for claim in changed if claim not in show.claims])
    if listed:
        _list(connection, show, logged[-1].at_ms)


def _tier(show: Show, item: e.Item, tiers: Tiers) -> str | None:
    """Who of all may have the item: members of the show and of the item, early access apart."""
    ranks = {key: rank for rank, (key, _) in enumerate(tiers)}
    asked = (show.tier, item.tier if item.early_s is None else None)
    # One that the shop has no longer is nobody's, and so above all others.
    return max(filter(None, asked), key=lambda key: ranks.get(key, len(ranks)), default=None)


def _opened(show: Show, item_id: str, tier: str | None) -> dict[str, Any]:
    item = show.items[item_id]
    return {
        "show": show.id,
        "show_title": show.title,
        "item": item.id,
        "product": item.product,
        "title": item.title,
        "tier": tier,
    }


def _cart_row(show: Show, claim: Claim) -> cart.ClaimRow:
    item = show.items[claim.item]
    variant = variant_of(item, claim.variant)
    return {
        "claim_id": claim.id,
        "customer": claim.by,
        "show": show.id,
        "show_title": show.title,
        "item": claim.item,
        "code": item.code,
        "title": item.title,
        "variant_title": variant.title if variant else "",
        "variant_id": variant.variant_id if variant else "",
        "picture": item.picture,
        "quantity": claim.quantity,
        "unit_price": claim.price,
        "currency": show.currency,
        "until": claim.until,
        "state": claim.state,
        "order_id": claim.order,
    }


def _list(connection: Connection, show: Show, now: Instant) -> None:
    row = {
        "id": show.id,
        "title": show.title,
        "status": show.status,
        "host_name": show.host_name,
        "poster": show.poster,
        "starts_at": show.starts_at,
        "started_at": show.started_at,
        "ended_at": show.ended_at,
        "items": len(show.items),
        "viewers": show.totals.viewers,
        "changed_at": now,
        "tier": show.tier,
        "tier_name": show.tier_name,
    }
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    statement = insert(show_table).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))


def list_shows(connection: Connection, *, drafts: bool, limit: int) -> list[dict[str, object]]:
    """Shows by their newest change, with drafts or without."""
    query = select(show_table).order_by(show_table.c.changed_at.desc()).limit(limit)
    if not drafts:
        query = query.where(show_table.c.status != "draft")
    return [dict(row) for row in connection.execute(query).mappings()]


def status_of(connection: Connection, show_id: str) -> ShowStatus | None:
    """Where the show stands; None where there is none."""
    query = select(show_table.c.status).where(show_table.c.id == show_id)
    return cast("ShowStatus | None", connection.execute(query).scalar_one_or_none())


def door_of(connection: Connection, show_id: str) -> tuple[ShowStatus, str | None] | None:
    """Where the show stands, and the tier that it is for; None where there is none."""
    query = select(show_table.c.status, show_table.c.tier).where(show_table.c.id == show_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.status, row.tier)


class _Priced(msgspec.Struct):
    currency: str


def currencies(connection: Connection) -> set[str]:
    """What the shows that have not ended are priced in, as their first events say."""
    query = (
        select(room_event.c.data)
        .join_from(show_table, room_event, room_event.c.room_id == show_table.c.id)
        .where(show_table.c.status != "ended", room_event.c.offset == 1)
    )
    created = msgspec.json.Decoder(_Priced)
    return {created.decode(data).currency for data in connection.execute(query).scalars()}


def talked_out(connection: Connection, before: Instant, *, limit: int = 20) -> list[str]:
    """Shows that ended before then, and whose talk was not blanked for that yet.

    By the request that blanks it: that one person had hers erased says nothing of the others.
    """
    blanked = select(room_command.c.room_id).where(
        room_command.c.room_id == show_table.c.id,
        room_command.c.request_id == RETENTION,
        room_command.c.sender == SYSTEM.id,
    )
    query = (
        select(show_table.c.id)
        .where(show_table.c.ended_at < before, ~blanked.exists())
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def attended(connection: Connection, ids: Collection[str], *, limit: int = 10) -> list[Any]:
    """`{id, title}` of the newest shows in which she has claimed or typed something."""
    typed = select(room_content.c.room_id).where(
        any_of(connection, room_content.c.author, sorted(ids))
    )
    query = (
        select(show_table.c.id, show_table.c.title)
        .where(show_table.c.id.in_(typed))
        .order_by(show_table.c.changed_at.desc())
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def shows_of(connection: Connection, author: str) -> list[str]:
    """Shows in which `author` has claimed or typed something."""
    query = (
        select(room.c.id)
        .join_from(room_content, room, room.c.id == room_content.c.room_id)
        .where(room_content.c.author == author, room.c.kind == SHOW)
        .distinct()
    )
    return list(connection.execute(query).scalars())

"""What an order, a correction, a sign-in and the passing of time do to somebody's points.

Each is a function of a connection, done once however often it is asked for, and in any order with
the others: whose points they are is locked first. An order's row comes before that lock, stock
after it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

import msgspec
from sqlalchemy import Connection, case, func, select

from commerce_bridge.embedded.catalogue import variant_table
from commerce_bridge.loyalty import ledger, tiers, transfers
from commerce_bridge.loyalty.ledger import loyalty_entry, loyalty_lot, loyalty_posting
from commerce_bridge.loyalty.model import (
    DAY_MS,
    GRACE_MS,
    Balance,
    Kind,
    NotEnoughPoints,
    account,
)
from commerce_bridge.loyalty.rules import Channel, Rules
from commerce_bridge.orders.model import Order, number_of
from commerce_bridge.orders.store import shop_order
from commerce_bridge.sql import among
from core.clock import Instant

TIDIED = 100
"""Customers whose points fall due or expire in one unit."""
MOST_EARNED = 10_000_000
"""By one order; more is a rule that somebody mistyped."""
PAGE = 30

_posting = loyalty_posting.c
_entry = loyalty_entry.c

__all__ = [
    "Balance",
    "Bought",
    "Earned",
    "NotEnoughPoints",
    "Row",
    "balance",
    "correct",
    "earn",
    "earned",
    "history",
    "merge",
    "redeem",
    "tidy",
    "undo",
    "would_earn",
]


class Bought(msgspec.Struct, frozen=True):
    """A line of an order, as far as earning looks at it; `amount` as the line is priced."""

    variant_id: str
    amount: int
    channel: Channel
    show: str | None = None


class Earned(msgspec.Struct, frozen=True):
    """What an order earned; `undone`: taken back with it."""

    points: int
    state: Literal["pending", "earned", "undone"]
    due_at: Instant


class Row(msgspec.Struct, frozen=True):
    """A line of somebody's history, by what it did to what she has, pending or not."""

    id: int
    kind: Kind
    points: int
    at: Instant
    due_at: Instant | None
    """Until when it is pending; None for what is not, or not any more."""
    order: tuple[str, str] | None
    """Its id and number."""
    reason: str | None
    note: str | None
    """Who is on the other side of a transfer."""
    actor: str | None


# What an order earns


def would_earn(
    connection: Connection,
    rules: Rules,
    ids: Collection[str],
    bought: Sequence[Bought],
    paid: int,
    now: Instant,
    *,
    but: str | None = None,
) -> int:
    """What `bought` earns a person if `paid` is what she pays for it, delivery not counted.

    `but` is an order that does not count for her tier: the one that is asked about.
    """
    if not rules.on or paid <= 0:
        return 0
    of_variant: dict[str, str] = {}
    if rules.products:
        variants = {line.variant_id for line in bought}
        rows = connection.execute(
            select(variant_table.c.id, variant_table.c.product_id).where(
                among(connection, variant_table.c.id, variants)
            )
        )
        of_variant = {row.id: row.product_id for row in rows}
    multiplier = tiers.standing(connection, rules, ids, now, but=but).multiplier
    products = [of_variant.get(line.variant_id) for line in bought]
    return _earned(rules, bought, products, paid, multiplier)


def _earned(
    rules: Rules,
    bought: Sequence[Bought],
    products: Sequence[str | None],
    paid: int,
    multiplier: int,
) -> int:
    """All multipliers multiply; what is left of a point is dropped once for each line."""
    whole = sum(line.amount for line in bought)
    if not whole:
        return 0
    points = before = priced = 0
    for line, product in zip(bought, products, strict=True):
        # Shares of what was paid, by price; rounded so that they add up to it.
        priced += line.amount
        upto = paid * priced // whole
        share, before = upto - before, upto
        percents = (
            rules.channels.of(line.channel)
            * rules.products.get(product or "", 100)
            * rules.shows.get(line.show or "", 100)
            * multiplier
        )
        points += share * rules.earn.points * percents // (rules.earn.spend * 100**4)
    return min(points, MOST_EARNED)


def bought(order: Order) -> list[Bought]:
    return [
        Bought(
            variant_id=line.variant_id,
            amount=line.amount,
            channel=line.via if line.claim is None else "show",
            show=line.show,
        )
        for line in order.lines
    ]


def earn(connection: Connection, order: Order, rules: Rules, now: Instant) -> int:
    """Credit what a paid order earns, once; returns how much. It is pending at first."""
    owner = ledger.lock(connection, [order.customer])[order.customer]
    key = f"earn:{order.id}"
    if ledger.known(connection, key):
        return 0
    ids = ledger.ids_of(connection, owner)
    points = would_earn(connection, rules, ids, bought(order), order.goods_paid, now, but=order.id)
    if not points:
        return 0
    purse = ledger.open_purse(connection, owner, now)
    due_at = now + rules.return_days * DAY_MS
    lot = ledger.new_lot(connection, due_at, due_at + rules.expire_days * DAY_MS)
    purse.wait(lot, points)
    ledger.write(
        connection, [purse], kind="earn", key=key, at=now, against="issued", order_id=order.id
    )
    return points


def redeem(
    connection: Connection,
    customer: str,
    order_id: str,
    points: int,
    now: Instant,
) -> None:
    """Pay an order with points, those that expire first before the others; once.

    Raises NotEnoughPoints.
    """
    owner = ledger.lock(connection, [customer])[customer]
    key = f"redeem:{order_id}"
    if not points or ledger.known(connection, key):
        return
    purse = ledger.open_purse(connection, owner, now)
    purse.take(points)
    ledger.write(
        connection, [purse], kind="redeem", key=key, at=now, against="redeemed", order_id=order_id
    )


def undo(connection: Connection, order_id: str, now: Instant) -> None:
    """Take back what an order earned and give back what paid for it, once.

    What she earned and has spent already she owes from now on. What paid for it comes back with the
    time that it had; what expired meanwhile has seven days.
    """
    query = select(loyalty_posting.c.kind, loyalty_posting.c.customer).where(
        loyalty_posting.c.order_id == order_id
    )
    posted = {row.kind: row.customer for row in connection.execute(query)}
    customer = posted.get("earn") or posted.get("redeem")
    if customer is None:
        return
    owner = ledger.lock(connection, [customer])[customer]
    # First what comes back: it may pay what is owed for the other.
    if "redeem" in posted:
        _unredeem(connection, owner, order_id, now)
    if "earn" in posted:
        _unearn(connection, owner, order_id, now)


def _unredeem(connection: Connection, owner: str, order_id: str, now: Instant) -> None:
    key = f"unredeem:{order_id}"
    if ledger.known(connection, key):
        return
    purse = ledger.open_purse(connection, owner, now)
    taken = {
        entry.lot: -entry.points
        for entry in ledger.entries(connection, f"redeem:{order_id}")
        if entry.lot is not None and entry.points < 0
    }
    lots = ledger.lots(connection, taken)
    late = 0
    for id, points in taken.items():
        if lots[id].expires_at > now:
            purse.put(lots[id], points)
        else:
            late += points
    if late:
        purse.put(ledger.new_lot(connection, now, now + GRACE_MS), late)
    ledger.write(
        connection, [purse], kind="unredeem", key=key, at=now, against="redeemed",
        order_id=order_id,
    )  # fmt: skip


def _unearn(connection: Connection, owner: str, order_id: str, now: Instant) -> None:
    key = f"unearn:{order_id}"
    if ledger.known(connection, key):
        return
    purse = ledger.open_purse(connection, owner, now)
    (lot, whole) = next(
        (entry.lot, entry.points)
        for entry in ledger.entries(connection, f"earn:{order_id}")
        if entry.lot is not None and entry.points > 0
    )
    # What has expired nobody had anything of.
    whole -= ledger.sum_of(connection, "expired", lot) + purse.forgo(lot)
    if whole:
        purse.take(whole, first=lot, owing=True)
    ledger.write(
        connection, [purse], kind="unearn", key=key, at=now, against="issued", order_id=order_id
    )


def correct(
    connection: Connection,
    customer: str,
    points: int,
    *,
    reason: str,
    actor: str,
    request_id: str,
    rules: Rules,
    now: Instant,
) -> None:
    """Staff add points, or take some; the same request does so once. Raises NotEnoughPoints."""
    owner = ledger.lock(connection, [customer])[customer]
    key = f"correct:{owner}:{request_id}"
    if ledger.known(connection, key):
        return
    purse = ledger.open_purse(connection, owner, now)
    if points > 0:
        lot = ledger.new_lot(connection, now, now + rules.expire_days * DAY_MS)
        purse.put(lot, points)
    else:
        purse.take(-points)
    ledger.write(
        connection, [purse], kind="correct", key=key, at=now, against="corrected", actor=actor,
        reason=reason,
    )  # fmt: skip


def merge(connection: Connection, from_id: str, to_id: str, now: Instant) -> None:
    """What a guest has, and owes, becomes the customer's whom she turned out to be."""
    ledger.lock(connection, [from_id, to_id])
    guest, into = (ledger.purse(connection, one) for one in (from_id, to_id))
    guest.empty_into(into)
    ledger.write(connection, [into, guest], kind="merge", key=f"merge:{from_id}", at=now)


# What she has


def balance(connection: Connection, ids: Collection[str], now: Instant) -> Balance:
    """What a person has by all ids that count as hers: the sum of the ledger's entries, with what
    is due by `now` and will be written within seconds."""
    purse = ledger.purse(connection, min(ids), ids)
    purse.settle(now)
    return purse.balance()


def earned(connection: Connection, order_ids: Collection[str], now: Instant) -> dict[str, Earned]:
    """What each of these orders earned; those that earned nothing are missing."""
    if not order_ids:
        return {}
    rows = connection.execute(
        select(
            _posting.order_id,
            func.max(_entry.points).label("points"),
            func.max(loyalty_lot.c.due_at).label("due_at"),
        )
        .select_from(loyalty_posting.join(loyalty_entry).join(loyalty_lot))
        .where(among(connection, _posting.order_id, order_ids), _posting.kind == "earn")
        .group_by(_posting.order_id)
    ).all()
    undone = _undone(connection, order_ids)
    return {
        row.order_id: Earned(
            points=row.points,
            state="undone"
            if row.order_id in undone
            else "pending"
            if row.due_at > now
            else "earned",
            due_at=row.due_at,
        )
        for row in rows
    }


def history(
    connection: Connection,
    ids: Collection[str],
    now: Instant,
    *,
    before: int | None = None,
    most: int = PAGE,
) -> list[Row]:
    """What changed what a person has, newest first, below the row `before`.

    What only went from one of her pockets to another is left out, so that the rows add up to what
    is pending and what is available.
    """
    hers = [account(pocket, one) for pocket in ("pending", "points") for one in ids]
    query = (
        select(
            _posting.id,
            _posting.kind,
            _posting.at,
            _posting.reason,
            _posting.note,
            _posting.actor,
            _posting.order_id,
            shop_order.c.serial,
            func.sum(_entry.points).label("points"),
            func.max(case((_posting.kind == "earn", loyalty_lot.c.due_at))).label("due_at"),
        )
        .select_from(
            loyalty_posting.join(loyalty_entry)
            .outerjoin(loyalty_lot)
            .outerjoin(shop_order, shop_order.c.id == _posting.order_id)
        )
        .where(among(connection, _entry.account, hers))
        .group_by(_posting.id, shop_order.c.serial)
        .having(func.sum(_entry.points) != 0)
        .order_by(_posting.id.desc())
        .limit(most)
    )
    if before is not None:
        query = query.where(_posting.id < before)
    rows = connection.execute(query).all()
    undone = _undone(connection, [row.order_id for row in rows if row.kind == "earn"])
    return [
        Row(
            id=row.id,
            kind=row.kind,
            points=int(row.points),
            at=row.at,
            due_at=row.due_at
            if row.due_at is not None and row.due_at > now and row.order_id not in undone
            else None,
            order=None if row.serial is None else (row.order_id, number_of(row.serial)),
            reason=row.reason,
            note=row.note,
            actor=row.actor,
        )
        for row in rows
    ]


def _undone(connection: Connection, order_ids: Collection[str]) -> set[str]:
    """Those of the orders of which what they earned was taken back."""
    if not order_ids:
        return set()
    query = select(_posting.order_id).where(
        among(connection, _posting.order_id, order_ids), _posting.kind == "unearn"
    )
    return {str(one) for one in connection.execute(query).scalars()}


# Time


def tidy(connection: Connection, now: Instant) -> int:
    """Write what is due by `now`: lots that can be used, lots that expired, offers that nobody
    answered. At most so many at once; returns how many there were."""
    over = transfers.over(connection, now, TIDIED)
    whose = set(ledger.due(connection, now, TIDIED)) | {one.sender for one in over}
    for customer in sorted(set(ledger.lock(connection, whose).values())):
        ledger.open_purse(connection, customer, now)
    for one in over:
        transfers.lapse(connection, one.id, now)
    return len(whose)

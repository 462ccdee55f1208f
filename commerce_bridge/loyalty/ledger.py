"""The ledger of points: postings whose entries sum to nothing, and nothing beside them.

No balance is stored. What somebody has is the sum of her entries, lot by lot; what the shop's four
accounts say is the rest of it. Whoever moves a customer's points locks her row first
(`loyalty_member`), two of them in the order of their ids. Postings are never changed, only the
address of a friend in one may be blanked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, get_args

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from commerce_bridge.loyalty.model import POCKETS, Entry, Kind, Lot, Pocket, Purse, Shop, account
from commerce_bridge.sql import among
from core.clock import Instant
from core.db import insert_new, metadata
from core.identity.sessions import aliases_of
from core.identity.tables import customer_alias
from core.ids import new_id

loyalty_member = Table(
    "loyalty_member",
    metadata,
    Column("customer", String(40), primary_key=True),
    Column("next_at", BigInteger),
    Index(None, "next_at"),
)
"""One row for each customer who ever had points: who holds its lock moves them. `next_at` is when
something of hers falls due or expires."""

loyalty_lot = Table(
    "loyalty_lot",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("due_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    CheckConstraint("expires_at > due_at", name="times"),
)

loyalty_posting = Table(
    "loyalty_posting",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("key", String(160), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    Column("customer", String(40), nullable=False),
    Column("order_id", String(40)),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(40)),
    Column("reason", Text),
    Column("note", Text),
    Index(None, "order_id"),
    sqlite_autoincrement=True,
)
"""`key` names what was done for good: done again, it is not done twice. `actor` is staff; `reason`
is shown to the customer; `note` names the other side of a transfer."""

loyalty_entry = Table(
    "loyalty_entry",
    metadata,
    Column("posting_id", ForeignKey("loyalty_posting.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("account", String(60), nullable=False),
    Column("lot", ForeignKey("loyalty_lot.id")),
    Column("points", BigInteger, nullable=False),
    CheckConstraint("points <> 0", name="points"),
    Index(None, "account"),
    Index(None, "lot"),
)

SHOP: Final[tuple[Shop, ...]] = get_args(Shop)

_entry = loyalty_entry.c
_posting = loyalty_posting.c


class Unbalanced(Exception):
    """A fault of ours: the entries of a posting do not sum to nothing."""


# Whose


def owner(connection: Connection, customer: str) -> str:
    """Whose the points of this id are: her own, or of the customer whom the guest became."""
    query = select(customer_alias.c.customer).where(customer_alias.c.alias == customer)
    return connection.execute(query).scalar_one_or_none() or customer


def ids_of(connection: Connection, customer: str) -> set[str]:
    """All ids that count as hers."""
    return {customer} | aliases_of(connection, [customer]).get(customer, set())


def lock(connection: Connection, customers: Iterable[str]) -> dict[str, str]:
    """Lock the owners of these ids until the transaction ends; returns who they are.

    A guest may have become somebody while this waited for her row: then that one is locked too.
    """
    wanted = set(customers)
    owners = {one: owner(connection, one) for one in wanted}
    locked: set[str] = set()
    while missing := sorted(set(owners.values()) - locked):
        rows = [{"customer": one} for one in missing]
        connection.execute(insert_new(connection, loyalty_member), rows)
        connection.execute(
            select(loyalty_member.c.customer)
            .where(among(connection, loyalty_member.c.customer, missing))
            .order_by(loyalty_member.c.customer)
            .with_for_update()
        ).all()
        locked.update(missing)
        owners = {one: owner(connection, one) for one in wanted}
    return owners


# What there is


def purse(connection: Connection, customer: str, ids: Collection[str] | None = None) -> Purse:
    """What a customer has, by all that is written; `ids` are those that count as hers."""
    named = {account(pocket, one): pocket for one in ids or [customer] for pocket in POCKETS}
    rows = connection.execute(
        select(
            _entry.account,
            _entry.lot,
            loyalty_lot.c.due_at,
            loyalty_lot.c.expires_at,
            func.sum(_entry.points).label("points"),
        )
        .select_from(loyalty_entry.outerjoin(loyalty_lot))
        .where(among(connection, _entry.account, named))
        .group_by(_entry.account, _entry.lot, loyalty_lot.c.due_at, loyalty_lot.c.expires_at)
        .having(func.sum(_entry.points) != 0)
    )
    lots: dict[str, Lot] = {}
    sums: dict[tuple[Pocket, str | None], int] = {}
    for row in rows:
        if row.lot is not None:
            lots[row.lot] = Lot(row.lot, row.due_at, row.expires_at)
        key = named[row.account], row.lot
        sums[key] = sums.get(key, 0) + int(row.points)
    return Purse(customer, lots, sums)


def open_purse(connection: Connection, customer: str, now: Instant) -> Purse:
    """The purse of a customer whose row is locked, once what is due by `now` has been written."""
    found = purse(connection, customer)
    while (lot := found.matures(now)) is not None:
        found.mature(lot)
        write(connection, [found], kind="mature", key=f"mature:{lot}", at=now)
    if found.expire(now):
        key = f"expire:{new_id('exp')}"
        write(connection, [found], kind="expire", key=key, at=now, against="expired")
    return found


def lots(connection: Connection, ids: Collection[str]) -> dict[str, Lot]:
    rows = connection.execute(select(loyalty_lot).where(among(connection, loyalty_lot.c.id, ids)))
    return {row.id: Lot(row.id, row.due_at, row.expires_at) for row in rows}


def new_lot(connection: Connection, due_at: Instant, expires_at: Instant) -> Lot:
    lot = Lot(new_id("lot"), due_at, expires_at)
    connection.execute(
        insert(loyalty_lot).values(id=lot.id, due_at=lot.due_at, expires_at=lot.expires_at)
    )
    return lot


def entries(connection: Connection, key: str) -> list[Entry]:
    """Those of the posting that this key names; none where there is no such posting."""
    rows = connection.execute(
        select(_entry.account, _entry.points, _entry.lot)
        .join_from(loyalty_entry, loyalty_posting)
        .where(_posting.key == key)
        .order_by(_entry.position)
    )
    return [Entry(row.account, row.points, row.lot) for row in rows]


def known(connection: Connection, key: str) -> bool:
    found = connection.execute(select(_posting.id).where(_posting.key == key))
    return found.first() is not None


def sum_of(connection: Connection, account: Shop, lot: str) -> int:
    """How much of a lot came onto one of the shop's accounts."""
    query = select(func.coalesce(func.sum(_entry.points), 0)).where(
        _entry.lot == lot, _entry.account == account
    )
    return int(connection.execute(query).scalar_one())


# Writing


def write(
    connection: Connection,
    purses: Sequence[Purse],
    *,
    kind: Kind,
    key: str,
    at: Instant,
    against: Shop | None = None,
    order_id: str | None = None,
    actor: str | None = None,
    reason: str | None = None,
    note: str | None = None,
) -> None:
    """Post what was drafted in `purses`, the first of which it is about, and what is `against` it
    on one of the shop's accounts. Nothing is posted where nothing was drafted.

    Raises Unbalanced where that does not sum to nothing.
    """
    drafted = [entry for one in purses for entry in one.drafted]
    both = _netted(drafted if against is None else [*drafted, *_counter(against, drafted)])
    if sum(entry.points for entry in both):
        raise Unbalanced(f"{kind} does not sum to nothing")
    for one in purses:
        one.drafted = []
    if not both:
        return
    posting = connection.execute(
        insert(loyalty_posting)
        .values(
            key=key,
            kind=kind,
            customer=purses[0].customer,
            order_id=order_id,
            at=at,
            actor=actor,
            reason=reason,
            note=note,
        )
        .returning(_posting.id)
    ).scalar_one()
    connection.execute(
        insert(loyalty_entry),
        [
            {
                "posting_id": posting,
                "position": position,
                "account": entry.account,
                "lot": entry.lot,
                "points": entry.points,
            }
            for position, entry in enumerate(both)
        ],
    )
    for one in purses:
        connection.execute(
            update(loyalty_member)
            .where(loyalty_member.c.customer == one.customer)
            .values(next_at=one.next_at)
        )


def _counter(against: Shop, drafted: Sequence[Entry]) -> list[Entry]:
    """The other side of what was drafted, lot by lot."""
    return [Entry(against, -entry.points, entry.lot) for entry in drafted]


def _netted(posted: Sequence[Entry]) -> list[Entry]:
    sums: dict[tuple[str, str | None], int] = {}
    for entry in posted:
        place = entry.account, entry.lot
        sums[place] = sums.get(place, 0) + entry.points
    return [Entry(account, points, lot) for (account, lot), points in sums.items() if points]


def blank(connection: Connection, keys: Collection[str]) -> None:
    """Forget who is on the other side of these postings; what moved stays as it is."""
    connection.execute(
        update(loyalty_posting).where(among(connection, _posting.key, keys)).values(note=None)
    )


def due(connection: Connection, now: Instant, most: int) -> list[str]:
    """Customers of whom something falls due or expires by `now`."""
    query = (
        select(loyalty_member.c.customer)
        .where(loyalty_member.c.next_at <= now)
        .order_by(loyalty_member.c.next_at)
        .limit(most)
    )
    return list(connection.execute(query).scalars())


# Looking through it


def audit(connection: Connection) -> list[str]:
    """What is wrong with the ledger; nothing, or there is a fault of ours."""
    wrong = [
        f"posting {row.posting_id} sums to {int(row.points)}"
        for row in connection.execute(
            select(_entry.posting_id, func.sum(_entry.points).label("points"))
            .group_by(_entry.posting_id)
            .having(func.sum(_entry.points) != 0)
        )
    ]
    sums: dict[str, dict[str | None, int]] = {}
    for row in connection.execute(
        select(_entry.account, _entry.lot, func.sum(_entry.points).label("points")).group_by(
            _entry.account, _entry.lot
        )
    ):
        sums.setdefault(row.account, {})[row.lot] = int(row.points)
    for name, lots in sorted(sums.items()):
        pocket, _, customer = name.partition(":")
        if not customer:
            if name not in SHOP:
                wrong.append(f"nobody's account: {name}")
            continue
        wrong += _of_customer(name, pocket, lots)
    empty = select(_posting.id).where(
        ~select(_entry.posting_id).where(_entry.posting_id == _posting.id).exists()
    )
    wrong += [f"posting {id} has no entries" for id in connection.execute(empty).scalars()]
    return wrong


def _of_customer(name: str, pocket: str, lots: Mapping[str | None, int]) -> list[str]:
    wrong = [
        f"{name} has {points} of {lot}"
        for lot, points in lots.items()
        if lot is not None and points < 0
    ]
    owed = lots.get(None, 0)
    if owed > 0 or (owed and pocket != "points"):
        wrong.append(f"{name} has {owed} of no lot")
    if owed < 0 and any(points > 0 for lot, points in lots.items() if lot is not None):
        wrong.append(f"{name} owes {-owed} and has points")
    return wrong

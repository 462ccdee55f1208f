"""Points that a customer gives to a friend: offered by the one, taken by the other.

A friend is named by her e-mail address, whether or not a customer has it: who signs in with it
later finds the offer. What is offered is put aside, by lots that keep their time, and comes back if
it is declined, withdrawn, or not taken within a week. Every change of an offer is made under the
sender's lock (see `ledger`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

import msgspec
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    case,
    func,
    insert,
    select,
    update,
)

from commerce_bridge.loyalty import ledger
from commerce_bridge.loyalty.model import DAY_MS
from commerce_bridge.loyalty.rules import Rules
from commerce_bridge.sql import among
from core.clock import Instant
from core.db import metadata
from core.errors import Conflict, NotFound
from core.ids import new_id

OPEN_MS = 7 * DAY_MS
OFFERS_A_DAY = 20
"""By one customer, whatever became of them: each writes a letter to whatever was typed."""
MOST_WAITING = 20
"""Offers that wait for one address."""
LISTED = 20

State = Literal["offered", "accepted", "declined", "withdrawn", "lapsed"]

loyalty_transfer = Table(
    "loyalty_transfer",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("sender", String(40), nullable=False),
    Column("sender_name", Text, nullable=False),
    Column("email", String(254), nullable=False),
    Column("receiver", String(40)),
    Column("points", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("request_id", String(64), nullable=False),
    CheckConstraint("points > 0", name="points"),
    UniqueConstraint("sender", "request_id"),
    Index(None, "email"),
    Index(None, "state", "until"),
)

_t = loyalty_transfer.c


class TransferLimit(Conflict):
    """More, or less, than may be given away: `data` has `least`, `most_day` and `left_today`, and
    `offers` where it is the number of offers that is too high."""

    code = "transfer_limit"


class TransferOver(Conflict):
    """The offer was answered, withdrawn, or not taken in time (`data.state`)."""

    code = "transfer_over"


class Transfer(msgspec.Struct, frozen=True):
    id: str
    sender: str
    sender_name: str
    email: str
    """The friend's address, in the one form under which it is looked up."""
    receiver: str | None
    """Who took it; None as long as nobody did."""
    points: int
    state: State
    at: Instant
    until: Instant
    changed_at: Instant


def left_today(connection: Connection, ids: Collection[str], rules: Rules, now: Instant) -> int:
    """How much more a customer may give away now."""
    given, _ = _today(connection, ids, now)
    return max(0, rules.transfer.most_day - given)


def offer(
    connection: Connection,
    sender: str,
    name: str,
    email: str,
    points: int,
    request_id: str,
    rules: Rules,
    now: Instant,
) -> tuple[Transfer, bool]:
    """Put points aside for whoever has `email`, and whether that was not done before by the same
    request. Raises TransferLimit, NotEnoughPoints.
    """
    owner = ledger.lock(connection, [sender])[sender]
    ids = ledger.ids_of(connection, owner)
    made = connection.execute(
        select(loyalty_transfer).where(
            among(connection, _t.sender, ids), _t.request_id == request_id
        )
    ).first()
    if made is not None:
        return _read(made), False
    _check(connection, ids, email, points, rules, now)
    purse = ledger.open_purse(connection, owner, now)
    held = purse.hold(points)
    ends = [purse.lot(entry.lot).expires_at for entry in held if entry.lot is not None]
    transfer = Transfer(
        id=new_id("trf"),
        sender=owner,
        sender_name=name,
        email=email,
        receiver=None,
        points=points,
        state="offered",
        at=now,
        # What is put aside does not expire there: it comes back, and expires with its owner.
        until=min([now + OPEN_MS, *ends]),
        changed_at=now,
    )
    connection.execute(
        insert(loyalty_transfer).values(request_id=request_id, **msgspec.structs.asdict(transfer))
    )
    ledger.write(connection, [purse], kind="offer", key=f"offer:{transfer.id}", at=now, note=email)
    return transfer, True


def accept(connection: Connection, id: str, receiver: str, email: str, now: Instant) -> Transfer:
    """Take what was offered to `email`; taken before by her, it is not taken twice.

    Raises NotFound, TransferOver.
    """
    transfer = _sent_to(connection, id, email)
    owners = ledger.lock(connection, [transfer.sender, receiver])
    transfer = one(connection, id)
    if transfer.state == "accepted":
        return transfer
    _check_open(transfer, now)
    sender, into = (
        ledger.open_purse(connection, owners[who], now) for who in (transfer.sender, receiver)
    )
    for lot, points in sender.release(_held(connection, transfer)):
        into.put(lot, points)
    ledger.write(
        connection,
        [into, sender],
        kind="give",
        key=f"give:{id}",
        at=now,
        note=transfer.sender_name,
    )
    return _become(connection, transfer, "accepted", now, receiver=owners[receiver])


def decline(connection: Connection, id: str, email: str, now: Instant) -> Transfer:
    """Say no to what was offered to `email`. Raises NotFound, TransferOver."""
    transfer = _sent_to(connection, id, email)
    return _end(connection, transfer, "declined", now)


def withdraw(connection: Connection, id: str, ids: Collection[str], now: Instant) -> Transfer:
    """Take back what she offered. Raises NotFound, TransferOver."""
    transfer = one(connection, id)
    if transfer.sender not in ids:
        raise _no_transfer()
    return _end(connection, transfer, "withdrawn", now)


def lapse(connection: Connection, id: str, now: Instant) -> None:
    """Give back what nobody took in time, if that is still so."""
    transfer = one(connection, id)
    owner = ledger.lock(connection, [transfer.sender])[transfer.sender]
    transfer = one(connection, id)
    if transfer.state == "offered" and transfer.until <= now:
        _back(connection, owner, transfer, "lapsed", now)


def over(connection: Connection, now: Instant, most: int) -> list[Transfer]:
    """Offers whose time is over, longest first."""
    query = (
        select(loyalty_transfer)
        .where(_t.state == "offered", _t.until <= now)
        .order_by(_t.until)
        .limit(most)
    )
    return [_read(row) for row in connection.execute(query)]


def sent(connection: Connection, ids: Collection[str], *, most: int = LISTED) -> list[Transfer]:
    """The newest that a person offered, those that are open before the others."""
    return _listed(connection, among(connection, _t.sender, ids), most)


def received(connection: Connection, email: str, *, most: int = LISTED) -> list[Transfer]:
    """The newest that were offered to an address, those that are open before the others."""
    return _listed(connection, _t.email == email, most)


def one(connection: Connection, id: str) -> Transfer:
    """Raises NotFound."""
    row = connection.execute(select(loyalty_transfer).where(_t.id == id)).one_or_none()
    if row is None:
        raise _no_transfer()
    return _read(row)


def erase(connection: Connection, ids: Collection[str]) -> int:
    """Forget to whom a person offered points; the points stay in the books. Returns how many
    offers there were. What is still offered is over, and comes back to her by `lapse`.
    """
    ledger.lock(connection, ids)
    hers = among(connection, _t.sender, ids), _t.email != ""
    found = list(connection.execute(select(_t.id).where(*hers)).scalars())
    if found:
        keys = [f"{what}:{id}" for id in found for what in ("offer", "decline")]
        ledger.blank(connection, keys)
        ends = case((_t.state == "offered", _t.at), else_=_t.until)
        connection.execute(
            update(loyalty_transfer)
            .where(among(connection, _t.id, found))
            .values(email="", until=ends)
        )
    return len(found)


def _check(
    connection: Connection,
    ids: Collection[str],
    email: str,
    points: int,
    rules: Rules,
    now: Instant,
) -> None:
    """Whether so much may be offered now. Raises TransferLimit."""
    given, offers = _today(connection, ids, now)
    limits: dict[str, Any] = {
        "least": rules.transfer.least,
        "most_day": rules.transfer.most_day,
        "left_today": max(0, rules.transfer.most_day - given),
    }
    if offers >= OFFERS_A_DAY:
        raise TransferLimit("Too many offers within a day.", offers=OFFERS_A_DAY, **limits)
    if not rules.transfer.least <= points <= limits["left_today"]:
        raise TransferLimit("Not as many may be given away.", **limits)
    waiting = select(func.count()).where(_t.email == email, _t.state == "offered")
    if connection.execute(waiting).scalar_one() >= MOST_WAITING:
        raise TransferLimit("Too many wait for this address.", offers=MOST_WAITING, **limits)


def _today(connection: Connection, ids: Collection[str], now: Instant) -> tuple[int, int]:
    """Points that were offered in the last 24 hours and did not come back; all offers in them."""
    rows = connection.execute(
        select(_t.state, _t.points).where(among(connection, _t.sender, ids), _t.at > now - DAY_MS)
    ).all()
    given = sum(row.points for row in rows if row.state in ("offered", "accepted"))
    return given, len(rows)


def _sent_to(connection: Connection, id: str, email: str) -> Transfer:
    transfer = one(connection, id)
    if transfer.email != email:
        raise _no_transfer()
    return transfer


def _check_open(transfer: Transfer, now: Instant) -> None:
    if transfer.state != "offered" or transfer.until <= now:
        state = "lapsed" if transfer.state == "offered" else transfer.state
        raise TransferOver("This offer is over.", state=state)


def _end(connection: Connection, transfer: Transfer, state: State, now: Instant) -> Transfer:
    owner = ledger.lock(connection, [transfer.sender])[transfer.sender]
    transfer = one(connection, transfer.id)
    if transfer.state == state:
        return transfer
    _check_open(transfer, now)
    return _back(connection, owner, transfer, state, now)


def _back(
    connection: Connection, owner: str, transfer: Transfer, state: State, now: Instant
) -> Transfer:
    purse = ledger.open_purse(connection, owner, now)
    for lot, points in purse.release(_held(connection, transfer)):
        purse.put(lot, points)
    ledger.write(
        connection,
        [purse],
        kind="decline",
        key=f"decline:{transfer.id}",
        at=now,
        note=transfer.email or None,
    )
    return _become(connection, transfer, state, now)


def _held(connection: Connection, transfer: Transfer) -> dict[str, int]:
    """How much of which lots was put aside for it."""
    return {
        entry.lot: entry.points
        for entry in ledger.entries(connection, f"offer:{transfer.id}")
        if entry.lot is not None and entry.points > 0
    }


def _become(
    connection: Connection,
    transfer: Transfer,
    state: State,
    now: Instant,
    receiver: str | None = None,
) -> Transfer:
    changes = {"state": state, "changed_at": now, "receiver": receiver}
    connection.execute(update(loyalty_transfer).where(_t.id == transfer.id).values(**changes))
    return one(connection, transfer.id)


def _listed(connection: Connection, condition: Any, most: int) -> list[Transfer]:
    query = (
        select(loyalty_transfer)
        .where(condition)
        .order_by((_t.state == "offered").desc(), _t.at.desc(), _t.id.desc())
        .limit(most)
    )
    return [_read(row) for row in connection.execute(query)]


def _no_transfer() -> NotFound:
    return NotFound("There is no such transfer.")


def _read(row: Row[*tuple[Any, ...]]) -> Transfer:
    values = dict(row._mapping)
    values.pop("request_id")
    return Transfer(**values)

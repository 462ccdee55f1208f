"""What a show asks of the shop's loyalty: who has which tier, and a coupon for who wins one.

All within the batch's transaction: nobody is kept out, let in, or given twice by an old answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from msgspec.structs import replace
from sqlalchemy import Connection

from commerce_bridge.loyalty import tiers
from commerce_bridge.loyalty.coupons import store as coupons
from commerce_bridge.loyalty.rules import Rules, rules
from core.clock import Instant
from core.rooms.kind import Command
from live import claims
from live import commands as c
from live.state import Show

Tiers = tuple[tuple[str, str], ...]
"""Keys and names of tiers, lowest first."""


class Perks(Protocol):
    """The shop's loyalty, as shows know it."""

    def tiers(self, connection: Connection) -> Tiers:
        """All tiers of the shop."""
        ...

    def tiers_of(
        self, connection: Connection, people: Mapping[str, Collection[str]], now: Instant
    ) -> Mapping[str, Tiers]:
        """The tiers that each has: her own, and those below it. `people` are ids by person."""
        ...

    def coupon(self, connection: Connection, coupon: str, now: Instant) -> str | None:
        """What a coupon is called that can be given now; None where there is none."""
        ...

    def grant(
        self, connection: Connection, coupon: str, customer: str, *, key: str, now: Instant
    ) -> None:
        """Put a coupon into a customer's wallet, once for each `key`."""
        ...


class ShopPerks:
    """The loyalty of our own shop."""

    def tiers(self, connection: Connection) -> Tiers:
        return _named(rules(connection))

    def tiers_of(
        self, connection: Connection, people: Mapping[str, Collection[str]], now: Instant
    ) -> Mapping[str, Tiers]:
        in_force = rules(connection)
        every = _named(in_force)
        ranks = tiers.tiers_of(connection, in_force, people, now)
        return {person: every[:rank] for person, rank in ranks.items()}

    def coupon(self, connection: Connection, coupon: str, now: Instant) -> str | None:
        found = coupons.to_give(connection, coupon, now)
        return None if found is None else found.title

    def grant(
        self, connection: Connection, coupon: str, customer: str, *, key: str, now: Instant
    ) -> None:
        coupons.grant(connection, coupon, customer, "gift", key, now)


def _named(in_force: Rules) -> Tiers:
    """None as long as the rules are off: then nobody has a tier."""
    return tuple((tier.key, tier.name) for tier in in_force.tiers) if in_force.on else ()


class NoPerks:
    """A shop that has no tiers and no coupons; also what only reads a log needs."""

    def tiers(self, _connection: Connection) -> Tiers:
        return ()

    def tiers_of(
        self, _connection: Connection, _people: Mapping[str, Collection[str]], _now: Instant
    ) -> Mapping[str, Tiers]:
        return {}

    def coupon(self, _connection: Connection, _coupon: str, _now: Instant) -> str | None:
        return None

    def grant(
        self, _connection: Connection, coupon: str, _customer: str, *, key: str, now: Instant
    ) -> None:
        raise LookupError(f"There is no coupon {coupon} to give for {key} at {now}.")


def enrich(
    perks: Perks, connection: Connection, show: Show, commands: Sequence[Command], now: Instant
) -> Sequence[Command]:
    """`commands`, each with the tiers and coupons that its rules will look at.

    Asks nothing where nothing of the show, and none of `commands`, is for members.
    """
    acts: list[c.Act] = [command.body for command in commands]
    if not any(isinstance(act.do, _OF_STAFF) for act in acts) and not _for_members(show, now):
        return commands
    gates = _for_members(show, now) or any(_gates(show, act.do) for act in acts)
    askers = {act.by.id: _ids(show, act.by) for act in acts if gates and _asks(act)}
    known = perks.tiers_of(connection, askers, now) if askers else {}
    every = perks.tiers(connection) if any(_names_tier(act.do) for act in acts) else ()
    found: list[Command] = []
    for command, act in zip(commands, acts, strict=True):
        by, do = act.by, act.do
        has = every if by.is_staff else known.get(by.id, ())
        if has:
            by = replace(by, tiers=has)
        if isinstance(do, c.OpenGift):
            do = c.NewGift(do, perks.coupon(connection, do.coupon, now))
        same = by is act.by and do is act.do
        found.append(command if same else replace(command, body=c.Act(by, do)))
    return found


_OF_STAFF = (c.Create, c.ChangeShow, c.NewItem, c.ChangeItem, c.OpenItem, c.OpenGift)
"""What may make a show, or an item of it, one for members, or needs to know of a coupon."""


def _for_members(show: Show, now: Instant) -> bool:
    return show.tier is not None or any(
        item.status == "open" and claims.is_for_members(item, now) for item in show.items.values()
    )


def _gates(show: Show, do: Any) -> bool:
    """Whether it may keep those out who come after it in the same batch."""
    if isinstance(do, c.OpenItem | c.ChangeItem):
        item = show.items.get(do.item)
        if item is None or item.tier is not None:
            return True
    return _names_tier(do)


def _names_tier(do: Any) -> bool:
    if isinstance(do, c.NewItem):
        return do.do.tier is not None
    return isinstance(do, c.Create | c.ChangeShow | c.ChangeItem) and bool(do.tier)


def _ids(show: Show, by: c.Actor) -> frozenset[str]:
    """All that count as hers, also where a socket is still open under one that was merged."""
    return by.ids | {by.id, show.known_as(by.id)}


def _asks(act: c.Act) -> bool:
    return not act.by.is_staff and isinstance(act.do, c.Read | c.Claim)

"""What one customer has, lot by lot, and what becomes of it: pure rules.

Points that were earned together are a lot: they become usable together (`due_at`) and expire
together (`expires_at`). Lots keep both when they are given to somebody. What is owed because it was
taken back after it was spent is no lot: it stands below zero beside them, and whatever comes in
pays it first. So there are usable points in lots, or something is owed, never both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

import msgspec

from core.clock import Instant
from core.errors import Conflict

Kind = Literal[
    "earn",
    "mature",
    "redeem",
    "unredeem",
    "unearn",
    "expire",
    "offer",
    "give",
    "decline",
    "correct",
    "merge",
]
"""Why points moved. `mature`: the return window ended; `unearn`, `unredeem`: the order was undone;
`offer`, `give`, `decline`: on their way to a friend, taken, and come back."""

Shop = Literal["issued", "redeemed", "expired", "corrected"]
"""The shop's accounts: where points come from, and where they end."""

Pocket = Literal["pending", "points", "held"]
"""A customer's accounts: earned and not usable yet, usable, and offered to a friend."""
POCKETS: Final[tuple[Pocket, ...]] = ("pending", "points", "held")

DAY_MS: Final = 86_400_000
GRACE_MS: Final = 7 * DAY_MS
"""How long points can be used that expired while they were bound in an order that was undone."""
SHOWN_EXPIRING: Final = 5


class NotEnoughPoints(Conflict):
    """Fewer points can be used (`data.available`) than were asked for."""

    code = "not_enough_points"


class Lot(msgspec.Struct, frozen=True):
    id: str
    due_at: Instant
    expires_at: Instant


class Entry(msgspec.Struct, frozen=True):
    """One side of a posting: so many points onto an account, or off it where below zero."""

    account: str
    points: int
    lot: str | None = None


class Expiring(msgspec.Struct, frozen=True):
    points: int
    at: Instant


class Balance(msgspec.Struct, frozen=True):
    """`available` is below zero as long as something is owed."""

    available: int
    pending: int
    held: int
    expiring: list[Expiring]
    """What expires next, at most five instants."""
    due_at: Instant | None = None
    """When the first of what is pending becomes usable."""


def account(pocket: Pocket, customer: str) -> str:
    return f"{pocket}:{customer}"


class Purse:
    """What one customer has, while a posting is worked out.

    Each move changes what is here and notes its entries in `drafted`; the counterpart on one of the
    shop's accounts, or in another purse, is the caller's.
    """

    def __init__(
        self,
        customer: str,
        lots: Mapping[str, Lot],
        sums: Mapping[tuple[Pocket, str | None], int],
    ) -> None:
        self.customer = customer
        self._lots = dict(lots)
        self._in: dict[Pocket, dict[str, int]] = {pocket: {} for pocket in POCKETS}
        self._owed = 0
        for (pocket, lot), points in sums.items():
            if lot is None:
                self._owed += points
            elif points:
                self._in[pocket][lot] = points
        self.drafted: list[Entry] = []

    # What there is

    @property
    def available(self) -> int:
        return sum(self._in["points"].values()) + self._owed

    def of(self, pocket: Pocket, lot: str) -> int:
        """How much of a lot is in a pocket."""
        return self._in[pocket].get(lot, 0)

    def lot(self, id: str) -> Lot:
        return self._lots[id]

    def balance(self) -> Balance:
        at: dict[Instant, int] = {}
        for id, points in self._in["points"].items():
            ends = self._lots[id].expires_at
            at[ends] = at.get(ends, 0) + points
        return Balance(
            available=self.available,
            pending=sum(self._in["pending"].values()),
            held=sum(self._in["held"].values()),
            expiring=[Expiring(at[ends], ends) for ends in sorted(at)[:SHOWN_EXPIRING]],
            due_at=min((self._lots[id].due_at for id in self._in["pending"]), default=None),
        )

    @property
    def next_at(self) -> Instant | None:
        """When something here falls due or expires; None where nothing will."""
        return min(
            [self._lots[id].due_at for id in self._in["pending"]]
            + [self._lots[id].expires_at for id in self._in["points"]],
            default=None,
        )

    # What becomes of it

    def matures(self, now: Instant) -> str | None:
        """A lot that is pending and due by `now`, the earliest; None where there is none."""
        due = [id for id in self._in["pending"] if self._lots[id].due_at <= now]
        return min(due, key=lambda id: (self._lots[id].due_at, id), default=None)

    def mature(self, lot: str) -> int:
        """Make a pending lot usable; returns how much it is."""
        points = self._drop("pending", lot)
        self.put(self._lots[lot], points)
        return points

    def expire(self, now: Instant) -> int:
        """Drop what has expired by `now`; returns how much that was."""
        over = [id for id in self._in["points"] if self._lots[id].expires_at <= now]
        return sum(self._drop("points", id) for id in self._oldest(over))

    def settle(self, now: Instant) -> None:
        """All that is due by `now`, as if it had been written already."""
        while (lot := self.matures(now)) is not None:
            self.mature(lot)
        self.expire(now)

    def take(self, points: int, *, first: str | None = None, owing: bool = False) -> list[Entry]:
        """Take usable points out, those that expire first before the others; `first` names a lot
        that comes before all. `owing`: what is not there is owed. Raises NotEnoughPoints.
        """
        if not owing and points > self.available:
            raise NotEnoughPoints("There are not as many points.", available=max(self.available, 0))
        taken = []
        ordered = self._oldest(self._in["points"])
        if first in ordered:
            ordered.remove(first)
            ordered.insert(0, first)
        for id in ordered:
            part = min(points, self._in["points"][id])
            if part:
                taken.append(self._add("points", id, -part))
                points -= part
        if points:
            taken.append(self._owe(-points))
        return taken

    def put(self, lot: Lot, points: int) -> None:
        """Add usable points of a lot; what is owed is paid from them first."""
        self._lots[lot.id] = lot
        paid = min(points, -self._owed)
        if paid:
            self._owe(paid)
        if points - paid:
            self._add("points", lot.id, points - paid)

    def wait(self, lot: Lot, points: int) -> None:
        """Add points that are pending until the lot is due."""
        self._lots[lot.id] = lot
        self._add("pending", lot.id, points)

    def forgo(self, lot: str) -> int:
        """Drop what is pending of a lot; returns how much that was."""
        return self._drop("pending", lot)

    def hold(self, points: int) -> list[Entry]:
        """Put usable points aside; returns how much of which lots. Raises NotEnoughPoints."""
        taken = self.take(points)
        for entry in taken:
            if entry.lot is not None:
                self._add("held", entry.lot, -entry.points)
        return taken

    def release(self, lots: Mapping[str, int]) -> list[tuple[Lot, int]]:
        """Take out what was put aside."""
        released = []
        for id, points in lots.items():
            self._add("held", id, -points)
            released.append((self._lots[id], points))
        return released

    def empty_into(self, other: Purse) -> None:
        """Move all that is here to another customer, and what is owed too."""
        for pocket in ("pending", "held"):
            for id in list(self._in[pocket]):
                lot = self._lots[id]
                points = self._drop(pocket, id)
                other._lots[id] = lot
                other._add(pocket, id, points)
        if self._owed:
            owed = self._owed
            self._owe(-owed)
            other.owe(-owed)
        for id in self._oldest(self._in["points"]):
            lot = self._lots[id]
            other.put(lot, self._drop("points", id))

    def owe(self, points: int) -> None:
        """Take so much from what is there, and owe the rest."""
        self.take(points, owing=True)

    def _oldest(self, ids: Iterable[str]) -> list[str]:
        return sorted(ids, key=lambda id: (self._lots[id].expires_at, id))

    def _drop(self, pocket: Pocket, lot: str) -> int:
        points = self.of(pocket, lot)
        if points:
            self._add(pocket, lot, -points)
        return points

    def _add(self, pocket: Pocket, lot: str, points: int) -> Entry:
        left = self._in[pocket].get(lot, 0) + points
        if left < 0:
            raise ValueError("a lot has no less than nothing")
        if left:
            self._in[pocket][lot] = left
        else:
            self._in[pocket].pop(lot, None)
        return self._note(Entry(account(pocket, self.customer), points, lot))

    def _owe(self, points: int) -> Entry:
        self._owed += points
        return self._note(Entry(account("points", self.customer), points))

    def _note(self, entry: Entry) -> Entry:
        self.drafted.append(entry)
        return entry

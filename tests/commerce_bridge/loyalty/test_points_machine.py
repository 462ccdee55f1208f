"""What must always hold of points, whatever is done to them in whatever order.

Beside the ledger stands a model that knows no ledger: every point is a thing of its own, with an
owner. Both have to agree on what everybody has after every step, whether or not what was due has
been written meanwhile.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, func, select

from commerce_bridge.loyalty import ledger, points, transfers
from commerce_bridge.loyalty.ledger import loyalty_entry, loyalty_posting
from commerce_bridge.loyalty.model import DAY_MS, GRACE_MS, NotEnoughPoints
from commerce_bridge.loyalty.transfers import TransferLimit, TransferOver, loyalty_transfer
from core.clock import Instant
from core.db import Database
from tests.commerce_bridge.loyalty.purses import RULES, add_people, become, kinds, order

WHO = st.integers(0, 3)
FEW = st.integers(1, 9)
LATEST = st.integers(0, 7)
"""Which of the orders or offers so far, from the newest; the one after the oldest is a new one."""
EMAILS = ("anna@example.test", "bella@example.test")

Where = Literal["pending", "points", "held", "order", "expired", "gone"]


@dataclass
class Point:
    """One point: whose, where, and of which lot; `bound` is the order or offer that holds it."""

    owner: str
    where: Where
    lot: str
    due_at: Instant
    expires_at: Instant
    origin: str
    bound: str = ""


class Ledger(RuleBasedStateMachine):
    """Two customers and two guests; what was done is often done again."""

    def __init__(self, connection: Connection, people: list[str]) -> None:
        super().__init__()
        self.c = connection
        self.savepoint = connection.begin_nested()
        self.people = people
        self.emails = dict(zip(people, EMAILS, strict=False))
        self.now = 1_000
        self.points: list[Point] = []
        self.owes: Counter[str] = Counter()
        self.merged: dict[str, str] = {}
        self.earned: dict[str, tuple[str, int]] = {}
        self.redeemed: dict[str, str] = {}
        self.undone: set[str] = set()
        self.orders: list[str] = []
        self.offers: list[tuple[str, str, str]] = []
        self.number = 0

    def teardown(self) -> None:
        try:
            assert ledger.audit(self.c) == []
            self._nothing_is_lost()
            self._history_adds_up()
            self._nobody_waits_for_what_is_not_due()
        finally:
            self.savepoint.rollback()

    # What is done

    @initialize(dollars=FEW, count=FEW)
    def begin(self, dollars: int, count: int) -> None:
        """Everybody has something that is usable, of which some may be spent: what is rare else."""
        for who in range(4):
            self.pay(who, 0, True, dollars)
        self.time_passes(8)
        for who in range(4):
            self.redeem(who, 0, True, count)

    @rule(who=WHO, latest=LATEST, new=st.booleans(), dollars=FEW)
    def pay(self, who: int, latest: int, new: bool, dollars: int) -> None:
        """An order is paid; told of it again, nothing comes of it."""
        person = self.people[who]
        id = self._order(None if new else latest)
        known = id in self.earned or id in self.undone
        if id in self.undone and id not in self.earned:
            return  # an order that was undone is not paid any more
        if self.redeemed.get(id, person) != person:
            return  # it is somebody else's order
        got = points.earn(self.c, order(id, person, dollars), RULES, self.now)
        assert got == (0 if known else dollars)
        if not known:
            self.earned[id] = (person, dollars)
            due_at = self.now + 7 * DAY_MS
            lot = self._lot_of(f"earn:{id}")
            for _ in range(dollars):
                self.points.append(
                    Point(self._of(person), "pending", lot, due_at, due_at + 30 * DAY_MS, id)
                )

    @rule(who=WHO, latest=LATEST, new=st.booleans(), count=FEW)
    def redeem(self, who: int, latest: int, new: bool, count: int) -> None:
        person = self.people[who]
        id = self._order(None if new else latest)
        if id in self.undone or self.redeemed.get(id, person) != person:
            return
        if id in self.earned and self.earned[id][0] != person:
            return
        mine = self._usable(person)
        if id in self.redeemed:
            points.redeem(self.c, person, id, count, self.now)
        elif len(mine) < count:
            with pytest.raises(NotEnoughPoints) as refused:
                points.redeem(self.c, person, id, count, self.now)
            assert refused.value.data == {"available": len(mine)}
        else:
            points.redeem(self.c, person, id, count, self.now)
            self.redeemed[id] = person
            for point in mine[:count]:
                point.where, point.bound = "order", id

    @rule(latest=LATEST)
    def undo(self, latest: int) -> None:
        id = self._order(latest)
        points.undo(self.c, id, self.now)
        if id in self.undone or (id not in self.earned and id not in self.redeemed):
            return
        self.undone.add(id)
        self._settle()
        late = []
        for point in [one for one in self.points if one.bound == id and one.where == "order"]:
            point.owner, point.bound = self._of(point.owner), ""
            if point.expires_at <= self.now:
                late.append(point)
            else:
                self._put(point)
        if late:
            lot = self._lot_of(f"unredeem:{id}", new=self.now + GRACE_MS)
            for point in late:
                point.lot, point.expires_at = lot, self.now + GRACE_MS
                self._put(point)
        if id in self.earned:
            self._unearn(id)

    @rule(who=WHO, count=st.integers(-9, 9).filter(bool))
    def correct(self, who: int, count: int) -> None:
        person = self.people[who]
        self.number += 1
        name = f"request-{self.number}"
        mine = self._usable(person)
        refused = count < 0 and len(mine) < -count
        for _ in range(2):  # the second time under the same name
            try:
                points.correct(
                    self.c, person, count, reason="try", actor="stf_1", request_id=name,
                    rules=RULES, now=self.now,
                )  # fmt: skip
            except NotEnoughPoints:
                assert refused
            else:
                assert not refused
        if refused:
            return
        if count < 0:
            for point in mine[:-count]:
                point.where = "gone"
            return
        owner = self._of(person)
        lot = self._lot_of(f"correct:{owner}:{name}")
        ends = self.now + 30 * DAY_MS
        for _ in range(count):
            point = Point(owner, "points", lot, self.now, ends, "")
            self.points.append(point)
            self._put(point)

    @rule(who=st.integers(0, 1), to=st.integers(0, 1), count=FEW, again=st.booleans())
    def offer(self, who: int, to: int, count: int, again: bool) -> None:
        person = self.people[who]
        if who == to:
            return
        self.number += not again
        name = f"offer-{person}-{self.number}"
        mine = self._usable(person)
        try:
            made, new = transfers.offer(
                self.c, person, "小美", EMAILS[to], count, name, RULES, self.now
            )
        except NotEnoughPoints:
            assert len(mine) < count
        except TransferLimit:
            assert len([one for one in self.offers if one[0] == person]) >= 20
        else:
            if new:
                assert len(mine) >= count
                self.offers.append((person, self.people[to], made.id))
                for point in mine[:count]:
                    point.where, point.bound = "held", made.id
                assert made.until <= min(point.expires_at for point in mine[:count])
            else:
                assert made.id in [one[2] for one in self.offers]

    @rule(latest=LATEST, how=st.sampled_from(["accept", "decline", "withdraw"]))
    def answer(self, latest: int, how: str) -> None:
        if latest >= len(self.offers):
            return
        sender, receiver, id = self.offers[-1 - latest]
        held = [one for one in self.points if one.bound == id and one.where == "held"]
        until = transfers.one(self.c, id).until
        try:
            if how == "accept":
                done = transfers.accept(self.c, id, receiver, self.emails[receiver], self.now)
            elif how == "decline":
                done = transfers.decline(self.c, id, self.emails[receiver], self.now)
            else:
                done = transfers.withdraw(self.c, id, [sender], self.now)
        except TransferOver:
            assert not held or until <= self.now
            return
        self._settle()
        for point in self._in_order(held):
            assert self.now < until
            assert done.points == len(held)
            point.bound = ""
            if how == "accept":
                point.owner = receiver
            self._put(point)

    @rule(guest=st.integers(2, 3), to=st.integers(0, 1))
    def sign_in(self, guest: int, to: int) -> None:
        """A guest turns out to be a customer; what was hers is the customer's."""
        from_id, to_id = self.people[guest], self.people[to]
        if from_id in self.merged:
            return
        become(self.c, from_id, to_id, self.now)
        self.merged[from_id] = to_id
        # Nothing was due to be written in between: the owed is paid by what is usable.
        moved = [one for one in self.points if one.owner == from_id]
        debt, self.owes[from_id] = self.owes[from_id], 0
        usable = self._in_order([one for one in moved if one.where == "points"])
        for point in moved:
            point.owner = to_id
        for point in usable:
            point.where = "gone"
        self._owe(to_id, debt)
        for point in usable:
            self._put(point)

    @rule(days=st.sampled_from([0, 3, 7, 8, 22]))
    def time_passes(self, days: int) -> None:
        """Before a guest signs in what is due is written; it is within seconds."""
        self.now += days * DAY_MS + 1
        self._settle()

    @rule()
    def tidy(self) -> None:
        points.tidy(self.c, self.now)
        self._lapse()
        self._settle()

    # What holds

    @invariant()
    def everybody_has_what_is_hers(self) -> None:
        self._settle()
        for person in self.people:
            found = points.balance(self.c, [person], self.now)
            mine = [one for one in self.points if one.owner == person]
            count = Counter(one.where for one in mine)
            assert found.available == count["points"] - self.owes[person]
            assert (found.pending, found.held) == (count["pending"], count["held"])
            ends = Counter(one.expires_at for one in mine if one.where == "points")
            assert [(one.at, one.points) for one in found.expiring] == sorted(ends.items())[:5]

    def _nothing_is_lost(self) -> None:
        """What was issued or corrected is with somebody, spent or expired."""
        query = select(loyalty_entry.c.account, func.sum(loyalty_entry.c.points)).group_by(
            loyalty_entry.c.account
        )
        sums = {account: int(points) for account, points in self.c.execute(query)}
        shop = {name: sums.pop(name, 0) for name in ledger.SHOP}
        assert -shop["issued"] - shop["corrected"] == (
            sum(sums.values()) + shop["redeemed"] + shop["expired"]
        )

    def _history_adds_up(self) -> None:
        for person in self.people:
            written = ledger.purse(self.c, person).balance()
            told = sum(number for _, number in kinds(self.c, [person], self.now))
            assert told == written.available + written.pending

    def _nobody_waits_for_what_is_not_due(self) -> None:
        """Whose points fall due or expire is found by it, for the row says when."""
        rows = self.c.execute(select(ledger.loyalty_member)).all()
        for row in rows:
            assert row.next_at == ledger.purse(self.c, row.customer).next_at

    # The model

    def _order(self, latest: int | None) -> str:
        """One of the orders so far, or a new one."""
        if latest is None or latest >= len(self.orders):
            self.orders.append(f"ord_{len(self.orders)}")
            latest = 0
        return self.orders[-1 - latest]

    def _of(self, person: str) -> str:
        return self.merged.get(person, person)

    def _in_order(self, found: list[Point]) -> list[Point]:
        return sorted(found, key=lambda point: (point.expires_at, point.lot))

    def _usable(self, person: str) -> list[Point]:
        self._settle()
        owner = self._of(person)
        return self._in_order(
            [one for one in self.points if one.owner == owner and one.where == "points"]
        )

    def _put(self, point: Point) -> None:
        """It comes to its owner, who pays with it if she owes one."""
        if self.owes[point.owner]:
            self.owes[point.owner] -= 1
            point.where = "gone"
        else:
            point.where = "points"
        self._settle()

    def _owe(self, owner: str, count: int) -> None:
        mine = self._in_order(
            [one for one in self.points if one.owner == owner and one.where == "points"]
        )
        for point in mine[:count]:
            point.where = "gone"
        self.owes[owner] += max(0, count - len(mine))

    def _unearn(self, id: str) -> None:
        person, count = self.earned[id]
        owner = self._of(person)
        its = [one for one in self.points if one.origin == id]
        for point in its:
            if point.where == "pending":
                point.where = "gone"
                count -= 1
        count -= sum(point.lot_expired for point in map(_Told, its))
        first = [p for p in its if p.where == "points" and p.owner == owner]
        first = [p for p in first if p.lot == self._lot_of(f"earn:{id}")]
        others = [p for p in self._usable(owner) if p not in first]
        for point in [*first, *others][:count]:
            point.where = "gone"
        self.owes[owner] += max(0, count - len(first) - len(others))

    def _settle(self) -> None:
        """What is due becomes usable, the earliest first; then what is over expires."""
        due = [one for one in self.points if one.where == "pending" and one.due_at <= self.now]
        for point in sorted(due, key=lambda point: (point.due_at, point.lot)):
            point.where = "points"
            if self.owes[point.owner]:
                self.owes[point.owner] -= 1
                point.where = "gone"
        for point in self.points:
            if point.where == "points" and point.expires_at <= self.now:
                point.where = "expired"

    def _lapse(self) -> None:
        query = select(loyalty_transfer.c.id).where(loyalty_transfer.c.state == "lapsed")
        lapsed = set(self.c.execute(query).scalars())
        for point in self.points:
            if point.where == "held" and point.bound in lapsed:
                assert transfers.one(self.c, point.bound).until <= self.now
                point.bound = ""
                self._put(point)

    def _lot_of(self, key: str, *, new: Instant | None = None) -> str:
        """The lot that a posting made; none where all of it paid what was owed."""
        lot = ledger.loyalty_lot.c
        query = (
            select(loyalty_entry.c.lot)
            .join_from(loyalty_entry, loyalty_posting)
            .join(ledger.loyalty_lot)
            .where(loyalty_posting.c.key == key)
        )
        if new is not None:
            query = query.where(lot.expires_at == new, lot.due_at == self.now)
        return self.c.execute(query.limit(1)).scalar_one_or_none() or ""


class _Told:
    """Whether a point expired in the lot that the order made."""

    def __init__(self, point: Point) -> None:
        self.lot_expired = point.where == "expired" and (
            point.expires_at == point.due_at + 30 * DAY_MS
        )


async def test_points_are_kept_through_whatever_happens(database: Database) -> None:
    quick = database.dialect == "sqlite"

    def unit(connection: Connection) -> None:
        people = [one.own_id for one in add_people(connection, *EMAILS, "", "")]

        class Here(Ledger):
            def __init__(self) -> None:
                super().__init__(connection, people)

        run_state_machine_as_test(
            Here,
            settings=settings(
                max_examples=20 if quick else 6,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )

    await database.write(unit)

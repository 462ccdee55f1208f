"""What always holds of a show, checked event by event, on its state, the carts, and what is seen.

`Laws` follows one show's log; the rest is looked up afresh, so that nothing but the log and the
state is believed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from commerce_bridge.claims import ClaimRow
from live import commands as c
from live import deadlines
from live import events as e
from live.perks import Tiers
from live.state import Claim, Show, Slot, Wait
from tests.live import fold

View = dict[str, Any]


class Laws:
    """One show's log so far: who waits, what is being paid for, and what it all comes to."""

    def __init__(self, guests: Collection[str] = ()) -> None:
        self._guests = guests
        """Ids of those who are not signed in."""
        self._lines: dict[Slot, deque[list[Any]]] = {}
        self._bound: dict[str, str] = {}
        """Claims in payment, and those that are orders."""
        self._claims = self._expired = 0
        self._gift: e.GiftOpened | None = None
        self._refused: set[str] = set()
        """Who was told that the give-away that is open is for those who are signed in."""
        self._winners: list[set[str]] = []
        """Of each give-away; somebody's ids once they are known to be one person's."""
        self._won: list[tuple[str, str]] = []
        """Who won which coupon, in order."""

    def hear(self, event: Any) -> None:
        """The next event: first come, first served, and what is being paid for stays."""
        match event:
            case e.ClaimWaiting():
                line = self._line(event.item, event.variant)
                line.append([event.wait, event.quantity])
                assert event.place == len(line)
            case e.ClaimHeld():
                self._claims += 1
                self._served(event)
            case e.WaitLeft():
                line = self._line(event.item, event.variant)
                mine = next(one for one in line if one[0] == event.wait)
                mine[1] -= event.quantity
                assert mine[1] == event.remaining
                if not mine[1]:
                    line.remove(mine)
            case e.ClaimPaying():
                assert event.claim not in self._bound, "two orders are paid with one claim"
                self._bound[event.claim] = "paying"
            case e.ClaimReleased():
                assert self._bound.pop(event.claim) == "paying"
            case e.ClaimSold():
                assert self._bound[event.claim] == "paying"
                self._bound[event.claim] = "sold"
            case e.ClaimGivenBack():
                self._given_back(event)
            case e.GiftOpened():
                assert self._gift is None, "two give-aways at once"
                self._gift = event
                self._refused = set()
                self._winners.append(set())
            case e.GiftWon():
                self._wins(event)
            case e.GiftRefused():
                assert self._gift is not None
                assert event.gift == self._gift.gift
                assert not self._gift.guests, "she might have won it"
                assert event.by not in self._refused, "she was told twice"
                self._refused.add(event.by)
            case e.GiftCounted():
                assert self._gift is not None
                assert event.left == self._gift.most - len(self._winners[-1])
            case e.GiftClosed():
                assert self._gift is not None
                assert event.won == len(self._winners[-1])
                self._gift = None

    def _line(self, item: str, variant: str | None) -> deque[list[Any]]:
        return self._lines.setdefault((item, variant), deque())

    def _served(self, event: e.ClaimHeld) -> None:
        line = self._line(event.item, event.variant)
        if event.wait is None:
            assert not line, "somebody was passed over"
            return
        assert line[0][0] == event.wait, "somebody was passed over"
        line[0][1] -= event.quantity
        assert line[0][1] == event.wait_left
        if not line[0][1]:
            line.popleft()

    def _given_back(self, event: e.ClaimGivenBack) -> None:
        was = self._bound.get(event.claim)
        if was is not None:
            assert event.cause in ("lapsed", "order_cancelled"), "it was being paid for"
        assert event.sold == (was == "sold")
        if not event.remaining:
            self._bound.pop(event.claim, None)
        if event.cause == "expired":
            self._expired += event.quantity

    def _wins(self, event: e.GiftWon) -> None:
        gift, winners = self._gift, self._winners[-1]
        assert gift is not None, "nothing is given away"
        assert event.gift == gift.gift
        assert event.by not in winners, "somebody won twice"
        assert gift.guests or event.by not in self._guests, "anybody may call herself so"
        winners.add(event.by)
        assert event.number == len(winners) <= gift.most
        self._won.append((event.coupon, event.by))

    def check_gifts(self, show: Show, granted: list[tuple[str, str, str]]) -> None:
        """Who won has the coupon, each time under a name of its own; no more are open."""
        assert [(coupon, by) for coupon, by, _ in granted] == self._won
        assert len({key for _, _, key in granted}) == len(granted)
        assert (show.gift is None) == (self._gift is None)
        if show.gift is not None:
            assert show.gift.won == len(self._winners[-1]) < show.gift.most

    def check(self, show: Show) -> None:
        """The state after the events that were heard."""
        claims, waits = list(show.claims.values()), list(show.waits.values())
        for item in show.items.values():
            for one in item.variants:
                self._check_variant(show, item.id, one)
        unsold = [k for k in claims if k.state != "sold"]
        sold = [k for k in claims if k.state == "sold"]
        totals = show.totals
        assert totals.held == sum(k.quantity for k in unsold)
        assert totals.held_minor == sum(k.quantity * k.price for k in unsold)
        assert totals.sold == sum(k.quantity for k in sold)
        assert totals.sold_minor == sum(k.quantity * k.price for k in sold)
        assert totals.waiting == sum(w.quantity for w in waits)
        assert (totals.claims, totals.expired) == (self._claims, self._expired)
        for by, item_id in _takers(show):
            mine = [k.quantity for k in _all(show) if (k.by, k.item) == (by, item_id)]
            assert show.taken.get((by, item_id), 0) == sum(mine)
        assert self._bound == {k.id: k.state for k in claims if k.state != "held"}
        _check_deadlines(show)

    def _check_variant(self, show: Show, item: str, one: e.Variant) -> None:
        mine = [k for k in show.claims.values() if (k.item, k.variant) == (item, one.key)]
        line = [w for w in show.waits.values() if (w.item, w.variant) == (item, one.key)]
        assert one.held == sum(k.quantity for k in mine if k.state != "sold")
        assert one.sold == sum(k.quantity for k in mine if k.state == "sold")
        assert one.waiting == sum(wait.quantity for wait in line)
        assert one.held + one.sold + one.free == one.allotment
        assert one.free >= 0, "more was granted than allotted"
        if show.status == "live":
            assert not (one.free and line), "somebody waits while a piece is free"
        else:
            assert not line
            assert not one.free, "the rest did not go back"
        queue = show.queues.get((item, one.key), ())
        assert list(queue) == [w.id for w in sorted(line, key=lambda w: w.offset)]
        assert [[w, show.waits[w].quantity] for w in queue] == [
            list(entry) for entry in self._lines.get((item, one.key), ())
        ]


def taken(show: Show, by: c.Actor) -> dict[str, int]:
    """Pieces of each item that count toward somebody's limit."""
    ids = by.ids | {show.known_as(by.id)}
    return {item: sum(show.taken.get((one, item), 0) for one in ids) for item in show.items}


def check_limits(show: Show, by: c.Actor, before: dict[str, int]) -> None:
    """What `by` has just done took her beyond no limit, unless that was lowered under her."""
    for item, count in taken(show, by).items():
        limit = show.items[item].limit
        assert limit is None or count <= max(before.get(item, 0), limit), "a limit was passed"


def check_members(
    happened: Iterable[Any], gates: dict[str, str], tiers: Mapping[str, Tiers]
) -> None:
    """What was for members when it was claimed went to members; a refusal names the tier.

    Who waits was let into the line before, and staff answer for whom they claim for.
    """
    for event in happened:
        if isinstance(event, e.ClaimHeld | e.ClaimWaiting) and event.staff is None:
            gate = gates.get(event.item)
            if gate and getattr(event, "wait_left", None) is None:
                assert gate in dict(tiers[event.by]), "somebody got what is for members"
        elif isinstance(event, e.ClaimRefused) and event.tier is not None:
            assert event.reason == "not_allowed"
            assert event.item is not None
            assert gates[event.item] not in dict(tiers[event.by])


def check_carts(show: Show, rows: Iterable[ClaimRow]) -> None:
    """What lies in carts is what is held or being paid for."""
    assert {(r["claim_id"], r["customer"], r["quantity"], r["until"]) for r in rows} == {
        (k.id, k.by, k.quantity, k.until) for k in show.claims.values() if k.state != "sold"
    }


def check_view(then: View, events: Iterable[View], now: View) -> None:
    """The law: a snapshot and what was told since are the next snapshot.

    Where a client has to ask for a whole one, there is nothing to hold.
    """
    told = list(events)
    if not any(fold.needs_whole(then, event) for event in told):
        # The view at the end of its frame: events to others leave no trace but its end.
        end = {"offset": now["offset"], "at_ms": now["at_ms"]}
        assert fold.fold(then, told) | end == now


def _check_deadlines(show: Show) -> None:
    due = {(at, of) for at, of in deadlines.entries(show.deadlines) if _holds(show, at, of)}
    assert due == {(k.until, k.id) for k in show.claims.values() if k.state == "held"}
    first = show.deadlines
    assert (first is None) == (not due)
    assert first is None or first.at == min(at for at, _ in due)


def _all(show: Show) -> list[Claim | Wait]:
    return [*show.claims.values(), *show.waits.values()]


def _takers(show: Show) -> set[tuple[str, str]]:
    return {(one.by, one.item) for one in _all(show)} | set(show.taken)


def _holds(show: Show, at: int, of: str) -> bool:
    claim = show.claims.get(of)
    return claim is not None and claim.state == "held" and claim.until == at

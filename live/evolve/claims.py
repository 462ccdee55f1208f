"""Claims and places in the waiting list, event by event."""

from __future__ import annotations

from immutables import Map
from msgspec.structs import replace

from core.rooms.events import Logged
from live import deadlines
from live import events as e
from live.deadlines import Deadlines
from live.evolve.comments import (
    typed,
    with_fate,
    with_outcome,
    with_promotion,
    without_wait,
)
from live.evolve.folds import of
from live.state import WINS, Claim, Outcome, Record, Show, Slot, Standing, Wait

_Ids = Map[str, tuple[str, ...]]


@of(e.ClaimHeld)
def _held(show: Show, logged: Logged, event: e.ClaimHeld) -> Show:
    quantity, wait_id = event.quantity, event.wait
    claim = Claim(
        id=event.claim,
        offset=logged.offset,
        at_ms=logged.at_ms,
        by=event.by,
        name=logged.content.name if logged.content else None,
        item=event.item,
        variant=event.variant,
        quantity=quantity,
        price=event.price,
        state="held",
        until=event.until,
        comment=event.comment,
        hold_until=event.until,
    )
    taken, waits, waits_of, queues = show.taken, show.waits, show.waits_of, show.queues
    if wait_id is None:
        waited = 0
        taken = _counting(show, claim.by, claim.item, quantity)
        outcome = Outcome(
            kind="held",
            item=claim.item,
            variant=claim.variant,
            quantity=quantity,
            claim=claim.id,
        )
        comments = with_outcome(show, claim.comment, outcome)
    else:
        waited = quantity
        waits, waits_of, queues = _shortened(show, show.waits[wait_id], event.wait_left or 0)
        comments = with_promotion(show, claim.comment, wait_id, claim.id)
    totals = show.totals
    record = Record(
        kind="held",
        offset=logged.offset,
        at_ms=logged.at_ms,
        by=claim.by,
        name=claim.name,
        item=claim.item,
        variant=claim.variant,
        quantity=quantity,
        claim=claim.id,
        wait=wait_id,
        comment=claim.comment,
        typed=typed(show, claim.comment),
    )
    return replace(
        show,
        items=_counted(show, claim.item, claim.variant, held=quantity, waiting=-waited),
        claims=show.claims.set(claim.id, claim),
        claims_of=_with(show.claims_of, claim.by, claim.id),
        taken=taken,
        waits=waits,
        waits_of=waits_of,
        queues=queues,
        deadlines=deadlines.put(show.deadlines, claim.until, claim.id),
        totals=replace(
            totals,
            claims=totals.claims + 1,
            held=totals.held + quantity,
            held_minor=totals.held_minor + quantity * claim.price,
            waiting=totals.waiting - waited,
        ),
        comments=comments,
        records=show.records.adding(record),
    )


@of(e.ClaimWaiting)
def _waiting(show: Show, logged: Logged, event: e.ClaimWaiting) -> Show:
    wait = Wait(
        id=event.wait,
        offset=logged.offset,
        at_ms=logged.at_ms,
        by=event.by,
        name=logged.content.name if logged.content else None,
        item=event.item,
        variant=event.variant,
        quantity=event.quantity,
        comment=event.comment,
    )
    slot = (wait.item, wait.variant)
    outcome = Outcome(
        kind="waiting",
        item=wait.item,
        variant=wait.variant,
        quantity=wait.quantity,
        wait=wait.id,
        place=event.place,
    )
    record = Record(
        kind="waiting",
        offset=wait.offset,
        at_ms=wait.at_ms,
        by=wait.by,
        name=wait.name,
        item=wait.item,
        variant=wait.variant,
        quantity=wait.quantity,
        wait=wait.id,
        comment=wait.comment,
        typed=typed(show, wait.comment),
    )
    return replace(
        show,
        items=_counted(show, wait.item, wait.variant, waiting=wait.quantity),
        waits=show.waits.set(wait.id, wait),
        waits_of=_with(show.waits_of, wait.by, wait.id),
        queues=show.queues.set(slot, (*show.queues.get(slot, ()), wait.id)),
        taken=_counting(show, wait.by, wait.item, wait.quantity),
        totals=replace(show.totals, waiting=show.totals.waiting + wait.quantity),
        comments=with_outcome(show, wait.comment, outcome),
        records=show.records.adding(record),
    )


@of(e.ClaimGivenBack)
def _given_back(show: Show, logged: Logged, event: e.ClaimGivenBack) -> Show:
    claim, quantity, totals = show.claims[event.claim], event.quantity, show.totals
    minor = quantity * claim.price
    expired = quantity if event.cause == "expired" else 0
    if event.sold:
        items = _counted(show, claim.item, claim.variant, sold=-quantity)
        totals = replace(totals, sold=totals.sold - quantity, sold_minor=totals.sold_minor - minor)
    else:
        items = _counted(show, claim.item, claim.variant, held=-quantity)
        totals = replace(
            totals,
            held=totals.held - quantity,
            held_minor=totals.held_minor - minor,
            expired=totals.expired + expired,
        )
    claims_of, comments = show.claims_of, show.comments
    if event.remaining:
        claims = show.claims.set(claim.id, replace(claim, quantity=event.remaining))
    else:
        claims = show.claims.delete(claim.id)
        claims_of = _without(claims_of, claim.by, claim.id)
        comments = with_fate(show, claim.comment, claim.id, "given_back")
    if event.comment is not None:
        comments = with_outcome(replace(show, comments=comments), event.comment, _back(event))
    record = Record(
        kind="given_back",
        offset=logged.offset,
        at_ms=logged.at_ms,
        by=event.by,
        name=logged.content.name if logged.content else None,
        item=claim.item,
        variant=claim.variant,
        quantity=quantity,
        claim=claim.id,
        reason=event.cause,
        comment=event.comment,
        typed=typed(show, event.comment),
    )
    return replace(
        show,
        items=items,
        claims=claims,
        claims_of=claims_of,
        taken=_counting(show, claim.by, claim.item, -quantity),
        deadlines=_pruned(show.deadlines, claims),
        totals=totals,
        comments=comments,
        records=show.records.adding(record),
    )


@of(e.WaitLeft)
def _wait_left(show: Show, logged: Logged, event: e.WaitLeft) -> Show:
    wait = show.waits[event.wait]
    waits, waits_of, queues = _shortened(show, wait, event.remaining)
    record = Record(
        kind="given_back",
        offset=logged.offset,
        at_ms=logged.at_ms,
        by=event.by,
        name=logged.content.name if logged.content else None,
        item=wait.item,
        variant=wait.variant,
        quantity=event.quantity,
        wait=wait.id,
        reason=event.cause,
        comment=event.comment,
        typed=typed(show, event.comment),
    )
    comments = show.comments
    if not event.remaining:
        comments = without_wait(show, wait.comment, wait.id)
    if event.comment is not None:
        comments = with_outcome(replace(show, comments=comments), event.comment, _back(event))
    return replace(
        show,
        items=_counted(show, wait.item, wait.variant, waiting=-event.quantity),
        waits=waits,
        waits_of=waits_of,
        queues=queues,
        taken=_counting(show, wait.by, wait.item, -event.quantity),
        totals=replace(show.totals, waiting=show.totals.waiting - event.quantity),
        comments=comments,
        records=show.records.adding(record),
    )


@of(e.ClaimPaying)
def _paying(show: Show, _logged: Logged, event: e.ClaimPaying) -> Show:
    claim = show.claims[event.claim]
    paying = replace(claim, state="paying", until=event.until, order=event.order)
    claims = show.claims.set(claim.id, paying)
    return replace(show, claims=claims, deadlines=_pruned(show.deadlines, claims))


@of(e.ClaimReleased)
def _released(show: Show, _logged: Logged, event: e.ClaimReleased) -> Show:
    claim = show.claims[event.claim]
    held = replace(
        claim,
        state="held",
        until=event.until,
        order=None,
        hold_until=event.until,
        extended=claim.extended or event.until > claim.hold_until,
    )
    return replace(
        show,
        claims=show.claims.set(held.id, held),
        deadlines=deadlines.put(show.deadlines, held.until, held.id),
    )


@of(e.ClaimSold)
def _sold(show: Show, _logged: Logged, event: e.ClaimSold) -> Show:
    claim, quantity, totals = show.claims[event.claim], event.quantity, show.totals
    minor = quantity * claim.price
    claims = show.claims.set(claim.id, replace(claim, state="sold"))
    return replace(
        show,
        items=_counted(show, claim.item, claim.variant, held=-quantity, sold=quantity),
        claims=claims,
        deadlines=_pruned(show.deadlines, claims),
        totals=replace(
            totals,
            held=totals.held - quantity,
            held_minor=totals.held_minor - minor,
            sold=totals.sold + quantity,
            sold_minor=totals.sold_minor + minor,
        ),
        comments=with_fate(show, claim.comment, claim.id, "sold"),
    )


@of(e.PersonMerged)
def _merged(show: Show, _logged: Logged, event: e.PersonMerged) -> Show:
    """What is hers moves to the id that stays; both ids' pieces count toward her limits.

    What is on record keeps the id it was recorded under: comments, and the studio's list.
    """
    old, new = event.from_, event.to
    claims, waits, taken, standings = show.claims, show.waits, show.taken, show.standings
    for claim_id in show.claims_of.get(old, ()):
        claims = claims.set(claim_id, replace(claims[claim_id], by=new))
    for wait_id in show.waits_of.get(old, ()):
        waits = waits.set(wait_id, replace(waits[wait_id], by=new))
    for item_id in show.items:
        if pieces := taken.get((old, item_id), 0):
            taken = taken.delete((old, item_id))
            taken = taken.set((new, item_id), taken.get((new, item_id), 0) + pieces)
    if (standing := standings.get(old)) is not None:
        both = _both(standings.get(new, Standing()), standing)
        standings = standings.delete(old).set(new, both)
    gift_won, wins = show.gift_won, show.wins
    if (number := gift_won.get(old)) is not None:
        gift_won = gift_won.set(new, min(number, gift_won.get(new, number)))
    if old_wins := wins.get(old):
        both_wins = sorted((*wins.get(new, ()), *old_wins), key=lambda win: win.offset)
        wins = wins.delete(old).set(new, tuple(both_wins[-WINS:]))
    merged = show.merged.set(old, new)
    for earlier, into in show.merged.items():
        if into == old:
            merged = merged.set(earlier, new)
    return replace(
        show,
        claims=claims,
        waits=waits,
        taken=taken,
        standings=standings,
        merged=merged,
        gift_won=gift_won,
        wins=wins,
        claims_of=_moved(show.claims_of, old, new),
        waits_of=_moved(show.waits_of, old, new),
    )


def _back(event: e.ClaimGivenBack | e.WaitLeft) -> Outcome:
    """What came of a comment by which something was given back."""
    return Outcome(
        kind="given_back", item=event.item, variant=event.variant, quantity=event.quantity
    )


def _both(one: Standing, other: Standing) -> Standing:
    """The stricter of two: a block stays, and of two mutes the longer one."""
    ends = (one.muted_until, other.muted_until)
    return Standing(
        name=one.name or other.name,
        muted_until=None if None in ends else max(end for end in ends if end is not None),
        blocked=one.blocked or other.blocked,
    )


def _counted(
    show: Show, item_id: str, key: str | None, *, held: int = 0, sold: int = 0, waiting: int = 0
) -> Map[str, e.Item]:
    """The items, with so many pieces more of one variant."""
    item = show.items[item_id]
    variants = [
        replace(
            variant,
            held=variant.held + held,
            sold=variant.sold + sold,
            waiting=variant.waiting + waiting,
        )
        if variant.key == key
        else variant
        for variant in item.variants
    ]
    return show.items.set(item_id, replace(item, variants=tuple(variants)))


def _counting(show: Show, by: str, item: str, pieces: int) -> Map[tuple[str, str], int]:
    count = show.taken.get((by, item), 0) + pieces
    return show.taken.set((by, item), count) if count else show.taken.delete((by, item))


def _shortened(
    show: Show, wait: Wait, remaining: int
) -> tuple[Map[str, Wait], _Ids, Map[Slot, tuple[str, ...]]]:
    """The waits, whose they are and their order, with `remaining` pieces of `wait` left."""
    if remaining:
        waits = show.waits.set(wait.id, replace(wait, quantity=remaining))
        return waits, show.waits_of, show.queues
    slot = (wait.item, wait.variant)
    queue = show.queues[slot]
    rest = queue[1:] if queue[0] == wait.id else tuple(one for one in queue if one != wait.id)
    return (
        show.waits.delete(wait.id),
        _without(show.waits_of, wait.by, wait.id),
        show.queues.set(slot, rest) if rest else show.queues.delete(slot),
    )


def _pruned(first: Deadlines | None, claims: Map[str, Claim]) -> Deadlines | None:
    """The deadlines without those at the top that are no longer those of a hold."""
    while first is not None:
        claim = claims.get(first.of)
        if claim is not None and claim.state == "held" and claim.until == first.at:
            break
        first = deadlines.without_first(first)
    return first


def _with(ids: _Ids, by: str, one: str) -> _Ids:
    return ids.set(by, (*ids.get(by, ()), one))


def _without(ids: _Ids, by: str, one: str) -> _Ids:
    rest = tuple(i for i in ids.get(by, ()) if i != one)
    return ids.set(by, rest) if rest else ids.delete(by)


def _moved(ids: _Ids, old: str, new: str) -> _Ids:
    if old not in ids:
        return ids
    both = (*ids.get(new, ()), *ids[old])
    return ids.delete(old).set(new, both)

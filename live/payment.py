"""Claims on their way to an order, as the shop tells it. Pure; each takes a repeat.

A claim in payment neither expires nor can be cancelled by a comment. The shop moves the pieces in
its stock by itself; here they go from held to sold, or back.
"""

from __future__ import annotations

from commerce_bridge.rooms import ClaimExpired, ClaimInPayment
from live import claims
from live import commands as c
from live import events as e
from live.claims import ShowTurn
from live.state import Claim

SECOND_CHANCE_MS = 5 * 60_000
"""How long a hold lasts at least after a first payment failed."""


def begin(turn: ShowTurn, by: c.Actor, do: c.BeginPayment) -> None:
    """Put claims in payment, all or none. Raises ClaimExpired, ClaimInPayment."""
    mine: list[Claim] = []
    gone: list[str] = []
    taken: list[str] = []
    for claim_id in do.claims:
        claim = turn.state.claims.get(claim_id)
        sold = claim is not None and claim.state == "sold" and claim.order != do.order
        if claim is None or claim.by not in by.ids or sold:
            gone.append(claim_id)
        elif claim.state == "paying" and claim.order != do.order:
            taken.append(claim_id)
        else:
            mine.append(claim)
    if gone:
        raise ClaimExpired("Some of it is not held for you any more.", claims=gone)
    if taken:
        raise ClaimInPayment("Another order is paying for some of it.", claims=taken)
    for claim in mine:
        if claim.state == "held":
            paying = e.ClaimPaying(by=claim.by, claim=claim.id, order=do.order, until=do.until)
            turn.append(paying, to=claim.by)


def placed(turn: ShowTurn, do: c.OrderPlaced) -> None:
    """The order stands: its claims are sold."""
    for claim in _of(turn, do.order, do.claims):
        if claim.state == "paying":
            sold = e.ClaimSold(
                claim=claim.id,
                by=claim.by,
                item=claim.item,
                variant=claim.variant,
                quantity=claim.quantity,
                price=claim.price,
            )
            turn.append(sold)


def released(turn: ShowTurn, do: c.OrderReleased) -> None:
    """No order came of it: held again where it failed, free where its time ran out."""
    for claim in _of(turn, do.order, do.claims):
        if do.cause == "lapsed":
            claims.free(turn, claim, claim.quantity, "lapsed")
            claims.promote(turn, (claim.item, claim.variant))
        elif claim.state == "paying":
            until = claim.hold_until
            if not claim.extended:
                until = max(until, turn.now + SECOND_CHANCE_MS)
            until = max(until, turn.now)
            turn.append(e.ClaimReleased(by=claim.by, claim=claim.id, until=until), to=claim.by)


def cancelled(turn: ShowTurn, do: c.OrderCancelled) -> None:
    """The order was undone after it stood: its pieces are free for those who wait."""
    for claim in _of(turn, do.order, do.claims):
        claims.free(turn, claim, claim.quantity, "order_cancelled")
        claims.promote(turn, (claim.item, claim.variant))


def merge(turn: ShowTurn, do: c.Merge) -> None:
    """A guest turned out to be a customer known before."""
    into = turn.state.known_as(do.to)
    if turn.state.known_as(do.from_) != into and do.from_ not in turn.state.merged:
        turn.append(e.PersonMerged(from_=do.from_, to=into), to=into)


def _of(turn: ShowTurn, order: str, ids: tuple[str, ...]) -> list[Claim]:
    found = (turn.state.claims.get(claim_id) for claim_id in ids)
    return [claim for claim in found if claim is not None and claim.order == order]

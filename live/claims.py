"""Who gets what: claims, holds, the waiting list. Pure; each function appends to a turn.

The order of decisions is the grammar page's ("What the show decides"): whether she may, the limit,
the stock, then what became free goes to the head of the waiting list at once. What is held or
waited for always adds up with the allotment: held + sold <= allotment, and nobody waits while a
piece is free.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.clock import Instant
from core.errors import Conflict, NotFound
from core.rooms.events import STAFF, Content
from core.rooms.kind import Turn
from live import events as e
from live.commands import Actor
from live.events import Cause, Item, Variant
from live.state import Claim, Show, Slot, Wait, variant_of

ShowTurn = Turn[Show]


def claim(
    turn: ShowTurn,
    by: Actor,
    item: Item,
    variant: Variant,
    quantity: int,
    *,
    comment: int | None = None,
    wait_only: bool = False,
    staff: str | None = None,
) -> None:
    """Grant `quantity` pieces as far as limit and stock go; the rest waits or is refused.

    Appends at least one event: a refusal is one too, for who asked alone. With `wait_only` she
    joins the waiting list, if there is one, though pieces may be left; where one is free and nobody
    waits before her, it is hers at once. What `staff` ask for by hand is refused to them, and not
    to her; raises Conflict where nothing at all can be granted. They may claim for a guest what is
    for verified customers or for members only: they answer for her.
    """
    granted = _grantable(turn, by, item, variant, quantity, wait_only=wait_only, staff=staff)
    if staff is not None and not (granted.held or granted.waiting):
        raise Conflict("Nothing of it can be granted.", code=granted.refused[0][0])
    for reason, pieces in granted.refused:
        tier = granted.tier
        refuse(turn, by, reason, item, variant, pieces, comment, tier=tier, staff=staff)
    if granted.held:
        _hold(turn, by, item, variant, granted.held, comment=comment, staff=staff)
    if granted.waiting:
        _wait(turn, by, item, variant, granted.waiting, comment=comment, staff=staff)
        promote(turn, (item.id, variant.key))


class _Grantable(NamedTuple):
    """What a claim can get now, in pieces: held, waited for, and refused for what reason.

    `tier` is the name of the tier that it would take, where that is the reason.
    """

    held: int = 0
    waiting: int = 0
    refused: tuple[tuple[str, int], ...] = ()
    tier: str | None = None


def _grantable(
    turn: ShowTurn,
    by: Actor,
    item: Item,
    variant: Variant,
    quantity: int,
    *,
    wait_only: bool,
    staff: str | None,
) -> _Grantable:
    show = turn.state
    if is_blocked(show, by):
        return _Grantable(refused=(("not_allowed", quantity),))
    if show.status != "live":
        return _Grantable(refused=(("show_not_live", quantity),))
    if item.status != "open" and (staff is None or item.opened_at is None):
        return _Grantable(refused=(("item_closed", quantity),))
    if item.verified_only and not by.verified and staff is None:
        return _Grantable(refused=(("contact_needed", quantity),))
    if staff is None and (tier := missing_tier(item, by, turn.now)) is not None:
        return _Grantable(refused=(("not_allowed", quantity),), tier=tier)
    allowed = quantity
    if item.limit is not None:
        allowed = max(0, min(quantity, item.limit - taken(show, by, item)))
    refused = (("limit_reached", quantity - allowed),) if allowed < quantity else ()
    waits = wait_only and item.waiting_list
    held = 0 if variant.waiting or waits else min(variant.free, allowed)
    missing = allowed - held
    if missing and not item.waiting_list:
        return _Grantable(held, 0, (*refused, ("sold_out", missing)))
    return _Grantable(held, missing, refused)


def refuse(
    turn: ShowTurn,
    by: Actor,
    reason: str,
    item: Item | None,
    variant: Variant | None,
    quantity: int | None,
    comment: int | None,
    *,
    tier: str | None = None,
    staff: str | None = None,
) -> None:
    """Tell `by`, and staff, why something became no claim; what `staff` asked for, staff alone."""
    refused = e.ClaimRefused(
        by=by.id,
        item=item.id if item else None,
        variant=variant.key if variant else None,
        quantity=quantity,
        reason=reason,
        comment=comment,
        tier=tier,
        staff=staff,
    )
    turn.append(refused, to=STAFF if staff else by.id, content=_named(by))


def give_back_item(
    turn: ShowTurn,
    by: Actor,
    item: Item,
    variant: Variant | None,
    quantity: int | None,
    comment: int | None,
) -> None:
    """A comment's cancel: all of the writer's pieces of an item, or `quantity`; the newest first.

    Of one `variant`, or of all where it is None. What she waits for goes before what she holds: a
    promise is worth more than a place in line. What is in payment stays, and she is told.
    """
    slots = [(item.id, one.key) for one in ((variant,) if variant else item.variants)]
    left = quantity
    paying = False
    before = turn.next_offset
    for wait in reversed(_waits(turn.state, by.ids, slots)):
        if left == 0:
            break
        pieces = wait.quantity if left is None else min(left, wait.quantity)
        leave(turn, wait, pieces, "cancelled", comment=comment)
        left = None if left is None else left - pieces
    for one in reversed(_claims(turn.state, by.ids, slots)):
        if left == 0:
            break
        if one.state != "held":
            paying = paying or one.state == "paying"
            continue
        pieces = one.quantity if left is None else min(left, one.quantity)
        free(turn, one, pieces, "cancelled", comment=comment)
        left = None if left is None else left - pieces
    if paying and left != 0:
        refuse(turn, by, "in_payment", item, variant, left, comment)
    elif turn.next_offset == before:
        refuse(turn, by, "nothing_to_give_back", item, variant, quantity, comment)
    for slot in slots:
        promote(turn, slot)


def taken(show: Show, by: Actor, item: Item) -> int:
    """Pieces of `item` that count toward her limit: held, in payment, sold, waiting."""
    return sum(show.taken.get((one, item.id), 0) for one in by.ids)


def pieces(show: Show, ids: frozenset[str], slot: Slot) -> int:
    """Pieces of a slot that she holds or waits for, and may still give back."""
    held = sum(one.quantity for one in _claims(show, ids, [slot]) if one.state == "held")
    return held + sum(wait.quantity for wait in _waits(show, ids, [slot]))


def is_for_members(item: Item, now: Instant) -> bool:
    """Whether only members of its tier may claim the item now."""
    if item.tier is None:
        return False
    if item.early_s is None or item.opened_at is None:
        return True
    return now < item.opened_at + item.early_s * 1000


def missing_tier(item: Item, by: Actor, now: Instant) -> str | None:
    """What the tier is called that she has not, and that the item takes now."""
    if item.tier is None or not is_for_members(item, now):
        return None
    return None if by.tier_name(item.tier) is not None else item.tier_name or item.tier


def is_blocked(show: Show, by: Actor) -> bool:
    """Whether a moderator blocked her, under any of her ids."""
    return any((s := show.standings.get(one)) is not None and s.blocked for one in by.ids)


def give_back(turn: ShowTurn, claim_id: str, quantity: int | None, cause: Cause) -> None:
    """Give back a claim by its id, all of it or `quantity` pieces. Raises NotFound, Conflict."""
    one = turn.state.claims.get(claim_id)
    if one is None:
        raise NotFound("There is no such claim, or it was given back.")
    if one.state == "paying":
        raise Conflict("The claim is in payment.", code="in_payment")
    if one.state == "sold":
        raise Conflict("The claim is an order by now; cancel that.", code="already_ordered")
    free(turn, one, min(quantity or one.quantity, one.quantity), cause)
    promote(turn, (one.item, one.variant))


def stop_waiting(turn: ShowTurn, wait_id: str, quantity: int | None, cause: Cause) -> None:
    """Leave the waiting list, or wait for fewer. Raises NotFound."""
    wait = turn.state.waits.get(wait_id)
    if wait is None:
        raise NotFound("There is no such place in the waiting list.")
    leave(turn, wait, min(quantity or wait.quantity, wait.quantity), cause)


def free(
    turn: ShowTurn,
    one: Claim,
    quantity: int,
    cause: Cause,
    *,
    comment: int | None = None,
    staff: str | None = None,
) -> None:
    """Make pieces of a claim free; `promote` says whose they are next."""
    turn.append(
        e.ClaimGivenBack(
            claim=one.id,
            by=one.by,
            item=one.item,
            variant=one.variant,
            quantity=quantity,
            remaining=one.quantity - quantity,
            price=one.price,
            sold=one.state == "sold",
            cause=cause,
            comment=comment,
            staff=staff,
        ),
        content=Content(one.by, one.name),
    )


def leave(
    turn: ShowTurn,
    wait: Wait,
    quantity: int,
    cause: Cause,
    *,
    comment: int | None = None,
    staff: str | None = None,
) -> None:
    """Take pieces of a wait out of the waiting list."""
    turn.append(
        e.WaitLeft(
            wait=wait.id,
            by=wait.by,
            item=wait.item,
            variant=wait.variant,
            quantity=quantity,
            remaining=wait.quantity - quantity,
            cause=cause,
            comment=comment,
            staff=staff,
        ),
        content=Content(wait.by, wait.name),
    )


def promote(turn: ShowTurn, slot: Slot) -> None:
    """Give what is free to those who wait, first come first served, in part if need be."""
    if turn.state.status == "ended":
        return
    while queue := turn.state.queues.get(slot):
        item = turn.state.items[slot[0]]
        variant = variant_of(item, slot[1])
        wait = turn.state.waits[queue[0]]
        if variant is None or variant.free <= 0:
            return
        pieces = min(variant.free, wait.quantity)
        turn.append(
            e.ClaimHeld(
                claim=_name(turn),
                by=wait.by,
                item=item.id,
                variant=slot[1],
                quantity=pieces,
                price=item.price,
                until=turn.now + item.hold_s * 1000,
                comment=wait.comment,
                wait=wait.id,
                wait_left=wait.quantity - pieces,
            ),
            content=Content(wait.by, wait.name),
        )


def expire(turn: ShowTurn) -> None:
    """Free every hold whose deadline has come, and close items whose countdown ran out."""
    while (first := turn.state.deadlines) is not None and first.at <= turn.now:
        one = turn.state.claims[first.of]
        free(turn, one, one.quantity, "expired")
        promote(turn, (one.item, one.variant))
    for item in turn.state.run_down():
        if item.countdown_until is not None and item.countdown_until <= turn.now:
            turn.append(e.ItemClosed(item=item.id, staff=None))


def _hold(
    turn: ShowTurn,
    by: Actor,
    item: Item,
    variant: Variant,
    quantity: int,
    *,
    comment: int | None,
    staff: str | None,
) -> None:
    held = e.ClaimHeld(
        claim=_name(turn),
        by=by.id,
        item=item.id,
        variant=variant.key,
        quantity=quantity,
        price=item.price,
        until=turn.now + item.hold_s * 1000,
        comment=comment,
        staff=staff,
    )
    turn.append(held, content=_named(by))


def _wait(
    turn: ShowTurn,
    by: Actor,
    item: Item,
    variant: Variant,
    quantity: int,
    *,
    comment: int | None,
    staff: str | None,
) -> None:
    waiting = e.ClaimWaiting(
        wait=_name(turn),
        by=by.id,
        item=item.id,
        variant=variant.key,
        quantity=quantity,
        place=len(turn.state.queues.get((item.id, variant.key), ())) + 1,
        comment=comment,
        staff=staff,
    )
    turn.append(waiting, content=_named(by))


def _name(turn: ShowTurn) -> str:
    """The id of a claim or wait: its show, and the offset of the event that makes it."""
    return f"{turn.room}.{turn.next_offset}"


def _named(by: Actor) -> Content:
    return Content(by.id, by.name)


def _claims(show: Show, ids: frozenset[str], slots: Sequence[Slot]) -> list[Claim]:
    mine = (show.claims[c] for by in ids for c in show.claims_of.get(by, ()))
    return sorted((c for c in mine if (c.item, c.variant) in slots), key=lambda c: c.offset)


def _waits(show: Show, ids: frozenset[str], slots: Sequence[Slot]) -> list[Wait]:
    mine = (show.waits[w] for by in ids for w in show.waits_of.get(by, ()))
    return sorted((w for w in mine if (w.item, w.variant) in slots), key=lambda w: w.offset)

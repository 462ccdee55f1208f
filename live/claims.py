"""Who gets what: claims, holds, the waiting list. Pure; each function appends to a turn.

The order of decisions is the grammar page's ("What the show decides"): whether she may, the limit,
the stock, then what became free goes to the head of the waiting list at once. What is held or
waited for always adds up with the allotment: held + sold <= allotment, and nobody waits while a
piece is free.
"""

from __future__ import annotations

from core.errors import Conflict, NotFound
from core.rooms.events import Content
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

    Appends at least one event: a refusal is one too, for its writer alone. With `wait_only` she
    joins the waiting list though pieces may be left.
    """
    show = turn.state
    if is_blocked(show, by):
        refuse(turn, by, "not_allowed", item, variant, quantity, comment)
        return
    if show.status != "live":
        refuse(turn, by, "show_not_live", item, variant, quantity, comment)
        return
    if item.status != "open" and staff is None:
        refuse(turn, by, "item_closed", item, variant, quantity, comment)
        return
    if item.limit is not None:
        allowed = max(0, min(quantity, item.limit - taken(show, by, item)))
        if allowed < quantity:
            over = quantity - allowed
            refuse(turn, by, "limit_reached", item, variant, over, comment)
        quantity = allowed
    if quantity == 0:
        return
    free = 0 if variant.waiting or wait_only else min(variant.free, quantity)
    if free > 0:
        _hold(turn, by, item, variant, free, comment=comment, staff=staff)
    missing = quantity - free
    if missing and item.waiting_list:
        _wait(turn, by, item, variant, missing, comment=comment, staff=staff)
        if wait_only:
            promote(turn, (item.id, variant.key))
    elif missing:
        refuse(turn, by, "sold_out", item, variant, missing, comment)


def refuse(
    turn: ShowTurn,
    by: Actor,
    reason: str,
    item: Item | None,
    variant: Variant | None,
    quantity: int | None,
    comment: int | None,
) -> None:
    """Tell `by`, and staff, why something became no claim."""
    refused = e.ClaimRefused(
        by=by.id,
        item=item.id if item else None,
        variant=variant.key if variant else None,
        quantity=quantity,
        reason=reason,
        comment=comment,
    )
    turn.append(refused, to=by.id, content=_named(by) if comment is None else None)


def give_back_item(
    turn: ShowTurn, by: Actor, slot: Slot, quantity: int | None, comment: int | None
) -> None:
    """A comment's cancel: all of the writer's pieces of a slot, or `quantity`; the newest first.

    What she waits for goes before what she holds: a promise is worth more than a place in line.
    """
    item = turn.state.items[slot[0]]
    variant = variant_of(item, slot[1])
    left = quantity
    paying = 0
    before = turn.next_offset
    for wait in reversed(_waits(turn.state, by.ids, slot)):
        if left == 0:
            break
        pieces = wait.quantity if left is None else min(left, wait.quantity)
        leave(turn, wait, pieces, "cancelled")
        left = None if left is None else left - pieces
    for one in reversed(_claims(turn.state, by.ids, slot)):
        if left == 0:
            break
        if one.state != "held":
            paying += one.state == "paying"
            continue
        pieces = one.quantity if left is None else min(left, one.quantity)
        free(turn, one, pieces, "cancelled")
        left = None if left is None else left - pieces
    nothing = turn.next_offset == before
    if paying and (nothing or left):
        refuse(turn, by, "in_payment", item, variant, left, comment)
    elif nothing:
        refuse(turn, by, "nothing_to_give_back", item, variant, quantity, comment)
    promote(turn, slot)


def taken(show: Show, by: Actor, item: Item) -> int:
    """Pieces of `item` that count toward her limit: held, in payment, sold, waiting."""
    return sum(show.taken.get((one, item.id), 0) for one in by.ids)


def pieces(show: Show, ids: frozenset[str], slot: Slot) -> int:
    """Pieces of a slot that she holds or waits for, and may still give back."""
    held = sum(one.quantity for one in _claims(show, ids, slot) if one.state == "held")
    return held + sum(wait.quantity for wait in _waits(show, ids, slot))


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
    turn: ShowTurn, one: Claim, quantity: int, cause: Cause, *, staff: str | None = None
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
            cause=cause,
            staff=staff,
        )
    )


def leave(
    turn: ShowTurn, wait: Wait, quantity: int, cause: Cause, *, staff: str | None = None
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
            staff=staff,
        )
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


def _claims(show: Show, ids: frozenset[str], slot: Slot) -> list[Claim]:
    mine = (show.claims[c] for by in ids for c in show.claims_of.get(by, ()))
    return sorted((c for c in mine if (c.item, c.variant) == slot), key=lambda c: c.offset)


def _waits(show: Show, ids: frozenset[str], slot: Slot) -> list[Wait]:
    mine = (show.waits[w] for by in ids for w in show.waits_of.get(by, ()))
    return sorted((w for w in mine if (w.item, w.variant) == slot), key=lambda w: w.offset)

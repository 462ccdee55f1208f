"""What the host does with the show and its run-down. Pure.

Stock comes from the shop before an item opens or is raised: `Ask` puts the question on record, the
service asks the shop, `Place` takes the answer in. It goes back by what these rules append: an
`ItemAllotted` with `back` pieces.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from core.errors import BadRequest, Conflict, NotFound
from core.money import price as checked_price
from core.rooms.events import STAFF
from live import claims, gifts
from live import commands as c
from live import events as e
from live.claims import ShowTurn
from live.events import Item, Variant
from live.state import Show, variant_of

_Act = Callable[[ShowTurn, c.Actor, Any], None]


def run(turn: ShowTurn, by: c.Actor, do: Any) -> None:
    """Carry out one of `commands.Run` (but for `AddItem`), `Create`, `NewItem`, `Ask` or `Place`.

    Raises NotFound, Conflict, BadRequest.
    """
    ACTS[type(do)](turn, by, do)


def return_rest(turn: ShowTurn) -> None:
    """After the end: what nobody holds or has bought goes back to the shop."""
    if turn.state.status != "ended":
        return
    for item in turn.state.run_down():
        for variant in item.variants:
            if variant.free > 0:
                kept = variant.held + variant.sold
                _allot(turn, item, variant, kept, planned=kept, back=variant.free, staff=None)


def _create(turn: ShowTurn, by: c.Actor, do: c.Create) -> None:
    if turn.next_offset != 1:
        return  # made before, by a request that was sent again
    turn.append(
        e.ShowCreated(
            title=do.title,
            currency=do.currency,
            host_name=do.host_name,
            poster=do.poster,
            starts_at=do.starts_at,
            rules=do.rules,
            tier=do.tier,
            tier_name=_tier_name(by, do.tier),
            staff=by.id,
        )
    )


def _go_live(turn: ShowTurn, by: c.Actor, _do: c.GoLive) -> None:
    if turn.state.status == "ended":
        raise Conflict("The show has ended.", code="show_ended")
    if turn.state.status != "live":
        turn.append(e.ShowLive(staff=by.id))


def _end(turn: ShowTurn, by: c.Actor, _do: c.End) -> None:
    """The waiting list closes, holds live to their deadline, the rest goes back."""
    if turn.state.status == "ended":
        return
    if turn.state.status != "live":
        raise Conflict("The show is not live.", code="show_not_live")
    for item in turn.state.run_down():
        if item.status == "open":
            turn.append(e.ItemClosed(item=item.id, staff=by.id))
    for wait in sorted(turn.state.waits.values(), key=lambda wait: wait.offset):
        claims.leave(turn, wait, wait.quantity, "closed")
    gifts.close(turn, staff=None)
    turn.append(e.ShowEnded(staff=by.id))


def _change(turn: ShowTurn, by: c.Actor, do: c.ChangeShow) -> None:
    values = (do.title, do.host_name, do.starts_at, do.replay_sells, do.tier)
    if values == (None,) * len(values):
        return
    changed = e.ShowChanged(
        title=do.title,
        host_name=do.host_name,
        starts_at=do.starts_at,
        replay_sells=do.replay_sells,
        tier=do.tier,
        tier_name=_tier_name(by, do.tier or None),
        staff=by.id,
    )
    turn.append(changed)


def _add_item(turn: ShowTurn, by: c.Actor, new: c.NewItem) -> None:
    show, do = turn.state, new.do
    _not_ended(show)
    if len(show.items) >= c.ITEMS:
        raise Conflict(f"A show has at most {c.ITEMS} items.", code="too_many_items")
    if any(_same_code(item.code, do.code) for item in show.run_down()):
        raise Conflict("The code is taken in this show.", code="code_taken")
    keys = [variant.key for variant in do.variants]
    if len(set(keys)) != len(keys) or (None in keys and len(keys) > 1):
        raise BadRequest("Each variant needs a key of its own.", code="bad_variants")
    _members(do.tier, do.early_s)
    checked_price(do.price, show.currency)
    if do.compare_at is not None:
        checked_price(do.compare_at, show.currency)
    item = Item(
        id=f"i{turn.next_offset}",
        code=do.code,
        title=do.title or new.title,
        picture=new.picture,
        product=do.product,
        price=do.price,
        compare_at=do.compare_at,
        limit=do.limit,
        verified_only=do.verified_only,
        hold_s=do.hold_s,
        waiting_list=do.waiting_list,
        countdown_s=do.countdown_s,
        tier=do.tier,
        tier_name=_tier_name(by, do.tier),
        early_s=do.early_s,
        variants=tuple(
            Variant(
                key=variant.key,
                title=variant.title or title,
                words=tuple(tuple(words) for words in variant.words),
                variant_id=variant.variant_id,
                planned=variant.allotment,
            )
            for variant, title in zip(do.variants, new.variant_titles, strict=True)
        ),
    )
    turn.append(e.ItemAdded(item=item, staff=by.id))


def _change_item(turn: ShowTurn, by: c.Actor, do: c.ChangeItem) -> None:
    """A new price is for claims from now on; what was granted keeps the price it was granted at."""
    item = _item(turn.state, do.item)
    changed = do.model_fields_set - {"type", "item"}
    never_none = {"title", "price", "verified_only", "hold_s"}
    if any(getattr(do, name) is None for name in changed & never_none):
        raise BadRequest("Only a limit, a former price and a tier can be taken away.")
    for amount in (do.price, do.compare_at):
        if amount is not None:
            checked_price(amount, turn.state.currency)
    if changed:
        values = {name: getattr(do, name) for name in changed}
        if "tier" in changed:
            values["tier_name"] = _tier_name(by, do.tier)
            if do.tier is None:
                values["early_s"] = None
        _members(values.get("tier", item.tier), values.get("early_s", item.early_s))
        changed = set(values)
        event = e.ItemChanged(item=do.item, changed=tuple(sorted(changed)), staff=by.id, **values)
        turn.append(event)


def _members(tier: str | None, early_s: int | None) -> None:
    if early_s is not None and tier is None:
        raise BadRequest("Early access is a tier's.", code="tier_needed")


def _tier_name(by: c.Actor, tier: str | None) -> str | None:
    """What a tier of the shop is called. Raises NotFound where there is none."""
    if tier is None:
        return None
    name = by.tier_name(tier)
    if name is None:
        raise NotFound("There is no such tier.", code="unknown_tier")
    return name


def _plan(turn: ShowTurn, by: c.Actor, do: c.Allot) -> None:
    """Plan another allotment, and give back what is there beyond it.

    What is missing to it comes by `Place`, or when the item opens. Where it has come by now, it is
    on record all the same: sent again, the command has to be known.
    """
    item, variant = _variant(turn.state, do.item, do.variant)
    bound = variant.held + variant.sold
    if do.allotment < bound:
        raise Conflict("That many are held or sold.", code="allotment_in_use", least=bound)
    back = max(0, variant.allotment - do.allotment)
    if back or do.allotment != variant.planned or item.opened_at is not None:
        pieces = variant.allotment - back
        _allot(turn, item, variant, pieces, planned=do.allotment, back=back, staff=by.id)


def _ask(turn: ShowTurn, by: c.Actor, do: c.Ask) -> None:
    _live(turn.state)
    item = _item(turn.state, do.item)
    missing = [
        e.Pieces(variant=variant.key, quantity=do.wanted[variant.key] - variant.allotment)
        for variant in item.variants
        if variant.key in do.wanted and (item.id, variant.key) not in turn.state.asked
    ]
    asked = tuple(pieces for pieces in missing if pieces.quantity > 0)
    if asked:
        turn.append(e.ItemAsked(item=item.id, asked=asked, staff=by.id), to=STAFF)


def _place(turn: ShowTurn, _by: c.Actor, do: c.Place) -> None:
    """Take in what the shop granted; after the end it goes straight back."""
    answers = [
        granted
        for grant, granted in do.answers
        if turn.state.grants.get((do.item, granted.variant), 0) == grant
    ]
    if not answers:
        return  # another process has recorded the very same answers
    turn.append(e.ItemPlaced(item=do.item, granted=tuple(answers)), to=STAFF)
    for granted in answers:
        item, variant = _variant(turn.state, do.item, granted.variant)
        if granted.quantity:
            pieces = variant.allotment + granted.quantity
            planned = max(variant.planned, pieces)
            _allot(turn, item, variant, pieces, planned=planned, back=0, staff=None)
            claims.promote(turn, (item.id, variant.key))


def _open(turn: ShowTurn, by: c.Actor, do: c.OpenItem) -> None:
    _live(turn.state)
    item = _item(turn.state, do.item)
    if item.status == "open":
        return
    countdown_s = do.countdown_s if do.countdown_s is not None else item.countdown_s
    opened = e.ItemOpened(
        item=item.id,
        allotments=tuple(variant.allotment for variant in item.variants),
        countdown_until=turn.now + countdown_s * 1000 if countdown_s is not None else None,
        staff=by.id,
    )
    turn.append(opened)


def _close(turn: ShowTurn, by: c.Actor, do: c.CloseItem) -> None:
    if _item(turn.state, do.item).status == "open":
        turn.append(e.ItemClosed(item=do.item, staff=by.id))


def _move(turn: ShowTurn, by: c.Actor, do: c.MoveItem) -> None:
    _item(turn.state, do.item)
    if do.before == do.item:
        return
    rest = [item for item in turn.state.order if item != do.item]
    if do.before is None:
        rest.append(do.item)
    elif do.before in rest:
        rest.insert(rest.index(do.before), do.item)
    else:
        raise NotFound("There is no such item.", code="unknown_item")
    if tuple(rest) != turn.state.order:
        turn.append(e.ItemsMoved(items=tuple(rest), staff=by.id))


def _remove(turn: ShowTurn, by: c.Actor, do: c.RemoveItem) -> None:
    item = _item(turn.state, do.item)
    slots = [(item.id, variant.key) for variant in item.variants]
    if any(slot in turn.state.grants or slot in turn.state.asked for slot in slots):
        raise Conflict("The item was on sale already; close it.", code="item_was_open")
    if item.opened_at is not None:
        raise Conflict("The item was on sale already; close it.", code="item_was_open")
    turn.append(e.ItemRemoved(item=item.id, staff=by.id))


def _pin(turn: ShowTurn, by: c.Actor, do: c.PinItem) -> None:
    if do.item is not None:
        _item(turn.state, do.item)
    if do.item != turn.state.pinned_item:
        turn.append(e.ItemPinned(item=do.item, staff=by.id))


def _countdown(turn: ShowTurn, by: c.Actor, do: c.Countdown) -> None:
    item = _item(turn.state, do.item)
    if item.status != "open":
        raise Conflict("The item is not open.", code="item_closed")
    if do.until is not None and do.until <= turn.now:
        raise BadRequest("A countdown ends in the future.")
    turn.append(e.ItemCountdown(item=item.id, until=do.until, staff=by.id))


def _sample(turn: ShowTurn, _by: c.Actor, do: c.SampleViewers) -> None:
    turn.append(e.ViewersSampled(count=do.count))


ACTS: dict[type, _Act] = {
    c.Create: _create,
    c.GoLive: _go_live,
    c.End: _end,
    c.ChangeShow: _change,
    c.NewItem: _add_item,
    c.ChangeItem: _change_item,
    c.Allot: _plan,
    c.Ask: _ask,
    c.Place: _place,
    c.OpenItem: _open,
    c.CloseItem: _close,
    c.MoveItem: _move,
    c.RemoveItem: _remove,
    c.PinItem: _pin,
    c.Countdown: _countdown,
    c.SampleViewers: _sample,
    c.NewGift: gifts.open_gift,
    c.CloseGift: gifts.close_gift,
}


def _allot(
    turn: ShowTurn,
    item: Item,
    variant: Variant,
    pieces: int,
    *,
    planned: int,
    back: int,
    staff: str | None,
) -> None:
    event = e.ItemAllotted(
        item=item.id,
        variant=variant.key,
        allotment=pieces,
        planned=planned,
        back=back,
        staff=staff,
    )
    turn.append(event)


def _item(show: Show, item_id: str) -> Item:
    item = show.items.get(item_id)
    if item is None:
        raise NotFound("There is no such item.", code="unknown_item")
    return item


def _variant(show: Show, item_id: str, key: str | None) -> tuple[Item, Variant]:
    item = _item(show, item_id)
    variant = variant_of(item, key)
    if variant is None:
        raise NotFound("The item has no such variant.", code="unknown_variant")
    return item, variant


def _live(show: Show) -> None:
    if show.status != "live":
        raise Conflict("The show is not live.", code="show_not_live")


def _not_ended(show: Show) -> None:
    if show.status == "ended":
        raise Conflict("The show has ended.", code="show_ended")


def _same_code(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(code: str) -> str:
    return unicodedata.normalize("NFKC", code).casefold().replace("-", "").replace(" ", "")

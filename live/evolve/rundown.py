"""The show and its run-down, event by event."""

from __future__ import annotations

from msgspec.structs import replace

from core.rooms.events import Logged
from live import events as e
from live.evolve.folds import of
from live.state import SAMPLES, Show, menu_of


@of(e.ShowCreated)
def _created(show: Show, _logged: Logged, event: e.ShowCreated) -> Show:
    return replace(
        show,
        title=event.title,
        currency=event.currency,
        host_name=event.host_name,
        poster=event.poster,
        starts_at=event.starts_at,
        tier=event.tier,
        tier_name=event.tier_name,
        status="draft" if event.starts_at is None else "scheduled",
        rules=event.rules,
    )


@of(e.ShowChanged)
def _changed(show: Show, _logged: Logged, event: e.ShowChanged) -> Show:
    starts_at = show.starts_at if event.starts_at is None else event.starts_at
    scheduled = show.status == "draft" and starts_at is not None
    same_tier = event.tier is None
    return replace(
        show,
        tier=show.tier if same_tier else event.tier or None,
        tier_name=show.tier_name if same_tier else event.tier_name,
        title=show.title if event.title is None else event.title,
        host_name=show.host_name if event.host_name is None else event.host_name,
        starts_at=starts_at,
        status="scheduled" if scheduled else show.status,
        replay_sells=show.replay_sells if event.replay_sells is None else event.replay_sells,
    )


@of(e.ShowLive)
def _live(show: Show, logged: Logged, _event: e.ShowLive) -> Show:
    return replace(show, status="live", started_at=logged.at_ms)


@of(e.ShowEnded)
def _ended(show: Show, logged: Logged, _event: e.ShowEnded) -> Show:
    return replace(show, status="ended", ended_at=logged.at_ms, pinned_item=None, picture="off")


@of(e.PictureChanged)
def _picture(show: Show, _logged: Logged, event: e.PictureChanged) -> Show:
    return replace(show, picture=event.state)


@of(e.ViewersSampled)
def _sampled(show: Show, logged: Logged, event: e.ViewersSampled) -> Show:
    peak = max(show.totals.viewers_peak, event.count)
    return replace(
        show,
        totals=replace(show.totals, viewers=event.count, viewers_peak=peak),
        samples=(*show.samples[1 - SAMPLES :], (logged.at_ms, event.count)),
    )


@of(e.ItemAdded)
def _item_added(show: Show, _logged: Logged, event: e.ItemAdded) -> Show:
    item = event.item
    return _with_menu(
        replace(show, items=show.items.set(item.id, item), order=(*show.order, item.id))
    )


@of(e.ItemChanged)
def _item_changed(show: Show, _logged: Logged, event: e.ItemChanged) -> Show:
    changes = {name: getattr(event, name) for name in event.changed}
    return _with_item(show, replace(show.items[event.item], **changes))


@of(e.ItemsMoved)
def _items_moved(show: Show, _logged: Logged, event: e.ItemsMoved) -> Show:
    return _with_menu(replace(show, order=event.items))


@of(e.ItemRemoved)
def _item_removed(show: Show, _logged: Logged, event: e.ItemRemoved) -> Show:
    return _with_menu(
        replace(
            show,
            items=show.items.delete(event.item),
            order=tuple(item for item in show.order if item != event.item),
            pinned_item=None if show.pinned_item == event.item else show.pinned_item,
        )
    )


@of(e.ItemOpened)
def _item_opened(show: Show, logged: Logged, event: e.ItemOpened) -> Show:
    item = show.items[event.item]
    opened = replace(
        item,
        status="open",
        opened_at=logged.at_ms,
        countdown_until=event.countdown_until,
        variants=tuple(
            replace(variant, allotment=allotment)
            for variant, allotment in zip(item.variants, event.allotments, strict=True)
        ),
    )
    return _with_menu(_with_item(show, opened))


@of(e.ItemClosed)
def _item_closed(show: Show, _logged: Logged, event: e.ItemClosed) -> Show:
    closed = replace(show.items[event.item], status="closed", countdown_until=None)
    return _with_menu(_with_item(show, closed))


@of(e.ItemAsked)
def _item_asked(show: Show, _logged: Logged, event: e.ItemAsked) -> Show:
    asked = show.asked
    for one in event.asked:
        asked = asked.set((event.item, one.variant), one.quantity)
    return replace(show, asked=asked)


@of(e.ItemPlaced)
def _item_placed(show: Show, _logged: Logged, event: e.ItemPlaced) -> Show:
    asked, grants, places = show.asked, show.grants, show.places
    for one in event.granted:
        slot = (event.item, one.variant)
        asked = asked.delete(slot)
        grants = grants.set(slot, grants.get(slot, 0) + 1)
        places = places.set(slot, one.place)
    return replace(show, asked=asked, grants=grants, places=places)


@of(e.ItemAllotted)
def _item_allotted(show: Show, _logged: Logged, event: e.ItemAllotted) -> Show:
    item = show.items[event.item]
    variants = tuple(
        replace(variant, allotment=event.allotment, planned=event.planned)
        if variant.key == event.variant
        else variant
        for variant in item.variants
    )
    return _with_item(show, replace(item, variants=variants))


@of(e.ItemPinned)
def _item_pinned(show: Show, _logged: Logged, event: e.ItemPinned) -> Show:
    return replace(show, pinned_item=event.item)


@of(e.ItemCountdown)
def _item_countdown(show: Show, _logged: Logged, event: e.ItemCountdown) -> Show:
    return _with_item(show, replace(show.items[event.item], countdown_until=event.until))


def _with_item(show: Show, item: e.Item) -> Show:
    return replace(show, items=show.items.set(item.id, item))


def _with_menu(show: Show) -> Show:
    return replace(show, menu=menu_of(show))

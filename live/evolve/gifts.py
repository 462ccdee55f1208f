"""Give-aways, event by event."""

from __future__ import annotations

from immutables import Map
from msgspec.structs import replace

from core.rooms.events import Logged
from live import events as e
from live.evolve.folds import of
from live.state import WINS, Gift, Show, Win, Winner


@of(e.GiftOpened)
def _opened(show: Show, _logged: Logged, event: e.GiftOpened) -> Show:
    gift = Gift(
        id=event.gift,
        keyword=event.keyword,
        coupon=event.coupon,
        title=event.title,
        most=event.most,
        guests=event.guests,
    )
    return replace(show, gift=gift, gift_won=Map())


@of(e.GiftWon)
def _won(show: Show, logged: Logged, event: e.GiftWon) -> Show:
    win = Win(
        gift=event.gift,
        coupon=event.coupon,
        title=event.title,
        number=event.number,
        offset=logged.offset,
    )
    winner = Winner(
        gift=event.gift,
        title=event.title,
        by=event.by,
        name=logged.content.name if logged.content else None,
        number=event.number,
        at_ms=logged.at_ms,
    )
    return replace(
        show,
        gift=show.gift and replace(show.gift, won=event.number),
        gift_won=show.gift_won.set(event.by, event.number),
        wins=show.wins.set(event.by, (*show.wins.get(event.by, ())[1 - WINS :], win)),
        winners=show.winners.adding(winner),
    )


@of(e.GiftRefused)
def _refused(show: Show, _logged: Logged, event: e.GiftRefused) -> Show:
    return replace(show, gift_refused=show.gift_refused.set(event.by, event.gift))


@of(e.GiftCounted)
def _counted(show: Show, _logged: Logged, _event: e.GiftCounted) -> Show:
    """What `GiftWon` has said of it already, for everyone."""
    return show


@of(e.GiftClosed)
def _closed(show: Show, _logged: Logged, _event: e.GiftClosed) -> Show:
    return replace(show, gift=None, gift_won=Map())

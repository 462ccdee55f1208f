"""Give-aways by keyword: the first so many who write it win a coupon, each once. Pure."""

from __future__ import annotations

from collections.abc import Callable

from core.errors import BadRequest, Conflict, NotFound
from core.rooms.events import Content
from live import claims, plus_one
from live import commands as c
from live import events as e
from live.claims import ShowTurn
from live.plus_one.normalise import normalise
from live.state import Show, rules_of


def open_gift(turn: ShowTurn, by: c.Actor, new: c.NewGift) -> None:
    """Open a give-away. Raises Conflict, NotFound, BadRequest."""
    show, do = turn.state, new.do
    if show.status != "live":
        raise Conflict("The show is not live.", code="show_not_live")
    if show.gift is not None:
        raise Conflict("Another give-away is open.", code="gift_is_open")
    if new.coupon_title is None:
        raise NotFound("There is no such coupon to give.", code="unknown_coupon")
    keyword = _plain(do.keyword)
    read = plus_one.parse(do.keyword, plus_one.Vocabulary.of(show.menu), rules_of(show))
    if not keyword or read.claims or read.rejections:
        # Who wrote it would order something, or be told that she could not.
        raise BadRequest("The keyword reads like an order.", code="keyword_orders")
    turn.append(
        e.GiftOpened(
            gift=f"g{turn.next_offset}",
            keyword=do.keyword,
            coupon=do.coupon,
            title=do.title or new.coupon_title,
            most=do.most,
            guests=do.guests,
            staff=by.id,
        )
    )


def close_gift(turn: ShowTurn, by: c.Actor, _do: c.CloseGift) -> None:
    """Close the give-away that is open, if one is."""
    close(turn, staff=by.id)


def close(turn: ShowTurn, *, staff: str | None) -> None:
    gift = turn.state.gift
    if gift is not None:
        turn.append(e.GiftClosed(gift=gift.id, won=gift.won, staff=staff))


def answer(show: Show, by: c.Actor, text: str) -> Callable[[ShowTurn, c.Actor], None] | None:
    """What comes of `text` in the give-away that is open: `give`, `refuse`, or None for nothing.

    Who has won it does not win it again, and who was refused is told so once.
    """
    gift = show.gift
    if gift is None or show.status != "live" or by.is_staff:
        return None
    if any(one in show.gift_won for one in by.ids) or claims.is_blocked(show, by):
        return None
    if _plain(text) != _plain(gift.keyword):
        return None
    if gift.guests or by.verified:
        return give
    told = any(show.gift_refused.get(one) == gift.id for one in by.ids)
    return None if told else refuse


def refuse(turn: ShowTurn, by: c.Actor) -> None:
    """Tell `by` alone that it is for people whom the shop can tell apart: she may sign in."""
    gift = turn.state.gift
    if gift is not None:
        turn.append(e.GiftRefused(gift=gift.id, by=by.id, reason="sign_in"), to=by.id)


def give(turn: ShowTurn, by: c.Actor) -> None:
    """Let `by` win; the give-away closes with the last one."""
    gift = turn.state.gift
    if gift is None:
        return
    number = gift.won + 1
    won = e.GiftWon(gift=gift.id, by=by.id, coupon=gift.coupon, title=gift.title, number=number)
    turn.append(won, to=by.id, content=Content(by.id, by.name))
    turn.append(e.GiftCounted(gift=gift.id, left=gift.most - number))
    if number == gift.most:
        close(turn, staff=None)


def _plain(text: str) -> str:
    """As comments are read, without the blanks and lines that nobody sees."""
    return " ".join(normalise(text)[1].split())

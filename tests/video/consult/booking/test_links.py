"""Links to bookings: nobody makes one, and none lasts for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotFound
from core.hours import DAY_MS
from core.secret import Secret
from tests.video.consult.booking.shop import KEY, NOW, Shop, at
from video.consult.booking.links import PURPOSE, Links

ID = "bkg_01JD8Z00000000000000000000"
OTHER = "bkg_01JD8Z00000000000000000001"
LINKS = Links(KEY)
TOKEN = LINKS.token(ID, NOW)


def test_a_link_leads_back() -> None:
    assert LINKS.read(TOKEN, NOW) == ID


def test_a_link_is_good_for_a_week_after_the_end() -> None:
    assert LINKS.read(TOKEN, NOW + 7 * DAY_MS - 1) == ID
    with pytest.raises(NotFound):
        LINKS.read(TOKEN, NOW + 7 * DAY_MS)


def test_a_link_of_one_is_none_of_another() -> None:
    _, expires, signature = TOKEN.split("-", 2)
    with pytest.raises(NotFound):
        LINKS.read(f"{OTHER.removeprefix('bkg_')}-{expires}-{signature}", NOW)


def test_nobody_makes_a_link_last_longer() -> None:
    ulid, expires, signature = TOKEN.split("-", 2)
    with pytest.raises(NotFound):
        LINKS.read(f"{ulid}-{int(expires) + 1}-{signature}", NOW)


def test_another_shops_link_leads_nowhere() -> None:
    elsewhere = Links(Secret(b"x" * 32).key(PURPOSE))
    with pytest.raises(NotFound):
        LINKS.read(elsewhere.token(ID, NOW), NOW)


@given(st.data())
def test_a_link_with_any_sign_changed_leads_nowhere(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(TOKEN) - 1))
    sign = data.draw(st.characters(exclude_characters=TOKEN[place], codec="utf-8"))
    with pytest.raises(NotFound):
        LINKS.read(TOKEN[:place] + sign + TOKEN[place + 1 :], NOW)


@given(st.text(max_size=200))
def test_what_is_no_link_leads_nowhere(text: str) -> None:
    with pytest.raises(NotFound):
        LINKS.read(text, NOW)


async def test_a_link_ends_with_its_booking_even_if_it_was_moved_to_be_earlier(shop: Shop) -> None:
    await shop.rep("mei")
    _, token = await shop.booked(at("2026-10-10 12:00"))
    moved = await shop.bookings.move(token, shop.move(at("2026-09-22 12:00")))
    shop.clock.advance(moved.ends_at + 7 * DAY_MS - NOW)
    with pytest.raises(NotFound):
        await shop.bookings.by_token(token)


async def test_a_link_to_what_was_removed_leads_nowhere(shop: Shop) -> None:
    with pytest.raises(NotFound):
        await shop.bookings.by_token(shop.links.token(ID, NOW))

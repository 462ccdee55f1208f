"""Tickets: each opens one show, for one tier, for some hours."""

from __future__ import annotations

import re

import pytest

from video.stream.tickets import LASTS_MS, Tickets, runs_out

SHOW, OTHER = "shw_01K6ZZZZZZZZZZZZZZZZZZZZZZ", "shw_01K6ZZZZZZZZZZZZZZZZZZZZZY"
HOUR = 3_600_000
NOON = 1_790_000_000_000 // HOUR * HOUR


@pytest.fixture
def tickets() -> Tickets:
    return Tickets(b"a secret")


def test_a_ticket_opens_its_show_for_its_tier_and_nothing_else(tickets: Tickets) -> None:
    ticket = tickets.of(SHOW, "silver", NOON)
    assert tickets.opens(ticket, SHOW, "silver", NOON)
    assert not tickets.opens(ticket, OTHER, "silver", NOON)
    assert not tickets.opens(ticket, SHOW, "gold", NOON)
    assert not Tickets(b"another secret").opens(ticket, SHOW, "silver", NOON)


def test_a_ticket_stands_in_an_address_as_it_is(tickets: Tickets) -> None:
    assert re.fullmatch(r"\d{13}\.[A-Za-z0-9_-]{32}", tickets.of(SHOW, "silver", NOON))


@pytest.mark.parametrize(("asked_at", "lasts"), [(0, 4 * HOUR), (HOUR - 1, 3 * HOUR + 1)])
def test_a_ticket_opens_for_three_to_four_hours(
    tickets: Tickets, asked_at: int, lasts: int
) -> None:
    begun = NOON + asked_at
    ticket = tickets.of(SHOW, "silver", begun)
    assert tickets.opens(ticket, SHOW, "silver", begun + lasts - 1)
    assert not tickets.opens(ticket, SHOW, "silver", begun + lasts)
    assert runs_out(ticket) == begun + lasts <= begun + LASTS_MS


def test_all_who_come_within_an_hour_have_the_same(tickets: Tickets) -> None:
    first, last, next_ = (tickets.of(SHOW, "silver", NOON + at) for at in (0, HOUR - 1, HOUR))
    assert first == last != next_


def test_a_ticket_cannot_be_made_to_last(tickets: Tickets) -> None:
    until, _, seal = tickets.of(SHOW, "silver", NOON).partition(".")
    longer = f"{int(until) + HOUR}.{seal}"
    assert runs_out(longer) == NOON + 5 * HOUR
    assert not tickets.opens(longer, SHOW, "silver", NOON)


@pytest.mark.parametrize(
    "forged",
    [
        "",
        ".",
        f"{NOON + HOUR}",
        f"{NOON + HOUR}.",
        f"{NOON + HOUR}.{'a' * 31}",
        f"-{NOON}.{'a' * 32}",
        f"0{NOON + HOUR}.{'a' * 32}",
        f"{'9' * 16}.{'a' * 32}",
        f"{NOON + HOUR}.{'a' * 32}\n",
        f"{NOON + HOUR}.{'a' * 31}é",
        f"{NOON + HOUR}.{'a' * 31}\udcff",
        f"٣{NOON + HOUR}.{'a' * 32}",
        "x" * 10_000,
    ],
)
def test_what_is_no_ticket_opens_nothing(tickets: Tickets, forged: str) -> None:
    assert runs_out(forged) is None
    assert not tickets.opens(forged, SHOW, "silver", NOON)

"""How many desks take calls, and who of them is free."""

from __future__ import annotations

from video.consult.desks import Desks, desks


def test_nobody_there_is_no_desk_and_all_in_calls_is_none_free() -> None:
    assert desks([], []) == Desks(0, 0)
    assert desks(["ji", "wen"], ["ji", "wen"]) == Desks(2, 0)


def test_whom_no_call_takes_up_is_free() -> None:
    assert desks(["ji", "wen", "an"], {"wen": "cll_1"}) == Desks(3, 2)


def test_who_talks_with_her_desk_closed_is_counted_and_not_free() -> None:
    assert desks(["ji"], ["wen"]) == Desks(2, 1)
    assert desks([], ["wen"]) == Desks(1, 0)


def test_a_desk_that_is_told_twice_is_one() -> None:
    assert desks(["ji", "ji"], []) == Desks(1, 1)

"""How long those who wait are told that they will."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video.consult.estimate import (
    ANSWER_MS,
    FURTHEST,
    KNOWN_AT_LEAST,
    LONGEST_MS,
    Wait,
    estimates,
)

MINUTE = 60_000


def estimate(place: int, reps: int, talking_ms: list[int], recent_ms: list[int]) -> Wait | None:
    """What the one at `place` is told where nobody waits behind."""
    return estimates(place, reps, talking_ms, recent_ms)[-1]


TEN = [10 * MINUTE] * KNOWN_AT_LEAST
MIXED = [minutes * MINUTE for minutes in (3, 4, 5, 6, 8, 9, 12, 15, 22, 30)]


def test_whoever_may_be_rung_at_once_waits_for_that_alone() -> None:
    assert estimate(1, 1, [], []) == Wait(0, ANSWER_MS)
    assert estimate(2, 3, [5 * MINUTE], []) == Wait(0, ANSWER_MS)


def test_where_nobody_takes_calls_nothing_is_promised() -> None:
    assert estimate(1, 0, [], MIXED) is None


def test_of_too_few_calls_nothing_is_said() -> None:
    assert estimate(1, 1, [MINUTE], MIXED[: KNOWN_AT_LEAST - 1]) is None
    assert estimate(1, 1, [MINUTE], MIXED[:KNOWN_AT_LEAST]) is not None


def test_calls_that_always_take_the_same_are_foreseen() -> None:
    assert estimate(1, 1, [4 * MINUTE], TEN) == Wait(6 * MINUTE, 7 * MINUTE)
    assert estimate(2, 1, [4 * MINUTE], TEN) == Wait(16 * MINUTE, 17 * MINUTE)
    assert estimate(1, 2, [4 * MINUTE, 9 * MINUTE], TEN) == Wait(MINUTE, 2 * MINUTE)
    assert estimate(2, 2, [4 * MINUTE, 9 * MINUTE], TEN) == Wait(6 * MINUTE, 7 * MINUTE)
    assert estimate(2, 2, [9 * MINUTE], TEN) == Wait(MINUTE, 2 * MINUTE), (
        "one is free: for the first"
    )


def test_who_has_talked_for_longer_than_anybody_is_as_one_who_has_begun() -> None:
    assert estimate(1, 1, [45 * MINUTE], TEN) == Wait(10 * MINUTE, 11 * MINUTE)


def test_what_takes_hours_is_not_told() -> None:
    assert estimate(1, 1, [0], [3 * LONGEST_MS] * 9) is None
    assert estimate(60, 1, [0], MIXED) is None


def test_who_is_far_back_is_told_nothing() -> None:
    told = estimates(FURTHEST + 5, 60, [0] * 60, MIXED)
    assert len(told) == FURTHEST + 5
    assert told[FURTHEST - 1] is not None
    assert told[FURTHEST:] == [None] * 5


def test_nobody_who_waits_is_nobody_told() -> None:
    assert estimates(0, 2, [MINUTE], MIXED) == []


_lengths = st.lists(st.integers(10_000, 40 * MINUTE), min_size=KNOWN_AT_LEAST, max_size=50)


@given(st.integers(1, 12), st.integers(1, 6), st.data(), _lengths)
def test_ranges_are_ranges_and_the_next_one_waits_no_less(
    waiting: int, reps: int, data: st.DataObject, recent: list[int]
) -> None:
    talking = data.draw(st.lists(st.integers(0, 60 * MINUTE), max_size=reps))
    told = estimates(waiting, reps, talking, recent)
    assert told == estimates(waiting, reps, talking, recent), "the same everywhere"
    for place, one in enumerate(told, 1):
        assert one == estimate(place, reps, talking, recent), "those behind change nothing"
        if one is None:
            assert all(later is None for later in told[place:])
            break
        assert 0 <= one.least_ms < one.most_ms <= LONGEST_MS
        assert one.least_ms % MINUTE == one.most_ms % MINUTE == 0
    known = [one for one in told if one is not None]
    for before, after in pairwise(known):
        assert before.least_ms <= after.least_ms
        assert before.most_ms <= after.most_ms


@pytest.mark.parametrize("place", [1, 2, 4])
@pytest.mark.parametrize("reps", [1, 3])
def test_what_is_told_is_true_about_nine_times_of_ten(place: int, reps: int) -> None:
    """Shops are played through whose calls take as long as calls do (many short, some very long);
    each knows fifty of them, and of the next ones nothing. An answer within a minute is counted."""
    chance = random.Random(7 * place + reps)

    def length() -> int:
        return int(chance.lognormvariate(2.0, 0.7) * MINUTE)

    asked, kept = 400, 0
    for _ in range(asked):
        recent = [length() for _ in range(50)]
        # Whom one finds talking talks for long: the longer, the likelier is it that one finds her.
        whole = [max(length(), length()) for _ in range(reps)]
        spent = [chance.randrange(one) for one in whole]
        told = estimate(place, reps, spent, recent)
        free_at = sorted(all_ - gone for all_, gone in zip(whole, spent, strict=True))
        for _ in range(place - 1):
            free_at = sorted([free_at[0] + length(), *free_at[1:]])
        answered = free_at[0] + chance.randrange(ANSWER_MS)
        kept += told is not None and told.least_ms <= answered <= told.most_ms
    assert kept / asked > 0.85

"""The newest of a long row."""

from hypothesis import given
from hypothesis import strategies as st

from live.recent import Recent

keeps = st.integers(1, 7)
rows = st.lists(st.integers(), max_size=40)


def _of(keep: int, row: list[int]) -> Recent[int]:
    recent: Recent[int] = Recent(keep)
    for one in row:
        recent = recent.adding(one)
    return recent


@given(keeps, rows)
def test_it_is_the_last_of_what_was_added(keep: int, row: list[int]) -> None:
    recent = _of(keep, row)
    assert list(recent) == row[-keep:]
    assert list(reversed(recent)) == row[-keep:][::-1]
    assert len(recent) == len(row[-keep:])
    assert recent.oldest == next(iter(row[-keep:]), None)


@given(keeps, rows)
def test_it_is_the_same_made_at_once(keep: int, row: list[int]) -> None:
    assert Recent(keep, row) == _of(keep, row)


@given(keeps, rows, rows)
def test_what_was_made_before_stays_as_it_was(keep: int, row: list[int], more: list[int]) -> None:
    before = _of(keep, row)
    after = before
    for one in more:
        after = after.adding(one)
    assert list(before) == row[-keep:]
    assert list(after) == [*row, *more][-keep:]


@given(keeps, rows)
def test_a_change_reaches_each_of_them(keep: int, row: list[int]) -> None:
    assert list(_of(keep, row).each(lambda one: one + 1)) == [one + 1 for one in row[-keep:]]

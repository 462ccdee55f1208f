"""Deadlines in order."""

from hypothesis import given
from hypothesis import strategies as st

from live import deadlines
from live.deadlines import Deadlines

instants = st.lists(st.integers(0, 20), max_size=60)


def _of(ats: list[int]) -> Deadlines | None:
    heap = None
    for number, at in enumerate(ats):
        heap = deadlines.put(heap, at, f"shw.{number}")
    return heap


@given(instants)
def test_they_come_out_in_order_and_at_one_instant_the_older_claim_first(ats: list[int]) -> None:
    heap, out = _of(ats), []
    while heap is not None:
        out.append((heap.at, heap.of))
        heap = deadlines.without_first(heap)
    assert out == [(at, f"shw.{n}") for at, n in sorted((at, n) for n, at in enumerate(ats))]


@given(instants)
def test_all_of_them_are_there(ats: list[int]) -> None:
    assert sorted(deadlines.entries(_of(ats))) == sorted(
        (at, f"shw.{number}") for number, at in enumerate(ats)
    )


def test_many_that_grow_are_put_and_taken_without_recursion() -> None:
    heap = _of(list(range(20_000)))
    for _ in range(20_000):
        assert heap is not None
        heap = deadlines.without_first(heap)
    assert heap is None

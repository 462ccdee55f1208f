"""A long log folded in place makes what it makes event by event, and touches nothing else."""

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from core.rooms.events import Logged
from live.evolve import evolve, frozen, thawed
from live.state import Show
from live.stored import dump
from tests.live.story import evening

_LOG: list[Logged] = evening().log
_PLACES = st.integers(0, len(_LOG))


@given(_PLACES, _PLACES)
def test_a_log_folded_in_place_makes_the_same_show(start: int, size: int) -> None:
    before = reduce(evolve, _LOG[:start], Show(id="shw_1"))
    kept = dump(before)
    some = _LOG[start : start + size]
    assert frozen(reduce(evolve, some, thawed(before))) == reduce(evolve, some, before)
    assert dump(before) == kept


@given(_PLACES)
def test_a_frozen_show_goes_on_as_any_other(place: int) -> None:
    halfway = frozen(reduce(evolve, _LOG[:place], thawed(Show(id="shw_1"))))
    kept = dump(halfway)
    frozen(reduce(evolve, _LOG[place:], thawed(halfway)))
    assert dump(halfway) == kept
    assert reduce(evolve, _LOG[place:], halfway) == reduce(evolve, _LOG, Show(id="shw_1"))

"""Many events at once make what they make one by one, and leave alone what was before them."""

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from core.rooms.events import Logged
from live.evolve import evolve, evolve_all
from live.state import Show
from live.stored import dump
from tests.live.story import evening

_LOG: list[Logged] = evening().log
_PLACES = st.integers(0, len(_LOG))


@given(_PLACES, _PLACES)
def test_many_events_make_what_they_make_one_by_one(start: int, size: int) -> None:
    before = reduce(evolve, _LOG[:start], Show(id="shw_1"))
    kept = dump(before)
    some = _LOG[start : start + size]
    assert evolve_all(before, some) == reduce(evolve, some, before)
    assert dump(before) == kept


@given(_PLACES, _PLACES)
def test_what_many_events_made_goes_on_as_any_show(first: int, second: int) -> None:
    halfway = evolve_all(Show(id="shw_1"), _LOG[:first])
    kept = dump(halfway)
    evolve_all(halfway, _LOG[first:])
    evolve_all(halfway, _LOG[first : first + second])
    assert dump(halfway) == kept
    assert reduce(evolve, _LOG[first:], halfway) == reduce(evolve, _LOG, Show(id="shw_1"))

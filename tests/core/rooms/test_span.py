"""Many readers of one span each get what they may see, in order."""

import json

from hypothesis import given
from hypothesis import strategies as st

from core.rooms.events import EVERYONE, PUBLIC, STAFF, Content, Logged, Reader
from core.rooms.tail import Span, readable
from tests.core.rooms.auction import Said

_AUDIENCES = st.sampled_from([EVERYONE, EVERYONE, EVERYONE, "anna", "ben", STAFF])
_READERS = [
    PUBLIC,
    Reader(frozenset({"anna"})),
    Reader(frozenset({"anna", "ben"})),
    Reader(frozenset({"nobody here"})),
    Reader(staff=True),
]


def logged(offset: int, audience: str) -> Logged:
    return Logged(offset, 1, audience, Said(by="host"), Content("host", "Host", f"{offset}, ,"))


@given(st.lists(_AUDIENCES, max_size=12))
def test_everyone_reads_what_she_may_see_and_in_order(audiences: list[str]) -> None:
    events = [logged(offset, audience) for offset, audience in enumerate(audiences, 1)]
    wired = [(one, one.wire()) for one in events]
    span = Span(wired)
    assert set(span.audiences) == set(audiences) - {EVERYONE}
    for reader in _READERS:
        told = json.loads(b"[" + span.read_by(reader) + b"]")
        assert told == [json.loads(wire) for wire in readable(wired, reader)]

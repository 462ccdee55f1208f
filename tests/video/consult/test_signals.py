"""What the two pages of a call may say to each other, and who hears it."""

from __future__ import annotations

from typing import Any

import pytest

from core.clock import ManualClock
from core.errors import BadRequest, RateLimited
from core.inputs import read_as
from core.rooms.wire import Wire
from video.consult.signals import AT_ONCE, SDP_LENGTH, Place, Signal, Switchboard

CALL = "cll_" + "0" * 26
SEATS = {"seat": "anna-seat-1", "to": "jis-seat-1"}
SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
LINE = "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host generation 0 ufrag aB+/ network-id 1"
CANDIDATE = {"candidate": LINE, "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "aB+/"}
STATE = {"mic": True, "camera": False, "screen": False, "weak": False}


@pytest.mark.parametrize(
    "said",
    [
        {"description": {"type": "offer", "sdp": SDP}},
        {"description": {"type": "answer", "sdp": SDP}, "state": STATE},
        {"candidates": [CANDIDATE] * 20},
        {"candidates": [{"candidate": "", "sdpMid": None}]},
        {"state": STATE},
    ],
)
def test_it_arrives_as_it_was_said_and_from_whom(said: dict[str, Any]) -> None:
    told = read_as(Signal, SEATS | said).told()
    assert told["from"] == SEATS["seat"]
    assert set(told) == {"from", *said}
    if "description" in said:
        assert told["description"] == said["description"]
    if "state" in said:
        assert told["state"] == STATE


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"description": {"type": "offer", "sdp": ""}},
        {"description": {"type": "offer", "sdp": "o=- 1 2 IN IP4 127.0.0.1\r\n"}},
        {"description": {"type": "offer", "sdp": SDP + "a=\x1b[2J\r\n"}},
        {"description": {"type": "offer", "sdp": SDP + "a=\u202e\r\n"}},
        {"description": {"type": "offer", "sdp": SDP + "a" * SDP_LENGTH}},
        {"description": {"type": "offer"}},
        {"description": {"type": "pranswer", "sdp": SDP}},
        {"description": {"type": "offer", "sdp": SDP, "more": 1}},
        {"candidates": []},
        {"candidates": [CANDIDATE] * 21},
        {"candidates": [CANDIDATE | {"candidate": "candidate:" + "1" * 500}]},
        {"candidates": [CANDIDATE | {"candidate": LINE + "\r\na=evil"}]},
        {"candidates": [CANDIDATE | {"candidate": "a=" + LINE}]},
        {"candidates": [CANDIDATE | {"sdpMLineIndex": -1}]},
        {"candidates": [CANDIDATE | {"sdpMLineIndex": 21}]},
        {"candidates": [CANDIDATE | {"sdpMid": "x" * 41}]},
        {"candidates": [CANDIDATE | {"usernameFragment": "x" * 257}]},
        {"candidates": [CANDIDATE | {"address": "192.0.2.1"}]},
        {"state": {"mic": True}},
        {"state": STATE | {"mic": 1}},
        {"state": STATE, "seat": "short"},
        {"state": STATE, "to": "a seat with spaces"},
        {"state": STATE, "audio": "UklGRg=="},
    ],
)
def test_what_is_no_signal_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        read_as(Signal, SEATS | said)


class Sockets:
    """What was written to which socket."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.written: list[tuple[str, str]] = []
        self.board = Switchboard(self.clock, self._write, "/consult")

    def _write(self, sid: str, wire: Wire) -> None:
        self.written.append((sid, wire.event))


ANNA, JI = Place(CALL, "customer", "anna-seat-1"), Place(CALL, "staff", "jis-seat-1")


def test_it_goes_to_the_socket_that_holds_the_seat_and_to_no_other() -> None:
    sockets = Sockets()
    board = sockets.board
    board.sit("s1", ANNA)
    board.sit("s2", JI)
    assert board.deliver(JI, b"{}")
    assert sockets.written == [("s2", "signal")]
    assert not board.deliver(Place("cll_" + "1" * 26, "staff", JI.seat), b"{}"), "another call"
    assert not board.deliver(Place(CALL, "customer", JI.seat), b"{}"), "another side"
    board.leave("s2")
    assert not board.deliver(JI, b"{}")


def test_a_page_that_comes_back_holds_its_seat_when_its_old_socket_ends() -> None:
    board = Sockets().board
    board.sit("old", ANNA)
    board.sit("new", ANNA)
    assert board.leave("old") is None, "the page is there, by another socket"
    assert board.held == {ANNA}
    assert board.leave("new") == ANNA
    assert board.leave("new") is None
    assert board.held == set()


def test_a_socket_sits_in_one_place() -> None:
    board = Sockets().board
    board.sit("s1", ANNA)
    other = Place("cll_" + "1" * 26, "customer", "anna-seat-1")
    assert board.sit("s1", other) == ANNA
    assert board.held == {other}
    assert board.of("s1") == other
    assert board.sit("s1", other) is None


def test_a_flood_is_refused_and_let_in_again_later() -> None:
    sockets = Sockets()
    for _ in range(AT_ONCE):
        sockets.board.count("s1")
    with pytest.raises(RateLimited):
        sockets.board.count("s1")
    sockets.board.count("s2")
    sockets.clock.advance(100)
    sockets.board.count("s1")

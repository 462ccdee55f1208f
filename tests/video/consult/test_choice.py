"""At whom a call that waits rings next."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from video.consult.choice import (
    AGAIN_MS,
    BOOKED_MS,
    BOOKED_RINGS,
    Standing,
    Wanted,
    choose,
)
from video.consult.events import PassCause
from video.consult.state import Pass

NOW = 1_790_000_000_000
LOCALES = ("zh-Hant", "zh-Hant-HK", "zh-Hans", "en")


def rep(*languages: str, **more: Any) -> Standing:
    return Standing(languages=languages, **more)


def wanted(**more: Any) -> Wanted:
    return Wanted(**{"asked_at": NOW, **more})


def passed(staff: str, ago: int = 0, cause: PassCause = "timeout") -> Pass:
    return Pass(staff=staff, at_ms=NOW - ago, cause=cause)


def test_nobody_there_or_nobody_free_is_nobody() -> None:
    assert choose(wanted(), {}, NOW) is None
    assert choose(wanted(), {"ji": rep(busy=True)}, NOW) is None
    assert choose(wanted(), {"ji": rep(busy=True), "wen": rep()}, NOW) == "wen"


def test_who_speaks_the_language_comes_first() -> None:
    reps = {"en": rep("en"), "hk": rep("zh-Hant-HK", called_at=NOW)}
    assert choose(wanted(locale="zh-Hant-HK"), reps, NOW) == "hk"
    assert choose(wanted(locale="en"), reps, NOW) == "en"
    assert choose(wanted(locale="zh-Hant"), reps, NOW) == "hk", "another Chinese before none"
    assert choose(wanted(locale="en"), {"hk": reps["hk"]}, NOW) == "hk", "before nobody"


def test_then_who_knows_about_it() -> None:
    reps = {"a": rep(), "b": rep(skills=("護膚",), called_at=NOW)}
    assert choose(wanted(words=("護膚",)), reps, NOW) == "b"
    assert choose(wanted(words=("日常護膚組 三入",)), reps, NOW) == "b"
    assert choose(wanted(words=("醬油",)), reps, NOW) == "a"


def test_then_who_has_gone_without_a_call_for_longest() -> None:
    assert choose(wanted(), {"a": rep(called_at=9), "b": rep(called_at=5)}, NOW) == "b"
    assert choose(wanted(), {"a": rep(called_at=9), "b": rep()}, NOW) == "b"
    assert choose(wanted(), {"b": rep(), "a": rep()}, NOW) == "a"


def test_who_has_not_answered_is_not_rung_again_for_a_minute() -> None:
    ji = {"ji": rep("en")}
    just = wanted(left_by=(passed("ji", AGAIN_MS - 1),))
    assert choose(just, ji, NOW) is None, "all were tried: the call waits on"
    assert choose(just, ji, NOW + 1) == "ji"


def test_who_has_not_answered_comes_after_everybody_who_is_there() -> None:
    reps = {"ji": rep("en", skills=("護膚",)), "wen": rep("zh-Hant", called_at=NOW)}
    left = wanted(locale="en", words=("護膚",), left_by=(passed("ji", AGAIN_MS),))
    assert choose(left, reps, NOW) == "wen"
    assert choose(left, {"ji": reps["ji"], "wen": rep(busy=True)}, NOW) == "ji"


def test_a_booked_call_rings_three_times_at_the_rep_who_was_booked() -> None:
    reps = {"ji": rep("en"), "wen": rep("zh-Hant")}
    left: tuple[Pass, ...] = ()
    for _ in range(BOOKED_RINGS):
        assert choose(wanted(locale="zh-Hant", booked="ji", left_by=left), reps, NOW) == "ji"
        left = (*left, passed("ji"))
    assert choose(wanted(locale="zh-Hant", booked="ji", left_by=left), reps, NOW) == "wen"


def test_a_booked_rep_who_declines_is_not_rung_again() -> None:
    left = (passed("ji", cause="declined"),)
    assert choose(wanted(booked="ji", left_by=left), {"ji": rep(), "wen": rep()}, NOW) == "wen"
    assert choose(wanted(booked="ji", left_by=left), {"ji": rep()}, NOW) is None


def test_a_booked_rep_who_is_busy_or_away_is_waited_for_so_long() -> None:
    call = wanted(booked="ji")
    for reps in ({"ji": rep(busy=True), "wen": rep()}, {"wen": rep()}):
        assert choose(call, reps, NOW + BOOKED_MS - 1) is None
        assert choose(call, reps, NOW + BOOKED_MS) == "wen"


def test_a_booked_rep_who_comes_late_is_still_the_first() -> None:
    reps = {"a": rep("en"), "ji": rep("zh-Hant", called_at=NOW)}
    assert choose(wanted(locale="en", booked="ji"), reps, NOW + 2 * BOOKED_MS) == "ji"


def _in_order(passes: list[Pass]) -> tuple[Pass, ...]:
    return tuple(sorted(passes, key=lambda one: one.at_ms))


_causes: tuple[PassCause, ...] = ("declined", "timeout", "gone")
_standing = st.builds(
    Standing,
    languages=st.lists(st.sampled_from(LOCALES), max_size=4, unique=True).map(tuple),
    skills=st.lists(st.sampled_from(["護膚", "禮盒"]), max_size=2).map(tuple),
    busy=st.booleans(),
    called_at=st.none() | st.integers(NOW - 3, NOW),
)
_passes = st.builds(
    passed, st.sampled_from("abcd"), st.integers(0, 2 * AGAIN_MS), st.sampled_from(_causes)
)
_wanted = st.builds(
    Wanted,
    asked_at=st.integers(NOW - 2 * BOOKED_MS, NOW),
    locale=st.none() | st.sampled_from(LOCALES),
    words=st.lists(st.sampled_from(["護膚組", "醬"]), max_size=2).map(tuple),
    booked=st.none() | st.sampled_from("abcd"),
    left_by=st.lists(_passes, max_size=5).map(_in_order),
)
_reps = st.dictionaries(st.sampled_from("abcd"), _standing)


@given(_wanted, _reps)
def test_it_rings_at_nobody_who_is_busy_and_the_same_everywhere(
    call: Wanted, reps: dict[str, Standing]
) -> None:
    chosen = choose(call, reps, NOW)
    assert chosen is None or not reps[chosen].busy
    assert choose(call, dict(reversed(reps.items())), NOW) == chosen


@given(_wanted, _reps)
def test_nobody_who_has_just_not_answered_is_rung_but_the_one_who_was_booked(
    call: Wanted, reps: dict[str, Standing]
) -> None:
    chosen = choose(call, reps, NOW)
    if chosen is not None and chosen != call.booked:
        assert all(one.at_ms + AGAIN_MS <= NOW for one in call.left_by if one.staff == chosen)
        if any(one.staff == chosen for one in call.left_by):
            fresh = {id for id, one in reps.items() if not one.busy}
            assert fresh <= {one.staff for one in call.left_by}, "somebody was never asked"


@given(_wanted, _reps)
def test_nobody_waits_for_ever_while_somebody_is_free(
    call: Wanted, reps: dict[str, Standing]
) -> None:
    if not any(not one.busy for one in reps.values()):
        return
    assert choose(call, reps, NOW + max(AGAIN_MS, BOOKED_MS)) is not None

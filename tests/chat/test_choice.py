"""Who is given a conversation that waits."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chat.choice import Wanted, choose
from chat.reps import Profile, Standing

LOCALES = ("zh-Hant", "zh-Hant-HK", "zh-Hans", "en")


def rep(*languages: str, **more: Any) -> Standing:
    own = {name: more.pop(name) for name in ("skills", "most", "away") if name in more}
    return Standing(profile=Profile(languages=languages, **own), **more)


def test_nobody_there_is_nobody() -> None:
    assert choose(Wanted(), {}) is None


def test_who_is_away_has_enough_or_left_it_is_none() -> None:
    for other in (rep(away=True), rep(most=2, busy=2), rep(most=1, busy=3)):
        assert choose(Wanted(), {"ji": other}) is None
        assert choose(Wanted(), {"ji": other, "wen": rep(busy=4)}) == "wen"
    assert choose(Wanted(left_by=("ji",)), {"ji": rep()}) is None


def test_who_speaks_the_language_comes_first_however_busy() -> None:
    reps = {"en": rep("en"), "hk": rep("zh-Hant-HK", "en", busy=4)}
    assert choose(Wanted("zh-Hant-HK"), reps) == "hk"
    assert choose(Wanted(None), reps) == "en", "where it is not known, nobody is asked for it"


def test_another_chinese_or_none_named_comes_before_none_at_all() -> None:
    tw, en, unnamed = rep("zh-Hant"), rep("en"), rep()
    assert choose(Wanted("zh-Hant-HK"), {"a": en, "b": tw}) == "b"
    assert choose(Wanted("zh-Hant"), {"a": en, "b": unnamed}) == "b"
    assert choose(Wanted("en"), {"a": tw, "b": en}) == "b"
    assert choose(Wanted("en"), {"a": tw}) == "a", "rather a stranger than nobody"


def test_who_knows_about_it_comes_before_who_has_less_to_do() -> None:
    reps = {"a": rep(), "b": rep(skills=("禮盒",), busy=3), "c": rep(skills=("VIP",), busy=2)}
    assert choose(Wanted(words=("中秋禮盒 三入",)), reps) == "b"
    assert choose(Wanted(words=("vip 客人",)), reps) == "c"
    assert choose(Wanted(words=("醬油",)), reps) == "a"


def test_then_who_has_least_then_who_was_given_something_longest_ago() -> None:
    assert choose(Wanted(), {"a": rep(busy=2), "b": rep(busy=1, assigned_at=9)}) == "b"
    assert choose(Wanted(), {"a": rep(assigned_at=9), "b": rep(assigned_at=5)}) == "b"
    assert choose(Wanted(), {"a": rep(assigned_at=9), "b": rep()}) == "b"
    assert choose(Wanted(), {"b": rep(), "a": rep()}) == "a"


def test_who_leaves_customers_without_an_answer_comes_last() -> None:
    reps = {"a": rep("en", missed_at=5), "b": rep("zh-Hant", busy=4)}
    assert choose(Wanted("en"), reps) == "b"
    assert choose(Wanted("en"), {"a": reps["a"]}) == "a"


_standing = st.builds(
    Standing,
    profile=st.builds(
        Profile,
        languages=st.lists(st.sampled_from(LOCALES), max_size=4, unique=True).map(tuple),
        skills=st.lists(st.sampled_from(["禮盒", "辣"]), max_size=2).map(tuple),
        most=st.integers(1, 3),
        away=st.booleans(),
    ),
    busy=st.integers(0, 3),
    assigned_at=st.none() | st.integers(0, 3),
    missed_at=st.none() | st.integers(0, 3),
)
_wanted = st.builds(
    Wanted,
    locale=st.none() | st.sampled_from(LOCALES),
    words=st.lists(st.sampled_from(["禮盒", "辣油", "醬"]), max_size=2).map(tuple),
    left_by=st.lists(st.sampled_from("abcd"), max_size=2).map(tuple),
)


@given(_wanted, st.dictionaries(st.sampled_from("abcd"), _standing))
def test_somebody_is_chosen_wherever_somebody_may_and_never_another(
    wanted: Wanted, reps: dict[str, Standing]
) -> None:
    may = {
        id
        for id, one in reps.items()
        if not one.profile.away and one.busy < one.profile.most and id not in wanted.left_by
    }
    chosen = choose(wanted, reps)
    assert (chosen in may) if may else chosen is None
    again = dict(reversed(reps.items()))
    assert choose(wanted, again) == chosen, "every process chooses the same"


@given(_wanted, st.dictionaries(st.sampled_from("abcd"), _standing, min_size=1))
def test_nobody_who_speaks_it_is_passed_over_for_one_who_does_not(
    wanted: Wanted, reps: dict[str, Standing]
) -> None:
    chosen = choose(wanted, reps)
    if chosen is None or wanted.locale is None or reps[chosen].missed_at is not None:
        return
    if wanted.locale not in reps[chosen].profile.languages:
        for id, one in reps.items():
            free = not one.profile.away and one.busy < one.profile.most
            speaks = wanted.locale in one.profile.languages and one.missed_at is None
            assert not (free and speaks and id not in wanted.left_by)

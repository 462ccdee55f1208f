"""What may be booked: cutting hours into starts, over clocks that jump, and who is given it."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from core.clock import Instant
from core.hours import DAY_MS, MINUTE_MS, Hours, Span
from tests.video.consult.booking.shop import NOW, TAIPEI, at, weekly
from video.consult.booking import slots
from video.consult.booking.slots import QUARTER_MS, Desk, Rep

MEI = Rep("stf_mei", "Mei")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
HOUR_MS = 60 * MINUTE_MS


def desk(
    *spans: tuple[str, str], zone: str = "Asia/Taipei", rep: Rep = MEI, taken: tuple[int, ...] = ()
) -> Desk:
    return Desk(rep, weekly([list(span) for span in spans], zone).hours(), frozenset(taken))


def clock_times(found: list[Instant], zone: ZoneInfo = TAIPEI) -> list[str]:
    return [f"{datetime.fromtimestamp(one / 1000, zone):%H:%M}" for one in found]


def on(
    day: str, *desks: Desk, minutes: int = 30, now: Instant = NOW, zone: ZoneInfo = TAIPEI
) -> list[Instant]:
    since = at(f"{day} 00:00", zone)
    return slots.starts(desks, minutes, since=since, until=since + DAY_MS, now=now)


def test_a_start_leaves_room_for_the_whole_of_it() -> None:
    open_ = desk(("10:00", "11:00"))
    assert clock_times(on("2026-09-22", open_, minutes=30)) == ["10:00", "10:15", "10:30"]
    assert clock_times(on("2026-09-22", open_, minutes=60)) == ["10:00"]
    assert clock_times(on("2026-09-22", open_, minutes=15))[-1] == "10:45"


def test_hours_off_the_grid_begin_on_it() -> None:
    assert clock_times(on("2026-09-22", desk(("10:05", "10:50")), minutes=15)) == [
        "10:15", "10:30"
    ]  # fmt: skip


def test_what_is_taken_is_left_out_with_all_that_would_run_into_it() -> None:
    taken = at("2026-09-22 10:30")
    open_ = desk(("10:00", "11:30"), taken=(taken,))
    assert clock_times(on("2026-09-22", open_)) == ["10:00", "10:45", "11:00"]


def test_openings_of_several_reps_are_put_together() -> None:
    early = desk(("10:00", "10:30"))
    late = desk(("10:15", "11:00"), rep=Rep("stf_an", "An"))
    assert clock_times(on("2026-09-22", early, late)) == ["10:00", "10:15", "10:30"]


def test_two_who_follow_each_other_are_not_one_opening() -> None:
    early, late = desk(("10:00", "10:30")), desk(("10:30", "11:00"), rep=Rep("stf_an", "An"))
    assert clock_times(on("2026-09-22", early, late, minutes=45)) == []


def test_the_first_is_half_an_hour_from_now_and_the_last_in_thirty_days() -> None:
    always = desk(("00:00", "24:00"))
    now = at("2026-09-21 09:10")
    found = slots.starts([always], 15, since=0, until=now + 60 * DAY_MS, now=now)
    assert found[0] == at("2026-09-21 09:45")
    assert found[-1] == at("2026-10-21 09:00")
    assert slots.starts([always], 15, since=found[-1] + 1, until=10**14, now=now) == []


def test_days_that_touch_are_one() -> None:
    night = desk(("22:00", "02:00"))
    found = slots.starts(
        [night],
        60,
        since=at("2026-09-22 22:00"),
        until=at("2026-09-23 03:00"),
        now=NOW,
    )
    assert clock_times(found)[0] == "22:00"
    assert "23:45" in clock_times(found)
    assert clock_times(found)[-1] == "01:00"


def test_her_own_time_is_not_offered_to_her() -> None:
    own = [(at("2026-09-22 10:15"), at("2026-09-22 10:45"))]
    since = at("2026-09-22 00:00")
    found = slots.starts(
        [desk(("10:00", "11:30"))], 15, since=since, until=since + DAY_MS, now=NOW, own=own
    )
    assert clock_times(found) == ["10:00", "10:45", "11:00", "11:15"]


def test_in_spring_the_hour_that_no_clock_shows_is_not_offered() -> None:
    # Berlin, 28 March 2027: after 01:59 comes 03:00.
    now = at("2027-03-27 12:00", BERLIN)
    open_ = desk(("01:00", "04:00"), zone="Europe/Berlin")
    found = on("2027-03-28", open_, minutes=60, now=now, zone=BERLIN)
    shown = clock_times(found, BERLIN)
    assert shown == ["01:00", "01:15", "01:30", "01:45", "03:00"]
    assert all(later - earlier == QUARTER_MS for earlier, later in pairwise(found))


def test_in_autumn_the_hour_that_comes_twice_is_offered_twice() -> None:
    # Berlin, 25 October 2026: after 02:59 comes 02:00 again.
    now = at("2026-10-24 12:00", BERLIN)
    open_ = desk(("02:00", "03:00"), zone="Europe/Berlin")
    found = on("2026-10-25", open_, minutes=30, now=now, zone=BERLIN)
    assert len(found) == 7
    assert clock_times(found, BERLIN) == [
        "02:00", "02:15", "02:30", "02:45", "02:00", "02:15", "02:30"
    ]  # fmt: skip


def test_hours_stay_with_the_clocks_of_their_place() -> None:
    # New York sets its clocks back on 1 November 2026: nine there is an hour later in Taipei.
    now = at("2026-10-30 00:00")
    open_ = desk(("09:00", "09:15"), zone="America/New_York")
    before = on("2026-10-31", open_, minutes=15, now=now, zone=NEW_YORK)
    after = on("2026-11-02", open_, minutes=15, now=now, zone=NEW_YORK)
    assert clock_times(before) == ["21:00"]
    assert clock_times(after) == ["22:00"]


def test_clocks_that_stand_three_quarters_apart_are_on_the_grid() -> None:
    open_ = desk(("10:00", "11:00"), zone="Asia/Kathmandu")
    found = on("2026-09-22", open_, minutes=45, zone=KATHMANDU)
    assert clock_times(found, KATHMANDU) == ["10:00", "10:15"]


def test_a_day_off_is_not_offered() -> None:
    off = [{"from": "2026-09-22", "to": "2026-09-23", "name": "休假"}]
    special = [{"date": "2026-09-24", "spans": [["15:00", "15:30"]]}]
    hours = weekly([["10:00", "10:30"]], closed=off, special=special).hours()
    found = slots.starts([Desk(MEI, hours)], 30, since=NOW, until=at("2026-09-26 00:00"), now=NOW)
    assert found == [at("2026-09-21 10:00"), at("2026-09-24 15:00"), at("2026-09-25 10:00")]


def test_the_language_comes_first_then_the_topic_and_rather_somebody_than_nobody() -> None:
    english = Rep("stf_en", "En", ("en",), ("辣油",))
    chinese = Rep("stf_zh", "Zh", ("zh-Hant",), ("禮盒",))
    anything = Rep("stf_any", "Any")
    everybody = [english, chinese, anything]
    assert slots.suitable(everybody, None, "en") == [english, anything]
    assert slots.suitable(everybody, None, "zh-Hans") == [chinese, anything]
    assert slots.suitable(everybody, "辣油", "en") == [english]
    assert slots.suitable(everybody, "禮盒", "zh-Hant") == [chinese]
    assert slots.suitable(everybody, "沒有人懂的", "zh-Hant") == [chinese, anything]
    assert slots.suitable([chinese], None, "en") == [chinese]
    assert slots.suitable([], "辣油", "en") == []


def test_who_has_fewest_on_that_day_is_given_it() -> None:
    mei, an = desk(("10:00", "18:00")), desk(("10:00", "18:00"), rep=Rep("stf_an", "An"))
    start = at("2026-09-22 12:00")
    booked = {"stf_an": [at("2026-09-22 10:00")], "stf_mei": [at("2026-09-23 10:00")] * 5}
    assert slots.fewest([an, mei], booked, start) == mei
    assert slots.fewest([an, mei], {}, start) == an
    assert slots.fewest([an, mei], {}, start, first="stf_mei") == mei
    assert slots.fewest([], {}, start) is None


def test_a_day_is_one_of_her_own_clocks() -> None:
    here = desk(("00:00", "24:00"))
    there = desk(("00:00", "24:00"), zone="America/New_York", rep=Rep("stf_an", "An"))
    start = at("2026-09-22 09:00")
    # In New York that is the evening of the 21st, and so is eight in the morning in Taipei.
    assert slots.fewest([here, there], {"stf_an": [at("2026-09-22 08:00")]}, start) == here
    assert slots.fewest([here, there], {"stf_mei": [at("2026-09-21 23:00")]}, start) == there


def test_the_nearest_are_told_in_order() -> None:
    assert slots.nearest([1, 5, 9, 20], 6, 2) == [5, 9]
    assert slots.nearest([], 6, 2) == []


zones = st.sampled_from(
    ["Asia/Taipei", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
)


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    def day() -> tuple[Span, ...]:
        cuts = sorted(draw(st.sets(st.integers(0, 1440), min_size=0, max_size=4)))
        return tuple(Span(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False))

    return Hours(draw(zones), tuple(day() for _ in range(7)))


# Around the changes of clocks of 2026 and 2027, and far from any.
moments = st.sampled_from(
    [at("2026-10-20 12:00"), at("2026-10-30 12:00"), at("2027-03-10 12:00"), at("2026-07-01 12:00")]
)


@given(hours(), moments, st.sampled_from([15, 30, 45, 60]), st.data())
def test_what_is_offered_is_exactly_what_may_be_booked(
    hours: Hours, now: Instant, minutes: int, data: st.DataObject
) -> None:
    since, until = now, now + 3 * DAY_MS
    grid = range(since, until, QUARTER_MS)
    taken = data.draw(st.frozensets(st.sampled_from(grid), max_size=20))
    one = Desk(MEI, hours, taken)
    length = minutes * MINUTE_MS
    offered = slots.starts([one], minutes, since=since, until=until, now=now)
    assert offered == [at for at in grid if slots.is_free(one, at, at + length, now)]
    for start in offered:
        assert all(hours.is_open(quarter) for quarter in slots.quarters(start, start + length))


@given(
    st.lists(hours(), min_size=1, max_size=3),
    moments,
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from([15, 30, 45, 60])), max_size=40),
)
def test_nobody_is_ever_booked_twice_at_once(
    reps: list[Hours], now: Instant, wanted: list[tuple[int, int]]
) -> None:
    """Whoever books whatever is offered, one after the other."""
    taken: dict[str, set[Instant]] = {f"stf_{number}": set() for number in range(len(reps))}
    booked: dict[str, list[Instant]] = {id: [] for id in taken}
    made: list[tuple[str, Instant, Instant]] = []
    for pick, minutes in wanted:
        desks = [
            Desk(Rep(id, id), hours, frozenset(taken[id]))
            for id, hours in zip(taken, reps, strict=True)
        ]
        found = slots.starts(desks, minutes, since=now, until=now + 2 * DAY_MS, now=now)
        if not found:
            continue
        start = found[pick % len(found)]
        end = start + minutes * MINUTE_MS
        free = [desk for desk in desks if slots.is_free(desk, start, end, now)]
        chosen = slots.fewest(free, booked, start)
        assert chosen is not None
        id = chosen.rep.id
        taken[id].update(slots.quarters(start, end))
        booked[id].append(start)
        made.append((id, start, end))
    for id in taken:
        ordered = sorted((start, end) for rep, start, end in made if rep == id)
        assert all(before[1] <= after[0] for before, after in pairwise(ordered))

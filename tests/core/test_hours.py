"""Opening hours: what is open when, where clocks jump too, and what an operator may set."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import Instant
from core.errors import BadRequest
from core.hours import (
    AHEAD_DAYS,
    DAY_MINUTES,
    DAY_MS,
    MINUTE_MS,
    WAIT_DAYS,
    Closed,
    Hours,
    HoursInput,
    Span,
    Special,
)
from core.inputs import read_as

TAIPEI, BERLIN, NEW_YORK = "Asia/Taipei", "Europe/Berlin", "America/New_York"
HOUR_MS = 60 * MINUTE_MS
EVERY_DAY = [["10:00", "18:00"]]


def sent(week: Any = None, zone: str = TAIPEI, **more: Any) -> dict[str, Any]:
    """As an operator sends it; one day's spans stand for all seven."""
    days = week or []
    if len(days) != 7:  # no day has as many spans
        days = [days] * 7
    return {"time_zone": zone, "week": days, "closed": [], "special": []} | more


def hours(week: Any = None, zone: str = TAIPEI, **more: Any) -> Hours:
    return read_as(HoursInput, sent(week, zone, **more)).hours()


def at(text: str, zone: str = TAIPEI, *, second: bool = False) -> Instant:
    """When the clocks of `zone` show `text`; `second`: for the second time."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=int(second))
    return round(local.timestamp() * 1000)


def utc(text: str) -> Instant:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


# An ordinary week. 2026-11-23 is a Monday.


def test_it_opens_with_the_first_instant_of_a_span_and_closes_before_its_last() -> None:
    shop = hours(EVERY_DAY)
    opens, closes = at("2026-11-23 10:00"), at("2026-11-23 18:00")
    assert [shop.is_open(opens + ms) for ms in (-1, 0)] == [False, True]
    assert [shop.is_open(closes + ms) for ms in (-1, 0)] == [True, False]


def test_a_break_is_closed() -> None:
    shop = hours([["10:00", "12:30"], ["13:30", "21:30"]])
    assert shop.closes_at(at("2026-11-23 12:00")) == at("2026-11-23 12:30")
    assert not shop.is_open(at("2026-11-23 13:00"))
    assert shop.next_opening(at("2026-11-23 13:00")) == at("2026-11-23 13:30")


def test_the_week_begins_with_monday() -> None:
    shop = hours([EVERY_DAY, *[[]] * 5, [["08:00", "09:00"]]])
    assert shop.is_open(at("2026-11-23 10:00"))
    assert not shop.is_open(at("2026-11-24 10:00"))
    assert shop.is_open(at("2026-11-29 08:30"))
    assert shop.next_opening(at("2026-11-23 19:00")) == at("2026-11-29 08:00")


def test_what_is_open_opens_now() -> None:
    assert hours(EVERY_DAY).next_opening(at("2026-11-23 11:11")) == at("2026-11-23 11:11")


def test_what_is_closed_does_not_close() -> None:
    assert hours(EVERY_DAY).closes_at(at("2026-11-23 09:00")) is None


def test_a_day_may_end_at_midnight() -> None:
    for end in ("24:00", "00:00"):
        shop = hours([["20:00", end]])
        assert shop.closes_at(at("2026-11-23 23:59")) == at("2026-11-24 00:00")
        assert not shop.is_open(at("2026-11-24 00:00"))
        assert shop.as_json()["week"][0] == [["20:00", "24:00"]]


def test_a_span_may_go_past_midnight() -> None:
    shop = hours([*[[]] * 4, [["22:00", "02:00"]], [], []])
    assert shop.is_open(at("2026-11-28 01:59"))
    assert not shop.is_open(at("2026-11-28 02:00"))
    assert not shop.is_open(at("2026-11-27 01:00")), "that is Thursday's night"
    assert shop.closes_at(at("2026-11-27 23:00")) == at("2026-11-28 02:00")
    assert shop.next_opening(at("2026-11-28 02:00")) == at("2026-12-04 22:00")


def test_days_that_touch_are_one_opening() -> None:
    shop = hours([[["00:00", "24:00"]], [["00:00", "12:00"]], *[[]] * 5])
    assert shop.closes_at(at("2026-11-23 23:00")) == at("2026-11-24 12:00")
    late = hours([[["20:00", "02:00"]], [["02:00", "03:00"]], *[[]] * 5])
    assert late.closes_at(at("2026-11-23 21:00")) == at("2026-11-24 03:00")


def test_a_shop_that_never_closes_tells_no_end() -> None:
    shop = hours([["00:00", "24:00"]])
    now = at("2026-11-23 03:00")
    assert shop.is_open(now)
    assert shop.closes_at(now) is None
    assert shop.open_ms(now, now + 5 * DAY_MS) == 5 * DAY_MS


def test_a_shop_that_never_opens_tells_no_opening() -> None:
    shop = hours()
    assert shop.next_opening(at("2026-11-23 03:00")) is None
    assert shop.closes_at(at("2026-11-23 03:00")) is None
    assert shop.open_ms(0, 10 * DAY_MS) == 0


def test_an_opening_is_looked_for_60_days_ahead() -> None:
    now = at("2026-11-23 10:00")
    special = [{"date": "2027-01-22", "spans": EVERY_DAY}]
    shop = hours(special=special)
    assert shop.next_opening(now) == now + AHEAD_DAYS * DAY_MS
    assert shop.next_opening(now - 1) is None


# Holidays and special days


def test_closed_days_are_closed_from_the_first_to_the_last() -> None:
    holiday = {"from": "2026-12-25", "to": "2026-12-26", "name": "聖誕"}
    shop = hours(EVERY_DAY, closed=[holiday])
    days = [shop.is_open(at(f"2026-12-{day} 12:00")) for day in (24, 25, 26, 27)]
    assert days == [True, False, False, True]
    assert shop.next_opening(at("2026-12-24 18:00")) == at("2026-12-27 10:00")


def test_a_special_day_wins_over_the_week_and_over_holidays() -> None:
    shop = hours(
        EVERY_DAY,
        closed=[{"from": "2026-12-30", "to": "2027-01-03", "name": "年假"}],
        special=[
            {"date": "2026-12-31", "spans": [["20:00", "01:00"]]},
            {"date": "2026-12-29", "spans": []},
        ],
    )
    assert not shop.is_open(at("2026-12-29 12:00"))
    assert not shop.is_open(at("2026-12-31 12:00"))
    assert shop.closes_at(at("2026-12-31 21:00")) == at("2027-01-01 01:00")
    assert shop.next_opening(at("2027-01-01 01:00")) == at("2027-01-04 10:00")


def test_a_night_that_ends_on_a_closed_day_is_still_open() -> None:
    holiday = {"from": "2026-12-25", "to": "2026-12-25", "name": ""}
    shop = hours([["22:00", "02:00"]], closed=[holiday])
    assert shop.is_open(at("2026-12-25 01:00"))
    assert not shop.is_open(at("2026-12-25 23:00"))
    assert not shop.is_open(at("2026-12-26 01:00"))


def test_a_special_day_may_begin_in_the_night_before() -> None:
    shop = hours(
        [["22:00", "02:00"]], special=[{"date": "2026-12-25", "spans": [["01:00", "09:00"]]}]
    )
    assert shop.closes_at(at("2026-12-24 23:00")) == at("2026-12-25 09:00")
    assert shop.open_ms(at("2026-12-24 22:00"), at("2026-12-25 12:00")) == 11 * HOUR_MS


# Open time


def test_a_wait_does_not_run_at_night() -> None:
    shop = hours([["10:00", "12:30"], ["13:30", "18:00"]])
    assert shop.open_ms(at("2026-11-23 17:50"), at("2026-11-24 10:05")) == 15 * MINUTE_MS
    assert shop.open_ms(at("2026-11-23 12:00"), at("2026-11-23 14:00")) == HOUR_MS
    assert shop.open_ms(at("2026-11-23 19:00"), at("2026-11-24 09:00")) == 0


def test_no_time_passes_backwards() -> None:
    shop = hours([["00:00", "24:00"]])
    now = at("2026-11-23 12:00")
    assert shop.open_ms(now, now) == 0
    assert shop.open_ms(now + 1, now) == 0


def test_only_the_last_year_of_a_wait_is_counted() -> None:
    shop = hours([["00:00", "24:00"]])
    assert shop.open_ms(0, at("2026-11-23 12:00")) == WAIT_DAYS * DAY_MS


# Where clocks jump. Berlin: 2026-03-29 02:00 to 03:00, 2026-10-25 03:00 to 02:00.


def test_hours_stay_with_the_clocks_over_a_change() -> None:
    shop = hours(EVERY_DAY, BERLIN)
    assert shop.next_opening(at("2026-03-28 20:00", BERLIN)) == utc("2026-03-29 08:00")
    assert shop.next_opening(at("2026-03-27 20:00", BERLIN)) == utc("2026-03-28 09:00")
    new_york = hours(EVERY_DAY, NEW_YORK)
    assert new_york.next_opening(utc("2026-11-01 04:00")) == utc("2026-11-01 15:00")
    assert new_york.next_opening(utc("2026-10-31 04:00")) == utc("2026-10-31 14:00")


def test_a_night_is_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    for zone, spring, autumn in (
        (BERLIN, "2026-03-28", "2026-10-24"),
        (NEW_YORK, "2026-03-07", "2026-10-31"),
    ):
        shop = hours([["22:00", "06:00"]], zone)
        for day, length in ((spring, 7), (autumn, 9), ("2026-06-01", 8)):
            noon = at(f"{day} 12:00", zone)
            assert shop.open_ms(noon, noon + DAY_MS) == length * HOUR_MS, (zone, day)


def test_an_opening_that_no_clock_shows_is_at_the_jump() -> None:
    shop = hours([["02:30", "05:00"]], BERLIN)
    midnight = at("2026-03-29 00:00", BERLIN)
    assert shop.next_opening(midnight) == utc("2026-03-29 01:00")
    assert shop.open_ms(midnight, midnight + DAY_MS) == 2 * HOUR_MS


def test_a_closing_that_no_clock_shows_is_at_the_jump() -> None:
    shop = hours([["01:00", "02:30"]], BERLIN)
    assert shop.closes_at(at("2026-03-29 01:30", BERLIN)) == utc("2026-03-29 01:00")


def test_a_span_that_no_clock_shows_is_left_out() -> None:
    shop = hours([["02:10", "02:50"]], BERLIN)
    assert shop.next_opening(at("2026-03-29 00:00", BERLIN)) == at("2026-03-30 02:10", BERLIN)


def test_a_time_that_comes_twice_counts_the_first_time() -> None:
    opening = hours([["02:30", "05:00"]], BERLIN)
    midnight = at("2026-10-25 00:00", BERLIN)
    assert opening.next_opening(midnight) == utc("2026-10-25 00:30")
    assert opening.is_open(at("2026-10-25 02:15", BERLIN, second=True)), "it has opened by then"
    closing = hours([["01:00", "02:30"]], BERLIN)
    assert closing.closes_at(midnight + HOUR_MS) == utc("2026-10-25 00:30")
    assert not closing.is_open(at("2026-10-25 02:15", BERLIN, second=True)), "it has closed by then"


def test_a_break_stays_a_break_where_its_time_comes_twice() -> None:
    shop = hours([["01:00", "02:15"], ["02:45", "04:00"]], BERLIN)
    assert shop.next_opening(utc("2026-10-25 00:15")) == utc("2026-10-25 00:45")


def test_clocks_may_jump_at_midnight() -> None:
    havana = "America/Havana"  # 2026-03-08 00:00 to 01:00, 2026-11-01 01:00 to 00:00
    shop = hours([["00:00", "02:00"]], havana)
    spring, autumn = at("2026-03-07 12:00", havana), at("2026-10-31 12:00", havana)
    assert shop.next_opening(spring) == utc("2026-03-08 05:00")
    assert shop.open_ms(spring, spring + DAY_MS) == HOUR_MS
    assert shop.open_ms(autumn, autumn + DAY_MS) == 3 * HOUR_MS


def test_a_day_may_come_back_over_midnight() -> None:
    st_johns = "America/St_Johns"  # 2010-11-07 00:01 to 2010-11-06 23:01
    shop = hours([["00:00", "00:30"]], st_johns)
    begins = at("2010-11-07 00:00", st_johns)
    assert shop.is_open(begins + 10 * MINUTE_MS), "the clocks show 23:10 of the day before"
    assert shop.closes_at(begins) == at("2010-11-07 00:30", st_johns)


def test_a_place_may_leave_out_a_whole_day() -> None:
    apia = "Pacific/Apia"  # after 2011-12-29 came the 31st
    shop = hours(EVERY_DAY, apia)
    evening = at("2011-12-29 18:00", apia)
    assert shop.next_opening(evening) == at("2011-12-31 10:00", apia) == evening + 16 * HOUR_MS


def test_half_an_hour_is_a_change_too() -> None:
    lord_howe = "Australia/Lord_Howe"
    shop = hours([["01:45", "02:15"]], lord_howe)
    midnight = at("2026-10-04 00:00", lord_howe)  # 02:00 to 02:30
    assert shop.open_ms(midnight, midnight + DAY_MS) == 15 * MINUTE_MS


# What always holds

ZONES = st.sampled_from(
    [TAIPEI, BERLIN, NEW_YORK, "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
)
NEAR = [
    utc("2026-03-08 07:00"),  # New York and Havana
    utc("2026-03-29 01:00"),  # Berlin
    utc("2026-04-04 15:00"),  # Lord Howe
    utc("2026-10-25 01:00"),  # Berlin
    utc("2026-11-01 06:00"),  # New York and Havana
    utc("2026-12-31 16:00"),
]
INSTANTS = st.builds(
    lambda near, minutes, ms: near + minutes * MINUTE_MS + ms,
    st.sampled_from(NEAR),
    st.integers(-3 * DAY_MINUTES, 3 * DAY_MINUTES),
    st.sampled_from([0, 0, 1, 59_999]),
)
DATES = st.builds(
    lambda near, days: datetime.fromtimestamp(near / 1000, UTC).date() + timedelta(days),
    st.sampled_from(NEAR),
    st.integers(-3, 3),
)


@st.composite
def days(draw: st.DrawFn) -> tuple[Span, ...]:
    """The spans of a day, in order; the last may go past midnight."""
    minutes = st.integers(0, DAY_MINUTES // 15 - 1).map(lambda quarters: quarters * 15)
    ends = sorted(draw(st.sets(minutes, max_size=6)))
    if len(ends) % 2:
        ends.append(draw(st.integers(ends[-1] + 1, ends[-1] + DAY_MINUTES - 1)))
    return tuple(Span(*pair) for pair in zip(ends[::2], ends[1::2], strict=True))


@st.composite
def any_hours(draw: st.DrawFn) -> Hours:
    closed = draw(st.lists(st.tuples(DATES, st.integers(0, 4)), max_size=3))
    special = draw(st.dictionaries(DATES, days(), max_size=3))
    return Hours(
        draw(ZONES),
        tuple(draw(days()) for _ in range(7)),
        tuple(Closed(first, first + timedelta(more), "") for first, more in closed),
        tuple(Special(on, spans) for on, spans in special.items()),
    )


@given(any_hours(), INSTANTS, st.floats(0, 1, exclude_max=True))
def test_the_next_opening_is_open_and_nothing_is_open_before_it(
    shop: Hours, now: Instant, part: float
) -> None:
    opens = shop.next_opening(now)
    if opens is None:
        until = now + AHEAD_DAYS * DAY_MS
        assert shop.open_ms(now, until) == 0
    else:
        until = opens
        assert now <= opens <= now + AHEAD_DAYS * DAY_MS
        assert shop.is_open(opens)
        assert opens == now or not shop.is_open(opens - 1)
    assert shop.open_ms(now, until) == 0
    between = now + int((until - now) * part)
    assert between == until or not shop.is_open(between)


@given(any_hours(), INSTANTS)
def test_it_is_open_exactly_when_it_opens_now_and_when_it_is_going_to_close(
    shop: Hours, now: Instant
) -> None:
    closes = shop.closes_at(now)
    if not shop.is_open(now):
        assert shop.next_opening(now) != now
        assert closes is None
        return
    assert shop.next_opening(now) == now
    if closes is None:
        assert shop.open_ms(now, now + AHEAD_DAYS * DAY_MS) == AHEAD_DAYS * DAY_MS
    else:
        assert closes > now
        assert shop.is_open(closes - 1)
        assert not shop.is_open(closes)
        assert shop.open_ms(now, closes) == closes - now


@given(any_hours(), INSTANTS, INSTANTS, INSTANTS)
def test_open_time_adds_up(shop: Hours, one: Instant, two: Instant, three: Instant) -> None:
    first, middle, last = sorted((one, two, three))
    parts = shop.open_ms(first, middle), shop.open_ms(middle, last)
    assert shop.open_ms(first, last) == sum(parts)
    assert 0 <= parts[0] <= middle - first


@given(any_hours(), INSTANTS)
def test_a_minute_counts_as_open_or_not_as_it_is(shop: Hours, now: Instant) -> None:
    minute = now - now % MINUTE_MS
    assert shop.open_ms(minute, minute + MINUTE_MS) == MINUTE_MS * shop.is_open(minute)


@given(any_hours(), INSTANTS)
def test_where_no_clock_jumps_it_is_open_by_the_clock(shop: Hours, now: Instant) -> None:
    zone = ZoneInfo(shop.time_zone)
    local = datetime.fromtimestamp(now // 1000, zone)
    offsets = {(local + timedelta(hours=h)).utcoffset() for h in range(-30, 31)}
    if len(offsets) > 1:
        return

    def of(day: date) -> tuple[Span, ...]:
        for one in shop.special:
            if one.on == day:
                return one.spans
        closed = any(one.first <= day <= one.last for one in shop.closed)
        return () if closed else shop.week[day.weekday()]

    minute = local.hour * 60 + local.minute
    today = any(since <= minute < until for since, until in of(local.date()))
    night = of(local.date() - timedelta(1))
    still = any(since <= minute + DAY_MINUTES < until for since, until in night)
    assert shop.is_open(now) == (today or still)


@given(any_hours())
def test_hours_come_back_from_json_as_they_were(shop: Hours) -> None:
    assert msgspec.json.decode(msgspec.json.encode(shop), type=Hours) == shop
    try:
        again = read_as(HoursInput, shop.as_json()).hours()
    except BadRequest:  # a night runs into the next day
        return
    assert again == shop


# What an operator may set


def fields(**change: Any) -> dict[str, str]:
    """What is said of the fields of hours that are right but for `change`; {} if they are taken."""
    try:
        read_as(HoursInput, sent(EVERY_DAY) | change)
    except BadRequest as refused:
        return dict(refused.data["fields"])
    return {}


def monday(*spans: list[str]) -> dict[str, Any]:
    return {"week": [list(spans), *[[]] * 6]}


def test_hours_are_shown_as_they_were_sent() -> None:
    told = {
        "time_zone": BERLIN,
        "week": [[["10:00", "12:30"], ["13:30", "24:00"]], [], [["22:00", "02:00"]], *[[]] * 4],
        "closed": [{"from": "2026-12-25", "to": "2026-12-26", "name": "聖誕"}],
        "special": [{"date": "2026-12-31", "spans": [["10:00", "17:00"]]}],
    }
    assert read_as(HoursInput, told).hours().as_json() == told


@pytest.mark.parametrize(
    "zone", [TAIPEI, BERLIN, NEW_YORK, "UTC", "Asia/Calcutta", "America/Argentina/Buenos_Aires"]
)
def test_any_zone_is_taken(zone: str) -> None:
    assert fields(time_zone=zone) == {}


@pytest.mark.parametrize(
    "zone",
    ["", "Asia", "Asia/", "Taipei", "../etc/passwd", "/etc/localtime", "right/UTC", "posix/UTC",
     "localtime", "Asia/Taipei\n", "UTC+8", "x" * 65, "臺北"],
)  # fmt: skip
def test_what_is_no_zone_is_refused(zone: str) -> None:
    assert list(fields(time_zone=zone)) == ["time_zone"]


@pytest.mark.parametrize(
    "text",
    ["9:00", "24:01", "25:00", "10:60", "1000", "10:00:00", "", "１０:00", "10:00\n", "-1:00"],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    assert list(fields(**monday([text, "23:00"]))) == ["week.0.0.0"]
    assert list(fields(**monday(["09:00", text]))) == ["week.0.0.1"]


def test_a_fault_tells_its_field() -> None:
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        (monday(["24:00", "02:00"]), "week.0.0.0"),
        (monday(["10:00", "10:00"]), "week.0.0.1"),
        (monday(["10:00"]), "week.0.0"),
        (monday(["10:00", "11:00", "12:00"]), "week.0.0"),
        (monday(["10:00", "12:00"], ["11:59", "13:00"]), "week.0.1"),
        (monday(["13:00", "14:00"], ["10:00", "11:00"]), "week.0.1"),
        (monday(["22:00", "02:00"], ["23:00", "23:30"]), "week.0.1"),
        (monday(*[[f"{h}:00", f"{h}:30"] for h in range(10, 17)]), "week.0"),
        ({"week": [[]] * 6}, "week"),
        ({"week": [[]] * 8}, "week"),
        ({"week": [[["20:00", "02:00"]], [["01:00", "03:00"]], *[[]] * 5]}, "week.0.0"),
        ({"week": [[["01:00", "03:00"]], *[[]] * 5, [["20:00", "02:00"]]]}, "week.6.0"),
        ({"closed": [{"from": "2026-12-26", "to": "2026-12-25", "name": ""}]}, "closed.0.to"),
        ({"closed": [{"from": "2026-02-29", "to": "2026-12-25", "name": ""}]}, "closed.0.from"),
        ({"closed": [{"from": "2026-1-1", "to": "2026-12-25", "name": ""}]}, "closed.0.from"),
        ({"closed": [{"from": "20260101", "to": "2026-12-25", "name": ""}]}, "closed.0.from"),
        ({"closed": [{"from": "2026-01-01", "name": ""}]}, "closed.0.to"),
        (
            {"closed": [{"from": "2026-01-01", "to": "2026-01-01", "name": "年" * 41}]},
            "closed.0.name",
        ),
        ({"closed": [{"from": "2026-01-01", "to": "2026-01-01"}] * 101}, "closed"),
        ({"special": [{"date": "2026-13-01", "spans": []}]}, "special.0.date"),
        ({"special": [{"date": "2026-12-01", "spans": [["1", "2"]]}]}, "special.0.spans.0.0"),
        ({"special": [{"date": "2026-12-01", "spans": []}] * 2}, "special.1"),
        ({"note": ""}, "note"),
    )
    for change, field in cases:
        assert field in fields(**change), (change, fields(**change))


def test_as_many_days_are_taken_as_are_promised() -> None:
    one = date(2026, 1, 1)
    closed = [{"from": "2026-01-01", "to": "2026-01-02", "name": "年" * 40}] * 100
    special = [
        {"date": str(one + timedelta(n)), "spans": [[f"1{h}:00", f"1{h}:30"] for h in range(6)]}
        for n in range(101)
    ]
    assert fields(closed=closed, special=special[:100]) == {}
    assert list(fields(special=special)) == ["special"]


# So much open time from now on


def test_time_for_an_answer_runs_while_it_is_open() -> None:
    shop = hours([["10:00", "12:00"], ["13:00", "18:00"]])
    for now, minutes, until in (
        ("2026-11-23 11:00", 10, "2026-11-23 11:10"),
        ("2026-11-23 11:50", 10, "2026-11-23 12:00"),
        ("2026-11-23 11:55", 10, "2026-11-23 13:05"),
        ("2026-11-23 17:55", 10, "2026-11-24 10:05"),
        ("2026-11-23 03:00", 10, "2026-11-23 10:10"),
        ("2026-11-23 17:00", 14 * 60, "2026-11-25 17:00"),
    ):
        assert shop.open_after(at(now), minutes * MINUTE_MS) == at(until), now


def test_where_it_hardly_ever_opens_time_runs_all_the_same() -> None:
    never, rarely = hours([]), hours([[]] * 6 + [[["10:00", "10:05"]]])
    now = at("2026-11-23 11:00")
    assert never.open_after(now, HOUR_MS) == now + HOUR_MS
    assert rarely.open_after(now, HOUR_MS) == at("2026-11-29 11:00")


@given(st.integers(0, 7 * 24 * 60), st.integers(1, 24 * 60))
def test_so_much_of_it_was_open(start: int, minutes: int) -> None:
    shop = hours([["00:00", "09:00"], ["10:00", "24:00"]])
    now = at("2026-11-23 00:00") + start * MINUTE_MS
    until = shop.open_after(now, minutes * MINUTE_MS)
    assert shop.open_ms(now, until) == minutes * MINUTE_MS

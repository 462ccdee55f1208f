"""How well customers are answered: what is written of rounds, and what is made of it."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from chat import commands as c
from chat import rounds
from chat.figures import OpenTime, begin_of, by_day, figures, first_day, of_rep
from chat.rounds import Round, chat_round
from core.db import Database
from core.hours import Hours, Span
from core.identity.model import Role
from tests.chat.conftest import House
from tests.chat.talk import ANNA, CONVERSATION, IDLE_MS, JI, KIND, MINUTE, WEN, Talk

HOUR = 60 * MINUTE
DAYTIME = Hours("UTC", ((Span(600, 1080),),) * 7)
"""10:00 to 18:00 UTC."""
MIDNIGHT = 1_789_948_800_000
"""2026-09-21, a Monday, in UTC."""


def at(hours: float, day: int = 0) -> int:
    return MIDNIGHT + int((day * 24 + hours) * HOUR)


def test_time_counts_while_the_shop_is_open() -> None:
    time = OpenTime(DAYTIME, at(0), at(0, 7))
    assert time.between(at(11), at(12)) == HOUR
    assert time.between(at(3), at(10.5)) == HOUR / 2, "asked at night, answered in the morning"
    assert time.between(at(17), at(11, 1)) == 2 * HOUR
    assert time.between(at(19), at(20)) == 0, "who is diligent at night takes no time"
    assert time.between(at(12), at(11)) == 0
    assert OpenTime(None, at(0), at(1)).between(at(19), at(20)) == HOUR


@given(st.integers(0, 7 * 24 * 60), st.integers(0, 7 * 24 * 60))
def test_open_time_is_what_the_hours_say(since: int, until: int) -> None:
    time = OpenTime(DAYTIME, at(0), at(0, 7))
    begin, end = MIDNIGHT + since * MINUTE, MIDNIGHT + until * MINUTE
    assert time.between(begin, end) == DAYTIME.open_ms(begin, end)


def test_first_answers_are_counted_where_somebody_wanted_a_person() -> None:
    time = OpenTime(None, at(0), at(0, 1))
    kept = [
        Round(opened_at=at(1), answered_at=at(2), staff="ji", answered_by="ji"),
        Round(opened_at=at(1), bot=True, handed_at=at(4), answered_at=at(4.5)),
        Round(opened_at=at(1), bot=True, answered_at=at(9)),  # she was not asked for
        Round(opened_at=at(1), opened_by="staff", answered_at=at(9)),
        Round(opened_at=at(1)),
    ]
    told = figures(kept, time)
    assert (told.rounds, told.answered) == (5, 4)
    assert (told.first.count, told.first.median_ms, told.first.p90_ms) == (2, HOUR / 2, HOUR)


def test_resolutions_are_those_of_reps_and_scores_are_those_given() -> None:
    time = OpenTime(None, at(0), at(0, 1))
    kept = [
        Round(opened_at=at(1), resolved_at=at(3), cause="staff", score=5),
        Round(opened_at=at(1), resolved_at=at(9), cause="idle", score=2),
        Round(opened_at=at(1)),
    ]
    told = figures(kept, time)
    assert (told.resolved, told.resolution.count, told.resolution.median_ms) == (1, 1, 2 * HOUR)
    assert (told.scores.count, told.scores.mean) == (2, 3.5)
    assert told.scores.each == (0, 1, 0, 0, 1)


def test_of_nothing_there_is_no_median() -> None:
    told = figures([], OpenTime(DAYTIME, at(0), at(1)))
    assert (told.first.median_ms, told.first.p90_ms, told.scores.mean) == (None, None, None)


def test_a_rep_has_the_answers_that_she_gave_and_the_rounds_that_she_ended() -> None:
    one = Round(
        opened_at=at(1), answered_at=at(2), answered_by="ji", staff="wen", resolved_at=at(3),
        cause="staff", score=4,
    )  # fmt: skip
    time = OpenTime(None, at(0), at(0, 1))
    ji, wen = figures(of_rep([one], "ji"), time), figures(of_rep([one], "wen"), time)
    assert (ji.first.count, ji.resolved, ji.scores.count) == (1, 0, 0)
    assert (wen.first.count, wen.resolved, wen.scores.count) == (0, 1, 1)
    assert of_rep([one], "bo") == []


def test_days_are_the_shops_and_quiet_ones_are_there_too() -> None:
    zone = "Asia/Taipei"
    now = at(20, 2)  # the 24th, 04:00 there
    first = first_day(now, 7, zone)
    assert first == date(2026, 9, 18)
    assert begin_of(first, zone) == at(16, -4)
    late = Round(opened_at=at(17), answered_at=at(18), score=3)  # the 22nd there
    days = by_day([late], OpenTime(None, 0, now), first=first, days=7, zone=zone)
    assert [day.date for day in days] == [f"2026-09-{number}" for number in range(18, 25)]
    assert [day.rounds for day in days] == [0, 0, 0, 0, 1, 0, 0]
    assert (days[4].first_ms, days[4].score) == (HOUR, 3.0)


# What is written


def a_long_talk() -> Talk:
    """Four rounds: answered, handed over by the bot, ended by itself, begun by the shop."""
    talk = Talk()
    talk.says(ANNA, "在嗎")
    talk.passes(MINUTE)
    talk.acts(JI, "take")
    talk.says(JI, "在")
    talk.passes(MINUTE)
    talk.says(JI, "請說")
    talk.does(JI, c.HandTo(WEN.id, "Wen"))
    talk.acts(WEN, "resolve")
    talk.does(ANNA, c.Rate(score=2))
    talk.does(ANNA, c.Rate(score=5))
    talk.bot = True
    talk.passes(MINUTE)
    talk.says(ANNA, "找真人")
    talk.passes(MINUTE)
    talk.bot_says("好", handover="asked")
    talk.acts(WEN, "take")
    talk.says(WEN, "我在")
    talk.passes(IDLE_MS)
    talk.acts(JI, "take")
    talk.says(JI, "到貨了")
    return talk


def write(connection: Connection, talk: Talk, batches: list[slice]) -> None:
    """Project the log in these batches, each with the state after it, as a room does."""
    state, done = KIND.initial(CONVERSATION), 0
    for batch in batches:
        logged = talk.log[batch]
        while done < batch.stop:
            state, done = KIND.evolve(state, talk.log[done]), done + 1
        rounds.project(connection, CONVERSATION, logged, state)


def written(connection: Connection) -> list[tuple[object, ...]]:
    query = select(chat_round).order_by(chat_round.c.round)
    return [tuple(row) for row in connection.execute(query)]


async def test_each_round_is_written_and_stays(database: Database) -> None:
    talk = a_long_talk()
    single = [slice(index, index + 1) for index in range(len(talk.log))]
    await database.write(lambda connection: write(connection, talk, single))
    one, two, three = await database.read(written)
    start = talk.log[0].at_ms
    room, number, opened, by, bot, handed, staff, answered, who, _, cause, score = one
    assert (number, opened, by, bot, handed) == (1, start, "customer", False, None)
    assert (staff, answered, who, cause, score) == (WEN.id, start + MINUTE, JI.id, "staff", 5)
    assert (two[4], two[5], two[6], two[10]) == (True, start + 4 * MINUTE, WEN.id, "idle")
    assert (three[3], three[6], three[7]) == ("staff", JI.id, talk.now)
    assert str(room).startswith("cnv_")


async def test_in_other_batches_and_again_it_is_written_the_same(database: Database) -> None:
    talk = a_long_talk()
    end = len(talk.log)
    single = [slice(index, index + 1) for index in range(end)]
    await database.write(lambda connection: write(connection, talk, single))
    first = await database.read(written)
    await database.write(lambda connection: write(connection, talk, single))
    assert await database.read(written) == first, "a log told again changes nothing"
    for size in (3, 7, end):
        pieces = [slice(at, min(at + size, end)) for at in range(0, end, size)]
        await database.write(lambda connection: connection.execute(chat_round.delete()))
        await database.write(lambda c, pieces=pieces: write(c, talk, pieces))  # type: ignore[misc]
        assert await database.read(written) == first, size


# Through the service


async def test_operators_see_everybody_and_reps_themselves(house: House) -> None:
    ji, boss = await house.staff("ji", Role.REP), await house.staff("boss", Role.OPERATOR)
    await house.staff("wen", Role.REP)
    customer, conversation = await house.asks("在嗎")
    desk = await house.at_desk(ji)
    await desk.join(conversation)
    house.service.clock.advance(3 * MINUTE)
    await desk.acts("take")
    await desk.says("在")
    await desk.acts("resolve")
    await customer.does("rate", {"score": 4})
    await house.asks("有人嗎", await house.guest("阿德"))

    told = (await boss.get("/api/staff/figures?days=30")).json
    assert (told["days"], told["always"], told["whole"]) == (30, True, True)
    assert len(told["by_day"]) == 30
    assert told["by_day"][-1]["rounds"] == 2
    team = told["team"]
    assert (team["rounds"], team["answered"], team["resolved"]) == (2, 1, 1)
    assert 3 * MINUTE <= team["first"]["median_ms"] < 4 * MINUTE
    assert team["scores"] == {"count": 1, "mean": 4.0, "each": [0, 0, 0, 1, 0]}
    assert {one["name"]: one["rounds"] for one in told["reps"]} == {"ji": 1, "boss": 0, "wen": 0}

    told = (await ji.get("/api/staff/figures")).json
    assert told["days"] == 7
    assert (told["reps"], told["mine"]["rounds"]) == ([], 1)
    assert set(told["team"]) == {"first", "resolution", "scores"}
    assert told["team"]["scores"] == {"mean": 4.0}
    assert told["by_day"][-1]["rounds"] == 1, "her own"
    for query in ("days=8", "days=x", "further=1"):
        assert (await ji.get(f"/api/staff/figures?{query}")).status == 400

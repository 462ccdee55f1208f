"""Figures of a span of days, from the database: for operators of everybody, for reps their own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from aiohttp import web
from msgspec import to_builtins

from chat import rounds
from chat.figures import OpenTime, begin_of, by_day, figures, first_day, of_rep
from chat.office import Office
from chat.rounds import Round
from chat.service import REPS
from core.clock import Clock, Instant
from core.db import Database
from core.hours import Hours
from core.identity.model import Person, Role, require

ROUNDS = 20_000
"""The newest rounds that figures are made of: more than ten reps have in 90 days."""

_TEAM = {"first": ("median_ms", "p90_ms"), "resolution": ("median_ms",), "scores": ("mean",)}
"""What a rep is told of all together."""


class Sums:
    """Figures of this installation, made anew whenever they are asked for."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        office: Office,
        answering: Callable[[], Awaitable[list[Person]]],
        time_zone: str,
    ) -> None:
        """`time_zone`: whose days they are as long as no hours are set."""
        self._database = database
        self._clock = clock
        self._office = office
        self._answering = answering
        self._time_zone = time_zone
        self._making = asyncio.Lock()

    async def of(self, person: Person, days: int) -> dict[str, Any]:
        """`{days, time_zone, always, whole, team, mine, by_day, reps}` of the last `days`, today
        the last of them.

        `always`: without hours, times are counted day and night. `whole`: there were no more rounds
        than are looked at. `by_day` is the team's for operators, for reps their own; `reps` is for
        operators alone.
        """
        own = require(person, *REPS).own_id
        hours, now = await self._office.hours(), self._clock.now()
        zone = self._time_zone if hours is None else hours.time_zone
        since = begin_of(first_day(now, days, zone), zone)
        leads = person.has(Role.OPERATOR)
        reps = {one.own_id: one.name for one in await self._answering()} if leads else {}
        async with self._making:  # a processor's time for one person, and not for all at once
            found = await self._database.read(partial(rounds.since, at=since, limit=ROUNDS))
            told = await asyncio.to_thread(_sums, found, hours, (since, now), own, reps)
            whose = found if leads else of_rep(found, own)
            days_told = await asyncio.to_thread(_days, whose, hours, (since, now), days, zone)
        return {
            "days": days,
            "time_zone": zone,
            "always": hours is None,
            "whole": len(found) < ROUNDS,
            **told,
            "by_day": days_told,
        }


def _sums(
    found: list[Round],
    hours: Hours | None,
    span: tuple[Instant, Instant],
    own: str,
    reps: dict[str, str | None],
) -> dict[str, Any]:
    time = OpenTime(hours, *span)
    team: dict[str, Any] = to_builtins(figures(found, time))
    if not reps:
        team = {part: {name: team[part][name] for name in names} for part, names in _TEAM.items()}
    return {
        "team": team,
        "mine": figures(of_rep(found, own), time),
        "reps": [
            {"id": id, "name": name, **to_builtins(figures(of_rep(found, id), time))}
            for id, name in reps.items()
        ],
    }


def _days(
    found: list[Round],
    hours: Hours | None,
    span: tuple[Instant, Instant],
    days: int,
    zone: str,
) -> Any:
    first = first_day(span[1], days, zone)
    return by_day(found, OpenTime(hours, *span), first=first, days=days, zone=zone)


SUMS = web.AppKey("sums", Sums)

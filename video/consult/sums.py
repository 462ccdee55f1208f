"""Figures of the last days, from the database: of all together, and for operators of each rep."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from aiohttp import web
from msgspec import to_builtins

from core.clock import Clock
from core.db import Database
from core.identity.model import Person, Role, require
from video.consult import store
from video.consult.figures import Figures, figures
from video.consult.service import REPS
from video.consult.store import Ask, Missed

DAY_MS = 86_400_000
CALLS = 20_000
"""The newest calls that figures are made of."""


class Sums:
    """Figures of this installation, made anew whenever they are asked for."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        answering: Callable[[], Awaitable[list[Person]]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._answering = answering
        self._making = asyncio.Lock()

    async def of(self, person: Person, days: int) -> dict[str, Any]:
        """`{days, whole, team, mine, lost, reps}` of the last `days` times 24 hours.

        `lost`: customers who asked and whom nobody answered. `whole`: there were no more than are
        looked at. `reps` is for operators alone.
        """
        own = require(person, *REPS).own_id
        since = self._clock.now() - days * DAY_MS
        leads = person.has(Role.OPERATOR)
        reps = {one.own_id: one.name for one in await self._answering()} if leads else {}
        async with self._making:  # a processor's time for one person, and not for all at once
            asked = await self._database.read(partial(store.asked_since, at=since, limit=CALLS))
            missed = await self._database.read(partial(store.missed_since, at=since, limit=CALLS))
            told = await asyncio.to_thread(_told, asked, missed, own, reps)
        return {"days": days, "whole": len(asked) < CALLS and len(missed) < CALLS, **told}


def _told(
    asked: list[Ask], missed: list[Missed], own: str, reps: dict[str, str | None]
) -> dict[str, Any]:
    def of(staff: str) -> Figures:
        return figures(
            [one for one in asked if one.staff == staff],
            [one for one in missed if one.staff == staff],
        )

    lost = [
        one
        for one in asked
        if one.by == "customer" and one.ended_at is not None and one.answered_at is None
    ]
    return {
        "team": to_builtins(figures(asked, missed)),
        "mine": to_builtins(of(own)),
        "lost": len(lost),
        "reps": [{"id": id, "name": name, **to_builtins(of(id))} for id, name in reps.items()],
    }


SUMS = web.AppKey("call_sums", Sums)

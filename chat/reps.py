"""Those who answer customers: what they speak and know, how much they take on, whether they are
away, and whose desk is open."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web
from pydantic import AfterValidator, Field, StringConstraints, model_validator
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    String,
    Table,
    Text,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from chat import store
from chat.events import ConversationReleased, ConversationTaken, MessageSent
from core.clock import Clock, Instant
from core.db import Database, any_of, metadata
from core.errors import NotFound
from core.identity.model import Person, Role, require
from core.inputs import Input
from core.rooms.events import Logged

SKILLS = 10
SKILL_LENGTH = 24
MOST = 20
MOST_AT_FIRST = 5

FORGOTTEN_MS = 3_600_000
"""Desks of a process that has not been heard of for so long are nobody's any more."""

Language = Literal["zh-Hant", "zh-Hant-HK", "zh-Hans", "en"]
"""`zh-Hant-HK` is Cantonese, as people in Hong Kong write it."""

SETS_OTHERS = (Role.OPERATOR,)

chat_rep = Table(
    "chat_rep",
    metadata,
    Column("staff", String(40), primary_key=True),
    Column("languages", Text, nullable=False),
    Column("skills", Text, nullable=False),
    Column("most", Integer, nullable=False),
    Column("away", Boolean, nullable=False),
    # When she was last given a conversation, and since when she leaves them unanswered.
    Column("assigned_at", BigInteger),
    Column("missed_at", BigInteger),
)
"""Who has no row is as `Profile` is by itself."""

chat_desk = Table(
    "chat_desk",
    metadata,
    Column("process", String(40), primary_key=True),
    Column("staff", String(40), primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
)
"""Desks that are open, at which process, as of when that process last said so."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A rep as she, or an operator, describes her. No languages: none were named."""

    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    most: int = MOST_AT_FIRST
    """Conversations that she is given at once."""
    away: bool = False


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A rep as she stands now: `busy` with so many conversations."""

    profile: Profile = Profile()
    busy: int = 0
    assigned_at: Instant | None = None
    missed_at: Instant | None = None


def _each_once(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


def _one_line(text: str) -> str:
    return " ".join(text.split())


_Skill = Annotated[
    str, AfterValidator(_one_line), StringConstraints(min_length=1, max_length=SKILL_LENGTH)
]
_Languages = Annotated[list[Language], Field(max_length=10), AfterValidator(_each_once)]
_Skills = Annotated[list[_Skill], Field(max_length=SKILLS), AfterValidator(_each_once)]


class ProfileInput(Input):
    """What is left out stays as it is."""

    languages: _Languages | None = None
    skills: _Skills | None = None
    most: Annotated[int, Field(ge=1, le=MOST)] | None = None
    away: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> ProfileInput:
        if all(value is None for value in self.model_dump().values()):
            raise ValueError("languages, skills, most or away")
        return self


Answering = Callable[[], Awaitable[list[Person]]]
"""Those who answer customers."""


class Reps:
    """The profiles of those who answer."""

    def __init__(self, database: Database, clock: Clock, answering: Answering) -> None:
        self._database = database
        self._clock = clock
        self._answering = answering
        self.changed: list[Callable[[], None]] = []
        """Called when somebody's profile was set at this process."""

    async def own(self, person: Person) -> Profile:
        staff = require(person, Role.REP, Role.OPERATOR).own_id
        return (await self.standing([staff]))[staff].profile

    async def set_own(self, person: Person, wanted: ProfileInput) -> Profile:
        return await self._set(require(person, Role.REP, Role.OPERATOR).own_id, wanted)

    async def set_of(self, person: Person, staff: str, wanted: ProfileInput) -> Profile:
        """Of a colleague. Raises Forbidden, and NotFound where nobody who answers is called so."""
        require(person, *SETS_OTHERS)
        if all(one.id != staff for one in await self._answering()):
            raise NotFound("There is no such colleague.")
        return await self._set(staff, wanted)

    async def standing(self, ids: Collection[str]) -> dict[str, Standing]:
        """Each of them, as she stands now."""
        return await self._database.read(partial(standing, ids=ids))

    async def _set(self, staff: str, wanted: ProfileInput) -> Profile:
        values = wanted.model_dump(exclude_none=True)
        row = {
            name: json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
            for name, value in values.items()
        }
        if wanted.away is False:
            row["missed_at"] = None  # she says that she is there

        def unit(connection: Connection) -> Profile:
            _put(connection, staff, row)
            return standing(connection, [staff])[staff].profile

        profile = await self._database.write(unit)
        for call in self.changed:
            call()
        return profile


PROFILES = web.AppKey("profiles", Reps)


def standing(connection: Connection, ids: Collection[str]) -> dict[str, Standing]:
    """Those of `ids`, each as she stands; of whom nothing is written, as a newcomer."""
    busy = store.held(connection, ids)
    query = select(chat_rep).where(any_of(connection, chat_rep.c.staff, sorted(ids)))
    rows = {row["staff"]: row for row in connection.execute(query).mappings()}
    found = {}
    for staff in ids:
        row = rows.get(staff)
        if row is None:
            found[staff] = Standing(busy=busy.get(staff, 0))
            continue
        found[staff] = Standing(
            profile=Profile(
                languages=tuple(json.loads(row["languages"])),
                skills=tuple(json.loads(row["skills"])),
                most=row["most"],
                away=row["away"],
            ),
            busy=busy.get(staff, 0),
            assigned_at=row["assigned_at"],
            missed_at=row["missed_at"],
        )
    return found


def project(connection: Connection, logged: Sequence[Logged]) -> None:
    """Note who was given something, who left it unanswered, and who answers again."""
    changes: dict[str, dict[str, Any]] = {}
    for one in logged:
        match one.event:
            case ConversationTaken(staff=staff, assigned=True):
                changes.setdefault(staff, {})["assigned_at"] = one.at_ms
            case ConversationReleased(staff=staff, cause="unanswered"):
                changes.setdefault(staff, {})["missed_at"] = one.at_ms
            case MessageSent(from_="staff", by=staff):
                changes.setdefault(staff, {})["missed_at"] = None
    # In one order everywhere: two conversations may tell of the same two reps at once.
    for staff in sorted(changes):
        row = changes[staff]
        if row == {"missed_at": None}:
            missed = (chat_rep.c.staff == staff, chat_rep.c.missed_at.is_not(None))
            connection.execute(update(chat_rep).where(*missed).values(missed_at=None))
        else:
            _put(connection, staff, row)


def _put(connection: Connection, staff: str, row: dict[str, Any]) -> None:
    fresh = {"languages": "[]", "skills": "[]", "most": MOST_AT_FIRST, "away": False}
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    statement = insert(chat_rep).values(staff=staff, **{**fresh, **row})
    connection.execute(statement.on_conflict_do_update(index_elements=["staff"], set_=row))


def say_open(connection: Connection, process: str, staff: Collection[str], now: Instant) -> None:
    """Whose desks are open at `process`, in place of what was said before."""
    forgotten = chat_desk.c.seen_at < now - FORGOTTEN_MS
    connection.execute(delete(chat_desk).where(or_(chat_desk.c.process == process, forgotten)))
    if staff:
        rows = [{"process": process, "staff": one, "seen_at": now} for one in sorted(staff)]
        connection.execute(insert(chat_desk), rows)


def seen(connection: Connection, process: str, since: Instant) -> set[str]:
    """Whose desks are open at other processes, as of `since`."""
    elsewhere = (chat_desk.c.process != process, chat_desk.c.seen_at >= since)
    return set(connection.execute(select(chat_desk.c.staff).where(*elsewhere)).scalars())


def away(connection: Connection) -> set[str]:
    """Who said that she is away."""
    query = select(chat_rep.c.staff).where(chat_rep.c.away)
    return set(connection.execute(query).scalars())

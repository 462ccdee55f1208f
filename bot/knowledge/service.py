"""Articles: written by operators, read by customers, and known to the bot."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal, TypeVar

import msgspec
import structlog
from sqlalchemy import Connection

from bot.knowledge import imports, store
from bot.knowledge.article import (
    Article,
    ArticleInput,
    Facts,
    Head,
    filled,
    nearest,
    tidy_questions,
)
from bot.knowledge.imports import Fault, Wanted
from bot.knowledge.library import Library
from bot.knowledge.render import html
from core.clock import Clock, Instant
from core.db import Database
from core.errors import Conflict, NotFound, PlusOneError
from core.identity.model import Person, Role, require
from core.ids import new_id
from core.locales import LOCALES, Locale

READERS = (Role.REP, Role.OPERATOR)
EDITORS = (Role.OPERATOR,)

ARTICLES = 2_000
LOOKED_EVERY_S = 1.5
"""How late it may be known here that another process has changed something."""

log = structlog.get_logger(__name__)

_T = TypeVar("_T")


class Planned(msgspec.Struct, frozen=True):
    """What an import does, or would do, with one article."""

    slug: str
    locale: Locale
    title: str
    does: Literal["add", "change", "same"]


class Report(msgspec.Struct):
    written: bool
    """False after a check, and where anything was wrong."""
    articles: list[Planned]
    faults: list[Fault]


class Page(msgspec.Struct, frozen=True):
    """An article as it is read."""

    slug: str
    locale: Locale
    title: str
    html: str
    changed_at: Instant


class Entry(msgspec.Struct, frozen=True, gc=False):
    """An article in the list of all that there is to read."""

    slug: str
    locale: Locale
    title: str


class Knowledge:
    """The articles of this installation. `run` is its one task.

    `facts`: what the settings decide, as each language writes it; see `article.filled`.
    """

    def __init__(
        self, database: Database, clock: Clock, facts: Mapping[Locale, Facts] | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self.facts: Mapping[Locale, Facts] = facts or {locale: {} for locale in LOCALES}
        self._library = Library(0, (), self.facts)
        self._subscribers: list[Callable[[], None]] = []
        self._looking = asyncio.Lock()
        self._woken = asyncio.Event()

    # What the bot knows

    @property
    def library(self) -> Library:
        """What is published, as far as it is known here: see `look`."""
        return self._library

    def subscribe(self, changed: Callable[[], None]) -> None:
        """Have `changed()` called on the loop whenever `library` has become another."""
        self._subscribers.append(changed)

    async def look(self) -> None:
        """Have `library` be what is published now. Raises Unavailable."""
        async with self._looking:
            version = await self._database.read(store.version)
            if version == self._library.version:
                return
            # Read after the version: what is newer than it is read once more the next time.
            found = await self._database.read(store.published)
            self._library = await asyncio.to_thread(Library, version, found, self.facts)
        log.info("articles.known", version=version, published=len(found))
        for changed in self._subscribers:
            changed()

    async def run(self) -> None:
        """Follow what is written, here and by other processes, until cancelled."""
        while True:
            self._woken.clear()
            try:
                await self.look()
            except PlusOneError as error:  # the database is away: what is known stays
                log.warning("articles.unavailable", error=error.error_code)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOKED_EVERY_S):
                    await self._woken.wait()

    # Reading

    async def entries(self, locale: Locale) -> list[Entry]:
        """All that is published, each once, in the nearest language, by title."""
        subjects: dict[str, dict[Locale, Article]] = {}
        for one in await self._database.read(store.published):
            subjects.setdefault(one.slug, {})[one.locale] = one
        found = [nearest(one, locale) for one in subjects.values()]
        entries = [
            Entry(one.slug, one.locale, self._filled(one.title, one.locale)) for one in found
        ]
        return sorted(entries, key=lambda entry: entry.title)

    async def page(self, name: str, locale: Locale) -> Page:
        """A published article, by its slug or id, in the nearest language. Raises NotFound."""
        found = await self._database.read(partial(store.published, name=name))
        if not found:
            raise _no_article()
        one = nearest({article.locale: article for article in found}, locale)
        return Page(
            one.slug,
            one.locale,
            self._filled(one.title, one.locale),
            await self.rendered(one.body, one.locale),
            one.changed_at,
        )

    async def rendered(self, body: str, locale: Locale) -> str:
        """`body` as HTML that is safe to show, the facts filled in."""
        return await asyncio.to_thread(html, self._filled(body, locale))

    def _filled(self, text: str, locale: Locale) -> str:
        return filled(text, self.facts[locale])

    # Writing

    async def heads(self, person: Person, words: str = "") -> Sequence[Head]:
        """All articles, or those that hold each of `words`."""
        require(person, *READERS)
        return await self._database.read(partial(store.heads, words=words))

    async def get(self, person: Person, slug: str, locale: Locale) -> Article:
        """Raises NotFound."""
        require(person, *READERS)
        found = await self._database.read(partial(store.get, slug=slug, locale=locale))
        if found is None:
            raise _no_article()
        return found

    async def put(self, person: Person, slug: str, locale: Locale, wanted: ArticleInput) -> Article:
        """Make an article, or put another text in place of the one that she has seen.

        Raises Conflict where somebody else made, changed or removed it meanwhile: its
        `data.article` is what is there now, or None. Conflict `too_many_articles` past 2,000.
        """
        by = require(person, *EDITORS).own_id

        def unit(connection: Connection) -> Article:
            store.next_version(connection)
            there = store.get(connection, slug, locale)
            if (there.changed_at if there else None) != wanted.changed_at:
                raise Conflict(
                    "Somebody else changed this article meanwhile.",
                    article=msgspec.to_builtins(there),
                )
            one = Article(
                id=there.id if there else new_id("art"),
                slug=slug,
                locale=locale,
                title=wanted.title,
                body=wanted.body,
                questions=tidy_questions(wanted.questions),
                published=wanted.published,
                changed_at=self._after(there),
            )
            if there:
                store.change(connection, [one], by)
            else:
                _check_room(store.count(connection) + 1)
                store.add(connection, [one], by)
            return one

        return await self._written(unit)

    async def publish(self, person: Person, slug: str, locale: Locale, published: bool) -> Article:
        """Let customers and the bot read it, or no more. Raises NotFound."""
        by = require(person, *EDITORS).own_id

        def unit(connection: Connection) -> Article:
            store.next_version(connection)
            there = store.get(connection, slug, locale)
            if there is None:
                raise _no_article()
            now = msgspec.structs.replace(there, published=published, changed_at=self._after(there))
            store.change(connection, [now], by)
            return now

        return await self._written(unit)

    async def delete(self, person: Person, slug: str, locale: Locale) -> None:
        """Raises NotFound where it is gone already."""
        require(person, *EDITORS)

        def unit(connection: Connection) -> None:
            store.next_version(connection)
            if not store.remove(connection, slug, locale):
                raise _no_article()

        await self._written(unit)

    async def import_file(
        self, person: Person, data: bytes, *, check: bool = False, publish: bool = False
    ) -> Report:
        """See `take`; by an operator."""
        by = require(person, *EDITORS).own_id
        return await self.take(data, by, check=check, publish=publish)

    async def take(
        self, data: bytes, by: str, *, check: bool = False, publish: bool = False
    ) -> Report:
        """Add and change what a file holds: all of it, or nothing where anything is wrong.

        With `check` nothing in any case. `publish`: what is new and does not say so itself is
        published; what is there stays as it is. Raises TooLarge, BadFile, Conflict.
        """
        wanted, faults = await asyncio.to_thread(imports.read, data)
        if check or faults:
            there = await self._database.read(store.every)
            planned, _, _ = self._plan(wanted, there, publish)
            return Report(False, planned, faults)

        def unit(connection: Connection) -> Report:
            store.next_version(connection)
            planned, added, changed = self._plan(wanted, store.every(connection), publish)
            _check_room(store.count(connection) + len(added))
            store.add(connection, added, by)
            store.change(connection, changed, by)
            return Report(True, planned, [])

        return await self._written(unit)

    def _plan(
        self, wanted: Sequence[Wanted], there: Mapping[tuple[str, Locale], Article], publish: bool
    ) -> tuple[list[Planned], list[Article], list[Article]]:
        """What becomes of each, the new ones, and the changed ones."""
        planned: list[Planned] = []
        added: list[Article] = []
        changed: list[Article] = []
        for one in wanted:
            before = there.get((one.slug, one.locale))
            published = before.published if before else publish
            now = Article(
                id=before.id if before else new_id("art"),
                slug=one.slug,
                locale=one.locale,
                title=one.title,
                body=one.body,
                questions=one.questions,
                published=published if one.published is None else one.published,
                changed_at=before.changed_at if before else self._clock.now(),
            )
            does: Literal["add", "change", "same"] = "same"
            if before is None:
                does = "add"
                added.append(now)
            elif now != before:
                does = "change"
                changed.append(msgspec.structs.replace(now, changed_at=self._after(before)))
            planned.append(Planned(one.slug, one.locale, one.title, does))
        return planned, added, changed

    async def _written(self, unit: Callable[[Connection], _T]) -> _T:
        done = await self._database.write(unit)
        self._woken.set()
        return done

    def _after(self, there: Article | None) -> Instant:
        """Now; and never the same as before, so that each change is told from the last."""
        now = self._clock.now()
        return now if there is None else max(now, there.changed_at + 1)


def _check_room(count: int) -> None:
    if count > ARTICLES:
        raise Conflict(
            "There are as many articles as there may be.",
            code="too_many_articles",
            most=ARTICLES,
        )


def _no_article() -> NotFound:
    return NotFound("There is no such article.")

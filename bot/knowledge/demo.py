"""What the demo's shop, 阿禾醬坊, says of itself: `articles/*.toml`. Made up, all of it.

Where the settings decide a number the articles name it (`{home_fee}`), and so say what they say.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from bot.knowledge import store
from bot.knowledge.article import Article, tidy_body, tidy_questions
from core.clock import Clock, Instant
from core.db import Database
from core.ids import new_id
from core.locales import LOCALES

_FOLDER: Final = Path(__file__).with_name("articles")
_BY = "demo"


def articles(at: Instant = 0) -> tuple[Article, ...]:
    """All of them, published, in the order of their files. Reads files: before serving."""
    return tuple(
        Article(
            id=new_id("art"),
            slug=slug,
            locale=locale,
            title=said["title"],
            body=tidy_body(said["body"]),
            questions=tidy_questions(said["questions"]),
            published=True,
            changed_at=at,
        )
        for file in sorted(_FOLDER.glob("*.toml"))
        for slug, languages in tomllib.loads(file.read_text("utf-8")).items()
        for locale in LOCALES
        if (said := languages.get(locale)) is not None
    )


async def furnish(database: Database, clock: Clock) -> None:
    """Put the demo's articles where there are none; others stay as they are."""

    def unit(connection: Connection) -> None:
        if not store.count(connection):
            store.next_version(connection)
            store.add(connection, articles(clock.now()), _BY)

    await database.write(unit)

"""Articles in the database. Each write counts the version up, by which other processes see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from bot.knowledge.article import (
    SLUG_LENGTH,
    TITLE_LENGTH,
    Article,
    Head,
)
from core.db import insert_new, metadata
from core.locales import Locale

article = Table(
    "article",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("slug", String(SLUG_LENGTH), nullable=False),
    Column("locale", String(12), nullable=False),
    Column("title", String(TITLE_LENGTH), nullable=False),
    Column("body", Text, nullable=False),
    Column("questions", Text, nullable=False),
    Column("published", Boolean, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_by", String(40), nullable=False),
    UniqueConstraint("slug", "locale"),
)

article_version = Table(
    "article_version",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
)
"""One row, or none as long as nobody has written any."""

_ONLY = 1
_FIELDS = ("id", "slug", "locale", "title", "body", "questions", "published", "changed_at")
_COLUMNS = [article.c[name] for name in _FIELDS]
_questions = msgspec.json.Decoder(tuple[str, ...])


def version(connection: Connection) -> int:
    found = connection.execute(select(article_version.c.version)).scalar_one_or_none()
    return found or 0


def next_version(connection: Connection) -> None:
    """First in a unit that writes: the row's lock has writers come one after another."""
    connection.execute(insert_new(connection, article_version).values(id=_ONLY, version=0))
    row = update(article_version).where(article_version.c.id == _ONLY)
    connection.execute(row.values(version=article_version.c.version + 1))


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(article)).scalar_one()


def get(connection: Connection, slug: str, locale: Locale) -> Article | None:
    query = select(*_COLUMNS).where(article.c.slug == slug, article.c.locale == locale)
    row = connection.execute(query).one_or_none()
    return None if row is None else _article(row)


def published(connection: Connection, name: str | None = None) -> list[Article]:
    """What customers may read, by slug; with `name`, of that slug or of the article of that id."""
    query = select(*_COLUMNS).where(article.c.published)
    if name is not None:
        slug = select(article.c.slug).where(article.c.id == name).scalar_subquery()
        query = query.where(or_(article.c.slug == name, article.c.slug == slug))
    rows = connection.execute(query.order_by(article.c.slug, article.c.locale))
    return [_article(row) for row in rows]


def heads(connection: Connection, words: str = "") -> list[Head]:
    """All of them, by slug; or those in which each of `words` stands somewhere."""
    query = select(*_COLUMNS[1:4], *_COLUMNS[5:])
    for word in words.lower().split():
        places = (article.c.slug, article.c.title, article.c.body, article.c.questions)
        query = query.where(
            or_(*(func.lower(place).contains(word, autoescape=True) for place in places))
        )
    return [
        Head(
            slug=row.slug,
            locale=row.locale,
            title=row.title,
            questions=len(_questions.decode(row.questions)),
            published=row.published,
            changed_at=row.changed_at,
        )
        for row in connection.execute(query.order_by(article.c.slug, article.c.locale))
    ]


def every(connection: Connection) -> dict[tuple[str, Locale], Article]:
    """All of them, for an import to be compared with."""
    rows = connection.execute(select(*_COLUMNS))
    return {(one.slug, one.locale): one for one in map(_article, rows)}


def add(connection: Connection, articles: Iterable[Article], by: str) -> None:
    rows = [{"id": one.id, **_values(one), "changed_by": by} for one in articles]
    if rows:
        connection.execute(insert(article), rows)


def change(connection: Connection, articles: Iterable[Article], by: str) -> None:
    for one in articles:
        row = update(article).where(article.c.id == one.id)
        connection.execute(row.values(**_values(one), changed_by=by))


def remove(connection: Connection, slug: str, locale: Locale) -> bool:
    """False where there was none."""
    rows = delete(article).where(article.c.slug == slug, article.c.locale == locale)
    return bool(connection.execute(rows).rowcount)


def _values(one: Article) -> dict[str, object]:
    return {
        "slug": one.slug,
        "locale": one.locale,
        "title": one.title,
        "body": one.body,
        # Not escaped: it is searched for words.
        "questions": msgspec.json.encode(one.questions).decode(),
        "published": one.published,
        "changed_at": one.changed_at,
    }


def _article(row: Sequence[object]) -> Article:
    values = dict(zip(_FIELDS, row, strict=True))
    values["questions"] = _questions.decode(str(values["questions"]))
    return msgspec.convert(values, Article)

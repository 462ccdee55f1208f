"""The published articles at one moment, in memory, to be searched: what the bot knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from bot.knowledge.article import Article, Facts, filled, nearest
from bot.knowledge.render import excerpt, paragraphs
from bot.search import Index
from core.locales import Locale


class Shown(msgspec.Struct, frozen=True):
    """An article as the bot knows it: facts filled in, its first words without any marks."""

    article: Article
    excerpt: str
    texts: tuple[str, ...]
    """Whatever says it: the title, each question, and all that it says as one (found as well as by
    paragraphs, in which a single name weighs too much)."""


class Library:
    """Published articles by subject. Takes milliseconds to build for each: off the loop."""

    def __init__(
        self, version: int, articles: Iterable[Article], facts: Mapping[Locale, Facts]
    ) -> None:
        self.version = version
        subjects: defaultdict[str, dict[Locale, Shown]] = defaultdict(dict)
        for one in articles:
            subjects[one.slug][one.locale] = _shown(one, facts[one.locale])
        self._subjects = dict(subjects)
        # By subject: who asks in one language may be answered by an article in another.
        self._index = Index(
            (slug, [text for one in found.values() for text in one.texts])
            for slug, found in self._subjects.items()
        )

    @property
    def subjects(self) -> Mapping[str, Mapping[Locale, Shown]]:
        """By slug and language."""
        return self._subjects

    def get(self, slug: str, locale: Locale) -> Shown | None:
        """For a reader of `locale`; None where there is nothing in any language."""
        found = self._subjects.get(slug)
        return nearest(found, locale) if found else None

    def search(self, words: str, locale: Locale, limit: int) -> list[tuple[Shown, float]]:
        """What answers `words`, best first, each for a reader of `locale`; see `bot.search`."""
        return [
            (nearest(self._subjects[slug], locale), score)
            for slug, score in self._index.search(words, limit)
        ]


def _shown(one: Article, facts: Facts) -> Shown:
    one = msgspec.structs.replace(one, title=filled(one.title, facts), body=filled(one.body, facts))
    said = paragraphs(one.body)
    return Shown(one, excerpt(said), (one.title, *one.questions, " ".join(said)))

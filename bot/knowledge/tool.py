"""The tool `articles`: what the shop says of itself, found by words."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from bot.knowledge.service import Knowledge
from core.inputs import Input
from core.tools import Asker, Card, Found, Tool

LIMIT = 3


class Asked(Input):
    words: Annotated[str, StringConstraints(max_length=200)]


def articles(knowledge: Knowledge) -> Tool:
    async def run(asker: Asker, asked: Asked) -> Found:
        found = knowledge.library.search(asked.words, asker.locale, LIMIT)
        return Found(
            {
                "articles": [
                    {
                        "id": one.article.id,
                        "slug": one.article.slug,
                        "title": one.article.title,
                        "excerpt": one.excerpt,
                        "score": round(score, 4),
                    }
                    for one, score in found
                ]
            },
            # By its slug: that is where its page is, in whatever language it is read then.
            tuple(Card("article", one.article.slug, title=one.article.title) for one, _ in found),
        )

    return Tool(
        "articles",
        "Finds what the shop has written for its customers: delivery times, returns, payment,"
        " invoices, how to order with +1, storage, allergens, privacy and the like. The excerpts"
        " are the only source for such answers.",
        Asked,
        run,
    )

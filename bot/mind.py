"""The planner that answers now: learnt anew whenever the shop's goods or articles become others."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog

from bot.knowledge.library import Library
from bot.knowledge.service import Knowledge
from bot.plan import Brain, KnownArticle, KnownProduct
from bot.products import Catalogue, Products

log = structlog.get_logger(__name__)


class Mind:
    """`run` is its one task; until it has learnt for the first time, `known` waits."""

    def __init__(self, products: Products, knowledge: Knowledge, zone: str) -> None:
        self._products = products
        self._knowledge = knowledge
        self._zone = zone
        self._brain: Brain | None = None
        self._learnt = asyncio.Event()
        self._changed = asyncio.Event()
        self._changed.set()
        products.subscribe(self._changed.set)
        knowledge.subscribe(self._changed.set)

    async def known(self) -> None:
        """Wait until there is a planner."""
        await self._learnt.wait()

    def brain(self) -> Brain:
        """The newest planner. Raises RuntimeError before `known`."""
        if self._brain is None:
            raise RuntimeError("nothing is learnt yet")
        return self._brain

    async def run(self) -> None:
        """Learn until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            products = known_products(self._products.catalogue)
            articles = known_articles(self._knowledge.library)
            build = partial(Brain.build, products, articles, zone=self._zone)
            self._brain = await asyncio.to_thread(build)
            self._learnt.set()
            log.info("bot.learnt", products=len(products), articles=len(articles))


def known_products(catalogue: Catalogue) -> list[KnownProduct]:
    """The goods as the planner knows them."""
    return [
        KnownProduct(
            id=one.id,
            title=one.title,
            words=tuple(word for v in one.variants for word in (v.sku, v.title) if word),
        )
        for one in catalogue.all()
    ]


def known_articles(library: Library) -> list[KnownArticle]:
    """The articles as the planner knows them."""
    return [
        KnownArticle(
            slug=slug,
            titles={locale: one.article.title for locale, one in found.items()},
            questions=tuple(
                question for one in found.values() for question in one.article.questions
            ),
        )
        for slug, found in library.subjects.items()
    ]

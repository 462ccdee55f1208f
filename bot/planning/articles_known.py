"""The shop's articles as the bot knows them beforehand: what they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from bot.search import Index
from core.locales import Locale

_ABOUT: Final[Mapping[str, tuple[str, ...]]] = {
    "delivery": (
        "delivery-time", "delivery-places", "delivery-fees", "overseas-delivery",
        "outlying-islands", "store-pickup", "pickup-time-limit",
    ),
    "returns": ("returns", "refund-time", "damaged-goods"),
    "payment": ("payment-methods", "bank-transfer", "card-payment"),
    "invoice": ("invoice", "company-invoice"),
    "how_to_order": ("how-to-plus-one", "hold-time", "live-show-times", "replay-orders", "account"),
    "order_change": ("change-order", "change-address"),
    "order_cancel": ("cancel-order",),
    "privacy": ("privacy", "account"),
    "consult": ("video-consultation",),
    "product_info": (
        "storage", "shelf-life", "allergens", "vegetarian", "spiciness", "ingredients", "gift-wrap",
        "bulk-order",
    ),
    "places": ("contact",),
}  # fmt: skip
"""Slugs of a shop's articles by what a question for them wants; other slugs may be there too."""

_INTENT: Final = {slug: intent for intent, slugs in _ABOUT.items() for slug in slugs}


class KnownArticle(msgspec.Struct, frozen=True, kw_only=True):
    slug: str
    titles: Mapping[Locale, str]
    questions: tuple[str, ...] = ()
    """How people ask for it, in whatever language."""


class KnownArticles:
    def __init__(self, articles: Iterable[KnownArticle]) -> None:
        self._articles = {one.slug: one for one in articles}
        self._index = Index(
            (one.slug, (*one.titles.values(), *one.questions)) for one in self._articles.values()
        )

    def title(self, slug: str, locale: Locale) -> str | None:
        known = self._articles.get(slug)
        if known is None or not known.titles:
            return None
        titles = known.titles
        nearest: tuple[Locale, ...] = (locale, "zh-Hant", "zh-Hans", "en")
        return next((titles[one] for one in nearest if one in titles), next(iter(titles.values())))

    def best(self, folded: str) -> tuple[str, float] | None:
        """The article whose title or questions a text is most like, and how much (0 to 1)."""
        found = self._index.search(folded, 1)
        return found[0] if found else None

    def like(self, folded: str, limit: int) -> list[tuple[str, float]]:
        """The articles that a text is most like, and how much."""
        return self._index.search(folded, limit)

    def intent(self, slug: str) -> str:
        """What somebody wants who asks for this article."""
        return _INTENT.get(slug, "how_to_order" if slug in self._articles else "other")

    def about(self, intent: str) -> tuple[str, ...]:
        return _ABOUT.get(intent, ())

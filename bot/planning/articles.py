"""Answers that the shop has written down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from bot.planning import people
from bot.planning.mentions import MOST
from bot.planning.scene import Scene, Steps, choices
from bot.talk import Call
from core.tools import Button, Card

FITS = 0.3
"""An article below this does not say it; above, beside the intent's own ones, it may."""
FITS_ABOUT = 0.22
"""An article that is about the intent."""
_RIVAL = 0.8
"""An article about something else wins where it fits so much better than the intent's own."""
_KNOWN = 0.36
WORDS = 200
BULK: Final = "bulk-order"
"""The article for whoever wants more than goes into a cart at once."""
Article = dict[str, Any]


def article(scene: Scene, slug: str | None = None, *, intent: str | None = None) -> Steps:
    """The article that says it; where none does, she is asked back."""
    meaning = scene.meaning
    slug = slug or meaning.article
    found = yield Call("articles", {"words": _asked(scene, slug)})
    best = _best(scene, found.data["articles"], slug)
    if best is None and slug is None and f"ask.{meaning.intent}" in _ASKED:
        found = yield Call("articles", {"words": scene.words(f"ask.{meaning.intent}")})
        best = _best(scene, found.data["articles"], None)
    if best is None:
        return (yield from people.other(scene))
    others = [one["slug"] for one in found.data["articles"]]
    return scene.say(
        best["excerpt"],
        intent=intent,
        tool="articles",
        cards=(Card("article", best["slug"], title=best["title"]),),
        buttons=more(scene, (*others, *scene.articles.about(meaning.intent)), but=best["slug"]),
    )


_ASKED = frozenset(
    f"ask.{intent}"
    for intent in (
        "delivery", "returns", "payment", "invoice", "how_to_order", "order_change", "privacy",
        "consult",
    )
)  # fmt: skip


def fitting(scene: Scene) -> str | None:
    """The article about products in general that fits her words: storing, allergens, gifts."""
    found = scene.articles.like(scene.meaning.text, 3)
    about = scene.articles.about("product_info")
    best = next((one for one in found if one[0] in about and one[1] >= _KNOWN), None)
    return best[0] if best is not None and best[1] >= _RIVAL * found[0][1] else None


def is_bulk(scene: Scene) -> bool:
    """Whether she wants more than goes into a cart at once, and there is an article on that."""
    many = (scene.meaning.quantity or 0) > MOST or "bulk" in scene.meaning.about
    return many and scene.articles.title(BULK, scene.locale) is not None


def more(scene: Scene, slugs: Iterable[str], *, but: str) -> tuple[Button, ...]:
    """Up to two other articles, to press."""
    titled = [
        (title, f"article:{slug}")
        for slug in dict.fromkeys(slugs)
        if slug != but and (title := scene.articles.title(slug, scene.locale))
    ]
    return choices(titled[:2])


def _asked(scene: Scene, slug: str | None) -> str:
    if slug is not None:
        title = scene.articles.title(slug, scene.locale)
        if title:
            return title[:WORDS]
    return (scene.meaning.text or scene.turn.text)[:WORDS] or scene.words("ask.how_to_order")


def _best(scene: Scene, found: Sequence[Article], slug: str | None) -> Article | None:
    if slug is not None:
        return next((one for one in found if one["slug"] == slug), None)
    about = scene.articles.about(scene.meaning.intent)
    own = next((one for one in found if one["slug"] in about and one["score"] >= FITS_ABOUT), None)
    if own is not None and own["score"] >= _RIVAL * found[0]["score"]:
        return own
    if found and found[0]["score"] >= FITS and not about:
        return found[0]
    return own

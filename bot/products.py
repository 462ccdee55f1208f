"""The shop's goods as the bot knows them: in memory, found by words, a few seconds old at most.

What is sold, and what it is called, is looked up here; prices and stock are read from the shop each
time somebody asks for them.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Final

import structlog

from bot.language import fold
from bot.search import Index
from commerce_bridge.port import Change, Product, Shop, UnknownProduct
from core.clock import Clock, Instant
from core.errors import PlusOneError

MOST = 2_000
"""Products that are known; of a larger shop the first ones."""
LOOKED_EVERY_S = 3.0
READ_ANEW_MS = 3_600_000
"""All is read again: what a transaction wrote that took over a minute is hinted at too late. Not
often, since a thousand products at once keep the loop for some 50 ms."""
OVERLAP_MS = 60_000
"""See `Shop.changes`."""
TEXT = 600
"""Characters of a description, or of a product's choices, that are searched."""

log = structlog.get_logger(__name__)

_RUNS: Final = re.compile(r"[a-z0-9]+(?:[-_./# ]+[a-z0-9]+)*")
_PARTS: Final = re.compile(r"[a-z0-9]+")
_PARTS_OF_A_SKU: Final = 4
_WHOLE_CODE: Final = 1.0


class Catalogue:
    """The goods at one moment. Takes milliseconds to build for each hundred: off the loop."""

    def __init__(self, products: Iterable[Product] = ()) -> None:
        self.products: Mapping[str, Product] = {one.id: one for one in products}
        """By id, in the shop's order."""
        self._codes: dict[str, str] = {}
        for one in self.products.values():
            for variant in one.variants:
                code = _code(variant.sku)
                # A code without digits is a word, and words are ranked.
                if any(map(str.isdigit, code)):
                    self._codes.setdefault(code, one.id)
        self._index = Index((one.id, _texts(one)) for one in self.products.values())

    def search(self, words: str, limit: int) -> list[tuple[Product, float]]:
        """What `words` may mean and how well it fits (0 to 1), best first; see `bot.search`.

        A product whose SKU stands in the words comes before all others.
        """
        coded = dict.fromkeys(self._coded(words), _WHOLE_CODE)
        found = dict(self._index.search(words, limit))
        ranked = chain(coded.items(), (one for one in found.items() if one[0] not in coded))
        return [(self.products[id], score) for id, score in ranked][:limit]

    def all(self) -> list[Product]:
        """In the shop's order."""
        return list(self.products.values())

    def _coded(self, words: str) -> list[str]:
        """Products whose SKU is in `words`, however it is spaced: `b01-l`, `B01 L`, `b01l`."""
        found: list[str] = []
        for run in _RUNS.findall(fold(words)):
            parts = _PARTS.findall(run)
            for begin in range(len(parts)):
                for end in range(begin + 1, min(begin + _PARTS_OF_A_SKU, len(parts)) + 1):
                    product = self._codes.get("".join(parts[begin:end]))
                    if product is not None:
                        found.append(product)
        return found


class Products:
    """Follows the shop. `run` is its one task."""

    def __init__(self, shop: Shop, clock: Clock) -> None:
        self._shop = shop
        self._clock = clock
        self._catalogue: Catalogue | None = None
        self._read_at: Instant = 0
        self._looked_at: Instant = 0
        self._seen: frozenset[tuple[str, Instant]] = frozenset()
        self._subscribers: list[Callable[[], None]] = []
        self._looking = asyncio.Lock()

    @property
    def catalogue(self) -> Catalogue:
        """What is sold, as far as it is known here; empty before the first look."""
        return self._catalogue or _NOTHING

    async def known(self) -> Catalogue:
        """The same, looked for where nobody has looked yet. Raises Unavailable."""
        if self._catalogue is None:
            await self.look()
        return self.catalogue

    def subscribe(self, changed: Callable[[], None]) -> None:
        """Have `changed()` called on the loop whenever `catalogue` has become another."""
        self._subscribers.append(changed)

    async def look(self) -> None:
        """Have `catalogue` be what is sold now. Raises Unavailable."""
        async with self._looking:
            now = self._clock.now()
            if self._catalogue is None or now - self._read_at >= READ_ANEW_MS:
                changed = await self._read_all(now)
            else:
                changed = await self._read_changed(now)
        if changed:
            for call in self._subscribers:
                call()

    async def run(self) -> None:
        """Follow the shop until cancelled."""
        while True:
            try:
                await self.look()
            except PlusOneError as error:  # the shop is away: what is known stays
                log.warning("products.unavailable", error=error.error_code)
            await asyncio.sleep(LOOKED_EVERY_S)

    async def _read_all(self, now: Instant) -> bool:
        # The hints before the goods: what changes in between is read once more.
        hints = await self._hints(now)
        products = await self._shop.products(limit=MOST)
        return await self._become(products, hints, now, read_at=now)

    async def _read_changed(self, now: Instant) -> bool:
        hints = await self._hints(self._looked_at)
        refs = dict.fromkeys(ref for ref, at in sorted(hints - self._seen, key=lambda h: h[1]))
        if not refs:
            self._seen, self._looked_at = hints, now
            return False
        # One by one, also after an import: all at once would keep the loop.
        there = dict(self.catalogue.products)
        for ref in refs:
            try:
                there[ref] = await self._shop.product(ref)
            except UnknownProduct:  # not for sale any more
                there.pop(ref, None)
        products = list(there.values())[:MOST]
        return await self._become(products, hints, now, read_at=self._read_at)

    async def _become(
        self,
        products: list[Product],
        hints: frozenset[tuple[str, Instant]],
        now: Instant,
        *,
        read_at: Instant,
    ) -> bool:
        """What is sold is now this; whether that is another than before."""
        known = self._catalogue
        other = known is None or _named(products) != _named(known.all())
        if other:
            self._catalogue = await asyncio.to_thread(Catalogue, products)
            log.info("products.known", products=len(products))
        self._seen, self._looked_at, self._read_at = hints, now, read_at
        return other

    async def _hints(self, since: Instant) -> frozenset[tuple[str, Instant]]:
        """Which products changed since a minute before that, and when."""
        changes: list[Change] = await self._shop.changes(since - OVERLAP_MS)
        return frozenset((one.ref, one.at) for one in changes if one.kind == "product")


_NOTHING: Final = Catalogue()


def _code(text: str) -> str:
    return "".join(_PARTS.findall(fold(text)))


def _texts(one: Product) -> list[str]:
    """Whatever says it. Each is ranked by itself, so that a long one takes nothing from a name."""
    choices = " ".join(variant.title for variant in one.variants if variant.title)
    codes = " ".join(variant.sku for variant in one.variants)
    named = f"{one.title} {choices}"[:TEXT] if choices else ""
    return [one.title[:TEXT], named, one.description[:TEXT], codes[:TEXT]]


def _named(products: Iterable[Product]) -> list[object]:
    """As much of the goods as is known here: all but prices and stock."""
    return [
        (one.id, one.title, one.description, [(v.id, v.sku, v.title) for v in one.variants])
        for one in products
    ]

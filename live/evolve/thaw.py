"""Folding a long log: meanwhile the show's big maps are changed in place.

Each change of an immutable map copies a path through it, and in a map of tens of thousands that is
the most of a fold. Nobody sees the states before the last one, so there it is spared.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from immutables import Map
from msgspec.structs import replace

from live.state import Show

K = TypeVar("K")
V = TypeVar("V")

_MAPS = (
    "claims", "waits", "queues", "taken", "claims_of", "waits_of", "spoke", "refusals", "unread",
    "gift_won", "gift_refused", "wins",
)  # fmt: skip
"""Maps that grow with the show; the folds take single things out of them, and seldom walk them."""


class Thawed(Generic[K, V]):
    """An immutable map as the folds use one, but that a change returns itself, changed."""

    __slots__ = ("_map", "get")

    def __init__(self, frozen: Map[K, V]) -> None:
        self._map = frozen.mutate()
        self.get = self._map.get

    def frozen(self) -> Map[K, V]:
        """What it has become; it is not to be changed any more."""
        return self._map.finish()

    def items(self) -> Iterable[tuple[K, V]]:
        """All that is in it now; seldom asked for."""
        now = self._map.finish()
        self._map = now.mutate()
        self.get = self._map.get
        return now.items()

    def set(self, key: K, value: V) -> Thawed[K, V]:
        self._map[key] = value
        return self

    def delete(self, key: K) -> Thawed[K, V]:
        del self._map[key]
        return self

    def __getitem__(self, key: K) -> V:
        return self._map[key]

    def __contains__(self, key: object) -> bool:
        return key in self._map


def thawed(show: Show) -> Show:
    """`show` for folding many events: `evolve` changes its big maps in place. Nobody else's."""
    maps: dict[str, Any] = {name: Thawed(getattr(show, name)) for name in _MAPS}
    return replace(show, **maps)


def frozen(show: Show) -> Show:
    """What became of a thawed show; that one is not to be used any more."""
    maps: dict[str, Any] = {name: getattr(show, name) for name in _MAPS}
    for name, one in maps.items():
        if isinstance(one, Thawed):  # one that was made anew meanwhile is frozen already
            maps[name] = one.frozen()
    return replace(show, **maps)

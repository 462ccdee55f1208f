"""Folding many events at once: meanwhile the show's big maps are changed in place.

Each change of an immutable map copies a path through it. Nobody sees the states between the first
event of a page and the last, so there the copies of the whole page are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from immutables import Map
from msgspec.structs import replace

from core.rooms.events import Logged
from live.evolve.folds import evolve
from live.state import Show

K = TypeVar("K")
V = TypeVar("V")

_MAPS = (
    "claims", "waits", "queues", "taken", "claims_of", "waits_of", "spoke", "refusals", "unread",
)  # fmt: skip
"""Maps that grow with the show. The folds take single things out of them, and never walk them."""


class Thawed(Generic[K, V]):
    """An immutable map as the folds use one, but that a change returns itself, changed."""

    __slots__ = ("_map", "get")

    def __init__(self, frozen: Map[K, V]) -> None:
        self._map = frozen.mutate()
        self.get = self._map.get

    def frozen(self) -> Map[K, V]:
        """What it has become; it is not to be changed any more."""
        return self._map.finish()

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


def evolve_all(show: Show, events: Sequence[Logged]) -> Show:
    """The show after all of `events`: what `evolve` makes of them one by one."""
    thawed: dict[str, Any] = {name: Thawed(getattr(show, name)) for name in _MAPS}
    after = replace(show, **thawed)
    for logged in events:
        after = evolve(after, logged)
    return replace(after, **{name: getattr(after, name).frozen() for name in _MAPS})

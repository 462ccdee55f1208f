"""The newest of a long row, as a value: adding one copies nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """The last `keep` things that were added, in order; never changed once made.

    Two generations: the older a tuple of `keep`, the newer a linked list that becomes the older
    when it has as many. A tuple alone would be copied for each of a show's comments and claims.
    """

    __slots__ = ("_count", "_keep", "_newer", "_older")

    def __init__(self, keep: int, of: Iterable[T] = ()) -> None:
        self._keep = keep
        self._older: tuple[T, ...] = ()
        self._newer: tuple[T, Any] | None = None
        self._count = 0
        things = list(of)[-keep:]
        if len(things) == keep:
            self._older = tuple(things)
        else:
            for thing in things:
                self._newer = (thing, self._newer)
            self._count = len(things)

    def adding(self, thing: T) -> Recent[T]:
        """This with `thing` at its end; constant time, on average."""
        after: Recent[T] = Recent.__new__(Recent)
        after._keep = self._keep
        after._older = self._older
        after._newer = (thing, self._newer)
        after._count = self._count + 1
        if after._count == self._keep:
            after._older = tuple(reversed(list(_linked(after._newer))))
            after._newer = None
            after._count = 0
        return after

    def each(self, change: Callable[[T], T]) -> Recent[T]:
        """This with every thing as `change` makes it."""
        return Recent(self._keep, map(change, self))

    @property
    def turned(self) -> bool:
        """Whether the last addition began a new generation: time to forget what fell out."""
        return self._count == 0

    def __iter__(self) -> Iterator[T]:
        yield from self._older[self._count :]
        yield from reversed(list(_linked(self._newer)))

    def __reversed__(self) -> Iterator[T]:
        yield from _linked(self._newer)
        yield from reversed(self._older[self._count :])

    def __len__(self) -> int:
        return min(self._keep, len(self._older) + self._count)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Recent):
            return NotImplemented
        return self._keep == other._keep and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def oldest(self) -> T | None:
        """The first thing that is still among them; None where there is none."""
        if self._older:
            return self._older[self._count]
        return next(iter(self), None)


def _linked(newer: tuple[Any, Any] | None) -> Iterator[Any]:
    while newer is not None:
        thing, newer = newer
        yield thing

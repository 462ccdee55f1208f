"""Which fold is of which event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.rooms.events import Event, Logged
from live.state import Show

Fold = Callable[[Show, Logged, Any], Show]
_folds: dict[type[Event], Fold] = {}


def evolve(show: Show, logged: Logged) -> Show:
    """The show after `logged`."""
    return _folds[type(logged.event)](show, logged, logged.event)


def of(event: type[Event]) -> Callable[[Fold], Fold]:
    """Register what follows as the fold of `event`."""

    def register(fold: Fold) -> Fold:
        _folds[event] = fold
        return fold

    return register

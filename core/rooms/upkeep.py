"""What the service itself asks of rooms of every kind; each kind's rules carry it out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Merge:
    """A guest turned out to be a customer known before."""

    from_: str
    to: str


@dataclass(frozen=True, slots=True)
class EraseTalk:
    """Blank what `person` typed for good; with None, what everybody did."""

    person: str | None

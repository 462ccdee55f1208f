"""What a comment names, before it is known whether it stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from live.plus_one.model import Action, Reason
from live.plus_one.tokens import Token

NO_ITEM = -1


@dataclass(slots=True)
class Draft:
    """One thing that a comment names, with what belongs to it.

    A draft without a code takes its item from `here` (the code before it on its line, or the
    heading) or, if it has words, from `named` (the code before it in the comment).
    """

    start: int
    end: int
    code: int = NO_ITEM
    unknown: str = ""
    """A code that looks like the show's and is none."""
    words: list[str] = field(default_factory=list)
    odd: list[Token] = field(default_factory=list)
    """Unknown words where a variant would stand."""
    every: bool = False
    each: bool = False
    number: int | None = None
    action: Action = "add"
    touched: bool = False
    """Whether an unknown word touches the quantity."""
    negated: bool = False
    covered: bool = False
    """Whether it stands under a leading cancel or wait."""
    here: Draft | None = None
    named: Draft | None = None
    is_heading: bool = False
    used: bool = False
    """Of a heading: whether something stood under it."""
    reason: Reason | None = None
    """Set where the piece is known to have failed already."""
    text: str = ""
    note: str | None = None

    @property
    def names_item(self) -> bool:
        return self.code != NO_ITEM or bool(self.unknown)

    @property
    def is_bare(self) -> bool:
        """Whether it says how many, and not of what."""
        return not (self.names_item or self.words or self.odd)

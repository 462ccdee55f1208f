"""What a comment names, before it is known whether it stands."""

from __future__ import annotations

import msgspec

from live.plus_one.model import Action, Reason
from live.plus_one.tokens import Token
from live.plus_one.vocabulary import Vocabulary

NO_ITEM = -1


class Draft(msgspec.Struct, gc=False):
    """One thing that a comment names, with what belongs to it.

    A draft without a code takes its item from `here` (the code before it on its line, or the
    heading) or, if it has words, from `named` (the code before it in the comment).
    """

    start: int
    end: int
    code: int = NO_ITEM
    unknown: str = ""
    """A code that looks like the show's and is none."""
    words: list[str] = []
    odd: list[Token] = []
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
    given_up: bool = False
    """Whether a cancel follows it."""
    here: Draft | None = None
    named: Draft | None = None
    is_heading: bool = False
    used: bool = False
    """Of a heading: whether something stood under it."""
    reason: Reason | None = None
    """Set where the piece is known to have failed already."""
    shown: str = ""
    """The line that it stands on."""
    note: str | None = None

    @property
    def text(self) -> str:
        """The piece as typed."""
        return self.shown[self.start : self.end].strip()

    @property
    def names_item(self) -> bool:
        return self.code != NO_ITEM or bool(self.unknown)

    @property
    def is_wordy(self) -> bool:
        """Whether there is nothing in it but unknown words."""
        return bool(self.odd) and not (self.names_item or self.words or self.every)

    @property
    def is_bare(self) -> bool:
        """Whether it says how many, and not of what."""
        return not (self.names_item or self.words or self.odd)


class Comment(msgspec.Struct, gc=False):
    """What is known of a comment that is being read."""

    vocabulary: Vocabulary
    exact: bool
    drafts: list[Draft] = []
    others: int = 0
    """How many pieces are neither claims nor failed claims."""
    mentioned: list[int] = []
    """The items whose codes stand in the comment, questions aside."""
    has_headings: bool = False
    left_over: list[int] = []
    """Those of them that got no quantity."""
    abroad: str | None = None
    """A telephone number with a plus."""
    named: Draft | None = None
    """The draft that named an item last."""
    heading: Draft | None = None
    """The code, with a variant or without, that stood alone on a line, until another follows."""

"""What a line is made of."""

from __future__ import annotations

import msgspec


class Token(msgspec.Struct, gc=False):
    """A piece of a line: its kind and where it stands.

    `number` is the value of a number or a quantity, and of a code the item's place in the run-down;
    `word` is a word as read, and of a quantity the sign that it came with (`+`, `-`, `*` or none).
    """

    kind: str
    start: int
    end: int
    number: int = 0
    word: str = ""
    measured: bool = False
    """Of a number: whether a measure word followed it."""

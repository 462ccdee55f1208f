"""What the built-in assistant learns from: examples, words for things, words of languages.

Files of text, read once: TOML tables, and a file of examples for each language.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The table of `NAME.toml` here."""
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text("utf-8"))


@cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of `NAME.txt` here."""
    return tuple((files(__name__) / f"{name}.txt").read_text("utf-8").splitlines())

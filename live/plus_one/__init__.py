"""The "+1" grammar: what a live comment orders, and why it does not when it does not.

`parse(text, vocabulary, rules)` reads one comment; `Vocabulary.of(items)` prepares a show once.
Pure and stateless: it knows nothing of stock, people or storage. Read in the order of the data:
`model`, `words`, `normalise`, `vocabulary`, then `scan` (with `unspaced`, `glued`, `numerals`),
`compose`, `line` (with `changes`), `reading`, `settle`, `parse`.
"""

from live.plus_one.model import (
    Action,
    Claim,
    Item,
    Parsed,
    Reason,
    Rejection,
    Rules,
    Strictness,
    Variant,
)
from live.plus_one.parse import parse
from live.plus_one.vocabulary import Vocabulary

__all__ = [
    "Action",
    "Claim",
    "Item",
    "Parsed",
    "Reason",
    "Rejection",
    "Rules",
    "Strictness",
    "Variant",
    "Vocabulary",
    "parse",
]

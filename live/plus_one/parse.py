"""A comment in, claims and rejections out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from live.plus_one.drafts import Comment
from live.plus_one.model import Claim, Parsed, Rejection, Rules
from live.plus_one.normalise import normalise
from live.plus_one.reading import read
from live.plus_one.settle import settle
from live.plus_one.vocabulary import Vocabulary

OUTCOMES_MAX: Final = 100
"""Claims and rejections of one comment; nobody means more, and each one costs the show work."""

DEFAULT: Final = Rules()
_CHATTER: Final = Parsed()


def parse(text: str, vocabulary: Vocabulary, rules: Rules = DEFAULT) -> Parsed:
    """Read one comment. Pure; never raises; takes time linear in the text, which is cut at 500.

    Of more than `OUTCOMES_MAX` claims and rejections the first count.
    """
    shown, folded = normalise(text)
    exact = rules.strictness == "exact"
    comment = read(shown, folded, vocabulary, exact=exact)
    if exact and comment.others:
        return _chatter(comment)
    claims: list[Claim] = []
    rejections: list[Rejection] = []
    for draft in comment.drafts:
        outcomes = settle(draft, vocabulary, rules)
        if outcomes is None:
            if exact:
                return _chatter(comment)
            continue
        for outcome in outcomes[: OUTCOMES_MAX - len(claims) - len(rejections)]:
            if isinstance(outcome, Claim):
                claims.append(outcome)
            else:
                rejections.append(outcome)
    if not claims and not rejections:
        if comment.abroad is None:
            return _chatter(comment)
        rejections.append(Rejection(comment.abroad, "not_an_order"))
    chip = None
    if exact and comment.left_over:
        told = {claim.code for claim in claims} | {one.code for one in rejections}
        left = (place for place in comment.left_over if vocabulary.items[place].code not in told)
        chip = _first_open(left, vocabulary)
    return Parsed(tuple(claims), tuple(rejections), chatter=False, quiet_chip=chip)


def _chatter(comment: Comment) -> Parsed:
    chip = _first_open(comment.mentioned, comment.vocabulary) if comment.exact else None
    return Parsed(quiet_chip=chip) if chip else _CHATTER


def _first_open(places: Iterable[int], vocabulary: Vocabulary) -> str | None:
    for place in places:
        if vocabulary.items[place].open:
            return vocabulary.items[place].code
    return None

"""A comment, line by line: lists that are passed on, questions, and headings over several lines."""

from __future__ import annotations

import re
from typing import Final

from live.plus_one.changes import CHANGING, replacements
from live.plus_one.compose import compose
from live.plus_one.drafts import Comment, Draft
from live.plus_one.kinds import ALSO, ASK, CODE, FIGURE, NOT, QUANTITY, VARIANT, VERB, WORD
from live.plus_one.line import Line
from live.plus_one.scan import scan
from live.plus_one.tokens import Token
from live.plus_one.vocabulary import Vocabulary

_LIST_LINE = re.compile(r" ?\(?([0-9]{1,3}) ?([.)、:])(?![0-9]) ?")
_NAME_WORDS: Final = 3
_NAME_MAX: Final = 40
_MEANINGLESS: Final = frozenset({WORD, VERB, NOT, FIGURE, ASK})
"""A line of these alone says nothing to the grammar."""
_ASKING: Final = frozenset({ASK, ALSO})


def read(shown: str, folded: str, vocabulary: Vocabulary, *, exact: bool) -> Comment:
    """Read a whole comment, given as `normalise` returns it."""
    comment = Comment(vocabulary, exact)
    place = 0
    for line in folded.split("\n"):
        if line:
            _read_line(comment, line, shown[place : place + len(line)])
        place += len(line) + 1
    if comment.has_headings:
        _settle_headings(comment)
    return comment


def _settle_headings(comment: Comment) -> None:
    """A code alone on its line that nothing came to stand under is an order of one."""
    for draft in comment.drafts:
        if draft.is_heading and comment.exact and not (draft.used or draft.unknown):
            draft.number = 1
            draft.is_heading = False
    comment.drafts = [draft for draft in comment.drafts if not draft.is_heading]


def _read_line(comment: Comment, line: str, shown: str) -> None:
    begin = _list_number(line, comment.vocabulary)
    tokens = scan(line, comment.vocabulary, begin)
    kinds = {token.kind for token in tokens}
    if not begin and kinds <= _MEANINGLESS:
        comment.others += sum(token.kind != VERB for token in tokens)
        return
    elements = compose(tokens, line, comment.vocabulary)
    if not elements:
        return
    if ("?" in line or not _ASKING.isdisjoint(kinds)) and _is_question(line, elements):
        comment.drafts.append(Draft(0, len(line), reason="question", shown=shown))
        return
    note = _take_name(elements, shown) if begin else None
    if not CHANGING.isdisjoint(kinds):
        elements = replacements(elements)
    for draft in Line(comment, elements, shown).drafts_found():
        draft.shown = shown
        draft.note = note
        comment.drafts.append(draft)


def _list_number(line: str, vocabulary: Vocabulary) -> int:
    """Where the line begins behind its number in a list (`1. 小明 A01+1`), 0 if it has none."""
    match = _LIST_LINE.match(line) if line[0] <= "9" else None
    if match is None or (match[2] in "、:" and match[1] in vocabulary.codes):
        return 0
    return match.end()


def _take_name(elements: list[Token], shown: str) -> str | None:
    """Take the name off the front of a list's line."""
    size = 0
    while size < len(elements) and elements[size].kind == WORD:
        size += 1
    if not 0 < size <= _NAME_WORDS:
        return None
    name = shown[elements[0].start : elements[size - 1].end]
    if len(name) > _NAME_MAX:
        return None
    del elements[:size]
    return name


def _is_question(line: str, elements: list[Token]) -> bool:
    asks = False
    ordered = False
    counted = False
    for element in reversed(elements):
        kind = element.kind
        if kind == ASK or (kind == ALSO and not counted):
            asks = True
        elif kind == QUANTITY:
            counted = True
            ordered = ordered or element.word == "+"
        elif kind in (CODE, VARIANT):
            ordered = True
    return ordered and (asks or line.rfind("?") >= elements[-1].end)

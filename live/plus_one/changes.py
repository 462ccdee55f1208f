"""Changing one thing for another: found, so that it can be told that a comment cannot do it."""

from __future__ import annotations

from typing import Final

from live.plus_one.compose import SUBJECTS
from live.plus_one.kinds import CHANGE, CONNECTIVE, INSTEAD, QUANTITY, VERB, WORD
from live.plus_one.tokens import Token

CHANGING: Final = frozenset({INSTEAD, CHANGE})


def replacements(elements: list[Token]) -> list[Token]:
    """The elements with each "change this to that" as one, of the kind `INSTEAD`."""
    marks = [place for place, element in enumerate(elements) if element.kind in CHANGING]
    out: list[Token] = []
    done = 0
    for mark in marks:
        if mark < done:
            continue
        if elements[mark].kind == CHANGE:
            first, stop = mark, _change_end(elements, mark + 1)
        else:
            first, stop = _this_begins(elements, mark, done), _that_ends(elements, mark + 1)
            if first == mark:
                stop = 0
        out += elements[done:first] if stop else elements[done:mark]
        if stop:
            out.append(Token(INSTEAD, elements[first].start, elements[stop - 1].end))
            done = stop
        else:
            word = elements[mark]
            out.append(Token(WORD, word.start, word.end, word=word.word))
            done = mark + 1
    return out + elements[done:]


def _this_begins(elements: list[Token], mark: int, floor: int) -> int:
    """Where what is to be changed begins; `mark` itself if nothing is named before it."""
    place = mark
    if place > floor and elements[place - 1].kind == QUANTITY:
        place -= 1
    while place > floor and elements[place - 1].kind in SUBJECTS:
        place -= 1
    if place < mark and place > floor and elements[place - 1].kind == CONNECTIVE:
        place -= 1
    return place


def _that_ends(elements: list[Token], place: int) -> int:
    """Where what it is to become ends, 0 if nothing is named there."""
    while place < len(elements) and elements[place].kind == VERB:
        place += 1
    began = place
    while place < len(elements) and elements[place].kind in SUBJECTS:
        place += 1
    if place < len(elements) and elements[place].kind == QUANTITY:
        place += 1
    return place if place > began else 0


def _change_end(elements: list[Token], place: int) -> int:
    """Where "change A01 to B02" ends, 0 if it does not name two things."""
    first = _that_ends(elements, place)
    if not first or first >= len(elements) or elements[first].kind != CONNECTIVE:
        return 0
    return _that_ends(elements, first + 1)

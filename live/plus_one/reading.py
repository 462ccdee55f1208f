"""From elements to drafts: which quantity, variant, cancel or wait belongs to what.

A comment is read line by line and each line once, left to right. Drafts come out in the order of
the text; what they mean in this show is settled in `settle`.
"""

from __future__ import annotations

import re
from typing import Final

from live.plus_one.compose import SUBJECTS, compose
from live.plus_one.drafts import NO_ITEM, Draft
from live.plus_one.model import Action
from live.plus_one.scan import scan
from live.plus_one.tokens import Token
from live.plus_one.vocabulary import Vocabulary
from live.plus_one.words import Kind

_LIST_LINE = re.compile(r" ?([0-9]{1,3}) ?([.)、:])(?![0-9]) ?")
_NAME_WORDS: Final = 3
_NAME_MAX: Final = 40
_REPLACED: Final = SUBJECTS | {Kind.QUANTITY}
_STOPS: Final = frozenset({Kind.SEPARATOR, Kind.ALSO})


class Reading:
    """A comment while it is read."""

    def __init__(self, vocabulary: Vocabulary, *, exact: bool) -> None:
        self.vocabulary = vocabulary
        self.exact = exact
        self.drafts: list[Draft] = []
        self.others = 0
        """How many pieces are neither claims nor failed claims."""
        self.mentioned: list[int] = []
        """The items whose codes stand in the comment, questions aside."""
        self.left_over: list[int] = []
        """Those of them that got no quantity."""
        self.abroad: str | None = None
        """A telephone number with a plus."""
        self.named: Draft | None = None
        self.heading: Draft | None = None

    def read(self, shown: str, folded: str) -> None:
        """Read a whole comment, given as `normalise` returns it."""
        place = 0
        for line in folded.split("\n"):
            if line:
                self._line(line, shown[place : place + len(line)])
            place += len(line) + 1
        for draft in self.drafts:
            if draft.is_heading and not draft.used and self.exact and not draft.unknown:
                draft.number = 1
                draft.is_heading = False
        self.drafts = [draft for draft in self.drafts if not draft.is_heading]

    def _line(self, line: str, shown: str) -> None:
        begin = self._list_number(line)
        elements = compose(scan(line, self.vocabulary, begin), line, self.vocabulary)
        if not elements:
            return
        if _is_question(line, elements):
            text = shown.strip()
            self.drafts.append(Draft(0, len(line), reason="question", text=text))
            return
        note = _take_name(elements, shown) if begin else None
        drafts = _Line(self, _replacements(elements), shown).drafts_found()
        for draft in drafts:
            draft.note = note
            draft.text = draft.text or shown[draft.start : draft.end].strip()
        self.drafts += drafts

    def _list_number(self, line: str) -> int:
        """Where the line begins behind its number in a list (`1. 小明 A01+1`), 0 if it has none."""
        match = _LIST_LINE.match(line)
        if match is None or (match[2] in "、:" and match[1] in self.vocabulary.codes):
            return 0
        return match.end()


def _take_name(elements: list[Token], shown: str) -> str | None:
    """Take the name off the front of a list's line."""
    size = 0
    while size < len(elements) and elements[size].kind is Kind.WORD:
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
        if kind is Kind.ASK or (kind is Kind.ALSO and not counted):
            asks = True
        elif kind is Kind.QUANTITY:
            counted = True
            ordered = ordered or element.word == "+"
        elif kind is Kind.CODE or kind is Kind.VARIANT:
            ordered = True
    return ordered and (asks or line.rfind("?") >= elements[-1].end)


def _replacements(elements: list[Token]) -> list[Token]:
    """The elements with each "change this to that" as one, of the kind `INSTEAD`."""
    marks = [
        place
        for place, element in enumerate(elements)
        if element.kind is Kind.INSTEAD or element.kind is Kind.CHANGE
    ]
    if not marks:
        return elements
    out: list[Token] = []
    done = 0
    for mark in marks:
        if mark < done:
            continue
        if elements[mark].kind is Kind.CHANGE:
            first, stop = mark, _change_end(elements, mark + 1)
        else:
            first, stop = _this_begins(elements, mark, done), _that_ends(elements, mark + 1)
            if first == mark:
                stop = 0
        out += elements[done:first] if stop else elements[done:mark]
        if stop:
            out.append(Token(Kind.INSTEAD, elements[first].start, elements[stop - 1].end))
            done = stop
        else:
            word = elements[mark]
            out.append(Token(Kind.WORD, word.start, word.end, word=word.word))
            done = mark + 1
    return out + elements[done:]


def _this_begins(elements: list[Token], mark: int, floor: int) -> int:
    """Where what is to be changed begins; `mark` itself if nothing is named before it."""
    place = mark
    if place > floor and elements[place - 1].kind is Kind.QUANTITY:
        place -= 1
    while place > floor and elements[place - 1].kind in SUBJECTS:
        place -= 1
    if place < mark and place > floor and elements[place - 1].kind is Kind.CONNECTIVE:
        place -= 1
    return place


def _that_ends(elements: list[Token], place: int) -> int:
    """Where what it is to become ends, 0 if nothing is named there."""
    while place < len(elements) and elements[place].kind is Kind.VERB:
        place += 1
    began = place
    while place < len(elements) and elements[place].kind in SUBJECTS:
        place += 1
    if place < len(elements) and elements[place].kind is Kind.QUANTITY:
        place += 1
    return place if place > began else 0


def _change_end(elements: list[Token], place: int) -> int:
    """Where "change A01 to B02" ends, 0 if it does not name two things."""
    first = _that_ends(elements, place)
    if not first or first >= len(elements) or elements[first].kind is not Kind.CONNECTIVE:
        return 0
    return _that_ends(elements, first + 1)


class _Line:
    """One line while it is read."""

    def __init__(self, reading: Reading, elements: list[Token], shown: str) -> None:
        self.reading = reading
        self.vocabulary = reading.vocabulary
        self.exact = reading.exact
        self.elements = elements
        self.shown = shown
        self.drafts: list[Draft] = []
        self.open: Draft | None = None
        """The draft that words and a quantity still go to."""
        self.last: Draft | None = None
        """The draft that got the last quantity."""
        self.group: list[Draft] = []
        """What was named since the last quantity."""
        self.item: Draft | None = None
        """What was named last on this line."""
        self.lead: Action | None = None
        self.led: list[Draft] = []
        self.each = False
        self.negated = False
        self.noise = 0
        self.prefixes: dict[int, bool] = {}

    def drafts_found(self) -> list[Draft]:
        elements = self.elements
        for place, element in enumerate(elements):
            kind = element.kind
            if kind is Kind.CODE or kind is Kind.UNKNOWN_CODE:
                self._code(element)
            elif kind is Kind.QUANTITY:
                self._quantity(element, place)
            elif kind is Kind.VARIANT:
                self._variant(element, place)
            elif kind is Kind.WORD:
                self._word(element, place)
            elif kind is Kind.ALL:
                self._subject(element).every = True
            elif kind is Kind.EACH:
                self._each(element, place)
            elif kind is Kind.CANCEL or kind is Kind.REFUSE:
                self._cancel(element, place)
            elif kind is Kind.WAIT:
                self._wait(element, place)
            elif kind is Kind.VERB:
                if self.lead == "cancel":
                    self._end_lead()
            elif kind is Kind.SEPARATOR:
                if not element.word:
                    self.negated = False
            elif kind is Kind.NOT_AN_ORDER or kind is Kind.INSTEAD:
                self._failed(element)
            elif kind is Kind.NOT:
                self._not()
            elif kind is Kind.ABROAD:
                self.reading.abroad = self.shown[element.start : element.end].strip()
            elif kind is not Kind.ALSO:
                self._noise()
        self._end()
        return [draft for draft in self.drafts if not draft.negated]

    # --- looking around

    def _kind(self, place: int) -> Kind | None:
        return self.elements[place].kind if 0 <= place < len(self.elements) else None

    def _after_subjects(self, place: int) -> int:
        """The place behind the codes and variants that stand at `place`."""
        while self._kind(place) in SUBJECTS or self._kind(place) is Kind.VERB:
            place += 1
        return place

    def _stands_before(self, place: int) -> bool:
        """Whether the quantity at `place` belongs to what is named behind it (`+2 A01 +3 B02`)."""
        tried = []
        found = False
        while place not in self.prefixes:
            tried.append(place)
            behind = self._after_subjects(place + 1)
            named = any(self.elements[i].kind in SUBJECTS for i in range(place + 1, behind))
            if not named or self._kind(behind) is not Kind.QUANTITY:
                found = named
                break
            place = behind
        else:
            found = self.prefixes[place]
        self.prefixes.update(dict.fromkeys(tried, found))
        return found

    # --- drafts

    def _new(self, element: Token) -> Draft:
        draft = Draft(element.start, element.end, negated=self.negated)
        draft.here = self.item or self.reading.heading
        draft.named = self.reading.named
        if self.lead is not None:
            draft.action = self.lead
            draft.covered = True
            self.led.append(draft)
        self.drafts.append(draft)
        self.group.append(draft)
        self.open = draft
        return draft

    def _subject(self, element: Token) -> Draft:
        """The draft that a variant or a code's word belongs to."""
        draft = self.open or self._new(element)
        draft.end = max(draft.end, element.end)
        return draft

    def _code(self, element: Token) -> None:
        draft = self.open
        if draft is not None and draft.odd and not draft.names_item:
            self._drop_words(draft)
        if draft is None or draft.names_item:
            draft = self._new(element)
        draft.end = element.end
        if element.kind is Kind.CODE:
            draft.code = element.number
            self.reading.mentioned.append(element.number)
        else:
            draft.unknown = element.word
        self.item = self.reading.named = draft
        self.reading.heading = None

    def _drop_words(self, draft: Draft) -> None:
        """Unknown words that turned out to stand before a code."""
        self.reading.others += len(draft.odd)
        self.noise += len(draft.odd)
        draft.odd = []

    def _variant(self, element: Token, place: int) -> None:
        if self.open is None and self.last is not None and self._belongs_to_last(element, place):
            self.last.words.append(element.word)
            self.last.end = element.end
            return
        self._subject(element).words.append(element.word)

    def _belongs_to_last(self, element: Token, place: int) -> bool:
        """Whether a variant's word behind a quantity is about what was ordered (`A01+1 紅`)."""
        last = self.last
        if last is None or last.code == NO_ITEM or last.every:
            return False
        behind = self._after_subjects(place)
        if self._kind(behind) in (Kind.QUANTITY, Kind.EACH):
            return False
        options = self.vocabulary.options[last.code]
        if options is None:
            return False
        bits = options.fits.get(element.word, 0)
        for word in last.words:
            bits &= options.fits.get(word, 0)
        return bits != 0

    def _word(self, element: Token, place: int) -> None:
        draft = self.open
        if draft is not None:
            draft.odd.append(element)
        elif self._fails_last(place):
            assert self.last is not None
            self.last.odd.append(element)
        else:
            self._new(element).odd.append(element)

    def _fails_last(self, place: int) -> bool:
        """Whether an unknown word right behind a quantity stands where a variant would."""
        last = self.last
        return (
            self.exact
            and last is not None
            and self._kind(place - 1) is Kind.QUANTITY
            and self._kind(place + 1) is not Kind.QUANTITY
            and last.code != NO_ITEM
            and self.vocabulary.options[last.code] is not None
            and not (last.words or last.odd or last.every)
        )

    # --- quantities

    def _quantity(self, element: Token, place: int) -> None:
        if self._kind(place + 1) is Kind.EACH:
            self.each = True
        members = [draft for draft in self.group if draft.number is None]
        if self.each and members:
            for draft in members:
                draft.each = True
                self._count(draft, element, alone=True)
            self._close(members[-1])
        elif self.open is not None and self.open.number is None:
            self._count(self.open, element, alone=len(self.led) < 2)
            self._close(self.open)
        else:
            self._no_subject_yet(element, place)
        self.each = False

    def _no_subject_yet(self, element: Token, place: int) -> None:
        """A quantity with nothing before it that waits for one."""
        self.open = None
        before = self._stands_before(place)
        if not before and element.word not in ("+", "-") and not self._has_context():
            self._noise()
            return
        if (
            element.word == "-"
            and not before
            and self._kind(place - 1) in (Kind.WORD, Kind.FIGURE)
            and self.elements[place - 1].end == element.start
        ):
            self._noise()
            return
        draft = self._new(element)
        self._count(draft, element, alone=True)
        if not before:
            self._close(draft)

    def _has_context(self) -> bool:
        return self.item is None and (self.reading.heading is not None or self.lead is not None)

    def _count(self, draft: Draft, element: Token, *, alone: bool) -> None:
        draft.number = element.number
        draft.end = max(draft.end, element.end)
        draft.negated = draft.negated or self.negated
        draft.touched = bool(draft.odd) and draft.odd[-1].end == element.start
        if element.word == "-":
            draft.action = "cancel"
        if draft.covered and draft.action == "cancel" and element.word == "+" and not alone:
            draft.action = "add"
        if self.lead is not None and (self.lead == "wait" or element.word == "+"):
            self._end_lead()

    def _close(self, draft: Draft) -> None:
        self.last = draft
        self.open = None
        self.group = []

    def _each(self, element: Token, place: int) -> None:
        if self._kind(place - 1) is Kind.QUANTITY:
            return
        if self._kind(place + 1) is Kind.QUANTITY:
            self.each = True
        else:
            self._noise()

    # --- cancelling and waiting

    def _cancel(self, element: Token, place: int) -> None:
        named_ahead = self._kind(place + 1) in _REPLACED
        waiting = [draft for draft in self.group if draft.number is None and not draft.covered]
        waiting = [draft for draft in waiting if draft.names_item or draft.words or draft.every]
        if element.kind is Kind.REFUSE and self._kind(place + 1) in (
            Kind.VERB,
            Kind.WORD,
            Kind.CANCEL,
            Kind.WAIT,
        ):
            self._not()
        elif waiting:
            for draft in waiting:
                draft.action = "cancel"
                draft.covered = True
                draft.end = max(draft.end, element.end)
                draft.negated = draft.negated or self.negated
        elif self._kind(place - 1) is Kind.QUANTITY and self.last is not None and not named_ahead:
            self.last.action = "cancel"
            self.last.end = element.end
        elif element.kind is Kind.REFUSE and not named_ahead:
            self._not()
        else:
            self._lead("cancel", element)

    def _wait(self, element: Token, place: int) -> None:
        if self.open is not None and self.open.number is None and not self.open.odd:
            self.open.action = "wait"
        elif (
            self._kind(place - 1) is Kind.QUANTITY
            and self.last is not None
            and self._kind(place + 1) not in _REPLACED
        ):
            self.last.action = "wait"
        else:
            self._lead("wait", element)

    def _lead(self, action: Action, element: Token) -> None:
        """What is named from here on is cancelled or waited for."""
        self.lead = action
        self.lead_at = element
        self.led = []
        self.open = None
        self.group = []

    def _end_lead(self) -> None:
        if self.lead is not None and not self.led:
            self._unled()
        self.lead = None
        self.led = []

    def _unled(self) -> None:
        """A cancel or wait that names nothing: it is about the only open item, or is no order."""
        if self.lead == "cancel" and (self.exact or not (self.noise or self._has_words())):
            draft = Draft(self.lead_at.start, self.lead_at.end, action="cancel")
            draft.here = self.item or self.reading.heading
            draft.negated = self.negated
            self.drafts.append(draft)
        else:
            self._noise()

    def _has_words(self) -> bool:
        return any(draft.odd for draft in self.drafts)

    # --- what is no order

    def _noise(self) -> None:
        self.noise += 1
        self.reading.others += 1

    def _not(self) -> None:
        self.negated = True
        self._noise()

    def _failed(self, element: Token) -> None:
        draft = self.open
        start = element.start
        if draft is not None and draft.number is None and not draft.odd and not draft.covered:
            start = draft.start
            self.drafts.remove(draft)
        reason = Draft(start, element.end)
        reason.reason = (
            "not_an_order" if element.kind is Kind.NOT_AN_ORDER else "replace_not_supported"
        )
        self.drafts.append(reason)
        self.open = self.last = None
        self.group = []

    def _end(self) -> None:
        if self.lead is not None:
            self._end_lead()
        alone = len(self.drafts) == 1 and not self.noise
        kept = []
        for draft in self.drafts:
            if draft.number is not None or draft.reason is not None or draft.action == "cancel":
                kept.append(draft)
            elif draft.action == "wait" and draft.names_item:
                draft.number = 1
                kept.append(draft)
            elif self._stands_alone(draft, alone=alone):
                kept.append(draft)
            else:
                self._leave_over(draft)
            if (above := self._above(draft)) is not None:
                above.used = True
        self.drafts = kept

    @staticmethod
    def _above(draft: Draft) -> Draft | None:
        """What a draft without a code takes its item from."""
        if draft.names_item:
            return None
        return draft.here if draft.is_bare else draft.named

    def _stands_alone(self, draft: Draft, *, alone: bool) -> bool:
        """Whether a code without a quantity has its line to itself, and what it then is."""
        if not alone or not draft.names_item or draft.odd:
            return False
        if not (draft.words or draft.every):
            draft.is_heading = True
            self.reading.heading = draft
            return True
        draft.number = 1
        return self.exact and draft.code != NO_ITEM

    def _leave_over(self, draft: Draft) -> None:
        if draft.code != NO_ITEM:
            self.reading.left_over.append(draft.code)
        elif not draft.unknown:
            self.reading.others += 1
        self.reading.others += len(draft.odd)

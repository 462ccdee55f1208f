"""From one line's elements to drafts: which quantity, variant, cancel or wait belongs to what.

A line is read once, left to right. Drafts come out in the order of the text; what they mean in this
show is settled in `settle`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from live.plus_one.compose import SUBJECTS
from live.plus_one.drafts import NO_ITEM, Comment, Draft
from live.plus_one.kinds import (
    ABROAD,
    ALL,
    ALSO,
    CANCEL,
    CODE,
    EACH,
    FIGURE,
    INSTEAD,
    NOT,
    NOT_AN_ORDER,
    QUANTITY,
    REFUSE,
    SEPARATOR,
    UNKNOWN_CODE,
    VARIANT,
    VERB,
    WAIT,
    WORD,
)
from live.plus_one.model import Action
from live.plus_one.tokens import Token

_NAMEABLE: Final = SUBJECTS | {QUANTITY}


class Line(msgspec.Struct, gc=False):
    """One line while it is read."""

    comment: Comment
    elements: list[Token]
    shown: str
    drafts: list[Draft] = []
    open: Draft | None = None
    """The draft that words and a quantity still go to."""
    last: Draft | None = None
    """The draft that got the last quantity."""
    group: list[Draft] = []
    """What was named since the last quantity."""
    item: Draft | None = None
    """What was named last on this line."""
    lead: Action | None = None
    """What is done to all that is named from here on."""
    lead_at: Token | None = None
    led: list[Draft] = []
    each: bool = False
    after_also: bool = False
    """Whether 還有 came after what was named last: what follows then is what is left."""
    negated: bool = False
    noise: int = 0
    prefixes: dict[int, bool] = {}

    def drafts_found(self) -> list[Draft]:
        on = _ON
        for place, element in enumerate(self.elements):
            on.get(element.kind, Line._other)(self, element, place)
        self._end()
        return [draft for draft in self.drafts if not draft.negated]

    def _every(self, element: Token, _place: int) -> None:
        self._subject(element).every = True

    def _verb(self, _element: Token, _place: int) -> None:
        if self.lead == "cancel":
            self._end_lead()
            self.open = None  # 不要紅 要白+1

    def _separator(self, element: Token, _place: int) -> None:
        if not element.word:
            self.negated = False

    def _also(self, _element: Token, _place: int) -> None:
        self.after_also = True

    def _abroad(self, element: Token, _place: int) -> None:
        self.comment.abroad = self.shown[element.start : element.end].strip()

    # --- looking around

    def _kind(self, place: int) -> str | None:
        return self.elements[place].kind if 0 <= place < len(self.elements) else None

    def _after_subjects(self, place: int) -> int:
        """The place behind the codes and variants that stand at `place`."""
        while self._kind(place) in SUBJECTS or self._kind(place) == VERB:
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
            if not named or self._kind(behind) != QUANTITY:
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
        draft.here = self.item or self.comment.heading
        draft.named = self.comment.named
        if self.lead is not None:
            draft.action = self.lead
            draft.covered = True
            self.led.append(draft)
        self.drafts.append(draft)
        self.group.append(draft)
        self.open = draft
        self.after_also = False
        return draft

    def _subject(self, element: Token) -> Draft:
        """The draft that a variant or a code's word belongs to."""
        draft = self.open or self._new(element)
        draft.end = max(draft.end, element.end)
        return draft

    def _code(self, element: Token, _place: int) -> None:
        draft = self.open
        if draft is not None and draft.odd and not draft.names_item:
            self._drop_words(draft)
            if not (draft.words or draft.every):
                draft.start = element.start
        if draft is None or draft.names_item:
            draft = self._new(element)
        draft.end = element.end
        if element.kind == CODE:
            draft.code = element.number
            self.comment.mentioned.append(element.number)
        else:
            draft.unknown = element.word
        self.item = self.comment.named = draft
        self.comment.heading = None

    def _drop_words(self, draft: Draft) -> None:
        """Unknown words that turned out to stand before a code."""
        self.comment.others += len(draft.odd)
        self.noise += len(draft.odd)
        draft.odd = []

    def _variant(self, element: Token, place: int) -> None:
        if self.open is None and self.last is not None and self._belongs_to_last(element, place):
            self.last.words.append(element.word)
            self.last.end = element.end
            return
        if self.open is not None and self.open.words and self._is_another(self.open, place):
            self.open = None
        self._subject(element).words.append(element.word)

    def _belongs_to_last(self, element: Token, place: int) -> bool:
        """Whether a variant's word behind a quantity is about what was ordered (`A01+1 紅`)."""
        last = self.last
        if last is None or last.code == NO_ITEM or last.every:
            return False
        behind = place
        while self._kind(behind) == VARIANT:
            behind += 1
        if self._kind(behind) in (QUANTITY, EACH):
            return False
        options = self.comment.vocabulary.options[last.code]
        if options is None:
            return False
        return options.fitting([*last.words, element.word]) != 0

    def _is_another(self, draft: Draft, place: int) -> bool:
        """Whether a variant's word begins something else than what is cancelled."""
        if draft.given_up:
            return self._is_ordered(place)  # A01紅取消 白+1
        return self.lead == "cancel" and self._kind(place - 1) == SEPARATOR  # 取消紅、白

    def _is_ordered(self, place: int) -> bool:
        """Whether what is named at `place` has a plus behind it."""
        behind = self._after_subjects(place)
        return self._kind(behind) == QUANTITY and self.elements[behind].word == "+"

    def _word(self, element: Token, place: int) -> None:
        draft = self.open
        if draft is not None:
            draft.odd.append(element)
        elif (last := self._last_without_variant(place)) is not None:
            last.odd.append(element)
            last.end = element.end
        else:
            self._new(element).odd.append(element)

    def _last_without_variant(self, place: int) -> Draft | None:
        """What was ordered right before an unknown word, if a variant would stand in its place."""
        last = self.last
        if (
            self.comment.exact
            and last is not None
            and self._kind(place - 1) == QUANTITY
            and self._kind(place + 1) != QUANTITY
            and last.code != NO_ITEM
            and self.comment.vocabulary.options[last.code] is not None
            and not (last.words or last.odd or last.every)
        ):
            return last
        return None

    # --- quantities

    def _quantity(self, element: Token, place: int) -> None:
        if self._kind(place + 1) == EACH:
            self.each = True
        if self.after_also and not element.word and self.open is not None:
            self._noise()  # A01還有兩個
            return
        if self._kind(place - 1) == SEPARATOR and self._stands_before(place):
            self.open = None  # A01 and 2 B02
        members = [draft for draft in self.group if draft.number is None]
        if self.each and members:
            for draft in members:
                draft.each = True
                self._count(draft, element, alone=True)
            self._close(members[-1])
        elif (
            self.open is not None
            and self.open.number is None
            and not (self.open.is_wordy and self._stands_before(place))
        ):
            self._count(self.open, element, alone=len(self.led) < 2)
            self._close(self.open)
        else:
            self._no_subject_yet(element, place)
        self.each = False

    def _no_subject_yet(self, element: Token, place: int) -> None:
        """A quantity with nothing before it that waits for one."""
        if self.open is not None and self.open.is_wordy:
            self._drop_words(self.open)
            self.drafts.remove(self.open)
        self.open = None
        before = self._stands_before(place)
        if not before and element.word not in ("+", "-") and not self._has_context():
            self._noise()
            return
        if (
            element.word == "-"
            and not before
            and self._kind(place - 1) in (WORD, FIGURE)
            and self.elements[place - 1].end == element.start
        ):
            self._noise()
            return
        draft = self._new(element)
        self._count(draft, element, alone=True)
        if not before:
            self._close(draft)

    def _has_context(self) -> bool:
        return self.item is None and (self.comment.heading is not None or self.lead is not None)

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

    def _each(self, _element: Token, place: int) -> None:
        if self._kind(place - 1) == QUANTITY:
            return
        behind = place + 1
        while self._kind(behind) in SUBJECTS or self._kind(behind) == SEPARATOR:
            behind += 1
        if self._kind(behind) == QUANTITY:
            self.each = True
        else:
            self._noise()

    # --- cancelling and waiting

    def _cancel(self, element: Token, place: int) -> None:
        named_ahead = self._kind(place + 1) in _NAMEABLE
        waiting = [draft for draft in self.group if draft.number is None and not draft.covered]
        waiting = [draft for draft in waiting if draft.names_item or draft.words or draft.every]
        if element.kind == REFUSE and self._kind(place + 1) in (
            VERB,
            WORD,
            CANCEL,
            WAIT,
        ):
            self._not(element, place)
        elif waiting:
            for draft in waiting:
                draft.action = "cancel"
                draft.covered = draft.given_up = True
                draft.end = max(draft.end, element.end)
                draft.negated = draft.negated or self.negated
        elif self._kind(place - 1) == QUANTITY and self.last is not None and not named_ahead:
            self.last.action = "cancel"
            self.last.end = element.end
        elif element.kind == REFUSE and not named_ahead:
            self._not(element, place)
        else:
            self._lead("cancel", element)

    def _wait(self, element: Token, place: int) -> None:
        if self.open is not None and self.open.number is None and not self.open.odd:
            self.open.action = "wait"
        elif (
            self._kind(place - 1) == QUANTITY
            and self.last is not None
            and self._kind(place + 1) not in _NAMEABLE
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
        at = self.lead_at
        alone = self.comment.exact or not (self.noise or self._has_words())
        if self.lead == "cancel" and at is not None and alone:
            draft = Draft(at.start, at.end, action="cancel")
            draft.here = self.item or self.comment.heading
            draft.negated = self.negated
            self.drafts.append(draft)
        else:
            self._noise()

    def _has_words(self) -> bool:
        return any(draft.odd for draft in self.drafts)

    # --- what is no order

    def _noise(self) -> None:
        self.noise += 1
        self.comment.others += 1

    def _other(self, _element: Token, _place: int) -> None:
        self._noise()

    def _not(self, _element: Token, _place: int) -> None:
        self.negated = True
        self._noise()

    def _failed(self, element: Token, _place: int) -> None:
        draft = self.open
        start = element.start
        if draft is not None and draft.number is None and not draft.odd and not draft.covered:
            start = draft.start
            self.drafts.remove(draft)
        reason = Draft(start, element.end)
        reason.reason = "not_an_order" if element.kind == NOT_AN_ORDER else "replace_not_supported"
        self.drafts.append(reason)
        self.open = self.last = None
        self.group = []

    def _end(self) -> None:
        if self.lead is not None:
            self._end_lead()
        alone = len(self.drafts) == 1 and not self.noise
        kept = []
        for draft in self.drafts:
            if (
                draft.number is not None
                or draft.reason is not None
                or (draft.action == "cancel" and not draft.is_wordy)
            ):
                kept.append(draft)
            elif draft.action == "wait" and draft.names_item:
                draft.number = 1
                kept.append(draft)
            elif self._stands_alone(draft, alone=alone):
                kept.append(draft)
            else:
                self._leave_over(draft)
            self._stand_under(draft)
        self.drafts = kept

    def _stand_under(self, draft: Draft) -> None:
        """Let a draft without a code take what it is about from what was named before it."""
        if draft.names_item:
            return
        above = draft.here if draft.is_bare else draft.named
        if above is None:
            return
        above.used = True
        if above.is_heading and not draft.odd and self._narrows(above, draft.words):
            draft.words = [*above.words, *draft.words]
            draft.every = draft.every or (above.every and not draft.words)
            draft.named = above

    def _narrows(self, heading: Draft, words: list[str]) -> bool:
        """Whether `words` may go together with the variant's words in a heading."""
        if not words or heading.code == NO_ITEM:
            return True
        options = self.comment.vocabulary.options[heading.code]
        return options is not None and options.fitting([*heading.words, *words]) != 0

    def _stands_alone(self, draft: Draft, *, alone: bool) -> bool:
        """Whether a code without a quantity has its line to itself, and what it then is."""
        if not alone or not draft.names_item or draft.odd:
            return False
        draft.is_heading = self.comment.has_headings = True
        self.comment.heading = draft
        return True

    def _leave_over(self, draft: Draft) -> None:
        if draft.code != NO_ITEM:
            self.comment.left_over.append(draft.code)
        self.comment.others += len(draft.odd)


_ON: Final[dict[str, Callable[[Line, Token, int], None]]] = {
    ABROAD: Line._abroad,
    ALL: Line._every,
    ALSO: Line._also,
    CANCEL: Line._cancel,
    CODE: Line._code,
    EACH: Line._each,
    INSTEAD: Line._failed,
    NOT: Line._not,
    NOT_AN_ORDER: Line._failed,
    QUANTITY: Line._quantity,
    REFUSE: Line._cancel,
    SEPARATOR: Line._separator,
    UNKNOWN_CODE: Line._code,
    VARIANT: Line._variant,
    VERB: Line._verb,
    WAIT: Line._wait,
    WORD: Line._word,
}

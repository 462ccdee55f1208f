"""Personal data that people typed, kept from a model that somebody else runs.

Only what is sent is changed, and only as far as patterns reach: what stands in the log stays. A
placeholder that comes back is what it stood for again; of a card number four digits are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

_CJK: Final = "\u4e00-\u9fff"
_WIDE: Final = {0xFF01 + place: 0x21 + place for place in range(94)} | {0x3000: 0x20}
"""Signs for signs, so that places stay the same."""


class _Kind(NamedTuple):
    name: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool] = lambda _found: True
    before: re.Pattern[str] | None = None
    """What belongs to it right before it. Looked for from there backwards, since a pattern that
    began with it would take seconds on a text made for that."""


def _is_card(found: str) -> bool:
    """ISO/IEC 7812: 13 to 19 digits with a Luhn check digit."""
    digits = [int(sign) for sign in found if sign.isdigit()]
    if not 13 <= len(digits) <= 19:
        return False
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def _is_phone(found: str) -> bool:
    """E.164 has at most 15."""
    return 8 <= sum(sign.isdigit() for sign in found) <= 15


_STREET: Final = re.compile(
    r"(?:路|街|大道|巷|弄|道|村|邨|里)[^\n，。,!?！？]{0,14}?\d[\d之 -]{0,7}"
    r"(?:號|号|棟|栋|座|樓|楼|室)(?:之\d{1,2}|\s?[\d之-]{1,5}\s?(?:號|号|樓|楼|室|F))*"
)
_PLACE_OF_STREET: Final = re.compile(rf"(?:[{_CJK}\d]{{0,20}}[到在是址])?([{_CJK}\d ]{{0,20}})\Z")

_KINDS: Final = (
    _Kind("EMAIL", re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.ASCII)),
    _Kind("CARD", re.compile(r"(?<![A-Za-z\d+])\d(?:[ -]?\d){12,18}(?!\d)"), _is_card),
    # Taiwan and its residents, the mainland, Hong Kong.
    _Kind("ID", re.compile(r"(?<![A-Za-z0-9])[A-Za-z][1289A-Da-d]\d{8}(?!\d)")),
    _Kind("ID", re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{9}[\dXx](?!\d)")),
    _Kind("ID", re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,2}\d{6}\s?\([0-9Aa]\)")),
    _Kind("PHONE", re.compile(r"(?<![A-Za-z\d+])\+\d(?:[ ()-]{0,2}\d){7,14}(?!\d)"), _is_phone),
    _Kind("PHONE", re.compile(r"(?<![A-Za-z\d.])\(?0\d{1,3}\)?(?:[ -]?\d){6,9}(?!\d)"), _is_phone),
    _Kind("PHONE", re.compile(r"(?<![A-Za-z\d.-])1[3-9]\d(?:[ -]?\d){8}(?!\d)")),
    _Kind("PHONE", re.compile(r"(?<![A-Za-z\d.-])[2-9]\d{3}[ -]?\d{4}(?![\d-])")),
    _Kind("ADDRESS", _STREET, before=_PLACE_OF_STREET),
    _Kind(
        "ADDRESS",
        re.compile(
            r"\b\d{1,5}[A-Za-z]?,? (?:[A-Z][\w'.-]{0,20} ){1,4}"
            r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Terrace|Court)\b\.?"
        ),
    ),
    _Kind("NAME", re.compile(rf"(?<=我叫)[{_CJK}]{{2,4}}(?![{_CJK}])")),
    _Kind("NAME", re.compile(rf"(?:(?<=姓名)|(?<=收件人))[:： ]?[{_CJK}]{{2,4}}")),
    _Kind("NAME", re.compile(r"(?i:(?<=my name is ))[A-Za-z'-]+(?: [A-Z][A-Za-z'-]+)?")),
)  # fmt: skip

_PLACEHOLDER: Final = re.compile(r"\[(?:EMAIL|CARD|ID|PHONE|ADDRESS|NAME)_\d{1,4}\]")


class Masker:
    """The placeholders of one answer; the same value has the same one throughout it."""

    def __init__(self, *, on: bool) -> None:
        self._on = on
        self._placeholders: dict[str, str] = {}
        self._values: dict[str, str] = {}

    def hide(self, text: str) -> str:
        """`text` with placeholders such as `[PHONE_1]`."""
        if not self._on:
            return text
        for kind in _KINDS:
            text = self._hide(kind, text)
        return text

    def hide_known(self, text: str) -> str:
        """`text` without what was hidden before; for what is the shop's own, its addresses too."""
        for value, placeholder in self._placeholders.items():
            text = text.replace(value, placeholder)
        return text

    def restore(self, text: str) -> str:
        """What a person may see of an answer: her own data in place of the placeholders."""
        return _PLACEHOLDER.sub(lambda found: self._values.get(found[0], found[0]), text)

    def restore_in(self, tree: Any) -> Any:
        """`restore` for every text of a JSON value: a tool is asked with what she said."""
        if isinstance(tree, str):
            return self.restore(tree)
        if isinstance(tree, dict):
            return {key: self.restore_in(value) for key, value in tree.items()}
        if isinstance(tree, list):
            return [self.restore_in(value) for value in tree]
        return tree

    def _hide(self, kind: _Kind, text: str) -> str:
        pieces: list[str] = []
        end = 0
        for found in kind.pattern.finditer(text.translate(_WIDE)):
            if not kind.holds(found[0]):
                continue
            start = found.start()
            if kind.before and (place := kind.before.search(text[max(end, start - 40) : start])):
                start -= len(place[1])
            pieces += text[end:start], self._placeholder(kind.name, text[start : found.end()])
            end = found.end()
        return "".join((*pieces, text[end:]))

    def _placeholder(self, kind: str, value: str) -> str:
        if value not in self._placeholders:
            same = sum(known.startswith(f"[{kind}_") for known in self._values)
            placeholder = f"[{kind}_{same + 1}]"
            self._placeholders[value] = placeholder
            self._values[placeholder] = f"•••• {value[-4:]}" if kind == "CARD" else value
        return self._placeholders[value]

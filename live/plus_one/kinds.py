"""What a piece of a comment may be.

Plain strings under plain names: a comment looks up a hundred of them, and on Python 3.11 a name on
a class costs several times as much, a member of an Enum ten times.
"""

from __future__ import annotations

from typing import Final

# Of the show.
CODE: Final = "code"
UNKNOWN_CODE: Final = "unknown_code"
VARIANT: Final = "variant"
# Of the grammar.
ALL: Final = "all"
ALSO: Final = "also"
ASK: Final = "ask"
CANCEL: Final = "cancel"
CHANGE: Final = "change"
CONNECTIVE: Final = "connective"
COURTESY: Final = "courtesy"
CURRENCY: Final = "currency"
EACH: Final = "each"
INSTEAD: Final = "instead"
LINK: Final = "link"
MEASURE: Final = "measure"
NOT: Final = "not"
PRICE_UNIT: Final = "price_unit"
REFUSE: Final = "refuse"
SEPARATOR: Final = "separator"
SUFFIX: Final = "suffix"
TELEPHONE: Final = "telephone"
UNIT: Final = "unit"
VERB: Final = "verb"
WAIT: Final = "wait"
ZONE: Final = "zone"
# Of the text.
ABROAD: Final = "abroad"
EQUALS: Final = "equals"
FIGURE: Final = "figure"
MINUS: Final = "minus"
NUMBER: Final = "number"
PHONE: Final = "phone"
PLUS: Final = "plus"
TIMES: Final = "times"
WORD: Final = "word"
# Put together from the others.
NOT_AN_ORDER: Final = "not_an_order"
QUANTITY: Final = "quantity"

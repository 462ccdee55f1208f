"""What a room's log holds, and who may read it.

An event is a small immutable record of something that happened, with its results ("granted 2", not
"the rule said yes"), so that a later rule never changes an old fold. What a person typed is not in
it: name and text lie beside the log as `Content`, where they can be withheld or erased.

Nothing here, nor in what folds keep of it, can refer to itself; so the garbage collector is spared
the sight of it (`gc=False`), which was a third of the time that a long log took to open.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec
from msgspec.structs import replace

from core.clock import Instant

EVERYONE = ""
"""Audience: all who are in the room."""
STAFF = "staff"
"""Audience: staff alone. Any other audience is one person's id: hers and staff's."""


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One kind of event. `TYPE` is its name on the wire and in the log, `VERSION` its shape's."""

    TYPE: ClassVar[str]
    VERSION: ClassVar[int] = 1

    def withholds(self) -> tuple[int, ...]:
        """Offsets of events whose content nobody but staff reads from now on."""
        return ()

    def restores(self) -> tuple[int, ...]:
        """Offsets of events whose withheld content is everyone's to read again."""
        return ()

    def shuts(self) -> bool:
        """Whether all who were let in before have to be let in anew, staff left out."""
        return False

    def erases(self) -> str | None:
        """The author whose content so far is blanked for good; `EVERYONE` for all authors.

        The log blanks what lies beside it, and the tails; `evolve` blanks what the state holds.
        """
        return None


class PersonMerged(Event, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A guest turned out to be a customer known before: what was hers is now under that id."""

    TYPE = "person.merged"
    from_: str
    to: str


class TalkErased(Event, frozen=True, kw_only=True):
    """What `person` typed so far is blanked for good; with None, what everybody did."""

    TYPE = "talk.erased"
    person: str | None

    def erases(self) -> str:
        return EVERYONE if self.person is None else self.person


class Content(msgspec.Struct, frozen=True, gc=False):
    """What a person typed, and the name she goes by. Text, never markup."""

    author: str
    name: str | None = None
    text: str | None = None


class Logged(msgspec.Struct, frozen=True, gc=False):
    """An event in its place: `offset` counts 1, 2, 3 … without gaps in its room."""

    offset: int
    at_ms: Instant
    audience: str
    event: Event
    content: Content | None = None
    withheld: bool = False

    def blanked(self) -> Logged:
        """The same event with nothing left of what was typed."""
        said = self.content
        return self if said is None else replace(self, content=Content(said.author))

    def wire(self) -> bytes:
        """`{offset, at_ms, type, data, name?, text?}` as JSON; without content that is withheld."""
        head = b'{"offset":%d,"at_ms":%d,"type":"%s","data":%s' % (
            self.offset,
            self.at_ms,
            self.event.TYPE.encode(),
            msgspec.json.encode(self.event),
        )
        said = self.content
        if said is None or self.withheld:
            return head + b"}"
        if said.name is not None:
            head += b',"name":' + msgspec.json.encode(said.name)
        if said.text is not None:
            head += b',"text":' + msgspec.json.encode(said.text)
        return head + b"}"


class Reader(msgspec.Struct, frozen=True):
    """Who reads: `ids` are all the ids that count as this person; none for somebody unknown."""

    ids: frozenset[str] = frozenset()
    staff: bool = False

    def sees(self, audience: str) -> bool:
        return audience == EVERYONE or self.staff or audience in self.ids


PUBLIC = Reader()
"""Somebody unknown, who sees what everyone sees."""


class Position(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a client is: the epoch of the log it follows, and the last event that it has."""

    epoch: str
    offset: int
    at_ms: Instant

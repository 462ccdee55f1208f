"""A show's state as bytes and back: a shortcut for opening long logs, thrown away at will.

Maps and queues that follow from the claims and waits are made anew when it is read.
"""

from __future__ import annotations

from typing import Any

import msgspec
from immutables import Map
from msgspec.structs import asdict, replace

from core.clock import Instant
from live import deadlines
from live.events import Item
from live.state import Claim, Refusal, Show, Standing, Unread, Wait, menu_of

MODEL = 1
"""Raised whenever `Show`, or a part of it, changes its shape or meaning."""

_DERIVED = frozenset(
    {"items", "menu", "places", "grants", "claims", "waits", "queues", "taken", "claims_of",
     "waits_of", "deadlines", "spoke", "standings", "refusals", "unread"}
)  # fmt: skip


class _Stored(msgspec.Struct, frozen=True):
    plain: msgspec.Raw
    items: list[Item]
    places: list[tuple[str, str | None, str]]
    grants: dict[str, int]
    claims: list[Claim]
    waits: list[Wait]
    spoke: dict[str, Instant]
    standings: dict[str, Standing]
    refusals: dict[str, tuple[Refusal, ...]]
    unread: dict[str, tuple[Unread, ...]]


_plain_type: Any = msgspec.defstruct(
    "_Plain",
    [
        (name, kind, default)
        for name, kind, default in (
            (field.name, field.type, field.default)
            for field in msgspec.structs.fields(Show)
            if field.name not in _DERIVED and field.name != "id"
        )
    ]
    + [("id", str, "")],
    frozen=True,
)


def dump(show: Show) -> bytes:
    """The show as JSON."""
    plain = {name: getattr(show, name) for name in _plain_type.__struct_fields__}
    return msgspec.json.encode(
        _Stored(
            plain=msgspec.Raw(msgspec.json.encode(plain)),
            items=list(show.items.values()),
            places=[(item, key, place) for (item, key), place in show.places.items()],
            grants=dict(show.grants),
            claims=sorted(show.claims.values(), key=lambda claim: claim.offset),
            waits=sorted(show.waits.values(), key=lambda wait: wait.offset),
            spoke=dict(show.spoke),
            standings=dict(show.standings),
            refusals=dict(show.refusals),
            unread=dict(show.unread),
        )
    )


def load(stored: bytes) -> Show:
    """The show that `dump` wrote."""
    raw = msgspec.json.decode(stored, type=_Stored)
    plain = msgspec.json.decode(raw.plain, type=_plain_type)
    show = Show(
        **asdict(plain),
        items=Map((item.id, item) for item in raw.items),
        places=Map(((item, key), place) for item, key, place in raw.places),
        grants=Map(raw.grants),
        spoke=Map(raw.spoke),
        standings=Map(raw.standings),
        refusals=Map(raw.refusals),
        unread=Map(raw.unread),
    )
    return replace(_with_claims(show, raw.claims, raw.waits), menu=menu_of(show))


def _with_claims(show: Show, claims: list[Claim], waits: list[Wait]) -> Show:
    heap = None
    taken: dict[tuple[str, str], int] = {}
    claims_of: dict[str, tuple[str, ...]] = {}
    waits_of: dict[str, tuple[str, ...]] = {}
    queues: dict[tuple[str, str | None], list[str]] = {}
    for claim in claims:
        who = (claim.by, claim.item)
        taken[who] = taken.get(who, 0) + claim.quantity
        claims_of[claim.by] = (*claims_of.get(claim.by, ()), claim.id)
        if claim.state == "held":
            heap = deadlines.put(heap, claim.until, claim.id)
    for wait in waits:
        who = (wait.by, wait.item)
        taken[who] = taken.get(who, 0) + wait.quantity
        waits_of[wait.by] = (*waits_of.get(wait.by, ()), wait.id)
        queues.setdefault((wait.item, wait.variant), []).append(wait.id)
    return replace(
        show,
        claims=Map((claim.id, claim) for claim in claims),
        waits=Map((wait.id, wait) for wait in waits),
        taken=Map(taken),
        claims_of=Map(claims_of),
        waits_of=Map(waits_of),
        queues=Map((slot, tuple(queue)) for slot, queue in queues.items()),
        deadlines=heap,
    )

"""A show's state as bytes and back: a shortcut for opening long logs, thrown away at will.

Maps and queues that follow from the claims and waits are made anew when it is read.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from immutables import Map
from msgspec.structs import asdict, replace

from core.clock import Instant
from live import deadlines
from live.events import Item
from live.recent import Recent
from live.state import (
    COMMENTS,
    RECORDS,
    WINNERS,
    Claim,
    Comment,
    Record,
    Refusal,
    Show,
    Slot,
    Standing,
    Unread,
    Wait,
    Win,
    Winner,
    menu_of,
)

T = TypeVar("T")

MODEL = 6
"""Raised whenever `Show`, or a part of it, changes its shape or meaning."""

_APART = frozenset(
    {"items", "menu", "asked", "grants", "places", "claims", "waits", "queues", "taken",
     "claims_of", "waits_of", "deadlines", "said", "comments", "spoke", "standings", "merged",
     "records", "refusals", "unread", "gift_won", "gift_refused", "wins", "winners"}
)  # fmt: skip
"""Fields that are no plain values, or follow from others."""


class _Stored(msgspec.Struct, frozen=True):
    plain: msgspec.Raw
    items: list[Item]
    asked: list[tuple[str, str | None, int]]
    grants: list[tuple[str, str | None, int]]
    places: list[tuple[str, str | None, str]]
    claims: list[Claim]
    waits: list[Wait]
    comments: list[Comment]
    spoke: dict[str, Instant]
    standings: dict[str, Standing]
    merged: dict[str, str]
    records: list[Record]
    refusals: dict[str, tuple[Refusal, ...]]
    unread: dict[str, tuple[Unread, ...]]
    gift_won: dict[str, int]
    gift_refused: dict[str, str]
    wins: dict[str, tuple[Win, ...]]
    winners: list[Winner]


_plain_type: Any = msgspec.defstruct(
    "_Plain",
    [
        (field.name, field.type, "" if field.name == "id" else field.default)
        for field in msgspec.structs.fields(Show)
        if field.name not in _APART
    ],
    frozen=True,
    kw_only=True,
)
_encoder = msgspec.json.Encoder(order="deterministic")


def dump(show: Show) -> bytes:
    """The show as JSON; shows that are the same give the same bytes."""
    plain = {name: getattr(show, name) for name in _plain_type.__struct_fields__}
    return _encoder.encode(
        _Stored(
            plain=msgspec.Raw(_encoder.encode(plain)),
            items=[show.items[item] for item in show.order],
            asked=_by_slot(show.asked),
            grants=_by_slot(show.grants),
            places=_by_slot(show.places),
            claims=sorted(show.claims.values(), key=lambda claim: claim.offset),
            waits=sorted(show.waits.values(), key=lambda wait: wait.offset),
            comments=show.latest_comments(),
            spoke=dict(show.spoke),
            standings=dict(show.standings),
            merged=dict(show.merged),
            records=list(show.records),
            refusals=dict(show.refusals),
            unread=dict(show.unread),
            gift_won=dict(show.gift_won),
            gift_refused=dict(show.gift_refused),
            wins=dict(show.wins),
            winners=list(show.winners),
        )
    )


_read_stored = msgspec.json.Decoder(_Stored).decode  # on import: see core.structs
_read_plain = msgspec.json.Decoder(_plain_type).decode


def load(stored: bytes) -> Show:
    """The show that `dump` wrote."""
    raw = _read_stored(stored)
    plain = _read_plain(raw.plain)
    show = Show(
        **asdict(plain),
        items=Map((item.id, item) for item in raw.items),
        asked=Map(((item, key), pieces) for item, key, pieces in raw.asked),
        grants=Map(((item, key), count) for item, key, count in raw.grants),
        places=Map(((item, key), place) for item, key, place in raw.places),
        said=Recent(COMMENTS, (comment.offset for comment in raw.comments)),
        comments=Map((comment.offset, comment) for comment in raw.comments),
        spoke=Map(raw.spoke),
        standings=Map(raw.standings),
        merged=Map(raw.merged),
        records=Recent(RECORDS, raw.records),
        refusals=Map(raw.refusals),
        unread=Map(raw.unread),
        gift_won=Map(raw.gift_won),
        gift_refused=Map(raw.gift_refused),
        wins=Map(raw.wins),
        winners=Recent(WINNERS, raw.winners),
    )
    return replace(_with_claims(show, raw.claims, raw.waits), menu=menu_of(show))


def _by_slot(values: Map[Slot, T]) -> list[tuple[str, str | None, T]]:
    found = [(item, key, value) for (item, key), value in values.items()]
    return sorted(found, key=lambda one: (one[0], one[1] or ""))


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

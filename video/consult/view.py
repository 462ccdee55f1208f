"""Who sees what of a call: the parts of a snapshot, as JSON values.

Held to the law that the tests check for every event and every kind of reader: a snapshot, and the
events after it that the reader may see, give the next snapshot.
"""

from __future__ import annotations

from typing import Any

from msgspec import to_builtins
from msgspec.structs import asdict

from core.rooms.events import Reader
from video.consult.state import CallState, Changed, Words


def public(state: CallState) -> dict[str, Any]:
    """`{call}`: what both of them see. Nobody else is let in."""
    orders = [asdict(one) for one in state.orders]
    return {
        "call": {
            "id": state.id,
            "customer": state.customer,
            "name": state.name,
            "phase": state.phase,
            "by": state.by,
            "asked_at": state.asked_at,
            "locale": state.locale,
            "about": None if state.about is None else asdict(state.about),
            "topic": state.topic,
            "text": state.text,
            "booking": state.booking,
            "staff": None if state.staff is None else {"id": state.staff, "name": state.staff_name},
            "wanted": state.wanted,
            "until": state.until,
            "answered_at": state.answered_at,
            "ended_at": state.ended_at,
            "cause": state.cause,
            "ended_by": state.ended_by,
            "seats": {"customer": state.customer_seat.page, "staff": state.staff_seat.page},
            "gone": {"customer": state.customer_seat.gone_at, "staff": state.staff_seat.gone_at},
            "card": None if state.card is None else asdict(state.card),
            "shown": list(state.shown),
            "changes": [changed(one) for one in state.changes],
            "said": [_said(one) for one in state.said],
            "order": orders[-1] if orders else None,
            "orders": orders,
            "rated": None if state.rated is None else asdict(state.rated),
        }
    }


def personal(state: CallState, reader: Reader) -> dict[str, Any]:
    """`{mine, staff?}`: what this reader sees besides. Only the call's rep reads as staff."""
    seen: dict[str, Any] = {"mine": {}}
    if reader.staff:
        notes = state.notes
        seen["staff"] = {
            "notes": None if notes is None else {"text": notes.text, "at_ms": notes.at_ms}
        }
    return seen


def changed(one: Changed) -> dict[str, Any]:
    """A change of the cart, as both see it."""
    return {
        "offset": one.offset,
        "at_ms": one.at_ms,
        "by": one.by,
        "name": one.name,
        "change": to_builtins(one.change),
        "state": one.state,
        "code": one.code,
    }


def _said(one: Words) -> dict[str, Any]:
    return {
        "offset": one.offset,
        "at_ms": one.at_ms,
        "from": one.side,
        "name": one.name,
        "text": one.text,
    }

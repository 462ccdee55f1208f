"""Who sees what of a conversation: the parts of a snapshot, as JSON values.

Held to the law that the tests check for every event and every kind of reader: a snapshot, and the
events after it that the reader may see, give the next snapshot.
"""

from __future__ import annotations

from typing import Any

from msgspec import to_builtins
from msgspec.structs import asdict

from chat.events import About
from chat.state import Conversation, Line
from core.rooms.events import Reader

_FIELDS: dict[str, tuple[str, ...]] = {
    "message": ("by", "name", "text", "expires_at"),
    "posted": ("unread",),
    "opened": ("round",),
    "promised": ("opens_at", "place"),
    "taken": ("name", "assigned"),
    "released": ("cause", "to"),
    "handed_over": ("cause",),
    "change": ("name", "state", "code"),
    "resolved": ("cause", "name"),
}


def public(state: Conversation) -> dict[str, Any]:
    """`{conversation}`: what the customer and staff both see."""
    return {
        "conversation": {
            "id": state.id,
            "customer": state.customer,
            "name": state.name,
            "control": state.control,
            "staff": None if state.staff is None else {"id": state.staff, "name": state.staff_name},
            "round": state.round,
            "opened_at": state.opened_at,
            "waiting_since": state.waiting_since,
            "about": about(state.about),
            "locale": state.locale,
            "callback_at": state.callback_at,
            "promised": None if state.promised is None else asdict(state.promised),
            "read": {"customer": state.read_customer, "staff": state.read_staff},
            "rated": None if state.rated is None else asdict(state.rated),
            "lines": [line(one) for one in state.lines],
            "more": state.more,
        }
    }


def personal(state: Conversation, reader: Reader) -> dict[str, Any]:
    """`{mine, staff?}`: what this reader sees besides."""
    seen: dict[str, Any] = {"mine": {}}
    if reader.staff:
        seen["staff"] = {
            "tags": state.tags,
            "notes": [asdict(note) for note in state.notes],
            "packet": to_builtins(state.packet),
            "draft": to_builtins(state.draft),
        }
    return seen


def line(one: Line) -> dict[str, Any]:
    seen: dict[str, Any] = {"offset": one.offset, "at_ms": one.at_ms, "kind": one.kind}
    seen |= {name: getattr(one, name) for name in _FIELDS[one.kind]}
    match one.kind:
        case "message":
            seen |= {
                "from": one.side,
                "about": about(one.about),
                "cards": to_builtins(one.cards),
                "buttons": to_builtins(one.buttons),
                "pressed": to_builtins(one.pressed),
            }
        case "posted":
            seen["cards"] = to_builtins(one.cards)
        case "opened":
            seen["by"] = one.side
        case "taken" | "resolved":
            seen["staff"] = one.by
        case "handed_over":
            seen["callback_at"] = one.opens_at
        case "change":
            seen |= {"staff": one.by, "change": to_builtins(one.change)}
    return seen


def about(one: About | None) -> dict[str, Any] | None:
    return None if one is None else asdict(one)

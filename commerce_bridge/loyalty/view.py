"""Points and tiers as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import to_builtins

from commerce_bridge.loyalty.points import Row
from commerce_bridge.loyalty.rules import Rules, Tier
from commerce_bridge.loyalty.service import Account
from commerce_bridge.loyalty.transfers import Transfer


def account(found: Account, currency: str) -> dict[str, Any]:
    """Where a customer stands, with the rules that she goes by."""
    rules, standing = found.rules, found.standing
    return {
        "on": rules.on,
        "points": to_builtins(found.balance),
        "point_value": rules.point_value,
        "currency": currency,
        "tier": _named(standing.tier),
        "next": None
        if standing.next is None
        else {
            "key": standing.next.key,
            "name": standing.next.name,
            "from": standing.next.threshold,
            "missing": standing.missing,
        },
        "until": standing.until,
        "spend": standing.spend,
        "window_days": rules.window_days,
        "benefits": {
            "multiplier": standing.multiplier,
            "free_delivery": standing.free_delivery,
        },
        "tiers": to_builtins(rules.tiers),
        "transfer": {
            "on": rules.on and rules.transfer.on,
            "least": rules.transfer.least,
            "most_day": rules.transfer.most_day,
            "left_today": found.left_today,
        },
        "earn": to_builtins(rules.earn),
        "expire_days": rules.expire_days,
    }


def history(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(row.id),
            "kind": row.kind,
            "points": row.points,
            "at": row.at,
            "due_at": row.due_at,
            "order": None if row.order is None else {"id": row.order[0], "number": row.order[1]},
            "reason": row.reason,
            "with": row.note,
        }
        for row in rows
    ]


def sent(transfer: Transfer) -> dict[str, Any]:
    """As who offered it sees it; `to` is None where that was forgotten."""
    return _transfer(transfer) | {"to": transfer.email or None, "from": None}


def received(transfer: Transfer) -> dict[str, Any]:
    """As she sees it to whom it was offered."""
    return _transfer(transfer) | {"to": None, "from": transfer.sender_name}


def rules(version: int, found: Rules, currency: str) -> dict[str, Any]:
    return {"version": version, "rules": to_builtins(found), "currency": currency}


def _transfer(transfer: Transfer) -> dict[str, Any]:
    return {
        "id": transfer.id,
        "state": transfer.state,
        "points": transfer.points,
        "at": transfer.at,
        "until": transfer.until,
    }


def _named(tier: Tier | None) -> dict[str, Any] | None:
    return None if tier is None else {"key": tier.key, "name": tier.name}

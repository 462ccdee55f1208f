"""A members' show: who may be there. Pure."""

from __future__ import annotations

from core.errors import Forbidden
from live.commands import Actor
from live.state import Show


def check_members(show: Show, by: Actor) -> None:
    """Raises Forbidden with the tier that `by` would need, and what a cover may say."""
    if show.tier is None or by.is_staff or by.tier_name(show.tier) is not None:
        return
    raise Forbidden(
        "The show is for members.",
        code="not_allowed",
        tier={"key": show.tier, "name": show.tier_name or show.tier},
        show={
            "id": show.id,
            "title": show.title,
            "poster": show.poster,
            "host_name": show.host_name,
            "status": show.status,
            "starts_at": show.starts_at,
        },
    )

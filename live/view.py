"""Who sees what of a show: the parts of a snapshot, as JSON values.

Held to the law that the tests check for every event and every kind of reader: a snapshot, and the
events after it that the reader may see, give the next snapshot.
"""

from __future__ import annotations

from typing import Any

from core.rooms.events import Reader
from live.events import Item, Variant
from live.state import REFUSALS, WINS, Claim, Comment, Gift, Outcome, Record, Show, Wait


def public(show: Show) -> dict[str, Any]:
    """`{show}`: what everyone sees."""
    return {
        "show": {
            "id": show.id,
            "title": show.title,
            "status": show.status,
            "starts_at": show.starts_at,
            "started_at": show.started_at,
            "ended_at": show.ended_at,
            "host_name": show.host_name,
            "poster": show.poster,
            "currency": show.currency,
            "slow_mode_s": show.slow_mode_s,
            "items": [_item(item) for item in show.run_down()],
            "pinned_item": show.pinned_item,
            "pinned_comment": _comment(show.pinned_comment) if show.pinned_comment else None,
            "announcement": _announcement(show),
            "picture": show.picture,
            "replay_sells": show.replay_sells,
            "viewers": show.totals.viewers,
            "comments": [_comment(comment) for comment in show.latest_comments()],
            "tier": show.tier,
            "tier_name": show.tier_name,
            "gift": _gift(show.gift),
        }
    }


def personal(show: Show, reader: Reader) -> dict[str, Any]:
    """`{mine, staff?}`: what this reader sees besides."""
    seen: dict[str, Any] = {"mine": _mine(show, reader.ids)}
    if reader.staff:
        seen["staff"] = _staff(show)
    return seen


def _item(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "code": item.code,
        "title": item.title,
        "picture": item.picture,
        "product": item.product,
        "status": item.status,
        "price": item.price,
        "compare_at": item.compare_at,
        "limit": item.limit,
        "verified_only": item.verified_only,
        "hold_s": item.hold_s,
        "waiting_list": item.waiting_list,
        "countdown_s": item.countdown_s,
        "countdown_until": item.countdown_until,
        "opened_at": item.opened_at,
        "tier": item.tier,
        "tier_name": item.tier_name,
        "early_s": item.early_s,
        "variants": [_variant(variant) for variant in item.variants],
    }


def _variant(variant: Variant) -> dict[str, Any]:
    return {
        "key": variant.key,
        "title": variant.title,
        "words": variant.words,
        "variant_id": variant.variant_id,
        "planned": variant.planned,
        "allotment": variant.allotment,
        "held": variant.held,
        "sold": variant.sold,
        "waiting": variant.waiting,
        "left": 0 if variant.waiting else max(0, variant.free),
    }


def _comment(comment: Comment) -> dict[str, Any]:
    return {
        "offset": comment.offset,
        "at_ms": comment.at_ms,
        "by": comment.by,
        "role": comment.role,
        "name": None if comment.hidden else comment.name,
        "text": None if comment.hidden else comment.text,
        "hidden": comment.hidden,
        "outcomes": [_outcome(outcome) for outcome in comment.outcomes],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "kind": outcome.kind,
        "item": outcome.item,
        "variant": outcome.variant,
        "quantity": outcome.quantity,
        "claim": outcome.claim,
        "wait": outcome.wait,
        "place": outcome.place,
        "later": outcome.later,
    }


def _announcement(show: Show) -> dict[str, Any] | None:
    if show.announcement is None:
        return None
    offset, text = show.announcement
    return {"offset": offset, "text": text}


def _gift(gift: Gift | None) -> dict[str, Any] | None:
    if gift is None:
        return None
    return {
        "id": gift.id,
        "title": gift.title,
        "keyword": gift.keyword,
        "most": gift.most,
        "guests": gift.guests,
        "left": gift.most - gift.won,
    }


def _mine(show: Show, ids: frozenset[str]) -> dict[str, Any]:
    claims = [show.claims[c] for by in ids for c in show.claims_of.get(by, ())]
    waits = [show.waits[w] for by in ids for w in show.waits_of.get(by, ())]
    refusals = [one for by in ids for one in show.refusals.get(by, ())]
    unread = [one for by in ids for one in show.unread.get(by, ())]
    wins = [one for by in ids for one in show.wins.get(by, ())]
    standings = [show.standings[by] for by in ids if by in show.standings]
    mutes = [standing.muted_until for standing in standings]
    return {
        "ids": sorted(ids),
        "claims": [_claim(one) for one in sorted(claims, key=lambda one: one.offset)],
        "waits": [_wait(show, one) for one in sorted(waits, key=lambda one: one.offset)],
        "refusals": [
            {
                "offset": one.offset,
                "at_ms": one.at_ms,
                "comment": one.event.comment,
                "item": one.event.item,
                "variant": one.event.variant,
                "quantity": one.event.quantity,
                "reason": one.event.reason,
                "tier": one.event.tier,
            }
            for one in sorted(refusals, key=lambda one: one.offset)[-REFUSALS:]
        ],
        "unread": [
            {
                "offset": one.offset,
                "at_ms": one.at_ms,
                "comment": one.event.comment,
                "rejections": one.event.rejections,
                "typed": one.typed,
                "quiet": one.event.quiet,
            }
            for one in sorted(unread, key=lambda one: one.offset)[-REFUSALS:]
        ],
        "gifts": [
            {"gift": one.gift, "coupon": one.coupon, "title": one.title, "number": one.number}
            for one in sorted(wins, key=lambda one: one.offset)[-WINS:]
        ],
        "gift_refused": _refused_gift(show, ids),
        "muted_until": None if None in mutes else max(filter(None, mutes), default=0),
        "blocked": any(standing.blocked for standing in standings),
    }


def _refused_gift(show: Show, ids: frozenset[str]) -> str | None:
    """The newest give-away of which she was told that she cannot win it as she is."""
    gifts = [show.gift_refused[by] for by in ids if by in show.gift_refused]
    return max(gifts, key=lambda gift: int(gift[1:]), default=None)


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.id,
        "item": claim.item,
        "variant": claim.variant,
        "quantity": claim.quantity,
        "price": claim.price,
        "state": claim.state,
        "until": claim.until,
        "order": claim.order,
        "comment": claim.comment,
        "at_ms": claim.at_ms,
    }


def _wait(show: Show, wait: Wait) -> dict[str, Any]:
    return {
        "id": wait.id,
        "item": wait.item,
        "variant": wait.variant,
        "quantity": wait.quantity,
        "place": show.queues[wait.item, wait.variant].index(wait.id) + 1,
        "comment": wait.comment,
        "at_ms": wait.at_ms,
    }


def _staff(show: Show) -> dict[str, Any]:
    standings = sorted(show.standings.items())
    return {
        "claims": [
            {
                "kind": record.kind,
                "offset": record.offset,
                "at_ms": record.at_ms,
                "by": record.by,
                "name": record.name,
                "item": record.item,
                "variant": record.variant,
                "quantity": record.quantity,
                "claim": record.claim,
                "wait": record.wait,
                "reason": record.reason,
                "comment": record.comment,
                "typed": record.typed,
                **_fate(show, record),
            }
            for record in show.records
        ],
        "waits": [
            {
                "id": wait.id,
                "by": wait.by,
                "name": wait.name,
                "item": wait.item,
                "variant": wait.variant,
                "quantity": wait.quantity,
                "at_ms": wait.at_ms,
            }
            for wait in sorted(show.waits.values(), key=lambda wait: wait.offset)
        ],
        "muted": [
            {"person": person, "name": standing.name, "until": standing.muted_until}
            for person, standing in standings
            if standing.muted_until != 0
        ],
        "blocked": [
            {"person": person, "name": standing.name}
            for person, standing in standings
            if standing.blocked
        ],
        "words": show.words,
        "totals": show.totals,
        "winners": list(show.winners),
        "viewers": show.samples,
    }


def _fate(show: Show, record: Record) -> dict[str, Any]:
    """What the claim that was granted here is now; nothing where it is no more."""
    claim = show.claims.get(record.claim or "") if record.kind == "held" else None
    if claim is None:
        return {"state": None, "until": None}
    return {"state": claim.state, "until": claim.until}

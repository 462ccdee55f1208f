"""What each event makes of a show: `evolve(show, logged) -> show`, pure, never refusing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from immutables import Map
from msgspec.structs import replace

from core.rooms.events import Event, Logged
from live import deadlines
from live import events as e
from live.state import (
    COMMENTS,
    RECORDS,
    REFUSALS,
    SAMPLES,
    Claim,
    Comment,
    Outcome,
    Record,
    Refusal,
    Show,
    Standing,
    Unread,
    Wait,
    menu_of,
)

_Fold = Callable[[Show, Logged, Any], Show]
_folds: dict[type[Event], _Fold] = {}


def evolve(show: Show, logged: Logged) -> Show:
    """The show after `logged`."""
    return _folds[type(logged.event)](show, logged, logged.event)


def _of(event: type[Event]) -> Callable[[_Fold], _Fold]:
    def register(fold: _Fold) -> _Fold:
        _folds[event] = fold
        return fold

    return register


# The show


@_of(e.ShowCreated)
def _created(show: Show, _logged: Logged, event: e.ShowCreated) -> Show:
    return replace(
        show,
        title=event.title,
        currency=event.currency,
        host_name=event.host_name,
        poster=event.poster,
        starts_at=event.starts_at,
        status="scheduled" if event.starts_at is not None else "draft",
        rules=event.rules,
    )


@_of(e.ShowChanged)
def _changed(show: Show, _logged: Logged, event: e.ShowChanged) -> Show:
    starts_at = show.starts_at if event.starts_at is None else event.starts_at
    status = show.status
    if status == "draft" and starts_at is not None:
        status = "scheduled"
    return replace(
        show,
        title=show.title if event.title is None else event.title,
        host_name=show.host_name if event.host_name is None else event.host_name,
        starts_at=starts_at,
        status=status,
    )


@_of(e.ShowLive)
def _live(show: Show, logged: Logged, _event: e.ShowLive) -> Show:
    return replace(show, status="live", started_at=logged.at_ms)


@_of(e.ShowEnded)
def _ended(show: Show, logged: Logged, _event: e.ShowEnded) -> Show:
    return replace(show, status="ended", ended_at=logged.at_ms, pinned_item=None)


@_of(e.ViewersSampled)
def _sampled(show: Show, logged: Logged, event: e.ViewersSampled) -> Show:
    totals = replace(
        show.totals,
        viewers=event.count,
        viewers_peak=max(show.totals.viewers_peak, event.count),
    )
    samples = (*show.samples[1 - SAMPLES :], (logged.at_ms, event.count))
    return replace(show, totals=totals, samples=samples)


# The run-down


@_of(e.ItemAdded)
def _item_added(show: Show, _logged: Logged, event: e.ItemAdded) -> Show:
    item = event.item
    return _with_menu(
        replace(show, items=show.items.set(item.id, item), order=(*show.order, item.id))
    )


@_of(e.ItemChanged)
def _item_changed(show: Show, _logged: Logged, event: e.ItemChanged) -> Show:
    changes = {name: getattr(event, name) for name in event.changed}
    return _with_item(show, replace(show.items[event.item], **changes))


@_of(e.ItemsMoved)
def _items_moved(show: Show, _logged: Logged, event: e.ItemsMoved) -> Show:
    return _with_menu(replace(show, order=event.items))


@_of(e.ItemRemoved)
def _item_removed(show: Show, _logged: Logged, event: e.ItemRemoved) -> Show:
    return _with_menu(
        replace(
            show,
            items=show.items.delete(event.item),
            order=tuple(item for item in show.order if item != event.item),
            pinned_item=None if show.pinned_item == event.item else show.pinned_item,
        )
    )


@_of(e.ItemOpened)
def _item_opened(show: Show, logged: Logged, event: e.ItemOpened) -> Show:
    item = show.items[event.item]
    variants = tuple(
        replace(variant, allotment=allotment)
        for variant, allotment in zip(item.variants, event.allotments, strict=True)
    )
    opened = replace(
        item,
        status="open",
        opened_at=logged.at_ms,
        countdown_until=event.countdown_until,
        variants=variants,
    )
    return _with_menu(_with_item(show, opened))


@_of(e.ItemClosed)
def _item_closed(show: Show, _logged: Logged, event: e.ItemClosed) -> Show:
    closed = replace(show.items[event.item], status="closed", countdown_until=None)
    return _with_menu(_with_item(show, closed))


@_of(e.ItemAllotted)
def _item_allotted(show: Show, _logged: Logged, event: e.ItemAllotted) -> Show:
    return _with_variant(
        show, event.item, event.variant, allotment=event.allotment, planned=event.planned
    )


@_of(e.ItemPlaced)
def _item_placed(show: Show, _logged: Logged, event: e.ItemPlaced) -> Show:
    places = show.places
    for variant, place in zip(show.items[event.item].variants, event.places, strict=True):
        places = places.set((event.item, variant.key), place)
    grants = show.grants.set(event.item, show.grants.get(event.item, 0) + 1)
    return replace(show, places=places, grants=grants)


@_of(e.ItemPinned)
def _item_pinned(show: Show, _logged: Logged, event: e.ItemPinned) -> Show:
    return replace(show, pinned_item=event.item)


@_of(e.ItemCountdown)
def _item_countdown(show: Show, _logged: Logged, event: e.ItemCountdown) -> Show:
    return _with_item(show, replace(show.items[event.item], countdown_until=event.until))


# Comments


@_of(e.CommentPosted)
def _comment_posted(show: Show, logged: Logged, event: e.CommentPosted) -> Show:
    said = logged.content
    comment = Comment(
        offset=logged.offset,
        at_ms=logged.at_ms,
        by=event.by,
        role=event.role,
        name=said.name if said else None,
        text=said.text if said else None,
        hidden=logged.withheld,
    )
    return replace(
        show,
        comments=(*show.comments[1 - COMMENTS :], comment)
        if len(show.comments) >= COMMENTS
        else (*show.comments, comment),
        spoke=show.spoke.set(event.by, logged.at_ms),
    )


@_of(e.CommentUnread)
def _comment_unread(show: Show, logged: Logged, event: e.CommentUnread) -> Show:
    unread = Unread(offset=logged.offset, at_ms=logged.at_ms, event=event)
    mine = (*show.unread.get(event.by, ())[1 - REFUSALS :], unread)
    show = replace(show, unread=show.unread.set(event.by, mine))
    if not event.rejections:
        return show
    reasons = ",".join(rejected.reason for rejected in event.rejections)
    name, typed = _typed(show, event.comment)
    return _record(
        show,
        Record(
            kind="unread",
            offset=logged.offset,
            at_ms=logged.at_ms,
            by=event.by,
            name=name,
            reason=reasons,
            typed=typed,
        ),
    )


# Claims


@_of(e.ClaimHeld)
def _claim_held(show: Show, logged: Logged, event: e.ClaimHeld) -> Show:
    name = logged.content.name if logged.content else None
    claim = Claim(
        id=event.claim,
        offset=logged.offset,
        at_ms=logged.at_ms,
        by=event.by,
        name=name,
        item=event.item,
        variant=event.variant,
        quantity=event.quantity,
        price=event.price,
        state="held",
        until=event.until,
        comment=event.comment,
        hold_until=event.until,
    )
    variant = _variant(show, event.item, event.variant)
    if event.wait is None:
        show = _with_variant(show, event.item, event.variant, held=variant.held + event.quantity)
        show = _take(show, event.by, event.item, event.quantity)
        waited = 0
    else:
        show = _with_variant(
            show,
            event.item,
            event.variant,
            held=variant.held + event.quantity,
            waiting=variant.waiting - event.quantity,
        )
        show = _with_wait(show, event.wait, event.wait_left or 0)
        waited = event.quantity
    totals = show.totals
    show = replace(
        show,
        claims=show.claims.set(claim.id, claim),
        claims_of=_append(show.claims_of, claim.by, claim.id),
        deadlines=deadlines.put(show.deadlines, claim.until, claim.id),
        totals=replace(
            totals,
            claims=totals.claims + 1,
            held=totals.held + claim.quantity,
            held_minor=totals.held_minor + claim.quantity * claim.price,
            waiting=totals.waiting - waited,
        ),
    )
    if event.wait is not None:
        show = _later(show, event.comment, event.wait, "held")
    else:
        outcome = Outcome(
            kind="held",
            item=event.item,
            variant=event.variant,
            quantity=event.quantity,
            claim=event.claim,
        )
        show = _outcome(show, event.comment, outcome)
    return _record(show, _record_of("held", logged, event, show, claim=event.claim))


@_of(e.ClaimWaiting)
def _claim_waiting(show: Show, logged: Logged, event: e.ClaimWaiting) -> Show:
    wait = Wait(
        id=event.wait,
        offset=logged.offset,
        at_ms=logged.at_ms,
        by=event.by,
        name=logged.content.name if logged.content else None,
        item=event.item,
        variant=event.variant,
        quantity=event.quantity,
        comment=event.comment,
    )
    slot = (event.item, event.variant)
    variant = _variant(show, event.item, event.variant)
    show = _with_variant(show, event.item, event.variant, waiting=variant.waiting + event.quantity)
    show = _take(show, event.by, event.item, event.quantity)
    show = replace(
        show,
        waits=show.waits.set(wait.id, wait),
        waits_of=_append(show.waits_of, wait.by, wait.id),
        queues=show.queues.set(slot, (*show.queues.get(slot, ()), wait.id)),
        totals=replace(show.totals, waiting=show.totals.waiting + event.quantity),
    )
    outcome = Outcome(
        kind="waiting",
        item=event.item,
        variant=event.variant,
        quantity=event.quantity,
        wait=event.wait,
        place=event.place,
    )
    show = _outcome(show, event.comment, outcome)
    return _record(show, _record_of("waiting", logged, event, show, wait=event.wait))


@_of(e.ClaimRefused)
def _claim_refused(show: Show, logged: Logged, event: e.ClaimRefused) -> Show:
    refusal = Refusal(offset=logged.offset, at_ms=logged.at_ms, event=event)
    mine = (*show.refusals.get(event.by, ())[1 - REFUSALS :], refusal)
    show = replace(show, refusals=show.refusals.set(event.by, mine))
    name, typed = _typed(show, event.comment)
    return _record(
        show,
        Record(
            kind="refused",
            offset=logged.offset,
            at_ms=logged.at_ms,
            by=event.by,
            name=name,
            item=event.item,
            variant=event.variant,
            quantity=event.quantity,
            reason=event.reason,
            typed=typed,
        ),
    )


@_of(e.ClaimGivenBack)
def _claim_given_back(show: Show, logged: Logged, event: e.ClaimGivenBack) -> Show:
    claim = show.claims[event.claim]
    minor = event.quantity * claim.price
    totals = show.totals
    variant = _variant(show, claim.item, claim.variant)
    if claim.state == "sold":
        show = _with_variant(show, claim.item, claim.variant, sold=variant.sold - event.quantity)
        totals = replace(
            totals, sold=totals.sold - event.quantity, sold_minor=totals.sold_minor - minor
        )
    else:
        show = _with_variant(show, claim.item, claim.variant, held=variant.held - event.quantity)
        totals = replace(
            totals, held=totals.held - event.quantity, held_minor=totals.held_minor - minor
        )
    if event.cause == "expired":
        totals = replace(totals, expired=totals.expired + event.quantity)
    show = _take(show, claim.by, claim.item, -event.quantity)
    if event.remaining:
        claims = show.claims.set(claim.id, replace(claim, quantity=event.remaining))
        claims_of = show.claims_of
    else:
        claims = show.claims.delete(claim.id)
        claims_of = _without(show.claims_of, claim.by, claim.id)
    show = replace(show, claims=claims, claims_of=claims_of, totals=totals)
    if not event.remaining:
        show = _later(show, claim.comment, claim.id, "given_back")
    record = _record_of(
        "given_back", logged, event, show, claim=event.claim, reason=event.cause, name=claim.name
    )
    return _pruned(_record(show, record))


@_of(e.WaitLeft)
def _wait_left(show: Show, logged: Logged, event: e.WaitLeft) -> Show:
    wait = show.waits[event.wait]
    variant = _variant(show, wait.item, wait.variant)
    show = _with_variant(show, wait.item, wait.variant, waiting=variant.waiting - event.quantity)
    show = _take(show, wait.by, wait.item, -event.quantity)
    show = _with_wait(show, wait.id, event.remaining)
    show = replace(show, totals=replace(show.totals, waiting=show.totals.waiting - event.quantity))
    if not event.remaining:
        show = _later(show, wait.comment, wait.id, "given_back")
    record = _record_of(
        "given_back", logged, event, show, wait=event.wait, reason=event.cause, name=wait.name
    )
    return _record(show, record)


@_of(e.ClaimPaying)
def _claim_paying(show: Show, _logged: Logged, event: e.ClaimPaying) -> Show:
    claim = show.claims[event.claim]
    paying = replace(claim, state="paying", until=event.until, order=event.order)
    return _pruned(replace(show, claims=show.claims.set(claim.id, paying)))


@_of(e.ClaimReleased)
def _claim_released(show: Show, _logged: Logged, event: e.ClaimReleased) -> Show:
    claim = show.claims[event.claim]
    extended = claim.extended or event.until > claim.hold_until
    claim = replace(claim, state="held", until=event.until, order=None, extended=extended)
    return replace(
        show,
        claims=show.claims.set(claim.id, claim),
        deadlines=deadlines.put(show.deadlines, claim.until, claim.id),
    )


@_of(e.ClaimSold)
def _claim_sold(show: Show, _logged: Logged, event: e.ClaimSold) -> Show:
    claim = show.claims[event.claim]
    variant = _variant(show, claim.item, claim.variant)
    show = _with_variant(
        show,
        claim.item,
        claim.variant,
        held=variant.held - claim.quantity,
        sold=variant.sold + claim.quantity,
    )
    minor = claim.quantity * claim.price
    totals = replace(
        show.totals,
        held=show.totals.held - claim.quantity,
        held_minor=show.totals.held_minor - minor,
        sold=show.totals.sold + claim.quantity,
        sold_minor=show.totals.sold_minor + minor,
    )
    sold = replace(claim, state="sold")
    show = replace(show, claims=show.claims.set(claim.id, sold), totals=totals)
    return _pruned(_later(show, claim.comment, claim.id, "sold"))


@_of(e.PersonMerged)
def _person_merged(show: Show, _logged: Logged, event: e.PersonMerged) -> Show:
    """What is hers moves to the id that stays; both ids' pieces count toward her limits."""
    old, new = event.from_, event.to
    claims, waits, taken = show.claims, show.waits, show.taken
    for claim_id in show.claims_of.get(old, ()):
        claims = claims.set(claim_id, replace(claims[claim_id], by=new))
    for wait_id in show.waits_of.get(old, ()):
        waits = waits.set(wait_id, replace(waits[wait_id], by=new))
    for item_id in show.items:
        if pieces := taken.get((old, item_id), 0):
            taken = taken.delete((old, item_id))
            taken = taken.set((new, item_id), taken.get((new, item_id), 0) + pieces)
    standings = show.standings
    if (standing := standings.get(old)) is not None:
        standings = standings.delete(old).set(new, standings.get(new, standing))
    return replace(
        show,
        claims=claims,
        waits=waits,
        taken=taken,
        standings=standings,
        claims_of=_moved(show.claims_of, old, new),
        waits_of=_moved(show.waits_of, old, new),
        comments=tuple(
            replace(comment, by=new) if comment.by == old else comment for comment in show.comments
        ),
    )


# Moderation


@_of(e.CommentHidden)
def _comment_hidden(show: Show, _logged: Logged, event: e.CommentHidden) -> Show:
    pinned = show.pinned_comment
    if pinned is not None and pinned.offset == event.comment:
        show = replace(show, pinned_comment=None)
    return _with_comment(show, event.comment, hidden=True)


@_of(e.CommentRestored)
def _comment_restored(show: Show, _logged: Logged, event: e.CommentRestored) -> Show:
    return _with_comment(show, event.comment, hidden=False)


@_of(e.CommentPinned)
def _comment_pinned(show: Show, _logged: Logged, event: e.CommentPinned) -> Show:
    if event.comment is None:
        return replace(show, pinned_comment=None)
    i = show.comment_at(event.comment)
    return show if i is None else replace(show, pinned_comment=show.comments[i])


@_of(e.AnnouncementMade)
def _announced(show: Show, logged: Logged, event: e.AnnouncementMade) -> Show:
    text = logged.content.text if logged.content else None
    made = (logged.offset, text) if event.on and text else None
    return replace(show, announcement=made)


@_of(e.PersonMuted)
def _muted(show: Show, logged: Logged, event: e.PersonMuted) -> Show:
    return _with_standing(show, logged, event.person, muted_until=event.until)


@_of(e.PersonUnmuted)
def _unmuted(show: Show, logged: Logged, event: e.PersonUnmuted) -> Show:
    return _with_standing(show, logged, event.person, muted_until=0)


@_of(e.PersonBlocked)
def _blocked(show: Show, logged: Logged, event: e.PersonBlocked) -> Show:
    return _with_standing(show, logged, event.person, blocked=True)


@_of(e.PersonUnblocked)
def _unblocked(show: Show, logged: Logged, event: e.PersonUnblocked) -> Show:
    return _with_standing(show, logged, event.person, blocked=False)


@_of(e.SlowModeSet)
def _slow_mode(show: Show, _logged: Logged, event: e.SlowModeSet) -> Show:
    return replace(show, slow_mode_s=event.seconds)


@_of(e.WordsSet)
def _words(show: Show, _logged: Logged, event: e.WordsSet) -> Show:
    return replace(show, words=event.words)


# Parts of a show


def _with_menu(show: Show) -> Show:
    return replace(show, menu=menu_of(show))


def _with_item(show: Show, item: e.Item) -> Show:
    return replace(show, items=show.items.set(item.id, item))


def _variant(show: Show, item: str, key: str | None) -> e.Variant:
    return next(v for v in show.items[item].variants if v.key == key)


def _with_variant(show: Show, item_id: str, key: str | None, **changes: int) -> Show:
    item = show.items[item_id]
    variants = tuple(
        replace(variant, **changes) if variant.key == key else variant for variant in item.variants
    )
    return _with_item(show, replace(item, variants=variants))


def _take(show: Show, by: str, item: str, pieces: int) -> Show:
    count = show.taken.get((by, item), 0) + pieces
    taken = show.taken.set((by, item), count) if count else show.taken.delete((by, item))
    return replace(show, taken=taken)


def _with_wait(show: Show, wait_id: str, remaining: int) -> Show:
    wait = show.waits[wait_id]
    if remaining:
        return replace(show, waits=show.waits.set(wait_id, replace(wait, quantity=remaining)))
    slot = (wait.item, wait.variant)
    queue = show.queues[slot]
    rest = queue[1:] if queue[0] == wait_id else tuple(w for w in queue if w != wait_id)
    return replace(
        show,
        waits=show.waits.delete(wait_id),
        waits_of=_without(show.waits_of, wait.by, wait_id),
        queues=show.queues.set(slot, rest) if rest else show.queues.delete(slot),
    )


def _with_comment(show: Show, offset: int, **changes: Any) -> Show:
    i = show.comment_at(offset)
    if i is None:
        return show
    changed = replace(show.comments[i], **changes)
    return replace(show, comments=(*show.comments[:i], changed, *show.comments[i + 1 :]))


def _outcome(show: Show, offset: int | None, outcome: Outcome) -> Show:
    i = None if offset is None else show.comment_at(offset)
    if i is None or offset is None:
        return show
    return _with_comment(show, offset, outcomes=(*show.comments[i].outcomes, outcome))


def _later(show: Show, offset: int | None, of: str, later: str) -> Show:
    """Note at the comment what became of its claim, or of its place in the waiting list."""
    i = None if offset is None else show.comment_at(offset)
    if i is None or offset is None:
        return show
    outcomes = tuple(
        replace(outcome, later=later) if of in (outcome.claim, outcome.wait) else outcome
        for outcome in show.comments[i].outcomes
    )
    return _with_comment(show, offset, outcomes=outcomes)


def _with_standing(show: Show, logged: Logged, person: str, **changes: Any) -> Show:
    standing = show.standings.get(person) or Standing()
    if logged.content is not None and logged.content.name is not None:
        changes["name"] = logged.content.name
    changed = replace(standing, **changes)
    if changed.muted_until == 0 and not changed.blocked:
        standings = show.standings.delete(person) if person in show.standings else show.standings
    else:
        standings = show.standings.set(person, changed)
    return replace(show, standings=standings)


def _record_of(
    kind: str, logged: Logged, event: Any, show: Show, *, name: str | None = None, **of: str
) -> Record:
    said = logged.content.name if logged.content else None
    typed = _typed(show, getattr(event, "comment", None))[1]
    return Record(
        kind=kind,
        offset=logged.offset,
        at_ms=logged.at_ms,
        by=event.by,
        name=said or name,
        item=event.item,
        variant=event.variant,
        quantity=event.quantity,
        typed=typed,
        **of,
    )


def _record(show: Show, record: Record) -> Show:
    return replace(show, records=(*show.records[1 - RECORDS :], record))


def _typed(show: Show, offset: int | None) -> tuple[str | None, str | None]:
    """(name, text) of the comment that led to this."""
    i = None if offset is None else show.comment_at(offset)
    return (None, None) if i is None else (show.comments[i].name, show.comments[i].text)


def _pruned(show: Show) -> Show:
    """Drop deadlines from the top that are no longer those of a hold."""
    first = show.deadlines
    while first is not None:
        claim = show.claims.get(first.of)
        if claim is not None and claim.state == "held" and claim.until == first.at:
            break
        first = deadlines.without_first(first)
    return show if first is show.deadlines else replace(show, deadlines=first)


def _append(ids: Map[str, tuple[str, ...]], by: str, one: str) -> Map[str, tuple[str, ...]]:
    return ids.set(by, (*ids.get(by, ()), one))


def _without(ids: Map[str, tuple[str, ...]], by: str, one: str) -> Map[str, tuple[str, ...]]:
    rest = tuple(i for i in ids.get(by, ()) if i != one)
    return ids.set(by, rest) if rest else ids.delete(by)


def _moved(ids: Map[str, tuple[str, ...]], old: str, new: str) -> Map[str, tuple[str, ...]]:
    if old not in ids:
        return ids
    return ids.delete(old).set(new, (*ids.get(new, ()), *ids[old]))

"""What is said, event by event, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from immutables import Map
from msgspec.structs import replace

from core.rooms.events import Logged
from live import events as e
from live.evolve.folds import of
from live.recent import Recent
from live.state import (
    REFUSALS,
    Claim,
    Comment,
    Outcome,
    Record,
    Refusal,
    Show,
    Unread,
    Wait,
)

_Held = TypeVar("_Held", Claim, Wait)
_Fate = Callable[[Outcome], Outcome]


@of(e.CommentPosted)
def _posted(show: Show, logged: Logged, event: e.CommentPosted) -> Show:
    content = logged.content
    text = content.text if content else None
    comment = Comment(
        offset=logged.offset,
        at_ms=logged.at_ms,
        by=event.by,
        role=event.role,
        name=content.name if content else None,
        text=text,
        hidden=text is None,
    )
    said = show.said.adding(logged.offset)
    comments = show.comments.set(logged.offset, comment)
    if said.turned:
        comments = Map((offset, comments[offset]) for offset in said)
    return replace(show, said=said, comments=comments, spoke=show.spoke.set(event.by, logged.at_ms))


@of(e.TalkErased)
def _erased(show: Show, _logged: Logged, event: e.TalkErased) -> Show:
    """Names and words go, wherever the state holds them; who claimed what stays."""

    def concerns(by: str) -> bool:
        return event.person is None or by == event.person

    def blank(comment: Comment) -> Comment:
        return replace(comment, name=None, text=None, hidden=True)

    pinned = show.pinned_comment
    return replace(
        show,
        comments=Map(
            (offset, blank(one) if concerns(one.by) else one)
            for offset, one in show.comments.items()
        ),
        pinned_comment=None if pinned is not None and concerns(pinned.by) else pinned,
        announcement=None if event.person is None else show.announcement,
        claims=_nameless(show.claims, concerns),
        waits=_nameless(show.waits, concerns),
        standings=Map(
            (person, replace(standing, name=None) if concerns(person) else standing)
            for person, standing in show.standings.items()
        ),
        records=show.records.each(
            lambda one: replace(one, name=None, typed=None) if concerns(one.by) else one
        ),
        winners=show.winners.each(lambda one: replace(one, name=None) if concerns(one.by) else one),
        unread=Map(
            (person, tuple(replace(one, typed=None) for one in told) if concerns(person) else told)
            for person, told in show.unread.items()
        ),
    )


def _nameless(held: Map[str, _Held], concerns: Callable[[str], bool]) -> Map[str, _Held]:
    return Map(
        (id_, replace(one, name=None) if concerns(one.by) else one) for id_, one in held.items()
    )


@of(e.CommentUnread)
def _unread(show: Show, logged: Logged, event: e.CommentUnread) -> Show:
    told = Unread(
        offset=logged.offset,
        at_ms=logged.at_ms,
        event=event,
        typed=logged.content.text if logged.content else None,
    )
    mine = (*show.unread.get(event.by, ())[1 - REFUSALS :], told)
    records = show.records
    if event.rejections:
        record = Record(
            kind="unread",
            offset=logged.offset,
            at_ms=logged.at_ms,
            by=event.by,
            name=logged.content.name if logged.content else None,
            reason=",".join(rejected.reason for rejected in event.rejections),
            comment=event.comment,
            typed=typed(show, event.comment),
        )
        records = records.adding(record)
    return replace(show, unread=show.unread.set(event.by, mine), records=records)


@of(e.ClaimRefused)
def _refused(show: Show, logged: Logged, event: e.ClaimRefused) -> Show:
    refusals = show.refusals
    if event.staff is None:
        refusal = Refusal(offset=logged.offset, at_ms=logged.at_ms, event=event)
        mine = (*refusals.get(event.by, ())[1 - REFUSALS :], refusal)
        refusals = refusals.set(event.by, mine)
    record = Record(
        kind="refused",
        offset=logged.offset,
        at_ms=logged.at_ms,
        by=event.by,
        name=logged.content.name if logged.content else None,
        item=event.item,
        variant=event.variant,
        quantity=event.quantity,
        reason=event.reason,
        comment=event.comment,
        typed=typed(show, event.comment),
    )
    return replace(
        show,
        refusals=refusals,
        records=show.records.adding(record),
    )


@of(e.CommentHidden)
def _hidden(show: Show, _logged: Logged, event: e.CommentHidden) -> Show:
    pinned = show.pinned_comment
    unpinned = pinned is not None and pinned.offset == event.comment
    return replace(
        show,
        comments=_changed(show, event.comment, hidden=True),
        pinned_comment=None if unpinned else pinned,
        records=_typed_again(show, event.comment, None),
    )


@of(e.CommentRestored)
def _restored(show: Show, logged: Logged, event: e.CommentRestored) -> Show:
    text = logged.content.text if logged.content else None
    return replace(
        show,
        comments=_changed(show, event.comment, hidden=text is None, restored=logged.offset),
        records=_typed_again(show, event.comment, text),
    )


@of(e.CommentPinned)
def _pinned(show: Show, _logged: Logged, event: e.CommentPinned) -> Show:
    if event.comment is None:
        return replace(show, pinned_comment=None)
    comment = show.comment(event.comment)
    return show if comment is None else replace(show, pinned_comment=comment)


def typed(show: Show, offset: int | None) -> str | None:
    """What was typed there, if everyone may still read it."""
    comment = show.comment(offset)
    return None if comment is None or comment.hidden else comment.text


def with_outcome(show: Show, offset: int | None, outcome: Outcome) -> Map[int, Comment]:
    """The comments, one of which came to something."""
    comment = show.comment(offset)
    if comment is None:
        return show.comments
    told = replace(comment, outcomes=(*comment.outcomes, outcome))
    return show.comments.set(comment.offset, told)


def with_promotion(show: Show, offset: int | None, wait: str, claim: str) -> Map[int, Comment]:
    """The comments, one of which has waited with success."""

    def after(outcome: Outcome) -> Outcome:
        mine = outcome.wait == wait
        return replace(outcome, later="held", claim=claim) if mine else outcome

    return _with_outcomes(show, offset, after)


def with_fate(show: Show, offset: int | None, claim: str, later: str) -> Map[int, Comment]:
    """The comments, with what became of a claim that one of them led to."""

    def after(outcome: Outcome) -> Outcome:
        return replace(outcome, later=later) if outcome.claim == claim else outcome

    return _with_outcomes(show, offset, after)


def without_wait(show: Show, offset: int | None, wait: str) -> Map[int, Comment]:
    """The comments, one of which has waited for nothing; a part that was granted stands."""

    def after(outcome: Outcome) -> Outcome:
        vain = outcome.wait == wait and outcome.claim is None
        return replace(outcome, later="given_back") if vain else outcome

    return _with_outcomes(show, offset, after)


def _with_outcomes(show: Show, offset: int | None, after: _Fate) -> Map[int, Comment]:
    comment = show.comment(offset)
    if comment is None:
        return show.comments
    told = replace(comment, outcomes=tuple(after(outcome) for outcome in comment.outcomes))
    return show.comments.set(comment.offset, told)


def _changed(show: Show, offset: int, *, hidden: bool, **restored: int) -> Map[int, Comment]:
    comment = show.comment(offset)
    if comment is None:
        return show.comments
    return show.comments.set(offset, replace(comment, hidden=hidden, **restored))


def _typed_again(show: Show, offset: int, text: str | None) -> Recent[Record]:
    """The studio's list without, or again with, the words of a comment."""

    def after(record: Record) -> Record:
        return replace(record, typed=text) if record.comment == offset else record

    return show.records.each(after)

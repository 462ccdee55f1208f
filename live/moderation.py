"""What moderators do; every act is an event that names who did it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.errors import Conflict, NotFound
from core.rooms.events import STAFF, Content
from live import claims
from live import commands as c
from live import events as e
from live.claims import ShowTurn
from live.comments import item_and_variant
from live.state import Claim, Show

_Act = Callable[[ShowTurn, c.Actor, Any], None]


def moderate(turn: ShowTurn, by: c.Actor, do: Any) -> None:
    """Carry out one of `commands.Moderate`. Raises NotFound, Conflict, BadRequest."""
    _ACTS[type(do)](turn, by, do)


def _hide(turn: ShowTurn, by: c.Actor, do: c.HideComment) -> None:
    comment = _comment(turn.state, do.comment)
    if not turn.state.comments[comment].hidden:
        turn.append(e.CommentHidden(comment=do.comment, staff=by.id))


def _restore(turn: ShowTurn, by: c.Actor, do: c.RestoreComment) -> None:
    comment = turn.state.comments[_comment(turn.state, do.comment)]
    if comment.hidden:
        said = Content(comment.by, comment.name, comment.text)
        turn.append(e.CommentRestored(comment=do.comment, staff=by.id), content=said)


def _pin(turn: ShowTurn, by: c.Actor, do: c.PinComment) -> None:
    if do.comment is not None:
        comment = turn.state.comments[_comment(turn.state, do.comment)]
        if comment.hidden:
            raise Conflict("A hidden comment cannot be pinned.", code="comment_hidden")
    turn.append(e.CommentPinned(comment=do.comment, staff=by.id))


def _mute(turn: ShowTurn, by: c.Actor, do: c.Mute) -> None:
    until = None if do.seconds is None else turn.now + do.seconds * 1000
    muted = e.PersonMuted(person=do.person, until=until, staff=by.id)
    turn.append(muted, to=do.person, content=_who(turn.state, do.person))


def _unmute(turn: ShowTurn, by: c.Actor, do: c.Unmute) -> None:
    turn.append(e.PersonUnmuted(person=do.person, staff=by.id), to=do.person)


def _block(turn: ShowTurn, by: c.Actor, do: c.Block) -> None:
    blocked = e.PersonBlocked(person=do.person, staff=by.id)
    turn.append(blocked, to=do.person, content=_who(turn.state, do.person))


def _unblock(turn: ShowTurn, by: c.Actor, do: c.Unblock) -> None:
    turn.append(e.PersonUnblocked(person=do.person, staff=by.id), to=do.person)


def _slow_mode(turn: ShowTurn, by: c.Actor, do: c.SlowMode) -> None:
    if do.seconds != turn.state.slow_mode_s:
        turn.append(e.SlowModeSet(seconds=do.seconds, staff=by.id))


def _set_words(turn: ShowTurn, by: c.Actor, do: c.SetWords) -> None:
    words = tuple(dict.fromkeys(do.words))
    turn.append(e.WordsSet(words=words, staff=by.id), to=STAFF)


def _announce(turn: ShowTurn, by: c.Actor, do: c.Announce) -> None:
    content = Content(by.id, None, do.text) if do.text else None
    turn.append(e.AnnouncementMade(on=content is not None, staff=by.id), content=content)


def _add_claim(turn: ShowTurn, by: c.Actor, do: c.AddClaim) -> None:
    item, variant = item_and_variant(turn.state, do.item, do.variant)
    who = _who(turn.state, do.person)
    if who is None:
        raise NotFound("Nobody of this id has spoken in this show.", code="unknown_person")
    viewer = c.Actor(do.person, who.name or "", ids=frozenset({do.person}))
    claims.claim(turn, viewer, item, variant, do.quantity, staff=by.id)


def _change_claim(turn: ShowTurn, by: c.Actor, do: c.ChangeClaim) -> None:
    claim = _held(turn.state, do.claim)
    if do.quantity < claim.quantity:
        claims.free(turn, claim, claim.quantity - do.quantity, "staff", staff=by.id)
        claims.promote(turn, (claim.item, claim.variant))
    elif do.quantity > claim.quantity:
        item, variant = item_and_variant(turn.state, claim.item, claim.variant)
        viewer = c.Actor(claim.by, claim.name or "", ids=frozenset({claim.by}))
        more = do.quantity - claim.quantity
        claims.claim(turn, viewer, item, variant, more, staff=by.id)


def _cancel_claim(turn: ShowTurn, by: c.Actor, do: c.CancelClaim) -> None:
    claim = _held(turn.state, do.claim)
    claims.free(turn, claim, claim.quantity, "staff", staff=by.id)
    claims.promote(turn, (claim.item, claim.variant))


def _cancel_wait(turn: ShowTurn, by: c.Actor, do: c.CancelWait) -> None:
    wait = turn.state.waits.get(do.wait)
    if wait is None:
        raise NotFound("There is no such place in the waiting list.")
    claims.leave(turn, wait, wait.quantity, "staff", staff=by.id)


_ACTS: dict[type, _Act] = {
    c.HideComment: _hide,
    c.RestoreComment: _restore,
    c.PinComment: _pin,
    c.Mute: _mute,
    c.Unmute: _unmute,
    c.Block: _block,
    c.Unblock: _unblock,
    c.SlowMode: _slow_mode,
    c.SetWords: _set_words,
    c.Announce: _announce,
    c.AddClaim: _add_claim,
    c.ChangeClaim: _change_claim,
    c.CancelClaim: _cancel_claim,
    c.CancelWait: _cancel_wait,
}


def _comment(show: Show, offset: int) -> int:
    i = show.comment_at(offset)
    if i is None:
        raise NotFound(
            "Only comments that are still on the list can be changed.", code="unknown_comment"
        )
    return i


def _held(show: Show, claim_id: str) -> Claim:
    claim = show.claims.get(claim_id)
    if claim is None:
        raise NotFound("There is no such claim.")
    if claim.state != "held":
        raise Conflict("The claim is in payment, or an order by now.", code="in_payment")
    return claim


def _who(show: Show, person: str) -> Content | None:
    """The person's name, as she last went by it in what staff see."""
    for record in reversed(show.records):
        if record.by == person and record.name:
            return Content(person, record.name)
    for comment in reversed(show.comments):
        if comment.by == person:
            return Content(person, comment.name)
    return None

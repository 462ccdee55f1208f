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
from live.state import Claim, Comment, Show, Standing

_Act = Callable[[ShowTurn, c.Actor, Any], None]


def moderate(turn: ShowTurn, by: c.Actor, do: Any) -> None:
    """Carry out one of `commands.Moderate`. Raises NotFound, Conflict, BadRequest."""
    _ACTS[type(do)](turn, by, do)


def _hide(turn: ShowTurn, by: c.Actor, do: c.HideComment) -> None:
    comment = _comment(turn.state, do.comment)
    if not comment.hidden:
        hidden = e.CommentHidden(comment=do.comment, restored=comment.restored, staff=by.id)
        turn.append(hidden)


def _restore(turn: ShowTurn, by: c.Actor, do: c.RestoreComment) -> None:
    comment = _comment(turn.state, do.comment)
    if comment.hidden and comment.text is not None:
        said = Content(comment.by, comment.name, comment.text)
        turn.append(e.CommentRestored(comment=do.comment, staff=by.id), content=said)


def _pin(turn: ShowTurn, by: c.Actor, do: c.PinComment) -> None:
    pinned = turn.state.pinned_comment
    if do.comment is not None and _comment(turn.state, do.comment).hidden:
        raise Conflict("A hidden comment cannot be pinned.", code="comment_hidden")
    if do.comment != (pinned.offset if pinned else None):
        turn.append(e.CommentPinned(comment=do.comment, staff=by.id))


def _mute(turn: ShowTurn, by: c.Actor, do: c.Mute) -> None:
    person = turn.state.known_as(do.person)
    until = None if do.seconds is None else turn.now + do.seconds * 1000
    muted = e.PersonMuted(person=person, until=until, staff=by.id)
    turn.append(muted, to=person, content=_who(turn.state, person))


def _unmute(turn: ShowTurn, by: c.Actor, do: c.Unmute) -> None:
    person = turn.state.known_as(do.person)
    if _standing(turn.state, person).muted_until != 0:
        turn.append(e.PersonUnmuted(person=person, staff=by.id), to=person)


def _block(turn: ShowTurn, by: c.Actor, do: c.Block) -> None:
    person = turn.state.known_as(do.person)
    if not _standing(turn.state, person).blocked:
        blocked = e.PersonBlocked(person=person, staff=by.id)
        turn.append(blocked, to=person, content=_who(turn.state, person))


def _unblock(turn: ShowTurn, by: c.Actor, do: c.Unblock) -> None:
    person = turn.state.known_as(do.person)
    if _standing(turn.state, person).blocked:
        turn.append(e.PersonUnblocked(person=person, staff=by.id), to=person)


def _slow_mode(turn: ShowTurn, by: c.Actor, do: c.SlowMode) -> None:
    if do.seconds != turn.state.slow_mode_s:
        turn.append(e.SlowModeSet(seconds=do.seconds, staff=by.id))


def _set_words(turn: ShowTurn, by: c.Actor, do: c.SetWords) -> None:
    words = tuple(dict.fromkeys(do.words))
    if words != turn.state.words:
        turn.append(e.WordsSet(words=words, staff=by.id), to=STAFF)


def _announce(turn: ShowTurn, by: c.Actor, do: c.Announce) -> None:
    content = Content(by.id, None, do.text) if do.text else None
    if content is not None or turn.state.announcement is not None:
        turn.append(e.AnnouncementMade(on=content is not None, staff=by.id), content=content)


def _add_claim(turn: ShowTurn, by: c.Actor, do: c.AddClaim) -> None:
    item, variant = item_and_variant(turn.state, do.item, do.variant)
    person = turn.state.known_as(do.person)
    who = _who(turn.state, person)
    if who is None:
        raise NotFound("Nobody of this id has spoken in this show.", code="unknown_person")
    viewer = c.Actor(person, who.name or "", ids=frozenset({person}))
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


def _comment(show: Show, offset: int) -> Comment:
    comment = show.comment(offset)
    if comment is None:
        raise NotFound(
            "Only comments that are still on the list can be changed.", code="unknown_comment"
        )
    return comment


def _held(show: Show, claim_id: str) -> Claim:
    claim = show.claims.get(claim_id)
    if claim is None:
        raise NotFound("There is no such claim.")
    if claim.state != "held":
        raise Conflict("The claim is in payment, or an order by now.", code="in_payment")
    return claim


def _standing(show: Show, person: str) -> Standing:
    return show.standings.get(person, Standing())


def _who(show: Show, person: str) -> Content | None:
    """The person's name, as she last went by it in what staff see; None for a stranger."""
    mine = {person, *(old for old, new in show.merged.items() if new == person)}
    for record in reversed(show.records):
        if record.by in mine and record.name:
            return Content(person, record.name)
    for comment in reversed(show.latest_comments()):
        if comment.by in mine:
            return Content(person, comment.name)
    if (standing := show.standings.get(person)) is not None and standing.name:
        return Content(person, standing.name)
    for held in (*show.claims_of.get(person, ()), *show.waits_of.get(person, ())):
        claim = show.claims.get(held) or show.waits[held]
        return Content(person, claim.name)
    return None

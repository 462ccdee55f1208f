"""What moderators decided, event by event."""

from __future__ import annotations

from msgspec.structs import replace

from core.clock import Instant
from core.rooms.events import Logged
from live import events as e
from live.evolve.folds import of
from live.state import Show, Standing


@of(e.AnnouncementMade)
def _announced(show: Show, logged: Logged, event: e.AnnouncementMade) -> Show:
    text = logged.content.text if logged.content else None
    return replace(show, announcement=(logged.offset, text) if event.on and text else None)


@of(e.PersonMuted)
def _muted(show: Show, logged: Logged, event: e.PersonMuted) -> Show:
    return _with_standing(show, logged, event.person, muted_until=event.until)


@of(e.PersonUnmuted)
def _unmuted(show: Show, logged: Logged, event: e.PersonUnmuted) -> Show:
    return _with_standing(show, logged, event.person, muted_until=0)


@of(e.PersonBlocked)
def _blocked(show: Show, logged: Logged, event: e.PersonBlocked) -> Show:
    return _with_standing(show, logged, event.person, blocked=True)


@of(e.PersonUnblocked)
def _unblocked(show: Show, logged: Logged, event: e.PersonUnblocked) -> Show:
    return _with_standing(show, logged, event.person, blocked=False)


@of(e.SlowModeSet)
def _slow_mode(show: Show, _logged: Logged, event: e.SlowModeSet) -> Show:
    return replace(show, slow_mode_s=event.seconds)


@of(e.WordsSet)
def _words(show: Show, _logged: Logged, event: e.WordsSet) -> Show:
    return replace(show, words=event.words)


def _with_standing(show: Show, logged: Logged, person: str, **changes: Instant | None) -> Show:
    before = show.standings.get(person) or Standing()
    said = logged.content.name if logged.content else None
    standing = replace(before, name=said or before.name, **changes)
    if standing.muted_until == 0 and not standing.blocked:
        standings = show.standings.delete(person) if person in show.standings else show.standings
    else:
        standings = show.standings.set(person, standing)
    return replace(show, standings=standings)

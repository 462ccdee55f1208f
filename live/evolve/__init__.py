"""What each event makes of a show: `evolve(show, logged) -> show`, pure, never refusing.

One fold for each kind of event, beside its like: `rundown`, `comments`, `claims`, `gifts`,
`moderation`.
Each makes the new show in one go, since a show is copied whole however little of it changes.
"""

from live.evolve import claims, comments, gifts, moderation, rundown
from live.evolve.folds import evolve
from live.evolve.thaw import frozen, thawed

__all__ = ["claims", "comments", "evolve", "frozen", "gifts", "moderation", "rundown", "thawed"]

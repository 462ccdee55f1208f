"""How often somebody tried to sign in, kept in the database: a restart forgives nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from core.clock import Instant
from core.errors import RateLimited
from core.identity.tables import sign_in_attempt as attempt
from core.ids import new_id


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` attempts of the kind `what` by one e-mail address or network address."""

    what: str
    most: int
    within_ms: int


def reserve(connection: Connection, limits: Iterable[tuple[Limit, str]], now: Instant) -> list[str]:
    """Count an attempt against each limit of its fingerprint; returns what `forgive` takes.

    Counted before it is known whether it is a good one, so that a hundred at once are a hundred.
    Raises RateLimited, nothing being counted then, with `data.retry_after_ms`.
    """
    reserved: list[str] = []
    for limit, who in limits:
        _one_at_a_time(connection, f"{limit.what} {who}")
        mine = (attempt.c.what == limit.what) & (attempt.c.who == who)
        recent = (
            connection.execute(
                select(attempt.c.at)
                .where(mine, attempt.c.at > now - limit.within_ms)
                .order_by(attempt.c.at.desc())
                .limit(limit.most)
            )
            .scalars()
            .all()
        )
        if len(recent) == limit.most:
            wait_ms = recent[-1] + limit.within_ms - now
            raise RateLimited("Tried too often; wait a while.", retry_after_ms=wait_ms)
        reserved.append(new_id("try"))
        connection.execute(
            insert(attempt).values(id=reserved[-1], what=limit.what, who=who, at=now)
        )
    return reserved


def forgive(connection: Connection, reserved: Iterable[str]) -> None:
    """Take attempts back that were good ones."""
    connection.execute(delete(attempt).where(attempt.c.id.in_(list(reserved))))


def forget(connection: Connection, limit: Limit, who: str) -> None:
    """Begin anew for one e-mail address or network address."""
    connection.execute(delete(attempt).where(attempt.c.what == limit.what, attempt.c.who == who))


def _one_at_a_time(connection: Connection, name: str) -> None:
    """Of units that count the same thing, let one run at a time (SQLite always does)."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))

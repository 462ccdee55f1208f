"""Sessions: a random token in the browser's cookie, its SHA-256 here.

A session slides: it ends when it was not used for a while, and in any case after a long while
(OWASP ASVS 5.0, 7.3). The token itself is stored nowhere.
"""

import hashlib
import re
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from core.clock import Instant
from core.db import any_of
from core.identity.model import Person, Role
from core.identity.tables import customer, customer_alias, session, staff, staff_role
from core.ids import new_secret
from core.settings import Settings

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

STAFF_IDLE_MS = 16 * HOUR_MS
STAFF_WHOLE_MS = 7 * DAY_MS
CUSTOMER_WHOLE_MS = 365 * DAY_MS
RENEWED_EVERY_MS = HOUR_MS
"""How often a use of the session is written down at most."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def token_hash(token: str | None) -> str | None:
    """What stands for `token` in the database; None for what cannot be one of ours."""
    if token is None or not _TOKEN.fullmatch(token):
        return None
    return hashlib.sha256(token.encode()).hexdigest()


class Lifetimes:
    """How long sessions live, in milliseconds."""

    def __init__(self, settings: Settings) -> None:
        self._customer_idle = settings.session_days * DAY_MS

    def whole(self, *, is_staff: bool) -> int:
        """From the sign-in to the end, whatever happens."""
        return STAFF_WHOLE_MS if is_staff else CUSTOMER_WHOLE_MS

    def end(self, created_at: Instant, now: Instant, *, is_staff: bool) -> Instant:
        """When a session that is used `now` ends, if it is not used again."""
        idle = STAFF_IDLE_MS if is_staff else self._customer_idle
        return min(now + idle, created_at + self.whole(is_staff=is_staff))


def begin(connection: Connection, person: Person, lifetimes: Lifetimes, now: Instant) -> str:
    """A new session of `person`, by its token."""
    token = new_secret(32)
    connection.execute(
        insert(session).values(
            token_hash=token_hash(token),
            customer=None if person.is_staff else person.id,
            staff=person.id if person.is_staff else None,
            created_at=now,
            renewed_at=now,
            expires_at=lifetimes.end(now, now, is_staff=person.is_staff),
        )
    )
    return token


def end(connection: Connection, token: str | None) -> None:
    """End one session, if it is one."""
    connection.execute(delete(session).where(session.c.token_hash == (token_hash(token) or "")))


def end_all_of(connection: Connection, *, customer: str | None = None, staff: str = "") -> None:
    """End every session of one customer or one member of staff."""
    column, value = (session.c.customer, customer) if customer else (session.c.staff, staff)
    connection.execute(delete(session).where(column == value))


def renew(connection: Connection, hashes: list[str], lifetimes: Lifetimes, now: Instant) -> None:
    """Write down that these sessions are in use.

    In one order, whoever does it: people come back to several processes at once.
    """
    found = select(session).where(any_of(connection, session.c.token_hash, hashes))
    for row in connection.execute(found.order_by(session.c.token_hash)).all():
        end_at = lifetimes.end(row.created_at, now, is_staff=row.staff is not None)
        connection.execute(
            update(session)
            .where(session.c.token_hash == row.token_hash)
            .values(renewed_at=now, expires_at=end_at)
        )


def people(
    connection: Connection, hashes: list[str], now: Instant
) -> dict[str, tuple[Person, Instant]]:
    """Whose sessions these are, and when each was renewed; what is not a session is left out."""
    rows = connection.execute(
        select(
            session.c.token_hash,
            session.c.renewed_at,
            session.c.customer,
            session.c.staff,
            customer.c.name,
            customer.c.email,
            staff.c.name.label("staff_name"),
            staff.c.email.label("staff_email"),
        )
        .select_from(session)
        .outerjoin(customer, customer.c.id == session.c.customer)
        .outerjoin(staff, staff.c.id == session.c.staff)
        .where(
            any_of(connection, session.c.token_hash, hashes),
            session.c.expires_at > now,
            staff.c.removed_at.is_(None),
        )
    ).all()
    aliases = aliases_of(connection, [row.customer for row in rows if row.customer])
    roles = roles_of(connection, [row.staff for row in rows if row.staff])
    return {row.token_hash: (_person(row, aliases, roles), row.renewed_at) for row in rows}


def _person(
    row: Row[*tuple[Any, ...]], aliases: dict[str, set[str]], roles: dict[str, set[Role]]
) -> Person:
    if row.staff:
        return Person(
            "staff",
            row.staff,
            frozenset({row.staff}),
            row.staff_name,
            row.staff_email,
            frozenset(roles.get(row.staff, ())),
        )
    return a_customer(row.customer, row.name, row.email, aliases.get(row.customer, set()))


def a_customer(id: str, name: str | None, email: str | None, aliases: set[str]) -> Person:
    """The guest or customer `id`, who is also `aliases`."""
    return Person("customer" if email else "guest", id, frozenset({id, *aliases}), name, email)


def aliases_of(connection: Connection, customers: list[str]) -> dict[str, set[str]]:
    """The other ids of each of `customers` who has any."""
    found: dict[str, set[str]] = {}
    if customers:
        query = select(customer_alias.c.customer, customer_alias.c.alias).where(
            any_of(connection, customer_alias.c.customer, customers)
        )
        for row in connection.execute(query):
            found.setdefault(row.customer, set()).add(row.alias)
    return found


def roles_of(connection: Connection, members: list[str]) -> dict[str, set[Role]]:
    """The roles of each of `members` of staff who has any."""
    found: dict[str, set[Role]] = {}
    if members:
        query = select(staff_role).where(any_of(connection, staff_role.c.staff, members))
        for row in connection.execute(query):
            found.setdefault(row.staff, set()).add(Role(row.role))
    return found

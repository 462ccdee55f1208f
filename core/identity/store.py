"""What is asked of and written to the tables of people; each function runs inside a unit."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from core import outbox
from core.clock import Instant
from core.errors import NotFound
from core.identity.model import Person, Role
from core.identity.sessions import a_customer, aliases_of, end_all_of, roles_of
from core.identity.tables import customer, customer_alias, sign_in_code, staff, staff_role
from core.ids import new_id

MergeHook = Callable[[Connection, str, str], None]
"""Moves what is `from_id`'s to `to_id`, in the transaction in which the two become one."""

StaffChange = Callable[[Connection, str], None]
"""Changes something about the member of staff of an id."""


def read_customer(connection: Connection, id: str) -> Person | None:
    """The guest or customer by her id or by one of her aliases, locked until the commit."""
    alias = select(customer_alias.c.customer).where(customer_alias.c.alias == id)
    own_id = connection.execute(alias).scalar_one_or_none() or id
    query = select(customer).where(customer.c.id == own_id).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else _customer(connection, row)


def find_customer(connection: Connection, id: str) -> tuple[Person, Instant]:
    """The guest or customer by her id or an alias, and since when she is known. Raises NotFound."""
    alias = select(customer_alias.c.customer).where(customer_alias.c.alias == id)
    own_id = connection.execute(alias).scalar_one_or_none() or id
    row = connection.execute(select(customer).where(customer.c.id == own_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such customer.")
    return _customer(connection, row), row.created_at


def customer_of_email(connection: Connection, email: str) -> Person | None:
    """The customer who has proved that `email` is hers, locked until the commit."""
    query = select(customer).where(customer.c.email == email).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else _customer(connection, row)


def _customer(connection: Connection, row: Row[*tuple[Any, ...]]) -> Person:
    aliases = aliases_of(connection, [row.id]).get(row.id, set())
    return a_customer(row.id, row.name, row.email, aliases)


def add_customer(
    connection: Connection, name: str | None, email: str | None, now: Instant
) -> Person:
    id = new_id("cus")
    connection.execute(insert(customer).values(id=id, name=name, email=email, created_at=now))
    return a_customer(id, name, email, set())


def change_customer(
    connection: Connection, person: Person, *, name: str | None, email: str | None
) -> Person:
    """Give a guest or customer this name and address; returns her as she then is."""
    values = {"name": name, "email": email}
    connection.execute(update(customer).where(customer.c.id == person.own_id).values(**values))
    return a_customer(person.own_id, name, email, set(person.aliases))


def merge(
    connection: Connection, guest: Person, into: Person, hooks: Iterable[MergeHook], now: Instant
) -> Person:
    """Make `guest` an alias of the customer `into`, and what was hers that one's; returns `into`.

    The outbox's topic `customer.merged` tells the rooms.
    """
    for hook in hooks:
        hook(connection, guest.own_id, into.own_id)
    alias = {"alias": guest.own_id, "customer": into.own_id, "at": now}
    connection.execute(insert(customer_alias).values(alias))
    end_all_of(connection, customer=guest.own_id)
    merged = {"from": guest.own_id, "to": into.own_id}
    outbox.add(connection, "customer.merged", into.own_id, merged)
    return replace(into, aliases=into.aliases | guest.aliases)


def read_code(connection: Connection, email: str) -> Row[*tuple[Any, ...]] | None:
    """The code that was last sent to `email`, locked until the commit."""
    query = select(sign_in_code).where(sign_in_code.c.email == email).with_for_update()
    return connection.execute(query).one_or_none()


def keep_code(
    connection: Connection, email: str, nonce: str, now: Instant, expires_at: Instant
) -> None:
    """Remember a code in place of the one before it."""
    drop_code(connection, email)
    connection.execute(
        insert(sign_in_code).values(
            email=email, nonce=nonce, sent_at=now, expires_at=expires_at, tries=0
        )
    )


def count_try(connection: Connection, email: str) -> None:
    connection.execute(
        update(sign_in_code)
        .where(sign_in_code.c.email == email)
        .values(tries=sign_in_code.c.tries + 1)
    )


def drop_code(connection: Connection, email: str) -> None:
    connection.execute(delete(sign_in_code).where(sign_in_code.c.email == email))


def staff_of_email(connection: Connection, email: str) -> Row[*tuple[Any, ...]] | None:
    """The row of a member of staff, also of one who was removed."""
    return connection.execute(select(staff).where(staff.c.email == email)).one_or_none()


def members(connection: Connection) -> list[Person]:
    """All staff, by e-mail address."""
    query = select(staff).where(staff.c.removed_at.is_(None)).order_by(staff.c.email)
    rows = connection.execute(query).all()
    roles = roles_of(connection, [row.id for row in rows])
    return [a_member(row, roles.get(row.id, set())) for row in rows]


def a_member(row: Row[*tuple[Any, ...]], roles: Iterable[Role]) -> Person:
    return Person("staff", row.id, frozenset({row.id}), row.name, row.email, frozenset(roles))


def put_staff(
    connection: Connection, email: str, name: str, password_hash: str, now: Instant
) -> str:
    """Add a member of staff, or take one back who was removed; returns her id."""
    values = {"name": name, "password_hash": password_hash, "removed_at": None}
    row = staff_of_email(connection, email)
    if row is not None:
        connection.execute(update(staff).where(staff.c.id == row.id).values(**values))
        return str(row.id)
    id = new_id("stf")
    connection.execute(insert(staff).values(id=id, email=email, created_at=now, **values))
    return id


def change_staff(connection: Connection, id: str, **values: str | Instant) -> None:
    connection.execute(update(staff).where(staff.c.id == id).values(**values))


def put_roles(connection: Connection, id: str, roles: Iterable[Role]) -> None:
    """Make these the roles of a member of staff, and no others."""
    connection.execute(delete(staff_role).where(staff_role.c.staff == id))
    rows = [{"staff": id, "role": role.value} for role in sorted(set(roles))]
    if rows:
        connection.execute(insert(staff_role), rows)

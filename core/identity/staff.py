"""The accounts of staff: made from the command line, entered by e-mail address and password."""

from collections.abc import Iterable

from aiohttp import web
from sqlalchemy import Connection

from core import metrics
from core.clock import Clock
from core.db import Database
from core.errors import Conflict, NotFound
from core.identity import attempts, sessions, store
from core.identity.attempts import Limit
from core.identity.model import (
    PASSWORD_LENGTH,
    Person,
    Role,
    WrongPassword,
    display_name,
    email_address,
    new_password,
)
from core.identity.passwords import Passwords
from core.identity.service import Identity
from core.secret import Secret

WRONG_FOR_EMAIL = Limit("password-for", 5, 15 * 60_000)
WRONG_BY_ADDRESS = Limit("password-by", 30, 15 * 60_000)

FOR_TRYING = "@demo.test"
"""How the addresses of the demo's staff end; everybody knows their password."""


class StaffAccounts:
    """Adds, changes and removes staff, and signs them in."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        secret: Secret,
        identity: Identity,
        passwords: Passwords,
        *,
        production: bool,
    ) -> None:
        self._database = database
        self._clock = clock
        self._secret = secret
        self._identity = identity
        self._passwords = passwords
        self._production = production

    async def add(self, email: str, name: str, password: str, roles: Iterable[Role]) -> Person:
        """A new member of staff; who was removed comes back under her old id.

        Raises BadRequest, and Conflict if there is one with this address.
        """
        email, name, roles = email_address(email), display_name(name), frozenset(roles)
        hashed = await self._passwords.hash(new_password(password))
        now = self._clock.now()

        def unit(connection: Connection) -> Person:
            row = store.staff_of_email(connection, email)
            if row is not None and row.removed_at is None:
                raise Conflict("There is a member of staff with this e-mail address.")
            id = store.put_staff(connection, email, name, hashed, now)
            store.put_roles(connection, id, roles)
            return Person("staff", id, frozenset({id}), name, email, roles)

        return await self._database.write(unit)

    async def all(self) -> list[Person]:
        """By e-mail address."""
        return await self._database.read(store.members)

    async def set_roles(self, email: str, roles: Iterable[Role]) -> None:
        """Give her these roles and no others; what she has open sees it at once. NotFound."""
        await self._change(email, lambda c, id: store.put_roles(c, id, roles))

    async def set_password(self, email: str, password: str) -> None:
        """Give her another password: ends her sessions and forgets wrong tries. NotFound."""
        hashed = await self._passwords.hash(new_password(password))

        def change(connection: Connection, id: str) -> None:
            store.change_staff(connection, id, password_hash=hashed)
            sessions.end_all_of(connection, staff=id)
            attempts.forget(connection, WRONG_FOR_EMAIL, self._fingerprint(email_address(email)))

        await self._change(email, change)

    async def remove(self, email: str) -> None:
        """Take her access away, at once. What she did stays under her id. NotFound."""
        now = self._clock.now()

        def change(connection: Connection, id: str) -> None:
            store.change_staff(connection, id, removed_at=now)
            sessions.end_all_of(connection, staff=id)

        await self._change(email, change)

    async def _change(self, email: str, change: store.StaffChange) -> None:
        email = email_address(email)

        def unit(connection: Connection) -> None:
            row = store.staff_of_email(connection, email)
            if row is None or row.removed_at is not None:
                raise NotFound("No member of staff has this e-mail address.")
            change(connection, row.id)

        await self._database.write(unit)
        self._identity.rights_changed()

    async def sign_in(
        self, email: str, password: str, address: str, token: str | None = None
    ) -> tuple[Person, str]:
        """Her, and the token of her new session, which replaces the session of `token`.

        Raises WrongPassword, after as long a time whether or not the address is anybody's (in
        production the demo's are nobody's), and RateLimited after 5 wrong ones in 15 minutes for
        one e-mail address or 30 from one network `address`. A password that was hashed by older
        rules is hashed anew.
        """
        email = email_address(email)
        now = self._clock.now()
        by_email = (WRONG_FOR_EMAIL, self._fingerprint(email))
        limits = [by_email, (WRONG_BY_ADDRESS, self._fingerprint(address))]

        def before(connection: Connection) -> tuple[list[str], str | None]:
            reserved = attempts.reserve(connection, limits, now)
            row = store.staff_of_email(connection, email)
            known = row is not None and row.removed_at is None and not self._is_known_to_all(email)
            return reserved, row.password_hash if row is not None and known else None

        reserved, hashed = await self._database.write(before)
        fits = await self._passwords.fits(hashed, password[: PASSWORD_LENGTH[1] + 1])
        metrics.sign_ins.labels("staff", "good" if fits else "wrong").inc()
        if hashed is None or not fits:
            raise WrongPassword("No member of staff has this address and password.")
        anew = None
        if self._passwords.is_outdated(hashed):
            anew = await self._passwords.hash(password)

        def after(connection: Connection) -> tuple[Person, str]:
            row = store.staff_of_email(connection, email)
            if row is None or row.removed_at is not None or row.password_hash != hashed:
                raise WrongPassword("The account was changed just now.")
            if anew is not None:
                store.change_staff(connection, row.id, password_hash=anew)
            attempts.forgive(connection, reserved)
            attempts.forget(connection, *by_email)
            roles = sessions.roles_of(connection, [row.id]).get(row.id, set())
            person = store.a_member(row, roles)
            sessions.end(connection, token)
            return person, sessions.begin(connection, person, self._identity.lifetimes, now)

        outcome = await self._database.write(after)
        self._identity.forget_known()
        return outcome

    def _is_known_to_all(self, email: str) -> bool:
        return self._production and email.endswith(FOR_TRYING)

    def _fingerprint(self, text: str) -> str:
        return self._secret.fingerprint("sign-in attempts", text)


STAFF = web.AppKey("staff", StaffAccounts)

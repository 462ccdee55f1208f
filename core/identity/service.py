"""Who is asking, and how she becomes known: a guest by a name, a customer by a code."""

import asyncio
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

import structlog
from aiohttp import web
from sqlalchemy import Connection, delete

from core.clock import Clock, Instant
from core.db import Database
from core.errors import Forbidden, PlusOneError, RateLimited, Unavailable
from core.identity import attempts, sessions, store
from core.identity.attempts import Limit
from core.identity.model import (
    CODE_LENGTH,
    NOBODY,
    CodeExpired,
    CodeSent,
    Person,
    WrongCode,
    display_name,
    email_address,
)
from core.identity.sessions import Lifetimes, token_hash
from core.identity.store import MergeHook
from core.identity.tables import session, sign_in_attempt, sign_in_code
from core.ids import new_secret
from core.locales import Locale
from core.notices import Notices
from core.secret import Secret
from core.settings import Settings

CODE_MS = 10 * 60_000
RESEND_MS = 60_000
TRIES = 5

SENT_TO_EMAIL = Limit("code-to", 5, 3_600_000)
SENT_BY_ADDRESS = Limit("code-by", 100, 3_600_000)
"""A mobile carrier's customers share few addresses: no less."""
WRONG_BY_ADDRESS = Limit("wrong-code-by", 100, 15 * 60_000)

KNOWN_FOR_MS = 2_000
"""How late this process may be to see what another one changed of a person."""
KNOWN_PEOPLE = 20_000
LOOKED_UP_AT_ONCE = 500

FORGOTTEN_AFTER_MS = 24 * 3_600_000

log = structlog.get_logger(__name__)


class Identity:
    """Guests and customers, and everybody's sessions; staff are `core.identity.staff`'s.

    `merge_hooks` run in the transaction in which a guest becomes an alias of a customer; the
    outbox's topic `customer.merged` (`{from, to}`) tells the rest.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        secret: Secret,
        notices: Notices,
    ) -> None:
        self._database = database
        self._clock = clock
        self._secret = secret
        self._notices = notices
        self.lifetimes = Lifetimes(settings)
        self._known: OrderedDict[str, tuple[Person, Instant]] = OrderedDict()
        self._asked: dict[str, asyncio.Future[Person]] = {}
        self._answering: asyncio.Task[None] | None = None
        self._closed = False
        self._changes = 0
        self._listeners: list[Callable[[], None]] = []
        self.merge_hooks: list[MergeHook] = []
        notices.complete["sign_in_code"] = self._with_code

    async def person_for(self, token: str | None) -> Person:
        """Whose session `token` is; `NOBODY` if it is none, forged or over. Raises Unavailable.

        What this process changes it sees at once, what another changes within 2 s.
        """
        hashed = token_hash(token)
        if hashed is None:
            return NOBODY
        now = self._clock.now()
        known = self._known.get(hashed)
        if known is not None and known[1] > now:
            self._known.move_to_end(hashed)
            return known[0]
        return await self._ask(hashed)

    async def changed(self, known: Mapping[str, Person]) -> dict[str, Person]:
        """Of people `known` by their tokens, those who are others now (`NOBODY`: signed out).

        For whoever keeps people for long, such as sockets: a query for every 500, and their
        sessions count as used.
        """
        changed: dict[str, Person] = {}
        tokens = list(known)
        for start in range(0, len(tokens), LOOKED_UP_AT_ONCE):
            batch = tokens[start : start + LOOKED_UP_AT_ONCE]
            hashes = {token: token_hash(token) or "" for token in batch}
            found = await self._look_up(list(hashes.values()), self._clock.now())
            for token, hashed in hashes.items():
                person = found.get(hashed, NOBODY)
                if person != known[token]:
                    changed[token] = person
        return changed

    async def _ask(self, hashed: str) -> Person:
        """Look her up together with all who came while others were looked up.

        When thousands come back at once, a query for each kept the last of them waiting for 10 s.
        """
        asked = self._asked.get(hashed)
        if asked is None:
            if self._closed:
                raise _leaving()
            asked = self._asked[hashed] = asyncio.get_running_loop().create_future()
            if self._answering is None:
                self._answering = asyncio.get_running_loop().create_task(self._answer())
        return await asyncio.shield(asked)

    async def _answer(self) -> None:
        """Answer all who ask, by queries that begin after they did."""
        try:
            while self._asked:
                hashes = list(self._asked)[:LOOKED_UP_AT_ONCE]
                batch = {hashed: self._asked.pop(hashed) for hashed in hashes}
                try:
                    found = await self._look_up(hashes, self._clock.now())
                except asyncio.CancelledError:
                    _fail(batch.values(), _leaving())
                    raise
                except Exception as error:
                    _fail(batch.values(), error)
                else:
                    for hashed, asked in batch.items():
                        asked.set_result(found.get(hashed, NOBODY))
        finally:
            self._answering = None

    async def close(self) -> None:
        """Look nobody up any more: who asks, or waits for an answer, is told so."""
        self._closed = True
        if (answering := self._answering) is not None:
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)
        _fail(self._asked.values(), _leaving())
        self._asked.clear()

    async def _look_up(self, hashes: list[str], now: Instant) -> dict[str, Person]:
        changes = self._changes
        found = await self._database.read(lambda c: sessions.people(c, hashes, now))
        if changes == self._changes:  # else what was read may be from before a change
            for hashed, (person, _) in found.items():
                self._known[hashed] = (person, now + KNOWN_FOR_MS)
            while len(self._known) > KNOWN_PEOPLE:
                self._known.popitem(last=False)
        stale = [
            hashed
            for hashed, (_, renewed_at) in found.items()
            if renewed_at + sessions.RENEWED_EVERY_MS <= now
        ]
        if stale:
            await self._renew(stale, now)
        return {hashed: person for hashed, (person, _) in found.items()}

    async def _renew(self, hashes: list[str], now: Instant) -> None:
        try:
            await self._database.write(lambda c: sessions.renew(c, hashes, self.lifetimes, now))
        except PlusOneError as error:
            # Who they are was found: a full disk is to keep nobody out. The next look will do.
            log.warning("sessions.not_renewed", error=error.error_code)

    def forget_known(self) -> None:
        """Ask the database anew who everybody is; after any change of a known person."""
        self._changes += 1
        self._known.clear()

    def rights_changed(self) -> None:
        """A session has ended or roles were taken: forget, and tell whoever keeps people."""
        self.forget_known()
        for listener in self._listeners:
            listener()

    def on_rights_changed(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever this process ends a session or changes roles: ask `changed`."""
        self._listeners.append(listener)

    def cookie_age_s(self, person: Person) -> int:
        """How long her browser keeps the token, in seconds."""
        return self.lifetimes.whole(is_staff=person.is_staff) // 1000

    async def become_guest(self, person: Person, name: str) -> tuple[Person, str | None]:
        """Give nobody a name, and with it a session (its token comes second); rename a customer.

        Raises Forbidden for staff, whose names are not theirs to choose.
        """
        name = display_name(name)
        now = self._clock.now()
        if person.is_staff:
            raise Forbidden("Staff are named by their operator.")

        def unit(connection: Connection) -> tuple[Person, str | None]:
            known = store.read_customer(connection, person.id) if person.id else None
            if known is not None:
                renamed = store.change_customer(connection, known, name=name, email=known.email)
                return renamed, None
            guest = store.add_customer(connection, name, None, now)
            return guest, sessions.begin(connection, guest, self.lifetimes, now)

        outcome = await self._database.write(unit)
        if person.id is not None:
            self.forget_known()
        return outcome

    async def sign_out(self, token: str | None) -> None:
        """End the session, at once."""
        await self._database.write(lambda connection: sessions.end(connection, token))
        self.rights_changed()

    async def send_code(self, email: str, address: str, locale: Locale) -> CodeSent:
        """Mail a code of six digits to `email`, good for ten minutes, in place of any before it.

        Raises BadRequest, and RateLimited within a minute of the last one, after five in an hour to
        one e-mail address, or after a hundred in an hour from one network `address`.
        """
        email = email_address(email)
        now = self._clock.now()
        limits = [
            (SENT_TO_EMAIL, self._fingerprint(email)),
            (SENT_BY_ADDRESS, self._fingerprint(address)),
        ]

        def unit(connection: Connection) -> None:
            attempts.reserve(connection, limits, now)
            before = store.read_code(connection, email)
            if before is not None and now < before.sent_at + RESEND_MS:
                wait_ms = before.sent_at + RESEND_MS - now
                raise RateLimited("A code was just sent.", retry_after_ms=wait_ms)
            nonce = new_secret(16)
            store.keep_code(connection, email, nonce, now, now + CODE_MS)
            self._notices.send(connection, email, "sign_in_code", locale, {"nonce": nonce})

        await self._database.write(unit)
        return CodeSent(email, now + CODE_MS, now + RESEND_MS)

    async def verify(
        self,
        person: Person,
        email: str,
        code: str,
        *,
        address: str,
        name: str | None = None,
        token: str | None = None,
    ) -> tuple[Person, str]:
        """Sign in with the code that was mailed; the new session's token comes second.

        A guest keeps her id, unless a customer has proved that address before: then she becomes
        that customer, and what was hers as a guest goes with her. `token` is the session that the
        new one replaces. Raises WrongCode, CodeExpired and RateLimited.
        """
        email = email_address(email)
        chosen = display_name(name) if name is not None else None
        now = self._clock.now()
        by_address = [(WRONG_BY_ADDRESS, self._fingerprint(address))]

        def unit(connection: Connection) -> PlusOneError | tuple[Person, str]:
            reserved = attempts.reserve(connection, by_address, now)
            if refusal := self._refusal(connection, email, code, now):
                return refusal  # returned, not raised: the try has to be committed
            attempts.forgive(connection, reserved)
            store.drop_code(connection, email)
            found = self._sign_in(connection, person, email, chosen, now)
            sessions.end(connection, token)
            return found, sessions.begin(connection, found, self.lifetimes, now)

        outcome = await self._database.write(unit)
        if isinstance(outcome, PlusOneError):
            raise outcome
        self.forget_known()
        return outcome

    def _refusal(
        self, connection: Connection, email: str, code: str, now: Instant
    ) -> PlusOneError | None:
        sent = store.read_code(connection, email)
        if sent is None or sent.expires_at <= now or sent.tries >= TRIES:
            return CodeExpired("There is no such code any more; ask for a new one.")
        if hmac.compare_digest(self.code(email, sent.nonce).encode(), code.encode()):
            return None
        store.count_try(connection, email)
        return WrongCode("That is not the code.", tries_left=TRIES - 1 - sent.tries)

    def _sign_in(
        self, connection: Connection, person: Person, email: str, name: str | None, now: Instant
    ) -> Person:
        guest = _still_guest(connection, person)
        customer = store.customer_of_email(connection, email)
        if customer is None:
            if guest is None:
                return store.add_customer(connection, name, email, now)
            customer = guest
        elif guest is not None:
            customer = store.merge(connection, guest, customer, self.merge_hooks, now)
        name = name or customer.name or (guest.name if guest else None)
        return store.change_customer(connection, customer, name=name, email=email)

    def code(self, email: str, nonce: str) -> str:
        """The code that belongs to a nonce: so neither a database nor a queued mail holds it."""
        digest = hmac.digest(
            self._secret.key("sign-in code"), f"{email}\n{nonce}".encode(), hashlib.sha256
        )
        return f"{int.from_bytes(digest[:8], 'big') % 10**CODE_LENGTH:0{CODE_LENGTH}}"

    def _with_code(self, to: str, data: Mapping[str, str]) -> dict[str, str]:
        return {"code": self.code(to, data["nonce"])}

    def _fingerprint(self, text: str) -> str:
        return self._secret.fingerprint("sign-in attempts", text)

    async def forget_old(self) -> None:
        """Remove sessions that are over, codes and attempts that count no more."""
        now = self._clock.now()
        before = now - FORGOTTEN_AFTER_MS

        def unit(connection: Connection) -> None:
            connection.execute(delete(session).where(session.c.expires_at <= now))
            connection.execute(delete(sign_in_code).where(sign_in_code.c.expires_at <= before))
            connection.execute(delete(sign_in_attempt).where(sign_in_attempt.c.at <= before))

        await self._database.write(unit)


def _fail(asked: Iterable[asyncio.Future[Person]], error: Exception) -> None:
    for one in asked:
        one.set_exception(error)
        one.exception()  # who asked may have gone


def _leaving() -> Unavailable:
    return Unavailable("The service is leaving.")


def _still_guest(connection: Connection, person: Person) -> Person | None:
    """`person` as she is now, if she is a guest still and did not sign in in another tab."""
    if person.kind != "guest":
        return None
    now = store.read_customer(connection, person.own_id)
    return now if now is not None and now.kind == "guest" else None


IDENTITY = web.AppKey("identity", Identity)

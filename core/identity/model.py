"""Who a person is and what she may do: plain values and rules, no database and no clock."""

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from email_validator import EmailNotValidError, validate_email

from core.clock import Instant
from core.errors import BadRequest, Forbidden, NotSignedIn

NAME_LENGTH = 40
EMAIL_LENGTH = 254
PASSWORD_LENGTH = (10, 256)
CODE_LENGTH = 6

Kind = Literal["nobody", "guest", "customer", "staff"]


class Role(StrEnum):
    """What staff do; one person may have several."""

    HOST = "host"
    MODERATOR = "moderator"
    REP = "rep"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking.

    A guest is a customer without an e-mail address; the id stays when she gives one. `id` is None
    for nobody. `aliases` are all ids that count as hers, her own included: what she did as a guest
    before she signed in was done under another id. `name` is None until she says one.
    """

    kind: Kind
    id: str | None = None
    aliases: frozenset[str] = frozenset()
    name: str | None = None
    email: str | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)

    @property
    def own_id(self) -> str:
        """The id of somebody. Raises NotSignedIn for nobody."""
        if self.id is None:
            raise NotSignedIn("Say a name or sign in first.")
        return self.id

    @property
    def is_staff(self) -> bool:
        return self.kind == "staff"

    @property
    def is_customer(self) -> bool:
        """A guest or a customer: one who may have a cart."""
        return self.kind in ("guest", "customer")

    def has(self, *roles: Role) -> bool:
        """Whether she has one of `roles`."""
        return not self.roles.isdisjoint(roles)


NOBODY = Person("nobody")


def require(person: Person, *roles: Role) -> Person:
    """`person`, if she has one of `roles` (with no roles named: if she is staff at all).

    Raises NotSignedIn for nobody and Forbidden for all others.
    """
    if person.kind == "nobody":
        raise NotSignedIn("Sign in first.")
    if not (person.has(*roles) if roles else person.is_staff):
        raise Forbidden("This is not among your roles.")
    return person


def require_customer(person: Person) -> str:
    """The id of a guest or a customer. Raises NotSignedIn for nobody and Forbidden for staff."""
    own_id = person.own_id
    if not person.is_customer:
        raise Forbidden("Only customers have this.")
    return own_id


class WrongCode(Forbidden):
    """The code is not the one that was sent; `data.tries_left` says how many tries it still has."""

    code = "wrong_code"


class CodeExpired(Forbidden):
    """There is no code to compare with: too old, used, tried too often, or never asked for."""

    code = "code_expired"


class WrongPassword(Forbidden):
    """No member of staff has this e-mail address and this password."""

    code = "wrong_password"


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A sign-in code is on its way to `email`; another one may be asked for at `resend_at`."""

    email: str
    expires_at: Instant
    resend_at: Instant


def display_name(typed: str) -> str:
    """The name that a person typed, fit for one line: 1 to 40 characters. Raises BadRequest.

    Runs of spaces become one; control characters, line ends and the marks that turn the direction
    of the text around a name are dropped. What joins emoji and letters of some scripts stays.
    """
    plain = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", typed[: 10 * NAME_LENGTH])
        if character.isspace() or _may_stand_in_a_name(character)
    )
    name = " ".join(plain.split())
    if not any(unicodedata.category(character)[0] in "LNPS" for character in name):
        raise BadRequest("A name has at least one visible character.", fields={"name": "empty"})
    if len(name) > NAME_LENGTH:
        raise BadRequest("The name is too long.", fields={"name": f"at most {NAME_LENGTH}"})
    return name


_JOINERS = frozenset("\u200c\u200d")


def _may_stand_in_a_name(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character)[0] != "C"


def email_address(typed: str) -> str:
    """The address in the one form under which it is looked up: lower case, its domain in ASCII.

    Whether mail arrives there is found out by sending. Raises BadRequest.
    """
    try:
        address = validate_email(
            typed.strip(),
            check_deliverability=False,
            allow_smtputf8=False,
            test_environment=True,  # `.test` is for trying things out: RFC 6761 §6.2
        ).ascii_email
    except EmailNotValidError as error:
        raise BadRequest("Not an e-mail address.", fields={"email": str(error)}) from None
    if address is None or len(address) > EMAIL_LENGTH:
        raise BadRequest("The e-mail address is too long.", fields={"email": "too long"})
    return address.lower()


def new_password(typed: str) -> str:
    """A password that staff may have: 10 to 256 characters, at least 5 different. BadRequest else.

    Length is what counts (NIST SP 800-63B §3.1.1); no rules about kinds of characters.
    """
    least, most = PASSWORD_LENGTH
    if not least <= len(typed) <= most:
        raise BadRequest(f"A password has {least} to {most} characters.", code="weak_password")
    if len(set(typed)) < 5:
        raise BadRequest("The password repeats too few characters.", code="weak_password")
    return typed

"""`plusone staff`: who runs the shop. A password is asked for, or read from standard input."""

import argparse
import getpass
import sys

import migrations
from core.clock import SystemClock
from core.db import Database
from core.errors import BadRequest
from core.identity.model import Role
from core.identity.staff import StaffAccounts
from core.secret import Secret
from core.settings import Settings
from web.people import open_people
from web.serving import run_loop


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = "Staff and what they may do."
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    roles = [role.value for role in Role]

    add = acts.add_parser("add", help="a new member of staff")
    add.add_argument("email")
    add.add_argument("--name", required=True, help="as customers see it")
    add.add_argument(
        "--role", action="append", required=True, choices=roles, help="may be repeated"
    )
    _takes_password(add)

    change = acts.add_parser("roles", help="give her these roles and no others")
    change.add_argument("email")
    change.add_argument("--role", action="append", default=[], choices=roles)

    password = acts.add_parser("password", help="another password; ends her sessions")
    password.add_argument("email")
    _takes_password(password)

    remove = acts.add_parser("remove", help="take her access away, at once")
    remove.add_argument("email")

    acts.add_parser("list", help="all staff")


def _takes_password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--password-stdin", action="store_true", help="read it from standard input's first line"
    )


def run(arguments: argparse.Namespace) -> int:
    password = _password(arguments) if "password_stdin" in arguments else ""
    settings = Settings()
    migrations.upgrade(settings.database)
    done = run_loop(_done(settings, Secret.of(settings), arguments, password))
    sys.stdout.write(done)
    return 0


def _password(arguments: argparse.Namespace) -> str:
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise BadRequest("There is nobody to ask for a password: use --password-stdin.")
    typed = getpass.getpass("Password: ")
    if typed != getpass.getpass("The same again: "):
        raise BadRequest("The two were not the same.")
    return typed


async def _done(
    settings: Settings, secret: Secret, arguments: argparse.Namespace, password: str
) -> str:
    clock = SystemClock()
    async with (
        Database.open(settings.database, pool=1) as database,
        open_people(database, clock, settings, secret) as people,
    ):
        return await _act(people.staff, arguments, password)


async def _act(accounts: StaffAccounts, arguments: argparse.Namespace, password: str) -> str:
    """Do what was asked for; returns what to tell."""
    match arguments.act:
        case "add":
            roles = [Role(role) for role in arguments.role]
            added = await accounts.add(arguments.email, arguments.name, password, roles)
            return f"{added.email} is {', '.join(sorted(added.roles))}.\n"
        case "roles":
            await accounts.set_roles(arguments.email, [Role(role) for role in arguments.role])
            return f"{arguments.email} is {', '.join(arguments.role) or 'nothing any more'}.\n"
        case "password":
            await accounts.set_password(arguments.email, password)
            return f"{arguments.email} has another password.\n"
        case "remove":
            await accounts.remove(arguments.email)
            return f"{arguments.email} has no access any more.\n"
    return "".join(
        f"{person.email}\t{person.name}\t{' '.join(sorted(person.roles))}\n"
        for person in await accounts.all()
    )

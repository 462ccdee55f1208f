"""The command `plusone`. Each command's module is loaded when it is the one that was asked for."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final, Protocol

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from core.errors import PlusOneError

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("web.commands.demo", "open a shop with a live show, to try things out"),
    "serve": ("web.commands.serve", "open the service"),
    "migrate": ("web.commands.migrate", "bring the database up to this version"),
    "settings": ("web.commands.settings", "print every setting that is in force"),
    "parse": ("web.commands.parse", 'try codes and comments with the "+1" grammar'),
    "import": ("web.commands.import_", "import products, stock and locations from a CSV file"),
    "articles": ("web.commands.articles", "import what customers and the bot can read"),
    "bot": ("web.commands.bot", "try how well the bot answers"),
    "customer": ("web.commands.customer", "export or erase what one customer wrote"),
    "staff": ("web.commands.staff", "add, change, list and remove staff"),
}


class Command(Protocol):
    """What a module of `web.commands` has."""

    def configure(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it; returns the exit status."""
        ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 if it went well, 1 if not, 2 if it was asked for wrongly."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="plusone", description="Live commerce, self-hosted.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    wanted = next((word for word in words if not word.startswith("-")), "")
    command: Command | None = None
    for name, (module, summary) in COMMANDS.items():
        described = commands.add_parser(name, help=summary, description=summary)
        if name == wanted:
            command = import_module(module)
            command.configure(described)
    arguments = parser.parse_args(words)
    if command is None:
        parser.error(f"no command is called {arguments.command}")
    try:
        return command.run(arguments)
    except (ValidationError, PlusOneError, OSError) as error:
        sys.stderr.write(f"plusone: {told(error)}\n")
        return 1


def told(error: Exception) -> str | None:
    """What people are told of it; None for what is a fault of the program."""
    match error:
        case ValidationError():
            return _not_right(error)
        case PlusOneError():
            return error.message
        case OSError():  # a port that is taken, a database that is not there
            return str(error)
    return None


def _not_right(error: ValidationError) -> str:
    """Which settings and why, without their values: these may be secrets."""
    faults = [
        (".".join(str(step) for step in fault["loc"]), _why(fault))
        for fault in error.errors(include_url=False, include_input=False)
    ]
    if len(faults) > 1:
        return "These settings are not right:\n" + "\n".join(
            f"  {setting}: {why}" for setting, why in faults
        )
    [(setting, why)] = faults
    return f"The setting {setting} is not right: {why}." if setting else f"{why}."


def _why(fault: ErrorDetails) -> str:
    ours = fault.get("ctx", {}).get("error")  # what a check of our own raised
    return str(ours) if isinstance(ours, ValueError) else fault["msg"]


if __name__ == "__main__":
    sys.exit(main())

"""`plusone settings`."""

import argparse
import sys
import textwrap
from typing import Any

from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.model.loading import problem
from core.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Print every setting that is in force, its variable and what it does. Secrets are masked."
        " Ends with status 1 when the language model that is set cannot be loaded, and says why."
    )


def run(_arguments: argparse.Namespace) -> int:
    settings = Settings()
    for name, field in Settings.model_fields.items():
        sys.stdout.write(f"PLUSONE_{name.upper()}={shown(name, getattr(settings, name))}\n")
        sys.stdout.write(textwrap.indent(textwrap.fill(field.description or "", 90), "    "))
        sys.stdout.write("\n")
    if why := problem(settings):
        sys.stderr.write(f"{why}\n")
        return 1
    return 0


def shown(name: str, value: Any) -> str:
    """`value` as it may be seen: `(set)` for a secret, a database's address without its password.

    An empty value is shown as nothing.
    """
    if isinstance(value, SecretStr):
        return "(set)" if value.get_secret_value() else ""
    if name == "database_url" and value:
        try:
            return make_url(value).render_as_string(hide_password=True)
        except ArgumentError:
            return "(not an address)"
    if isinstance(value, tuple):
        return ",".join(str(entry) for entry in value)
    return "" if value is None else str(value)

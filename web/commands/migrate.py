"""`plusone migrate`."""

import argparse
import sys

import migrations
from core.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = "Bring the database up to this version. Serving does so too."


def run(_arguments: argparse.Namespace) -> int:
    migrations.upgrade(Settings().database)
    sys.stdout.write(f"The database is at revision {migrations.head()}.\n")
    return 0

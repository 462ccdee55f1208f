"""`plusone migrate`."""

import argparse
import sys

import migrations
from core.db import Database
from core.rooms.log import renew_epochs
from core.settings import Settings
from web.serving import run_loop


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = "Bring the database up to this version. Serving does so too."
    parser.add_argument(
        "--restored",
        action="store_true",
        help="it comes from a backup: have everybody's browser read the shows anew",
    )


def run(arguments: argparse.Namespace) -> int:
    url = Settings().database
    migrations.upgrade(url)
    sys.stdout.write(f"The database is at revision {migrations.head()}.\n")
    if arguments.restored:
        run_loop(_begin_other_histories(url))
        sys.stdout.write("Browsers will read every show anew.\n")
    return 0


async def _begin_other_histories(url: str) -> None:
    async with Database.open(url, pool=1) as database:
        await database.write(renew_epochs)

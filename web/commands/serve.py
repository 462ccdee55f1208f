"""`plusone serve`."""

import argparse

from core.settings import Settings
from web import serving
from web.workers import supervisor


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Open the service; SIGTERM or Ctrl-C ends it in order. With several workers SIGHUP starts"
        " one after the other anew, and nobody is refused meanwhile."
    )
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="processes, each on a port of its own from `port` up; instead of the setting",
    )


def run(arguments: argparse.Namespace) -> int:
    given = {} if arguments.workers is None else {"workers": arguments.workers}
    settings = Settings(**given)
    if settings.workers == 1:
        return serving.serve(settings)
    return supervisor.serve(settings)

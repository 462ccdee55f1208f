"""`plusone serve`."""

import argparse

from core.settings import Settings
from web import serving


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = "Open the service; SIGTERM or Ctrl-C ends it in order."


def run(_arguments: argparse.Namespace) -> int:
    return serving.serve(Settings())

"""Says what a machine lacks for running, developing and testing plusone; `make doctor`.

Needs no package and no `.venv`, since it is asked before there is one; and runs on an older Python
too, to say that it is too old.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

PYTHON = (3, 11)
NODE = 20
POSTGRESQL = 15
PORT = 8710


class Finding(NamedTuple):
    """What was found: whether it will do, and in words what it is or what to do."""

    fine: bool
    words: str


class Need(NamedTuple):
    name: str
    look: Callable[[], Finding]
    package: str | None = None
    """The Debian package that provides it, where one does."""


def postgresql_programs() -> Path | None:
    """The folder of the newest PostgreSQL's `initdb` and `postgres`; None when there is none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_release, reverse=True)
    found = shutil.which("initdb")
    for program in [*debian, *([Path(found).resolve()] if found else [])]:
        if (program.parent / "postgres").exists():
            return program.parent
    return None


def chromium() -> str | None:
    """The path of a Chromium or Chrome; None when there is none.

    The one without windows first: all that it leaves out, our own pages would pay for in tests.
    """
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    return None


def turnserver() -> str | None:
    """The path of coturn's `turnserver`; None when there is none."""
    return shutil.which("turnserver")


def redisserver() -> str | None:
    """The path of `redis-server`; None when there is none."""
    return shutil.which("redis-server")


def nginx() -> str | None:
    """The path of `nginx`, which Debian keeps where only root looks; None when there is none."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def compiler() -> str | None:
    """The path of a C compiler; None when there is none."""
    for name in ("cc", "gcc", "clang"):
        if path := shutil.which(name):
            return path
    return None


def _release(program: Path) -> int:
    name = program.parent.parent.name
    return int(name) if name.isdecimal() else 0


def _said_by(*command: str) -> str | None:
    """The standard output of `command`; None when it is missing, fails or takes over 20 s."""
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < PYTHON:
        return Finding(False, f"{version}; 3.11 or newer is needed (make PYTHON=python3.11 …)")
    return Finding(True, version)


def _venv() -> Finding:
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return Finding(True, "there")
    return Finding(False, "missing")


def _node() -> Finding:
    said = _said_by("node", "--version")
    if said is None:
        return Finding(False, f"missing; Node {NODE} or newer, from nodejs.org or your system")
    release = re.match(r"v(\d+)", said)
    if release is None or int(release[1]) < NODE:
        return Finding(False, f"{said}; Node {NODE} or newer is needed")
    return Finding(True, said)


def _npm() -> Finding:
    said = _said_by("npm", "--version")
    return Finding(said is not None, said or "missing; it comes with Node")


def _postgresql() -> Finding:
    folder = postgresql_programs()
    if folder is None:
        return Finding(False, "missing")
    said = _said_by(str(folder / "postgres"), "--version") or "no answer"
    release = re.search(r"(\d+)", said)
    fine = release is not None and int(release[1]) >= POSTGRESQL
    return Finding(fine, said if fine else f"{said}; {POSTGRESQL} or newer is needed")


def _chromium() -> Finding:
    path = chromium()
    return Finding(path is not None, path or "missing")


def _turnserver() -> Finding:
    path = turnserver()
    return Finding(path is not None, path or "missing")


def _redisserver() -> Finding:
    path = redisserver()
    return Finding(path is not None, path or "missing")


def _nginx() -> Finding:
    path = nginx()
    return Finding(path is not None, path or "missing")


def _sqlite() -> Finding:
    """SQLite's own program, which makes backups; Python has the library in itself."""
    path = shutil.which("sqlite3")
    return Finding(path is not None, path or "missing")


def _fonts() -> Finding:
    families = _said_by("fc-list", ":lang=zh-tw", "family")
    if families:
        return Finding(True, families.splitlines()[0])
    return Finding(False, "no font has Chinese")


def _compiler() -> Finding:
    path = compiler()
    return Finding(path is not None, path or "missing")


def _can_include(header: str) -> Finding:
    """Whether a C program may use `header`; without a compiler there is none that could."""
    path = compiler()
    fine = path and _said_by(path, "-E", "-include", header, "-x", "c", os.devnull) is not None
    return Finding(bool(fine), header if fine else f"{header} is missing")


def _port() -> Finding:
    port = int(os.environ.get("PLUSONE_PORT", PORT))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return Finding(False, f"{port}: {error.strerror}; set PLUSONE_PORT to another")
    return Finding(True, f"{port} is free")


FOR_PYTHON = (Need("Python", _python), Need("venv", _venv, "python3-venv"))
FOR_NODE = (Need("Node", _node), Need("npm", _npm))
FOR_RUNNING = (*FOR_PYTHON, *FOR_NODE, Need("port", _port))
FOR_TESTS = (
    Need("PostgreSQL", _postgresql, "postgresql"),
    Need("Chromium", _chromium, "chromium-headless-shell"),
    Need("Chinese font", _fonts, "fonts-noto-cjk"),
    Need("coturn", _turnserver, "coturn"),
    Need("Redis", _redisserver, "redis-server"),
    Need("nginx", _nginx, "nginx"),
    Need("sqlite3", _sqlite, "sqlite3"),
)
FOR_BENCHMARKS = (
    Need("C compiler", _compiler, "gcc"),
    Need("C library", lambda: _can_include("stdio.h"), "libc6-dev"),
    Need("zlib", lambda: _can_include("zlib.h"), "zlib1g-dev"),
)


def report(title: str, needs: Sequence[Need]) -> list[Need]:
    """Print what was found of `needs`; returns those that are lacking."""
    findings = [(need, need.look()) for need in needs]
    print(title)
    for need, found in findings:
        print(f"  {'ok     ' if found.fine else 'LACKING'}  {need.name:<13} {found.words}")
    return [need for need, found in findings if not found.fine]


def lacking(needs: Sequence[Need]) -> list[Need]:
    """Those of `needs` that this machine does not meet; each is printed with the reason."""
    found = [(need, need.look()) for need in needs]
    for need, finding in found:
        if not finding.fine:
            print(f"{need.name}: {finding.words}")
    return [need for need, finding in found if not finding.fine]


def apt_line(needs: Sequence[Need]) -> str | None:
    """What installs the packages of `needs` on Debian; None when no package would."""
    packages = [need.package for need in needs if need.package]
    return f"apt-get install --no-install-recommends {' '.join(packages)}" if packages else None


def provide(whom: str, needs: Sequence[Need]) -> int:
    """Install what `whom` lack of the system when root; else say how. The exit code."""
    missing = lacking(needs)
    if not missing:
        return 0
    line = apt_line(missing)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"The {whom} need more of this system. As root:\n\n  {line}\n")
        return 1
    print(f"installing: {line}", flush=True)
    packages = [need.package for need in missing if need.package]
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(
            ["apt-get", "--quiet", *command],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            timeout=1800,
            check=False,
        )
        if done.returncode:
            return done.returncode
    return 1 if lacking(needs) else 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--python", action="store_true", help="complain of a Python that won't do")
    only.add_argument("--node", action="store_true", help="complain of a Node that won't do")
    for whom in ("tests", "benchmarks"):
        only.add_argument(
            f"--provide-for-{whom}",
            action="store_true",
            help=f"install what the {whom} lack of the system when root; else say how, and fail",
        )
    options = parser.parse_args(arguments)
    if options.provide_for_tests:
        return provide("tests", FOR_TESTS)
    if options.provide_for_benchmarks:
        return provide("benchmarks", FOR_BENCHMARKS)
    if options.python or options.node:
        missing = lacking(FOR_PYTHON if options.python else FOR_NODE)
    else:
        missing = report("For running:", FOR_RUNNING)
        missing += report("For tests, besides:", FOR_TESTS)
        missing += report("For benchmarks, besides:", FOR_BENCHMARKS)
    if line := apt_line(missing):
        print(f"\nAs root:\n\n  {line}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())

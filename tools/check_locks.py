"""Checks that the locks pin all that is asked for, and tell nobody where it was fetched from.

A lock that names a registry's host or a folder of one machine works only there, and one that lags
behind `pyproject.toml` or `package.json` installs something else than what was tested.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PINNED = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>[^\s;]+)(?: ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")
REMARK = re.compile(r" *#[^/\\]*")
"""A remark says which package asked; with a slash it would be an address or a path."""

Pins = Mapping[str, str]


def pins(lock: str) -> tuple[dict[str, str], list[str]]:
    """The version of each package that a requirements file pins, and the lines that have no place.

    A line is a pin by version, a hash or a remark; an option, an address, a path or a bare name
    has no place.
    """
    pinned: dict[str, str] = {}
    strange: list[str] = []
    hashed = True
    for number, line in enumerate(lock.splitlines(), 1):
        if found := PINNED.fullmatch(line):
            pinned[found["name"]] = found["version"]
            hashed = False
        elif HASH.fullmatch(line):
            hashed = True
        elif not (hashed and REMARK.fullmatch(line)):
            strange.append(f"line {number}: {line.strip()[:100]!r} is no pin, hash or remark")
    if not hashed:
        strange.append("the last pin has no hash")
    return pinned, strange


def lagging(asked: Iterable[str], pinned: Pins) -> Iterator[str]:
    """What is asked for and not pinned, or pinned at a version that is not asked for."""
    for text in asked:
        requirement = Requirement(text)
        version = pinned.get(canonicalize_name(requirement.name))
        if version is None:
            yield f"{requirement.name} is asked for and not pinned"
        elif not requirement.specifier.contains(version, prereleases=True):
            yield f"{requirement.name} is pinned at {version}, asked for as {requirement.specifier}"


def parting(running: Pins, developing: Pins) -> Iterator[str]:
    """Where the tests would run on something else than what is shipped."""
    for name, version in running.items():
        if developing.get(name) != version:
            yield f"{name} is {version} in one lock and {developing.get(name)} in the other"


def npm_faults(lock: Mapping[str, Any], package: Mapping[str, Any]) -> Iterator[str]:
    """What a `package-lock.json` says too much or too little, for its `package.json`."""
    packages = lock["packages"]
    for kind in ("dependencies", "devDependencies", "optionalDependencies"):
        if packages[""].get(kind, {}) != package.get(kind, {}):
            yield f"{kind} are not those of package.json"
    for place, entry in packages.items():
        if not place:
            continue
        if "integrity" not in entry:
            yield f"{place} has no hash"
        if "resolved" in entry or "link" in entry:
            yield f"{place} says where it came from"
        if re.search(r"[/:]", entry.get("version", "").removeprefix("npm:")):
            yield f"{place} is no version from a registry"
    # Funding links lead to people's pages, not to what is installed.
    rest = [{**entry, "funding": None} for entry in packages.values()]
    for address in sorted(set(re.findall(r"\w+://[^\"\s]+", json.dumps(rest)))):
        yield f"the address {address} has no place here"


def asked_by(project: Mapping[str, Any], group: str) -> list[str]:
    """What `project` asks for directly, with a dependency group and the groups it includes."""

    def members(name: str) -> Iterator[str]:
        for entry in project["dependency-groups"][name]:
            if isinstance(entry, str):
                yield entry
            else:
                yield from members(entry["include-group"])

    return [*project["project"]["dependencies"], *members(group)]


def faults(root: Path) -> Iterator[str]:
    """Every fault of every lock under `root`, a line each."""
    project = tomllib.loads((root / "pyproject.toml").read_text())
    locks: dict[str, dict[str, str]] = {}
    for group, name in (("build", "requirements.txt"), ("dev", "requirements-dev.txt")):
        locks[group], strange = pins((root / name).read_text())
        yield from (f"{name}: {words}" for words in strange)
        yield from (f"{name}: {w}" for w in lagging(asked_by(project, group), locks[group]))
    yield from parting(locks["build"], locks["dev"])

    pages = root / "web" / "ui"
    lock = json.loads((pages / "package-lock.json").read_text())
    package = json.loads((pages / "package.json").read_text())
    yield from (f"web/ui/package-lock.json: {words}" for words in npm_faults(lock, package))


def main() -> int:
    found = list(faults(Path(__file__).resolve().parent.parent))
    for fault in found:
        print(fault)
    if found:
        print("`make lock` makes the locks anew.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

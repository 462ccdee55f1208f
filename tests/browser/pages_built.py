"""The pages as they are served: built once if they are older than what they are made of."""

from __future__ import annotations

import fcntl
import gzip
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.browser.shop_process import ROOT

UI = ROOT / "web" / "ui"
STATIC = ROOT / "web" / "static"
MANIFEST = STATIC / ".vite" / "manifest.json"

BUILD_S = 240


def build_if_stale() -> None:
    """Build the pages unless they are there and newer than every source.

    Of several processes that run tests one builds, and the others wait for it.
    """
    with (UI / "package.json").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if _is_stale():
            _build()


def _is_stale() -> bool:
    if not MANIFEST.exists():
        return True
    built = MANIFEST.stat().st_mtime_ns
    return any(source.stat().st_mtime_ns > built for source in _sources())


def _build() -> None:
    done = subprocess.run(
        ["npm", "--prefix", str(UI), "run", "build"],
        capture_output=True,
        text=True,
        timeout=BUILD_S,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the pages cannot be built:\n{done.stdout}{done.stderr}")


def _sources() -> Iterator[Path]:
    yield from UI.glob("*.html")
    yield from UI.glob("*.json")
    yield from UI.glob("vite.config.ts")
    for folder in ("src", "public"):
        yield from (UI / folder).rglob("*")


def own_script(page: str) -> dict[str, int]:
    """What the page `page` loads before it is usable: each script's name and its gzipped bytes.

    All that is imported at once, not what is imported when it is asked for; and the largest of the
    catalogues that a reader's language chooses.
    """
    manifest: dict[str, Any] = json.loads(MANIFEST.read_text())
    wanted, seen = [page], set[str]()
    while wanted:
        chunk = wanted.pop()
        if chunk not in seen:
            seen.add(chunk)
            wanted += manifest[chunk].get("imports", [])
    weights = {
        manifest[chunk]["file"]: _weight(manifest[chunk]["file"])
        for chunk in seen
        if manifest[chunk]["file"].endswith(".js")
    }
    catalogues = [chunk["file"] for name, chunk in manifest.items() if name.endswith("/shop.ts")]
    words = max(catalogues, key=_weight)
    return {**weights, words: _weight(words)}


def _weight(file: str) -> int:
    return len(gzip.compress((STATIC / file).read_bytes(), 9))

"""Writes `tests/corpus/show_view.json`: what clients of every kind see, for clients to test with.

A list of `{who, snapshot, events, after}`: the snapshot, folded over the events, is `after`. Where
`after` is null the one event of the entry can only be followed by a fresh snapshot.

    python -m tests.live.make_vectors
"""

import json
from pathlib import Path
from typing import Any

from core.rooms.events import Reader
from tests.live import fold
from tests.live.story import READERS, Evening, evening

FILE = Path(__file__).parents[1] / "corpus" / "show_view.json"


def vectors() -> list[dict[str, Any]]:
    """Each scene of the evening, as each reader sees it."""
    told = evening()
    found: list[dict[str, Any]] = []
    for name, reader in READERS.items():
        start = 1
        for end in told.scenes:
            found += _scene(told, name, reader, start, end)
            start = end
    return found


def _scene(told: Evening, who: str, reader: Reader, start: int, end: int) -> list[dict[str, Any]]:
    snapshot, after = told.snapshots[start][who], told.snapshots[end][who]
    events = told.told(reader, start, end)
    for event in events:
        if fold.needs_whole(snapshot, event):
            alone = [event]
            return [{"who": who, "snapshot": snapshot, "events": alone, "after": None}]
    if not events:
        return []
    # A frame's end is the snapshot's place, even where its last event was for others.
    return [{"who": who, "snapshot": snapshot, "events": events, "after": after}]


def text() -> str:
    """The file's content: a line for each entry."""
    lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in vectors()]
    return "[\n" + ",\n".join(lines) + "\n]\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")

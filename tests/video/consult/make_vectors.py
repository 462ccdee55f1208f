"""Writes `tests/corpus/call_view.json`: what pages see of a call, for pages to test with.

A list of `{who, snapshot, events, after}`: the snapshot, folded over the events, is `after`. Where
`after` is null the one event of the entry can only be followed by a fresh snapshot.

    python -m tests.video.consult.make_vectors
"""

import json
from pathlib import Path
from typing import Any

from tests.video.consult import fold
from tests.video.consult.story import READERS, stories

FILE = Path(__file__).parents[2] / "corpus" / "call_view.json"


def vectors() -> list[dict[str, Any]]:
    """Each scene of each story, as each reader sees it."""
    found: list[dict[str, Any]] = []
    for story in stories().values():
        for who, reader in READERS.items():
            start = story.scenes[0]
            for end in story.scenes[1:]:
                snapshot, after = story.snapshots[start][who], story.snapshots[end][who]
                events = story.told(reader, start, end)
                whole = next((event for event in events if fold.needs_whole(event)), None)
                entry = {"who": who, "snapshot": snapshot}
                if whole is None:
                    found.append(entry | {"events": events, "after": after})
                else:
                    found.append(entry | {"events": [whole], "after": None})
                start = end
    return found


def text() -> str:
    """The file's content: a line for each entry."""
    lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in vectors()]
    return "[\n" + ",\n".join(lines) + "\n]\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")

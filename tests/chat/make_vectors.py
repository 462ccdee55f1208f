"""Writes `tests/corpus/chat_view.json`: what clients see, for clients to test with.

A list of `{who, snapshot, events, after}`: the snapshot, folded over the events, is `after`. Where
`after` is null the one event of the entry can only be followed by a fresh snapshot.

    python -m tests.chat.make_vectors
"""

import json
from pathlib import Path
from typing import Any

from tests.chat import fold
from tests.chat.story import READERS, story

FILE = Path(__file__).parents[1] / "corpus" / "chat_view.json"


def vectors() -> list[dict[str, Any]]:
    """Each scene of the story, as each reader sees it."""
    told = story()
    found: list[dict[str, Any]] = []
    for who, reader in READERS.items():
        start = 1
        for end in told.scenes:
            snapshot, after = told.snapshots[start][who], told.snapshots[end][who]
            events = told.told(reader, start, end)
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

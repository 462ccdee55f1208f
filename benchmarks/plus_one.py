"""`make bench-plus-one`: how many comments a second the grammar reads on one core.

The comments are the public corpus, in a shuffled order: four in ten are no orders, which is more
orders than a real room has, and orders cost more. What counts is the processor's time of this
process, so that what else the machine does stays out.
"""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

from benchmarks.figures import Figure, at_least, report
from live.plus_one import Parsed, Rules, Vocabulary, parse
from live.plus_one.check import read_items

ROUNDS = 5
ROUND_S = 2.0
_CORPUS = Path(__file__).parent.parent / "tests" / "corpus"

Comment = tuple[str, Vocabulary, Rules]


def main() -> None:
    comments = mixed()
    for comment in comments:  # what is prepared once is prepared
        parse(*comment)
    report([Figure("plus_one_per_s", "1/s", _rounds(comments), target=at_least(20_000))])


def mixed() -> list[Comment]:
    """The corpus, in an order that is the same every time."""
    sets = read_items((_CORPUS / "plus_one_items.json").read_bytes())
    cases = [
        json.loads(line)
        for line in (_CORPUS / "plus_one.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    comments = [
        (case["text"], sets[case["items"]], Rules(**case.get("rules", {}))) for case in cases
    ]
    random.Random(1).shuffle(comments)
    return comments


def _rounds(comments: list[Comment]) -> list[float]:
    return [_round(comments) for _ in range(ROUNDS)]


def _round(comments: list[Comment]) -> float:
    read = 0
    parsed: Parsed | None = None
    start = time.process_time()
    while (spent := time.process_time() - start) < ROUND_S:
        for text, vocabulary, rules in comments:
            parsed = parse(text, vocabulary, rules)
        read += len(comments)
    assert parsed is not None
    return read / spent


if __name__ == "__main__":
    main()

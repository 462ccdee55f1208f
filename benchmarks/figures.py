"""What a benchmark measured: for people as a table, with `JSON=1` as one line for each figure.

What is compared is measured in turn, round by round, so that whatever else the machine does falls
on all alike. The value of a figure is the median over its rounds; the ratio is that of the two
medians. A timing never fails anything: a target that was missed is said so, no more.
"""

from __future__ import annotations

import operator
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

import msgspec


@dataclass(frozen=True, slots=True)
class Target:
    """What the figure, or its ratio to the peer, is to be."""

    than: Literal["at least", "at most"]
    value: float
    of: Literal["value", "ratio"] = "value"

    def met(self, value: float, ratio: float | None) -> bool:
        compared = value if self.of == "value" else ratio
        compare = operator.ge if self.than == "at least" else operator.le
        return compared is not None and compare(compared, self.value)

    def __str__(self) -> str:
        sign = "≥" if self.than == "at least" else "≤"
        return f"{sign} {self.value:g}{' ×' if self.of == 'ratio' else ''}"


def at_least(value: float) -> Target:
    return Target("at least", value)


def at_most(value: float) -> Target:
    return Target("at most", value)


def times_the_peer(value: float) -> Target:
    """At least so many times what the peer does."""
    return Target("at least", value, "ratio")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, by its rounds; `peer` is what the other did in the same rounds."""

    name: str
    unit: str
    rounds: Sequence[float]
    peer: Sequence[float] | None = None
    target: Target | tuple[Target, ...] | None = None

    @property
    def value(self) -> float:
        return median(self.rounds)

    @property
    def targets(self) -> tuple[Target, ...]:
        if self.target is None:
            return ()
        return self.target if isinstance(self.target, tuple) else (self.target,)

    @property
    def ratio(self) -> float | None:
        """How many times the peer's; None without a peer."""
        if not self.peer or not median(self.peer):
            return None
        return self.value / median(self.peer)


def report(figures: Iterable[Figure]) -> None:
    """Print `figures` in the form that was asked for, on standard output."""
    figures = list(figures)
    if os.environ.get("JSON", "0") not in ("", "0"):
        for figure in figures:
            sys.stdout.write(_line(figure) + "\n")
    else:
        sys.stdout.write("\n".join(_table(figures)) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """Tell whoever waits how far it is; never on standard output."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _line(figure: Figure) -> str:
    peer = None if figure.peer is None else round(median(figure.peer), 3)
    return msgspec.json.encode(
        {
            "name": figure.name,
            "value": round(figure.value, 3),
            "unit": figure.unit,
            "min": round(min(figure.rounds), 3),
            "max": round(max(figure.rounds), 3),
            "peer": peer,
            "ratio": None if figure.ratio is None else round(figure.ratio, 2),
        }
    ).decode()


def _table(figures: Sequence[Figure]) -> list[str]:
    rows = [("figure", "median", "min", "max", "unit", "peer", "ratio", "target", "")]
    for figure in figures:
        targets = figure.targets
        met = ""
        if targets:
            reached = all(one.met(figure.value, figure.ratio) for one in targets)
            met = "met" if reached else "MISSED"
        rows.append(
            (
                figure.name,
                _short(figure.value),
                _short(min(figure.rounds)),
                _short(max(figure.rounds)),
                figure.unit,
                "" if figure.peer is None else _short(median(figure.peer)),
                "" if figure.ratio is None else f"{figure.ratio:.1f}×",
                ", ".join(map(str, targets)),
                met,
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    left = {0, 4, 7, 8}
    return [
        "  ".join(
            cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _short(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"

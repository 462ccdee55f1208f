"""How many desks take calls now, and how many of them no call takes up. Pure."""

from __future__ import annotations

from collections.abc import Collection

import msgspec


class Desks(msgspec.Struct, frozen=True):
    """`open` are those of reps who take calls now, with the ones whom a call takes up already."""

    open: int
    free: int


def desks(there: Collection[str], busy: Collection[str]) -> Desks:
    """Of reps who are there, and those whom a call takes up: rung, invited with, or talked to.

    Who talks counts as long as she does so, her desk closed or not: she is the next to be free.
    """
    return Desks(len({*there, *busy}), len({*there} - {*busy}))

"""Rows of a locations file: pure."""

from __future__ import annotations

from typing import Final

import msgspec

from commerce_bridge.csv_import.table import Fault, Table

COLUMNS: Final = {
    "location": "location",
    "地點": "location",
    "地点": "location",
    "address": "address",
    "地址": "address",
    "hours": "hours",
    "營業時間": "hours",
    "营业时间": "hours",
    "pickup": "pickup",
    "可自取": "pickup",
}

_ANSWERS: Final = {
    "": False,
    "no": False,
    "0": False,
    "否": False,
    "yes": True,
    "1": True,
    "是": True,
}


class WantedLocation(msgspec.Struct, frozen=True):
    name: str
    address: str
    hours: str
    pickup: bool


def wanted(table: Table) -> tuple[list[WantedLocation], list[Fault]]:
    """The locations in a file, in its order, and the rows that are left out."""
    faults = list(table.faults)
    found: dict[str, WantedLocation] = {}
    for row in table.rows:
        name = row.cells.get("location", "")
        answer = row.cells.get("pickup", "").casefold()
        address = row.cells.get("address", "")
        if not 1 <= len(name) <= 60:
            faults.append(Fault(row.number, "location", "has 1 to 60 characters"))
        elif name in found:
            faults.append(Fault(row.number, "location", "stands in another row already"))
        elif answer not in _ANSWERS:
            faults.append(Fault(row.number, "pickup", "is yes or no, 是 or 否"))
        elif _ANSWERS[answer] and not address:
            faults.append(Fault(row.number, "address", "is empty, and people shall fetch there"))
        else:
            hours = row.cells.get("hours", "")
            found[name] = WantedLocation(name, address, hours, _ANSWERS[answer])
    return list(found.values()), faults

"""What a page does with what it is sent: the view that it keeps, event by event.

The twin of `web/ui/src/consult/fold.ts`: it knows nothing but a snapshot and the wire's JSON.
"""

import copy
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

SAID, CHANGES, SHOWN, ORDERS = 200, 100, 50, 50


def needs_whole(event: Json) -> bool:
    """Whether only a fresh snapshot will do after `event`."""
    return event["type"] in ("person.merged", "talk.erased")


def fold(snapshot: Json, events: Iterable[Json]) -> Json:
    """The snapshot after `events`, none of which `needs_whole`; the given one stays as it is."""
    after = copy.deepcopy(snapshot)
    for event in events:
        after["offset"], after["at_ms"] = event["offset"], event["at_ms"]
        _happens(after["call"], event)
        if event["type"] == "note.written":
            after["staff"]["notes"] = {"text": event.get("text"), "at_ms": event["at_ms"]}
    return after


def _happens(call: Json, event: Json) -> None:
    data, at_ms, offset = event["data"], event["at_ms"], event["offset"]
    name, text = event.get("name"), event.get("text")
    seats, gone = call["seats"], call["gone"]
    match event["type"]:
        case "call.invited":
            call |= {"phase": "invited", "until": data["until"]}
            call["staff"] = {"id": data["staff"], "name": name}
        case "call.rung":
            call |= {"phase": "ringing", "until": data["until"]}
            call["staff"] = {"id": data["staff"], "name": name}
            seats["staff"] = gone["staff"] = None
        case "call.unanswered":
            call |= {"phase": "waiting", "until": None, "staff": None}
            seats["staff"] = gone["staff"] = None
        case "call.answered":
            call |= {"phase": "talking", "until": None, "answered_at": at_ms}
            call["staff"] = {"id": data["staff"], "name": name}
            for side in ("customer", "staff"):
                if seats[side] is None and gone[side] is None:
                    gone[side] = at_ms
        case "call.joined":
            seats[data["side"]], gone[data["side"]] = data["seat"], None
        case "call.left":
            seats[data["side"]], gone[data["side"]] = None, at_ms
        case "card.shown":
            call["card"] = {"offset": offset, "product": data["product"], "by": data["by"]}
            if data["product"] not in call["shown"]:
                call["shown"] = [*call["shown"], data["product"]][-SHOWN:]
        case "card.hidden":
            call["card"] = None
        case "change.asked":
            asked = {"offset": offset, "at_ms": at_ms, "by": data["by"], "name": name}
            asked |= {"change": data["change"], "state": "asked", "code": None}
            call["changes"] = [*call["changes"], asked][-CHANGES:]
        case "change.made" | "change.undo_asked" | "change.undone":
            _became(call, event)
        case "call.said":
            said = {"offset": offset, "at_ms": at_ms, "from": data["from"]}
            call["said"] = [*call["said"], said | {"name": name, "text": text}][-SAID:]
        case "order.placed":
            order = {"id": data["order"]} | {
                key: data[key] for key in ("number", "total", "currency")
            }
            call |= {"order": order, "orders": [*call["orders"], order][-ORDERS:]}
        case "call.ended":
            if call["phase"] == "ringing":
                call["staff"] = None
            call |= {"phase": "ended", "until": None, "ended_at": at_ms, "card": None}
            call |= {"cause": data["cause"], "ended_by": data["by"]}
            call |= {"seats": {"customer": None, "staff": None}}
            call |= {"gone": {"customer": None, "staff": None}}
            if text is not None:
                call["text"] = text
        case "call.rated":
            call["rated"] = {"score": data["score"], "text": text}


def _became(call: Json, event: Json) -> None:
    code = event["data"].get("code")
    state = {
        "change.made": "done" if code is None else "refused",
        "change.undo_asked": "undoing",
        "change.undone": "undone" if code is None else "kept",
    }[event["type"]]
    for change in call["changes"]:
        if change["offset"] == event["data"]["of"]:
            change |= {"state": state, "code": code}

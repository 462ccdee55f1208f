"""What a client does with what it is sent: the view that it keeps, event by event.

The twin of `web/ui/src/chat/fold.ts`: it knows nothing but a snapshot and the wire's JSON.
"""

import copy
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

LINES, NOTES = 200, 100


def needs_whole(event: Json) -> bool:
    """Whether only a fresh snapshot will do after `event`."""
    return event["type"] in ("person.merged", "talk.erased")


def fold(snapshot: Json, events: Iterable[Json]) -> Json:
    """The snapshot after `events`, none of which `needs_whole`; the given one stays as it is."""
    after = copy.deepcopy(snapshot)
    for event in events:
        after["offset"], after["at_ms"] = event["offset"], event["at_ms"]
        _converse(after["conversation"], event)
        if "staff" in after:
            _desk(after["staff"], event)
    return after


def _converse(talk: Json, event: Json) -> None:
    data, at_ms, name = event["data"], event["at_ms"], event.get("name")
    line: Json = {"offset": event["offset"], "at_ms": at_ms}
    match event["type"]:
        case "conversation.opened":
            talk |= {
                "control": "bot" if data["bot"] else "queued", "round": data["round"],
                "opened_at": at_ms, "about": data["about"], "waiting_since": None,
                "promised": None, "rated": None,
            }  # fmt: skip
            line |= {"kind": "opened", "round": data["round"], "by": data["by"]}
        case "conversation.promised":
            talk["promised"] = data
            line |= {"kind": "promised", **data}
        case "message.sent":
            _sent(talk, event)
            line |= {"kind": "message", "text": event.get("text"), "name": name}
            kept = ("from", "by", "about", "cards", "buttons", "pressed", "expires_at")
            line |= {key: data[key] for key in kept}
        case "card.posted":
            line |= {"kind": "posted", "cards": [data["card"]], "unread": data["unread"]}
        case "conversation.taken":
            talk |= {"control": "human", "promised": None, "callback_at": None}
            talk["staff"] = {"id": data["staff"], "name": name}
            line |= {"kind": "taken", "staff": data["staff"], "name": name}
            line |= {"assigned": data["assigned"]}
        case "conversation.released":
            talk |= {"control": "queued", "staff": None}
            line |= {"kind": "released", "cause": data["cause"], "to": data["to"]}
        case "conversation.resolved":
            talk |= {
                "control": "resolved", "staff": None, "waiting_since": None, "promised": None,
                "callback_at": None,
            }  # fmt: skip
            line |= {"kind": "resolved", "cause": data["cause"]}
            line |= {"staff": data["staff"], "name": name}
        case "conversation.handed_over":
            callback_at = data["callback_at"]
            talk["callback_at"] = callback_at
            if callback_at is None:
                talk["control"] = "queued"
                talk["waiting_since"] = talk["waiting_since"] or at_ms
            line |= {"kind": "handed_over", "cause": data["cause"], "callback_at": callback_at}
        case "change.asked":
            if data["of"] is not None:
                talk["waiting_since"] = None
            line |= {"kind": "change", "change": data["change"], "staff": data["staff"]}
            line |= {"name": name, "state": "asked", "code": None}
        case "change.made" | "change.undo_asked" | "change.undone":
            _became(talk, event)
            line = {}
        case "messages.read":
            side = data["side"]
            talk["read"][side] = max(talk["read"][side], data["upto"])
            line = {}
        case "conversation.rated":
            talk["rated"] = {"score": data["score"], "text": event.get("text")}
            line = {}
        case _:
            line = {}
    if line:
        talk["more"] = talk["more"] or len(talk["lines"]) == LINES
        talk["lines"] = [*talk["lines"], line][-LINES:]


def _sent(talk: Json, event: Json) -> None:
    side = event["data"]["from"]
    if side == "bot":
        talk["read"]["staff"] = max(talk["read"]["staff"], event["data"]["upto"])
        talk["waiting_since"] = None
        return
    talk["read"][side] = event["offset"]
    if side == "staff":
        talk["waiting_since"] = None
        return
    if talk["waiting_since"] is None:
        talk["waiting_since"] = event["at_ms"]
    talk["about"] = event["data"]["about"] or talk["about"]
    talk["locale"] = event["data"]["locale"] or talk["locale"]
    talk["name"] = event.get("name", talk["name"])


def _became(talk: Json, event: Json) -> None:
    code = event["data"].get("code")
    state = {
        "change.made": "done" if code is None else "refused",
        "change.undo_asked": "undoing",
        "change.undone": "undone" if code is None else "kept",
    }[event["type"]]
    for line in talk["lines"]:
        if line["offset"] == event["data"]["of"]:
            line |= {"state": state, "code": code}


def _desk(desk: Json, event: Json) -> None:
    data = event["data"]
    if event["type"] == "tags.set":
        desk["tags"] = data["tags"]
    elif event["type"] == "handover.packed":
        desk["packet"] = {key: data[key] for key in ("cause", "locale", "intents", "cards")}
    elif event["type"] == "bot.drafted":
        draft = {"upto": data["upto"], "cards": data["cards"]}
        desk["draft"] = draft | {"text": event.get("text")}
    elif event["type"] == "conversation.opened":
        desk |= {"packet": None, "draft": None}
    elif event["type"] == "conversation.resolved" or (
        event["type"] == "message.sent" and data["from"] != "bot"
    ):
        desk["draft"] = None
    elif event["type"] == "note.added":
        note = {"offset": event["offset"], "at_ms": event["at_ms"]}
        note |= {"staff": event["data"]["staff"], "name": event.get("name")}
        desk["notes"] = [*desk["notes"], note | {"text": event.get("text")}][-NOTES:]

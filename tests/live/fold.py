"""What a client does with what it is sent: the view that it keeps, event by event.

The reference for `docs/developers/wire.md` and the twin of `web/ui/src/room/fold.ts`: it knows
nothing but a snapshot and the wire's JSON.
"""

import copy
from collections.abc import Callable, Iterable
from typing import Any

Json = dict[str, Any]

COMMENTS, CLAIMS, TOLD, SAMPLES = 100, 200, 20, 720


def needs_whole(snapshot: Json, event: Json) -> bool:
    """Whether only a fresh snapshot will do after `event`.

    So it is when what was typed was erased, when two people became one, and when one who has
    several ids is muted or blocked: the snapshot says what all of hers come to together.
    """
    type_ = event["type"]
    if type_ in ("person.merged", "talk.erased"):
        return True
    several = len(snapshot["mine"]["ids"]) > 1
    return several and type_.startswith("person.") and _is_hers(snapshot, event)


def fold(snapshot: Json, events: Iterable[Json]) -> Json:
    """The snapshot after `events`, none of which `needs_whole`; the given one stays as it is."""
    after = copy.deepcopy(snapshot)
    for event in events:
        fold_into(after, event)
    return after


def fold_into(view: Json, event: Json) -> None:
    """Change `view` by one event. A kind of event that is not known only moves the place."""
    view["offset"], view["at_ms"] = event["offset"], event["at_ms"]
    if "staff" in view:
        _fold(_STAFF, view, event)  # before the show: it reads the comment as it was
    _fold(_SHOW, view, event)
    _step_forward(view["mine"], event)
    if _is_hers(view, event):
        _fold(_MINE, view, event)


_Fold = Callable[[Json, Json, Json], None]
_SHOW: dict[str, _Fold] = {}
_MINE: dict[str, _Fold] = {}
_STAFF: dict[str, _Fold] = {}


def _fold(folds: dict[str, _Fold], view: Json, event: Json) -> None:
    part = {id(_SHOW): "show", id(_MINE): "mine", id(_STAFF): "staff"}[id(folds)]
    fold = folds.get(event["type"])
    if fold is not None:
        fold(view[part] if part != "staff" else view, event, event["data"])


def _is_hers(view: Json, event: Json) -> bool:
    data = event["data"]
    return data.get("by", data.get("person")) in view["mine"]["ids"]


def _on(folds: dict[str, _Fold], *types: str) -> Callable[[_Fold], _Fold]:
    def register(fold: _Fold) -> _Fold:
        folds.update(dict.fromkeys(types, fold))
        return fold

    return register


# The show, as everyone sees it


@_on(_SHOW, "show.created")
def _created(show: Json, _event: Json, data: Json) -> None:
    for name in ("title", "currency", "host_name", "poster", "starts_at", "tier", "tier_name"):
        show[name] = data[name]
    show["status"] = "draft" if data["starts_at"] is None else "scheduled"


@_on(_SHOW, "show.changed")
def _changed(show: Json, _event: Json, data: Json) -> None:
    for name in ("title", "host_name", "starts_at", "replay_sells"):
        if data[name] is not None:
            show[name] = data[name]
    if data["tier"] is not None:
        show["tier"], show["tier_name"] = data["tier"] or None, data["tier_name"]
    if show["status"] == "draft" and show["starts_at"] is not None:
        show["status"] = "scheduled"


@_on(_SHOW, "show.live")
def _live(show: Json, event: Json, _data: Json) -> None:
    show["status"], show["started_at"] = "live", event["at_ms"]


@_on(_SHOW, "show.ended")
def _ended(show: Json, event: Json, _data: Json) -> None:
    show["status"], show["ended_at"], show["pinned_item"] = "ended", event["at_ms"], None
    show["picture"] = "off"


@_on(_SHOW, "gift.opened")
def _gift_opened(show: Json, _event: Json, data: Json) -> None:
    gift = {name: data[name] for name in ("title", "keyword", "most", "guests")}
    show["gift"] = {"id": data["gift"], **gift, "left": data["most"]}


@_on(_SHOW, "gift.counted")
def _gift_counted(show: Json, _event: Json, data: Json) -> None:
    show["gift"]["left"] = data["left"]


@_on(_SHOW, "gift.closed")
def _gift_closed(show: Json, _event: Json, _data: Json) -> None:
    show["gift"] = None


@_on(_SHOW, "picture.changed")
def _picture(show: Json, _event: Json, data: Json) -> None:
    show["picture"] = data["state"]


@_on(_SHOW, "viewers.sampled")
def _sampled(show: Json, _event: Json, data: Json) -> None:
    show["viewers"] = data["count"]


@_on(_SHOW, "slow_mode.set")
def _slow_mode(show: Json, _event: Json, data: Json) -> None:
    show["slow_mode_s"] = data["seconds"]


@_on(_SHOW, "announcement.made")
def _announced(show: Json, event: Json, data: Json) -> None:
    text = event.get("text") if data["on"] else None
    show["announcement"] = {"offset": event["offset"], "text": text} if text else None


@_on(_SHOW, "item.added")
def _item_added(show: Json, _event: Json, data: Json) -> None:
    item = copy.deepcopy(data["item"])
    for variant in item["variants"]:
        _count(variant)
    show["items"].append(item)


@_on(_SHOW, "item.changed")
def _item_changed(show: Json, _event: Json, data: Json) -> None:
    _item(show, data).update({name: data[name] for name in data["changed"]})


@_on(_SHOW, "item.moved")
def _items_moved(show: Json, _event: Json, data: Json) -> None:
    show["items"].sort(key=lambda item: data["items"].index(item["id"]))


@_on(_SHOW, "item.removed")
def _item_removed(show: Json, _event: Json, data: Json) -> None:
    show["items"].remove(_item(show, data))
    if show["pinned_item"] == data["item"]:
        show["pinned_item"] = None


@_on(_SHOW, "item.opened")
def _item_opened(show: Json, event: Json, data: Json) -> None:
    item = _item(show, data)
    item["status"], item["opened_at"] = "open", event["at_ms"]
    item["countdown_until"] = data["countdown_until"]
    for variant, allotment in zip(item["variants"], data["allotments"], strict=True):
        _count(variant, allotment=allotment - variant["allotment"])


@_on(_SHOW, "item.closed")
def _item_closed(show: Json, _event: Json, data: Json) -> None:
    _item(show, data).update(status="closed", countdown_until=None)


@_on(_SHOW, "item.allotted")
def _item_allotted(show: Json, _event: Json, data: Json) -> None:
    variant = _variant(show, data)
    variant["planned"] = data["planned"]
    _count(variant, allotment=data["allotment"] - variant["allotment"])


@_on(_SHOW, "item.pinned")
def _item_pinned(show: Json, _event: Json, data: Json) -> None:
    show["pinned_item"] = data["item"]


@_on(_SHOW, "item.countdown")
def _item_countdown(show: Json, _event: Json, data: Json) -> None:
    _item(show, data)["countdown_until"] = data["until"]


@_on(_SHOW, "comment.posted")
def _posted(show: Json, event: Json, data: Json) -> None:
    comment = {
        "offset": event["offset"],
        "at_ms": event["at_ms"],
        "by": data["by"],
        "role": data["role"],
        "name": event.get("name") if "text" in event else None,
        "text": event.get("text"),
        "hidden": "text" not in event,
        "outcomes": [],
    }
    show["comments"] = [*show["comments"], comment][-COMMENTS:]


@_on(_SHOW, "comment.hidden")
def _hidden(show: Json, _event: Json, data: Json) -> None:
    if (comment := _comment(show, data["comment"])) is not None:
        comment.update(hidden=True, name=None, text=None)
    pinned = show["pinned_comment"]
    if pinned is not None and pinned["offset"] == data["comment"]:
        show["pinned_comment"] = None


@_on(_SHOW, "comment.restored")
def _restored(show: Json, event: Json, data: Json) -> None:
    comment = _comment(show, data["comment"])
    if comment is not None and "text" in event:
        comment.update(hidden=False, name=event.get("name"), text=event["text"])


@_on(_SHOW, "comment.pinned")
def _pinned(show: Json, _event: Json, data: Json) -> None:
    """As it stands now; what becomes of its claims later is not told there."""
    if data["comment"] is None:
        show["pinned_comment"] = None
    elif (comment := _comment(show, data["comment"])) is not None:
        show["pinned_comment"] = copy.deepcopy(comment)


@_on(_SHOW, "claim.held")
def _held(show: Json, _event: Json, data: Json) -> None:
    quantity, wait = data["quantity"], data["wait"]
    if wait is None:
        _count(_variant(show, data), held=quantity)
        _came(show, data, "held", claim=data["claim"])
        return
    _count(_variant(show, data), held=quantity, waiting=-quantity)
    for outcome in _outcomes(show):
        if outcome["wait"] == wait:
            outcome.update(later="held", claim=data["claim"])


@_on(_SHOW, "claim.waiting")
def _waiting(show: Json, _event: Json, data: Json) -> None:
    _count(_variant(show, data), waiting=data["quantity"])
    _came(show, data, "waiting", wait=data["wait"], place=data["place"])


@_on(_SHOW, "claim.given_back")
def _given_back(show: Json, _event: Json, data: Json) -> None:
    _count(_variant(show, data), **{"sold" if data["sold"] else "held": -data["quantity"]})
    if not data["remaining"]:
        _became(show, data["claim"], "given_back")
    _came(show, data, "given_back")


@_on(_SHOW, "wait.left")
def _wait_left(show: Json, _event: Json, data: Json) -> None:
    _count(_variant(show, data), waiting=-data["quantity"])
    for outcome in _outcomes(show):
        vain = outcome["wait"] == data["wait"] and outcome["claim"] is None
        if vain and not data["remaining"]:
            outcome["later"] = "given_back"
    _came(show, data, "given_back")


@_on(_SHOW, "claim.sold")
def _sold(show: Json, _event: Json, data: Json) -> None:
    _count(_variant(show, data), held=-data["quantity"], sold=data["quantity"])
    _became(show, data["claim"], "sold")


def _item(show: Json, data: Json) -> Json:
    return _by(show["items"], "id", data["item"])


def _variant(show: Json, data: Json) -> Json:
    return _by(_item(show, data)["variants"], "key", data["variant"])


def _by(all_: list[Json], field: str, value: object) -> Json:
    return next(one for one in all_ if one[field] == value)


def _count(variant: Json, **more: int) -> None:
    for name, pieces in more.items():
        variant[name] += pieces
    free = variant["allotment"] - variant["held"] - variant["sold"]
    variant["left"] = 0 if variant["waiting"] else max(0, free)


def _comment(show: Json, offset: int | None) -> Json | None:
    return next((one for one in show["comments"] if one["offset"] == offset), None)


def _outcomes(show: Json) -> Iterable[Json]:
    return (outcome for comment in show["comments"] for outcome in comment["outcomes"])


def _came(show: Json, data: Json, kind: str, **of: object) -> None:
    """Note at the comment what came of it."""
    comment = _comment(show, data["comment"])
    if comment is not None:
        named = {name: data[name] for name in ("item", "variant", "quantity")}
        nothing = {"claim": None, "wait": None, "place": None, "later": None}
        comment["outcomes"].append({"kind": kind, **named, **nothing, **of})


def _became(show: Json, claim: str, later: str) -> None:
    for outcome in _outcomes(show):
        if outcome["claim"] == claim:
            outcome["later"] = later


# What is hers


def _step_forward(mine: Json, event: Json) -> None:
    """Her places after somebody before her has left the line for good.

    A wait's id ends in the offset of the event by which it joined: the smaller one is before.
    """
    data, type_ = event["data"], event["type"]
    left = type_ == "wait.left" and not data["remaining"]
    served = type_ == "claim.held" and data["wait"] is not None and not data["wait_left"]
    if left or served:
        for wait in mine["waits"]:
            same = (wait["item"], wait["variant"]) == (data["item"], data["variant"])
            if same and _joined(wait["id"]) > _joined(data["wait"]):
                wait["place"] -= 1


def _joined(wait: str) -> int:
    return int(wait.rpartition(".")[2])


@_on(_MINE, "claim.held")
def _my_claim(mine: Json, event: Json, data: Json) -> None:
    claim = {name: data[name] for name in _CLAIM}
    claim |= {"id": data["claim"], "state": "held", "order": None, "at_ms": event["at_ms"]}
    mine["claims"].append(claim)
    if data["wait"] is not None:
        _leave(mine["waits"], data["wait"], data["wait_left"])


_CLAIM = ("item", "variant", "quantity", "price", "until", "comment")


@_on(_MINE, "claim.waiting")
def _my_wait(mine: Json, event: Json, data: Json) -> None:
    wait = {name: data[name] for name in ("item", "variant", "quantity", "place", "comment")}
    mine["waits"].append(wait | {"id": data["wait"], "at_ms": event["at_ms"]})


@_on(_MINE, "claim.given_back")
def _mine_given_back(mine: Json, _event: Json, data: Json) -> None:
    _leave(mine["claims"], data["claim"], data["remaining"])


@_on(_MINE, "wait.left")
def _mine_left(mine: Json, _event: Json, data: Json) -> None:
    _leave(mine["waits"], data["wait"], data["remaining"])


@_on(_MINE, "claim.paying")
def _mine_paying(mine: Json, _event: Json, data: Json) -> None:
    claim = _by(mine["claims"], "id", data["claim"])
    claim.update(state="paying", order=data["order"], until=data["until"])


@_on(_MINE, "claim.released")
def _mine_released(mine: Json, _event: Json, data: Json) -> None:
    claim = _by(mine["claims"], "id", data["claim"])
    claim.update(state="held", order=None, until=data["until"])


@_on(_MINE, "claim.sold")
def _mine_sold(mine: Json, _event: Json, data: Json) -> None:
    _by(mine["claims"], "id", data["claim"])["state"] = "sold"


@_on(_MINE, "claim.refused")
def _mine_refused(mine: Json, event: Json, data: Json) -> None:
    names = ("comment", "item", "variant", "quantity", "reason", "tier")
    refusal = {name: data[name] for name in names} | _when(event)
    mine["refusals"] = [*mine["refusals"], refusal][-TOLD:]


@_on(_MINE, "comment.unread")
def _mine_unread(mine: Json, event: Json, data: Json) -> None:
    unread = {name: data[name] for name in ("comment", "rejections", "quiet")} | _when(event)
    unread["typed"] = event.get("text")
    mine["unread"] = [*mine["unread"], unread][-TOLD:]


@_on(_MINE, "gift.won")
def _i_won(mine: Json, _event: Json, data: Json) -> None:
    won = {name: data[name] for name in ("gift", "coupon", "title", "number")}
    mine["gifts"] = [*mine["gifts"], won][-TOLD:]


@_on(_MINE, "gift.refused")
def _i_cannot_win(mine: Json, _event: Json, data: Json) -> None:
    mine["gift_refused"] = data["gift"]


@_on(_MINE, "person.muted")
def _i_am_muted(mine: Json, _event: Json, data: Json) -> None:
    mine["muted_until"] = data["until"]


@_on(_MINE, "person.unmuted")
def _i_may_speak(mine: Json, _event: Json, _data: Json) -> None:
    mine["muted_until"] = 0


@_on(_MINE, "person.blocked", "person.unblocked")
def _i_am_blocked(mine: Json, event: Json, _data: Json) -> None:
    mine["blocked"] = event["type"] == "person.blocked"


def _when(event: Json) -> Json:
    return {"offset": event["offset"], "at_ms": event["at_ms"]}


def _leave(all_: list[Json], one: str, remaining: int) -> None:
    mine = _by(all_, "id", one)
    if remaining:
        mine["quantity"] = remaining
    else:
        all_.remove(mine)


# What staff see


@_on(_STAFF, "claim.held")
def _staff_held(view: Json, event: Json, data: Json) -> None:
    staff, quantity = view["staff"], data["quantity"]
    _line(view, event, "held", claim=data["claim"], wait=data["wait"])
    staff["claims"][-1].update(state="held", until=data["until"])
    waited = 0
    if data["wait"] is not None:
        waited = quantity
        _leave(staff["waits"], data["wait"], data["wait_left"])
    minor = quantity * data["price"]
    _sum(staff, claims=1, held=quantity, held_minor=minor, waiting=-waited)


@_on(_STAFF, "claim.waiting")
def _staff_waiting(view: Json, event: Json, data: Json) -> None:
    _line(view, event, "waiting", wait=data["wait"])
    wait = {name: data[name] for name in ("by", "item", "variant", "quantity")}
    more = {"id": data["wait"], "name": event.get("name"), "at_ms": event["at_ms"]}
    view["staff"]["waits"].append(wait | more)
    _sum(view["staff"], waiting=data["quantity"])


@_on(_STAFF, "claim.refused")
def _staff_refused(view: Json, event: Json, data: Json) -> None:
    _line(view, event, "refused", reason=data["reason"])


@_on(_STAFF, "comment.unread")
def _staff_unread(view: Json, event: Json, data: Json) -> None:
    if data["rejections"]:
        reasons = ",".join(rejection["reason"] for rejection in data["rejections"])
        _line(view, event, "unread", reason=reasons)


@_on(_STAFF, "claim.given_back")
def _staff_given_back(view: Json, event: Json, data: Json) -> None:
    staff, quantity = view["staff"], data["quantity"]
    _line(view, event, "given_back", claim=data["claim"], reason=data["cause"])
    if not data["remaining"]:
        _claim_is(staff, data["claim"], None, None)
    what = "sold" if data["sold"] else "held"
    _sum(staff, **{what: -quantity, f"{what}_minor": -quantity * data["price"]})
    _sum(staff, expired=quantity if data["cause"] == "expired" else 0)


@_on(_STAFF, "wait.left")
def _staff_left(view: Json, event: Json, data: Json) -> None:
    _line(view, event, "given_back", wait=data["wait"], reason=data["cause"])
    _leave(view["staff"]["waits"], data["wait"], data["remaining"])
    _sum(view["staff"], waiting=-data["quantity"])


@_on(_STAFF, "claim.paying")
def _staff_paying(view: Json, _event: Json, data: Json) -> None:
    _claim_is(view["staff"], data["claim"], "paying", data["until"])


@_on(_STAFF, "claim.released")
def _staff_released(view: Json, _event: Json, data: Json) -> None:
    _claim_is(view["staff"], data["claim"], "held", data["until"])


@_on(_STAFF, "claim.sold")
def _staff_sold(view: Json, _event: Json, data: Json) -> None:
    staff, quantity = view["staff"], data["quantity"]
    for line in staff["claims"]:
        if line["kind"] == "held" and line["claim"] == data["claim"]:
            line["state"] = "sold"
    minor = quantity * data["price"]
    _sum(staff, held=-quantity, held_minor=-minor, sold=quantity, sold_minor=minor)


@_on(_STAFF, "comment.hidden", "comment.restored")
def _staff_hidden(view: Json, event: Json, data: Json) -> None:
    for line in view["staff"]["claims"]:
        if line["comment"] == data["comment"]:
            line["typed"] = event.get("text")


@_on(_STAFF, "person.muted", "person.blocked")
def _staff_muted(view: Json, event: Json, data: Json) -> None:
    staff, person, name = view["staff"], data["person"], event.get("name")
    known = [one for one in (*staff["muted"], *staff["blocked"]) if one["person"] == person]
    name = name or (known[0]["name"] if known else None)
    for one in known:
        one["name"] = name
    if event["type"] == "person.muted":
        _stand(staff, "muted", person, {"name": name, "until": data["until"]})
    else:
        _stand(staff, "blocked", person, {"name": name})


@_on(_STAFF, "person.unmuted")
def _staff_unmuted(view: Json, _event: Json, data: Json) -> None:
    _stand(view["staff"], "muted", data["person"], None)


@_on(_STAFF, "person.unblocked")
def _staff_unblocked(view: Json, _event: Json, data: Json) -> None:
    _stand(view["staff"], "blocked", data["person"], None)


@_on(_STAFF, "words.set")
def _staff_words(view: Json, _event: Json, data: Json) -> None:
    view["staff"]["words"] = data["words"]


@_on(_STAFF, "gift.won")
def _staff_won(view: Json, event: Json, data: Json) -> None:
    who = {name: data[name] for name in ("gift", "title", "by", "number")}
    winner = {**who, "name": event.get("name"), "at_ms": event["at_ms"]}
    view["staff"]["winners"] = [*view["staff"]["winners"], winner][-CLAIMS:]


@_on(_STAFF, "viewers.sampled")
def _staff_sampled(view: Json, event: Json, data: Json) -> None:
    staff, count = view["staff"], data["count"]
    staff["viewers"] = [*staff["viewers"], [event["at_ms"], count]][-SAMPLES:]
    staff["totals"]["viewers"] = count
    staff["totals"]["viewers_peak"] = max(staff["totals"]["viewers_peak"], count)


def _line(view: Json, event: Json, kind: str, **of: object) -> None:
    """A line of the studio's list: who, of what, and what she typed."""
    data = event["data"]
    comment = _comment(view["show"], data.get("comment"))
    line = {
        "kind": kind,
        **_when(event),
        "by": data["by"],
        "name": event.get("name"),
        "item": data.get("item"),
        "variant": data.get("variant"),
        "quantity": data.get("quantity"),
        "claim": None,
        "wait": None,
        "reason": None,
        "comment": data.get("comment"),
        "typed": comment["text"] if comment else None,
        "state": None,
        "until": None,
        **of,
    }
    view["staff"]["claims"] = [*view["staff"]["claims"], line][-CLAIMS:]


def _claim_is(staff: Json, claim: str, state: str | None, until: int | None) -> None:
    """What the line that granted a claim says of it now."""
    for line in staff["claims"]:
        if line["kind"] == "held" and line["claim"] == claim:
            line.update(state=state, until=until)


def _stand(staff: Json, where: str, person: str, entry: Json | None) -> None:
    rest = [one for one in staff[where] if one["person"] != person]
    if entry is not None:
        rest.append({"person": person, **entry})
    staff[where] = sorted(rest, key=lambda one: str(one["person"]))


def _sum(staff: Json, **more: int) -> None:
    for name, pieces in more.items():
        staff["totals"][name] += pieces

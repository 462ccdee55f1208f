"""What was bought or claimed: orders and +1s."""

from __future__ import annotations

from typing import Any

from bot.planning.scene import Scene, Steps, amount, choices
from bot.talk import Call, Say
from core.tools import Card

Order = dict[str, Any]


def status(scene: Scene) -> Steps:
    number = scene.meaning.order
    found = yield Call("orders", {"number": number} if number else {})
    orders: list[Order] = found.data["orders"]
    if not orders:
        return _none(scene, number)
    told = orders[:1] if number or len(orders) == 1 else orders[:3]
    lines = [_told(scene, one) for one in told]
    cancellable = [one for one in told if one["cancellable"]]
    intents = ["order_cancel"] if cancellable else []
    return scene.say(
        "\n".join(lines),
        tool="orders",
        cards=[_card(one) for one in told],
        buttons=scene.menu(*intents, "order_change", "human"),
    )


def cancel(scene: Scene) -> Steps:
    """Proposes it for the order with that number, or for the only one that can be cancelled."""
    number = scene.meaning.order or _spoken_of(scene)
    if number is None:
        found = yield Call("orders", {})
        orders: list[Order] = found.data["orders"]
        if not orders:
            return _none(scene, None)
        can = [one for one in orders if one["cancellable"]]
        if not can:
            return scene.say(
                scene.words("orders.none_cancellable") + "\n" + _told(scene, orders[0]),
                tool="orders",
                cards=[_card(one) for one in orders[:1]],
                buttons=scene.menu("returns", "human"),
            )
        if len(can) > 1:
            return scene.say(
                scene.words("orders.which"),
                tool="orders",
                cards=[_card(one) for one in can[:3]],
                buttons=choices((one["number"], None) for one in can[:3]),
            )
        number = can[0]["number"]
    found = yield Call("propose_cancel", {"number": number})
    if found.proposal is not None:
        return scene.proposes(
            scene.words("orders.cancel", number=found.proposal.title),
            found.proposal,
            "propose_cancel",
            found.cards,
        )
    if found.data.get("refused") == "not_cancellable":
        text = scene.words("orders.not_cancellable")
        return scene.say(text, tool="propose_cancel", buttons=scene.menu("returns", "human"))
    return _none(scene, number, "propose_cancel")


def _spoken_of(scene: Scene) -> str | None:
    """The number of the one order that was just told of."""
    before = scene.turn.before
    told = [card.title for card in before.cards if card.kind == "order"] if before else []
    return told[0] if len(told) == 1 else None


def claims(scene: Scene) -> Steps:
    found = yield Call("claims", {})
    held = found.data["claims"]
    if not held:
        text = scene.words("claims.none")
        return scene.say(text, tool="claims", buttons=scene.menu("how_to_order", "order_status"))
    lines = []
    for one in held[:5]:
        title = f"{one['title']} {one['variant_title']}" if one["variant_title"] else one["title"]
        state = one["state"] if one["state"] in ("held", "paying", "sold") else "other"
        until = scene.moment(one["until"]) if one["until"] else ""
        if state == "held" and not until:
            state = "kept"
        lines.append(
            scene.words(
                f"claims.{state}",
                title=title,
                quantity=one["quantity"],
                price=amount(one["price"]),
                until=until,
            )
        )
    text = "\n".join([scene.words("claims.some"), *lines])
    return scene.say(text, tool="claims", buttons=scene.menu("checkout", "how_to_order"))


def _none(scene: Scene, number: str | None, tool: str = "orders") -> Say:
    """She has none, or none with that number: whose it is otherwise, nobody is told."""
    if scene.talk.guest:
        return scene.say(scene.words("orders.guest"), tool=tool, buttons=scene.menu("human"))
    key = "orders.no_such" if number else "orders.none"
    offers = ("order_status", "human") if number else ("how_to_order", "human")
    return scene.say(scene.words(key), tool=tool, buttons=scene.menu(*offers))


_STATES = frozenset(
    {
        "awaiting_payment", "placed", "paid", "ready", "handed_out", "cancelled", "refunded",
        "lapsed",
    }
)  # fmt: skip


def _told(scene: Scene, order: Order) -> str:
    state = order["state"] if order["state"] in _STATES else "other"
    goods = scene.listed(
        scene.words("orders.line", title=one["title"], quantity=one["quantity"])
        for one in order["lines"][:5]
    )
    text = scene.words(
        "orders.told",
        number=order["number"],
        day=scene.day(order["placed_at"]),
        goods=goods,
        total=amount(order["total"]),
        state=scene.words(f"orders.state_{state}"),
    )
    if state == "awaiting_payment" and order["due_at"]:
        text += scene.words("orders.due", due=scene.moment(order["due_at"]))
    return text


def _card(order: Order) -> Card:
    return Card("order", order["id"], title=order["number"])

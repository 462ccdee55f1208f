"""The shop itself: where it is, when somebody is there, how things are delivered."""

from __future__ import annotations

from bot.planning import articles, goods
from bot.planning.scene import Scene, Steps, amount
from bot.talk import Call

_KINDS = frozenset({"home", "store", "pickup"})


def places(scene: Scene) -> Steps:
    found = yield Call("places", {})
    locations = found.data["locations"]
    if not locations:
        return scene.say(scene.words("shop.online_only"), tool="places")
    named = [one for one in locations if goods.place_named(one["name"], scene.turn.folded)]
    lines = [
        scene.words("shop.place", name=one["name"], address=one["address"], hours=one["hours"])
        for one in (named or locations)[:5]
    ]
    return scene.say(
        "\n".join([scene.words("shop.places"), *lines]),
        tool="places",
        buttons=scene.menu("stock", "delivery"),
    )


def hours(scene: Scene) -> Steps:
    """When people are here to talk; the bot always is."""
    if articles.is_bulk(scene):
        return (yield from articles.article(scene, articles.BULK, intent="human"))
    found = yield Call("opening", {})
    data = found.data
    if data.get("always"):
        text = scene.words("shop.always")
    elif data.get("open"):
        until = data.get("until")
        text = (
            scene.words("shop.open_until", until=scene.moment(until))
            if until
            else scene.words("shop.open")
        )
    elif data.get("opens_at"):
        text = scene.words("shop.closed_until", opens=scene.moment(data["opens_at"]))
    else:
        text = scene.words("shop.closed")
    return scene.say(text, tool="opening", buttons=scene.menu("human", "places"))


def delivery(scene: Scene) -> Steps:
    """Fees by the shop's rules; how long and where to by its articles."""
    if not asks_fees(scene):
        return (yield from articles.article(scene))
    found = yield Call("deliveries", {})
    offered = found.data["deliveries"]
    if not offered:
        return (yield from articles.article(scene))
    lines = []
    for one in offered:
        kind = scene.words(f"shop.by_{one['kind'] if one['kind'] in _KINDS else 'other'}")
        if not one["fee"]["minor"]:
            lines.append(scene.words("shop.fee_none", kind=kind))
        elif one["free_from"]:
            fee, free = amount(one["fee"]), amount(one["free_from"])
            lines.append(scene.words("shop.fee_free_from", kind=kind, fee=fee, free=free))
        else:
            lines.append(scene.words("shop.fee", kind=kind, fee=amount(one["fee"])))
    return scene.say(
        "\n".join([scene.words("shop.deliveries"), *lines]),
        tool="deliveries",
        buttons=articles.more(scene, ("delivery-time", "store-pickup"), but=""),
    )


def asks_fees(scene: Scene) -> bool:
    """Whether it is about what delivery costs, and not how long it takes or where it goes."""
    about = scene.meaning.about
    if scene.turn.pressed is not None:
        return scene.meaning.article is None
    far = any(word in scene.meaning.text for word in _ABROAD)
    return not far and ("fee" in about or ("price" in about and "when" not in about))


_ABROAD = (
    "国外", "海外", "香港", "澳门", "离岛", "澎湖", "金门", "马祖", "大陆", "overseas", "abroad",
    "hong kong", "island", "international", "九龙", "新加坡", "美国", "日本",
)  # fmt: skip

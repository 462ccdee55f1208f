"""What she earned and was given: points, her tier, coupons."""

from __future__ import annotations

from typing import Any

from bot.planning.scene import Scene, Steps, amount
from bot.talk import Call


def coupon(scene: Scene) -> Steps:
    """Those she can use now; where the shop has none, so."""
    there = yield Call("benefits", {})
    if not there.data.get("coupons"):
        text = scene.words("benefits.no_coupons")
        return scene.say(text, tool="benefits", buttons=scene.menu("product_search"))
    found = yield Call("coupons", {})
    coupons: list[dict[str, Any]] = found.data["coupons"]
    buttons = scene.menu("points", "product_search")
    if not coupons:
        return scene.say(scene.words("benefits.none_yet"), tool="coupons", buttons=buttons)
    lines = [scene.words("benefits.yours"), *(_told(scene, one) for one in coupons[:5])]
    rest = len(coupons[5:]) + found.data["more"]
    if rest:
        lines.append(scene.words("benefits.more", count=rest))
    lines.append(scene.words("benefits.where"))
    return scene.say("\n".join(lines), tool="coupons", buttons=buttons)


def points(scene: Scene) -> Steps:
    """How many she has, when they expire, and where she stands; where there are none, so."""
    there = yield Call("benefits", {})
    if not there.data.get("points"):
        text = scene.words("benefits.no_points")
        return scene.say(text, tool="benefits", buttons=scene.menu("product_search"))
    found = yield Call("loyalty", {})
    has = found.data
    if has["available"] > 0:
        lines = [scene.words("benefits.has", points=has["available"], worth=amount(has["worth"]))]
    else:
        lines = [scene.words("benefits.has_none")]
    if has["pending"]:
        lines.append(scene.words("benefits.pending", points=has["pending"]))
    if has["expiring"]:
        first = has["expiring"][0]
        lines.append(
            scene.words("benefits.expires", points=first["points"], day=scene.day(first["at"]))
        )
    lines.append(
        scene.words(
            "benefits.earn", spend=amount(has["earn"]["spend"]), points=has["earn"]["points"]
        )
    )
    if has["tier"]:
        lines.append(scene.words("benefits.tier", tier=has["tier"]))
    if has["next"]:
        lines.append(
            scene.words(
                "benefits.next", tier=has["next"]["name"], missing=amount(has["next"]["missing"])
            )
        )
    buttons = scene.menu("coupon", "checkout")
    return scene.say("\n".join(lines), tool="loyalty", buttons=buttons)


def _told(scene: Scene, one: dict[str, Any]) -> str:
    text = scene.words("benefits.coupon", title=one["title"])
    if one["minimum"]:
        text += scene.words("benefits.minimum", minimum=amount(one["minimum"]))
    if one["ends_at"]:
        text += scene.words("benefits.until", day=scene.day(one["ends_at"]))
    return text

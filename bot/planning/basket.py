"""The cart: what is in it, what is put in or taken out, and on to the checkout."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from bot.planning import articles, goods
from bot.planning.mentions import MOST
from bot.planning.scene import Scene, Steps, amount, choices
from bot.search import Index
from bot.talk import Call, Done, Say
from core.tools import Card

Line = dict[str, Any]


def view(scene: Scene) -> Steps:
    return (yield from _cart(scene, "basket.holds"))


def checkout(scene: Scene) -> Steps:
    return (yield from _cart(scene, "basket.checkout"))


def _cart(scene: Scene, key: str) -> Steps:
    found = yield Call("cart", {})
    lines: list[Line] = found.data["lines"]
    held: int = found.data["claims"]
    if not lines:
        text = scene.words("basket.empty_but_claims" if held else "basket.empty")
        buttons = scene.menu("claims") if held else scene.menu("product_search", "how_to_order")
        return scene.say(text, tool="cart", buttons=buttons)
    text = scene.words(key, lines=_lines(scene, lines), subtotal=amount(found.data["subtotal"]))
    offers = ("delivery", "cart_remove") if key == "basket.checkout" else ("checkout", "delivery")
    return scene.say(text, tool="cart", buttons=scene.menu(*offers))


def add(scene: Scene) -> Steps:
    """Proposes it, once product and variant are clear; else asks for what is not."""
    meaning = scene.meaning
    pieces = meaning.quantity or 1
    if articles.is_bulk(scene):
        return (yield from articles.article(scene, articles.BULK, intent="human"))
    if meaning.variant is not None:
        return (yield from _propose(scene, meaning.variant, pieces))
    if len(meaning.products) > 1 and any(word in meaning.text for word in goods.CHEAP):
        product = yield from _cheaper(scene)
    else:
        product = yield from goods.one(scene, "basket.which_product")
    if isinstance(product, Say):
        return product
    asked = f"{meaning.text}\n{scene.turn.asked_before if scene.turn.pressed else ''}"
    variant = goods.meant_variant(product["variants"], asked, None)
    if variant is None:
        left = [one for one in product["variants"] if not one["sold_out"]] or product["variants"]
        return scene.say(
            scene.words("basket.which_variant", title=product["title"]),
            tool="product",
            cards=(Card("product", product["id"], title=product["title"]),),
            buttons=choices((one["title"], f"variant:{one['id']}") for one in left[:5]),
        )
    if pieces > MOST:
        return scene.say(
            scene.words("basket.too_many", most=MOST),
            tool="product",
            cards=(Card("product", product["id"], title=product["title"]),),
            buttons=scene.menu("human"),
        )
    return (yield from _propose(scene, variant["id"], pieces, product["id"]))


def _cheaper(scene: Scene) -> Generator[Call, Done, dict[str, Any] | Say]:
    """The cheapest of those that she may mean: "平嗰樣"."""
    cheapest: dict[str, Any] | None = None
    for one in scene.meaning.products[:2]:
        found = yield Call("product", {"product": one})
        if "missing" not in found.data and (
            cheapest is None or _least(found.data) < _least(cheapest)
        ):
            cheapest = found.data
    return cheapest or (yield from goods.search(scene))


def _least(product: dict[str, Any]) -> int:
    return min(int(one["price"]["minor"]) for one in product["variants"])


def _propose(scene: Scene, variant: str, pieces: int, product: str | None = None) -> Steps:
    found = yield Call("propose_add", {"variant": variant, "quantity": min(pieces, MOST)})
    data = found.data
    refused = data.get("refused")
    cards = found.cards or ((Card("product", product),) if product else ())
    if refused is None and found.proposal is not None:
        text = scene.words(
            "basket.add",
            title=_named(data["title"], data["variant_title"]),
            quantity=data["quantity"],
            price=amount(data["price"]),
        )
        return scene.proposes(text, found.proposal, "propose_add", cards)
    if refused == "not_enough" and data.get("available"):
        text = scene.words("basket.not_enough", left=data["available"])
        return scene.say(text, tool="propose_add", cards=cards, buttons=scene.menu("human"))
    if refused in ("out_of_stock", "not_enough") and product is not None:
        there = yield Call("stock", {"product": product, "variant": variant})
        shops = goods.in_shops(scene, there.data.get("locations", ()), "")
        title = there.data.get("title", "")
        key = "basket.sold_out_but_shops" if shops else "basket.sold_out"
        text = scene.words(key, title=title, shops=shops)
        return scene.say(text, tool="propose_add", cards=cards, buttons=scene.menu("recommend"))
    text = scene.words("basket.sold_out" if refused == "out_of_stock" else "basket.gone", title="")
    return scene.say(text, tool="propose_add", cards=cards, buttons=scene.menu("product_search"))


def remove(scene: Scene) -> Steps:
    """Proposes to take out the line that she means; asks which, where that is not clear."""
    meaning = scene.meaning
    variant = meaning.variant
    if variant is None:
        found = yield Call("cart", {})
        lines: list[Line] = found.data["lines"]
        if not lines:
            return scene.say(scene.words("basket.empty"), tool="cart", buttons=scene.menu())
        meant = _meant(scene, lines)
        if len(meant) != 1:
            key = "basket.which_out" if meant else "basket.not_in_cart"
            return scene.say(
                scene.words(key, lines=_lines(scene, lines)),
                tool="cart",
                buttons=choices(
                    (_named(one["title"], one["variant_title"]), f"variant:{one['variant']}")
                    for one in (meant or lines)[:5]
                ),
            )
        variant = meant[0]["variant"]
    found = yield Call("propose_remove", {"variant": variant})
    if found.proposal is None:
        text = scene.words("basket.no_such_line")
        return scene.say(text, tool="propose_remove", buttons=scene.menu("cart_view"))
    text = scene.words("basket.remove", title=found.proposal.title)
    return scene.proposes(text, found.proposal, "propose_remove", found.cards)


def _meant(scene: Scene, lines: Sequence[Line]) -> Sequence[Line]:
    if not scene.meaning.named:
        return lines
    titles = Index(
        (line["variant"], (line["title"], _named(line["title"], line["variant_title"])))
        for line in lines
    )
    titled = {scene.names.title(one) for one in scene.meaning.products}
    exact = [line for line in lines if line["title"] in titled]
    if exact or len(titled - {None}) == 1:
        return exact
    found = [variant for variant, _ in titles.search(scene.meaning.text, 3, least=0.3)]
    return [line for line in lines if line["variant"] in found[:1]]


def _lines(scene: Scene, lines: Sequence[Line]) -> str:
    return "\n".join(
        scene.words(
            "basket.line",
            title=_named(line["title"], line["variant_title"]),
            quantity=line["quantity"],
            price=amount(line["price"]),
        )
        for line in lines[:10]
    )


def _named(title: str, variant_title: str) -> str:
    return f"{title} {variant_title}" if variant_title else title

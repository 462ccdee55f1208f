"""What there is to buy: searching, telling about one, its price, where it is in stock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.language import fold
from bot.planning import articles
from bot.planning.scene import Scene, Steps, amount, choices
from bot.search import meat
from bot.talk import Call, Card, Say

SHOWN = 3
Product = dict[str, Any]


def search(scene: Scene) -> Steps:
    """What fits her words; where nothing does, that is said, and what there is."""
    words = "" if _everything(scene) else searched(scene)
    found = yield Call("search_products", {"words": words, "limit": SHOWN})
    products: list[Product] = found.data["products"]
    if products:
        return _listing(scene, products, "goods.found" if words else "goods.all")
    if words:
        found = yield Call("search_products", {"words": "", "limit": SHOWN})
        products = found.data["products"]
        if products:
            return _listing(scene, products, "goods.not_found", one="goods.not_found")
    return scene.say(scene.words("goods.empty"), tool="search_products")


def recommend(scene: Scene) -> Steps:
    words = searched(scene) if scene.meaning.named else ""
    found = yield Call("search_products", {"words": words, "limit": SHOWN})
    products: list[Product] = found.data["products"]
    if not products and words:
        found = yield Call("search_products", {"words": "", "limit": SHOWN})
        products = found.data["products"]
    if not products:
        return scene.say(scene.words("goods.empty"), tool="search_products")
    there = [one for one in products if not one["sold_out"]] or products
    return _listing(scene, there, "goods.recommend", one="goods.recommend")


def info(scene: Scene) -> Steps:
    """About one product; about all, where an article tells it; else what she may mean."""
    meaning = scene.meaning
    if len(meaning.products) != 1 or (not meaning.named and not points(scene)):
        if not meaning.named and (slug := articles.fitting(scene)) is not None:
            return (yield from articles.article(scene, slug))
        if len(meaning.products) != 1:
            return (yield from _which(scene, "goods.which"))
    found = yield Call("product", {"product": meaning.products[0]})
    if found.data.get("missing"):
        return (yield from search(scene))
    product = found.data
    lines = [scene.words("goods.about", title=product["title"], text=product["description"])]
    lines.append(_prices(scene, product["variants"]))
    if all(one["sold_out"] for one in product["variants"]):
        lines.append(scene.words("goods.sold_out", title=product["title"]))
    buttons = [(scene.words("choice.cart_add"), "intent:cart_add")]
    slug = articles.fitting(scene)
    if slug is not None and (title := scene.articles.title(slug, scene.locale)):
        buttons.append((title, f"article:{slug}"))
    else:
        buttons.append((scene.words("choice.stock"), "intent:stock"))
    return scene.say(
        "\n".join(lines),
        tool="product",
        cards=(Card("product", product["id"], title=product["title"]),),
        buttons=choices(buttons),
    )


def price(scene: Scene) -> Steps:
    if len(scene.meaning.products) != 1:
        if _cheapest(scene):
            return (yield from _cheapest_first(scene))
        return (yield from _which(scene, "goods.prices"))
    found = yield Call("product", {"product": scene.meaning.products[0]})
    if found.data.get("missing"):
        return (yield from search(scene))
    product = found.data
    variants = _meant(product["variants"], scene.meaning.text, scene.meaning.variant)
    text = scene.words("goods.price", title=product["title"], prices=_prices(scene, variants))
    if all(one["sold_out"] for one in variants):
        text += "\n" + scene.words("goods.sold_out", title=product["title"])
    return scene.say(
        text,
        tool="product",
        cards=(Card("product", product["id"], title=product["title"]),),
        buttons=choices(
            [
                (scene.words("choice.cart_add"), "intent:cart_add"),
                (scene.words("choice.stock"), "intent:stock"),
            ]
        ),
    )


def stock(scene: Scene) -> Steps:
    """How many there are online and in which shops; of all variants, or of the one she named."""
    if len(scene.meaning.products) != 1:
        return (yield from _which(scene, "goods.which"))
    product = scene.meaning.products[0]
    asked = {"product": product}
    if scene.meaning.variant is not None:
        asked["variant"] = scene.meaning.variant
    found = yield Call("stock", asked)
    if found.data.get("missing"):
        return (yield from search(scene))
    online: int = found.data["online"]
    shops = in_shops(scene, found.data["locations"], scene.meaning.text)
    title = found.data["title"]
    if online and shops:
        text = scene.words("goods.in_stock", title=title, online=online, shops=shops)
    elif online:
        text = scene.words("goods.online_only", title=title, online=online)
    elif shops:
        text = scene.words("goods.shops_only", title=title, shops=shops)
    else:
        text = scene.words("goods.sold_out", title=title)
    buttons = [(scene.words("choice.cart_add"), "intent:cart_add")] if online else []
    return scene.say(
        text,
        tool="stock",
        cards=(Card("product", found.data["id"], title=title),),
        buttons=choices([*buttons, (scene.words("choice.places"), "intent:places")]),
    )


def in_shops(scene: Scene, locations: Sequence[dict[str, Any]], folded: str) -> str:
    """`信義店 8、板橋店 4`: where there are any; the shop that was named before the others."""
    told: list[tuple[bool, str]] = []
    for place in locations:
        variants = [
            one
            for one in place["variants"]
            if not _named_title(place["variants"], folded)
            or fold(one["title"]) in _named_title(place["variants"], folded)
        ]
        pieces = sum(one["pieces"] for one in variants)
        if pieces:
            named = fold(place["name"]) in folded
            told.append((not named, scene.words("goods.at", place=place["name"], pieces=pieces)))
    return scene.listed(text for _, text in sorted(told, key=lambda one: one[0]))


def points(scene: Scene) -> bool:
    """Whether she speaks of the product at hand: "it", "這個", or few words and no subject."""
    return (
        "thing" in scene.meaning.about
        or scene.turn.pressed is not None
        or len(scene.meaning.text) <= 16
    )


def searched(scene: Scene) -> str:
    """Her words, as the search takes them."""
    return scene.meaning.text[:100]


def meant_variant(
    variants: Sequence[dict[str, Any]], folded: str, pressed: str | None
) -> dict[str, Any] | None:
    """The variant that was pressed or named by its code or title; the only one, if there is one."""
    meant = _meant(variants, folded, pressed)
    return meant[0] if len(meant) == 1 else None


def _meant(
    variants: Sequence[dict[str, Any]], folded: str, pressed: str | None
) -> Sequence[dict[str, Any]]:
    if pressed is not None:
        return [one for one in variants if one["id"] == pressed] or variants
    coded = [one for one in variants if one["sku"] and fold(one["sku"]) in folded]
    if coded:
        most = max(len(one["sku"]) for one in coded)
        return [one for one in coded if len(one["sku"]) == most]
    named = _named_title(variants, folded)
    return [one for one in variants if fold(one["title"]) in named] or variants


def _named_title(variants: Sequence[dict[str, Any]], folded: str) -> set[str]:
    """The titles of variants that are in the text, or are what its words mean."""
    titles = {fold(one["title"]) for one in variants if one["title"]}
    named = {title for title in titles if title in folded}
    for title in titles - named:
        parts = [part for part in title.replace("/", " ").split() if part in folded]
        if parts and len(titles) > 1:
            named.add(title)
    return named or {title for title in titles if _heat(title) and _heat(title) == _heat(folded)}


_HEAT = {
    "小": ("小辣", "微辣", "mild", "little spicy", "less spicy", "small"),
    "中": ("中辣", "medium"),
    "大": ("大辣", "重辣", "最辣", "extra hot", "very spicy", "hottest", "extra spicy", "large"),
}


def _heat(folded: str) -> str | None:
    """How hot, where a text says it in whatever language."""
    return next((heat for heat, says in _HEAT.items() if any(s in folded for s in says)), None)


def _prices(scene: Scene, variants: Sequence[dict[str, Any]]) -> str:
    prices = {one["price"]["minor"] for one in variants}
    titled = [one for one in variants if one["title"]]
    if len(prices) == 1 and len(titled) > 1:
        titles = scene.listed(one["title"] for one in titled)
        return scene.words("goods.each", price=amount(variants[0]["price"]), choices=titles)
    if len(variants) == 1:
        one = variants[0]
        key = "goods.one_price" if one["compare_at"] is None else "goods.lowered"
        was = "" if one["compare_at"] is None else amount(one["compare_at"])
        return scene.words(key, price=amount(one["price"]), was=was)
    return scene.listed(
        scene.words("goods.of_variant", title=one["title"], price=amount(one["price"]))
        for one in variants
    )


def _everything(scene: Scene) -> bool:
    return not scene.meaning.named and (
        "all-goods" in scene.meaning.about or not meat(scene.meaning.text)
    )


def _which(scene: Scene, key: str) -> Steps:
    """What she may mean of several, to choose from."""
    meaning = scene.meaning
    if meaning.named or not meaning.products:
        words = searched(scene) if meaning.named else ""
        found = yield Call("search_products", {"words": words, "limit": SHOWN})
        if found.data["products"]:
            return _listing(scene, found.data["products"], key, one=key)
        return (yield from search(scene))
    words = " ".join(filter(None, map(scene.names.title, meaning.products)))[:100]
    found = yield Call("search_products", {"words": words, "limit": SHOWN})
    if found.data["products"]:
        return _listing(scene, found.data["products"], key, one=key)
    return (yield from search(scene))


def _cheapest(scene: Scene) -> bool:
    return any(word in scene.meaning.text for word in ("便宜", "cheap", "lowest"))


def _cheapest_first(scene: Scene) -> Steps:
    found = yield Call("search_products", {"words": "", "limit": 5})
    products = sorted(found.data["products"], key=lambda one: int(one["price"]["minor"]))
    if not products:
        return scene.say(scene.words("goods.empty"), tool="search_products")
    return _listing(scene, products[:SHOWN], "goods.prices", one="goods.prices")


def listing_lines(scene: Scene, products: Sequence[Product]) -> list[str]:
    lines = []
    for one in products:
        key = "goods.line_from" if one["price_to"] else "goods.line"
        line = scene.words(key, title=one["title"], price=amount(one["price"]))
        lines.append(line + (scene.words("goods.line_sold_out") if one["sold_out"] else ""))
    return lines


def _listing(
    scene: Scene, products: Sequence[Product], key: str, *, one: str = "goods.found_one"
) -> Say:
    products = products[:SHOWN]
    cards = [Card("product", product["id"], title=product["title"]) for product in products]
    if len(products) == 1:
        product = products[0]
        lines = [scene.words(one), *listing_lines(scene, products)]
        if product["description"]:
            lines.append(product["description"])
        offers = (
            [] if product["sold_out"] else [(scene.words("choice.cart_add"), "intent:cart_add")]
        )
        buttons = choices([*offers, (scene.words("choice.stock"), "intent:stock")])
    else:
        lines = [scene.words(key), *listing_lines(scene, products)]
        buttons = choices((product["title"], f"product:{product['id']}") for product in products)
    return scene.say("\n".join(lines), tool="search_products", cards=cards, buttons=buttons)

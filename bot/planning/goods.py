"""What there is to buy: searching, telling about one, its price, where it is in stock."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from bot.data import table
from bot.language import fold
from bot.planning import articles
from bot.planning.counts import pieces_priced
from bot.planning.mentions import heat
from bot.planning.scene import Scene, Steps, amount, choices
from bot.search import goods_in, meat
from bot.talk import Call, Done, Say
from core.tools import Card

SHOWN = 3
CHEAP = ("便宜", "划算", "cheap", "lowest")
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
    words = searched(scene) if goods_in(scene.meaning.text) else ""
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
    slug = articles.fitting(scene)
    if slug is not None and not meaning.named and not (meaning.products and points(scene)):
        return (yield from articles.article(scene, slug))
    product = yield from one(scene, "goods.which")
    if isinstance(product, Say):
        return product
    lines = [scene.words("goods.about", title=product["title"], text=product["description"])]
    lines.append(_prices(scene, product["variants"]))
    if all(variant["sold_out"] for variant in product["variants"]):
        lines.append(scene.words("goods.sold_out", title=product["title"]))
    buttons = [(scene.words("choice.cart_add"), "intent:cart_add")]
    if slug is not None and (title := scene.articles.title(slug, scene.locale)):
        buttons.append((title, f"article:{slug}"))
    else:
        buttons.append((scene.words("choice.stock"), "intent:stock"))
    return scene.say(
        "\n".join(lines), tool="product", cards=(_card(product),), buttons=choices(buttons)
    )


def price(scene: Scene) -> Steps:
    pieces, bulk = _pieces(scene), articles.is_bulk(scene)
    if bulk and (pieces is None or "bulk" in scene.meaning.about):
        return (yield from articles.article(scene, articles.BULK))
    if _cheapest(scene) and len(scene.meaning.products) != 1:
        return (yield from _cheapest_first(scene))
    product = yield from one(scene, "goods.prices", pieces)
    if isinstance(product, Say):
        return product
    variants = _meant(product["variants"], scene.meaning.text, scene.meaning.variant)
    if pieces is None:
        text = scene.words("goods.price", title=product["title"], prices=_prices(scene, variants))
    else:
        text = _totals(scene, product["title"], variants, pieces)
    if all(variant["sold_out"] for variant in variants):
        text += "\n" + scene.words("goods.sold_out", title=product["title"])
    elif pieces is not None and len(variants) == 1 and variants[0]["available"] < pieces:
        text += "\n" + scene.words("basket.not_enough", left=variants[0]["available"])
    return scene.say(
        text,
        tool="product",
        cards=(_card(product),),
        buttons=articles.more(scene, [articles.BULK], but="")
        if bulk
        else scene.menu("cart_add", "stock"),
    )


def one(scene: Scene, key: str, pieces: int | None = None) -> Generator[Call, Done, Product | Say]:
    """The product that she means, as its tool tells it; else what is said instead: what there is
    to choose from, or that there is none. `key`: the words before the choice; `pieces`: how many
    she asks the price of."""
    meaning = scene.meaning
    asked = {} if pieces is None else {"quantity": pieces}
    if len(meaning.products) == 1:
        found = yield Call("product", {"product": meaning.products[0], **asked})
        return found.data if "missing" not in found.data else (yield from search(scene))
    if len(meaning.products) > 1:
        words = " ".join(filter(None, map(scene.names.title, meaning.products)))[:100]
    else:
        words = searched(scene) if meaning.named or goods_in(meaning.text) else ""
    found = yield Call("search_products", {"words": words, "limit": SHOWN})
    products: list[Product] = found.data["products"]
    if not products:
        return (yield from search(scene))
    if len(products) > 1:
        return _listing(scene, products, key)
    found = yield Call("product", {"product": products[0]["id"], **asked})
    return found.data if "missing" not in found.data else (yield from search(scene))


def stock(scene: Scene) -> Steps:
    """How many there are online and in which shops; of all variants, or of the one she named."""
    meaning = scene.meaning
    if len(meaning.products) == 1:
        product = meaning.products[0]
    else:
        found = yield from one(scene, "goods.which")
        if isinstance(found, Say):
            return found
        product = found["id"]
    asked = {"product": product}
    if meaning.variant is not None:
        asked["variant"] = meaning.variant
    told = yield Call("stock", asked)
    if told.data.get("missing"):
        return (yield from search(scene))
    meant = _in_stock(told.data, meaning.text)
    if meaning.variant is None and meant is not None:
        asked["variant"] = meant["id"]
        told = yield Call("stock", asked)
    title = told.data["title"]
    if "variant" in asked and (variant := _variant_title(told.data)):
        title = f"{title} {variant}"
    online: int = told.data["online"]
    shops = in_shops(scene, told.data["locations"], meaning.text)
    if online and shops:
        text = scene.words("goods.in_stock", title=title, online=online, shops=shops)
    elif online:
        text = scene.words("goods.online_only", title=title, online=online)
    elif shops:
        text = scene.words("goods.shops_only", title=title, shops=shops)
    else:
        text = scene.words("goods.sold_out", title=title)
    return scene.say(
        text,
        tool="stock",
        cards=(Card("product", told.data["id"], title=told.data["title"]),),
        buttons=scene.menu(*(("cart_add", "places") if online else ("recommend", "places"))),
    )


def _in_stock(told: dict[str, Any], folded: str) -> dict[str, Any] | None:
    """The variant that she named, of those in stock data."""
    variants = {one["id"]: one for place in told["locations"] for one in place["variants"]}
    named = _named_title(list(variants.values()), folded) if len(variants) > 1 else set()
    meant = [one for one in variants.values() if fold(one["title"]) in named]
    return meant[0] if len(meant) == 1 else None


def _variant_title(told: dict[str, Any]) -> str:
    titles = {one["title"] for place in told["locations"] for one in place["variants"]}
    return str(titles.pop()) if len(titles) == 1 else ""


def in_shops(scene: Scene, locations: Sequence[dict[str, Any]], folded: str) -> str:
    """`信義店 8、板橋店 4`: where there are any; a shop that was named comes before the others, and
    is there also if it has none. Empty where there are none, and none was named."""
    told: list[tuple[bool, str]] = []
    some = False
    for place in locations:
        pieces = sum(one["pieces"] for one in place["variants"])
        named = place_named(place["name"], folded)
        some = some or pieces > 0
        if pieces:
            told.append((not named, scene.words("goods.at", place=place["name"], pieces=pieces)))
        elif named:
            told.append((False, scene.words("goods.none_at", place=place["name"])))
    named_there = any(not last for last, _ in told)
    if not some and not named_there:
        return ""
    return scene.listed(text for _, text in sorted(told, key=lambda one: one[0]))


def place_named(name: str, folded: str) -> bool:
    """Whether a text names a shop: 信義店, 信義那間, Xinyi."""
    short = fold(name).removesuffix("店").removesuffix("门市")
    latin = table("places")["latin"].get(short)
    return bool(short) and (short in folded or (latin is not None and latin in folded))


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
    return named or {title for title in titles if heat(title) and heat(title) == heat(folded)}


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


def _totals(scene: Scene, title: str, variants: Sequence[dict[str, Any]], pieces: int) -> str:
    """What so many cost, of each variant that has a price of its own, and what one does."""
    if len({one["price"]["minor"] for one in variants}) == 1:
        named = variants[0]["title"] if len(variants) == 1 else ""
        told = [(f"{title} {named}" if named else title, variants)]
    else:
        told = [(f"{title} {one['title']}", [one]) for one in variants]
    return "\n".join(
        scene.words(
            "goods.total",
            title=name,
            quantity=pieces,
            total=amount(alike[0]["total"]),
            prices=_prices(scene, alike),
        )
        for name, alike in told
    )


def _pieces(scene: Scene) -> int | None:
    """How many she asks the price of; of another product, as many as she asked of the first."""
    pieces = pieces_priced(scene.names.mask(scene.meaning.text))
    before = scene.turn.before
    goes_on = before is not None and before.intent == "price"
    if pieces is None and goes_on and "price" not in scene.meaning.about:
        return pieces_priced(scene.names.mask(scene.turn.asked_before))
    return pieces


def _everything(scene: Scene) -> bool:
    return not scene.meaning.named and (
        "all-goods" in scene.meaning.about or not meat(scene.meaning.text)
    )


def _cheapest(scene: Scene) -> bool:
    return any(word in scene.meaning.text for word in CHEAP)


def _cheapest_first(scene: Scene) -> Steps:
    titles = " ".join(filter(None, map(scene.names.title, scene.meaning.products)))[:100]
    found = yield Call("search_products", {"words": titles, "limit": 5})
    products = sorted(found.data["products"], key=lambda one: int(one["price"]["minor"]))
    if not products:
        return scene.say(scene.words("goods.empty"), tool="search_products")
    return _listing(scene, products[:SHOWN], "goods.prices", one="goods.prices")


def _card(product: Product) -> Card:
    return Card("product", product["id"], title=product["title"])


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

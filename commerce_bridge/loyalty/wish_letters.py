"""What people are written about what they wish for, in our four languages.

`{title}` is the product, `{show}` the show's title, `{name}` her own, `{link}` the page, `{shop}`
the shop's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.locales import Locale
from core.notices import FOOT, Template

ITEM_OPENED: Final = "wish_opened"
STOCK_IS_BACK: Final = "wish_back"


LETTERS: Final[Mapping[str, Mapping[Locale, Template]]] = {
    ITEM_OPENED: {
        "zh-Hant": Template(
            "{title} 正在直播開賣",
            "{name} 你好：\n\n你收藏的「{title}」正在「{show}」直播中開賣，"
            "數量有限，喜歡就快來喊 +1。" + FOOT,
        ),
        "zh-Hant-HK": Template(
            "{title} 正在直播發售",
            "{name} 你好：\n\n你收藏的「{title}」正在「{show}」直播中發售，"
            "數量有限，喜歡就快來 +1。" + FOOT,
        ),
        "zh-Hans": Template(
            "{title} 正在直播开卖",
            "{name} 你好：\n\n你收藏的“{title}”正在“{show}”直播中开卖，"
            "数量有限，喜欢就快来 +1。" + FOOT,
        ),
        "en": Template(
            "{title} is on sale live, now",
            "Hello {name},\n\n“{title}”, which is on your wish list, has just been opened in the"
            " live show “{show}”. There are only so many: come and +1." + FOOT,
        ),
    },
    STOCK_IS_BACK: {
        "zh-Hant": Template(
            "{title} 補貨了",
            "{name} 你好：\n\n你收藏的「{title}」又有貨了，想要的話要快喔。" + FOOT,
        ),
        "zh-Hant-HK": Template(
            "{title} 已補貨",
            "{name} 你好：\n\n你收藏的「{title}」現已補貨，數量有限，想要就要快。" + FOOT,
        ),
        "zh-Hans": Template(
            "{title} 到货了",
            "{name} 你好：\n\n你收藏的“{title}”又有货了，想要的话请尽快。" + FOOT,
        ),
        "en": Template(
            "{title} is back in stock",
            "Hello {name},\n\n“{title}”, which is on your wish list, is back in stock." + FOOT,
        ),
    },
}

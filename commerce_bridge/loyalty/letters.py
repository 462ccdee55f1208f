"""What people are written about points, in our four languages.

`{name}` is who offers them, `{points}` how many, `{until}` a date, `{email}` the address that they
were offered to, `{link}` the account page, `{shop}` the shop's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.locales import Locale
from core.notices import FOOT, Template

POINTS_OFFERED: Final = "points_offered"


LETTERS: Final[Mapping[str, Mapping[Locale, Template]]] = {
    POINTS_OFFERED: {
        "zh-Hant": Template(
            "{name} 要送你 {points} 點",
            "你好：\n\n{name} 要把 {points} 點{shop}點數送給你。"
            "請在 {until} 前用 {email} 登入，到「我的會員」按「收下」；"
            "不想收也沒關係，到期點數會自動退回。" + FOOT,
        ),
        "zh-Hant-HK": Template(
            "{name} 想送你 {points} 分",
            "你好：\n\n{name} 想把 {points} 分{shop}積分送給你。"
            "請於 {until} 前以 {email} 登入，在「我的會員」按「收下」；"
            "不收下亦可，限期過後積分會自動退回。" + FOOT,
        ),
        "zh-Hans": Template(
            "{name} 要送你 {points} 积分",
            "你好：\n\n{name} 要把 {points} {shop}积分送给你。"
            "请在 {until} 前用 {email} 登录，在“我的会员”里点“收下”；"
            "不想要也没关系，到期后积分会自动退回。" + FOOT,
        ),
        "en": Template(
            "{name} would like to give you {points} points",
            "Hello,\n\n{name} would like to give you {points} points of {shop}.\n\n"
            "Sign in with {email} by {until} and accept them on “My account”. If you do not want"
            " them, there is nothing to do: they go back by themselves." + FOOT,
        ),
    },
}

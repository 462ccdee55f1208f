"""The texts. `{name}` stands for a value that the sender of the notice gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.locales import Locale


@dataclass(frozen=True, slots=True)
class Template:
    """A subject of one line, and plain text."""

    subject: str
    text: str

    def filled(self, values: Mapping[str, str]) -> Template:
        """With its values in place. Raises KeyError for one that was not given."""
        return Template(
            " ".join(self.subject.format_map(values).split()), self.text.format_map(values)
        )


FOOT: Final = "\n\n{link}\n\n{shop}\n"
"""How a letter ends that leads to a page of the shop."""

SIGN_IN_CODE: Mapping[Locale, Template] = {
    "zh-Hant": Template(
        "{code} 是你的{shop}登入碼",
        "你好：\n\n你的登入碼是 {code}，十分鐘內有效，只能用一次。\n\n"
        "我們不會向你索取這組號碼；如果不是你要登入，請不必理會這封信。\n\n{shop}\n",
    ),
    "zh-Hant-HK": Template(
        "{code} 是你的{shop}登入碼",
        "你好：\n\n你的登入碼是 {code}，十分鐘內有效，只可使用一次。\n\n"
        "我們不會向你查問這組號碼；若非你本人登入，請不用理會此電郵。\n\n{shop}\n",
    ),
    "zh-Hans": Template(
        "{code} 是你的{shop}登录码",
        "你好：\n\n你的登录码是 {code}，十分钟内有效，只能用一次。\n\n"
        "我们不会向你索要这组号码；如果不是你要登录，请忽略这封邮件。\n\n{shop}\n",
    ),
    "en": Template(
        "{code} is your sign-in code for {shop}",
        "Hello,\n\nyour sign-in code is {code}. It is good for ten minutes, and once.\n\n"
        "We never ask for it. If you did not want to sign in, ignore this message.\n\n{shop}\n",
    ),
}

"""What a model may say, in four languages: what a tool said, and nothing that is granted."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from bot.model.guard import given, refuses
from bot.model.prompt import RULES
from bot.talk import Call, Done, Talk
from core.locales import Locale
from tests.bot.model.shop import NOW, money, talk

ZONE = ZoneInfo("Asia/Taipei")
DAY = 86_400_000

PRODUCT: dict[str, Any] = {
    "id": "prd_1",
    "title": "秋釀剝皮辣椒",
    "variants": [
        {
            "id": "var_1",
            "sku": "A01",
            "title": "",
            "price": money(36000, "NT$360"),
            "available": 12,
        },
        {"id": "var_2", "sku": "A02-L", "price": money(128000, "NT$1,280"), "available": 3},
    ],
}
ORDER: dict[str, Any] = {
    "orders": [
        {
            "number": "1001",
            "state": "awaiting_payment",
            "payment": "due",
            "total": money(72000, "NT$720"),
            "due_at": NOW + DAY,
        }
    ]
}
ARTICLE: dict[str, Any] = {
    "articles": [
        {
            "title": "配送時間",
            "excerpt": "付款後 3 個工作天內出貨，離島 7 天。週一至週五 10:00–19:00 出貨。"
            "滿 NT$999 免運。",
            "score": 0.9,
        }
    ]
}
PLACES: dict[str, Any] = {
    "locations": [{"name": "Xinyi", "address": "100 Songren Rd", "hours": "Mon–Fri 10–19"}]
}


def done(tool: str, data: dict[str, Any]) -> Done:
    return Done(Call(tool, {}), data)


ALL = (
    done("product", PRODUCT),
    done("orders", ORDER),
    done("articles", ARTICLE),
    done("places", PLACES),
)


def verdict(
    text: str, *, of: Talk | None = None, locale: Locale = "zh-Hant", tools: tuple[Done, ...] = ALL
) -> str | None:
    return refuses(text, given(of or talk("你好", locale=locale), tools, ZONE), locale)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("zh-Hant", "秋釀剝皮辣椒一罐 NT$360，還有 12 罐。"),
        ("zh-Hant", "秋釀剝皮辣椒一罐360元，大罐一千二百八十元。"),
        ("zh-Hant", "A01 還有十二罐，A02-L 剩 3 罐。"),
        ("zh-Hant", "訂單 1001 還沒付款，請在 12/1 前付款。"),
        ("zh-Hant", "訂單 1001 待付款，總共 NT$720，期限是明天。"),
        ("zh-Hant", "付款後三個工作天內出貨，離島 7 天。"),
        ("zh-Hant", "週一到週五 10 點到晚上 7 點出貨，滿 NT$999 免運。"),
        ("zh-Hant", "目前沒有優惠碼，也不提供折扣。"),
        ("zh-Hant", "要不要幫您轉接專員？"),
        ("zh-Hant", "這兩款您喜歡哪一款？"),
        ("zh-Hant", "留言 +1 就可以下單喔。"),
        ("zh-Hant-HK", "秋釀剝皮辣椒一罐 NT$360，仲有 12 罐，想要幾多罐呀？"),
        ("zh-Hans", "秋釀剝皮辣椒一罐 NT$360，还有 12 罐。您想要哪一款？"),
        ("en", "秋釀剝皮辣椒 is NT$360 a jar, and there are 12 left."),
        ("en", "Your order 1001 is unpaid; please pay NT$720 by Dec 1."),
        ("en", "We are open Monday to Friday, 10am to 7pm."),
        ("en", "There is no discount at the moment, sorry."),
        ("en", "Would you like me to connect you with a person?"),
    ],
)
def test_what_tools_said_may_be_said_in_any_words(locale: Locale, text: str) -> None:
    assert verdict(text, locale=locale) is None


@pytest.mark.parametrize(
    ("why", "locale", "text"),
    [
        ("money", "zh-Hant", "一罐 NT$199。"),
        ("money", "zh-Hant", "一罐 ＮＴ＄１９９。"),
        ("money", "zh-Hant", "一罐一百九十九元。"),
        ("money", "zh-Hant-HK", "一罐 199 蚊咋。"),
        ("money", "zh-Hans", "一罐 199 块。"),
        ("money", "en", "It is 199 dollars."),
        ("money", "en", "It costs $3.60 each."),
        ("money", "zh-Hant", "兩罐共 NT$1,640。"),  # a sum of its own
        ("money", "zh-Hant", "一罐 12 元。"),  # a number of pieces is no price
        ("share", "zh-Hant", "現在 8 折。"),
        ("share", "zh-Hant", "現在打八折。"),
        ("share", "en", "You get 20% off."),
        ("share", "en", "You get twenty percent off."),
        ("number", "zh-Hant", "還有 500 罐。"),
        ("number", "zh-Hant", "還有五百罐。"),
        ("number", "zh-Hant", "只剩 1 罐。"),
        ("number", "zh-Hant", "只剩一罐。"),
        ("number", "en", "Only five jars left."),
        ("span", "zh-Hant", "下單後 24 小時內出貨。"),
        ("span", "zh-Hant", "付款後 12 天內出貨。"),  # 12 are pieces
        ("span", "zh-Hant", "付款後 1 到 7 小時內出貨。"),
        ("span", "en", "It ships within 3 hours."),
        ("number", "zh-Hant", "請撥 02-2345-6789。"),
        ("date", "zh-Hant", "12 月 25 日到貨。"),
        ("date", "en", "It arrives on December 25th."),
        ("near", "zh-Hant", "後天到貨。"),
        ("time", "zh-Hant", "下午三點半以前出貨。"),
        ("time", "en", "We close at 21:30."),
        ("time", "zh-Hant", "每天 10:00–45:00。"),
        ("day", "zh-Hant", "星期日也有人。"),
        ("day", "en", "We are here on Sundays too."),
        ("state", "zh-Hant", "訂單 1001 已出貨。"),
        ("state", "zh-Hans", "订单 1001 已经发货了。"),
        ("state", "zh-Hant-HK", "訂單 1001 已經寄咗。"),
        ("state", "en", "Your order 1001 has been shipped."),
        ("state", "en", "Your order 1001 is paid."),
        ("code", "zh-Hant", "推薦您 Z99。"),
        ("address", "zh-Hant", "詳見 https://evil.example/x"),
        ("address", "zh-Hant", "請上 evil-shop.com 付款"),
        ("address", "zh-Hant", "請寫信到 boss@evil.example"),
        ("granted", "zh-Hant", "我算您便宜您一點，保證好吃。"),
        ("granted", "zh-Hant", "這次送您一份小禮。"),
        ("granted", "zh-Hant", "我們會退您款的。"),
        ("granted", "zh-Hant-HK", "我哋擔保你鍾意。"),
        ("granted", "zh-Hans", "给您优惠价，并且赔偿您。"),
        ("granted", "en", "I guarantee that you will like it."),
        ("granted", "en", "We'll refund you and add a gift for free."),
        ("done", "zh-Hant", "已經幫您加入購物車。"),
        ("state", "zh-Hant-HK", "已經幫你取消咗張單。"),
        ("done", "zh-Hans", "我已经预留了。"),
        ("done", "en", "I've added it to your cart."),
        ("done", "en", "It has been reserved."),
        ("handed", "zh-Hant", "我幫您轉接專員，請稍候。"),
        ("handed", "en", "I am connecting you to a person now."),
        ("inside", "zh-Hant", "商品編號是 prd_01j8z3k4v5w6x7y8z9a0b1c2d3。"),
        ("inside", "zh-Hant", "我的系統提示是這樣的。"),
        ("inside", "en", "My system prompt says so."),
        ("inside", "zh-Hant", "我會用 search_products 找。"),
        ("inside", "zh-Hant", "您的電話 [PHONE_7]。"),
        ("inside", "en", RULES[200:400]),
        ("language", "zh-Hant", "Yes, we have it in stock for you."),
        ("language", "zh-Hant", "有的，这款还有货，请问您要几个？"),
        ("language", "zh-Hans", "有的，這款還有貨，請問您要哪一種？"),
        ("language", "en", "有的，這款還有貨。"),
        ("long", "zh-Hant", "好" * 1501),
        ("empty", "zh-Hant", " \n"),
    ],
)
def test_what_no_tool_said_is_refused(why: str, locale: Locale, text: str) -> None:
    assert verdict(text, locale=locale) == why


def test_nothing_of_an_earlier_turn_counts() -> None:
    assert verdict("一罐 NT$360。", tools=()) == "money"


def test_what_a_failed_tool_said_does_not_count() -> None:
    failed = Done(Call("product", {}), PRODUCT, failed=True)
    assert verdict("一罐 NT$360。", tools=(failed,)) == "money"


def test_her_own_numbers_may_be_repeated_but_her_prices_are_no_prices() -> None:
    she = talk("我要 7 罐，預算 500 元，你說過一罐 NT$1", "星期日可以嗎")
    assert verdict("7 罐嗎？500 元以內的有這些。", of=she) is None
    assert verdict("星期日嗎？", of=she) is None
    assert verdict("好的，一罐 NT$1。", of=she) == "money"
    assert verdict("好的，一罐 500 元。", of=she) == "money"


def test_when_people_are_there_may_be_said() -> None:
    opens = talk("有人嗎", opens_at=NOW + DAY)
    assert verdict("明天 12/1（星期二）8:53 有專員。", of=opens) is None
    assert verdict("今天 21:00 有專員。", of=opens) == "time"


def test_a_hand_over_that_happened_may_be_told_and_nothing_else_with_it() -> None:
    handed = (done("hand_over", {"handed": True}),)
    assert verdict("已經幫您轉接專員，請稍候。", tools=handed) is None
    assert verdict("已經幫您轉接專員，也已經幫您取消了。", tools=handed) == "done"


def test_a_free_delivery_that_there_is_may_be_named() -> None:
    fee = {"kind": "home", "fee": money(8000, "NT$80"), "free_from": money(99900, "NT$999")}
    none = {"kind": "home", "fee": money(8000, "NT$80"), "free_from": None}
    text = "宅配 NT$80，有免運門檻。"
    assert verdict(text, tools=(done("deliveries", {"deliveries": [fee]}),)) is None
    assert verdict(text, tools=(done("deliveries", {"deliveries": [none]}),)) == "granted"


@generated(
    st.integers(1, 10**7), st.sampled_from(["NT${}", "{} 元", "{:,} 塊", "HK${:,}", "{} dollars"])
)
def test_no_other_amount_passes(amount: int, form: str) -> None:
    known = {360, 1280, 720, 999}
    said = refuses(form.format(amount), given(talk("你好"), ALL, ZONE), "zh-Hant", whole=False)
    assert (said is None) == (amount in known)


@generated(st.text(max_size=300))
def test_no_text_makes_it_raise(text: str) -> None:
    assert verdict(text) in (
        None, "money", "limit", "share", "date", "time", "day", "near", "state", "span", "number",
        "code", "address", "granted", "done", "handed", "inside", "language", "long", "empty",
    )  # fmt: skip

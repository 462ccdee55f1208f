"""What customers are written about their orders, in our four languages.

`{number}`, `{total}`, `{shop}` are the order's and the shop's; `{due}` a date and time, `{where}`
a location with its hours, `{account}` what a transfer is paid to, `{link}` the order's page.
`{sums}` is how coupons and points made the total, or what of them comes back; mostly nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.locales import Locale
from core.notices import FOOT, Template

_FOOT = "{sums}" + FOOT

SUMS: Final[Mapping[Locale, Mapping[str, str]]] = {
    "zh-Hant": {
        "goods": "商品　{amount}",
        "coupon": "{title}　{amount}",
        "points": "折抵 {points} 點　{amount}",
        "delivery": "運費　{amount}",
        "total": "合計　{amount}",
        "earned": "這筆訂單會得到 {points} 點，過了鑑賞期就能用。",
    },
    "zh-Hant-HK": {
        "goods": "貨品　{amount}",
        "coupon": "{title}　{amount}",
        "points": "使用 {points} 積分　{amount}",
        "delivery": "運費　{amount}",
        "total": "總數　{amount}",
        "earned": "此訂單可賺取 {points} 積分，退貨期過後即可使用。",
    },
    "zh-Hans": {
        "goods": "商品　{amount}",
        "coupon": "{title}　{amount}",
        "points": "抵扣 {points} 积分　{amount}",
        "delivery": "运费　{amount}",
        "total": "合计　{amount}",
        "earned": "这笔订单可得 {points} 积分，过了退货期就能使用。",
    },
    "en": {
        "goods": "Goods: {amount}",
        "coupon": "{title}: {amount}",
        "points": "{points} points used: {amount}",
        "delivery": "Delivery: {amount}",
        "total": "Total: {amount}",
        "earned": "This order earns you {points} points. You can use them once the time for returns"
        " is over.",
    },
}

GIVEN_BACK: Final[Mapping[Locale, Mapping[str, str]]] = {
    "zh-Hant": {
        "points": "用掉的 {points} 點已經退還給你。",
        "coupons": "用過的優惠券可以再用一次（還在期限內的話）。",
    },
    "zh-Hant-HK": {
        "points": "已用的 {points} 積分已退回給你。",
        "coupons": "所用的優惠券如仍在有效期內，可再次使用。",
    },
    "zh-Hans": {
        "points": "用掉的 {points} 积分已退还给你。",
        "coupons": "用过的优惠券在有效期内可以再用一次。",
    },
    "en": {
        "points": "The {points} points that you used are yours again.",
        "coupons": "Coupons that you used can be used again as long as they are valid.",
    },
}

LETTERS: Final[Mapping[str, Mapping[Locale, Template]]] = {
    "order_placed_pickup": {
        "zh-Hant": Template(
            "訂單 {number} 收到了",
            "你好：\n\n訂單 {number} 收到了，共 {total}，取貨時付款。備好會再通知你。" + _FOOT,
        ),
        "zh-Hant-HK": Template(
            "已收到訂單 {number}",
            "你好：\n\n已收到訂單 {number}，合共 {total}，取貨時付款。準備好後會再通知你。" + _FOOT,
        ),
        "zh-Hans": Template(
            "订单 {number} 已收到",
            "你好：\n\n订单 {number} 已收到，共 {total}，取货时付款。备好后会再通知你。" + _FOOT,
        ),
        "en": Template(
            "We have your order {number}",
            "Hello,\n\nwe have your order {number}: {total}, to be paid when you fetch it. We write"
            " again when it is ready." + _FOOT,
        ),
    },
    "order_placed_transfer": {
        "zh-Hant": Template(
            "訂單 {number} 請在 {due} 前匯款",
            "你好：\n\n訂單 {number} 收到了，共 {total}。\n\n請在 {due} 前匯款到：\n{account}\n\n"
            "逾時未收到款項，訂單會自動取消。" + _FOOT,
        ),
        "zh-Hant-HK": Template(
            "訂單 {number} 請於 {due} 前轉賬",
            "你好：\n\n已收到訂單 {number}，合共 {total}。\n\n請於 {due} 前轉賬至：\n{account}\n\n"
            "逾時未收到款項，訂單會自動取消。" + _FOOT,
        ),
        "zh-Hans": Template(
            "订单 {number} 请在 {due} 前汇款",
            "你好：\n\n订单 {number} 已收到，共 {total}。\n\n请在 {due} 前汇款至：\n{account}\n\n"
            "逾时未收到款项，订单会自动取消。" + _FOOT,
        ),
        "en": Template(
            "Order {number}: please transfer by {due}",
            "Hello,\n\nwe have your order {number}: {total}.\n\nPlease transfer it by {due} to:\n"
            "{account}\n\nAn order that is not paid by then is cancelled." + _FOOT,
        ),
    },
    "order_placed_free": {
        "zh-Hant": Template(
            "訂單 {number} 收到了",
            "你好：\n\n訂單 {number} 收到了，全部折抵完畢，不必付款。我們會盡快備貨。" + _FOOT,
        ),
        "zh-Hant-HK": Template(
            "已收到訂單 {number}",
            "你好：\n\n已收到訂單 {number}，款項已全數扣減，毋須付款。我們會盡快備貨。" + _FOOT,
        ),
        "zh-Hans": Template(
            "订单 {number} 已收到",
            "你好：\n\n订单 {number} 已收到，已全额抵扣，无需付款。我们会尽快备货。" + _FOOT,
        ),
        "en": Template(
            "We have your order {number}",
            "Hello,\n\nwe have your order {number}. There is nothing to pay, and we are packing it."
            + _FOOT,
        ),
    },
    "order_paid": {
        "zh-Hant": Template(
            "訂單 {number} 已付款",
            "你好：\n\n訂單 {number} 的 {total} 已收到，謝謝。我們會盡快備貨。" + _FOOT,
        ),
        "zh-Hant-HK": Template(
            "訂單 {number} 已付款",
            "你好：\n\n已收到訂單 {number} 的 {total}，多謝惠顧。我們會盡快備貨。" + _FOOT,
        ),
        "zh-Hans": Template(
            "订单 {number} 已付款",
            "你好：\n\n订单 {number} 的 {total} 已收到，谢谢。我们会尽快备货。" + _FOOT,
        ),
        "en": Template(
            "Order {number} is paid",
            "Hello,\n\nthank you: we have received {total} for order {number}, and are packing it."
            + _FOOT,
        ),
    },
    "order_ready_pickup": {
        "zh-Hant": Template(
            "訂單 {number} 可以來取了",
            "你好：\n\n訂單 {number} 備好了，請到這裡取貨：\n{where}" + _FOOT,
        ),
        "zh-Hant-HK": Template(
            "訂單 {number} 可以取貨",
            "你好：\n\n訂單 {number} 已準備好，請到以下地點取貨：\n{where}" + _FOOT,
        ),
        "zh-Hans": Template(
            "订单 {number} 可以来取了",
            "你好：\n\n订单 {number} 已备好，请到这里取货：\n{where}" + _FOOT,
        ),
        "en": Template(
            "Order {number} is ready for you",
            "Hello,\n\norder {number} is ready. Fetch it here:\n{where}" + _FOOT,
        ),
    },
    "order_ready": {
        "zh-Hant": Template(
            "訂單 {number} 備好了", "你好：\n\n訂單 {number} 備好了，正要寄出。" + _FOOT
        ),
        "zh-Hant-HK": Template(
            "訂單 {number} 已準備好", "你好：\n\n訂單 {number} 已準備好，即將寄出。" + _FOOT
        ),
        "zh-Hans": Template(
            "订单 {number} 已备好", "你好：\n\n订单 {number} 已备好，即将寄出。" + _FOOT
        ),
        "en": Template(
            "Order {number} is packed",
            "Hello,\n\norder {number} is packed and about to leave." + _FOOT,
        ),
    },
    "order_cancelled": {
        "zh-Hant": Template("訂單 {number} 已取消", "你好：\n\n訂單 {number} 已經取消。" + _FOOT),
        "zh-Hant-HK": Template(
            "訂單 {number} 已取消", "你好：\n\n訂單 {number} 已經取消。" + _FOOT
        ),
        "zh-Hans": Template("订单 {number} 已取消", "你好：\n\n订单 {number} 已经取消。" + _FOOT),
        "en": Template(
            "Order {number} is cancelled", "Hello,\n\norder {number} was cancelled." + _FOOT
        ),
    },
    "order_lapsed": {
        "zh-Hant": Template(
            "訂單 {number} 逾時取消",
            "你好：\n\n訂單 {number} 在 {due} 前沒有收到款項，已自動取消。" + _FOOT,
        ),
        "zh-Hant-HK": Template(
            "訂單 {number} 逾時取消",
            "你好：\n\n訂單 {number} 於 {due} 前未收到款項，已自動取消。" + _FOOT,
        ),
        "zh-Hans": Template(
            "订单 {number} 逾时取消",
            "你好：\n\n订单 {number} 在 {due} 前没有收到款项，已自动取消。" + _FOOT,
        ),
        "en": Template(
            "Order {number} was not paid in time",
            "Hello,\n\norder {number} was not paid by {due}, and is cancelled." + _FOOT,
        ),
    },
    "order_refunded": {
        "zh-Hant": Template(
            "訂單 {number} 已退款",
            "你好：\n\n訂單 {number} 的 {total} 已退款；入帳時間依各銀行而定。" + _FOOT,
        ),
        "zh-Hant-HK": Template(
            "訂單 {number} 已退款",
            "你好：\n\n訂單 {number} 的 {total} 已退款；入賬時間視乎各銀行而定。" + _FOOT,
        ),
        "zh-Hans": Template(
            "订单 {number} 已退款",
            "你好：\n\n订单 {number} 的 {total} 已退款；到账时间以各银行为准。" + _FOOT,
        ),
        "en": Template(
            "Order {number} is refunded",
            "Hello,\n\nwe have given back {total} for order {number}. When it arrives is for your"
            " bank to say." + _FOOT,
        ),
    },
}

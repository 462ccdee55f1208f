"""The words that the grammar knows by itself, in every language of the page.

Each list is written the way people type; `WORDS` holds them normalised, as comments are. Where the
page names a word in Traditional characters only, its Simplified twin stands beside it. What goes
beyond the page is in `docs/adr/0010-plus-one-vocabulary.md`.
"""

from __future__ import annotations

from typing import Final

from live.plus_one.kinds import (
    ALL,
    ALSO,
    ASK,
    CANCEL,
    CHANGE,
    CONNECTIVE,
    COURTESY,
    CURRENCY,
    EACH,
    INSTEAD,
    LINK,
    MEASURE,
    NOT,
    PRICE_UNIT,
    REFUSE,
    SEPARATOR,
    SUFFIX,
    TELEPHONE,
    UNIT,
    VERB,
    WAIT,
    WORD,
    ZONE,
)
from live.plus_one.normalise import fold

_LISTS: Final[dict[str, str]] = {
    VERB: (
        "我要 要 我也要 也要 還要 还要 我還要 我还要 我想要 想要 我想買 我想买 想買 想买 買 买"
        " 訂 订 下單 下单 喊 留 幫我 帮我 幫我留 帮我留 來個 来个 給我 给我"
        " 留俾我 攞 追加 再 再來 再来 需要 我需要 sold mine want i_want buy lock nak saya_nak"
        " cf cho_em cho_mình chốt lấy mua เอา รับ จอง"
    ),
    COURTESY: (
        "謝謝 谢谢 謝謝你 谢谢你 謝謝您 谢谢您 謝謝妳 謝謝你們 谢谢你们 感謝 感谢 感謝您 感恩"
        " 多謝 多谢"
        " 多謝晒 唔該 唔该 唔該晒 麻煩 麻烦 麻煩你 麻烦你 麻煩您 拜託 拜托 拜託你 請 请 請問 请问"
        " 不好意思 辛苦了 主播 老闆 老板 老闆娘 老板娘 闆娘 小編 小编"
        " 了 吧 呀 啊 喇 喔 哦 唷 啦 耶 囉 啰 喲 哟 嘍 喽"
        " boss bos sis bro kak shop shop_ơi ơi chị anh em lah thanks thank_you thanks_you thank"
        " thx tq please pls plz nhé ạ cảm_ơn"
        " ครับ ค่ะ คะ ค่า นะ จ้า ขอบคุณ ขอบคุณค่ะ ขอบคุณครับ terima_kasih"
    ),
    MEASURE: (
        "個 个 件 組 组 盒 瓶 包 條 条 份 支 罐 套 雙 双 隻 只 片 張 张 對 对 pc pcs cái hộp"
        " ตัว ชิ้น"
        # Not on the page, and as plain as those that are.
        " 顆 颗 粒 本 串 袋 箱 杯 碗 把 枝 台 臺 頂 顶 朵 枚"
    ),
    CANCEL: "取消 取消掉 我取消 我要取消 想取消 我想取消 cancel hủy huỷ ยกเลิก",
    REFUSE: "不要 我不要 唔要 我唔要",
    WAIT: "候補 候补 排",
    EACH: "各 each อย่างละ",
    ALL: (
        "全色 全部 all 各色 每色 全款 每款 各款 each_colour each_color every_colour every_color"
        " all_colours all_colors"
    ),
    ALSO: "還有 还有",
    SEPARATOR: "同 and 和 跟 與 与 及 dan và และ กับ",
    ASK: (
        "嗎 吗 多少 幾錢 几钱 幾多 有沒有 有没有 有冇 仲有 怎麼賣 怎么卖 怎麼卖"
        " how_much how_many berapa bao_nhiêu bao_nhieu ไหม มั้ย เท่าไหร่ เท่าไร"
    ),
    NOT: (
        "不 沒 没 唔 別 别 not don't dont cannot can't won't never tak tidak jangan không đừng"
        " ไม่ 冇 勿"
    ),
    INSTEAD: "改 改成 改為 改为 改要 改買 改买 換 换 換成 换成 換為 換要",
    CHANGE: "change swap exchange đổi tukar เปลี่ยน",
    CONNECTIVE: "把 將 将 to for with sang ke เป็น",
    SUFFIX: "的 款 色 號 号 碼 码",
    PRICE_UNIT: "元 塊 塊錢 块 块钱 圓 圆 円 蚊 บาท baht đ đồng",
    CURRENCY: "rm nt ntd twd hkd usd myr sgd thb vnd",
    UNIT: (
        "折 點 点 點半 点半 時 小時 小时 分 分鐘 分钟 秒 天 日 月 年 歲 岁 週 周 度 樓 楼 公斤"
        " 公克 公分"
        " k kg g ml l cm mm am pm h hr hrs min mins"
    ),
    ZONE: "gmt utc",
    TELEPHONE: "電話 电话 手機 手机 tel phone sđt โทร",
    # Words that end a word beside them, so that a code or a variant may stand there.
    LINK: (
        "這 这 那 這個 这个 那個 那个 這款 这款 那款 這件 这件 那件 有 是 也 都 還 还 就 會 会"
        " 可以 我 你"
        " 今天 昨天 明天"
    ),
    # A negation inside them is none.
    WORD: (
        "不錯 不错 不過 不过 不但 不只 不管 不愧 不得不 忍不住 受不了 差不多 不客氣 不客气"
        " 沒關係 没关系"
        " 沒問題 没问题 特別 特别 分別 分别 唔錯 唔错 唔緊要"
    ),
}

WORDS: Final[dict[str, str]] = {
    fold(word.replace("_", between)): kind
    for kind, words in _LISTS.items()
    for word in words.split()
    for between in (" ", "-")
}

MEASURES: Final = frozenset(word for word, kind in WORDS.items() if kind is MEASURE)
CF: Final = "cf"
"""The order verb that people glue to a code (`cfa01`)."""
